"""The runner of experiments: it computes their cells, in this process or over an executor.

What a cell is does not matter here, but for that of a simulation, `Task`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeVar

from rfscale.simulation.cell import Advance, Cell, Outcome, has_no_variance, memory, run_cell
from rfscale.simulation.options import Options
from rfscale.simulation.running.progress import Progress
from rfscale.simulation.running.threads import Map, worker_count, workers_map
from rfscale.support.arguments import flag
from rfscale.support.described import described
from rfscale.support.machine import require_memory
from rfscale.support.warned import warn_caller

IN_FLIGHT = 1000  # tasks submitted at a time: each carries its spectrum
HEARTBEAT = 1.0  # seconds after which the progress bar shows that time passes

Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)
Outcomes = Generator[tuple[int, Made], None, None]


class Work(Protocol[Made_co]):
    """A cell as it is sent to an executor, with all that its numbers depend on."""

    @property
    def workers(self) -> int:
        """Draws at a time."""

    @property
    def operations(self) -> float:
        """Of one draw, roughly."""

    @property
    def planned(self) -> int:
        """Draws of a cell, as far as is known."""

    @property
    def memory(self) -> float:
        """Bytes at its peak."""

    @property
    def said(self) -> str:
        """What needs this memory, in words."""

    def compute(self, mapped: Map[Any, Any], advance: Advance) -> Made_co:
        """The outcome; `advance` is told of every draw."""


class Task(NamedTuple):
    """A cell of a simulation: parameters, no arrays but those of a spectrum."""

    cell: Cell
    options: Options
    workers: int

    @property
    def operations(self) -> float:
        """Of one draw."""
        return self.options.estimator.operations(self.cell.experiment)

    @property
    def planned(self) -> int:
        """As many draws again find the best ridge."""
        return self.options.draws * (1 + isinstance(self.cell.ridge, str))

    @property
    def memory(self) -> float:
        """Bytes at its peak."""
        return memory(self.cell, self.options, self.workers)

    @property
    def said(self) -> str:
        """Its sizes and draws."""
        name = "draws" if self.options.target_stderr is None else "max_draws"
        return (
            f"a simulation at N = {self.cell.experiment.N}, T = {self.cell.experiment.T} with "
            f"{name} = {self.options.most_draws} and workers = {self.workers}"
        )

    def compute(self, mapped: Map[Any, Any], advance: Advance) -> Outcome:
        """Draw until there are enough."""
        return run_cell(self.cell, self.options, mapped, advance)


def run_task(task: Work[Made]) -> Made:
    """Compute a cell, wherever this is called."""
    require_memory_of([task])
    with workers_map(task.workers) as mapped:
        return task.compute(mapped, lambda count: None)


@dataclass(frozen=True)
class Runner:
    """Where cells are computed, and whether that is shown.

    Attributes
    ----------
    workers : int
        Draws at a time in a cell.
    executor : Executor or None
        None computes in this process, cell by cell.
    progress : bool
    """

    workers: int
    executor: Executor | None
    progress: bool

    @classmethod
    def checked(cls, workers: int | None, executor: Executor | None, progress: bool) -> Runner:
        """From a user's arguments; by default all cores without an executor, and 1 with one."""
        progress = flag("progress", progress)
        if executor is None:
            return cls(worker_count(workers), None, progress)
        if isinstance(executor, type) or not callable(getattr(executor, "submit", None)):
            said = described(executor)
            raise ValueError(f"executor must be a concurrent.futures.Executor, got {said}")
        return cls(1 if workers is None else worker_count(workers), executor, progress)

    def tasks(self, cells: Iterable[Cell], options: Options) -> list[Task]:
        """The cells of a simulation."""
        return [Task(cell, options, self.workers) for cell in cells]

    def require_memory(self, tasks: Iterable[Work[Any]]) -> None:
        """Raise ValueError if this process computes and a cell does not fit into its memory."""
        if self.executor is None:
            require_memory_of(tasks)

    def run(
        self,
        tasks: Sequence[Work[Made]],
        done: Mapping[int, Made] | None = None,
        keep: Callable[[int, Made], object] = lambda number, outcome: None,
    ) -> list[Made]:
        """The outcomes of all cells; `done` are not computed again, `keep` is told of each new."""
        outcomes = dict(done or {})
        left = {number: task for number, task in enumerate(tasks) if number not in outcomes}
        operations = [task.operations for task in tasks]
        shown = self.progress and bool(left)
        with Progress(operations, outcomes, tasks[0].planned, shown) as bar:
            computed = self._computed(left, operations, bar)
            with closing(computed):  # stops at once if an outcome cannot be kept
                for number, outcome in computed:
                    outcomes[number] = outcome
                    keep(number, outcome)
                    bar.finished(number)
        return [outcomes[number] for number in range(len(tasks))]

    def _computed(
        self, tasks: Mapping[int, Work[Made]], operations: Sequence[float], bar: Progress
    ) -> Outcomes[Made]:
        if self.executor is None:
            return _in_this_process(tasks, self.workers, bar)
        # the largest tasks first, so that the last to end are small
        in_order = sorted(tasks, key=lambda number: -operations[number])
        return _over(self.executor, {number: tasks[number] for number in in_order}, bar)


def _in_this_process(
    tasks: Mapping[int, Work[Made]], workers: int, bar: Progress
) -> Outcomes[Made]:
    with workers_map(workers) as mapped:
        for number, task in tasks.items():
            yield number, task.compute(mapped, bar.drawn(number))


def _over(executor: Executor, tasks: Mapping[int, Work[Made]], bar: Progress) -> Outcomes[Made]:
    """Outcomes as they come."""
    waiting = iter(tasks)
    running: dict[Future[Made], int] = {}
    try:
        while True:
            for number in islice(waiting, IN_FLIGHT - len(running)):
                running[_submitted(executor, tasks[number])] = number
            if not running:
                return
            done = wait(running, timeout=HEARTBEAT, return_when=FIRST_COMPLETED).done
            # `wait` does not see all that is cancelled
            done = done or {future for future in running if future.done()}
            bar.refresh()
            for future in sorted(done, key=_failed):  # what succeeded is kept before an error
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()


def _submitted(executor: Executor, task: Work[Made]) -> Future[Made]:
    """A broken executor refuses tasks while others of its futures may still hold outcomes."""
    try:
        return executor.submit(run_task, task)
    except BrokenExecutor as error:
        refused: Future[Made] = Future()
        refused.set_exception(error)
        return refused


def _failed(future: Future[Any]) -> bool:
    return future.cancelled() or future.exception() is not None


def require_memory_of(tasks: Iterable[Work[Any]]) -> None:
    """Raise ValueError if the largest of the cells does not fit."""
    needed, largest = max(((task.memory, task) for task in tasks), key=itemgetter(0))
    require_memory(needed, largest.said)


def warn_of_targets(cells: Iterable[Cell], outcomes: Iterable[Outcome], options: Options) -> None:
    """Say where, and why, the standard error is larger than it was to be."""
    missed = [
        _reason(cell, outcome, options)
        for cell, outcome in zip(cells, outcomes, strict=True)
        if not outcome.enough
    ]
    for reason, count in Counter(missed).items():
        warn_caller(
            f"target_stderr = {options.target_stderr:g} was not reached at {count} (N, T) {reason}"
        )


def _reason(cell: Cell, outcome: Outcome, options: Options) -> str:
    if has_no_variance(cell, outcome.ridge, options).any():
        return "where the test loss has no variance without ridge: no number of draws would do"
    if outcome.draws == options.most_draws:
        return f"with max_draws = {options.most_draws}"
    return "for rounding errors"
