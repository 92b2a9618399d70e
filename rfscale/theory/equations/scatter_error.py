r"""How much larger than (17.3) the standard deviations of small systems may be (17.8).

For the noise without ridge, which is the trace of an inverse Wishart matrix, the variance relative
to the mean squared is that of (17.3) times :math:`1/(1 - 3/k)`, k = T - n. The signal where all is
learned has second powers of two inverse Wishart matrices, and a variance for T - M and N - M above
seven. In between, with the variances C_a and C_b of log a and log b (6.18), the logarithm of what
std over mean may be larger by is estimated as

.. math:: g_\mathrm{signal} = g + 0.7\,(C_a + C_b) - \tfrac12 \sum_{C = C_a, C_b}
          \log\Big[1 - 7 (1 - w) \Big(\frac{\mathrm{df}_2}{\mathrm{df}_1}\Big)^4 C\Big], \quad
          g_\mathrm{noise} = g + 0.5\,(C_a + C_b) - \tfrac{1 - w}{2} \log\Big[1 -
          \frac{3 \nu_M^2}{\omega_M^3}\Big], \qquad g = -\tfrac w2 \log\Big[1 -
          \frac{3\nu^2}{\omega^3}\Big] + \tfrac w2 \Big[1 - \frac{\nu^2}{\omega^2}\Big]
          \min\Big(1, \frac1\omega\Big),

w, nu and omega of the poles at N = T and, with index M, at T = M as in (8.21). Where the spectrum
has a gap, the few directions above it have poles of their own, as the rest is a ridge for them.
Then h is near 1, which is 0 for a power law, and both have

.. math:: -\tfrac12 \sum_{C = C_a, C_b} \log\big[1 - 3\sqrt h\,C\big], \qquad h = 1 - 2\,
          \frac{\mathrm{df}_2 - \mathrm{df}_3}{\mathrm{df}_1 - \mathrm{df}_2}\,
          \frac{\mathrm{df}_1}{\mathrm{df}_2} \ge 0,

more. The poles are derived, their weights and the other terms were calibrated against simulations.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import Point
from rfscale.theory.equations.planar import Saddle
from rfscale.traces.sums import Traces


class Growth(NamedTuple):
    """Logarithms of factors of std over mean, at most; the same in the other direction."""

    signal: float
    learned: float  # more of the signal's, where all is learned, which the largest loss limits
    noise: float


@compiled
def growth(point: Point, saddle: Saddle, N: float, T: float, M: float) -> Growth:
    """How much more than leading order the scatter may be."""
    y_N, y_T, iN, iT, D = saddle
    if D == 0.0:
        return Growth(np.inf, 0.0, np.inf)
    traces = point.traces
    s = traces.df1_minus_df2
    in_a = (y_N + s * iN) * iT / D
    in_b = (y_T + s * iT) * iN / D
    share = (y_N * iT + y_T * iN) * s / D
    of_sizes = 0.0
    if share > 0.0:
        of_sizes = _pole(abs(N - T), y_N * N + y_T * T, share, 0.5)
    steepness = 7.0 * (1.0 - share) * (traces.df2 / traces.df1) ** 4 if traces.df1 > 0.0 else 0.0
    of_latents = 0.0
    if traces.df2 > 0.5 * traces.df1:
        left = max(M - traces.df1, 0.0)
        of_latents = _pole(abs(T - M), y_T * T + left, 1.0 - share, 0.0)
    of_gap = 3.0 * np.sqrt(_gap(traces))
    common = of_sizes + 0.5 * (_logarithm(of_gap * in_a) + _logarithm(of_gap * in_b))
    regular = in_a + in_b
    return Growth(
        signal=common + 0.7 * regular,
        learned=0.5 * (_logarithm(steepness * in_a) + _logarithm(steepness * in_b)),
        noise=common + of_latents + 0.5 * regular,
    )


@compiled
def _gap(traces: Traces) -> float:
    """How far the learned directions are above the rest: 0 for a power law, at most 1."""
    left = traces.df1_minus_df2 * traces.df2
    if left <= 0.0:
        return 0.0
    return max(1.0 - 2.0 * traces.df2_minus_df3 * traces.df1 / left, 0.0)


@compiled
def _pole(nu: float, omega: float, share: float, held: float) -> float:
    """The growth by a pole, and by what is left of it where a ridge holds it."""
    if omega == np.inf or share <= 0.0:
        return 0.0
    if omega == 0.0:
        return np.inf
    free = min(nu / omega, 1.0) ** 2
    by_ridge = held * (1.0 - free) * min(1.0, 1.0 / omega)
    return share * (0.5 * _logarithm(3.0 * free / omega) + by_ridge)


@compiled
def _logarithm(x: float) -> float:
    """-log(1 - x), infinite beyond 1."""
    return -np.log1p(-x) if x < 1.0 else np.inf
