"""The loss of n quanta and D samples, by the way in which samples are counted (26.9)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfscale.neighbours.one_hot import OneHot
from rfscale.neighbours.ranks import Ranks, Whole
from rfscale.neighbours.thresholds import Threshold
from rfscale.support.arguments import choice

COUNTS = ("poisson", "binomial")
Sum = Callable[[Ranks, Threshold, float, float, float], float]


def counted(counts: str, tau: float) -> Sum:
    """The sum for these counts, or ValueError where there is none."""
    if choice("counts", counts, COUNTS) == "poisson":
        return scattering
    if tau != 1:
        raise ValueError(f'counts must be "poisson" where tau is not 1, got tau = {tau:g}')
    return of_exactly


def scattering(ranks: Ranks, filter: Threshold, n: float, D: float, K: float) -> float:
    """L(n, D) of a Poisson number of samples with the mean D."""
    held = min(n, K)
    return ranks.total(Whole(), held, K) + filter.sum(ranks, D, 0, held)


def of_exactly(ranks: Ranks, filter: Threshold, n: float, D: float, K: float) -> float:
    """L(n, D) of D samples."""
    if np.isinf(D):
        return scattering(ranks, filter, n, D, K)
    held = min(n, K)
    return ranks.total(Whole(), held, K) + ranks.total(OneHot(float(D)), 0, held)
