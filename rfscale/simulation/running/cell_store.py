"""A store of cells: an SQLite file that survives being killed, one row for each finished cell."""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from rfscale.simulation.running import difference, store_file
from rfscale.simulation.running.store_file import Layout
from rfscale.support.arguments import file_name
from rfscale.support.files import check_writable


class Planned(Protocol):
    """What is computed."""

    def parameters(self) -> dict[str, Any]:
        """All that the numbers depend on, as JSON."""


AnyPlan = TypeVar("AnyPlan", bound=Planned)
AnyCell = TypeVar("AnyCell")
Made = TypeVar("Made")


class CellStore(ABC, Generic[AnyPlan, AnyCell, Made]):
    """A store, new or begun. All of it is checked before it is written to.

    A subclass says what its cells, their outcomes and its plan are as columns and JSON.

    Parameters
    ----------
    path : str or Path
    plan : optional
        What is computed; None takes what the file says.
    versions : dict
        What computes now.
    any_seed : bool
        Whether the file may have another seed.

    Attributes
    ----------
    plan, versions
        As the file says.
    now : dict
        The versions that compute now.
    outcomes : dict
        The finished cells.

    Raises
    ------
    ValueError
        If the file is not a store, or damaged, or of another plan. It is left as it is then.
    """

    layout: ClassVar[Layout]

    def __init__(
        self,
        path: str | Path,
        plan: AnyPlan | None,
        versions: dict[str, str],
        any_seed: bool = False,
    ) -> None:
        self.path = file_name("store", path)
        self.now = versions
        self._file: sqlite3.Connection | None = None
        if not self.path.exists():
            self._create(plan, versions)
        if not self.path.is_file() or self.path.stat().st_size == 0:
            kind = self.layout.with_article
            raise ValueError(f"{path} is not the store of {kind}, but a folder or an empty file")
        with self._errors():
            contents = self._read_patiently()
            self.plan = self.restored(contents.parameters, plan)
            self.outcomes = {row[0]: self.outcome(*row) for row in contents.rows}
        self.versions = contents.versions
        if plan is not None:
            self._require(plan, any_seed)

    @abstractmethod
    def restored(self, parameters: dict[str, Any], plan: AnyPlan | None) -> AnyPlan:
        """The plan of these parameters; `plan` is the one that is asked for."""

    @abstractmethod
    def row(self, number: int, cell: AnyCell, outcome: Made) -> list[Any]:
        """The columns of a finished cell, its number first: numbers, and JSON."""

    @abstractmethod
    def outcome(self, *row: Any) -> Made:
        """From these columns."""

    @property
    @abstractmethod
    def resumed_by(self) -> str:
        """The call that goes on."""

    def write(self, number: int, cell: AnyCell, outcome: Made) -> None:
        """Add a finished cell; one that another process has added meanwhile is the same."""
        with self._errors():
            if self._file is None:
                check_writable(self.path)
                self._file = store_file.opened(self.path)
            store_file.add(self._file, self.layout, self.row(number, cell, outcome))
        self.outcomes[number] = outcome

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _create(self, plan: AnyPlan | None, versions: dict[str, str]) -> None:
        if plan is None:
            raise ValueError(f"there is no store {self.path}: no such file")
        check_writable(self.path)
        if self._pending():
            raise ValueError(
                f"{self.path} is gone, but not {self.path}-wal, which belonged to it: "
                "remove that as well"
            )
        with self._errors():
            store_file.create(self.path, self.layout, plan.parameters(), versions)

    def _read_patiently(self) -> store_file.Contents:
        """Without leaving files beside it if nothing is pending, unless someone begins to write."""
        try:
            return self._read("" if self._pending() else "&immutable=1")
        except sqlite3.DatabaseError:
            if not self._pending():
                raise
            return self._read("")

    def _read(self, option: str) -> store_file.Contents:
        return store_file.read(self.path, self.layout, option)

    def _pending(self) -> bool:
        wal = Path(f"{self.path}-wal")
        return wal.exists() and wal.stat().st_size > 0

    def _require(self, plan: AnyPlan, any_seed: bool) -> None:
        """Raise ValueError unless this is the plan of the store.

        Both are compared as this version writes them: the file may be of an earlier one.
        """
        wanted = json.loads(json.dumps(plan.parameters()))
        found = json.loads(json.dumps(self.plan.parameters()))
        if any_seed:
            wanted["seed"] = found["seed"]
        others = difference.of_models(found.pop("models", []), wanted.pop("models", []))
        for name, value in wanted.items():
            others += difference.difference(name, found[name], value)
        if others:
            said = difference.told(others)
            raise ValueError(f"{self.path} is the store of another {self.layout.kind}: {said}")

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
                f"{self.path} is damaged, or not the store of {self.layout.with_article}: {error}"
            ) from None
