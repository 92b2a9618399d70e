r"""Theory and simulation on the same experiment.

The planar theory holds for infinite sizes. What finite sizes may change is bounded, relatively and to first order, by

.. math:: \varepsilon = \frac{1}{N + T - 2\,\mathrm{df}_1} + \frac{1}{n - \mathrm{df}_2} \quad (n < M), \qquad
          \varepsilon = \frac{4}{N - \mathrm{df}_2} + \frac{4}{T - \mathrm{df}_2} \quad (n \ge M)

with n = min(N, T), and beyond first order by epsilon/(1 - epsilon). Derived here: for n < M without ridge the
correction is 1/(m-n) - 1/m + (n df3 - df2^2)/(n (n-df2)^2) (`ridgeless_finite_size_signal`), smaller term by term; for
n >= M and a small ridge the signal is a product of second moments of two inverse Wishart matrices,
(T-M)^2/((T-M-1)(T-M-3)) (1 - 1/T) and the same in N. A ridge makes all these terms smaller; that the sum remains a
bound in between is not proved, but was not violated in several hundred random experiments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.arguments import Floats
from rfscale.model import ScalingModel
from rfscale.results import Result
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.monte_carlo import simulate
from rfscale.theory.planar import Prediction
from rfscale.theory.predict import predict

LARGEST_CORRECTION = 1 / 3  # of first order; beyond it the expansion in 1/size says nothing
Z_LIMIT = 4.0  # standard errors; beyond it by chance once in 16 000 points


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """Predicted and simulated test loss, point by point.

    Attributes
    ----------
    prediction : Prediction
    estimate : Estimate
    gap : ndarray
        100 (simulated - planar)/planar, in percent; 0 where both vanish, -100 where the planar loss is infinite.
    stderr : ndarray
        The standard error of the gap, in percent.
    z : ndarray
        (simulated - planar)/(standard error): grows with the number of draws, as the planar theory has a 1/size bias.
    finite_size : ndarray
        Bound on the gap that finite sizes explain, in percent. `inf` where the sizes are too small, or N and T too
        close without a ridge, for planar theory to say anything: such points are not judged.
    agrees : ndarray of bool
        |gap| <= 4 standard errors + finite_size.
    """

    prediction: Prediction
    estimate: Estimate
    gap: Floats
    stderr: Floats
    z: Floats
    finite_size: Floats
    agrees: NDArray[np.bool_]

    @property
    def verdict(self) -> str:
        """One line: at how many points theory and simulation agree, and the worst gap; see `verdict`."""
        return verdict([self])

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """One row a point: sizes, planar loss, simulated mean and standard error, gap, z, and whether they agree."""
        prediction, estimate = self.prediction, self.estimate
        chosen = {
            "N": estimate.N,
            "T": estimate.T,
            "ridge": prediction.ridge,
            "planar": prediction.test,
            "simulated": estimate.test.mean,
            "stderr": estimate.test.stderr,
            "gap_percent": self.gap,
            "z": self.z,
            "finite_size_percent": self.finite_size,
            "agrees": self.agrees,
            "regime": prediction.regime,
        }
        return {name: np.asarray(value).ravel() for name, value in chosen.items()}


def compare(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str = 0.0,
    *,
    draws: int = 32,
    seed: int | None = None,
    target_stderr: float | None = None,
    max_draws: int | None = None,
    test_points: int | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> Comparison:
    """Predict and simulate the same experiment, and say how far apart the results are.

    Parameters
    ----------
    model, N, T, ridge, draws, seed, target_stderr, max_draws, test_points, workers, progress
        As for `predict` and `simulate`. With ridge="optimal" theory and simulation choose their own best ridges.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=500))
    >>> comparison = rf.compare(model, N=[20, 40], T=60, ridge=1e-3, draws=50, seed=1)
    >>> bool(comparison.agrees.all())
    True
    """
    estimate = simulate(
        model,
        N,
        T,
        ridge,
        draws=draws,
        seed=seed,
        target_stderr=target_stderr,
        max_draws=max_draws,
        test_points=test_points,
        workers=workers,
        progress=progress,
    )
    return compare_results(predict(model, N, T, ridge), estimate)


def compare_results(prediction: Prediction, estimate: Estimate) -> Comparison:
    """Set a prediction and an estimate of the same points side by side."""
    planar, mean, stderr = prediction.test, estimate.test.mean, estimate.test.stderr
    bound = finite_size_bound(prediction)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(mean == planar, 0.0, np.where(np.isinf(planar), -1.0, (mean - planar) / planar))
        relative_stderr = np.where((stderr == 0) | np.isinf(planar), 0.0, stderr / planar)
        z = np.where(mean == planar, 0.0, (mean - planar) / stderr)
        agrees = np.abs(mean - planar) <= Z_LIMIT * stderr + np.where(planar == 0, 0.0, bound * planar)
    agrees = agrees | np.isinf(bound)
    values = (100 * gap, 100 * relative_stderr, z, 100 * bound, agrees)
    return Comparison(prediction, estimate, *(np.asarray(value)[()] for value in values))


def verdict(comparisons: Sequence[Comparison]) -> str:
    """One line on all comparisons: at how many points theory and simulation agree, and the worst gap."""
    agrees, gap, bound = (
        np.concatenate([np.ravel(getattr(comparison, name)) for comparison in comparisons])
        for name in ("agrees", "gap", "finite_size")
    )
    judged = np.isfinite(bound)
    if not judged.any():
        return (
            "theory and simulation cannot be compared: at all points finite sizes may move the loss by more than half"
        )
    word = "agree" if agrees.all() else "DISAGREE"
    unjudged = "" if judged.all() else f", {(~judged).sum()} not judged"
    return (
        f"theory and simulation {word}: {agrees[judged].sum()} of {judged.sum()} points within "
        f"{Z_LIMIT:g} standard errors + the finite-size bound{unjudged}; largest gap {np.abs(gap[judged]).max():.2g} %"
    )


def finite_size_bound(prediction: Prediction) -> Floats:
    """The relative amount by which finite sizes may move the planar loss; `inf` where the expansion fails."""
    N, T = np.asarray(prediction.N), np.asarray(prediction.T)
    n, m, M = np.minimum(N, T), np.maximum(N, T), prediction.model.M
    s = prediction.model.spectrum.moment(1, 1, prediction.delta)
    unused = np.maximum(n - prediction.df1, 0.0)  # n - df1, and n - df2 = unused + s, N + T - 2 df1 = m - n + 2 unused
    with np.errstate(divide="ignore", invalid="ignore"):
        below = 1 / ((m - n) + 2 * unused) + 1 / (unused + s)
        above = 4 / (unused + s) + 4 / ((m - n) + unused + s)
        first_order = np.where(n < M, below, above)
        bound = first_order / (1 - first_order)
    return np.where(np.isfinite(prediction.test) & (first_order < LARGEST_CORRECTION), bound, np.inf)
