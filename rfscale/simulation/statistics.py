"""Statistics over draws of the losses of an experiment.

An infinite loss, and one whose infinite parts have opposite signs, counts as infinite.
"""

from __future__ import annotations

import numpy as np

from rfscale.simulation.loss_statistics import LossStatistics
from rfscale.support.arguments import Floats


def mean_losses(paths: Floats) -> tuple[Floats, Floats]:
    """Mean and standard error of the four losses, (4, 2, R), and the rounding in them, (4, R).

    From the losses (draws, 2, 4, R) of all draws, as `Estimator.losses` returns them.
    """
    losses = [np.ascontiguousarray(paths[:, 0, i]) for i in range(paths.shape[2])]
    rounding = [np.ascontiguousarray(paths[:, 1, i]) for i in range(paths.shape[2])]
    floor = np.stack([values.mean(axis=0) for values in rounding])
    return np.stack([_mean(*pair) for pair in zip(losses, floor, strict=True)]), floor


def distribution(paths: Floats) -> Floats:
    """Standard deviation and quantiles over draws of the four losses, (4, 6, R)."""
    values = np.ascontiguousarray(paths[:, 0])
    values = np.where(np.isnan(values), np.inf, values)
    unit = _unit(values)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        std = unit * (values / unit).std(axis=0, ddof=1)
        found = np.concatenate([std[None], np.quantile(values, LossStatistics.LEVELS, axis=0)])
    return np.moveaxis(np.where(np.isnan(found), np.inf, found), 0, 1)


def _mean(values: Floats, rounding: Floats) -> Floats:
    """Mean and standard error over draws, the latter not below the rounding error."""
    values = np.where(np.isnan(values), np.inf, values)  # infinite parts of opposite sign
    unit = _unit(values)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        stderr = unit * (values / unit).std(axis=0, ddof=1) / np.sqrt(len(values))
        stderr = np.hypot(stderr, rounding)
        mean = unit * (values / unit).mean(axis=0)
    return np.stack([mean, np.where(np.isfinite(mean), stderr, np.inf)])


def _unit(values: Floats) -> Floats:
    """The largest of all draws: squares of losses may be out of range."""
    largest = np.abs(values).max(axis=0)
    return np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
