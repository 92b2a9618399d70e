"""The comparison of samples of unequal leverage: the planar theory with its estimate of what finite
sizes change.

The terms of relative order 1/size are not known there, nor is the scatter. Of test loss, signal and
noise alone the estimate of the former is the same, as it is of all that the fluctuation does. The
training loss has y_T squared beside it, which changes by as much again: for equal leverages what
one loop changes is up to .92 of the estimate of the former, and up to 1.4 of the training loss.

The scatter is at least about that of T_eff samples of equal leverage: 1.1 to 4.4 times as much was
seen. A few draws that are close to each other by chance are not believed below it; it sets no limit
of its own. Of the training loss it may be half as much, so that its draws alone say what it is.
"""

from __future__ import annotations

import numpy as np

from rfscale.comparison.judgement import Judgement, Judgements, judge
from rfscale.comparison.parts import ROUNDING, labels_variance
from rfscale.comparison.settled import mean_settles
from rfscale.simulation.estimate import Estimate
from rfscale.support.arguments import Floats
from rfscale.theory.covariance import LossCovariance, loss_covariance
from rfscale.theory.leveraged import LeveragedPrediction
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction

OF_TRAINING = 2.0  # times the estimate for the test loss: of the loss, and of y_T squared


def leveraged_judgements(prediction: LeveragedPrediction, estimate: Estimate) -> Judgements:
    """Those of all losses, signal and noise where both are there."""
    model = prediction.model
    at = model, prediction.N, prediction.effective_samples, prediction.ridge
    plain = predict(*at)
    covariance = loss_covariance(*at)
    error = prediction.order_error
    no_scatter = np.zeros_like(prediction.train)
    train = _judged("train", prediction, estimate, OF_TRAINING * error, no_scatter)
    both = ("test", "signal", "noise")
    names = both if model.sigma_eps > 0 and model.sigma_w > 0 else both[:1]
    losses = {
        name: _judged(name, prediction, estimate, error, _scatter(name, plain, covariance))
        for name in names
    }
    return Judgements(**losses, train=train)


def _scatter(name: str, plain: Prediction, covariance: LossCovariance) -> Floats:
    """The relative standard deviation with equal leverages, 0 where it is not known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = np.sqrt(np.maximum(getattr(covariance, name), 0.0)) / getattr(plain, name)
    return np.where(np.isfinite(scatter), scatter, 0.0)


def _judged(
    name: str,
    prediction: LeveragedPrediction,
    estimate: Estimate,
    error: Floats,
    scatter: Floats,
) -> Judgement:
    simulated = getattr(estimate, name)
    predicted = getattr(prediction, name)
    with np.errstate(invalid="ignore"):
        std = np.where(scatter > 0, scatter * predicted, 0.0)
    return judge(
        predicted=predicted,
        error=error,
        mean=simulated.mean,
        stderr=simulated.stderr,
        draws=estimate.draws,
        std=std,
        std_error=np.inf,
        settles=mean_settles(prediction, prediction.effective_samples),
        rounding=0.0 if name == "test" else ROUNDING * labels_variance(prediction.model),
    )
