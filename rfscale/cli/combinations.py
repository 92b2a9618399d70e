"""All combinations of the models, sizes and ridges, or trainings, of a command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.cli import model_options, number_lists, output_options, tables, training_options
from rfscale.cli.size_options import NO_RIDGE
from rfscale.model import ScalingModel
from rfscale.model.training import Training
from rfscale.support.arguments import Floats

ORDER = ("kernel_ridge", "ridge", "T", "N")  # of the axes, where lists are of the same length
FIELD = "training."  # before the name of a field of the training


@dataclass(frozen=True)
class Combinations:
    """Models, and the sizes and ridges, or trainings, of each.

    Attributes
    ----------
    models : list of ScalingModel
    arguments : dict
        N, T and ridge, kernel_ridge or training, if the command has one, as `predict` takes them:
        shaped such that all combinations broadcast.
    x : str
        The longest of them, which lies along the last axis; a field of the training by its name.
    """

    models: list[ScalingModel]
    arguments: dict[str, Any]
    x: str

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the results of one model."""
        return shape_of(self.arguments)


def shape_of(arguments: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape that arguments of `predict` broadcast to."""
    shapes = (v.shape if isinstance(v, Training) else np.shape(v) for v in arguments.values())
    return np.broadcast_shapes(*shapes)


def from_options(options: argparse.Namespace, *, whole: bool = False) -> Combinations:
    """The combinations of the lists that are given; sizes are integers if they must be `whole`."""
    lists = {name: number_lists.sizes(name, getattr(options, name), whole=whole) for name in "NT"}
    training = training_options.training(options)
    ridge = _ridge(options) if training is None else {}
    lists |= {name: value for name, value in ridge.items() if not isinstance(value, str)}
    lists |= _fields(training)
    shaped, x = crossed(lists)
    points = Combinations(
        models=model_options.models(options),
        arguments=ridge | _arguments(training, shaped),
        x=x.removeprefix(FIELD),
    )
    if output_options.form(options) == "table":
        tables.require_short(len(points.models) * math.prod(points.shape))
    return points


def crossed(lists: Mapping[str, Floats]) -> tuple[dict[str, Any], str]:
    """Each list along an axis of its own, the longest along the last; and the name of that."""
    names = sorted(lists, key=lambda name: (lists[name].size, _rank(name)))
    shapes = np.where(np.eye(len(names), dtype=bool), -1, 1)
    shaped = {name: lists[name].reshape(shape) for name, shape in zip(names, shapes, strict=True)}
    return shaped, names[-1]


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else -1


def _fields(training: Training | None) -> dict[str, Floats]:
    """The fields of a training that are lists."""
    values = {} if training is None else training.values
    return {f"{FIELD}{name}": value for name, value in values.items() if np.ndim(value) == 1}


def _arguments(training: Training | None, shaped: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of `predict`, with the fields of a training in it."""
    own = {name: value for name, value in shaped.items() if not name.startswith(FIELD)}
    if training is None:
        return own
    changed = {n.removeprefix(FIELD): v for n, v in shaped.items() if n.startswith(FIELD)}
    return own | {"training": training.changed(**changed) if changed else training}


def _ridge(options: argparse.Namespace) -> dict[str, Floats | str]:
    """The argument of `predict` for the ridge; none for a command without such an option."""
    if not hasattr(options, "ridge"):
        return {}
    if getattr(options, "kernel_ridge", None) is not None:
        return {"kernel_ridge": number_lists.numbers("kernel_ridge", options.kernel_ridge)}
    if (options.ridge or "").strip().lower() == "optimal":
        return {"ridge": "optimal"}
    return {"ridge": number_lists.numbers("ridge", options.ridge or NO_RIDGE)}
