"""The runner of `simulate` and `sweep`: it computes cells, in this process or over an executor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from rfscale.simulation.cell import Cell, Outcome, has_no_variance, memory, run_cell
from rfscale.simulation.options import Options
from rfscale.simulation.running.progress import Progress
from rfscale.simulation.running.threads import worker_count, workers_map
from rfscale.support.arguments import flag
from rfscale.support.described import described
from rfscale.support.machine import require_memory
from rfscale.support.warned import warn_caller

IN_FLIGHT = 1000  # tasks submitted at a time: each carries its spectrum
HEARTBEAT = 1.0  # seconds after which the progress bar shows that time passes

Outcomes = Generator[tuple[int, Outcome], None, None]


class Task(NamedTuple):
    """A cell as it is sent to an executor: parameters, no arrays but those of a spectrum."""

    cell: Cell
    options: Options
    workers: int


def run_task(task: Task) -> Outcome:
    """Compute a cell, wherever this is called."""
    require_memory_for([task.cell], task.options, task.workers)
    with workers_map(task.workers) as mapped:
        return run_cell(task.cell, task.options, mapped, lambda count: None)


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

    def require_memory(self, cells: Iterable[Cell], options: Options) -> None:
        """Raise ValueError if this process computes and a cell does not fit into its memory."""
        if self.executor is None:
            require_memory_for(cells, options, self.workers)

    def run(
        self,
        cells: Sequence[Cell],
        options: Options,
        done: Mapping[int, Outcome] | None = None,
        keep: Callable[[int, Outcome], object] = lambda number, outcome: None,
    ) -> list[Outcome]:
        """The outcomes of all cells; `done` are not computed again, `keep` is told of each new."""
        outcomes = dict(done or {})
        tasks = {
            number: Task(cell, options, self.workers)
            for number, cell in enumerate(cells)
            if number not in outcomes
        }
        operations = [options.estimator.operations(cell.experiment) for cell in cells]
        # as many draws again find the best ridge
        draws = options.draws * (1 + any(isinstance(cell.ridge, str) for cell in cells))
        with Progress(operations, outcomes, draws, self.progress and bool(tasks)) as bar:
            computed = self._computed(tasks, operations, bar)
            with closing(computed):  # stops at once if an outcome cannot be kept
                for number, outcome in computed:
                    outcomes[number] = outcome
                    keep(number, outcome)
                    bar.finished(number)
        return [outcomes[number] for number in range(len(cells))]

    def _computed(
        self, tasks: dict[int, Task], operations: Sequence[float], bar: Progress
    ) -> Outcomes:
        if self.executor is None:
            return _in_this_process(tasks, self.workers, bar)
        # the largest tasks first, so that the last to end are small
        in_order = sorted(tasks, key=lambda number: -operations[number])
        return _over(self.executor, {number: tasks[number] for number in in_order}, bar)


def _in_this_process(tasks: Mapping[int, Task], workers: int, bar: Progress) -> Outcomes:
    with workers_map(workers) as mapped:
        for number, task in tasks.items():
            yield number, run_cell(task.cell, task.options, mapped, bar.drawn(number))


def _over(executor: Executor, tasks: Mapping[int, Task], bar: Progress) -> Outcomes:
    """Outcomes as they come."""
    waiting = iter(tasks)
    running: dict[Future[Outcome], int] = {}
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


def _submitted(executor: Executor, task: Task) -> Future[Outcome]:
    """A broken executor refuses tasks while others of its futures may still hold outcomes."""
    try:
        return executor.submit(run_task, task)
    except BrokenExecutor as error:
        refused: Future[Outcome] = Future()
        refused.set_exception(error)
        return refused


def _failed(future: Future[Outcome]) -> bool:
    return future.cancelled() or future.exception() is not None


def require_memory_for(cells: Iterable[Cell], options: Options, workers: int) -> None:
    """Raise ValueError if the largest of the cells does not fit."""
    sizes = ((memory(cell, options, workers), cell.experiment) for cell in cells)
    needed, largest = max(sizes, key=itemgetter(0))
    name = "draws" if options.target_stderr is None else "max_draws"
    require_memory(
        needed,
        f"a simulation at N = {largest.N}, T = {largest.T} with {name} = {options.most_draws} "
        f"and workers = {workers}",
    )


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
