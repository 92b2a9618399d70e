r"""The losses of N features and T samples from a pool, along its grid of Delta (22.12).

.. math:: \gamma = \kappa\,(N - \mathrm{df}_1)\,y_T\,T_\mathrm{eff}, \qquad \mathrm{MSE} = B + v_N +
          \frac{d}{h}\Big[\frac{r}{T_\mathrm{eff}}\,\bar b + \frac{1 - y_T
          r}{\mathrm{df}_1}\,v_N\Big], \qquad v_N = \frac{s\,(A - B)}{N D}

with the pool's leverages and errors in the sample equation
(`rfscale.theory.equations.sample_equation`). T = P and N = infinity give the mean squared error of
leaving one out, exactly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rfscale.measured.samples.pool import Pool
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.sample_equation import (
    Samples,
    mean_errors,
    sample_variance,
    samples_at,
    unused_share,
)


class SampleSide(NamedTuple):
    """What T samples do in the rows of a pool's grid, whatever N is: one array each."""

    unused: Floats  # the first six are the fields of `Samples`
    effective: Floats
    ratio: Floats
    squares: Floats
    seen: Floats
    seen_with_tau: Floats
    missed: Floats  # mean of b weighted by u^2/tau
    missed_in_training: Floats  # and of q^2 b


class Rows(NamedTuple):
    """What the losses need of a pool, whatever N and T are, along its grid."""

    kappa: Floats
    df1: Floats
    slope: Floats
    A: Floats
    B: Floats


class PoolLosses(NamedTuple):
    """Numbers, or arrays of them."""

    kernel_ridge: Any  # the ridge over N
    mse: Any  # on the labels as they are
    train: Any
    df1: Any
    kappa: Any
    order_error: Any  # estimate of the terms of relative order 1/size


def rows_of(pool: Pool) -> Rows:
    """Those of a pool."""
    return Rows(pool.kappa, pool.df1, pool.slope, pool.A, pool.B)


def sample_side(pool: Pool, T: float) -> SampleSide:
    """Of T samples of a pool. Where df1 >= T none of the samples' strength is unused."""
    side = SampleSide(*np.empty((len(SampleSide._fields), pool.df1.size)))
    _along(pool.df1, pool.tau, pool.squares, float(T), side)
    return side


@compiled
def _along(df1: Floats, tau: Floats, squares: Floats, T: float, side: SampleSide) -> None:
    for g in range(df1.size):
        at = samples_at(tau[g], T, unused_share(tau[g], df1[g] / T))
        missed, missed_in_training = mean_errors(tau[g], squares[g], at.unused)
        side.unused[g] = at.unused
        side.effective[g] = at.effective
        side.ratio[g] = at.ratio
        side.squares[g] = at.squares
        side.seen[g] = at.seen
        side.seen_with_tau[g] = at.seen_with_tau
        side.missed[g] = missed
        side.missed_in_training[g] = missed_in_training


@compiled
def _samples(side: SampleSide, g: int) -> Samples:
    return Samples(
        unused=side.unused[g],
        effective=side.effective[g],
        ratio=side.ratio[g],
        squares=side.squares[g],
        seen=side.seen[g],
        seen_with_tau=side.seen_with_tau[g],
    )


@compiled
def curve(rows: Rows, side: SampleSide, N: float, T: float, share: float) -> Floats:
    """The fields of `PoolLosses`, (6, rows), where df1 is below a share of N and T.

    N may be infinite.
    """
    first = np.searchsorted(-rows.df1, -share * min(N, T), side="right")
    out = np.empty((6, rows.df1.size - first))
    for g in range(first, rows.df1.size):
        samples = _samples(side, g)
        df1 = rows.df1[g]
        s = rows.slope[g]
        y_N = 1.0 - df1 / N
        D = y_N + s / N
        of_features = s * max(rows.A[g] - rows.B[g], 0.0) / (N * D)
        spare = s * y_N / (D * df1)
        followed, held = sample_variance(spare, samples, side.missed[g], of_features)
        of_samples = df1 * (1.0 - spare) * followed / held
        mse = rows.B[g] + of_features + of_samples
        # (6.16) for unequal leverages
        y_T = samples.unused * samples.ratio  # whatever the scale of all leverages
        spread = y_T / N + y_N * samples.squares + 2.0 * s * samples.squares / N
        k = g - first
        out[0, k] = rows.kappa[g] * y_N * samples.unused * samples.effective
        out[1, k] = mse
        out[2, k] = side.missed_in_training[g] + samples.seen_with_tau * (of_features + of_samples)
        out[3, k] = df1
        out[4, k] = rows.kappa[g]
        out[5, k] = spread / (D * held) * (of_features + of_samples) / mse
    return out
