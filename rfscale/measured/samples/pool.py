r"""What a pool of samples says of the population, by leaving out each of its samples (22.10).

With the leverages l_i and errors e_i of samples left out at a ridge P delta, q = 1/(1 + l),

.. math:: \mathrm{df}_1 = \sum_i \frac{l_i}{1 + l_i}, \qquad \tau_i = \frac{l_i}{\bar l}, \qquad
          \kappa = \frac{P \delta\, \bar l}{\mathrm{df}_1}, \qquad s = -\frac{d\,\mathrm{df}_1}{d
          \log\kappa}

kappa is the Delta at which the population has these degrees of freedom. The errors of fits to
infinitely many samples are (22.11)

.. math:: A = \overline{y e}, \qquad B = \overline{e^2} - v, \qquad b_i = e_i^2 - \tau_i v, \qquad v
          = \mathrm{df}_2\,\frac{\sum_i q_i^2 \tau_i e_i^2}{(\sum_i \tau_i q_i)^2}

No teacher, noise or number of directions is needed: noise is a direction of lambda -> 0. Plain
planar theory has all tau_i = 1 and e_i = (y - y_hat)_i/(1 - df1/P). Derived here, step 22.

All that rests on l_i = tau_i chi: leverages that change with the ridge by the same factor. A sample
that alone spans a direction, as a category that occurs once, has l_i = x_i^2/(P delta) there,
without a bound, while leverages of others end at a value. The share of l_i that changes otherwise
than 1/delta is what other samples say of it, l_i + d l_i/d log delta; where its sum over samples is
less than half of what most of them have, the pool knows nothing of the population, and the grid
ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy

from rfscale.measured.samples.gram import EPS, Gram, LeaveOneOut
from rfscale.measured.samples.reading import between
from rfscale.support.arguments import Floats

ROWS = 192  # ridges at least, as many as are needed
A_DECADE = 12.0
LOWEST = 1e-10  # of them, relative to the largest eigenvalue,
BELOW = 1e-4  # or to the smallest, as one input may have another unit than the rest
FEWEST = 1e-4  # degrees of freedom, at the highest
BETWEEN = ("kappa", "slope", "A", "B", "tau", "squares")
ALL = 0.95  # of P: with more degrees of freedom without ridge all samples span directions alone,
CONVERGED = 1e-2  # and the grid is to begin at this share of the smallest eigenvalue, or less
LEAST_AGREEMENT = 0.5  # of what others say of all samples, relative to what they say of most


@dataclass(frozen=True, eq=False)
class Pool:
    """The population as a pool sees it along a grid of ridges, of shapes (G,) and (G, P).

    Attributes
    ----------
    delta : ndarray
        The ridges over P, rising.
    kappa, df1, slope : ndarray
        Delta of the population, its degrees of freedom, and s = df1 - df2.
    A, B : ndarray
        Mean of y e and of e^2 with infinitely many samples.
    tau, squares : ndarray
        The leverages over their mean, and b_i.
    P : int
    unknown_below : bool
        Whether a ridge weaker than the first is not as none, but unknown.
    alone : int
        Samples of which others say little, if they are why.
    """

    delta: Floats
    kappa: Floats
    df1: Floats
    slope: Floats
    A: Floats
    B: Floats
    tau: Floats
    squares: Floats
    P: int
    unknown_below: bool = False
    alone: int = 0

    @property
    def dispersion(self) -> Floats:
        """Standard deviation of the leverages over their mean."""
        return np.asarray(self.tau.std(axis=1))

    @property
    def gaussian_dispersion(self) -> Floats:
        """The same of Gaussian samples, in linear features."""
        df2 = self.df1 - self.slope
        return np.asarray(np.sqrt(2.0 * df2 / (1.0 - df2 / self.P)) / self.df1)

    @classmethod
    def of(cls, gram: Gram, *, leverages: bool = True, delta: Floats | None = None) -> Pool:
        """On a grid of ridges or at given ones; without leverages as if all were equal."""
        if delta is not None:
            return population(_rows(gram, delta, leverages))
        grid = _grid(gram)
        rows = _rows(gram, grid, leverages)
        if gram.largest_df1 > ALL * gram.P:
            unknown = grid[0] > CONVERGED * gram.eigenvalues[-1]
            return replace(population(rows), unknown_below=bool(unknown))
        too_weak = np.flatnonzero(agreement(rows) < LEAST_AGREEMENT)
        if not too_weak.size:
            return population(rows)
        weakest = _agreeing(gram, np.log(grid[too_weak[-1] :][:2]))
        ended = population(_rows(gram, _spaced(gram, weakest), leverages))
        return replace(ended, unknown_below=True, alone=_alone(rows, too_weak[-1]))


def _rows(gram: Gram, delta: Floats, leverages: bool) -> LeaveOneOut:
    rows = gram.leave_one_out(delta)
    return rows if leverages else rows.as_if_equal()


def _grid(gram: Gram) -> Floats:
    """Ridges from one that is as none, or where eigenvalues are rounding, to hardly any df1."""
    e = gram.eigenvalues
    lowest = min(LOWEST * e[0], BELOW * e[-1])
    if gram.largest_df1 <= ALL * gram.P:
        return _spaced(gram, lowest)
    grid = _spaced(gram, max(lowest, gram.delta_of(ALL * gram.P)))
    lowest = max(BELOW * e[-1], EPS * gram.P * e[0])
    step = np.log(grid[1] / grid[0])
    more = np.arange(np.ceil(np.log(grid[0] / lowest) / step), 0, -1)
    return np.concatenate([grid[0] * np.exp(-step * more), grid])


def _spaced(gram: Gram, lowest: float) -> Floats:
    """Ridges from one to where there are hardly any degrees of freedom."""
    highest = gram.eigenvalues.sum() / FEWEST
    rows = max(ROWS, int(A_DECADE * np.log10(highest / lowest)))
    return np.geomspace(lowest, highest, rows)


def by_others(rows: LeaveOneOut) -> Floats:
    """l + dl/d log delta, which is 0 for a sample of which others say nothing."""
    room = 1.0 - rows.centred
    return np.asarray(room * (rows.left + rows.hat_slope) / rows.left**2 - 1.0)


def agreement(rows: LeaveOneOut) -> Floats:
    """The share of others in the sum of leverages, over that in sum l/(1 + l)^2.

    1 if all leverages change by the same factor.
    """
    others = by_others(rows)
    weights = rows.left**2
    leverage = rows.hat / rows.left
    typical = np.sum(others * weights, axis=1) / np.sum(leverage * weights, axis=1)
    return np.asarray(others.sum(axis=1) / leverage.sum(axis=1) / typical)


def _agreeing(gram: Gram, ends: Floats) -> float:
    """The ridge between two at which it is the least that is enough."""

    def excess(log_delta: float) -> float:
        rows = gram.leave_one_out(np.exp([log_delta]))
        return float(agreement(rows)[0]) - LEAST_AGREEMENT

    return float(np.exp(scipy.optimize.brentq(excess, *ends)))


def _alone(rows: LeaveOneOut, row: int) -> int:
    """How many samples others say less than half as much of as of most: one where they disagree."""
    share = by_others(rows)[row] * rows.left[row] / rows.hat[row]
    weights = rows.hat[row] * rows.left[row]
    return int(np.sum(share < LEAST_AGREEMENT * np.sum(share * weights) / np.sum(weights)))


def population(rows: LeaveOneOut) -> Pool:
    """(22.10) and (22.11)."""
    P = rows.hat.shape[1]
    room = 1.0 - rows.centred
    left = rows.left
    leverage = rows.hat / left
    mean = leverage.mean(axis=1)
    spread = by_others(rows).mean(axis=1) / mean
    tau = leverage / mean[:, None]
    slope = -rows.slope / (spread - rows.slope / rows.df1)  # over d log kappa
    errors = rows.squares / left**2
    variance = (rows.df1 - slope) * np.sum(left * left * tau * errors, axis=1)
    variance /= np.sum(tau * left, axis=1) ** 2
    squared = errors.mean(axis=1)
    return Pool(
        delta=rows.delta,
        kappa=rows.delta * P * mean / rows.df1,
        df1=rows.df1,
        slope=slope,
        A=np.mean(rows.overlap / left, axis=1) / room,
        B=squared - variance,
        tau=tau,
        squares=errors - tau * variance[:, None],
        P=P,
    )


def interpolated(pool: Pool, delta: Floats, df1: Floats) -> Pool:
    """The same at other ridges within the grid, where df1 is known.

    By polynomials through six ridges, in their logarithms, off by less than 1e-4, mostly 1e-6.
    """
    at = np.log(pool.delta), np.log(delta)
    found: dict[str, Any] = {name: between(at[0], getattr(pool, name), at[1]) for name in BETWEEN}
    return Pool(delta=delta, df1=df1, P=pool.P, **found)
