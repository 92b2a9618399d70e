"""The theory's curves between the points of a result, and the ridge that they are drawn against."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any, TypeVar

import numpy as np

from rfscale.comparison import Comparison
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.results import Result
from rfscale.support.arguments import Floats
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction

CURVE_POINTS = 300
Drawn = TypeVar("Drawn", bound=Result)


def theory_curves(
    model: ScalingModel, arguments: dict[str, Any], x: str, order: str = "planar"
) -> Prediction:
    """The prediction for these sizes and ridges, with `x` filled in.

    Warnings are not repeated: they were given for the points themselves.
    """
    dense = filled(arguments, x)
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):
        prediction: Prediction = predict(model, **dense, order=order)
    return in_given_ridge(prediction, dense)


def filled(arguments: dict[str, Any], x: str) -> dict[str, Any]:
    """The same with many values of `x`, which varies along the last axis, between its finite ones.

    Where N = T is between them it is one of the values, so that the peak is drawn to its top.
    """
    given: Floats = arguments[x][(arguments[x] > 0) & np.isfinite(arguments[x])]
    if given.size < 2:
        return arguments
    low = given.min()
    high = given.max()
    sizes = np.concatenate([arguments["N"].ravel(), arguments["T"].ravel()])
    peaks = sizes[(low < sizes) & (sizes < high)]
    even = np.geomspace(low, high, CURVE_POINTS)
    return arguments | {x: np.unique(np.concatenate([even, peaks]))}


def in_given_ridge(result: Drawn, arguments: dict[str, Any]) -> Drawn:
    """To be drawn: the kernel's ridge in the place of gamma, if that is what was given."""
    if "kernel_ridge" not in arguments:
        return result
    changed: dict[str, Any] = {}
    if isinstance(result, Comparison):
        for name in ("prediction", "planar", "estimate"):
            changed[name] = in_given_ridge(getattr(result, name), arguments)
    else:
        shape = np.broadcast_shapes(*(np.shape(values) for values in arguments.values()))
        changed["ridge"] = np.broadcast_to(arguments["kernel_ridge"], shape)
    return dataclasses.replace(result, **changed)
