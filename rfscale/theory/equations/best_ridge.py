r"""The optimal Delta at each (N, T), compiled; the equations are in `rfscale.theory.optimal_ridge`."""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import (
    MAX_EVALUATIONS,
    Point,
    guess_without_ridge,
    size_ratios,
    solve_point,
    unused_fraction,
)
from rfscale.theory.prediction import ROWS, write_point
from rfscale.traces.moments import unlearned
from rfscale.traces.nodes import Nodes, power_law_nodes
from rfscale.traces.sums import Traces, traces_kernel

TOLERANCE = 1e-15  # of log Delta
FIRST_STEP = 0.25  # in log Delta, from the guess
REACH = 300.0  # in log Delta, beyond the smallest and the largest eigenvalue, up to which an optimum is looked for


@compiled
def optimum_points(
    nodes: Nodes,
    alpha: Floats,
    M: Floats,
    N: Floats,
    T: Floats,
    log_eta: Floats,
    start: int,
    stop: int,
    out: Floats,
) -> None:
    """`write_point`, then log(y_N y_T) and whether no ridge is best, at each point."""
    for i in range(start, stop):
        if alpha[i] != nodes.alpha or M[i] != nodes.M:
            nodes = power_law_nodes(alpha[i], M[i])
        point, log_unused, no_ridge = _optimum(nodes, N[i], T[i], log_eta[i])
        write_point(nodes, point, N[i], T[i], i, out)
        out[ROWS, i], out[ROWS + 1, i] = log_unused, no_ridge


@compiled
def _optimum(nodes: Nodes, N: float, T: float, log_eta: float) -> tuple[Point, float, bool]:
    """The fixed point at the optimum, log(y_N y_T) there, and whether it is that without ridge."""
    clean = log_eta == -np.inf
    if np.isnan(log_eta) or np.inf == T or (clean and (np.inf == N or min(N, T) >= nodes.M)):
        return solve_point(nodes, N, T, -np.inf), 0.0, True
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
    return solve_point(nodes, N, T, -np.inf), 0.0, True


@compiled
def _guess(nodes: Nodes, N: float, T: float, log_eta: float) -> float:
    """log Delta at the optimum, roughly: the closed form without noise, plus eta/T.

    Without noise df1 is a* = 2NT/(N + T + sqrt((N-T)^2 + 8NT/(alpha (1+alpha)))), here with alpha =
    1 if there is none.
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
    """Go from z, in growing steps, to where the slope has the sign of the direction, or to the end
    of the reach.

    The last two points and their slopes, and how many were tried.
    """
    least, most = nodes.log_smallest - REACH, REACH
    step, last, last_slope, count = FIRST_STEP, z, slope, 0
    while slope * direction <= 0.0 and (z < most if direction > 0.0 else z > least):
        last, last_slope = z, slope
        z, step = min(max(z + direction * step, least), most), 3.0 * step
        slope, count = _slope(nodes, N, T, log_eta, z), count + 1
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
    """The zero of the slope in a bracket, and the number of steps: inverse quadratic, or halvings
    (Chandrupatla).
    """
    a, f_a, b, f_b = upper, f_upper, lower, f_lower  # the last two points, of different sign
    c, f_c, t, count = a, f_a, 0.5, 0
    while count < MAX_EVALUATIONS:
        x = a + t * (b - a)
        f, count = _slope(nodes, N, T, log_eta, x), count + 1
        if (f > 0.0) == (f_a > 0.0):
            c, f_c = a, f_a
        else:
            c, f_c, b, f_b = b, f_b, a, f_a
        a, f_a = x, f
        tolerance = TOLERANCE * max(1.0, abs(a)) / abs(b - a)
        if f == 0.0 or not tolerance < 0.5:
            break
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        if phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi:
            t = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (
                f_c - f_a
            ) * f_b / (f_c - f_b)
        else:
            t = 0.5
        t = min(max(t, tolerance), 1.0 - tolerance)
    return (a if abs(f_a) < abs(f_b) else b), count


@compiled
def _slope(nodes: Nodes, N: float, T: float, log_eta: float, z: float) -> float:
    """What has the sign of dL/dDelta at z = log Delta.

    It is y_n less the y_n at which y_N y_T would be the bracket, a smooth function also where y_n
    -> 0 or 1.
    """
    traces = traces_kernel(nodes, z)
    n = min(N, T)
    share, gap = size_ratios(N, T)
    unused = _unused(traces, n)
    y_n = max(unused, 0.0)
    y_m = gap + share * y_n
    s, c = traces.df1_minus_df2, traces.df2_minus_df3
    signal, noise = _terms(N, T, z, y_n if N <= T else y_m, s, c, log_eta)
    if n >= nodes.M and z < nodes.log_smallest:
        return (_rise_where_all_is_learned(nodes, N, T, z, s, c) - noise) / (
            y_n * y_m + signal + noise
        )
    stationary = unused_fraction(np.sqrt(signal + noise), gap, share)
    return (unused - stationary) / (1.0 + stationary)


@compiled
def _unused(traces: Traces, n: float) -> float:
    """1 - df1/n, with the digits of n - M where all is learned."""
    return ((n - traces.above) - traces.excess) / n


@compiled
def _terms(
    N: float, T: float, z: float, y_N: float, s: float, c: float, log_eta: float
) -> tuple[float, float]:
    """The two terms of the bracket, whose sum is y_N y_T where the loss is stationary, at most
    1e200.
    """
    s_over_c = s / c  # first, as both may be tiny
    noise = (y_N**2 + s_over_c * (s / N) * (y_N + s / N)) / T
    if noise > 0.0:
        noise *= np.exp(log_eta - z)
    return s_over_c * (s / N) * (s / T), min(noise, 1e200)


@compiled
def _rise_where_all_is_learned(
    nodes: Nodes, N: float, T: float, z: float, s: float, c: float
) -> float:
    """y_N y_T - s^3/(c N T) for N, T >= M and small Delta, as a sum that does not cancel even at N
    = T = M.

    With r = sum q, w = sum q^2 = r - s and v = sum p q^2 = s - c, c r^2 - s^3 = s^2 (2w - v) + s w
    (w - 2v) - v w^2.
    """
    r, w, v = unlearned(nodes, np.exp(z / 2.0))
    spare_N, spare_T = (N - nodes.M) / N if np.inf > N else 1.0, (T - nodes.M) / T
    square = (s / c) * s * (2.0 * w - v) + (s / c) * w * (w - 2.0 * v) - (v / c) * w * w
    return spare_N * spare_T + r * (spare_N / T + spare_T / N) + square / N / T


@compiled
def _above_all_eigenvalues(
    nodes: Nodes, N: float, T: float, log_eta: float
) -> tuple[Point, float, bool]:
    """The optimum for Delta >> lambda_+, Delta = (eta/T) (1 + (tr Lambda)^2/(N tr Lambda^2)); inf
    without a teacher.

    There df2 = tr Lambda^2/Delta^2.
    """
    trace2 = traces_kernel(nodes, REACH).df2 * np.exp(2.0 * REACH)
    z = log_eta - np.log(T) + np.log1p(nodes.trace**2 / (N * trace2))
    return Point(z, 1.0, 1.0, TOLERANCE, 0.0, traces_kernel(nodes, z)), 0.0, False


@compiled
def _at(
    nodes: Nodes, N: float, T: float, log_eta: float, z: float, evaluations: float
) -> tuple[Point, float, bool]:
    """The fixed point at a stationary z, where y_N y_T is the sum of the terms."""
    traces = traces_kernel(nodes, z)
    share, gap = size_ratios(N, T)
    y_n = max(_unused(traces, min(N, T)), 0.0)
    y_N = y_n if N <= T else gap + share * y_n
    signal, noise = _terms(N, T, z, y_N, traces.df1_minus_df2, traces.df2_minus_df3, log_eta)
    unused = min(1.0, unused_fraction(np.sqrt(signal + noise), gap, share))
    larger = gap + share * unused
    y_N, y_T = (unused, larger) if N <= T else (larger, unused)
    delta_error = TOLERANCE * max(1.0, abs(z))
    return Point(z, y_N, y_T, delta_error, evaluations, traces), np.log(y_N) + np.log(y_T), False
