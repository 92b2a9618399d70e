"""The training that a user gives: a `Training`, or a function h(s)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any

import numpy as np

from rfscale.model.training.base import Training
from rfscale.model.training.user_filter import Filter
from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described, shortened

GivenTraining = Training | Callable[[Floats], Floats]


def checked_training(training: object, name: str = "training", **ridges: Any) -> Training:
    """A training, from an object or a filter, given as the argument `name`.

    Lists of numbers among the fields of a user's class become arrays. `ridges` are arguments that
    must not be given, too.

    Raises
    ------
    ValueError
        If it is neither, a list is not one of numbers, or one of the others is not None.
    """
    for other, value in ridges.items():
        if value is not None:
            raise ValueError(
                f"{other} and training must not both be given, a training has a ridge of its own, "
                f"got {other} = {shortened(value)} and training = {shortened(training)}"
            )
    if isinstance(training, Training):
        if not is_dataclass(training):
            kind = type(training).__name__
            raise ValueError(f"{name} must be a dataclass, got {kind}, which is none")
        return _with_arrays(training, name)
    if callable(training) and not isinstance(training, type):
        return Filter(training)
    raise ValueError(
        f"{name} must be a Training, such as GradientFlow(time), or a filter, a function of an "
        f"array of eigenvalues, got {described(training)}"
    )


def _with_arrays(training: Training, name: str) -> Training:
    """With arrays in the place of lists; a tuple stays, as one value of all points."""
    lists = {k: v for k, v in training.stored_fields().items() if isinstance(v, list)}
    if not lists:
        return training
    for field, value in lists.items():
        numeric(f"{name}.{field}", value, "numbers (a tuple stays as it is)")
    # not by way of floats, as steps are integers
    return training.changed(**{field: np.array(value) for field, value in lists.items()})
