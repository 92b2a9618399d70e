r"""The degrees of freedom of a covariance matrix of T samples, and their fluctuations (23.8).

With p = lambda/(lambda + kappa), q = 1 - p, sums over the population's eigenvalues and the ridge d
that is added to the sample covariance matrix,

.. math:: \kappa \Big(1 - \frac{\mathrm{df}_1(\kappa)}{T}\Big) = d, \qquad \frac{d\log d}{d\log
          \kappa} = 1 + \frac{\mathrm{df}_1 - \mathrm{df}_2}{T - \mathrm{df}_1}, \qquad S =
          \sum_J p_J(\kappa_1)\, p_J(\kappa_2)
.. math:: C_{12} = \frac{\partial^2}{\partial\log\kappa_1\,\partial\log\kappa_2}
          \Big[-2\log\Big(1 - \frac ST\Big)\Big], \qquad b = -\frac{d}{d\log\kappa}\,
          \frac12\log\Big(1 - \frac{\mathrm{df}_2}{T}\Big) = -\frac{\sum_J p_J^2 q_J}
          {T - \mathrm{df}_2}

C and b are the covariance and the mean of what a sample's df1 is off the population's at the kappa
that the sample itself gives; those at a given ridge are smaller by d log kappa/d log d. The
covariance is that of linear statistics of Bai and Silverstein (Ann. Probab. 32, 553).
"""

from __future__ import annotations

from typing import NamedTuple

from rfscale.support.arguments import Floats


class PopulationSums(NamedTuple):
    """Sums over a population of eigenvalues, at each kappa and for each pair."""

    df1: Floats  # sum p, (K,)
    df2: Floats  # sum p^2
    df1_minus_df2: Floats  # sum p q
    df2_minus_df3: Floats  # sum p^2 q
    learned: Floats  # S = sum p_1 p_2, (K, K)
    falling: Floats  # -dS/dlog kappa_1 = sum p_1 q_1 p_2
    bending: Floats  # d^2 S/dlog kappa_1 dlog kappa_2 = sum p_1 q_1 p_2 q_2


def population_sums(eigenvalues: Floats, counts: Floats, kappa: Floats) -> PopulationSums:
    """The sums over eigenvalues (n,) with the weights `counts` (n,), at each kappa (K,)."""
    p = eigenvalues / (eigenvalues + kappa[:, None])
    q = kappa[:, None] / (eigenvalues + kappa[:, None])
    pq = p * q
    return PopulationSums(
        df1=p @ counts,
        df2=p**2 @ counts,
        df1_minus_df2=pq @ counts,
        df2_minus_df3=(p * pq) @ counts,
        learned=(p * counts) @ p.T,
        falling=(pq * counts) @ p.T,
        bending=(pq * counts) @ pq.T,
    )


def renormalised(ridge: Floats, df1: Floats, T: float) -> Floats:
    """kappa of the ridge d and the df1 of T samples there (23.4): the ridge of the population."""
    return ridge / (1.0 - df1 / T)


def ridge_slope(sums: PopulationSums, T: float) -> Floats:
    """d log d/d log kappa (23.4), at least 1, (K,)."""
    return 1.0 + sums.df1_minus_df2 / (T - sums.df1)


def covariance(sums: PopulationSums, T: float) -> Floats:
    """C (23.8): of a sample's df1 at its own kappa, (K, K)."""
    rest = T - sums.learned
    return 2.0 * (sums.bending / rest + sums.falling * sums.falling.T / rest**2)


def mean_shift(sums: PopulationSums, T: float) -> Floats:
    """b (23.10): the mean of a sample's df1 less the population's at the sample's kappa, (K,)."""
    return -sums.df2_minus_df3 / (T - sums.df2)
