"""The store of a sweep: an SQLite file that survives being killed, one row for each finished cell.

Table `cells`: `cell` (its number), `model` (its label), `N`, `T`, `draws`, `enough` (1 if the
target of the standard error was met), and as JSON lists along the ridges `ridge`, `test_mean`,
`test_stderr`, `test_std`, `test_q05`, ..., `train_q95`, infinity written as "inf"; `digest` is a
checksum of the row. With a training the lists are along its fields, and `ridge` holds nulls. Table
`sweep` holds, as JSON, the `parameters` that all cells were computed with, seed included, and the
`versions` of the libraries. To read it without this package::

    sqlite3 sweep.db "select N, T, draws, test_mean, test_stderr from cells order by N, T"

or in Python, ``sqlite3.connect("sweep.db").execute("select N, T, test_mean from cells")``.

Only the process that runs the sweep writes. The file is in WAL mode, which needs a local disk:
while the sweep runs, and after it was killed, there are two more files beside it, `-wal` and
`-shm`, which belong to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rfscale.simulation.cell import Cell, Outcome
from rfscale.simulation.running import difference, store_file
from rfscale.simulation.running.plan import Plan
from rfscale.support.arguments import file_name
from rfscale.support.files import check_writable


class Store:
    """A store, new or begun. All of it is checked before it is written to.

    Parameters
    ----------
    path : str or Path
    plan : Plan or None
        What the sweep computes; None takes what the file says.
    versions : dict
        What computes now.
    any_seed : bool
        Whether the file may have another seed.

    Attributes
    ----------
    plan, versions : Plan, dict
        As the file says.
    outcomes : dict
        The finished cells.

    Raises
    ------
    ValueError
        If the file is not a store, or damaged, or of another plan. It is left as it is then.
    """

    def __init__(
        self,
        path: str | Path,
        plan: Plan | None,
        versions: dict[str, str],
        any_seed: bool = False,
    ) -> None:
        self.path = file_name("store", path)
        self._file: sqlite3.Connection | None = None
        if not self.path.exists():
            self._create(plan, versions)
        if not self.path.is_file() or self.path.stat().st_size == 0:
            raise ValueError(f"{path} is not the store of a sweep, but a folder or an empty file")
        with self._errors():
            contents = self._read_patiently()
            self.plan = Plan.from_parameters(contents.parameters)
        self.versions = contents.versions
        self.outcomes = contents.outcomes
        if plan is not None:
            self._require(plan, any_seed)

    def write(self, number: int, cell: Cell, outcome: Outcome) -> None:
        """Add a finished cell; one that another process has added meanwhile is the same."""
        with self._errors():
            if self._file is None:
                check_writable(self.path)
                self._file = store_file.opened(self.path)
            store_file.add(self._file, number, self.plan.label(number), cell, outcome)
        self.outcomes[number] = outcome

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _create(self, plan: Plan | None, versions: dict[str, str]) -> None:
        if plan is None:
            raise ValueError(f"there is no store {self.path}: no such file")
        check_writable(self.path)
        if self._pending():
            raise ValueError(
                f"{self.path} is gone, but not {self.path}-wal, which belonged to it: "
                "remove that as well"
            )
        with self._errors():
            store_file.create(self.path, plan.parameters(), versions)

    def _read_patiently(self) -> store_file.Contents:
        """Without leaving files beside it if nothing is pending, unless someone begins to write."""
        try:
            return store_file.read(self.path, "" if self._pending() else "&immutable=1")
        except sqlite3.DatabaseError:
            if not self._pending():
                raise
            return store_file.read(self.path, "")

    def _pending(self) -> bool:
        wal = Path(f"{self.path}-wal")
        return wal.exists() and wal.stat().st_size > 0

    def _require(self, plan: Plan, any_seed: bool) -> None:
        """Raise ValueError unless this is the plan of the store.

        Both are compared as this version writes them: the file may be of an earlier one.
        """
        wanted = json.loads(json.dumps(plan.parameters()))
        found = json.loads(json.dumps(self.plan.parameters()))
        if any_seed:
            wanted["seed"] = found["seed"]
        others = difference.of_models(found.pop("models"), wanted.pop("models"))
        for name, value in wanted.items():
            others += difference.difference(name, found[name], value)
        if others:
            said = difference.told(others)
            raise ValueError(f"{self.path} is the store of another sweep: {said}")

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
