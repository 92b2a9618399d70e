r"""Any mixed moment of p = lambda/(lambda + Delta) and q = 1 - p, and the spread of p, without cancellation.

.. math:: \sum_J p_J^i q_J^j, \qquad
          \mathrm{df}_1 \mathrm{df}_3 - \mathrm{df}_2^2 = \mathrm{df}_1 \sum_J p_J (p_J - \bar p)^2, \quad
          \bar p = \mathrm{df}_2 / \mathrm{df}_1
"""

from __future__ import annotations

import numpy as np

from rfscale.arguments import Floats
from rfscale.compiled import compiled, compiled_sum
from rfscale.traces.integral import integral_moment
from rfscale.traces.nodes import Nodes, power_law_nodes
from rfscale.traces.sums import BLOCK, LARGEST, traces_kernel

HIGHEST = 8  # i + j up to which the nodes of a power law are exact to rounding


@compiled_sum
def _sum_of_moments(roots: Floats, start: int, stop: int, root_delta: float, i: int, j: int) -> float:
    total = 0.0
    for k in range(start, stop):
        w = min((root_delta * roots[k]) ** 2, LARGEST)
        p = 1.0 / (1.0 + w)
        total += p**i * (w * p) ** j
    return total


@compiled
def moment(nodes: Nodes, root_delta: float, i: int, j: int) -> float:
    """sum p^i q^j at one sqrt(Delta/lambda_+)."""
    total = integral_moment(nodes, root_delta, i, j) if nodes.K > 0.0 else 0.0
    for k in range(nodes.weights.size):
        w = min((root_delta * nodes.roots[nodes.whole + k]) ** 2, LARGEST)
        p = 1.0 / (1.0 + w)
        total += nodes.weights[k] * p**i * (w * p) ** j
    for start in range((nodes.whole - 1) // BLOCK * BLOCK, -1, -BLOCK):
        total += _sum_of_moments(nodes.roots, start, min(start + BLOCK, nodes.whole), root_delta, i, j)
    return total


@compiled
def moments(nodes: Nodes, alpha: Floats, M: Floats, root_delta: Floats, i: int, j: int) -> Floats:
    """sum p^i q^j at each point."""
    out = np.empty(root_delta.size)
    for point in range(out.size):
        if alpha[point] != nodes.alpha or M[point] != nodes.M:
            nodes = power_law_nodes(alpha[point], M[point])
        out[point] = moment(nodes, root_delta[point], i, j)
    return out


@compiled
def spread(nodes: Nodes, root_delta: float) -> float:
    """df1 df3 - df2^2, the spread taken of q where Delta < lambda_+: it is then the smaller of p and q."""
    df1 = moment(nodes, root_delta, 1, 0)
    if df1 == 0.0:
        return 0.0
    of_q = root_delta < 1.0
    mean = moment(nodes, root_delta, 1, 1) / df1 if of_q else moment(nodes, root_delta, 2, 0) / df1
    total = 0.0
    if nodes.K > 0.0:
        second, first = ((1, 2), (1, 1)) if of_q else ((3, 0), (2, 0))
        total = integral_moment(nodes, root_delta, *second) + mean * (
            mean * integral_moment(nodes, root_delta, 1, 0) - 2.0 * integral_moment(nodes, root_delta, *first)
        )
    for k in range(nodes.roots.size - 1, -1, -1):
        w = min((root_delta * nodes.roots[k]) ** 2, LARGEST)
        p = 1.0 / (1.0 + w)
        weight = 1.0 if k < nodes.whole else nodes.weights[k - nodes.whole]
        total += weight * p * ((w * p if of_q else p) - mean) ** 2
    return df1 * total


@compiled
def spreads(nodes: Nodes, alpha: Floats, M: Floats, root_delta: Floats) -> Floats:
    """df1 df3 - df2^2 at each point."""
    out = np.empty(root_delta.size)
    for point in range(out.size):
        if alpha[point] != nodes.alpha or M[point] != nodes.M:
            nodes = power_law_nodes(alpha[point], M[point])
        out[point] = spread(nodes, root_delta[point])
    return out


@compiled
def complements(nodes: Nodes, alpha: Floats, M: Floats, root_delta: Floats) -> Floats:
    """above - df1 and above at each point; see `Traces`. Shape (2, points)."""
    out = np.empty((2, root_delta.size))
    for point in range(root_delta.size):
        if alpha[point] != nodes.alpha or M[point] != nodes.M:
            nodes = power_law_nodes(alpha[point], M[point])
        traces = traces_kernel(nodes, 2.0 * np.log(root_delta[point]))
        out[0, point], out[1, point] = -traces.excess, traces.above
    return out


@compiled
def power_sums(alpha: Floats, M: Floats, exponent: Floats) -> Floats:
    """sum J^-exponent, J = 1..M, at each point: Euler-Maclaurin on the nodes unless the exponent is of the order of M.

    Then M is small, or else the sum is 1 or infinite to all digits.
    """
    out = np.empty(exponent.size)
    nodes = power_law_nodes(alpha[0], M[0])
    for point in range(out.size):
        e = exponent[point]
        if alpha[point] != nodes.alpha or M[point] != nodes.M:
            nodes = power_law_nodes(alpha[point], M[point])
        if nodes.K == 0.0 or 4.0 * abs(e) > nodes.M:
            out[point] = np.sum(np.arange(min(nodes.M, 1e6), 0.0, -1.0) ** -e)
            continue
        terms = nodes.roots ** (-2.0 * e / (1.0 + nodes.alpha))
        terms[nodes.whole :] *= nodes.weights
        span = (1.0 - e) * np.log(nodes.M / nodes.K)
        growth = np.expm1(span) / (1.0 - e) if span != 0.0 else np.log(nodes.M / nodes.K)
        out[point] = np.sum(terms[::-1]) + nodes.K ** (1.0 - e) * growth
    return out
