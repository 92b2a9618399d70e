"""Rows as an aligned table, as CSV or as JSON, to a file or to standard output.

CSV and JSON hold all columns and all digits, and are written piece by piece, in memory that does
not grow with their length.
"""

from __future__ import annotations

import contextlib
import csv
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np

from rfscale.support.files import replacing
from rfscale.support.text_table import text_table

Columns = Mapping[str, Any]
Rows = Iterator[list[Any]]
PIECE = 10_000  # rows at a time
LONGEST_TABLE = 100_000  # rows: nobody reads more
WHOLE = ("N", "T", "M", "budget")  # 100, not 100.0, whether they are integers or not


def write(parts: Sequence[Columns], form: str, path: str | None) -> None:
    """Write parts one below the other as "table", "csv" or "json", to a file or standard output.

    Each part is a dictionary of columns whose arrays have the same shape; all have the same names.
    """
    with opened(path) as file:
        WRITERS[form](file, parts)


@contextlib.contextmanager
def opened(path: str | None) -> Iterator[IO[str]]:
    """The file, which is replaced when all is written; standard output for None."""
    if path is None:
        yield sys.stdout
        return
    with replacing(path, "w") as file:
        yield file


def joined(parts: Sequence[Columns]) -> dict[str, list[Any]]:
    """Columns of several parts one below the other, as plain Python values.

    A column that a part lacks, as that of a quantile, is None there.
    """
    sizes = [np.size(next(iter(part.values()))) for part in parts]
    return {
        name: [
            value
            for part, size in zip(parts, sizes, strict=True)
            for value in np.ravel(part.get(name, [None] * size)).tolist()
        ]
        for name in max(parts, key=len)
    }


def require_short(rows: int) -> None:
    """Raise ValueError if there are more rows than a table is for."""
    if rows > LONGEST_TABLE:
        raise ValueError(
            f"a table of {rows} rows is not for reading: write them to a file with -o FILE.csv, "
            "or to standard output with --format csv"
        )


def _table(file: IO[str], parts: Sequence[Columns]) -> None:
    require_short(sum(np.size(next(iter(part.values()))) for part in parts))
    file.write(text_table(joined(parts)))


def _csv(file: IO[str], parts: Sequence[Columns]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(parts[0])
    writer.writerows(_rows(parts))


def _json(file: IO[str], parts: Sequence[Columns]) -> None:
    """A list of rows, one a line; JSON has no inf, which is a string, and no nan, which is null."""
    names = list(parts[0])
    before = "[\n"
    for row in _rows(parts):
        values = dict(zip(names, map(_finite, row), strict=True))
        file.write(before + json.dumps(values, allow_nan=False))
        before = ",\n"
    file.write("\n]\n")


WRITERS: dict[str, Callable[[IO[str], Sequence[Columns]], None]] = {
    "table": _table,
    "csv": _csv,
    "json": _json,
}


def _rows(parts: Iterable[Columns]) -> Rows:
    """Rows of plain Python values, piece by piece."""
    for part in parts:
        arrays = {name: np.asarray(values) for name, values in part.items()}
        size = next(iter(arrays.values())).size
        for start in range(0, size, PIECE):
            piece = slice(start, start + PIECE)
            yield from zip(
                *(_values(name, a.flat[piece]) for name, a in arrays.items()), strict=True
            )


def _values(name: str, array: Any) -> list[Any]:
    values: list[Any] = array.tolist()
    return [_whole(value) for value in values] if name in WHOLE else values


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _finite(value: Any) -> Any:
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)
