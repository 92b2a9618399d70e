"""Tables of losses in files: text with a line of names, archives of numpy, JSON, or a frame."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.columns import taken_columns
from rfscale.measured.losses.loss_table import LARGEST, SMALLEST, LossTable
from rfscale.measured.samples.csv_table import COMMA, MISSING
from rfscale.support.archive import numpy_file, reason
from rfscale.support.arguments import Floats, file_name
from rfscale.support.described import cut, described, is_real, shortened
from rfscale.support.warned import warn_caller

Columns = dict[str, Any]  # by name: lists or arrays
FLOP = 6.0  # of training, for each parameter and token
ORDER = ("N", "T", "C", "loss", "groups")
SUFFIXES = (".csv", ".tsv", ".npz", ".json")


def read_losses(
    path: str | PathLike[str] | Any,
    N: str | None = None,
    T: str | None = None,
    loss: str | None = None,
    groups: str | None = None,
) -> LossTable:
    """A table of losses from a file or a frame, to be given to `fit_losses` in place of N.

    Parameters
    ----------
    path : str, Path or pandas.DataFrame
        A file, or a frame as it is. By the suffix of a file:

        - .csv or .tsv, text with a line of names and one row a run; fields are separated by
          commas, semicolons or tabs; other columns may hold text, lines without entries are none;
        - .npz, an archive of arrays, each named as a column;
        - .json, a dict of columns, or a list of rows that are dicts.
    N, T, loss : str, optional
        Names of the columns; by default those with a usual name, such as params, tokens and
        val_loss. Without a column of T one of the training compute C serves: T = C/(6 N).
    groups : str, optional
        The column that names the run of each row; by default one called run or group, as rows of
        one run are not independent, or else each row is one.

    Returns
    -------
    LossTable
        Whose `source` says which columns were taken.

    Raises
    ------
    ValueError
        If no column or several may be meant, or a value is missing, text or not > 0: with its line
        and column in text files, else with its row from 0.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> import tempfile, rfscale as rf
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "runs.csv"
    ...     written = path.write_text("name,params,tokens,loss\\na,1e7,1e9,3.9\\nb,1e8,1e9,3.5\\n")
    ...     table = rf.read_losses(path)
    >>> print(table.loss, dict(table.source))
    [3.9 3.5] {'N': 'params', 'T': 'tokens', 'loss': 'loss'}
    """
    if hasattr(path, "columns") and hasattr(path, "iloc"):
        names = tuple(map(str, path.columns))
        each = [path.iloc[:, i].to_numpy() for i in range(len(names))]
        return _table("path", names, dict(zip(names, each, strict=True)), None, N, T, loss, groups)
    file = file_name("path", path)
    suffix = file.suffix.lower()
    if file.is_dir() or suffix not in SUFFIXES:
        kind = "a folder" if file.is_dir() else shortened(str(file))
        raise ValueError(f"path must be a file that ends in {', '.join(SUFFIXES)}, got {kind}")
    lines = None
    if suffix == ".npz":
        columns = _of_archive(file)
    elif suffix == ".json":
        columns = _of_json(file)
    else:
        columns, lines = _of_text(file)
    return _table(str(file), tuple(columns), columns, lines, N, T, loss, groups)


def _table(
    where: str,
    names: tuple[str, ...],
    columns: Columns,
    lines: list[int] | None,
    N: str | None,
    T: str | None,
    loss: str | None,
    groups: str | None,
) -> LossTable:
    try:
        taken = taken_columns(names, N, T, loss, groups)
        if not len(columns[taken["N"]]):
            raise ValueError(f"no rows below the names of the columns {', '.join(names)}")
        numbers = {
            role: _numbers(name, columns[name], lines)
            for role, name in taken.items()
            if role != "groups"
        }
        if "C" in numbers:
            numbers["T"] = numbers.pop("C") / (FLOP * numbers["N"])
        runs = _runs(columns, taken, lines, is_guessed=groups is None)
        table = LossTable.checked(numbers["N"], numbers["T"], numbers["loss"], groups=runs)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    return replace(
        table,
        source=tuple((role, taken[role]) for role in ORDER if role in taken),
        lines=None if lines is None else np.array(lines),
    )


def _runs(
    columns: Columns, taken: dict[str, str], lines: list[int] | None, *, is_guessed: bool
) -> Any:
    """The labels of runs; a guessed column that tells none apart is not taken."""
    if "groups" not in taken:
        return None
    labels = [str(label).strip() for label in columns[taken["groups"]]]
    missing = [row for row, label in enumerate(labels) if label.lower() in MISSING | {"<na>"}]
    if is_guessed and (missing or len(set(labels)) < 2):
        if missing:
            warn_caller(
                f"column {taken['groups']!r} has no label in {_place(missing[0], lines)}: it is "
                "not taken for runs, and rows count as independent; groups= names a column"
            )
        del taken["groups"]
        return None
    if missing:
        rows = "1 row" if len(missing) == 1 else f"{len(missing)} rows"
        raise ValueError(
            f"column {taken['groups']!r}: no label in {rows}, the first is "
            f"{_place(missing[0], lines)}"
        )
    return labels


def _place(row: int, lines: list[int] | None) -> str:
    return f"line {lines[row]}" if lines else f"row {row} (from 0)"


def _numbers(name: str, values: Any, lines: list[int] | None) -> Floats:
    """A column as finite numbers > 0; the first value that is none is named with its place."""
    numbers = np.empty(len(values))
    for row, value in enumerate(values):
        numbers[row] = _number(value, f"{_place(row, lines)}, column {name!r}")
    return numbers


def _number(value: Any, place: str) -> float:
    text = value.strip() if isinstance(value, str) else value
    if str(text).lower() in MISSING | {"<na>"}:
        raise ValueError(f"{place}: no value; take the row out, or fill it")
    try:
        number = float(text) if isinstance(text, str) or is_real(text) else None
    except (ValueError, OverflowError):
        number = None
    if number is None:
        if isinstance(text, str) and COMMA.fullmatch(text):
            raise ValueError(f"{place}: {cut(text)!r} has a decimal comma: write a point")
        raise ValueError(f"{place}: {described(value)} is no number")
    if not 0 < number < np.inf:
        raise ValueError(f"{place}: must be a finite number > 0, got {number:g}")
    if not SMALLEST <= number <= LARGEST:
        raise ValueError(f"{place}: must be from {SMALLEST:g} to {LARGEST:g}, got {number:g}")
    return number


def _of_text(path: Path) -> tuple[Columns, list[int]]:
    """Columns by name, of strings, and the line of each row."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file in UTF-8: {error}") from None
    lines = list(StringIO(text, newline=""))  # which end at line feeds and carriage returns alone
    kept = [line for line in lines if line.strip() and not line.startswith("#")]
    if not kept:
        raise ValueError(f"{path} holds no table")
    mark = next((mark for mark in ("\t", ";") if mark in kept[0]), ",")
    reader = csv.reader(lines, delimiter=mark)
    rows = [(reader.line_num, cells) for cells in reader if _is_row(cells)]
    names = [name.strip() for name in rows[0][1]]
    for line, cells in rows[1:]:
        if len(cells) != len(names):
            fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
            raise ValueError(
                f"{path}, line {line}: {fields}, where the first line has {len(names)}"
            )
    columns = {name: [cells[i] for _, cells in rows[1:]] for i, name in enumerate(names)}
    if len(columns) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{path}: names of columns must differ, got {twice!r} more than once")
    return columns, [line for line, _ in rows[1:]]


def _is_row(cells: list[str]) -> bool:
    return any(cell.strip() for cell in cells) and not cells[0].startswith("#")


def _of_archive(path: Path) -> Columns:
    with open(path, "rb") as file:
        archive = numpy_file(path, ".npz", file=file)
        if isinstance(archive, np.ndarray):
            raise ValueError(f"{path} must hold named arrays, got a single one")
        try:
            arrays: dict[str, NDArray[Any]] = {name: archive[name] for name in archive.files}
        except Exception as error:  # a damaged archive fails in many ways
            raise ValueError(f"{path} is not an archive of numpy: {reason(error)}") from None
    return {name: array for name, array in arrays.items() if array.ndim == 1}


def _of_json(path: Path) -> Columns:
    """A dict of columns, or a list of rows."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            held = json.load(file)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: {cut(str(error))}") from None
    if isinstance(held, list) and held and all(isinstance(row, dict) for row in held):
        names = dict.fromkeys(name for row in held for name in row)
        return {name: [row.get(name) for row in held] for name in names}
    if isinstance(held, dict) and held and all(isinstance(one, list) for one in held.values()):
        return held
    raise ValueError(f"{path} must hold a dict of columns, or a list of rows that are dicts")
