r"""A model from what a pool of samples shows: eigenvalues, a teacher and a noise that explain it.

With p = lambda/(lambda + kappa) on a fixed grid of lambda_j, counts n_j and powers c_j (the part of
the labels' variance in those directions), all >= 0 and found by linear least squares,

.. math:: \sum_j n_j\, p_j(\kappa_i) = \mathrm{df}_1(\kappa_i), \qquad \sum_j n_j \lambda_j =
          \mathrm{tr}\,\Lambda, \qquad \sum_j c_j\, (1 - p_j(\kappa_i)) + \sigma_\epsilon^2 =
          A(\kappa_i)

where A is the mean of the labels times the residuals at infinitely many samples. The counts are
then cut into d eigenvalues of one direction each, whose sum is kept. Masses on a grid by convex
optimisation are El Karoui's (arXiv:math/0609418); its use with df1 and for a teacher is derived
here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from rfscale.support.arguments import Floats

GRID = 200  # eigenvalues
BEYOND = 10.0  # times below the smallest kappa and ...
ABOVE = 1.05  # ... above the largest eigenvalue
TRACE_WEIGHT = 30.0
LEAST_DF1 = 1e-3  # below it equations weigh alike
ROUNDS = 100 * GRID  # of the active set
SMALLEST = 1e-6  # of the smallest eigenvalue of the grid, where counts leave less


class Inverted(NamedTuple):
    """A spectrum and a teacher."""

    eigenvalues: Floats  # falling, (M,)
    weights: Floats  # w_J of the teacher, >= 0; over several outputs the root of the summed squares
    noise: float  # sigma_eps^2, summed over outputs


class Curve(NamedTuple):
    """The degrees of freedom of a population."""

    kappa: Floats  # rising, (G,)
    df1: Floats  # falling, (G,)


class Masses(NamedTuple):
    """Counts and powers on the grid."""

    grid: Floats  # lambda_j, rising
    counts: Floats
    powers: Floats
    noise: float


def spectrum_model(
    kappa: Floats, df1: Floats, A: Floats, trace: float, d: int, largest: float
) -> Inverted:
    """Eigenvalues, teacher and noise that have these df1 and A at these kappa.

    Parameters
    ----------
    kappa, df1, A : ndarray
        Resolutions of the population, its degrees of freedom there, and the mean of y e with
        infinitely many samples, summed over outputs. Shape (K,).
    trace : float
        The sum of all eigenvalues, which the pool's is an unbiased estimate of.
    d : int
        Number of directions; fewer are given back where the counts sum to less.
    largest : float
        An upper end for the eigenvalues: the largest of the sample.
    """
    return quantiles(masses(kappa, df1, A, trace, largest), d)


def masses(kappa: Floats, df1: Floats, A: Floats, trace: float, largest: float) -> Masses:
    """Counts and powers >= 0 of the least squares."""
    grid = _grid(kappa, largest)
    p = grid / (grid + kappa[:, None])
    q = kappa[:, None] / (grid + kappa[:, None])
    unexplained = np.hstack([q, np.ones((kappa.size, 1))]) / A[:, None]
    powers, _ = nnls(unexplained, np.ones(kappa.size), maxiter=ROUNDS)
    return Masses(grid, counts_on(grid, p, df1, trace), powers[:-1], float(powers[-1]))


def eigenvalues_of_curve(curve: Curve, trace: float, largest: float) -> Floats:
    """Eigenvalues alone, as many as the curve needs."""
    grid = _grid(curve.kappa, largest)
    counts = counts_on(grid, grid / (grid + curve.kappa[:, None]), curve.df1, trace)
    found = Masses(grid, counts, np.zeros(GRID), 0.0)
    return quantiles(found, round(counts.sum())).eigenvalues


def _grid(kappa: Floats, largest: float) -> Floats:
    return np.geomspace(kappa.min() / BEYOND, ABOVE * max(largest, kappa.min()), GRID)


def counts_on(grid: Floats, p: Floats, df1: Floats, trace: float) -> Floats:
    """n_j >= 0 with sum n p = df1, each weighed by its root, and sum n lambda = trace."""
    weight = 1.0 / np.sqrt(df1 + LEAST_DF1)
    rows = np.vstack([p * weight[:, None], grid / trace * TRACE_WEIGHT])
    counts, _ = nnls(rows, np.append(df1 * weight, TRACE_WEIGHT), maxiter=ROUNDS)
    return np.asarray(counts)


def quantiles(found: Masses, d: int) -> Inverted:
    """Single directions: each has the mean of lambda over one of the counts, largest first."""
    grid = found.grid[::-1]
    counts = found.counts[::-1]
    above = np.append(0.0, np.cumsum(counts))
    M = max(min(round(above[-1]), d), 1)
    sums = np.interp(
        np.linspace(0.0, above[-1], M + 1), above, np.append(0.0, np.cumsum(counts * grid))
    )
    # within a count they are equal but for rounding
    falling = np.minimum.accumulate(np.diff(sums))
    eigenvalues = np.maximum(falling, SMALLEST * grid[-1])
    powers = _shared(np.log(eigenvalues), found)
    return Inverted(eigenvalues, np.sqrt(powers / eigenvalues), found.noise)


def _shared(logs: Floats, found: Masses) -> Floats:
    """The powers of the grid as those of single directions, each with what lies around it."""
    between = np.append(np.append(np.inf, (logs[1:] + logs[:-1]) / 2.0), -np.inf)
    below = np.append(0.0, np.cumsum(found.powers))  # up to each point of the grid
    edges = np.append(-np.inf, np.log(found.grid))
    shares = np.interp(between, edges[1:], below[1:], left=0.0, right=below[-1])
    return np.asarray(np.maximum(shares[:-1] - shares[1:], 0.0))
