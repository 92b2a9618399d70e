"""The training of a simulation at its points: as given, then of each (N, T)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.training import SGD, Training
from rfscale.model.training.evaluated import require_filter
from rfscale.model.training.given import checked_training
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.simulation.one_draw.trained import eigenvalue_unit
from rfscale.support.arguments import Floats
from rfscale.support.described import cut, described

PROBED = np.geomspace(1e-6, 0.5, 7)  # of N T sigma_u^2 lambda_+/M, the largest eigenvalue if M = 1


def checked(training: Any, ridge: Any, kernel_ridge: Any, estimator: Any) -> Training | None:
    """The training that is given in the place of a ridge, if there is one.

    ValueError if it is none, or a ridge is given as well, or an estimator of one's own.
    """
    if training is None:
        return None
    given = checked_training(training, ridge=ridge, kernel_ridge=kernel_ridge)
    if not isinstance(estimator, LinearFeatures):
        name = type(estimator).__name__
        raise ValueError(
            f"training must not be given with an estimator of your own, as {name} knows ridges "
            f"alone, got {described(training)}"
        )
    return given


def at_sizes(training: Training, model: ScalingModel, N: int, T: int) -> Training:
    """With times in the unit of the model, from tau; ValueError if a user's filter is none."""
    if isinstance(training, SGD):
        training.require_samples(np.asarray(T))
        return training
    unit = eigenvalue_unit(model) * N * T
    absolute = training.absolute(unit)
    require_filter(absolute, unit * PROBED)
    return absolute


def rearranged(training: Training, change: Callable[[Floats], Floats]) -> Training:
    """With each array among its fields changed; numbers stay."""
    arrays = {name: value for name, value in training.values.items() if np.ndim(value)}
    return training.changed(**{name: change(value) for name, value in arrays.items()})


def along_one_axis(training: Training) -> Training:
    """For a sweep: fields that are numbers, or lists which broadcast; ValueError otherwise."""
    shape = training.shape
    if len(shape) > 1:
        raise ValueError(
            "training must have numbers, or lists which broadcast to one, in a sweep, which takes "
            f"all combinations; got the shape {shape}"
        )
    if shape:
        columns = [np.broadcast_to(value, shape) for value in training.values.values()]
        if len(np.unique(np.stack(columns), axis=1).T) < shape[0]:
            values = ", ".join(f"{name} = {value}" for name, value in training.values.items())
            raise ValueError(f"training must not repeat a value, got {cut(values)}")
    return rearranged(training, lambda values: np.array(np.broadcast_to(values, shape)))
