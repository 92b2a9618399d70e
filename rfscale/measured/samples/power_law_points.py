r"""The df1 of a power law with a real number M of directions, and how a sample's scatters (23.11).

.. math:: \mathrm{df}_1(\kappa) = \sum_{J=h+1}^{M} \frac{1}{1 + \kappa J^{1+\alpha}/\lambda_+}

for real M by Euler-Maclaurin as in `rfscale.traces.nodes`, or with a share of the last direction
where M is small. An integer would have no slope, which a fit needs. The first h directions may be
left out: they are the head that the data has instead of a power law.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.theory.equations.sample_spectrum import (
    PopulationSums,
    covariance,
    mean_shift,
    population_sums,
)
from rfscale.traces.nodes import ENDS, first_of_integral
from rfscale.traces.quadrature import power_law_ranks

CLIP = 1e-9  # of the largest eigenvalue of the covariance: below it there is rounding
FLOOR = 1e-7  # of each variance, and ...
ACCURACY = 1e-10  # ... of each df1, squared: two-term sums are no better


class Shape(NamedTuple):
    """What a power law has to be fitted for."""

    alpha: float
    log_scale: float
    log_M: float


def population(shape: Shape, kappa: Floats, head: int = 0) -> PopulationSums:
    """The sums over ranks J = head + 1..M of a power law, M real, at each kappa (K,)."""
    ranks, counts = real_ranks(shape.alpha, float(np.exp(shape.log_M)))
    kept = ranks > head
    log_ranks = np.log(ranks[kept])
    with np.errstate(under="ignore"):
        eigenvalues = np.exp(shape.log_scale - (1.0 + shape.alpha) * log_ranks)
    return population_sums(np.maximum(eigenvalues, 1e-300), counts[kept], kappa)


def real_ranks(alpha: float, M: float) -> tuple[Floats, Floats]:
    """Ranks and weights of a sum over J = 1..M for real M >= 1 and alpha >= -1."""
    steeper = max(alpha, 0.0)  # below 0 ranks are those of 0, as 1/(1 + alpha) may be infinite
    if 3.0 * (first_of_integral(steeper, 0.0) + ENDS) < M:
        return power_law_ranks(steeper, M, 0.0)
    ranks = np.arange(1.0, np.floor(M) + 2.0)
    counts = np.ones(ranks.size)
    counts[-1] = M - np.floor(M)
    return ranks, counts


class Residuals(NamedTuple):
    """What residuals of df1 are multiplied by, and their mean."""

    whitening: Floats  # (K, K): residuals times it have the covariance 1
    shift: Floats  # their mean, (K,)

    @classmethod
    def equal(cls, df1: Floats) -> Residuals:
        """Of equal relative errors."""
        return cls(whitening=np.diag(1.0 / df1), shift=np.zeros(df1.size))


def scatter(sums: PopulationSums, df1: Floats, T: float, misfit: float) -> Residuals:
    """The whitening of (23.8) by its eigenvalues, the small ones replaced, and the mean shift."""
    C = covariance(sums, T)
    C = C + np.diag(np.diag(C) * FLOOR + (ACCURACY + misfit**2) * df1**2)
    values, vectors = np.linalg.eigh(C)
    kept = np.maximum(values, CLIP * values[-1])
    return Residuals(whitening=(vectors / np.sqrt(kept)).T, shift=mean_shift(sums, T))
