r"""The optimal Delta at each (N, T), compiled; the equations are in `rfscale.theory.optimal_ridge`."""

from __future__ import annotations

import numpy as np

from rfscale.arguments import Floats
from rfscale.compiled import compiled
from rfscale.theory.fixed_point import Point, size_ratios, solve_point, unused_fraction
from rfscale.theory.planar import ROWS, write_point
from rfscale.traces.moments import moment
from rfscale.traces.nodes import Nodes, power_law_nodes
from rfscale.traces.sums import traces_kernel

TOLERANCE = 1e-15  # of log Delta
REACH = 300.0  # in log Delta, beyond the smallest and the largest eigenvalue, up to which an optimum is looked for


@compiled
def optimum_points(
    nodes: Nodes, alpha: Floats, M: Floats, N: Floats, T: Floats, log_eta: Floats, start: int, stop: int, out: Floats
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
    none = solve_point(nodes, N, T, -np.inf)
    clean = log_eta == -np.inf
    if np.isnan(log_eta) or np.inf == T or (clean and (np.inf == N or min(N, T) >= nodes.M)):
        return none, 0.0, True
    lower, slope_lower = _search(nodes, N, T, log_eta, -1.0, max(none.log_delta, nodes.log_smallest - 1.0))
    if slope_lower >= 0.0 and not (T == nodes.M and not clean):  # at T = M the noise diverges without ridge
        return none, 0.0, True
    if slope_lower >= 0.0:
        return _at(nodes, N, T, log_eta, lower)
    upper, slope_upper = _search(nodes, N, T, log_eta, 1.0, lower + 1.0)
    if slope_upper <= 0.0:
        return _above_all_eigenvalues(nodes, N, T, log_eta)
    return _at(nodes, N, T, log_eta, _root(nodes, N, T, log_eta, lower, slope_lower, upper, slope_upper))


@compiled
def _search(nodes: Nodes, N: float, T: float, log_eta: float, direction: float, z: float) -> tuple[float, float]:
    """Go from z, in growing steps, to where the slope has the sign of the direction, or to the end of the reach."""
    least, most = min(nodes.log_smallest - REACH, z), REACH
    step, slope = 1.0, _slope(nodes, N, T, log_eta, z)
    while slope * direction <= 0.0 and least < z < most:
        z, step = min(max(z + direction * step, least), most), 2.0 * step
        slope = _slope(nodes, N, T, log_eta, z)
    return z, slope


@compiled
def _root(
    nodes: Nodes, N: float, T: float, log_eta: float, lower: float, f_lower: float, upper: float, f_upper: float
) -> float:
    """The zero of the slope in a bracket: inverse quadratic steps or halvings, by Chandrupatla's criterion."""
    a, f_a, b, f_b = upper, f_upper, lower, f_lower  # the last two points, of different sign
    c, f_c, t = a, f_a, 0.5
    while True:
        x = a + t * (b - a)
        f = _slope(nodes, N, T, log_eta, x)
        if (f > 0.0) == (f_a > 0.0):
            c, f_c = a, f_a
        else:
            c, f_c, b, f_b = b, f_b, a, f_a
        a, f_a = x, f
        tolerance = TOLERANCE * max(1.0, abs(a)) / abs(b - a)
        if f == 0.0 or tolerance > 0.5:
            return a if abs(f_a) < abs(f_b) else b
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        if phi**2 < xi and (1.0 - phi) ** 2 < 1.0 - xi:
            t = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
        else:
            t = 0.5
        t = min(max(t, tolerance), 1.0 - tolerance)


@compiled
def _slope(nodes: Nodes, N: float, T: float, log_eta: float, z: float) -> float:
    """What has the sign of dL/dDelta at z = log Delta, in [-1, 1]: y_N y_T - bracket over their sum."""
    traces = traces_kernel(nodes, z)
    n = min(N, T)
    share, gap = size_ratios(N, T)
    unused = max(((n - traces.above) - traces.excess) / n, 0.0)  # 1 - df1/n
    unused_larger = gap + share * unused
    product = unused * unused_larger
    s, c = traces.df1_minus_df2, traces.df2_minus_df3
    signal, noise = _terms(N, T, z, unused if N <= T else unused_larger, s, c, log_eta)
    all_learned = n >= nodes.M and z < nodes.log_smallest
    rise = _rise_where_all_is_learned(nodes, N, T, z, s, c) if all_learned else product - signal
    return (rise - noise) / (product + signal + noise)


@compiled
def _terms(N: float, T: float, z: float, y_N: float, s: float, c: float, log_eta: float) -> tuple[float, float]:
    """The two terms of the bracket, whose sum is y_N y_T where the loss is stationary; at most 1e300."""
    s_over_c = s / c  # first, as both may be tiny
    noise = (y_N**2 + s_over_c * (s / N) * (y_N + s / N)) / T
    if noise > 0.0:
        noise *= np.exp(log_eta - z)
    return s_over_c * (s / N) * (s / T), min(noise, 1e300)


@compiled
def _rise_where_all_is_learned(nodes: Nodes, N: float, T: float, z: float, s: float, c: float) -> float:
    """y_N y_T - s^3/(c N T) for N, T >= M and small Delta, as a sum that does not cancel even at N = T = M.

    With r = sum q, w = sum q^2 = r - s and v = sum p q^2 = s - c, c r^2 - s^3 = s^2 (2w - v) + s w (w - 2v) - v w^2.
    """
    root_delta = np.exp(z / 2.0)
    r, w, v = moment(nodes, root_delta, 0, 1), moment(nodes, root_delta, 0, 2), moment(nodes, root_delta, 1, 2)
    spare_N, spare_T = (N - nodes.M) / N if np.inf > N else 1.0, (T - nodes.M) / T
    square = (s / c) * s * (2.0 * w - v) + (s / c) * w * (w - 2.0 * v) - (v / c) * w * w
    return spare_N * spare_T + r * (spare_N / T + spare_T / N) + square / N / T


@compiled
def _above_all_eigenvalues(nodes: Nodes, N: float, T: float, log_eta: float) -> tuple[Point, float, bool]:
    """The optimum for Delta >> lambda_+, Delta = (eta/T) (1 + (tr Lambda)^2/(N tr Lambda^2)); inf without a teacher.

    There df2 = tr Lambda^2/Delta^2.
    """
    trace2 = traces_kernel(nodes, REACH).df2 * np.exp(2.0 * REACH)
    z = log_eta - np.log(T) + np.log1p(nodes.trace**2 / (N * trace2))
    return Point(z, 1.0, 1.0, TOLERANCE, 0.0, traces_kernel(nodes, z)), 0.0, False


@compiled
def _at(nodes: Nodes, N: float, T: float, log_eta: float, z: float) -> tuple[Point, float, bool]:
    """The fixed point at a stationary z, where y_N y_T is the sum of the terms."""
    traces = traces_kernel(nodes, z)
    share, gap = size_ratios(N, T)
    signal, noise = _terms(N, T, z, max(1.0 - traces.df1 / N, 0.0), traces.df1_minus_df2, traces.df2_minus_df3, log_eta)
    unused = unused_fraction(np.sqrt(signal + noise), gap, share)
    larger = gap + share * unused
    y_N, y_T = (unused, larger) if N <= T else (larger, unused)
    residual = TOLERANCE * max(1.0, abs(z))
    return Point(z, y_N, y_T, residual, 0.0, traces), np.log(y_N) + np.log(y_T), False
