"""The losses of a comparison, judged: theory's mean, error and scatter of each."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
from numpy.typing import NDArray

from rfscale.comparison.judgement import Judgement, Judgements, judge
from rfscale.comparison.ridgeless_training import has_no_ridge, ridgeless_errors
from rfscale.comparison.settled import mean_settles
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.support.arguments import Floats
from rfscale.theory.covariance import loss_covariance
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction

ROUNDING = 1e-20  # of a loss, over the variance of labels


def judgements(prediction: Prediction, planar: Prediction, estimate: Estimate) -> Judgements:
    """Those of all losses that can be judged.

    The test loss alone if theory and simulation have ridges of their own, which only it does not
    feel, or the learner is another than linear features, whose scatter theory does not know.
    """
    known = isinstance(estimate.estimator, LinearFeatures)
    settles = mean_settles(planar)
    test = _judged(
        name="test",
        prediction=prediction,
        estimate=estimate,
        error=prediction.order_error,
        std=prediction.std if known else np.zeros_like(prediction.test),
        std_error=prediction.std_error if known else np.zeros(()),
        settles=settles if known else np.ones_like(settles),
    )
    same_ridge = np.array_equal(prediction.ridge, estimate.ridge)
    if not known or not same_ridge or not np.all(np.isfinite(prediction.ridge)):
        return Judgements(test=test)
    return Judgements(test=test, **_parts(prediction, planar, estimate, settles))


def _parts(
    prediction: Prediction, planar: Prediction, estimate: Estimate, settles: NDArray[np.bool_]
) -> dict[str, Judgement]:
    """Training loss, signal and noise, which need not be told apart if one of them is all."""
    model = prediction.model
    covariance = loss_covariance(model, prediction.N, prediction.T, prediction.ridge)
    exact = has_no_ridge(prediction)
    at_no_ridge, std_error = ridgeless_errors(prediction)
    train = _judged(
        name="train",
        prediction=prediction,
        estimate=estimate,
        error=np.where(exact, at_no_ridge, _error_of_train(prediction, planar)),
        std=_root(covariance.train),
        std_error=np.where(exact, std_error, prediction.std_error),
        settles=exact | settles,
    )
    if model.sigma_eps == 0 or model.sigma_w == 0:
        return {"train": train}
    alone = {
        "signal": dataclasses.replace(model, sigma_eps=0.0),
        "noise": dataclasses.replace(model, sigma_w=0.0),
    }
    parts = {
        name: _judged(
            name=name,
            prediction=prediction,
            estimate=estimate,
            error=_error(prediction, part),
            std=_root(getattr(covariance, name)),
            std_error=prediction.std_error,
            settles=settles,
        )
        for name, part in alone.items()
    }
    return parts | {"train": train}


def _judged(
    name: str,
    prediction: Prediction,
    estimate: Estimate,
    error: Floats,
    std: Floats,
    std_error: Floats,
    settles: NDArray[np.bool_],
) -> Judgement:
    simulated = getattr(estimate, name)
    return judge(
        predicted=getattr(prediction, name),
        error=error,
        mean=simulated.mean,
        stderr=simulated.stderr,
        draws=estimate.draws,
        std=std,
        # of single teachers and test points losses scatter more, theory does not say how much
        std_error=std_error if estimate.test_points is None else np.array(np.inf),
        settles=settles,
        rounding=0.0 if name == "test" else ROUNDING * labels_variance(prediction.model),
    )


def labels_variance(model: ScalingModel) -> float:
    """The variance of the labels, in order of magnitude."""
    signal = 2 * model.units.signal * model.spectrum.relative_trace(1.0)
    return float(signal + model.sigma_eps**2)


def _root(variance: Floats) -> Floats:
    return np.sqrt(np.maximum(variance, 0.0))


def _error(prediction: Prediction, alone: ScalingModel) -> Floats:
    """The error of a part: that of the loss of a model that has this part only."""
    at = prediction.N, prediction.T, prediction.ridge
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # it is not judged there
        return predict(alone, *at, order=prediction.order).order_error


def _error_of_train(prediction: Prediction, planar: Prediction) -> Floats:
    """Of the training loss, whose second order is not known: that of a change which might have been
    as large as the test's.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.abs(prediction.train / planar.train - 1)
        beyond = np.where(prediction.train == planar.train, 0.0, change**2 / (1 - change))
        error = np.where(change < 1, beyond, np.inf) + prediction.order_error
    error = error + planar.order_error**2
    return np.where(np.isnan(error), np.inf, error)
