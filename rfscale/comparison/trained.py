"""The comparison of a training: the planar theory with its estimate of what finite sizes change.

The theory knows neither the terms of relative order 1/size at finite training time nor the scatter.
Test loss, signal, noise and training loss are judged by what both are at the ridge that leaves the
same training signal (`rfscale.theory.equivalent_ridge`), and by the scatter of the draws.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from rfscale.comparison.judgement import Judgement, Judgements, judge
from rfscale.comparison.parts import ROUNDING, labels_variance
from rfscale.comparison.settled import mean_settles
from rfscale.model import ScalingModel
from rfscale.simulation.estimate import Estimate
from rfscale.support.arguments import Floats
from rfscale.theory.predict import predict
from rfscale.theory.trained_prediction import TrainedPrediction


def trained_judgements(prediction: TrainedPrediction, estimate: Estimate) -> Judgements:
    """Those of all losses, signal and noise where both are there."""
    model = prediction.model
    settles = mean_settles(prediction.equivalent)
    test = _judged("test", prediction, estimate, prediction.order_error, settles)
    train = _judged("train", prediction, estimate, prediction.train_order_error, settles)
    if model.sigma_eps == 0 or model.sigma_w == 0:
        return Judgements(test=test, train=train)
    signal = dataclasses.replace(model, sigma_eps=0.0)
    noise = dataclasses.replace(model, sigma_w=0.0)
    return Judgements(
        test=test,
        signal=_judged("signal", prediction, estimate, _error(prediction, signal), settles),
        noise=_judged("noise", prediction, estimate, _error(prediction, noise), settles),
        train=train,
    )


def _error(prediction: TrainedPrediction, alone: ScalingModel) -> Floats:
    """The error of a part: that of the loss of a model that has this part only."""
    at = prediction.N, prediction.T
    return predict(alone, *at, training=prediction.training).order_error


def _judged(
    name: str,
    prediction: TrainedPrediction,
    estimate: Estimate,
    error: Floats,
    settles: NDArray[np.bool_],
) -> Judgement:
    simulated = getattr(estimate, name)
    predicted = getattr(prediction, name)
    is_test = name == "test"
    return judge(
        predicted=predicted,
        error=error,
        mean=simulated.mean,
        stderr=simulated.stderr,
        draws=estimate.draws,
        std=_scatter(prediction) * predicted if is_test else np.zeros_like(predicted),
        std_error=prediction.equivalent.std_error if is_test else np.zeros(()),
        settles=settles,
        rounding=0.0 if name == "test" else ROUNDING * labels_variance(prediction.model),
    )


def _scatter(prediction: TrainedPrediction) -> Floats:
    """The relative scatter of the test loss at the equivalent ridge, where it is known."""
    alike = prediction.equivalent
    with np.errstate(invalid="ignore", divide="ignore"):
        scatter = alike.std / alike.test
    return np.where(np.isfinite(scatter), scatter, 0.0)
