"""`LossTable`: runs (N, T, loss) that were measured, checked once, with weights and groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described, holds_masked, is_real
from rfscale.support.stored import Stored

SMALLEST = 1e-100  # sizes and losses whose powers and ratios are in the range of float64
LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class LossTable(Stored):
    """A table of losses: one row a run, or a checkpoint of one.

    Attributes
    ----------
    N, T, loss : ndarray (rows,)
        Sizes and losses, from 1e-100 to 1e100.
    weights : ndarray (rows,)
        Of the rows in the fit, >= 0.
    groups : ndarray of int (rows,)
        The run of each row, numbered from 0; each row its own by default.
    grouped : bool
        Whether groups were given.
    source : tuple
        (what, name) of the columns of a file that were taken: see `read_losses`.
    lines : ndarray of int (rows,), optional
        The line of each row in a text file, from 1.
    """

    N: Floats
    T: Floats
    loss: Floats
    weights: Floats
    groups: NDArray[np.int64]
    grouped: bool
    source: tuple[tuple[str, str], ...] = ()
    lines: NDArray[np.int64] | None = None

    @classmethod
    def checked(
        cls, N: Any, T: Any = None, L: Any = None, weights: Any = None, groups: Any = None
    ) -> LossTable:
        """The table of what a user gives, a table in place of N too; ValueError for others."""
        if isinstance(N, LossTable):
            if T is not None or L is not None:
                raise ValueError("T and L must be left out beside a table, got a LossTable for N")
            return N._with(weights, groups)
        columns = {"N": N, "T": T, "L": L}
        each = {name: _positive(name, values) for name, values in columns.items()}
        rows = _common_length(each)
        if rows > 1 and np.ptp(each["L"]) == 0:
            raise ValueError(f"L must not be the same in all rows, got {each['L'][0]:g} in each")
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

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which rows have a weight."""
        return self.weights > 0

    @property
    def has_runs(self) -> bool:
        """Whether groups were given, and one of them has several rows."""
        return self.grouped and bool(np.bincount(self.groups).max() > 1)

    def place(self, row: int) -> str:
        """Where a row is, for people: in its file, if there is one with lines."""
        return f"row {row} (from 0)" if self.lines is None else f"line {self.lines[row]}"

    def _with(self, weights: Any, groups: Any) -> LossTable:
        """The table with other weights and groups, where there are any."""
        changes: dict[str, Any] = {}
        if weights is not None:
            changes["weights"] = _weights(weights, self.rows)
        if groups is not None:
            changes |= {"groups": _numbered(groups, self.rows), "grouped": True}
        return replace(self, **changes)

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
            source=self.source,
            lines=None if self.lines is None else self.lines[kept],
        )


def _positive(name: str, values: Any) -> Floats:
    allowed = "finite numbers > 0, one a row"
    array = _numbers(name, values, allowed)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must be {allowed}, got {described(values)}")
    _check_rows(name, array, np.isfinite(array) & (array > 0), allowed)
    within = f"from {SMALLEST:g} to {LARGEST:g}"
    _check_rows(name, array, (array >= SMALLEST) & (array <= LARGEST), within)
    return array


def _numbers(name: str, values: Any, allowed: str) -> Floats:
    """Numbers; of other things the first row that is none is named."""
    try:
        return numeric(name, values, allowed)
    except ValueError:
        items = list(values) if np.ndim(values) == 1 and not holds_masked(values) else []
        bad = next((row for row, item in enumerate(items) if not is_real(item)), None)
        if bad is None:
            raise
        raise ValueError(
            f"{name} must be {allowed}, got {described(items[bad])} in row {bad} (from 0)"
        ) from None


def _check_rows(name: str, array: Floats, good: NDArray[np.bool_], allowed: str) -> None:
    """Raise ValueError for the first row that is not good."""
    if not good.all():
        row = int(np.argmin(good))
        bad = int(np.sum(~good))
        more = f", and {bad - 1} more rows like it" if bad > 1 else ""
        raise ValueError(
            f"{name} must be {allowed}, got {array[row]:g} in row {row} (from 0){more}"
        )


def _common_length(columns: dict[str, Floats]) -> int:
    lengths = {name: values.size for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"N, T and L must have one number a row each, got lengths {said}")
    return next(iter(lengths.values()))


def _weights(weights: Any, rows: int) -> Floats:
    allowed = f"finite numbers >= 0, one for each of {rows} rows"
    array = _numbers("weights", weights, allowed)
    if array.shape != (rows,):
        raise ValueError(f"weights must be {allowed}, got {described(weights)}")
    _check_rows("weights", array, np.isfinite(array) & (array >= 0), allowed)
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
    missing = [row for row, label in enumerate(labels) if label is None or label != label]
    if missing:
        raise ValueError(
            f"groups must have a label for each row, got {labels[missing[0]]} in row {missing[0]} "
            "(from 0)"
        )
    if numbered.max() == 0:
        raise ValueError(f"groups must have at least 2 different labels, got {labels[0]} only")
    return np.asarray(numbered, dtype=np.int64).reshape(rows)
