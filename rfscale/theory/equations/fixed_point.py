r"""The planar fixed point (4.7): the resolution Delta of N features and T samples at a given ridge.

.. math:: \Delta\,(N - \mathrm{df}_1(\Delta))\,(T - \mathrm{df}_1(\Delta)) = \gamma M/\sigma_u^2,
          \qquad \mathrm{df}_1 < \min(N, T, M)

Source: [MRS] without ridge, [Zhang] at any ridge; the same as in [Simon], [AZP], [Bach] with
conventions mapped.

With n = min(N, T), m = max(N, T), the unused fractions y_n = 1 - df1/n and y_m = 1 - df1/m, and
h^2 = gamma M / (sigma_u^2 N T Delta), the equation splits into a quadratic and a monotone one:

.. math:: y_n y_m = h^2, \quad y_m = (1 - n/m) + (n/m) y_n, \qquad \mathrm{df}_1(\Delta) = n (1 -
          y_n).

The quadratic gives y_n without a difference of large numbers, in every limit: ridge -> 0, N = T, N
or T = infinity. The second equation decreases in log Delta and is solved by Halley steps inside a
bracket.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.traces.nodes import Nodes
from rfscale.traces.sums import Traces, traces_kernel

MAX_EVALUATIONS = 200
SMALL_STEP = 1e-8  # in log Delta: from here on Halley's method converges at once, or to rounding
EPS = 2.2e-16


class Point(NamedTuple):
    """The solution at one (N, T, ridge)."""

    log_delta: float  # log(Delta/lambda_+); -inf where Delta = 0 (no ridge and N, T >= M)
    unused_N: float  # 1 - df1/N and 1 - df1/T, in [0, 1], with full relative accuracy
    unused_T: float
    delta_error: float  # size of the step that is left: an estimate of the relative error of Delta
    evaluations: float  # how often the spectrum was summed
    traces: Traces


@compiled
def size_ratios(N: float, T: float) -> tuple[float, float]:
    """n/m and 1 - n/m, the latter without cancellation; 1 and 0 where both are infinite."""
    if N == T:
        return 1.0, 0.0
    n = min(N, T)
    m = max(N, T)
    return (n / m, (m - n) / m) if m < np.inf else (0.0, 1.0)


@compiled
def unused_fraction(h: float, gap: float, share: float) -> float:
    """The root y >= 0 of y (gap + share y) = h^2."""
    return h * (2.0 * h / (gap + np.hypot(gap, 2.0 * np.sqrt(share) * h))) if h > 0.0 else 0.0


@compiled
def solve_point(nodes: Nodes, N: float, T: float, log_ridge: float) -> Point:
    """The root of (4.7); log_ridge is that of gamma M/(sigma_u^2 lambda_+ N T)."""
    n = min(N, T)
    share, gap = size_ratios(N, T)
    if log_ridge == np.inf:  # an infinite ridge learns nothing
        return Point(np.inf, 1.0, 1.0, 0.0, 0.0, traces_kernel(nodes, np.inf))
    if log_ridge == -np.inf and n >= nodes.M:  # all is learned without ridge
        y = 1.0 if n == np.inf else (n - nodes.M) / n
        return _point(-np.inf, y, N <= T, gap + share * y, 0.0, 0, traces_kernel(nodes, -np.inf))
    if n == np.inf and log_ridge > -np.inf:  # Delta is the ridge
        return Point(log_ridge, 1.0, 1.0, 0.0, 1.0, traces_kernel(nodes, log_ridge))
    lower, upper = _bracket(nodes, n, log_ridge)
    z = min(max(_guess(nodes, n, share, gap, log_ridge), lower), upper)
    evaluations = 0
    last_step = np.inf
    while True:
        traces = traces_kernel(nodes, z)
        evaluations += 1
        y = min(1.0, unused_fraction(np.exp((log_ridge - z) / 2.0), gap, share))
        mismatch = (traces.above - n) + (traces.excess + n * y)  # df1 - n (1 - y)
        step, rounding = _halley_step(traces, mismatch, n, share, gap, y)
        if mismatch > 0.0:
            lower = z
        else:
            upper = z
        tolerance = max(2.0 * EPS * max(1.0, abs(z)), rounding)
        if abs(step) <= tolerance or upper - lower <= tolerance or evaluations == MAX_EVALUATIONS:
            return _point(z, y, N <= T, gap + share * y, abs(step), evaluations, traces)
        is_slow = abs(step) > 0.5 * abs(last_step) and abs(step) > SMALL_STEP
        if is_slow or not lower < z + step < upper:
            step = 0.5 * (lower + upper) - z  # halve the bracket
        z += step
        last_step = step


@compiled
def _point(
    z: float,
    y_n: float,
    features_are_fewer: bool,
    y_m: float,
    delta_error: float,
    evaluations: int,
    traces: Traces,
) -> Point:
    y_N, y_T = (y_n, y_m) if features_are_fewer else (y_m, y_n)
    return Point(z, y_N, y_T, delta_error, float(evaluations), traces)


@compiled
def _bracket(nodes: Nodes, n: float, log_ridge: float) -> tuple[float, float]:
    """Bounds on log Delta, with rho = gamma M/(sigma_u^2 N T), all in units of lambda_+.

    Below: Delta >= rho as y_n y_m <= 1, and sum q = M - df1 >= M - n with q <= Delta/lambda_M.
    Above: df1 <= tr(Lambda)/Delta gives y_n y_m >= 1 - 2 tr(Lambda)/(n Delta), so Delta <= rho + 2
    tr(Lambda)/n; with 3, for the first is reached where rho is large, and steps to it must not be
    refused for a rounding.
    """
    latents_left = max(nodes.M - n, 0.0) / nodes.M
    lower = max(log_ridge, nodes.log_smallest + np.log(latents_left))
    return lower, np.logaddexp(log_ridge, np.log(3.0 * nodes.trace / n))


@compiled
def _guess(nodes: Nodes, n: float, share: float, gap: float, log_ridge: float) -> float:
    """log Delta, roughly: the sum of Delta without ridge and of the ridge.

    For n >= M, where Delta may be far below all eigenvalues, at most the solutions with a part of
    y_n and y_m only: both are sums of what is spare, 1 - M/n or 1 - M/m, and of sum q, about Delta
    M/((2 + alpha) lambda_M).
    """
    if n < nodes.M:
        return np.logaddexp(guess_without_ridge(nodes, n), log_ridge)
    spare = (n - nodes.M) / n
    log_slope = np.log(nodes.M / n) - nodes.log_smallest - np.log(2.0 + nodes.alpha)
    all_spare = log_ridge - np.log(spare * (gap + share * spare))
    one_spare = (log_ridge - log_slope - np.log(gap + share * spare)) / 2.0
    none_spare = (log_ridge - 2.0 * log_slope - np.log(share)) / 3.0
    return min(all_spare, one_spare, none_spare, np.logaddexp(nodes.log_smallest, log_ridge))


@compiled
def guess_without_ridge(nodes: Nodes, n: float) -> float:
    """log Delta at ridge 0 for n <= M, roughly: (11.18) with n + 1/2, or the n-th eigenvalue."""
    alpha = nodes.alpha
    if n == nodes.M:
        return nodes.log_smallest
    if alpha == 0.0:
        return -2.0 * np.log(nodes.roots[int(n)])
    s = 1.0 / (1.0 + alpha)
    c = np.pi * s / np.sin(np.pi * min(alpha, 1.0) * s)
    closed_form = np.log(c / (n + 0.5)) / s + np.log(-np.expm1(alpha * np.log(n / nodes.M)))
    return min(closed_form, np.log(nodes.trace / n))


@compiled
def _halley_step(
    traces: Traces, mismatch: float, n: float, share: float, gap: float, y: float
) -> tuple[float, float]:
    """Halley's step in log Delta, and how much of it may be rounding."""
    s = traces.df1_minus_df2
    c = traces.df2_minus_df3  # -d df1/dz = s, -ds/dz = s - 2c (4.8)
    y_m = gap + share * y
    width = gap + 2.0 * share * y
    slope_y = -y * y_m / width if y > 0.0 else 0.0  # y y_m falls like 1/Delta
    curvature_y = (y * y_m - 2.0 * share * slope_y**2) / width if y > 0.0 else 0.0
    slope = -s + n * slope_y
    curvature = (s - 2.0 * c) + n * curvature_y
    if not slope < 0.0:
        return 0.0, 0.0
    newton = -mismatch / slope
    halley = newton / max(1.0 + 0.5 * newton * curvature / slope, 0.5)
    rounding = 2.0 * EPS * (abs(traces.above - n) + abs(traces.excess) + n * y) / -slope
    return halley, rounding
