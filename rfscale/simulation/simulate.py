"""`simulate`: the model drawn, trained and tested many times; means and standard errors of its
losses.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel, require_model
from rfscale.simulation.cell import Draws, Outcome, Ridges, memory, run_cell
from rfscale.simulation.estimate import STATISTICS, Estimate, LossStatistics
from rfscale.simulation.one_draw.linear_features import Experiment
from rfscale.simulation.running.threads import worker_count, workers_map
from rfscale.support.arguments import Floats, broadcast, integer, is_optimal, ridges, sizes
from rfscale.support.machine import require_memory

BYTES_PER_POINT = 300  # of all arrays together
Integers = NDArray[np.int64]


class Group(NamedTuple):
    """One (N, T), and where its ridges are among the points."""

    experiment: Experiment
    points: Integers


def simulate(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str = 0.0,
    *,
    draws: int = 32,
    seed: int | None = None,
    target_stderr: float | None = None,
    max_draws: int | None = None,
    test_points: int | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> Estimate:
    """Draw features and data, train, test, and average: the experiment that `predict` predicts.

    Teacher, label noise and test points are averaged over exactly in each draw, which leaves the
    least variance. All ridges of an (N, T) share its draws and one factorisation a draw, so that
    points that differ in the ridge alone are correlated, while different (N, T) are independent.

    Parameters
    ----------
    model : ScalingModel
    N, T : array_like of int
        Numbers of features and samples, >= 1.
    ridge : array_like or "optimal"
        gamma >= 0, broadcast with N and T. 0 is the minimum-norm solution at the rank min(N, T, M)
        that the features have by construction. "optimal" takes, at each (N, T), the ridge with the
        least mean test loss.
    draws : int
        Independent draws of (u, x) at each (N, T), >= 2.
    seed : int, optional
        Root of all random numbers, >= 0; None draws one, which the result records. The same seed
        gives the same numbers for any number of workers, and for an (N, T) in any grid; with other
        ridges beside it the last digits may differ.
    target_stderr : float, optional
        Add draws to an (N, T) until the standard error of the test loss, relative to it, is at most
        this at all its ridges. The numbers are those of a simulation with as many `draws`, whatever
        the number of workers; the best ridge is chosen from the first `draws`. A mean that stops
        when its error looks small is biased by a fraction of that error.
    max_draws : int, optional
        Where to give up, with a warning; by default 10 000, or `draws` if that is more. Also given
        up, at once, is what rounding errors forbid. `Estimate.draws` says how many were made.
    test_points : int, optional
        Instead of the exact averages draw one teacher, unless its weights are given, one label
        noise and this many test points for each draw.
    workers : int, optional
        Draws at a time, each with one BLAS thread. By default all cores that the process may use if
        threadpoolctl is installed (``pip install "rfscale[parallel]"``), else 1.
    progress : bool
        Show a progress bar where standard error is a terminal.

    Returns
    -------
    Estimate
        `test`, `signal`, `noise`, `train`, each with `.mean` and `.stderr`, and of its distribution
        over draws `.std` and the quantiles `.q05`, `.q25`, `.median`, `.q75`, `.q95`. `predict` is
        about the mean alone.

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes do not broadcast, or the memory would not
        suffice.

    Notes
    -----
    The averages are in `rfscale.simulation.one_draw.losses`. Latent directions are drawn block by
    block: beside the spectrum, 16 bytes for each, memory does not grow with M. Without ridge the
    distribution over draws has a heavy tail at N = T < M, where the mean does not exist. The signal
    cannot be resolved below about 1e-16 of the total variance, nor what label noise does in
    directions whose singular values are below 1e-16 of the largest: the standard errors say so, in
    the latter case by being infinite.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=200))
    >>> estimate = rf.simulate(model, N=20, T=[10, 40], draws=100, seed=1)
    >>> bool(np.all(abs(estimate.test.mean / rf.predict(model, N=20, T=[10, 40]).test - 1) < 0.2))
    True
    """
    require_model(model, single=True)
    seed, wanted = seed_or_new(seed), Draws.checked(draws, target_stderr, max_draws)
    test_points = None if test_points is None else integer("test_points", test_points)
    workers = worker_count(workers)
    optimal = is_optimal(ridge)
    N, T, ridge = broadcast(
        N=sizes("N", N, whole=True),
        T=sizes("T", T, whole=True),
        ridge=ridges(0.0 if optimal else ridge),
    )
    require_memory(BYTES_PER_POINT * N.size, f"a simulation at {N.size} points")
    N, T, ridge = (
        np.array(N, dtype=np.int64),
        np.array(T, dtype=np.int64),
        np.array(ridge, dtype=np.float64),
    )
    pairs, cell_of = np.unique(np.stack([N.ravel(), T.ravel()]), axis=1, return_inverse=True)
    points = [np.flatnonzero(cell_of.ravel() == cell) for cell in range(pairs.shape[1])]
    groups = [
        Group(Experiment(model, int(n), int(t), seed, test_points), p)
        for (n, t), p in zip(pairs.T, points, strict=True)
    ]
    longest: Ridges = "optimal" if optimal else np.empty(max(p.size for p in points))
    require_memory_for((group.experiment for group in groups), longest, wanted, workers)
    outcomes = _run_all(groups, ridge, optimal, wanted, workers, progress)
    warn_of_targets(outcomes, wanted, stacklevel=3)
    return _estimate(model, N, T, ridge, groups, outcomes, seed)


def _estimate(
    model: ScalingModel,
    N: Integers,
    T: Integers,
    ridge: Floats,
    groups: list[Group],
    outcomes: list[Outcome],
    seed: int,
) -> Estimate:
    """The outcomes in the shape of the points."""
    count = len(STATISTICS)
    losses, draws = (
        np.empty((len(Estimate.LOSSES), count, *N.shape)),
        np.empty(N.shape, dtype=np.int64),
    )
    for (_, points), outcome in zip(groups, outcomes, strict=True):
        ridge.flat[points], draws.flat[points] = outcome.ridge, outcome.draws
        losses.reshape(len(losses), count, -1)[:, :, points] = outcome.losses
    means = {
        name: LossStatistics(*(value[()] for value in values))
        for name, values in zip(Estimate.LOSSES, losses, strict=True)
    }
    return Estimate(model, N[()], T[()], ridge[()], **means, draws=draws[()], seed=seed)


def _run_all(
    groups: list[Group], ridge: Floats, optimal: bool, draws: Draws, workers: int, progress: bool
) -> list[Outcome]:
    from tqdm.auto import tqdm

    total = len(groups) * draws.count * (1 + optimal)
    outcomes = []
    with (
        workers_map(workers) as mapped,
        tqdm(total=total, unit="draw", disable=None if progress else True) as bar,
    ):
        for experiment, points in groups:
            path: Ridges = "optimal" if optimal else ridge.flat[points]
            outcomes.append(run_cell(experiment, path, draws, mapped, bar.update))
    return outcomes


def seed_or_new(seed: int | None) -> int:
    """The seed checked, or a new one."""
    if seed is None:
        entropy = np.random.SeedSequence().entropy
        assert isinstance(entropy, int)
        return entropy
    return integer("seed", seed, least=0)


def require_memory_for(
    experiments: Iterable[Experiment], ridge: Ridges, draws: Draws, workers: int
) -> None:
    """Raise ValueError if the largest of the experiments, each along this path of ridges, does not
    fit.
    """
    needed, largest = max(
        ((memory(e, ridge, draws, workers), e) for e in experiments), key=itemgetter(0)
    )
    count = f"draws = {draws.most}" if draws.target_stderr is None else f"max_draws = {draws.most}"
    require_memory(
        needed,
        f"a simulation at N = {largest.N}, T = {largest.T} with {count} and workers = {workers}",
    )


def warn_of_targets(outcomes: Iterable[Outcome], draws: Draws, stacklevel: int) -> None:
    """Say where, and why, the standard error is larger than it was to be."""
    missed = [outcome.draws == draws.most for outcome in outcomes if not outcome.enough]
    for reason, count in (
        (f"with max_draws = {draws.most}", sum(missed)),
        ("for rounding errors", missed.count(False)),
    ):
        if count:
            text = f"target_stderr = {draws.target_stderr:g} was not reached at {count} (N, T) {reason}"
            warnings.warn(text, stacklevel=stacklevel)
