"""Several laws as one: their resamples together, whose percentiles are intervals.

The value is the median of all resamples, so that one law that leaves the others does not carry it
away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rfscale.measured.losses.allocating import OfFit
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.spread import QUANTILES, Interval
from rfscale.support.arguments import Floats


def pooled_interval(fits: Sequence[LossFit], derived: OfFit) -> Interval:
    """Of what is derived from each law and its parameters (fits, p)."""
    drawn = np.concatenate([np.asarray(derived(fit, fit.samples)) for fit in fits])
    low, high = np.quantile(drawn, _tails(fits), axis=0)
    value = np.median(drawn, axis=0)
    return Interval(value, low, high, fits[0].spread.level)


def pooled_losses(fits: Sequence[LossFit], N: Floats, T: Floats, *, of_runs: bool) -> Interval:
    """Losses at sizes (points,); of runs, with residuals of each law about its own resamples."""

    def losses(fit: LossFit, parameters: Floats) -> Floats:
        return fit.losses(N, T, parameters)

    about = pooled_interval(fits, losses)
    if not of_runs:
        return about
    drawn = np.stack([losses(fit, fit.samples) for fit in fits])
    noise = np.stack([np.exp(_noise(fit)) for fit in fits])
    ends = [
        np.quantile(drawn[:, :, None, point] * noise[:, None], _tails(fits))
        for point in range(N.size)
    ]
    low, high = np.reshape(ends, (-1, 2)).T
    return Interval(about.value, low, high, about.level)


def _noise(fit: LossFit) -> Floats:
    """Some quantiles of log L about the law, which stand for all."""
    steps = (np.arange(QUANTILES) + 0.5) / QUANTILES
    return np.asarray(np.quantile(fit.scatter, steps))


def _tails(fits: Sequence[LossFit]) -> tuple[float, float]:
    tail = (1 - fits[0].spread.level) / 2
    return tail, 1 - tail
