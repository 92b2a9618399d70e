"""Checks of the losses that an estimator returns: their shape, and losses >= 0 or infinite."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.simulation.one_draw.experiment import LOSSES, Estimator, Experiment
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.support.arguments import Floats, numeric

SLACK = 1e-6  # of the largest loss, or of that of the model: a learner may state no rounding error


def checked(
    returned: ArrayLike, estimator: Estimator, experiment: Experiment, draws: range, ridge: Floats
) -> Floats:
    """The losses as floats, (draws, 2, 4, R); ValueError if they are no losses."""
    shape = (len(draws), 2, len(LOSSES), ridge.size)
    name = type(estimator).__name__
    losses = numeric(f"{name}.losses", returned, "losses >= 0, or inf")
    if losses.shape != shape:
        raise ValueError(f"{name}.losses must return the shape {shape}, got {losses.shape}")
    if isinstance(estimator, LinearFeatures):  # where infinite parts have opposite signs it has NaN
        return losses
    wrong = np.isnan(losses)
    wrong[:, 0] |= losses[:, 0] < -_rounding(losses, experiment)
    if wrong.any():
        draw, kind, loss, k = np.argwhere(wrong)[0]
        raise ValueError(
            f"{name}.losses must return losses >= 0, or inf, and their rounding errors, got "
            f"{losses[draw, kind, loss, k]:g} as {('', 'rounding error of the ')[kind]}"
            f"{LOSSES[loss]} loss at N = {experiment.N}, T = {experiment.T}, "
            f"ridge = {ridge[k]:g} in draw {draws[draw]}"
        )
    return losses


def _rounding(losses: Floats, experiment: Experiment) -> Floats:
    """How far below 0 the losses may be, (draws, 4, R): as far as is stated, or by a hair."""
    units = experiment.model.units
    sizes = np.where(np.isfinite(losses[:, 0]), np.abs(losses[:, 0]), 0.0).max(axis=1)
    largest = np.max([units.signal, units.noise, units.test_signal, units.test_noise])
    allowed: Floats = losses[:, 1] + SLACK * np.maximum(sizes, largest)[:, None]
    return allowed
