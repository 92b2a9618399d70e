"""`sweep`: a grid of experiments, over any executor, with a store that survives being killed.

The unit of work is a cell: all ridges at one (N, T) of one model. Its numbers depend on the seed
and on the cell alone, so that they are the same, bit for bit, on any executor and after any
interruption, on processors of one kind.
"""

from __future__ import annotations

import platform
import warnings
from collections.abc import Generator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
import scipy
from numpy.typing import ArrayLike

from rfscale.simulation.cell import Draws, Outcome, Ridges, run_cell
from rfscale.simulation.one_draw.linear_features import Experiment
from rfscale.simulation.running.plan import Models, Plan, Sweep
from rfscale.simulation.running.progress import Progress
from rfscale.simulation.running.store import Store
from rfscale.simulation.running.threads import blas_controller, worker_count, workers_map
from rfscale.simulation.simulate import require_memory_for, seed_or_new, warn_of_targets
from rfscale.version import __version__

IN_FLIGHT = 1000  # tasks submitted at a time: each carries its spectrum
HEARTBEAT = 1.0  # seconds after which the progress bar shows that time passes


def sweep(
    models: Models,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str = 0.0,
    *,
    draws: int = 32,
    seed: int | None = None,
    target_stderr: float | None = None,
    max_draws: int | None = None,
    test_points: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    store: str | Path | None = None,
    progress: bool = True,
) -> Sweep:
    """Simulate all combinations of models, N, T and ridges, on one machine or on many, and keep
    what is finished.

    Parameters
    ----------
    models : ScalingModel, or a list or dictionary of them
        The keys of a dictionary label the models. Models of the same M share their random numbers:
        their losses are correlated, and differences between them less noisy.
    N, T : int or list of int
        Numbers of features and samples, >= 1, without repetitions.
    ridge : float, list of float, or "optimal"
        As in `simulate`; the ridges of an (N, T) share its draws.
    draws, seed, target_stderr, max_draws, test_points
        As in `simulate`, whose numbers these are, at each (N, T).
    executor : concurrent.futures.Executor, optional
        Where the cells are computed: a thread or process pool, loky's, mpi4py's, or
        `dask.distributed`'s ``Client(...).get_executor()``. It is not shut down. Needs
        threadpoolctl, and this package wherever it computes. By default cells are computed one by
        one in this process.
    workers : int, optional
        Draws at a time in a cell; by default all cores without an executor, and 1 with one.
    store : str or Path, optional
        An SQLite file to which each cell is written when it is finished. If it exists, what it
        holds is not computed again; a seed of None then means that of the file. See
        `rfscale.simulation.running.store` for what is in it.
    progress : bool
        Show a progress bar where standard error is a terminal.

    Returns
    -------
    Sweep

    Raises
    ------
    ValueError
        If an argument is out of its range, the memory would not suffice where it computes, or the
        store is damaged or holds another sweep.
    ImportError
        If there is an executor, but not threadpoolctl (``pip install "rfscale[parallel]"``).

    Examples
    --------
    >>> import rfscale as rf
    >>> models = {f"alpha = {alpha}": rf.ScalingModel(rf.PowerLaw(alpha, M=200)) for alpha in (0.5, 1.0)}
    >>> sweep = rf.sweep(models, N=[10, 20, 40], T=[15, 30], ridge=[0.0, 1e-2], draws=8, seed=1)
    >>> sweep.test.mean.shape
    (2, 3, 2, 2)
    >>> sweep.estimate("alpha = 0.5").test.mean.shape
    (3, 2, 2)
    """
    plan = Plan.checked(
        models, N, T, ridge, Draws.checked(draws, target_stderr, max_draws), test_points
    )
    workers, seed_of_new = _ready(plan, executor, workers), seed_or_new(seed)
    if store is None:
        return _complete(plan, seed_of_new, executor, workers, None, progress)
    with closing(
        Store(store, plan.parameters(seed_of_new), _versions(), any_seed=seed is None)
    ) as file:
        return _complete(plan, file.parameters["seed"], executor, workers, file, progress)


def resume_sweep(
    store: str | Path,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> Sweep:
    """Finish the sweep of a store, with the parameters that it holds; if it is finished, read it.

    Parameters
    ----------
    store : str or Path
        What `sweep` was given.
    executor, workers, progress
        As in `sweep`.

    Returns
    -------
    Sweep

    Raises
    ------
    ValueError
        If there is no such store, or it is damaged.

    Examples
    --------
    >>> import rfscale as rf, tempfile
    >>> path = tempfile.mkdtemp() + "/sweep.db"
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=200))
    >>> done = rf.sweep(model, N=[10, 20], T=15, draws=8, seed=1, store=path)
    >>> bool((rf.resume_sweep(path).test.mean == done.test.mean).all())
    True
    """
    with closing(Store(store, None, _versions())) as file:
        plan = Plan.from_parameters(file.parameters)
        workers = _ready(plan, executor, workers)
        return _complete(plan, file.parameters["seed"], executor, workers, file, progress)


class _Task(NamedTuple):
    """What is sent to an executor: parameters and a seed, no arrays but a spectrum's own."""

    experiment: Experiment
    ridge: Ridges
    draws: Draws
    workers: int


def run_task(task: _Task) -> Outcome:
    """Compute a cell, wherever this is called."""
    require_memory_for([task.experiment], task.ridge, task.draws, task.workers)
    with workers_map(task.workers) as mapped:
        return run_cell(task.experiment, task.ridge, task.draws, mapped, lambda count: None)


def _ready(plan: Plan, executor: Executor | None, workers: int | None) -> int:
    """The number of workers of a cell, once all is there that the sweep needs."""
    if executor is None:
        workers = worker_count(workers)
        require_memory_for(plan.experiments(0), plan.path(), plan.draws, workers)
        return workers
    if not callable(getattr(executor, "submit", None)):
        raise ValueError(f"executor must be a concurrent.futures.Executor, got {executor!r}")
    if blas_controller() is None:
        raise ImportError(
            'a sweep over an executor needs threadpoolctl: pip install "rfscale[parallel]"'
        )
    return 1 if workers is None else worker_count(workers)


def _complete(
    plan: Plan,
    seed: int,
    executor: Executor | None,
    workers: int,
    store: Store | None,
    progress: bool,
) -> Sweep:
    """Compute what the store does not hold."""
    experiments, outcomes = plan.experiments(seed), {} if store is None else store.outcomes
    if store is not None and not outcomes.keys() <= set(range(len(experiments))):
        raise ValueError(
            f"{store.path} is damaged: it holds cell {max(outcomes)} of {len(experiments)}"
        )
    missing = [cell for cell in range(len(experiments)) if cell not in outcomes]
    tasks = {cell: _Task(experiments[cell], plan.path(), plan.draws, workers) for cell in missing}
    if store is not None and tasks and store.versions != _versions():
        warnings.warn(
            f"{store.path} was begun with {store.versions}, goes on with {_versions()}",
            stacklevel=3,
        )
    draws = plan.draws.count * (
        2 if plan.ridge is None else 1
    )  # as many again to find the best ridge
    with Progress(experiments, outcomes, draws, progress and bool(tasks)) as bar:
        run = (
            _in_this_process(tasks, workers, bar)
            if executor is None
            else _over(executor, tasks, bar)
        )
        with closing(run):  # stops it at once if the store cannot be written to
            for cell, outcome in run:
                outcomes[cell] = outcome
                if store is not None:
                    store.write(
                        cell, plan.label(cell), experiments[cell].N, experiments[cell].T, outcome
                    )
                bar.finished(cell)
    warn_of_targets(outcomes.values(), plan.draws, stacklevel=4)
    return plan.assembled([outcomes[cell] for cell in range(len(experiments))], seed)


Run = Generator[tuple[int, Outcome], None, None]


def _in_this_process(tasks: dict[int, _Task], workers: int, bar: Progress) -> Run:
    with workers_map(workers) as mapped:
        for cell, task in tasks.items():
            yield cell, run_cell(task.experiment, task.ridge, task.draws, mapped, bar.drawn(cell))


def _over(executor: Executor, tasks: dict[int, _Task], bar: Progress) -> Run:
    """Outcomes as they come; the largest tasks first, so that the last to end are small."""
    waiting = iter(sorted(tasks, key=lambda cell: -tasks[cell].experiment.operations))
    running: dict[Future[Outcome], int] = {}
    try:
        while True:
            for cell in islice(waiting, IN_FLIGHT - len(running)):
                running[executor.submit(run_task, tasks[cell])] = cell
            if not running:
                return
            done = wait(running, timeout=HEARTBEAT, return_when=FIRST_COMPLETED).done
            done = done or {
                future for future in running if future.done()
            }  # `wait` does not see all that is cancelled
            bar.refresh()
            for future in sorted(
                done, key=_failed
            ):  # what succeeded is kept before an error ends it all
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()


def _failed(future: Future[Outcome]) -> bool:
    return future.cancelled() or future.exception() is not None


def _versions() -> dict[str, str]:
    """What the last bits may depend on."""
    versions = {library.__name__: library.__version__ for library in (np, scipy, numba)}
    controller = blas_controller()
    blas = (
        []
        if controller is None
        else [lib for lib in controller.info() if lib["user_api"] == "blas"]
    )
    kinds = sorted(
        {
            " ".join(str(lib.get(key)) for key in ("internal_api", "version", "architecture"))
            for lib in blas
        }
    )
    return (
        {"rfscale": __version__, "python": platform.python_version()}
        | versions
        | {"blas": ", ".join(kinds)}
    )
