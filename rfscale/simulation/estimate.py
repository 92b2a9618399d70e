"""What a simulation returns: means over draws of its losses with standard errors, and their
distribution over draws.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel
from rfscale.results import Result
from rfscale.simulation.one_draw.losses import (
    CROSS,
    NOISE,
    SIGNAL,
    TRAIN_CROSS,
    TRAIN_NOISE,
    TRAIN_SIGNAL,
)
from rfscale.support.arguments import Floats
from rfscale.support.products import times


@dataclass(frozen=True, eq=False)
class LossStatistics(Result):
    """A loss over draws: its mean, the standard error of the mean, and its distribution.

    What theory predicts is the mean. The distribution, which narrows as sizes grow, is reported
    only: it is that of the loss of one draw of features and data, averaged over teacher, label
    noise and test points unless ``test_points`` draws these, too.

    Attributes
    ----------
    mean, stderr : ndarray
        Of the shape of the experiment. The standard error includes the rounding error of a draw.
    std : ndarray
        Standard deviation over draws.
    q05, q25, median, q75, q95 : ndarray
        Quantiles over draws.
    """

    mean: Floats
    stderr: Floats
    std: Floats
    q05: Floats
    q25: Floats
    median: Floats
    q75: Floats
    q95: Floats

    LEVELS: ClassVar[tuple[float, ...]] = (0.05, 0.25, 0.5, 0.75, 0.95)


STATISTICS = tuple(field.name for field in fields(LossStatistics))


@dataclass(frozen=True, eq=False)
class Estimate(Result):
    """Simulated losses; fields as in `Prediction`, every array of the broadcast shape of N, T and
    ridge.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        The points; `ridge` holds the best ridge found if "optimal" was asked for.
    test, signal, noise, train : LossStatistics
        Means over draws with standard errors, standard deviations and quantiles: test loss (factor
        1/2, clean labels), its two parts, and the training mean squared error on noisy labels (no
        factor 1/2).
    draws : ndarray of int
        How many were made at each point.
    seed : int
        Root of the random numbers: with `draws`, what reproduces them.
    """

    model: ScalingModel
    N: NDArray[np.int64]
    T: NDArray[np.int64]
    ridge: Floats
    test: LossStatistics
    signal: LossStatistics
    noise: LossStatistics
    train: LossStatistics
    draws: NDArray[np.int64]
    seed: int

    LOSSES: ClassVar[tuple[str, ...]] = ("test", "signal", "noise", "train")


def mean_losses(model: ScalingModel, paths: Floats) -> tuple[Floats, Floats]:
    """Mean and standard error of test, signal, noise and training loss, (4, 2, R), and the rounding
    in it, (4, R).

    From the paths (draws, 2, PARTS, R) of all draws.
    """
    losses, rounding = (_combine(model, paths[:, i]) for i in range(2))
    floor = np.stack([values.mean(axis=0) for values in rounding])
    return np.stack([_mean(*pair) for pair in zip(losses, floor, strict=True)]), floor


def distribution(model: ScalingModel, paths: Floats) -> Floats:
    """Standard deviation and quantiles over draws of test, signal, noise and training loss, (4, 6,
    R).
    """
    values = np.stack(_combine(model, paths[:, 0]), axis=1)
    values = np.where(np.isnan(values), np.inf, values)
    unit = _unit(values)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        std = unit * (values / unit).std(axis=0, ddof=1)
        found = np.concatenate([std[None], np.quantile(values, LossStatistics.LEVELS, axis=0)])
    return np.moveaxis(np.where(np.isnan(found), np.inf, found), 0, 1)


def _unit(values: Floats) -> Floats:
    """The largest of all draws: squares of losses may be out of range."""
    largest = np.abs(values).max(axis=0)
    return np.where((largest > 0) & np.isfinite(largest), largest, 1.0)


def _combine(model: ScalingModel, parts: Floats) -> list[Floats]:
    """Test, signal, noise and training loss of all draws, each (draws, R), from their parts in
    reduced units.
    """
    signal_unit, noise_unit = model.units.signal, model.units.noise
    signal, noise = (
        times(model.units.test_signal, parts[:, SIGNAL]),
        times(model.units.test_noise, parts[:, NOISE]),
    )
    train = times(signal_unit, parts[:, TRAIN_SIGNAL]) + times(noise_unit, parts[:, TRAIN_NOISE])
    with np.errstate(invalid="ignore"):
        test = (
            signal
            + noise
            + times(_cross(model.units.test_signal, model.units.test_noise), parts[:, CROSS])
        )
        train = train + times(_cross(signal_unit, noise_unit), parts[:, TRAIN_CROSS])
    return [test, signal, noise, 2 * train]


def _cross(signal_unit: Floats, noise_unit: ArrayLike) -> Floats:
    return 2 * times(np.sqrt(signal_unit), np.sqrt(noise_unit))


def _mean(values: Floats, rounding: Floats) -> Floats:
    """Mean and standard error over draws, the latter not below the rounding error."""
    values = np.where(np.isnan(values), np.inf, values)  # infinite parts of opposite sign
    unit = _unit(values)
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        stderr = unit * (values / unit).std(axis=0, ddof=1) / np.sqrt(len(values))
        stderr = np.hypot(stderr, rounding)
        mean = unit * (values / unit).mean(axis=0)
    return np.stack([mean, np.where(np.isfinite(mean), stderr, np.inf)])
