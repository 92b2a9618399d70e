r"""The losses of N features and T samples from a pool, along its grid of Delta (22.12).

.. math:: \gamma = \kappa\,(N - \mathrm{df}_1)\,y\,T_\mathrm{eff}, \qquad \mathrm{MSE} = B + v_N +
          \frac{d}{h}\Big[\frac{r}{T_\mathrm{eff}}\,\bar b + \frac{1 - y
          r}{\mathrm{df}_1}\,v_N\Big], \qquad v_N = \frac{s\,(A - B)}{N D}

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
    Samples,
    mean_errors,
    sample_variance,
    samples_at,
    unused_share,
)


class SampleSide(NamedTuple):
    """What T samples of a pool do along Delta, whatever N is."""

    samples: Samples  # arrays
    missed: Floats  # mean of b, weighted by u^2/tau
    missed_in_training: Floats  # mean of q^2 b


class Curve(NamedTuple):
    """The losses along Delta, rising, in those rows of the pool that the sizes reach."""

    kernel_ridge: Floats  # the ridge over N
    mse: Floats  # on the labels as they are
    train: Floats
    df1: Floats
    kappa: Floats
    order_error: Floats  # estimate of the terms of relative order 1/size


def sample_side(pool: Pool, T: float) -> SampleSide:
    """For all rows; where df1 >= T none of the samples' strength is unused."""
    out = np.empty((len(Samples._fields) + 2, pool.df1.size))
    _along(pool.df1, pool.tau, pool.squares, float(T), out)
    return SampleSide(Samples(*out[:-2]), missed=out[-2], missed_in_training=out[-1])


@compiled
def _along(df1: Floats, tau: Floats, squares: Floats, T: float, out: Floats) -> None:
    for g in range(df1.size):
        at = samples_at(tau[g], T, unused_share(tau[g], df1[g] / T))
        missed, missed_in_training = mean_errors(tau[g], squares[g], at.unused)
        out[0, g] = at.unused
        out[1, g] = at.effective
        out[2, g] = at.ratio
        out[3, g] = at.squares
        out[4, g] = at.seen
        out[5, g] = at.seen_with_tau
        out[6, g] = missed
        out[7, g] = missed_in_training


def curve(pool: Pool, side: SampleSide, N: float, T: float, share: float = 1.0) -> Curve:
    """The losses where df1 is below a share of N and T, either of which may be infinite."""
    reached = pool.df1 < share * min(N, T)
    rows = (pool.kappa, pool.df1, pool.slope, pool.A, pool.B)
    kappa, df1, s, A, B = (values[reached] for values in rows)
    of_rows = [np.asarray(values)[reached] for values in side.samples]
    samples = Samples(*of_rows)  # type: ignore[arg-type]  # of numbers, elsewhere
    y_N = 1.0 - df1 / N
    D = y_N + s / N
    of_features = s * np.maximum(A - B, 0.0) / (N * D)
    spare = s * y_N / (D * df1)
    missed = side.missed[reached]
    followed, held = sample_variance(spare, samples, missed, of_features)
    of_samples = df1 * (1.0 - spare) * followed / held
    each = samples.squares
    spread = samples.unused / N + y_N * each + 2.0 * s * each / N  # (6.16) for unequal leverages
    mse = B + of_features + of_samples
    used = np.full(df1.size, np.inf) if np.isinf(T) else samples.unused * samples.effective
    return Curve(
        kernel_ridge=kappa * y_N * used,
        mse=mse,
        train=side.missed_in_training[reached] + samples.seen_with_tau * (of_features + of_samples),
        df1=df1,
        kappa=kappa,
        order_error=spread / (D * held) * (of_features + of_samples) / mse,
    )
