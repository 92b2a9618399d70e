"""The bootstrap over points, or over runs: tables of rows drawn anew, each fitted again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.solver import minima
from rfscale.support.arguments import Floats

Progress = Callable[[int], object]  # told how many are done
MOST = 2_000_000  # numbers of one array: fits times points
TOLERANCE = 1e-9


def resampled(
    problem: Problem,
    weights: Floats,
    groups: NDArray[np.int64],
    robust: Robust,
    best: Floats,
    *,
    resamples: int,
    seed: int,
    progress: Progress | None = None,
) -> Floats:
    """Parameters (resamples, p) of tables in which each group stands as often as it was drawn.

    `groups` numbers the group of each point from 0; fits begin from each of `best` (minima, p).
    """
    counted = np.unique(groups[np.broadcast_to(weights > 0, groups.shape)])
    runs = counted.size
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    batch = max(1, min(MOST // problem.x.size, resamples))
    found = []
    for done in range(0, resamples, batch):
        tables = min(batch, resamples - done)
        counts = np.zeros((tables, int(groups.max()) + 1))
        counts[:, counted] = rng.multinomial(runs, np.full(runs, 1 / runs), size=tables)
        found.append(_refit(problem, counts[:, groups] * weights, robust, best))
        if progress:
            progress(done + tables)
    return np.concatenate(found)


def _refit(problem: Problem, weights: Floats, robust: Robust, best: Floats) -> Floats:
    """The best of the minima that are reached from each start."""
    fits = len(weights)
    found = [
        minima(problem, weights, np.repeat(start[None], fits, axis=0), robust, tolerance=TOLERANCE)
        for start in best
    ]
    least = np.argmin([one.objective for one in found], axis=0)
    parameters = np.stack([one.parameters for one in found])
    return np.asarray(parameters[least, np.arange(fits)])
