"""Cells computed one after another, each kept in a store when it is finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from rfscale.simulation.running.cell_store import CellStore
from rfscale.simulation.running.runner import Runner, Work
from rfscale.support.warned import warn_caller

AnyCell = TypeVar("AnyCell")
Made = TypeVar("Made")


def completed(
    runner: Runner,
    cells: Sequence[AnyCell],
    tasks: Sequence[Work[Made]],
    store: CellStore[Any, AnyCell, Made] | None,
) -> list[Made]:
    """The outcomes of all cells, of which those that the store does not hold are computed."""
    if store is None:
        with _said_what_is_kept(len(cells), None):
            return runner.run(tasks)
    _check_begun(store, len(cells))
    with _said_what_is_kept(len(cells), store):
        return runner.run(
            tasks,
            store.outcomes,
            lambda number, outcome: store.write(number, cells[number], outcome),
        )


def _check_begun(store: CellStore[Any, Any, Any], count: int) -> None:
    """Raise ValueError if it has too many cells; warn if it was begun with other versions."""
    if not store.outcomes.keys() <= set(range(count)):
        raise ValueError(f"{store.path} is damaged: it holds cell {max(store.outcomes)} of {count}")
    if len(store.outcomes) < count and store.versions != store.now:
        warn_caller(f"{store.path} was begun with {store.versions}, goes on with {store.now}")


@contextmanager
def _said_what_is_kept(count: int, store: CellStore[Any, Any, Any] | None) -> Iterator[None]:
    """Say in an error what of the work is kept, and how to go on."""
    try:
        yield
    except BrokenExecutor as error:
        raise type(error)(f"the executor broke ({error}); {_kept(count, store)}") from error
    except (Exception, KeyboardInterrupt) as error:
        if store is not None:
            error.add_note(_kept(count, store))
        raise


def _kept(count: int, store: CellStore[Any, Any, Any] | None) -> str:
    if store is None:
        return "no cell is kept: with store=FILE each would be when it is finished"
    return (
        f"{len(store.outcomes)} of {count} cells are in {store.path}: go on with {store.resumed_by}"
    )
