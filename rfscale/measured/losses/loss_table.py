"""`LossTable`: runs (N, T, loss) that were measured, checked once, with weights and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.samples.numbers_given import given_numbers
from rfscale.support.arguments import Floats
from rfscale.support.described import described
from rfscale.support.stored import Stored


@dataclass(frozen=True, eq=False)
class LossTable(Stored):
    """A table of losses: one row a run, or a checkpoint of one.

    Attributes
    ----------
    N, T, loss : ndarray (rows,)
        Sizes and losses, finite and > 0.
    weights : ndarray (rows,)
        Of the rows in the fit, >= 0.
    groups : ndarray of int (rows,)
        The run of each row, numbered from 0; each row its own by default.
    grouped : bool
        Whether groups were given.
    """

    N: Floats
    T: Floats
    loss: Floats
    weights: Floats
    groups: NDArray[np.int64]
    grouped: bool

    @classmethod
    def checked(cls, N: Any, T: Any, L: Any, weights: Any = None, groups: Any = None) -> LossTable:
        """The table of what a user gives; ValueError for what is no table."""
        columns = {"N": N, "T": T, "L": L}
        each = {name: _positive(name, values) for name, values in columns.items()}
        rows = _common_length(each)
        ones = np.ones(rows)
        return cls(
            N=each["N"],
            T=each["T"],
            loss=each["L"],
            weights=ones if weights is None else _weights(weights, rows),
            groups=np.arange(rows) if groups is None else _numbered(groups, rows),
            grouped=groups is not None,
        )

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.loss.size

    def part(self, kept: NDArray[np.bool_]) -> LossTable:
        """The table of the rows that are kept, whose groups are numbered anew."""
        groups = np.unique(self.groups[kept], return_inverse=True)[1]
        return LossTable(
            N=self.N[kept],
            T=self.T[kept],
            loss=self.loss[kept],
            weights=self.weights[kept],
            groups=groups,
            grouped=self.grouped,
        )


def _positive(name: str, values: Any) -> Floats:
    allowed = "finite numbers > 0, one a row"
    array = np.array(given_numbers(name, values), dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} must be {allowed}, got {described(values)}")
    bad = ~(np.isfinite(array) & (array > 0))
    if bad.any():
        row = int(np.argmax(bad))
        more = f", and {bad.sum() - 1} more rows like it" if bad.sum() > 1 else ""
        raise ValueError(f"{name} must be {allowed}, got {array[row]:g} in row {row}{more}")
    return array


def _common_length(columns: dict[str, Floats]) -> int:
    lengths = {name: values.size for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"N, T and L must have one number a row each, got lengths {said}")
    return next(iter(lengths.values()))


def _weights(weights: Any, rows: int) -> Floats:
    array = np.array(given_numbers("weights", weights), dtype=np.float64)
    if array.shape != (rows,) or not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(
            f"weights must be finite numbers >= 0, one for each of {rows} rows, got "
            f"{described(weights)}"
        )
    if not array.any():
        raise ValueError("weights must not all be 0")
    return np.asarray(array / array.max())


def _numbered(groups: Any, rows: int) -> NDArray[np.int64]:
    try:
        labels = np.asarray(groups)
        numbered = np.unique(labels, return_inverse=True)[1]
    except (TypeError, ValueError):  # of different kinds, which have no order
        labels = np.asarray(groups, dtype=object)
        numbered = np.unique([repr(label) for label in labels.ravel()], return_inverse=True)[1]
    if labels.shape != (rows,):
        raise ValueError(
            f"groups must have a label for each of {rows} rows, got {described(groups)}"
        )
    return np.asarray(numbered, dtype=np.int64).reshape(rows)
