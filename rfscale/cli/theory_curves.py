"""The theory's curves between the points of a result, and the ridge that they are drawn against."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any, TypeVar

import numpy as np

from rfscale.cli.combinations import shape_of
from rfscale.comparison import Comparison
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.training import GradientFlow, Ridge
from rfscale.results import Result
from rfscale.support.arguments import Floats
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction
from rfscale.theory.trained_prediction import TrainedPrediction

CURVE_POINTS = 300
FAST = (Ridge, GradientFlow)  # trainings of which hundreds of points take a second
Drawn = TypeVar("Drawn", bound=Result)


def theory_curves(
    model: ScalingModel, arguments: dict[str, Any], x: str, order: str = "planar"
) -> Prediction | TrainedPrediction:
    """The prediction for these sizes and ridges, or training, with `x` filled in.

    Warnings are not repeated: they were given for the points themselves.
    """
    dense = filled(arguments, x)
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):
        prediction: Prediction | TrainedPrediction = predict(model, **dense, order=order)
    return in_given_ridge(prediction, dense)


def filled(arguments: dict[str, Any], x: str) -> dict[str, Any]:
    """The same with many values of `x`, which varies along the last axis, between its finite ones.

    Where N = T is between them it is one of the values, so that the peak is drawn to its top. Of
    trainings whose losses take long the points themselves are left.
    """
    training = arguments.get("training")
    if training is not None and not isinstance(training, FAST):
        return arguments
    values = arguments[x] if training is None or x in arguments else training.values[x]
    given: Floats = values[(values > 0) & np.isfinite(values)]
    if given.size < 2:
        return arguments
    dense = _dense(given.min(), given.max(), np.concatenate([arguments[n].ravel() for n in "NT"]))
    if training is None or x in arguments:
        return arguments | {x: dense}
    changed: dict[str, Any] = {x: dense}
    return arguments | {"training": dataclasses.replace(training, **changed)}


def _dense(low: float, high: float, sizes: Floats) -> Floats:
    """Many values between two, and the sizes between them."""
    peaks = sizes[(low < sizes) & (sizes < high)]
    return np.unique(np.concatenate([np.geomspace(low, high, CURVE_POINTS), peaks]))


def in_given_ridge(result: Drawn, arguments: dict[str, Any]) -> Drawn:
    """To be drawn: the kernel's ridge in the place of gamma, if that is what was given."""
    if "kernel_ridge" not in arguments:
        return result
    changed: dict[str, Any] = {}
    if isinstance(result, Comparison):
        for name in ("prediction", "planar", "estimate"):
            changed[name] = in_given_ridge(getattr(result, name), arguments)
    else:
        changed["ridge"] = np.broadcast_to(arguments["kernel_ridge"], shape_of(arguments))
    return dataclasses.replace(result, **changed)
