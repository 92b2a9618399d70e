"""Signal, noise and training loss of a comparison: theory's mean, error and scatter of each."""

from __future__ import annotations

import dataclasses
import warnings
from typing import NamedTuple

import numpy as np

from rfscale.comparison.judgement import Judgement, judge
from rfscale.comparison.settled import mean_settles
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.support.arguments import Floats
from rfscale.theory.covariance import loss_covariance
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction

ROUNDING = 1e-20  # of a loss, over the variance of labels


class Parts(NamedTuple):
    """Judgements; None where there is nothing to judge beside the test loss."""

    signal: Judgement | None
    noise: Judgement | None
    train: Judgement | None


def judged_parts(prediction: Prediction, planar: Prediction, estimate: Estimate) -> Parts:
    """The judgements of the parts.

    None if theory and simulation have ridges of their own, which only the test loss does not feel,
    or the learner is another than linear features. Signal and noise need not be told apart if one
    of them is the whole loss.
    """
    known = isinstance(estimate.estimator, LinearFeatures)
    if not known or not np.array_equal(prediction.ridge, estimate.ridge):
        return Parts(None, None, None)
    model = prediction.model
    at = prediction.N, prediction.T, prediction.ridge
    if not np.all(np.isfinite(prediction.ridge)):
        return Parts(None, None, None)
    covariance = loss_covariance(model, *at)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(prediction.train / planar.train - 1)
        beyond = np.where(prediction.train == planar.train, 0.0, change**2 / (1 - change))
    # the second order is not known: that of a change which might have been as large as the test's
    error = np.where(change < 1, beyond, np.inf) + prediction.order_error + planar.order_error**2
    train = _judged(
        name="train",
        prediction=prediction,
        planar=planar,
        estimate=estimate,
        error=np.where(np.isnan(error), np.inf, error),
        variance=covariance.train,
    )
    if model.sigma_eps == 0 or model.sigma_w == 0:
        return Parts(None, None, train)
    errors = {
        "signal": _error(prediction, dataclasses.replace(model, sigma_eps=0.0)),
        "noise": _error(prediction, dataclasses.replace(model, sigma_w=0.0)),
    }
    signal, noise = (
        _judged(name, prediction, planar, estimate, error, getattr(covariance, name))
        for name, error in errors.items()
    )
    return Parts(signal, noise, train)


def _judged(
    name: str,
    prediction: Prediction,
    planar: Prediction,
    estimate: Estimate,
    error: Floats,
    variance: Floats,
) -> Judgement:
    simulated = getattr(estimate, name)
    std = np.sqrt(np.maximum(variance, 0.0))
    predicted = getattr(prediction, name)
    return judge(
        predicted=predicted,
        error=error,
        mean=simulated.mean,
        stderr=simulated.stderr,
        draws=estimate.draws,
        std=std,
        std_error=prediction.std_error,
        settles=mean_settles(planar),
        rounding=ROUNDING * _labels(prediction.model),
    )


def _labels(model: ScalingModel) -> float:
    """The variance of the labels, in order of magnitude."""
    signal = 2 * model.units.signal * model.spectrum.relative_trace(1.0)
    return float(signal + model.sigma_eps**2)


def _error(prediction: Prediction, alone: ScalingModel) -> Floats:
    """The error of a part: that of the loss of a model that has this part only."""
    at = prediction.N, prediction.T, prediction.ridge
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # it is not judged there
        return predict(alone, *at, order=prediction.order).order_error
