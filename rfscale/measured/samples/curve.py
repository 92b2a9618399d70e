r"""The losses of N features and T samples from a pool, along its grid of Delta (22.11).

.. math:: \gamma = \kappa\,(N - \mathrm{df}_1)\,y\,T_\mathrm{eff}, \qquad \mathrm{MSE} = B + v_N +
          \frac{d}{h}\Big[\frac{r}{T_\mathrm{eff}}\,\bar b + \frac{1 - y r}{\mathrm{df}_1}\,v_N\Big],
          \qquad v_N = \frac{s\,(A - B)}{N D}

with the pool's leverages and errors in the sample equation
(`rfscale.theory.equations.sample_equation`). T = P and N = infinity give the mean squared error of
leaving one out, exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.measured.samples.pool import Pool
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.sample_equation import (
    mean_errors,
    sample_variance,
    samples_at,
    unused_share,
)


class Curve(NamedTuple):
    """Along Delta, rising, for those rows of the pool that the sizes reach."""

    kernel_ridge: Floats  # the ridge over N
    mse: Floats  # on the labels as they are
    train: Floats
    df1: Floats
    kappa: Floats


def curve(pool: Pool, N: float, T: float) -> Curve:
    """The losses at one N and T, either of which may be infinite."""
    reached = pool.df1 < min(N, T)
    rows = (pool.kappa, pool.df1, pool.slope, pool.A, pool.B)
    given = np.stack([values[reached] for values in rows])
    out = np.empty((3, given.shape[1]))
    _along(given, pool.tau[reached], pool.squares[reached], float(N), float(T), out)
    return Curve(*out, df1=given[1], kappa=given[0])


@compiled
def _along(rows: Floats, tau: Floats, squares: Floats, N: float, T: float, out: Floats) -> None:
    for g in range(tau.shape[0]):
        kappa, df1, s, A, B = rows[0, g], rows[1, g], rows[2, g], rows[3, g], rows[4, g]
        samples = samples_at(tau[g], T, unused_share(tau[g], df1 / T))
        missed, missed_in_training = mean_errors(tau[g], squares[g], samples.unused)
        y_N = 1.0 - df1 / N
        D = y_N + s / N
        of_features = s * max(A - B, 0.0) / (N * D)
        spare = s * y_N / (D * df1)
        per_df, _ = sample_variance(df1, spare, samples, missed, of_features)
        of_samples = df1 * (1.0 - spare) * per_df
        used = samples.unused * samples.effective if T < np.inf else np.inf
        out[0, g] = kappa * y_N * used
        out[1, g] = B + of_features + of_samples
        out[2, g] = missed_in_training + samples.seen_with_tau * (of_features + of_samples)
