r"""`estimate_test_loss`: the test error from one training run (19.17), for any filter.

With u and its zeros s'_j, one between every two eigenvalues s_i of the kernel,

.. math:: u(s') = 1 + \frac1T \sum_i \frac{s_i}{s' - s_i} = 0, \qquad \nu_j = T \Big/ \sum_i
          \frac{s_i}{(s'_j - s_i)^2}, \qquad \tilde r_i = \sum_j \frac{\nu_j\, r(s'_j)}{s_i - s'_j}

the estimate is (1/T) sum_i (y . v_i)^2 r~_i^2. It is r~ of (19.8) with the poles s'_j and residues
nu_j of 1/u in place of the measure nu: at eigenvalues, where 1/u vanishes, r itself drops out. At
an eigenvalue 0, with a share q_0 of them, r~ = 1/q_0 - sum_j nu_j r(s'_j)/s'_j.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.training import Training
from rfscale.model.training.given import GivenTraining, checked_training
from rfscale.results import Result
from rfscale.support.arguments import Floats, numeric
from rfscale.support.machine import require_memory

HALVINGS = 60  # of the intervals between eigenvalues
ROUNDING = 4.0 * np.finfo(float).eps  # of eigenvalues, over the largest and the square root of T
BYTES = 40  # for each pair of eigenvalues


@dataclass(frozen=True, eq=False)
class OneRunEstimate(Result):
    """The test error as it is estimated from one training run; arrays have the training's shape.

    Attributes
    ----------
    training : Training
        How the model was trained.
    test_mse : ndarray
        Estimated test mean squared error on noisy labels, E (z_hat - z)^2 of a new sample.
    stderr : ndarray
        Its standard error over labels, estimated from the same run.
    train : ndarray
        Training mean squared error, (1/T) ||z - y||^2.
    """

    training: Training
    test_mse: Floats
    stderr: Floats
    train: Floats

    def _about(self) -> str:
        return repr(self.training)

    def _table(self) -> dict[str, Any]:
        """The training and its numbers, and the errors."""
        name = type(self.training).__name__
        return {"training": name} | self.training.shown_values | self._errors()

    def _short(self) -> dict[str, Any]:
        return self.training.shown_values | self._errors()

    def _errors(self) -> dict[str, Any]:
        return {"test_mse": self.test_mse, "stderr": self.stderr, "train": self.train}


def estimate_test_loss(
    kernel_eigenvalues: ArrayLike, label_projections: ArrayLike, filter: GivenTraining
) -> OneRunEstimate:
    """The test error of a linear model from its one training run, all along the training path.

    Generalised cross-validation with the weights that each filter needs. It knows neither spectrum
    nor teacher nor noise. The usual one, the training error over (1 - df/T)^2, is the same for
    ridges alone: for gradient flow it is off by factors once training errors are small.

    Parameters
    ----------
    kernel_eigenvalues : array_like
        The eigenvalues s_i >= 0 of the kernel phi^T phi of the T samples, one-dimensional. Those
        below rounding, 4e-16 sqrt(T) times the largest, are taken as 0. If there are fewer than T,
        the others are 0.
    label_projections : array_like
        v_i . y for the eigenvectors v_i in the same order, T of them: the labels y as they were
        trained on.
    filter : Training or callable
        How it is trained: `GradientFlow(times)` and the others, in the units of the eigenvalues, or
        a filter h(s), a function of arrays.

    Returns
    -------
    OneRunEstimate
        With `test_mse`, `stderr` and `train`, of the shape of the training's fields. The clean test
        loss of this package is (test_mse - sigma_eps^2)/2.

    Raises
    ------
    ValueError
        If an array is not one-dimensional and finite, an eigenvalue is negative, there are more of
        them than projections, the filter is none, or steps diverge at the largest eigenvalue.

    Notes
    -----
    Consistent for features and samples in proportion; at finite sizes the bias is of relative order
    1/T. Known in substance: estimates along the path of descent by Bellec and Tan,
    arXiv:2404.17856, whose weights come from the iterates; that the usual one is inconsistent there
    is a theorem of Patil, Wu and Tibshirani, arXiv:2402.16793.

    `stderr` takes the (v_i . y) as independent and Gaussian: sqrt(2/3 sum_i e_i^4)/T with e_i =
    r~_i (v_i . y), about sqrt(2/T) of the estimate or more. Errors are those of a scale, below more
    often than above. In draws of power laws at sizes of 20 to 120 the test error of the same run
    was within test_mse exp(+-2 stderr/test_mse) in 89 to 93 percent early in training, and in 75 to
    89 percent at its end.

    Examples
    --------
    >>> import numpy as np
    >>> import rfscale as rf
    >>> rng = np.random.default_rng(1)
    >>> features = rng.normal(size=(300, 200))  # of 200 samples
    >>> labels = rng.normal(size=300) @ features / 20 + rng.normal(size=200)
    >>> _, values, vectors = np.linalg.svd(features)
    >>> flow = rf.GradientFlow(time=[0.001, 0.01])
    >>> print(rf.estimate_test_loss(values**2, vectors @ labels, flow).test_mse)
    [1.444 1.669]
    """
    projections = _line("label_projections", label_projections)
    eigenvalues = _eigenvalues(kernel_eigenvalues, projections.size)
    training = checked_training(filter, "filter")
    training.require_stable(eigenvalues.max())
    require_memory(BYTES * projections.size**2, f"the poles of {projections.size} eigenvalues")
    positive = eigenvalues > 0.0
    order = np.argsort(eigenvalues[positive])
    s = eigenvalues[positive][order]
    labels = np.append(projections[positive][order], projections[~positive])
    poles = interlacing(s, projections.size)
    count = labels.size - s.size
    rows = []
    for one in training.each(training.shape):
        seen = residuals_of_test(poles, s, labels.size, one) * labels
        left = np.append(one.residual(s), np.ones(count)) * labels
        rows.append(
            [np.mean(seen**2), np.sqrt(np.sum(seen**4) / 1.5) / seen.size, np.mean(left**2)]
        )
    columns = (column.reshape(training.shape)[()] for column in np.array(rows).T)
    return OneRunEstimate(training, *columns)


class Poles(NamedTuple):
    """Poles s'_j of 1/u, their residues, and the matrix nu_j/(s_i - s'_j)."""

    s: Floats
    nu: Floats
    weights: Floats


def interlacing(s: Floats, T: int) -> Poles:
    """For sorted eigenvalues > 0, the others of T are 0; a pole is 0 if there are none."""
    low = np.append(0.0, s)[:-1] if s.size < T else s[:-1]
    high = s if s.size < T else s[1:]
    apart = low[:, None] - s
    below = np.zeros(low.size)
    above = high - low
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(HALVINGS):
            middle = 0.5 * (below + above)
            u = 1.0 + np.sum(s / (apart + middle[:, None]), axis=1) / T
            below = np.where(u > 0.0, middle, below)
            above = np.where(u > 0.0, above, middle)
        offset = 0.5 * (below + above)
        if s.size == T:
            low = np.append(0.0, low)
            offset = np.append(0.0, offset)
        apart = s[:, None] - low - offset
        nu = T / np.sum(s[:, None] / apart**2, axis=0)
        weights = np.where(nu > 0.0, nu / apart, 0.0)
    return Poles(low + offset, nu, weights)


def residuals_of_test(poles: Poles, s: Floats, T: int, training: Training) -> Floats:
    """r~ at the eigenvalues s, and at those that are 0."""
    residual = np.ones(poles.s.size)
    positive = poles.s > 0.0
    residual[positive] = training.residual(poles.s[positive])
    zeros = T - s.size
    seen = poles.weights @ residual
    if zeros == 0:
        return np.asarray(seen)
    at_zero = T / zeros - poles.nu @ (residual / poles.s)
    return np.append(seen, np.full(zeros, at_zero))


def _line(name: str, value: ArrayLike) -> Floats:
    """A one-dimensional array of finite numbers."""
    allowed = "a one-dimensional array of finite numbers"
    array = numeric(name, value, allowed)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be {allowed}, got the shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be {allowed}, got {array[~np.isfinite(array)][0]:g}")
    return array


def _eigenvalues(value: ArrayLike, T: int) -> Floats:
    """T eigenvalues, without those that are rounding."""
    array = _line("kernel_eigenvalues", value)
    if array.size > T:
        raise ValueError(
            f"kernel_eigenvalues must be at most as many as label_projections, {T}, "
            f"got {array.size}"
        )
    rounding = ROUNDING * np.sqrt(T) * array.max()
    if array.min() < -max(rounding, 0.0):
        raise ValueError(f"kernel_eigenvalues must be >= 0, got {array.min():g}")
    padded = np.append(array, np.zeros(T - array.size))
    return np.where(padded > rounding, padded, 0.0)
