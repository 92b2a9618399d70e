r"""How the features' weights are trained: a filter of the kernel's eigenvalues.

.. math:: \theta = y\,\varphi^T h(\varphi\varphi^T), \qquad r(s) = 1 - s\,h(s)

h is the filter and r its residual, what is left of a direction with eigenvalue s (19.1). s is an
eigenvalue of phi phi^T as it stands, a sum over samples, in the units of phi^2.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model.training.mixtures import Mixtures
from rfscale.support.arguments import Floats, broadcast
from rfscale.support.stored import Stored

Whole = NDArray[np.int64]


class Training(Stored, ABC):
    """How a model is trained. Derive from it to train by a filter of your own.

    A subclass is a frozen dataclass with one method, `filter`, whose fields are numbers, or arrays
    (or lists) that broadcast with N and T; a tuple is one value of all points. Given as
    ``training=`` it works in `predict`, `simulate`, `compare` and `sweep`; theory then takes one
    integral over the kernel's spectrum, for finite N and T.

    Attributes
    ----------
    shape : tuple of int
        That of its fields together; () for one training.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np, rfscale as rf
    >>> @dataclass(frozen=True, eq=False)
    ... class Landweber(rf.Training):
    ...     step_size: float
    ...     steps: int
    ...     def filter(self, s):
    ...         left = (1 - self.step_size * s) ** self.steps
    ...         return (1 - left) / s
    >>> float(Landweber(0.1, 20).residual(np.array([2.0]))[0])
    0.0115
    """

    # for each field that has the unit of an eigenvalue, or of its inverse: the power of it
    POWERS: ClassVar[Mapping[str, int]] = {}

    @abstractmethod
    def filter(self, s: Floats) -> Floats:
        """h(s) at eigenvalues s > 0 of phi phi^T, of the same shape; each field is one number."""

    def residual(self, s: Floats) -> Floats:
        """r(s) = 1 - s h(s); a subclass may know it more accurately where it is small."""
        return np.asarray(1.0 - s * self.filter(s))

    @property
    def values(self) -> dict[str, Any]:
        """The fields that are numbers or arrays, by name."""
        own = {name: getattr(self, name) for name in self.stored_fields()}
        return {name: value for name, value in own.items() if isinstance(value, NUMERIC)}

    @property
    def shown_values(self) -> dict[str, Any]:
        """Columns of tables that say which training it is: of the fields' shapes."""
        return self.values

    def changed(self, **values: Any) -> Self:
        """The same with other values of some fields."""
        return replace(self, **values)  # type: ignore[type-var]  # a subclass is a dataclass

    @property
    def shape(self) -> tuple[int, ...]:
        """The common shape of the fields."""
        arrays = {name: np.asarray(value) for name, value in self.values.items()}
        return broadcast(**arrays)[0].shape if arrays else ()

    def each(self, shape: tuple[int, ...]) -> list[Training]:
        """The training of each point of a shape, flattened: fields are numbers."""
        columns = {name: np.broadcast_to(v, shape).ravel() for name, v in self.values.items()}
        count = int(np.prod(shape))
        return [
            self.changed(**{name: column[i].item() for name, column in columns.items()})
            for i in range(count)
        ]

    def flat(self, shape: tuple[int, ...]) -> Self:
        """The same with fields that are flat arrays, one entry for each point of a shape."""
        columns = {name: np.broadcast_to(v, shape).ravel() for name, v in self.values.items()}
        return self.changed(**columns)

    def taken(self, places: Whole) -> Self:
        """Some entries of one that is flat."""
        columns = {name: value[places] for name, value in self.values.items()}
        return self.changed(**columns)

    def relative(self, unit: Floats) -> Self:
        """The same in a unit of eigenvalues, an array > 0: ridge/unit, time times unit."""
        with np.errstate(over="ignore", under="ignore"):
            scaled = {
                name: _scaled(getattr(self, name), np.asarray(unit) ** power)
                for name, power in self.POWERS.items()
                if getattr(self, name) is not None
            }
        return self.changed(**scaled)

    def absolute(self, unit: float) -> Training:
        """The same without numbers that are in a unit of eigenvalues: `tau` of a flow."""
        return self

    def require_stable(self, largest: ArrayLike) -> None:
        """Raise ValueError if it diverges where this is the largest eigenvalue of phi phi^T."""
        return

    def is_over(self, smallest: Floats) -> NDArray[np.bool_]:
        """Whether nothing is left to train where this is the least eigenvalue that is not zero."""
        return np.zeros(np.shape(smallest), dtype=bool)

    @property
    def breaks(self) -> Floats:
        """Eigenvalues at which the filter is not smooth; a subclass that names them is integrated
        more accurately.
        """
        return np.empty(0)

    def as_ridge(self) -> Floats:
        """The ridge that it is the same as, NaN where there is none; broadcasts with the fields."""
        return np.full((), np.nan)

    def parts(self, shape: tuple[int, ...]) -> list[Whole]:
        """The flat points in parts, each of which is asked for its mixtures apart."""
        return [np.arange(int(np.prod(shape)))]

    def mixtures(self, group: Whole) -> Mixtures | None:
        """The trainings as mixtures of ridges, if they are such; None, the default, if not known.

        `group` numbers the points, flattened at their shape: those of one number differ in the
        training alone.
        """
        return None


NUMERIC = (bool, int, float, np.ndarray, np.generic)


def _scaled(values: Any, factor: Floats) -> Floats:
    """Their product; nothing stays nothing in any unit."""
    with np.errstate(invalid="ignore"):
        return np.where(np.equal(values, 0.0), 0.0, np.asarray(values) * factor)
