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
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rfscale.measured.samples.gram import Gram, LeaveOneOut
from rfscale.measured.samples.reading import between
from rfscale.support.arguments import Floats

ROWS = 192  # ridges at least, as many as are needed
A_DECADE = 12.0
LOWEST = 1e-10  # of them, relative to the largest eigenvalue,
BELOW = 1e-4  # or to the smallest, as one input may have another unit than the rest
FEWEST = 1e-4  # degrees of freedom, at the highest
BETWEEN = ("kappa", "slope", "A", "B", "tau", "squares")
LARGEST_SHARE = 0.95  # of P that the degrees of freedom may be


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
        rows = gram.leave_one_out(_grid(gram) if delta is None else delta)
        return population(rows if leverages else rows.as_if_equal())


def _grid(gram: Gram) -> Floats:
    """Ridges from most degrees of freedom to hardly any."""
    e = gram.eigenvalues
    lowest = min(LOWEST * e[0], BELOW * e[-1])
    if gram.largest_df1 > LARGEST_SHARE * gram.P:
        lowest = max(lowest, gram.delta_of(LARGEST_SHARE * gram.P))
    highest = e.sum() / FEWEST
    rows = max(ROWS, int(A_DECADE * np.log10(highest / lowest)))
    return np.geomspace(lowest, highest, rows)


def population(rows: LeaveOneOut) -> Pool:
    """(22.10) and (22.11)."""
    P = rows.hat.shape[1]
    room = 1.0 - rows.centred
    left = room - rows.hat
    leverage = rows.hat / left
    mean = leverage.mean(axis=1)
    mean_slope = (room * rows.hat_slope / left**2).mean(axis=1)
    tau = leverage / mean[:, None]
    q = left / room
    slope = -rows.slope / (1.0 + mean_slope / mean - rows.slope / rows.df1)  # over d log kappa
    errors = rows.squares / left**2
    variance = (rows.df1 - slope) * np.sum(q * q * tau * errors, axis=1)
    variance /= np.sum(tau * q, axis=1) ** 2
    return Pool(
        delta=rows.delta,
        kappa=rows.delta * P * mean / rows.df1,
        df1=rows.df1,
        slope=slope,
        A=np.mean(rows.overlap / left, axis=1) / room,
        B=errors.mean(axis=1) - variance,
        tau=tau,
        squares=errors - tau * variance[:, None],
        P=P,
    )


def interpolated(pool: Pool, delta: Floats, df1: Floats) -> Pool:
    """The same at other ridges within the grid, where df1 is known.

    By polynomials through six ridges, in their logarithms, which are off by less than 1e-6.
    """
    at = np.log(pool.delta), np.log(delta)
    found = {name: between(at[0], getattr(pool, name), at[1]) for name in BETWEEN}
    return Pool(delta=delta, df1=df1, P=pool.P, **found)
