"""All combinations of the models, sizes and ridges of a command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.cli import model_options, number_lists, output_options, tables
from rfscale.cli.size_options import NO_RIDGE
from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats

ORDER = ("kernel_ridge", "ridge", "T", "N")  # of the axes, where lists are of the same length


@dataclass(frozen=True)
class Combinations:
    """Models, and the sizes and ridges of each.

    Attributes
    ----------
    models : list of ScalingModel
    arguments : dict
        N, T and ridge or kernel_ridge, if the command has one, as `predict` takes them: shaped such
        that all combinations broadcast.
    x : str
        The longest of them, which lies along the last axis.
    """

    models: list[ScalingModel]
    arguments: dict[str, Any]
    x: str

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the results of one model."""
        return np.broadcast_shapes(*(np.shape(value) for value in self.arguments.values()))


def from_options(options: argparse.Namespace, *, whole: bool = False) -> Combinations:
    """The combinations of the lists that are given; sizes are integers if they must be `whole`."""
    lists = {name: number_lists.sizes(name, getattr(options, name), whole=whole) for name in "NT"}
    ridge = _ridge(options)
    lists |= {name: value for name, value in ridge.items() if not isinstance(value, str)}
    names = sorted(lists, key=lambda name: (lists[name].size, ORDER.index(name)))
    models = model_options.models(options)
    points = Combinations(models=models, arguments=ridge | _shaped(lists, names), x=names[-1])
    if output_options.form(options) == "table":
        tables.require_short(len(models) * math.prod(points.shape))
    return points


def _ridge(options: argparse.Namespace) -> dict[str, Floats | str]:
    """The argument of `predict` for the ridge; none for a command without such an option."""
    if not hasattr(options, "ridge"):
        return {}
    if options.kernel_ridge is not None:
        return {"kernel_ridge": number_lists.numbers("kernel_ridge", options.kernel_ridge)}
    if (options.ridge or "").strip().lower() == "optimal":
        return {"ridge": "optimal"}
    return {"ridge": number_lists.numbers("ridge", options.ridge or NO_RIDGE)}


def _shaped(lists: dict[str, Floats], names: Sequence[str]) -> dict[str, Any]:
    """Each list along an axis of its own, in the order of the names."""
    shapes = np.where(np.eye(len(names), dtype=bool), -1, 1)
    return {name: lists[name].reshape(shape) for name, shape in zip(names, shapes, strict=True)}
