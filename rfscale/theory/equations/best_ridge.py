r"""The Delta of the least planar loss at each (N, T), compiled (12.10).

The loss depends on the ridge through Delta alone. With c = df2 - df3, s = df1 - df2, y_N = 1 -
df1/N, y_T = 1 - df1/T and eta = sigma_eps^2 M / sigma_w^2 (12.9), its slope dL/dDelta has the sign
of

.. math:: y_N y_T - \left[ \frac{s^3}{c N T} + \frac{\eta}{\Delta T}
          \left( y_N^2 + \frac{s^2 y_N}{c N} + \frac{s^3}{c N^2} \right) \right].

Without label noise the optimum is where c (N - df1)(T - df1) = s^3 (12.5); with N = infinity it is
where Delta (T - df1) = eta. At the optimum the bracket, a sum of positive terms, equals y_N y_T,
which by the fixed point (4.7) is gamma M / (sigma_u^2 N T Delta). So the ridge follows without a
difference of large numbers.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import (
    MAX_EVALUATIONS,
    Point,
    guess_without_ridge,
    size_ratios,
    solve_point,
    unused_fraction,
)
from rfscale.traces.moments import unlearned
from rfscale.traces.nodes import Nodes
from rfscale.traces.sums import Traces, traces_kernel

TOLERANCE = 1e-15  # of log Delta
FIRST_STEP = 0.25  # in log Delta, from the guess
REACH = 300.0  # in log Delta, beyond all eigenvalues, up to which an optimum is looked for


@compiled
def optimum(nodes: Nodes, N: float, T: float, log_eta: float) -> tuple[Point, float]:
    """The fixed point at the optimum, and log of gamma M/(sigma_u^2 lambda_+ N T) there."""
    clean = log_eta == -np.inf
    if np.isnan(log_eta) or np.inf == T or (clean and (np.inf == N or min(N, T) >= nodes.M)):
        return solve_point(nodes, N, T, -np.inf), -np.inf
    start = min(max(_guess(nodes, N, T, log_eta), nodes.log_smallest - REACH), REACH)
    f_start = _slope(nodes, N, T, log_eta, start)
    direction = 1.0 if f_start < 0.0 else -1.0
    inside, f_inside, end, f_end, count = _search(nodes, N, T, log_eta, start, f_start, direction)
    if f_end * direction > 0.0:
        z, more = _root(nodes, N, T, log_eta, inside, f_inside, end, f_end)
        return _at(nodes, N, T, log_eta, z, 2.0 + count + more)
    if direction > 0.0:
        return _above_all_eigenvalues(nodes, N, T, log_eta)
    if T == nodes.M:  # the noise diverges without ridge
        return _at(nodes, N, T, log_eta, end, 2.0 + count)
    return solve_point(nodes, N, T, -np.inf), -np.inf


@compiled
def _guess(nodes: Nodes, N: float, T: float, log_eta: float) -> float:
    """log Delta at the optimum, roughly: the closed form without noise, plus eta/T.

    Without noise df1 is (12.15), here with alpha = 1 if there is none.
    """
    alpha = nodes.alpha if nodes.alpha > 0.0 else 1.0
    share, gap = size_ratios(N, T)
    a = 2.0 * min(N, T) / (1.0 + share + np.sqrt(gap**2 + 8.0 * share / (alpha * (1.0 + alpha))))
    clean = guess_without_ridge(nodes, min(a, nodes.M))
    return np.logaddexp(clean, log_eta - np.log(T))


@compiled
def _search(
    nodes: Nodes, N: float, T: float, log_eta: float, z: float, slope: float, direction: float
) -> tuple[float, float, float, float, int]:
    """Go from z, in growing steps, to where the slope has the sign of the direction.

    Or to the end of the reach. The last two points and their slopes, and how many were tried.
    """
    least = nodes.log_smallest - REACH
    most = REACH
    step = FIRST_STEP
    last = z
    last_slope = slope
    count = 0
    while slope * direction <= 0.0 and (z < most if direction > 0.0 else z > least):
        last = z
        last_slope = slope
        z = min(max(z + direction * step, least), most)
        step *= 3.0
        slope = _slope(nodes, N, T, log_eta, z)
        count += 1
    return last, last_slope, z, slope, count


@compiled
def _root(
    nodes: Nodes,
    N: float,
    T: float,
    log_eta: float,
    lower: float,
    f_lower: float,
    upper: float,
    f_upper: float,
) -> tuple[float, int]:
    """The zero of the slope in a bracket, by Chandrupatla's method, and the number of steps."""
    a = c = upper  # a and b are the last two points, of different sign
    f_a = f_c = f_upper
    b = lower
    f_b = f_lower
    t = 0.5
    count = 0
    while count < MAX_EVALUATIONS:
        x = a + t * (b - a)
        f = _slope(nodes, N, T, log_eta, x)
        count += 1
        if (f > 0.0) != (f_a > 0.0):
            a, b = b, a
            f_a, f_b = f_b, f_a
        c = a
        f_c = f_a
        a = x
        f_a = f
        tolerance = TOLERANCE * max(1.0, abs(a)) / abs(b - a)
        if f == 0.0 or not tolerance < 0.5:
            break
        xi = (a - b) / (c - b)
        phi = (f_a - f_b) / (f_c - f_b)
        t = 0.5
        if phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi:
            t = f_a / (f_b - f_a) * f_c / (f_b - f_c)
            t += (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
        t = min(max(t, tolerance), 1.0 - tolerance)
    return (a if abs(f_a) < abs(f_b) else b), count


@compiled
def _slope(nodes: Nodes, N: float, T: float, log_eta: float, z: float) -> float:
    """A function of the sign of dL/dDelta at z = log Delta.

    It is y_n less the y_n at which y_N y_T would be the bracket, a smooth function also where y_n
    -> 0 or 1.
    """
    traces = traces_kernel(nodes, z)
    n = min(N, T)
    share, gap = size_ratios(N, T)
    unused = _unused(traces, n)
    y_n = max(unused, 0.0)
    y_m = gap + share * y_n
    signal, noise = _terms(N, T, z, y_n if N <= T else y_m, traces, log_eta)
    if n >= nodes.M and z < nodes.log_smallest:
        rise = _rise_where_all_is_learned(nodes, N, T, z, traces)
        return (rise - noise) / (y_n * y_m + signal + noise)
    stationary = unused_fraction(np.sqrt(signal + noise), gap, share)
    return (unused - stationary) / (1.0 + stationary)


@compiled
def _unused(traces: Traces, n: float) -> float:
    """1 - df1/n, with the digits of n - M where all is learned."""
    return ((n - traces.above) - traces.excess) / n


@compiled
def _terms(
    N: float, T: float, z: float, y_N: float, traces: Traces, log_eta: float
) -> tuple[float, float]:
    """The two terms of the bracket, at most 1e200: their sum is y_N y_T where (12.10) holds."""
    s = traces.df1_minus_df2
    s_over_c = s / traces.df2_minus_df3  # first, as both may be tiny
    noise = (y_N**2 + s_over_c * (s / N) * (y_N + s / N)) / T
    if noise > 0.0:
        noise *= np.exp(log_eta - z)
    return s_over_c * (s / N) * (s / T), min(noise, 1e200)


@compiled
def _rise_where_all_is_learned(nodes: Nodes, N: float, T: float, z: float, traces: Traces) -> float:
    """y_N y_T - s^3/(c N T) for N, T >= M and small Delta.

    A sum that does not cancel even at N = T = M. With r = sum q, w = sum q^2 = r - s and v = sum p
    q^2 = s - c, c r^2 - s^3 = s^2 (2w - v) + s w (w - 2v) - v w^2.
    """
    s = traces.df1_minus_df2
    c = traces.df2_minus_df3
    r, w, v = unlearned(nodes, np.exp(z / 2.0))
    spare_N = (N - nodes.M) / N if np.inf > N else 1.0
    spare_T = (T - nodes.M) / T
    square = (s / c) * s * (2.0 * w - v) + (s / c) * w * (w - 2.0 * v) - (v / c) * w * w
    return spare_N * spare_T + r * (spare_N / T + spare_T / N) + square / N / T


@compiled
def _above_all_eigenvalues(nodes: Nodes, N: float, T: float, log_eta: float) -> tuple[Point, float]:
    """The optimum for Delta >> lambda_+, Delta = (eta/T) (1 + (tr Lambda)^2/(N tr Lambda^2)).

    There df2 = tr Lambda^2/Delta^2. Infinite without a teacher.
    """
    trace2 = traces_kernel(nodes, REACH).df2 * np.exp(2.0 * REACH)
    z = log_eta - np.log(T) + np.log1p(nodes.trace**2 / (N * trace2))
    return Point(z, 1.0, 1.0, TOLERANCE, 0.0, traces_kernel(nodes, z)), z


@compiled
def _at(
    nodes: Nodes, N: float, T: float, log_eta: float, z: float, evaluations: float
) -> tuple[Point, float]:
    """The fixed point at a stationary z, where y_N y_T is the sum of the terms."""
    traces = traces_kernel(nodes, z)
    share, gap = size_ratios(N, T)
    y_n = max(_unused(traces, min(N, T)), 0.0)
    y_N = y_n if N <= T else gap + share * y_n
    signal, noise = _terms(N, T, z, y_N, traces, log_eta)
    unused = min(1.0, unused_fraction(np.sqrt(signal + noise), gap, share))
    larger = gap + share * unused
    y_N, y_T = (unused, larger) if N <= T else (larger, unused)
    delta_error = TOLERANCE * max(1.0, abs(z))
    log_ridge = z + (np.log(y_N) + np.log(y_T))
    return Point(z, y_N, y_T, delta_error, evaluations, traces), log_ridge
