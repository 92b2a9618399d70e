"""`sweep`: a grid of experiments, over any executor, with a store that survives being killed.

The unit of work is a cell: all ridges at one (N, T) of one model. Its numbers depend on the seed
and on the cell alone, so that they are the same, bit for bit, on any executor and after any
interruption, on processors of one kind.
"""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path

from numpy.typing import ArrayLike

from rfscale.model.training.given import GivenTraining
from rfscale.simulation import trainings
from rfscale.simulation.estimate import Sweep
from rfscale.simulation.one_draw.experiment import Estimator
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.simulation.one_draw.user_laws import Law
from rfscale.simulation.options import Options
from rfscale.simulation.ridges import GivenRidge
from rfscale.simulation.running.kept import completed
from rfscale.simulation.running.plan import Models, Plan
from rfscale.simulation.running.runner import Runner, warn_of_targets
from rfscale.simulation.running.store import Store
from rfscale.simulation.running.versions import versions
from rfscale.simulation.tails import require_storable, warn_of_heavy_tails
from rfscale.simulation.unstable_draws import warn_of_unstable_draws


def sweep(
    models: Models,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    training: GivenTraining | None = None,
    draws: int = 32,
    seed: int | None = None,
    target_stderr: float | None = None,
    max_draws: int | None = None,
    test_points: int | None = None,
    latents: str | Law = "gaussian",
    leverages: ArrayLike | None = None,
    estimator: Estimator = LinearFeatures(),  # noqa: B008  frozen
    executor: Executor | None = None,
    workers: int | None = None,
    store: str | Path | None = None,
    progress: bool = True,
) -> Sweep:
    """Simulate all combinations of models, N, T and ridges, and keep what is finished.

    Parameters
    ----------
    models : ScalingModel, or a list or dictionary of them
        The keys of a dictionary label the models. Models of the same M share their random numbers:
        their losses are correlated, and differences between them less noisy.
    N, T : int or list of int
        Numbers of features and samples, >= 1, without repetitions.
    ridge : float, list of float, or "optimal"
        As in `simulate`; the ridges of an (N, T) share its draws.
    kernel_ridge : float or list of float, optional
        Instead of `ridge` that of the kernel, as in `simulate`: the ridge then grows with N.
    training : Training or callable, optional
        In place of a ridge, as in `simulate`. Its fields are numbers, or lists that broadcast to
        one, without repetitions: the axis in the place of that of ridges.
    draws, seed, target_stderr, max_draws, test_points, latents, leverages, estimator
        As in `simulate`, whose numbers these are, at each (N, T).
    executor : concurrent.futures.Executor, optional
        Where the cells are computed: a thread or process pool, loky's, mpi4py's, or
        `dask.distributed`'s ``Client(...).get_executor()``. It is not shut down. Needs
        this package wherever it computes. By default cells are computed one by one in this process.
    workers : int, optional
        Draws at a time in a cell; by default all cores without an executor, and 1 with one.
    store : str or Path, optional
        An SQLite file to which each cell is written when it is finished. If it exists, what it
        holds is not computed again; a seed of None then means that of the file. See
        `rfscale.simulation.running.store` for what is in it.
    progress : bool
        Show a progress bar, in a terminal or a notebook.

    Returns
    -------
    Sweep

    Raises
    ------
    ValueError
        If an argument is out of its range, a ridge and a training are given, the steps of a
        training diverge, the memory would not suffice where it computes, or the store is damaged
        or holds another sweep.
    BrokenExecutor
        If the executor loses a worker; it says what is in the store.

    Warns
    -----
    RegimeWarning, UserWarning
        As in `simulate`.

    Examples
    --------
    >>> import rfscale as rf
    >>> models = {f"alpha = {a}": rf.ScalingModel(rf.PowerLaw(a, M=200)) for a in (0.5, 1.0)}
    >>> sweep = rf.sweep(models, N=[10, 20, 40], T=[15, 30], ridge=[0.0, 1e-2], draws=8, seed=1)
    >>> sweep.test.mean.shape
    (2, 3, 2, 2)
    >>> sweep.estimate("alpha = 0.5").test.mean.shape
    (3, 2, 2)
    """
    trained = trainings.checked(training, ridge, kernel_ridge, estimator)
    if store is not None:
        require_storable(trained)
    options = Options(
        draws=draws,
        seed=seed,
        target_stderr=target_stderr,
        max_draws=max_draws,
        test_points=test_points,
        latents=latents,
        leverages=leverages,
        estimator=estimator,
    )
    given = GivenRidge.checked(ridge, kernel_ridge)
    plan = Plan.checked(models, N, T, given, options, trained)
    runner = Runner.checked(workers, executor, progress)
    runner.require_memory(runner.tasks(plan.cells(), options))
    if store is None:
        return _complete(plan, runner, None)
    with closing(Store(store, plan, versions(), any_seed=seed is None)) as file:
        return _complete(plan.with_seed(file.plan.options.seed), runner, file)


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
        If there is no such store, or it is damaged, or holds objects of classes of your own that
        are not defined: import their module before.
    BrokenExecutor
        As in `sweep`.

    Warns
    -----
    RegimeWarning, UserWarning
        As in `simulate`.

    Examples
    --------
    >>> import rfscale as rf, tempfile
    >>> path = tempfile.mkdtemp() + "/sweep.db"
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=200))
    >>> done = rf.sweep(model, N=[10, 20], T=15, draws=8, seed=1, store=path)
    >>> bool((rf.resume_sweep(path).test.mean == done.test.mean).all())
    True
    """
    with closing(Store(store, None, versions())) as file:
        runner = Runner.checked(workers, executor, progress)
        runner.require_memory(runner.tasks(file.plan.cells(), file.plan.options))
        return _complete(file.plan, runner, file)


def _complete(plan: Plan, runner: Runner, store: Store | None) -> Sweep:
    """Compute what the store does not hold."""
    cells = plan.cells()
    outcomes = completed(runner, cells, runner.tasks(cells, plan.options), store)
    warn_of_targets(cells, outcomes, plan.options)
    result = plan.assembled(outcomes)
    warn_of_heavy_tails(result)
    warn_of_unstable_draws(cells, plan.options)
    return result
