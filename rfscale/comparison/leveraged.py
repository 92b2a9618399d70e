"""The comparison of samples of unequal leverage: the planar theory with its estimate of what finite
sizes change.

The terms of relative order 1/size are not known there, nor is the scatter: test loss, signal, noise
and training loss are judged by the estimate of the former, and by the scatter of the draws.
"""

from __future__ import annotations

import numpy as np

from rfscale.comparison.judgement import Judgement, Judgements, judge
from rfscale.comparison.parts import ROUNDING, labels_variance
from rfscale.comparison.settled import mean_settles
from rfscale.simulation.estimate import Estimate
from rfscale.theory.leveraged import LeveragedPrediction


def leveraged_judgements(prediction: LeveragedPrediction, estimate: Estimate) -> Judgements:
    """Those of all losses, signal and noise where both are there."""
    model = prediction.model
    losses = {name: _judged(name, prediction, estimate) for name in ("test", "train")}
    if model.sigma_eps > 0 and model.sigma_w > 0:
        losses |= {name: _judged(name, prediction, estimate) for name in ("signal", "noise")}
    return Judgements(**losses)


def _judged(name: str, prediction: LeveragedPrediction, estimate: Estimate) -> Judgement:
    simulated = getattr(estimate, name)
    predicted = getattr(prediction, name)
    is_test = name == "test"
    return judge(
        predicted=predicted,
        error=prediction.order_error,
        mean=simulated.mean,
        stderr=simulated.stderr,
        draws=estimate.draws,
        std=np.zeros_like(predicted),
        settles=mean_settles(prediction, prediction.effective_samples),
        rounding=0.0 if is_test else ROUNDING * labels_variance(prediction.model),
    )
