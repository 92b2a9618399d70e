r"""The edges of the kernel's spectrum, in units of sigma_u^2 lambda_+ N T/M.

An eigenvalue s is a ridge g = -s at which Delta is not analytic (19.7):

.. math:: g = \Delta\, y_N y_T, \qquad \frac{dg}{d\Delta} = y_N y_T + s \Big(\frac{y_N}{T} +
          \frac{y_T}{N}\Big) = 0, \qquad s = \mathrm{df}_1 - \mathrm{df}_2

Above the largest eigenvalue Delta < -lambda_1. Below the smallest one that is not zero Delta > 0 if
min(N, T) < M, between -lambda_M and 0 if M is smaller; at N = T < M there is no gap.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import solve_point
from rfscale.traces.complex_sums import WideNodes, complex_traces
from rfscale.traces.sums import traces_kernel

STEPS = 50  # of halving a bracket
FEW_STEPS = 20  # where the bracket is narrow; g is stationary at an edge
SMALLEST = 1e-3  # of -Delta/lambda_M over 1 - M/n: the edge is above
CLOSEST = 0.8  # of -Delta to lambda_M, up to where the integral over a power law is sure


@compiled
def slope_and_ridge(
    df1: float, s: float, y_n: float, delta: float, N: float, T: float
) -> tuple[float, float]:
    """dg/dDelta and g, with y_n = 1 - df1/min(N, T)."""
    y_m = 1.0 - df1 / max(N, T)
    return y_n * y_m + s * (y_n / max(N, T) + y_m / min(N, T)), delta * y_n * y_m


@compiled
def _at_negative(wide: WideNodes, x: float, N: float, T: float) -> tuple[float, float]:
    """dg/dDelta and g at Delta = -x."""
    traces = complex_traces(wide, complex(-x, 0.0))
    df1 = traces.df1.real
    s = traces.df1_minus_df2.real
    y_n = 1.0 - df1 / min(N, T)
    slope, g = slope_and_ridge(df1, s, y_n, -x, N, T)
    return slope if y_n > 0.0 else -1.0, g  # close to the pole at -lambda_M both have changed sign


@compiled
def _at_positive(wide: WideNodes, z: float, N: float, T: float) -> tuple[float, float]:
    """The same at Delta = e^z."""
    traces = traces_kernel(wide.nodes, z)
    n = min(N, T)
    y_n = ((n - traces.above) - traces.excess) / n
    return slope_and_ridge(traces.df1, traces.df1_minus_df2, y_n, np.exp(z), N, T)


@compiled
def upper_edge(wide: WideNodes, N: float, T: float) -> float:
    """The largest eigenvalue."""
    low = -40.0
    high = np.log(1e3 * (1.0 + wide.nodes.trace))
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        slope, _ = _at_negative(wide, 1.0 + np.exp(middle), N, T)
        if slope > 0.0:
            high = middle
        else:
            low = middle
    return -_at_negative(wide, 1.0 + np.exp(high), N, T)[1]


@compiled
def lower_edge(wide: WideNodes, N: float, T: float, least: float) -> float:
    """The smallest eigenvalue that is not zero, or a number below it; 0 if there is no gap.

    Also 0 if it is below `least` for sure: below Delta without ridge, or below lambda_M.
    """
    n = min(N, T)
    M = wide.nodes.M
    if n > M:
        return _below_latents(wide, N, T) if wide.nodes.log_smallest > np.log(least) else 0.0
    if n == M or N == T:
        return 0.0
    high = solve_point(wide.nodes, N, T, -np.inf).log_delta
    if high < np.log(least):
        return 0.0
    low = high - 1.0
    while _at_positive(wide, low, N, T)[0] > 0.0:
        low -= 1.0
    for _ in range(FEW_STEPS):
        middle = 0.5 * (low + high)
        if _at_positive(wide, middle, N, T)[0] > 0.0:
            high = middle
        else:
            low = middle
    return -_at_positive(wide, high, N, T)[1]


@compiled
def _below_latents(wide: WideNodes, N: float, T: float) -> float:
    """For min(N, T) > M; where the edge is very near lambda_M, a number below it."""
    smallest = np.exp(wide.nodes.log_smallest)
    most = CLOSEST if wide.nodes.K > 0.0 else 1.0
    low = 0.0
    high = SMALLEST * (1.0 - wide.nodes.M / min(N, T))
    while high < most and _at_negative(wide, high * smallest, N, T)[0] > 0.0:
        low = high
        high *= 1.2
    high = min(high, most)
    for _ in range(FEW_STEPS):
        middle = 0.5 * (low + high)
        if _at_negative(wide, middle * smallest, N, T)[0] > 0.0:
            low = middle
        else:
            high = middle
    return -_at_negative(wide, low * smallest, N, T)[1]
