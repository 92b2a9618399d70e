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

from rfscale.simulation.cell import Cell, Outcome
from rfscale.simulation.loss_statistics import STATISTICS
from rfscale.simulation.one_draw.experiment import LOSSES
from rfscale.support.arguments import Floats

APPLICATION_ID = 0x72667363  # "rfsc": marks the file as ours
FORMAT = 4
READ = (2, 3, 4)  # formats that are read
PATIENCE = 60.0  # seconds to wait for another process that writes
LISTS = ["ridge", *(f"{loss}_{statistic}" for loss in LOSSES for statistic in STATISTICS)]
COLUMNS = ["cell", "model", "N", "T", "draws", "enough", *LISTS]


class Contents(NamedTuple):
    """All that is in a file."""

    parameters: dict[str, Any]
    versions: dict[str, str]
    outcomes: dict[int, Outcome]


def create(path: Path, parameters: dict[str, Any], versions: dict[str, str]) -> None:
    """Make the file elsewhere and link it to its place.

    So it is there as a whole, or not at all, or it is that of another process.
    """
    header = {"format": FORMAT, "parameters": parameters, "versions": versions}
    rows = [(name, json.dumps(value, allow_nan=False)) for name, value in header.items()]
    types = dict.fromkeys(["model", *LISTS], "text")
    columns = ", ".join(f"{name} {types.get(name, 'integer')} not null" for name in COLUMNS[1:])
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as file:
            file.execute("pragma journal_mode = wal")
            file.execute(f"pragma application_id = {APPLICATION_ID}")
            file.execute(
                f"create table cells (cell integer primary key, {columns}, digest text not null)"
            )
            file.execute("create table sweep (name text primary key, value text not null)")
            rows.append(("digest", _digest(sorted(rows))))
            file.executemany("insert into sweep values (?, ?)", rows)
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


def add(file: sqlite3.Connection, number: int, label: str, cell: Cell, outcome: Outcome) -> None:
    """Write a finished cell, unless another process has."""
    experiment = cell.experiment
    lists = [outcome.ridge, *outcome.losses.reshape(-1, outcome.ridge.size)]
    row = [number, label, experiment.N, experiment.T, outcome.draws, int(outcome.enough)]
    row += map(_json, lists)
    names = ", ".join([*COLUMNS, "digest"])
    marks = ", ".join("?" * (len(row) + 1))
    file.execute(f"insert or ignore into cells ({names}) values ({marks})", [*row, _digest(row)])


def read(path: Path, option: str) -> Contents:
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
        if file.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
            raise ValueError(f"{path} is not the store of a sweep")
        faults = [row[0] for row in file.execute("pragma integrity_check")]
        if faults != ["ok"]:
            raise sqlite3.DatabaseError(faults[0])
        header = _header(path, dict(file.execute("select name, value from sweep").fetchall()))
        rows = file.execute(f"select {', '.join(COLUMNS)}, digest from cells").fetchall()
    outcomes = {row[0]: _outcome(*row) for row in rows}
    return Contents(header["parameters"], header["versions"], outcomes)


def _header(path: Path, rows: dict[str, str]) -> dict[str, Any]:
    if rows.pop("digest") != _digest(sorted(rows.items())):
        raise sqlite3.DatabaseError("the checksum of its parameters is wrong")
    header = {name: json.loads(value) for name, value in rows.items()}
    if header["format"] not in READ:
        raise ValueError(
            f"{path} has format {header['format']}, this version of rfscale reads {READ}"
        )
    return header


def _outcome(*row: Any) -> Outcome:
    *values, digest = row
    if digest != _digest(values):
        raise sqlite3.DatabaseError(f"the checksum of cell {values[0]} is wrong")
    ridge, *losses = (np.array(json.loads(text), dtype=np.float64) for text in values[6:])
    return Outcome(
        ridge=ridge,
        losses=np.stack(losses).reshape(len(LOSSES), len(STATISTICS), -1),
        draws=values[4],
        enough=bool(values[5]),
    )


def _json(values: Floats) -> str:
    """A list; JSON has no infinity, and a training that is no ridge has none."""
    numbers = [_number(value) for value in values.tolist()]
    return json.dumps(numbers, allow_nan=False)


def _number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


def _digest(row: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()
