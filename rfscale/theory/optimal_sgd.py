"""`optimal_sgd_step`: the step of one-pass SGD that makes the most of a number of samples."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from rfscale.model import RegimeWarning, ScalingModel, require_model
from rfscale.model.training import SGD
from rfscale.results import Result, points
from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.theory.sgd_losses import largest_sgd_step, sgd_losses

SMALLEST = 1e-6  # of the largest stable step, from which on steps are tried at first
TRIED = 25  # steps between that and the largest: brackets of the minimum
XTOL = 1e-6  # of log eta: the loss is then known to 1e-12


@dataclass(frozen=True, eq=False)
class OptimalStep(Result):
    """The best step size, and the test loss there; arrays of the shape of N, T and batch.

    Attributes
    ----------
    model : ScalingModel
    N, T, batch : ndarray
        Numbers of features, of samples, and of samples a step.
    step_size : ndarray
        eta of the mean gradient of a batch.
    test : ndarray
        The planar test loss after T samples.
    """

    model: ScalingModel
    N: Floats
    T: Floats
    batch: Floats
    step_size: Floats
    test: Floats

    def _short(self) -> dict[str, Any]:
        columns = points(self.model, self.N, self.T, None)
        columns.pop("ridge")
        own = {"batch": self.batch, "step_size": self.step_size, "test": self.test}
        return columns | own


def optimal_sgd_step(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, batch: ArrayLike = 1
) -> OptimalStep:
    """The step size of one-pass SGD with the least planar test loss after T samples.

    Parameters
    ----------
    model : ScalingModel
        With a single spectrum, without test_spectrum.
    N, T, batch : array_like
        Numbers of features and of samples, finite, and of samples a step, which broadcast. The
        steps are as many as T has whole batches.

    Returns
    -------
    OptimalStep
        `step_size`, below the largest stable one, and `test`, known to 1e-11.

    Raises
    ------
    ValueError
        If an argument is out of its range, or T is smaller than a batch.

    Notes
    -----
    Of a power law, for N -> infinity and many samples, it is `rfscale.asymptotics.best_sgd_step`,
    (21.13).

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=10**9))
    >>> best = optimal_sgd_step(model, N=1e5, T=1e6, batch=10)
    >>> print(best.step_size, rf.asymptotics.best_sgd_step(model, 1e5, batch=10))
    11087.3 11104.5
    """
    require_model(model, single=True)
    arrays = {"N": sizes("N", N), "T": sizes("T", T), "batch": sizes("batch", batch, whole=True)}
    for name in ("N", "T"):
        if np.any(np.isinf(arrays[name])):
            raise ValueError(f"{name} must be finite, got inf")
    N, T, batch = broadcast(**arrays)
    if np.any(batch > T):
        least, few = (values[batch > T].flat[0] for values in (batch, T))
        raise ValueError(f"T must be at least the batch, {least:g}, got {few:g}")
    found = [_optimum(model, *point) for point in zip(N.flat, T.flat, batch.flat, strict=True)]
    steps, losses = (np.reshape(values, N.shape)[()] for values in zip(*found, strict=True))
    return OptimalStep(
        model=model,
        N=np.array(N)[()],
        T=np.array(T)[()],
        batch=np.array(batch)[()],
        step_size=steps,
        test=losses,
    )


def _optimum(model: ScalingModel, N: float, T: float, batch: float) -> tuple[float, float]:
    """At one point: the least of some steps, and Brent's method around it."""
    largest = largest_sgd_step(model, N, int(batch))

    def test(log_step: float) -> float:
        training = SGD(np.floor(T / batch), batch, step_size=largest * np.exp(log_step))
        losses = sgd_losses(model, np.asarray(N), np.asarray(T), training)
        return float(losses.signal + losses.noise)

    log_steps = np.linspace(np.log(SMALLEST), -1e-9, TRIED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RegimeWarning)  # of unstable draws at large steps
        values = [test(log_step) for log_step in log_steps]
        best = int(np.argmin(values))
        bounds = log_steps[max(best - 1, 0)], log_steps[min(best + 1, TRIED - 1)]
        found = minimize_scalar(test, bounds=bounds, method="bounded", options={"xatol": XTOL})
    return largest * float(np.exp(found.x)), float(found.fun)
