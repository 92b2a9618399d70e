"""Tables of numbers in text files; what is no number is named by its line and column."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import Floats
from rfscale.support.described import cut
from rfscale.support.text_rows import OF_SHEETS, TextRows

MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-", *OF_SHEETS}
FLAGS = {"true": 1.0, "false": 0.0}
UNNAMED = ("", "Unnamed: 0")  # the second is what pandas makes of the first
COMMA = re.compile(r"[-+]?\d+,\d+(e[-+]?\d+)?", re.IGNORECASE)  # a decimal one
SHOWN = 5  # columns in an error
LONGEST = 200  # characters of a reason


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of a table, of shape (rows, columns), and the names of its columns if it has any.

    `row_numbers` says that a first column was taken out, as it counted the rows. `flags` are the
    columns, by their numbers, that held True and False.
    """

    numbers: NDArray[Any]
    names: tuple[str, ...] | None
    row_numbers: bool = False
    flags: tuple[int, ...] = ()


def read_csv_table(path: Path) -> Table:
    """The numbers of a text file, one row a line, with or without a line of names before them.

    Fields are separated by commas, semicolons, tabs or white space. Empty lines and those that
    begin with # are passed over. A first line is of names if a word is among them, or if it counts
    0, 1, 2, ... as pandas names three columns or more; or else the comment before it, as
    numpy.savetxt writes names, if it has as many fields. A first column without a name that counts
    the rows from 0 or 1, as pandas writes the index, is taken out. A column of True and False is
    one of 1 and 0.

    Raises
    ------
    ValueError
        With line and column: for text, for missing values, for rows that are not equally long.
    """
    try:
        text = TextRows(path)
        layout = _layout(text)
        numbers = _numbers(text, layout)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file in UTF-8: {error}") from None
    if not len(numbers):
        raise ValueError(f"{path} holds no numbers")
    return _without_row_numbers(Table(numbers=numbers, names=layout.names, flags=layout.flags))


def _without_row_numbers(table: Table) -> Table:
    """Without a first column that has no name and counts 0, 1, ... or 1, 2, ..."""
    if table.names is None or len(table.names) < 2 or table.names[0] not in UNNAMED:
        return table
    first = table.numbers[:, 0]
    if first[0] not in (0, 1) or np.any(np.diff(first) != 1):
        return table
    flags = tuple(i - 1 for i in table.flags if i)
    return Table(numbers=table.numbers[:, 1:], names=table.names[1:], row_numbers=True, flags=flags)


@dataclass(frozen=True)
class _Layout:
    """How many columns there are, their names, the lines before, and the columns of flags."""

    columns: int
    names: tuple[str, ...] | None
    skipped: int = 0
    flags: tuple[int, ...] = ()


def _layout(text: TextRows) -> _Layout:
    """The layout of the first lines: flags are those of the first row of numbers."""
    rows = text.rows()
    line, first = next(rows, (0, []))
    columns = len(first)
    names = text.names_in_comment(columns, _are_names)
    skipped = 0
    if _are_names(first):
        names = tuple(first)
        skipped = line
        first = next(rows, (0, []))[1]
    flags = tuple(i for i, cell in enumerate(first[:columns]) if cell.lower() in FLAGS)
    return _Layout(columns=columns, names=names, skipped=skipped, flags=flags)


def _numbers(text: TextRows, layout: _Layout) -> Floats:
    """The numbers behind the first lines, all of them finite."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "loadtxt: input contained no data")
            numbers = np.loadtxt(
                text.path,
                delimiter=text.delimiter,
                skiprows=layout.skipped,
                ndmin=2,
                encoding="utf-8-sig",
                quotechar='"',
                converters=dict.fromkeys(layout.flags, _of_flag) or None,
            )
    except ValueError as error:
        _check_rows(text, layout)
        reason = cut(str(error), LONGEST)
        raise ValueError(f"{text.path} is not a table of numbers: {reason}") from None
    is_whole = numbers.shape[1] == layout.columns and not text.hides_rows()
    if not is_whole or not np.isfinite(numbers).all():
        _check_rows(text, layout)
    return numbers


def _of_flag(cell: str) -> float:
    """1 for True, 0 for False, a number as it is, and else nan."""
    value = FLAGS.get(cell.strip().lower(), _as_float(cell))
    return np.nan if value is None else value


def _check_rows(text: TextRows, layout: _Layout) -> None:
    """Raise ValueError for the first line that is no row of finite numbers."""
    rows = ((line, cells) for line, cells in text.rows() if line > layout.skipped)
    for line, cells in rows:
        where = f"{text.path}, line {line}"
        if len(cells) != layout.columns:
            raise ValueError(f"{where}: {len(cells)} fields, the first line has {layout.columns}")
        bad = {i: cell for i, cell in enumerate(cells) if not _is_finite(cell, i in layout.flags)}
        text_cells = {i: cell for i, cell in bad.items() if not _is_missing(cell)}
        if text_cells:
            raise ValueError(f"{where}: {_said_of_text(text_cells, layout.names)}")
        if bad:
            more = sum(any(map(_is_missing, others)) for _, others in rows)
            many = f", as in {more + 1} rows; take these rows out, or fill them"
            advice = many if more else "; take the row out, or fill it"
            raise ValueError(f"{where}: no value in {_listed(bad, layout.names)}{advice}")


def _said_of_text(cells: dict[int, str], names: tuple[str, ...] | None) -> str:
    """Cells of text, with the likely remedy."""
    commas = {i: cell for i, cell in cells.items() if COMMA.fullmatch(cell)}
    if commas:
        return (
            f"{_listed(commas, names, values=True)}, decimal commas: write decimal points, as "
            "pandas.read_csv(..., decimal=',') reads them"
        )
    return (
        f"{_listed(cells, names, values=True)}, no finite number; give numbers, take such columns "
        "out, or give each class of theirs a column of 0 and 1, as pandas.get_dummies does"
    )


def _listed(cells: dict[int, str], names: tuple[str, ...] | None, *, values: bool = False) -> str:
    """The first columns of some cells, by name or number, and their values."""
    said = ", ".join(
        (f"column {cut(names[i])!r}" if names else f"column {i + 1}")
        + (f" is {cut(cell)!r}" if values else "")
        for i, cell in list(cells.items())[:SHOWN]
    )
    return f"{said} and {len(cells) - SHOWN} more" if len(cells) > SHOWN else said


def _are_names(cells: list[str]) -> bool:
    counted = [str(i) for i in range(len(cells))]
    if len(cells) > 2 and (cells == counted or cells == ["", *counted[:-1]]):
        return True
    return any(re.match(r"[^\W\d]", cell) and not _is_number(cell) for cell in cells)


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING


def _is_number(cell: str) -> bool:
    """Whether it is a number or flag, or stands for one that is missing."""
    return _is_missing(cell) or cell.lower() in FLAGS or _as_float(cell) is not None


def _is_finite(cell: str, is_flag: bool) -> bool:
    value = _of_flag(cell) if is_flag else _as_float(cell)
    return value is not None and bool(np.isfinite(value))


def _as_float(cell: str) -> float | None:
    """A number as numpy reads it, which knows no 1_000."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None
