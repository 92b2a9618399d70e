"""A cell: all ridges at one (N, T) of one model, which share draws and factorisations; and when its
draws suffice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.simulation.estimate import distribution, mean_losses
from rfscale.simulation.one_draw.linear_features import Experiment
from rfscale.simulation.one_draw.losses import PARTS
from rfscale.simulation.running.threads import Map
from rfscale.support.arguments import Floats, integer, number

LARGEST_RIDGE = 1e300  # in reduced units; beyond it nothing is learned, to all digits
DECADES, RIDGES_PER_DECADE = 24, 8  # of the search for the best ridge
RIDGES_OF_SEARCH = DECADES * RIDGES_PER_DECADE + 3
MAX_DRAWS = 10_000  # by default
LARGEST_STEP = 4  # factor by which draws may be added at once: their spread is not yet well known

Ridges = Floats | Literal["optimal"]
Advance = Callable[[int], object]


@dataclass(frozen=True)
class Draws:
    """How many draws a cell takes.

    Attributes
    ----------
    count : int
        Draws to begin with, >= 2, and to choose the best ridge from.
    target_stderr : float or None
        Add draws until the standard error of the test loss, relative to it, is at most this at all
        ridges.
    most : int
        Never more draws than these.
    """

    count: int
    target_stderr: float | None
    most: int

    @classmethod
    def checked(cls, draws: int, target_stderr: float | None, max_draws: int | None) -> Draws:
        """From a user's arguments."""
        draws = integer("draws", draws, least=2)
        most = max(MAX_DRAWS, draws) if max_draws is None else integer("max_draws", max_draws)
        if target_stderr is None:
            return cls(draws, None, draws)
        if most < draws:
            raise ValueError(f"max_draws must be >= draws = {draws}, got {most}")
        return cls(draws, number("target_stderr", target_stderr), most)


class Outcome(NamedTuple):
    """What is known of a cell in the end."""

    ridge: Floats  # (R,)
    losses: Floats  # the statistics of a `LossStatistics` of test, signal, noise and training loss, (4, 8, R)
    draws: int
    enough: bool  # whether the target was met


def run_cell(
    experiment: Experiment, ridge: Ridges, draws: Draws, mapped: Map[Any, Any], advance: Advance
) -> Outcome:
    """Draw until there are enough; `advance` is told of every draw."""
    if isinstance(ridge, str):
        ridge = np.array([_best_ridge(experiment, draws.count, mapped, advance)])
    paths, count = _paths(experiment, ridge, 0, draws.count, mapped, advance), draws.count
    while True:
        paths = [np.concatenate(paths)]
        losses, rounding = mean_losses(experiment.model, paths[0])
        error, floor = (_relative(part, losses[0, 0]) for part in (losses[0, 1], rounding[0]))
        enough = draws.target_stderr is None or error <= draws.target_stderr
        if enough or count == draws.most or floor > (draws.target_stderr or np.inf):
            spread = distribution(experiment.model, paths[0])
            return Outcome(ridge, np.concatenate([losses, spread], axis=1), count, enough)
        more = min(_draws_needed(count, error, draws.target_stderr), draws.most)
        paths += _paths(experiment, ridge, count, more, mapped, advance)
        count = more


def _relative(error: Floats, mean: Floats) -> float:
    """The largest relative error."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(
            np.max(np.where(error == 0, 0.0, np.where(np.isinf(error), np.inf, error / mean)))
        )


def _draws_needed(count: int, error: float, target: float | None) -> int:
    """A tenth more than the error found asks for, as it is uncertain itself."""
    assert target is not None
    return int(np.ceil(count * min(1.1 * (error / target) ** 2, LARGEST_STEP)))


def _paths(
    experiment: Experiment,
    ridge: Floats,
    start: int,
    stop: int,
    mapped: Map[Any, Any],
    advance: Advance,
) -> list[Floats]:
    """The losses of draws start, ..., stop - 1 along a path of ridges, batch by batch."""
    log_ridge = experiment.model.units.log_ridge(ridge)
    reduced = np.exp(np.minimum(log_ridge, np.log(LARGEST_RIDGE)))
    size = experiment.batch_size
    batches = [
        range(max(first, start), min(first + size, stop))
        for first in range(start - start % size, stop, size)
    ]
    paths = []
    for path in mapped(lambda batch: experiment.losses(batch, reduced), batches):
        paths.append(path)
        advance(len(path))
    return paths


def _best_ridge(
    experiment: Experiment, draws: int, mapped: Map[Any, Any], advance: Advance
) -> float:
    """The ridge with the least mean test loss over the draws: the minimum of a spline through a
    fine path.
    """
    model, exact = (
        experiment.model,
        Experiment(experiment.model, experiment.N, experiment.T, experiment.seed),
    )
    noise_to_signal = model.units.noise / model.units.signal if model.units.signal else 0.0
    top = np.log10(experiment.N * max(experiment.T, noise_to_signal)) + 3
    steps = np.arange(-DECADES * RIDGES_PER_DECADE, 1) / RIDGES_PER_DECADE + top
    unit = -float(model.units.log_ridge(1.0))
    log_ridge = steps * np.log(10) + unit
    ridge = np.concatenate([[0.0], np.exp(log_ridge), [np.inf]])
    loss = mean_losses(model, np.concatenate(_paths(exact, ridge, 0, draws, mapped, advance)))[0][
        0, 0
    ]
    best = int(loss.argmin())
    if not 2 <= best <= ridge.size - 3:
        return float(ridge[best])
    from scipy.interpolate import CubicSpline  # here, as it takes as long to import as all the rest

    spline = CubicSpline(log_ridge, loss[1:-1])
    around = float(log_ridge[best - 2]), float(log_ridge[best])
    lowest = scipy.optimize.minimize_scalar(
        lambda z: float(spline(z)), bounds=around, method="bounded", options={"xatol": 1e-6}
    )
    return float(np.exp(lowest.x))


def memory(experiment: Experiment, ridge: Ridges, draws: Draws, workers: int) -> float:
    """Bytes that a cell needs at its peak."""
    path = RIDGES_OF_SEARCH if isinstance(ridge, str) else ridge.size
    results = (
        3 * 2 * PARTS * 8.0 * path * draws.most + 2000.0 * draws.most
    )  # all draws, copies, and Python's own
    return workers * experiment.memory(path) + results
