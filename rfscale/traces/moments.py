r"""Any mixed moment of p = lambda/(lambda + Delta) and q = 1 - p, without cancellation (4.6).

.. math:: \sum_J p_J^i q_J^j
"""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum
from rfscale.traces.integral import integral_moment, moment_below
from rfscale.traces.nodes import Nodes, power_law_nodes, root_at_K, root_at_M
from rfscale.traces.sums import BLOCK, fractions

HIGHEST = 8  # i + j up to which the nodes of a power law do; see `Spectrum.moment`


@compiled_sum
def _sum_of_moments(
    roots: Floats, start: int, stop: int, root_delta: float, i: int, j: int
) -> float:
    total = 0.0
    for k in range(start, stop):
        p, q, _ = fractions(root_delta * roots[k])
        total += p**i * q**j
    return total


@compiled
def moment(nodes: Nodes, root_delta: float, i: int, j: int) -> float:
    """sum p^i q^j at one sqrt(Delta/lambda_+)."""
    total = integral_moment(nodes, root_delta, i, j) if nodes.K > 0.0 else 0.0
    for k in range(nodes.weights.size):
        p, q, _ = fractions(root_delta * nodes.roots[nodes.whole + k])
        total += nodes.weights[k] * p**i * q**j
    for start in range((nodes.whole - 1) // BLOCK * BLOCK, -1, -BLOCK):
        total += _sum_of_moments(
            nodes.roots, start, min(start + BLOCK, nodes.whole), root_delta, i, j
        )
    return total


@compiled
def unlearned(nodes: Nodes, root_delta: float) -> tuple[float, float, float]:
    """sum q, sum q^2 and sum p q^2 where Delta is below all eigenvalues."""
    r = 0.0
    w = 0.0
    v = 0.0
    for k in range(nodes.roots.size):
        weight = 1.0 if k < nodes.whole else nodes.weights[k - nodes.whole]
        p, q, _ = fractions(root_delta * nodes.roots[k])
        r += weight * q
        w += weight * q * q
        v += weight * p * q * q
    if nodes.K > 0.0:
        s = 1.0 / (1.0 + nodes.alpha)
        w_K = (root_delta * root_at_K(nodes)) ** 2
        w_M = (root_delta * root_at_M(nodes)) ** 2
        r += moment_below(s, nodes.M, w_M, 0, 1) - moment_below(s, nodes.K, w_K, 0, 1)
        w += moment_below(s, nodes.M, w_M, 0, 2) - moment_below(s, nodes.K, w_K, 0, 2)
        v += moment_below(s, nodes.M, w_M, 1, 2) - moment_below(s, nodes.K, w_K, 1, 2)
    return r, w, v


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
def power_sums(alpha: Floats, M: Floats, exponent: Floats) -> Floats:
    """sum J^-exponent, J = 1..M, at each point.

    Euler-Maclaurin on the nodes, unless the exponent is of the order of M. Then M is small, or else
    the sum is 1 or infinite to all digits.
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
        unit = nodes.M if e < 0.0 else 1.0  # the rank of the largest term
        total = _power_integral(nodes, e, unit)
        for k in range(nodes.roots.size - 1, -1, -1):
            term = (nodes.roots[k] ** (2.0 / (1.0 + nodes.alpha)) / unit) ** -e
            total += term * (nodes.weights[k - nodes.whole] if k >= nodes.whole else 1.0)
        out[point] = total * unit**-e
    return out


@compiled
def _power_integral(nodes: Nodes, e: float, unit: float) -> float:
    """The integral of (J/unit)^-e from K to M; the unit is M for e < 0, else 1."""
    span = (1.0 - e) * np.log(nodes.M / nodes.K)
    if span == 0.0:
        return np.log(nodes.M / nodes.K)
    return (
        nodes.K ** (1.0 - e) * np.expm1(span) if unit == 1.0 else -nodes.M * np.expm1(-span)
    ) / (1.0 - e)
