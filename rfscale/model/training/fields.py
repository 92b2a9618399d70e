"""What all trainings share: numbers, or arrays that broadcast."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import broadcast
from rfscale.support.stored import Stored

NUMERIC = (bool, int, float, np.ndarray, np.generic)


class TrainingFields(Stored):
    """Numbers, or arrays that broadcast with N and T, that say how a model is trained.

    Attributes
    ----------
    shape : tuple of int
        That of its fields together; () for one training.
    """

    @property
    def values(self) -> dict[str, Any]:
        """The fields that are numbers or arrays, by name."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in own.items() if isinstance(value, NUMERIC)}

    @property
    def shape(self) -> tuple[int, ...]:
        """The common shape of the fields."""
        arrays = {name: np.asarray(value) for name, value in self.values.items()}
        return broadcast(**arrays)[0].shape if arrays else ()

    def columns(self) -> dict[str, Any]:
        """What a table says of it: the name of its class, and its numbers."""
        return {"training": type(self).__name__} | self.values

    def each(self, shape: tuple[int, ...]) -> list[Self]:
        """The training of each point of a shape, flattened: fields are numbers."""
        columns = {name: np.broadcast_to(v, shape).ravel() for name, v in self.values.items()}
        count = int(np.prod(shape))
        return [
            replace(self, **{name: column[i].item() for name, column in columns.items()})  # type: ignore[type-var]
            for i in range(count)
        ]

    def flat(self, shape: tuple[int, ...]) -> Self:
        """The same with fields that are flat arrays, one entry for each point of a shape."""
        columns = {name: np.broadcast_to(v, shape).ravel() for name, v in self.values.items()}
        return replace(self, **columns)  # type: ignore[type-var]

    def taken(self, places: NDArray[np.int64]) -> Self:
        """Some entries of one that is flat."""
        columns = {name: value[places] for name, value in self.values.items()}
        return replace(self, **columns)  # type: ignore[type-var]
