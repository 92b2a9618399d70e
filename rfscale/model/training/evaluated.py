"""Filters evaluated and checked, and how a table says which they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from rfscale.model.training.base import Training
from rfscale.model.training.user_filter import Filter, checked_filter
from rfscale.support.arguments import Floats

PACKAGE = "rfscale."


def require_filter(training: Training, s: Floats) -> None:
    """Raise ValueError unless a user's class gives finite h and r at eigenvalues s, all at once."""
    if not type(training).__module__.startswith(PACKAGE):
        for one in training.each(training.shape):
            evaluated(one, s)


def evaluated(training: Training, s: Floats) -> tuple[Floats, Floats]:
    """h(s) and r(s) at eigenvalues s > 0; ValueError if they are not finite, or no such arrays."""
    name = type(training).__name__
    with np.errstate(all="ignore"):
        if isinstance(training, Filter):
            h = training.filter(s)
        else:
            h = checked_filter(f"{name}.filter", training.filter, s)
        if has_own_residual(training):
            return h, checked_filter(f"{name}.residual", training.residual, s)
        return h, 1.0 - s * h


def has_own_residual(training: Training) -> bool:
    """Whether it knows r(s) to its relative accuracy, not as 1 - s h(s)."""
    return type(training).residual is not Training.residual


def with_training(columns: dict[str, Any], training: Training) -> dict[str, Any]:
    """The columns of a table with those of a training in the place of the ridge, after T.

    They are its class, "training", and its numbers by name; one that stands for something else is
    "training_" and the name.
    """
    kept = {name: column for name, column in columns.items() if name not in ("ridge", "training")}
    own = {f"training_{k}" if k in kept else k: v for k, v in training.shown_values.items()}
    place = list(kept).index("T") + 1
    items = list(kept.items())
    return dict([*items[:place], ("training", type(training).__name__), *own.items()]) | kept
