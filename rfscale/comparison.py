r"""Theory and simulation on the same experiment.

The theory is that to one loop; the planar one stands beside it. They agree at a point where

.. math:: |L_\mathrm{simulated} - L| \le 4\,\mathrm{stderr} + \mathrm{order\_error}\, L

with the theory's own estimate of its next term, of relative order 1/size^2
(`rfscale.theory.equations.order_error.second_order`). Where that is large, near N = T with a weak
ridge and at the smallest sizes, a point is not judged.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.results import Result
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.simulate import simulate
from rfscale.support.arguments import Floats, require_kind
from rfscale.theory.predict import LARGEST_ERROR, predict
from rfscale.theory.prediction import Prediction

Z_LIMIT = 4.0  # standard errors; beyond it by chance once in 16 000 points


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """Predicted and simulated test loss, point by point.

    Attributes
    ----------
    prediction : Prediction
        To one loop.
    planar : Prediction
        The same at infinite size.
    estimate : Estimate
    gap : ndarray
        100 (simulated - predicted)/predicted, in percent; 0 where both vanish, -100 where the
        prediction is infinite.
    stderr : ndarray
        The standard error of the gap, in percent.
    z : ndarray
        (simulated - predicted)/(standard error): of order one until the error is as small as
        `order_error`.
    planar_gap, planar_z : ndarray
        The same for the planar prediction: its z grows with the number of draws, as it has a 1/size
        bias.
    order_error : ndarray
        `prediction.order_error` in percent: what the next order may explain. Above 20 a point is
        not judged.
    judged : ndarray of bool
    agrees : ndarray of bool
        `|gap| <= 4 standard errors + order_error`, or not judged.
    """

    prediction: Prediction
    planar: Prediction
    estimate: Estimate
    gap: Floats
    stderr: Floats
    z: Floats
    planar_gap: Floats
    planar_z: Floats
    order_error: Floats
    judged: NDArray[np.bool_]
    agrees: NDArray[np.bool_]

    @property
    def verdict(self) -> str:
        """At how many points theory and simulation agree, and the worst gap, in one line."""
        return verdict([self])

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """One row a point: sizes, losses of theory and simulation, and how far they are apart."""
        prediction = self.prediction
        estimate = self.estimate
        chosen = {
            "N": estimate.N,
            "T": estimate.T,
            "ridge": prediction.ridge,
            "planar": self.planar.test,
            "one_loop": prediction.test,
            "simulated": estimate.test.mean,
            "stderr": estimate.test.stderr,
            "planar_z": self.planar_z,
            "z": self.z,
            "gap_percent": self.gap,
            "order_error_percent": self.order_error,
            "judged": self.judged,
            "agrees": self.agrees,
            "regime": prediction.regime,
        }
        return {name: np.asarray(value).ravel() for name, value in chosen.items()}


def compare(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    **experiment: Any,
) -> Comparison:
    """Predict and simulate the same experiment, and say how far apart the results are.

    Parameters
    ----------
    model, N, T, ridge, kernel_ridge
        As for `predict` and `simulate`. With ridge="optimal" theory and simulation choose their own
        best ridges.
    draws, seed, target_stderr, max_draws, test_points, estimator, workers, progress
        As for `simulate`.

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
    point: dict[str, Any] = {"ridge": ridge, "kernel_ridge": kernel_ridge}
    estimate = simulate(model, N, T, **point, **experiment)
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # `judged` says where
        one_loop = predict(model, N, T, **point, order="one-loop")
    return compare_results(one_loop, predict(model, N, T, **point), estimate)


def compare_results(prediction: Prediction, planar: Prediction, estimate: Estimate) -> Comparison:
    """The comparison of an estimate with predictions of the same points.

    `prediction` is that to one loop, `planar` that at infinite size.
    """
    _require_same_points(prediction, planar, estimate)
    gap, relative_stderr, z = _difference(prediction.test, estimate)
    planar_gap, _, planar_z = _difference(planar.test, estimate)
    judged = prediction.order_error <= LARGEST_ERROR
    return Comparison(
        prediction=prediction,
        planar=planar,
        estimate=estimate,
        gap=100 * gap,
        stderr=100 * relative_stderr,
        z=z,
        planar_gap=100 * planar_gap,
        planar_z=planar_z,
        order_error=100 * prediction.order_error,
        judged=judged,
        agrees=_agrees(prediction, estimate, judged),
    )


def _require_same_points(prediction: Prediction, planar: Prediction, estimate: Estimate) -> None:
    """Raise ValueError if they are not results at the same sizes."""
    require_kind("prediction", prediction, Prediction)
    require_kind("planar", planar, Prediction)
    require_kind("estimate", estimate, Estimate)
    for name, theory in (("prediction", prediction), ("planar", planar)):
        if not (np.array_equal(theory.N, estimate.N) and np.array_equal(theory.T, estimate.T)):
            raise ValueError(
                f"{name} must be at the points of estimate, of shape {np.shape(estimate.N)}, "
                f"got others, of shape {np.shape(theory.N)}"
            )


def _agrees(
    prediction: Prediction, estimate: Estimate, judged: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether a point is not judged, or the gap no larger than the errors of both."""
    order_error = np.where(judged, prediction.order_error, 0.0)
    with np.errstate(invalid="ignore"):
        allowed = Z_LIMIT * estimate.test.stderr + order_error * np.abs(prediction.test)
        close = np.abs(estimate.test.mean - prediction.test) <= allowed
    agrees: NDArray[np.bool_] = ~judged | close
    return agrees


def _difference(theory: Floats, estimate: Estimate) -> tuple[Floats, Floats, Floats]:
    """The relative gap, its standard error, and the gap in standard errors."""
    mean = estimate.test.mean
    stderr = estimate.test.stderr
    diverges = np.isinf(theory)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(diverges, -1.0, (mean - theory) / theory)
        relative_stderr = np.where((stderr == 0) | diverges, 0.0, stderr / theory)
        z = (mean - theory) / stderr
    same = mean == theory
    return np.where(same, 0.0, gap)[()], relative_stderr[()], np.where(same, 0.0, z)[()]


def verdict(comparisons: Sequence[Comparison]) -> str:
    """At how many points of all comparisons theory and simulation agree, and the worst gap."""
    judged = _joined(comparisons, "judged")
    if not judged.any():
        return (
            "theory and simulation cannot be compared: at all points sizes are too small, or N and "
            "T too close"
        )
    agrees = _joined(comparisons, "agrees")
    largest_gap = np.abs(_joined(comparisons, "gap")[judged]).max()
    planar = (np.abs(_joined(comparisons, "planar_z")[judged]) <= Z_LIMIT).sum()
    word = "agree" if agrees.all() else "DISAGREE"
    unjudged = "" if judged.all() else f", {(~judged).sum()} not judged"
    return (
        f"theory and simulation {word}: {agrees[judged].sum()} of {judged.sum()} points within "
        f"{Z_LIMIT:g} standard errors + the next order{unjudged}; "
        f"largest gap {largest_gap:.2g} %; "
        f"planar theory alone: {planar} within {Z_LIMIT:g} standard errors"
    )


def _joined(comparisons: Sequence[Comparison], name: str) -> NDArray[Any]:
    """An attribute of all comparisons as one list of points."""
    return np.concatenate([np.ravel(getattr(comparison, name)) for comparison in comparisons])
