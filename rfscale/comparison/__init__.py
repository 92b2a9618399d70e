r"""Theory and simulation on the same experiment.

The theory is that of finite sizes, `order="resummed"`; the planar one stands beside it. Test loss,
signal, noise and training loss are judged at each point, and the gaps of all points together
(`rfscale.comparison.judgement`), with the theory's own estimate of what it leaves out
(`rfscale.theory.equations.order_error`). Where that is large, at the smallest sizes, a point is not
judged; where the test loss has no variance, without ridge at N near T, by its training loss alone.
Of a training other than a ridge the theory is planar, with an estimate of what finite sizes change
(`rfscale.comparison.trained`), as of samples of unequal leverage (`rfscale.comparison.leveraged`).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from rfscale.comparison.judgement import Judgements, gap_percent
from rfscale.comparison.leveraged import leveraged_judgements
from rfscale.comparison.parts import judgements
from rfscale.comparison.result import AnyPrediction, Comparison
from rfscale.comparison.samples import SampleComparison, compare_samples
from rfscale.comparison.trained import trained_judgements
from rfscale.comparison.verdict import verdict, what_disagrees
from rfscale.measured.samples.measured_samples import Measured
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.training import Ridge
from rfscale.model.training.given import GivenTraining, checked_training
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.loss_statistics import LossStatistics
from rfscale.simulation.simulate import simulate
from rfscale.support.arguments import Floats, require_kind
from rfscale.theory.leveraged import LeveragedPrediction
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction
from rfscale.theory.trained_prediction import TrainedPrediction

__all__ = [
    "Comparison",
    "SampleComparison",
    "compare",
    "compare_results",
    "judged_together",
    "verdict",
    "what_disagrees",
]


@overload
def compare(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    training: GivenTraining | None = None,
    **experiment: Any,
) -> Comparison: ...


@overload
def compare(
    model: Measured,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    **experiment: Any,
) -> SampleComparison: ...


def compare(
    model: ScalingModel | Measured,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    training: GivenTraining | None = None,
    **experiment: Any,
) -> Comparison | SampleComparison:
    """Predict and simulate the same experiment, and say how far apart the results are.

    Parameters
    ----------
    model : ScalingModel or Measured
        Of measured samples (`measure`) the prediction is from the part of them that is not held
        out, and in the place of the simulation features are trained on that part and tested on the
        other (`experiment`).
    N, T, ridge, kernel_ridge
        As for `predict` and `simulate`. With ridge="optimal" theory and simulation choose their own
        best ridges. Of samples the best predicted ridge, also by default.
    training : Training or callable, optional
        As for `predict` and `simulate`, in place of a ridge. The theory is then the planar one, and
        `order_error` estimates what finite sizes change.
    draws, seed, target_stderr, max_draws, test_points, latents, estimator, workers, progress
        As for `simulate`; the theory is that of Gaussian latents, whatever is simulated.
    leverages : array_like
        As for `predict` and `simulate`, with a ridge; the theory is then the planar one, too.
    draws, seed, holdout, split, target_stderr, max_draws, executor, workers, store, progress
        Of samples, as for `experiment`; leverages=False for plain planar theory.

    Returns
    -------
    Comparison, or SampleComparison

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Warns
    -----
    RegimeWarning, UserWarning
        As in `simulate`.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=500))
    >>> comparison = rf.compare(model, N=[20, 40], T=60, ridge=1e-3, draws=50, seed=1)
    >>> bool(comparison.agrees.all())
    True
    """
    if isinstance(model, Measured):
        if training is not None:
            raise ValueError("training must not be given with samples, which are fitted by a ridge")
        return compare_samples(model, N, T, ridge, kernel_ridge=kernel_ridge, **experiment)
    if training is not None:
        how = checked_training(training, ridge=ridge, kernel_ridge=kernel_ridge)
        if not isinstance(how, Ridge):
            if experiment.get("leverages") is not None:
                raise ValueError("training and leverages must not both be given")
            estimate = simulate(model, N, T, training=how, **experiment)
            return compare_results(predict(model, N, T, training=how), None, estimate)
        ridge = how.ridge
    point: dict[str, Any] = {"ridge": ridge, "kernel_ridge": kernel_ridge}
    if experiment.get("leverages") is not None:
        by_leverage = predict(model, N, T, **point, leverages=experiment["leverages"])
        return compare_results(by_leverage, None, simulate(model, N, T, **point, **experiment))
    estimate = simulate(model, N, T, **point, **experiment)
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # `judged` says where
        resummed = predict(model, N, T, **point, order="resummed")
    return compare_results(resummed, predict(model, N, T, **point), estimate)


def compare_results(
    prediction: AnyPrediction,
    planar: Prediction | None,
    estimate: Estimate,
) -> Comparison:
    """The comparison of an estimate with predictions of the same points.

    `prediction` is one with finite sizes, as `compare` takes it, `planar` that at infinite size;
    that of a training, or with leverages, is the only one.
    """
    _require_same_points(prediction, planar, estimate)
    if isinstance(prediction, LeveragedPrediction):
        by_leverage = leveraged_judgements(prediction, estimate)
        return _compared(prediction, prediction, estimate, by_leverage)
    if isinstance(prediction, TrainedPrediction):
        losses = trained_judgements(prediction, estimate)
        return _compared(prediction, prediction, estimate, losses)
    require_kind("planar", planar, Prediction)
    assert planar is not None
    if not np.array_equal(prediction.ridge, planar.ridge):
        raise ValueError("planar must be at the ridges of prediction, got others")
    return _compared(prediction, planar, estimate, judgements(prediction, planar, estimate))


def _compared(
    prediction: AnyPrediction,
    planar: AnyPrediction,
    estimate: Estimate,
    losses: Judgements,
) -> Comparison:
    simulated = estimate.test
    return Comparison(
        prediction=prediction,
        planar=planar,
        estimate=estimate,
        gap=losses.test.gap[()],
        stderr=_stderr_percent(simulated.stderr, prediction.test),
        z=_in_stderrs(simulated, prediction.test),
        planar_gap=gap_percent(simulated.mean, planar.test)[()],
        planar_z=_in_stderrs(simulated, planar.test),
        order_error=100 * prediction.order_error,
        judged=losses.test.judged,
        agrees=losses.agrees(losses.tests),
        losses=losses,
        tests=losses.tests,
    )


def judged_together(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons judged at once: limits are for the number of all their losses."""
    tests = sum(c.losses.tests for c in comparisons if c.losses is not None)
    return [comparison.one_of(tests) for comparison in comparisons]


def _stderr_percent(stderr: Floats, predicted: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        relative: Floats = 100 * np.where(stderr == 0, 0.0, stderr / predicted)
    return np.where(np.isinf(predicted), 0.0, relative)[()]


def _in_stderrs(simulated: LossStatistics, predicted: Floats) -> Floats:
    """The gap in standard errors, infinite where there is a gap and no error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (simulated.mean - predicted) / simulated.stderr
    return np.where(simulated.mean == predicted, 0.0, z)[()]


def _require_same_points(
    prediction: AnyPrediction, planar: Prediction | None, estimate: Estimate
) -> None:
    """Raise ValueError if they are not results of one model at the same sizes."""
    require_kind("prediction", prediction, Prediction, TrainedPrediction, LeveragedPrediction)
    require_kind("estimate", estimate, Estimate)
    if not np.array_equal(_leverages_of(prediction), _leverages_of(estimate)):
        raise ValueError("prediction must have the leverages of estimate, got others")
    given = {"prediction": prediction, "planar": planar}
    for name, theory in given.items():
        if theory is None:
            continue
        if not (np.array_equal(theory.N, estimate.N) and np.array_equal(theory.T, estimate.T)):
            raise ValueError(
                f"{name} must be at the points of estimate, of shape {np.shape(estimate.N)}, "
                f"got others, of shape {np.shape(theory.N)}"
            )
        if theory.model != estimate.model:
            raise ValueError(
                f"{name} must be of the model of estimate, {estimate.model!r}, got {theory.model!r}"
            )


def _leverages_of(result: AnyPrediction | Estimate) -> Floats:
    """Those of the samples, 1 where there are none."""
    leverages = getattr(result, "leverages", None)
    return np.ones(1) if leverages is None else np.asarray(leverages)
