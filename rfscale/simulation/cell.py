"""A cell: all ridges, or other trainings, at one (N, T) of one model, which share draws and
factorisations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import NDArray

from rfscale.model.training import SGD, Training
from rfscale.simulation.draw_options import DrawOptions
from rfscale.simulation.one_draw import sgd
from rfscale.simulation.one_draw.experiment import LOSSES, Estimator, Experiment
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.simulation.one_draw.trained import Trainings
from rfscale.simulation.options import Options
from rfscale.simulation.returned_losses import checked
from rfscale.simulation.ridges import Ridges
from rfscale.simulation.running.threads import Map
from rfscale.simulation.statistics import distribution, mean_losses
from rfscale.simulation.tails import tail
from rfscale.support.arguments import Floats

DECADES = 24  # of the search for the best ridge
RIDGES_PER_DECADE = 8
RIDGES_OF_SEARCH = DECADES * RIDGES_PER_DECADE + 3
BYTES_PER_TRAINING = 300
LARGEST_STEP = 4  # factor by which draws may be added at once: their spread is not yet well known

Advance = Callable[[int], object]


class Cell(NamedTuple):
    """An experiment and its ridges, the best one if they are "optimal"; NaN for a training."""

    experiment: Experiment
    ridge: Ridges
    training: Training | None = None  # its fields are numbers, or arrays of the size of `ridge`

    @property
    def size(self) -> int:
        """How many ridges or trainings it has, those of the search for the best included."""
        return RIDGES_OF_SEARCH if isinstance(self.ridge, str) else self.ridge.size


class Outcome(NamedTuple):
    """The result of a cell."""

    ridge: Floats  # (R,), NaN for other trainings
    losses: Floats  # a `LossStatistics` of test, signal, noise and training loss, (4, 8, R)
    draws: int
    enough: bool  # whether the target was met


class Sampler(NamedTuple):
    """Draws of an experiment, several at a time; `advance` is told of every draw."""

    experiment: Experiment
    estimator: Estimator
    mapped: Map[Any, Any]
    advance: Advance

    def paths(self, ridge: Floats | Trainings, start: int, stop: int) -> list[Floats]:
        """The losses of draws start, ..., stop - 1 at some ridges or trainings, batch by batch."""
        size = self.estimator.batch_size(self.experiment)
        batches = [
            range(max(first, start), min(first + size, stop))
            for first in range(start - start % size, stop, size)
        ]
        paths = []
        for path in self.mapped(lambda batch: self._losses(batch, ridge), batches):
            paths.append(path)
            self.advance(len(path))
        return paths

    def _losses(self, batch: range, ridge: Floats | Trainings) -> Floats:
        if isinstance(ridge, tuple):
            assert isinstance(self.estimator, LinearFeatures)
            return self.estimator.trained_losses(self.experiment, batch, ridge)
        returned = self.estimator.losses(self.experiment, batch, ridge)
        return checked(returned, self.estimator, self.experiment, batch, ridge)


def run_cell(cell: Cell, options: Options, mapped: Map[Any, Any], advance: Advance) -> Outcome:
    """Draw until there are enough."""
    sampler = Sampler(cell.experiment, options.estimator, mapped, advance)
    ridge = cell.ridge
    if isinstance(ridge, str):
        ridge = np.array([_best_ridge(sampler, options.draws)])
    path = ridge if cell.training is None else tuple(cell.training.each((cell.size,)))
    settles = ~has_no_variance(cell, ridge, options)
    count = options.draws
    paths = sampler.paths(path, 0, count)
    while True:
        paths = [np.concatenate(paths)]
        means, rounding = mean_losses(paths[0])
        mean = means[0, 0, settles]
        error = relative(means[0, 1, settles], mean)
        floor = relative(rounding[0, settles], mean)
        more = draws_needed(count, error, floor, options)
        if more == count:
            break
        paths += sampler.paths(path, count, more)
        count = more
    losses = np.concatenate([means, distribution(paths[0])], axis=1)
    met = bool(settles.all()) and error <= (options.target_stderr or np.inf)
    enough = options.target_stderr is None or met
    return Outcome(ridge=ridge, losses=losses, draws=count, enough=enough)


def has_no_variance(cell: Cell, ridge: Floats, options: Options) -> NDArray[np.bool_]:
    """At which ridges of a cell the test loss has no variance, so that no draws are enough."""
    experiment = cell.experiment
    at = experiment.model, experiment.N, experiment.T, ridge
    return np.asarray(tail(*at, options.estimator, cell.training) <= 2)


def relative(error: Floats, mean: Floats) -> float:
    """The largest relative error; 0 of none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(np.isinf(error), np.inf, error / mean)
    return float(np.max(np.where(error == 0, 0.0, relative), initial=0.0))


def draws_needed(count: int, error: float, floor: float, options: DrawOptions) -> int:
    """How many draws there should be: as many as there are if more would not help.

    A tenth more than the error found asks for, as it is uncertain itself.
    """
    target = options.target_stderr
    if target is None or error <= target or floor > target:
        return count
    needed = int(np.ceil(count * min(1.1 * (error / target) ** 2, LARGEST_STEP)))
    return min(needed, options.most_draws)


def _best_ridge(sampler: Sampler, draws: int) -> float:
    """The ridge with the least mean test loss: the minimum of a spline through a fine path.

    Averaged exactly over test points, whatever is asked for.
    """
    sampler = sampler._replace(experiment=replace(sampler.experiment, test_points=None))
    log_ridge = _log_ridges_of_search(sampler.experiment)
    ridge = np.concatenate([[0.0], np.exp(log_ridge), [np.inf]])
    loss = mean_losses(np.concatenate(sampler.paths(ridge, 0, draws)))[0][0, 0]
    best = int(loss.argmin())
    if not 2 <= best <= ridge.size - 3:
        return float(ridge[best])
    from scipy.interpolate import CubicSpline  # here, as it takes as long to import as all the rest

    spline = CubicSpline(log_ridge, loss[1:-1])
    lowest = scipy.optimize.minimize_scalar(
        lambda z: float(spline(z)),
        bounds=(float(log_ridge[best - 2]), float(log_ridge[best])),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(lowest.x))


def _log_ridges_of_search(experiment: Experiment) -> Floats:
    """Up to where nothing is learned, in the units of the model."""
    units = experiment.model.units
    noise_to_signal = units.noise / units.signal if units.signal else 0.0
    top = np.log10(experiment.N * max(experiment.T, noise_to_signal)) + 3
    steps = np.arange(-DECADES * RIDGES_PER_DECADE, 1) / RIDGES_PER_DECADE + top
    return np.asarray(steps * np.log(10) - float(units.log_ridge(1.0)))


def memory(cell: Cell, options: Options, workers: int) -> float:
    """Bytes that a cell needs at its peak."""
    # the losses of all draws and their rounding errors, two copies, and Python's own
    results = (3 * 2 * len(LOSSES) * 8.0 * cell.size + 2000.0) * options.most_draws
    trainings = 0.0 if cell.training is None else BYTES_PER_TRAINING * cell.size
    if isinstance(cell.training, SGD):  # which keeps no samples
        return workers * sgd.memory(cell.experiment) + results + trainings
    return workers * options.estimator.memory(cell.experiment, cell.size) + results + trainings
