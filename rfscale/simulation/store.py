"""The store of a sweep: an SQLite file that survives being killed, one row for each finished cell.

Table `cells`: `cell` (its number), `model` (its label), `N`, `T`, `draws`, `enough` (1 if the target of the standard
error was met), and as JSON lists along the ridges `ridge`, `test_mean`, `test_stderr`, ..., `train_stderr`; `digest`
is a checksum of the row. Table `sweep` holds, as JSON, the `parameters` that all cells were computed with, seed
included, and the `versions` of the libraries. To read it without this package::

    sqlite3 sweep.db "select N, T, draws, test_mean, test_stderr from cells order by N, T"
    python -c "import sqlite3, json; print(*sqlite3.connect('sweep.db').execute('select N, T, test_mean from cells'))"

Only the process that runs the sweep writes. The file is in WAL mode, which needs a local disk: while the sweep runs
there are two more files beside it, `-wal` and `-shm`, which belong to it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from rfscale.results import check_writable
from rfscale.simulation.cell import Outcome
from rfscale.simulation.estimate import Estimate

APPLICATION_ID = 0x72667363  # "rfsc": marks the file as ours
FORMAT = 1
PATIENCE = 60.0  # seconds to wait for another process that writes
LOSSES = [f"{name}_{part}" for name in Estimate.LOSSES for part in ("mean", "stderr")]
_COUNT_TABLES = "select count(*) from sqlite_master"
COLUMNS = ["cell", "model", "N", "T", "draws", "enough", "ridge", *LOSSES]


class Store:
    """An open store, new or begun.

    Parameters
    ----------
    path : str or Path
    parameters : dict or None
        What the sweep computes, as JSON allows; None takes what the file says.
    versions : dict
        What computes now.
    any_seed : bool
        Whether the file may have another seed.

    Attributes
    ----------
    parameters, versions : dict
        As the file says.

    Raises
    ------
    ValueError
        If the file is not a store, or damaged, or of other parameters. It is not changed then.
    """

    def __init__(
        self,
        path: str | Path,
        parameters: dict[str, Any] | None,
        versions: dict[str, str],
        any_seed: bool = False,
    ) -> None:
        self.path = Path(path)
        if parameters is None and not self.path.is_file():
            raise ValueError(f"there is no store {path}")
        check_writable(path)
        with self._errors():
            self._file = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            with self._errors():
                self._begin(parameters, versions)
                self.parameters, self.versions = self._header()
                if parameters is not None:
                    self._require(parameters, any_seed)
                _patiently(self._file, "pragma journal_mode = wal")
                self._file.execute("pragma synchronous = normal")
        except BaseException:
            self.close()
            raise

    def finished(self) -> dict[int, Outcome]:
        """The cells that are done."""
        with self._errors():
            rows = self._file.execute(f"select {', '.join(COLUMNS)}, digest from cells").fetchall()
        return {row[0]: self._outcome(*row) for row in rows}

    def write(self, cell: int, model: str, N: int, T: int, outcome: Outcome) -> None:
        """Add a finished cell; one that another process has added in the meantime is the same and stays."""
        losses = [json.dumps(part.tolist()) for pair in outcome.losses for part in pair]
        row = [cell, model, N, T, outcome.draws, int(outcome.enough), json.dumps(outcome.ridge.tolist()), *losses]
        marks = ", ".join("?" * (len(row) + 1))
        with self._errors():
            self._file.execute(f"insert or ignore into cells values ({marks})", [*row, _digest(row)])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _begin(self, parameters: dict[str, Any] | None, versions: dict[str, str]) -> None:
        """Make the tables of a new file, all or none."""
        if parameters is None or self._value("pragma application_id") or self._value(_COUNT_TABLES):
            return
        self._file.execute("begin immediate")  # of several processes the others wait here, and then find it done
        if not self._value(_COUNT_TABLES):
            self._file.execute(f"pragma application_id = {APPLICATION_ID}")
            types = {"model": "text", "ridge": "text"} | dict.fromkeys(LOSSES, "text")
            columns = ", ".join(f"{name} {types.get(name, 'integer')} not null" for name in COLUMNS[1:])
            self._file.execute(f"create table cells (cell integer primary key, {columns}, digest text not null)")
            self._file.execute("create table sweep (name text primary key, value text not null)")
            header = {"format": FORMAT, "parameters": parameters, "versions": versions}
            rows = [(name, json.dumps(value)) for name, value in header.items()]
            self._file.executemany("insert into sweep values (?, ?)", [*rows, ("digest", _digest(sorted(rows)))])
        self._file.execute("commit")

    def _header(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Parameters and versions, after a look at the whole file."""
        if self._value("pragma application_id") != APPLICATION_ID:
            raise ValueError(f"{self.path} is not the store of a sweep")
        faults = [row[0] for row in self._file.execute("pragma integrity_check")]
        if faults != ["ok"]:
            raise sqlite3.DatabaseError(faults[0])
        rows = dict(self._file.execute("select name, value from sweep").fetchall())
        if rows.pop("digest") != _digest(sorted(rows.items())):
            raise sqlite3.DatabaseError("the checksum of its parameters is wrong")
        header = {name: json.loads(value) for name, value in rows.items()}
        if header["format"] != FORMAT:
            raise ValueError(f"{self.path} has format {header['format']}, this version of rfscale reads {FORMAT}")
        return header["parameters"], header["versions"]

    def _require(self, parameters: dict[str, Any], any_seed: bool) -> None:
        """Raise ValueError unless these are the parameters of the store."""
        wanted = json.loads(json.dumps(parameters))
        others = [
            f"{name} = {_short(self.parameters.get(name))} there, {_short(value)} here"
            for name, value in wanted.items()
            if value != self.parameters.get(name) and not (name == "seed" and any_seed)
        ]
        if others:
            raise ValueError(f"{self.path} is the store of another sweep: {'; '.join(others)}")

    def _outcome(self, *row: Any) -> Outcome:
        *values, digest = row
        if digest != _digest(values):
            raise ValueError(f"{self.path} is damaged: the checksum of cell {values[0]} is wrong")
        ridge, *losses = (np.array(json.loads(text)) for text in values[6:])
        return Outcome(ridge, np.stack(losses).reshape(len(Estimate.LOSSES), 2, -1), values[4], bool(values[5]))

    def _value(self, query: str) -> Any:
        return self._file.execute(query).fetchone()[0]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Say of which file SQLite speaks."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ValueError(f"cannot use the store {self.path}: {error}") from None
        except (sqlite3.DatabaseError, json.JSONDecodeError, KeyError) as error:
            raise ValueError(f"{self.path} is damaged, or not the store of a sweep: {error}") from None


def _patiently(file: sqlite3.Connection, command: str) -> None:
    """SQLite does not wait by itself where the mode of the file changes."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            file.execute(command)
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _digest(row: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
