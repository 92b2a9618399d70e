"""Tables of numbers in text files; what is no number is named by its line and column."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import Floats
from rfscale.support.described import cut

MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}
DELIMITERS = (";", ",", "\t")  # the first that the first line has; else white space
SHOWN = 5  # columns in an error
LONGEST = 200  # characters of a reason


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of a table, of shape (rows, columns), and the names of its columns if it has any.

    `row_numbers` says that a first column was taken out, as it counted the rows.
    """

    numbers: NDArray[Any]
    names: tuple[str, ...] | None
    row_numbers: bool = False


def read_csv_table(path: Path) -> Table:
    """The numbers of a text file, one row a line, with or without a line of names before them.

    Fields are separated by commas, semicolons, tabs or white space. Empty lines and those that
    begin with # are passed over. A first line is of names if a word is among them, or if it counts
    0, 1, 2, ... as pandas names columns. A first column without a name that counts the rows, as
    pandas writes the index, is taken out.

    Raises
    ------
    ValueError
        With line and column: for text, for missing values, for rows that are not equally long.
    """
    try:
        text = _Text(path)
        line, cells = next(text.rows(), (0, []))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file in UTF-8: {error}") from None
    names = tuple(cells) if _are_names(cells) else None
    numbers = _numbers(text, line if names else 0, len(cells), names)
    if not len(numbers):
        raise ValueError(f"{path} holds no numbers")
    if names and names[0] == "" and np.array_equal(numbers[:, 0], np.arange(len(numbers))):
        return Table(numbers=numbers[:, 1:], names=names[1:], row_numbers=True)
    return Table(numbers=numbers, names=names)


class _Text:
    """A text file whose lines are rows of fields."""

    def __init__(self, path: Path) -> None:
        self.path = path
        first = next((line for _, line in self._lines()), "")
        self.delimiter = next((mark for mark in DELIMITERS if mark in first), None)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number and fields of each line that is neither empty nor a comment."""
        for number, line in self._lines():
            if self.delimiter is None:
                yield number, line.split()
            else:
                cells = next(csv.reader([line], delimiter=self.delimiter))
                yield number, [cell.strip() for cell in cells]

    def _lines(self) -> Iterator[tuple[int, str]]:
        with open(self.path, encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip() and not line.lstrip().startswith("#"):
                    yield number, line


def _numbers(text: _Text, skipped: int, columns: int, names: tuple[str, ...] | None) -> Floats:
    """The numbers behind the first lines, all of them finite."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "loadtxt: input contained no data")
            numbers = np.loadtxt(
                text.path,
                delimiter=text.delimiter,
                skiprows=skipped,
                ndmin=2,
                encoding="utf-8-sig",
                quotechar='"',
            )
    except ValueError as error:
        _check_rows(text, skipped, columns, names)
        raise ValueError(
            f"{text.path} is not a table of numbers: {cut(str(error), LONGEST)}"
        ) from None
    if not np.isfinite(numbers).all() or numbers.shape[1] != columns:
        _check_rows(text, skipped, columns, names)
    return numbers


def _check_rows(text: _Text, skipped: int, columns: int, names: tuple[str, ...] | None) -> None:
    """Raise ValueError for the first line that is no row of finite numbers."""
    for line, cells in text.rows():
        if line <= skipped:
            continue
        if len(cells) != columns:
            raise ValueError(
                f"{text.path}, line {line}: {len(cells)} fields, where the first line has {columns}"
            )
        bad = {i: cell for i, cell in enumerate(cells) if not _is_finite(cell)}
        if bad:
            raise ValueError(f"{text.path}, line {line}: {_said_of_cells(bad, names)}")


def _said_of_cells(bad: dict[int, str], names: tuple[str, ...] | None) -> str:
    """Text before missing values, as it is the columns that hold it."""
    text = {i: cell for i, cell in bad.items() if not _is_missing(cell)}
    shown = list((text or bad).items())[:SHOWN]
    more = len(text or bad) - len(shown)
    said = ", ".join(
        (f"column {cut(names[i])!r}" if names else f"column {i + 1}")
        + (f" is {cut(cell)!r}" if text else "")
        for i, cell in shown
    )
    if more:
        said += f" and {more} more"
    if text:
        return (
            f"{said}, no finite number; give numbers, take such columns out, or give each class of "
            "theirs a column of 0 and 1, as pandas.get_dummies does"
        )
    return f"no value in {said}; take the row out, or fill it"


def _are_names(cells: list[str]) -> bool:
    counted = [str(i) for i in range(len(cells))]
    if len(cells) > 2 and (cells == counted or cells == ["", *counted[:-1]]):
        return True
    return any(re.match(r"[^\W\d]", cell) and not _is_number(cell) for cell in cells)


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING


def _is_number(cell: str) -> bool:
    """Whether it is a number, or stands for one that is missing."""
    return _is_missing(cell) or _as_float(cell) is not None


def _is_finite(cell: str) -> bool:
    value = _as_float(cell)
    return value is not None and bool(np.isfinite(value))


def _as_float(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
