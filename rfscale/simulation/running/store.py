"""The store of a sweep: an SQLite file that survives being killed, one row for each finished cell.

Table `cells`: `cell` (its number), `model` (its label), `N`, `T`, `draws`, `enough` (1 if the
target of the standard error was met), and as JSON lists along the ridges `ridge`, `test_mean`,
`test_stderr`, `test_std`, `test_q05`, ..., `train_q95`, infinity written as "inf"; `digest` is a
checksum of the row. Table `sweep` holds, as JSON, the `parameters` that all cells were computed
with, seed included, and the `versions` of the libraries. To read it without this package::

    sqlite3 sweep.db "select N, T, draws, test_mean, test_stderr from cells order by N, T" python -c
    "import sqlite3, json; print(*sqlite3.connect('sweep.db').execute('select N, T, test_mean from
    cells'))"

Only the process that runs the sweep writes. The file is in WAL mode, which needs a local disk:
while the sweep runs, and after it was killed, there are two more files beside it, `-wal` and
`-shm`, which belong to it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from rfscale.results import check_writable
from rfscale.simulation.cell import Outcome
from rfscale.simulation.estimate import STATISTICS, Estimate
from rfscale.support.arguments import Floats
from rfscale.support.stored import pack, unpack

APPLICATION_ID = 0x72667363  # "rfsc": marks the file as ours
FORMAT = 3
READ = (2, 3)  # formats that are read
PATIENCE = 60.0  # seconds to wait for another process that writes
LOSSES = [f"{name}_{part}" for name in Estimate.LOSSES for part in STATISTICS]
COLUMNS = ["cell", "model", "N", "T", "draws", "enough", "ridge", *LOSSES]


class Store:
    """A store, new or begun. All of it is checked before it is written to.

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
    outcomes : dict
        The finished cells.

    Raises
    ------
    ValueError
        If the file is not a store, or damaged, or of other parameters. It is left as it is then.
    """

    def __init__(
        self,
        path: str | Path,
        parameters: dict[str, Any] | None,
        versions: dict[str, str],
        any_seed: bool = False,
    ) -> None:
        self.path = _path(path)
        self._file: sqlite3.Connection | None = None
        if not self.path.exists():
            if parameters is None:
                raise ValueError(f"there is no store {path}")
            check_writable(self.path)
            if self._pending():
                raise ValueError(
                    f"{path} is gone, but not {path}-wal, which belonged to it: remove that as well"
                )
            with self._errors():
                _create(self.path, parameters, versions)
        if not self.path.is_file() or self.path.stat().st_size == 0:
            raise ValueError(f"{path} is not the store of a sweep, but a folder or an empty file")
        with self._errors():
            self.parameters, self.versions, self.outcomes = self._read_patiently()
        if parameters is not None:
            self._require(parameters, any_seed)

    def write(self, cell: int, model: str, N: int, T: int, outcome: Outcome) -> None:
        """Add a finished cell; one that another process has added in the meantime is the same and
        stays.
        """
        lists = [
            _json(part)
            for part in (outcome.ridge, *(values for loss in outcome.losses for values in loss))
        ]
        row = [cell, model, N, T, outcome.draws, int(outcome.enough), *lists]
        names, marks = ", ".join([*COLUMNS, "digest"]), ", ".join("?" * (len(row) + 1))
        with self._errors():
            if self._file is None:
                check_writable(self.path)
                self._file = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
                self._file.execute("pragma synchronous = normal")
            self._file.execute(
                f"insert or ignore into cells ({names}) values ({marks})", [*row, _digest(row)]
            )

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _read_patiently(self) -> tuple[dict[str, Any], dict[str, str], dict[int, Outcome]]:
        """If nothing is pending a reader need not leave files beside it; unless someone begins to
        write meanwhile.
        """
        try:
            return self._read("" if self._pending() else "&immutable=1")
        except sqlite3.DatabaseError:
            if not self._pending():
                raise
            return self._read("")

    def _pending(self) -> bool:
        wal = Path(f"{self.path}-wal")
        return wal.exists() and wal.stat().st_size > 0

    def _read(self, option: str) -> tuple[dict[str, Any], dict[str, str], dict[int, Outcome]]:
        address = f"file:{quote(str(self.path.absolute()))}?mode=ro{option}"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as file:
            if file.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
                raise ValueError(f"{self.path} is not the store of a sweep")
            faults = [row[0] for row in file.execute("pragma integrity_check")]
            if faults != ["ok"]:
                raise sqlite3.DatabaseError(faults[0])
            header = self._header(dict(file.execute("select name, value from sweep").fetchall()))
            rows = file.execute(f"select {', '.join(COLUMNS)}, digest from cells").fetchall()
        return header["parameters"], header["versions"], {row[0]: _outcome(*row) for row in rows}

    def _header(self, rows: dict[str, str]) -> dict[str, Any]:
        if rows.pop("digest") != _digest(sorted(rows.items())):
            raise sqlite3.DatabaseError("the checksum of its parameters is wrong")
        header = {name: json.loads(value) for name, value in rows.items()}
        if header["format"] not in READ:
            raise ValueError(
                f"{self.path} has format {header['format']}, this version of rfscale reads {READ}"
            )
        return header

    def _require(self, parameters: dict[str, Any], any_seed: bool) -> None:
        """Raise ValueError unless these are the parameters of the store."""
        wanted = json.loads(json.dumps(parameters))
        found = self.parameters | {"models": _as_packed_today(self.parameters["models"])}
        others = [
            f"{name} = {_short(found.get(name))} there, {_short(value)} here"
            for name, value in wanted.items()
            if value != found.get(name) and not (name == "seed" and any_seed)
        ]
        if others:
            raise ValueError(f"{self.path} is the store of another sweep: {'; '.join(others)}")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Say of which file SQLite speaks."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise ValueError(f"cannot use the store {self.path}: {error}") from None
            raise ValueError(f"{self.path} is damaged: {error}") from None
        except (sqlite3.DatabaseError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{self.path} is damaged, or not the store of a sweep: {error}"
            ) from None


def _as_packed_today(models: list[Any]) -> Any:
    """Labelled models of a file that may be of an earlier format, as this version writes them."""
    return json.loads(json.dumps([[label, pack(unpack(model))] for label, model in models]))


def _path(path: object) -> Path:
    if not isinstance(path, str | os.PathLike) or not str(path) or "\0" in str(path):
        raise ValueError(f"store must be the name of a file, got {path!r}")
    return Path(path)


def _create(path: Path, parameters: dict[str, Any], versions: dict[str, str]) -> None:
    """Make the file elsewhere and link it to its place: it is there as a whole, or not at all, or
    is another's.
    """
    header = {"format": FORMAT, "parameters": parameters, "versions": versions}
    rows = [(name, json.dumps(value, allow_nan=False)) for name, value in header.items()]
    types = {"model": "text", "ridge": "text"} | dict.fromkeys(LOSSES, "text")
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
            file.executemany(
                "insert into sweep values (?, ?)", [*rows, ("digest", _digest(sorted(rows)))]
            )
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _outcome(*row: Any) -> Outcome:
    *values, digest = row
    if digest != _digest(values):
        raise sqlite3.DatabaseError(f"the checksum of cell {values[0]} is wrong")
    ridge, *losses = (np.array([float(value) for value in json.loads(text)]) for text in values[6:])
    return Outcome(
        ridge,
        np.stack(losses).reshape(len(Estimate.LOSSES), len(STATISTICS), -1),
        values[4],
        bool(values[5]),
    )


def _json(values: Floats) -> str:
    """A list; JSON has no infinity."""
    return json.dumps(
        [value if math.isfinite(value) else str(value) for value in values.tolist()],
        allow_nan=False,
    )


def _digest(row: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
