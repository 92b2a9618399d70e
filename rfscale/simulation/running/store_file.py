"""The SQLite file of a store: how it is made, written to and read.

Nothing in it is believed before its checksum has been compared.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.described import with_article

FORMAT = 4
READ = (2, 3, 4)  # formats that are read
PATIENCE = 60.0  # seconds to wait for another process that writes


class Layout(NamedTuple):
    """The columns of the cells, and how the file is told from others."""

    application_id: int
    kind: str  # the name of the table of parameters
    columns: dict[str, str]  # types, `cell` first

    @property
    def with_article(self) -> str:
        """The kind as a noun."""
        return with_article(self.kind)


class Contents(NamedTuple):
    """All that is in a file."""

    parameters: dict[str, Any]
    versions: dict[str, str]
    rows: list[list[Any]]  # of finished cells


def create(
    path: Path, layout: Layout, parameters: dict[str, Any], versions: dict[str, str]
) -> None:
    """Make the file elsewhere and link it to its place.

    So it is there as a whole, or not at all, or it is that of another process.
    """
    header = {"format": FORMAT, "parameters": parameters, "versions": versions}
    rows = [(name, json.dumps(value, allow_nan=False)) for name, value in header.items()]
    _, *others = layout.columns.items()
    columns = ", ".join(f"{name} {kind} not null" for name, kind in others)
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as file:
            file.execute("pragma journal_mode = wal")
            file.execute(f"pragma application_id = {layout.application_id}")
            file.execute(
                f"create table cells (cell integer primary key, {columns}, digest text not null)"
            )
            file.execute(f"create table {layout.kind} (name text primary key, value text not null)")
            rows.append(("digest", _digest(sorted(rows))))
            file.executemany(f"insert into {layout.kind} values (?, ?)", rows)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def opened(path: Path) -> sqlite3.Connection:
    """The file, to be written to: each row is kept at once."""
    file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        file.execute("pragma synchronous = normal")
    except sqlite3.Error:
        file.close()
        raise
    return file


def add(file: sqlite3.Connection, layout: Layout, row: list[Any]) -> None:
    """Write a finished cell, unless another process has."""
    names = ", ".join([*layout.columns, "digest"])
    marks = ", ".join("?" * (len(row) + 1))
    file.execute(f"insert or ignore into cells ({names}) values ({marks})", [*row, _digest(row)])


def read(path: Path, layout: Layout, option: str) -> Contents:
    """All of it, checked.

    Raises
    ------
    ValueError
        If it is another kind of file, or of another format.
    sqlite3.DatabaseError
        If it is damaged.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=ro{option}"
    with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as file:
        if file.execute("pragma application_id").fetchone()[0] != layout.application_id:
            raise ValueError(f"{path} is not the store of {layout.with_article}")
        faults = [row[0] for row in file.execute("pragma integrity_check")]
        if faults != ["ok"]:
            raise sqlite3.DatabaseError(faults[0])
        header = _header(path, _parameters(file, layout))
        rows = file.execute(f"select {', '.join(layout.columns)}, digest from cells").fetchall()
    return Contents(header["parameters"], header["versions"], [_checked(*row) for row in rows])


def _parameters(file: sqlite3.Connection, layout: Layout) -> dict[str, str]:
    return dict(file.execute(f"select name, value from {layout.kind}").fetchall())


def _header(path: Path, rows: dict[str, str]) -> dict[str, Any]:
    if rows.pop("digest") != _digest(sorted(rows.items())):
        raise sqlite3.DatabaseError("the checksum of its parameters is wrong")
    header = {name: json.loads(value) for name, value in rows.items()}
    if header["format"] not in READ:
        raise ValueError(
            f"{path} has format {header['format']}, this version of rfscale reads {READ}"
        )
    return header


def _checked(*row: Any) -> list[Any]:
    """The columns of a cell, compared with their checksum."""
    *values, digest = row
    if digest != _digest(values):
        raise sqlite3.DatabaseError(f"the checksum of cell {values[0]} is wrong")
    return values


def as_array(text: str) -> Floats:
    """The numbers of a list that `as_json` wrote."""
    return np.array(json.loads(text), dtype=np.float64)


def as_json(values: Floats) -> str:
    """A list; JSON has no infinity, and a training that is no ridge has none."""
    numbers = [_number(value) for value in values.tolist()]
    return json.dumps(numbers, allow_nan=False)


def _number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


def _digest(row: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()
