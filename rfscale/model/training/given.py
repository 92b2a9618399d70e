"""The argument `training` of `predict`, `simulate` and their kind, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from rfscale.model.training.base import Training
from rfscale.model.training.user_filter import Filter, checked_filter
from rfscale.support.arguments import Floats
from rfscale.support.described import described, shortened

Filtered = Callable[[Floats], Floats]  # h(s)

PACKAGE = "rfscale."
ALLOWED = "a Training such as rfscale.GradientFlow(time=...), or a function h(s) of eigenvalues"


def checked_training(training: Any) -> Training:
    """A training, or the `Filter` of a function.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> print(type(checked_training(lambda s: 1 / (s + 0.1))).__name__)
    Filter
    """
    if isinstance(training, Training):
        if not is_dataclass(training):
            name = type(training).__name__
            raise ValueError(f"training must be a dataclass, got {name}, which is none")
        return training
    if callable(training) and not isinstance(training, type):
        return Filter(training)
    raise ValueError(f"training must be {ALLOWED}, got {described(training)}")


def given_training(training: Any, ridge: Any, kernel_ridge: Any) -> Training | None:
    """The training that is given in the place of a ridge, if there is one.

    Raises
    ------
    ValueError
        If it is none, or a ridge is given as well.
    """
    if training is None:
        return None
    for name, value in {"ridge": ridge, "kernel_ridge": kernel_ridge}.items():
        if value is not None:
            raise ValueError(
                f"{name} and training must not both be given, got {name} = {shortened(value)} and "
                f"training = {shortened(training)}"
            )
    return checked_training(training)


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
    own = {f"training_{k}" if k in kept else k: v for k, v in training.values.items()}
    place = list(kept).index("T") + 1
    items = list(kept.items())
    return dict([*items[:place], ("training", type(training).__name__), *own.items()]) | kept
