r"""The sums over a spectrum, compiled: with p = lambda/(lambda + Delta) and q = Delta/(lambda +
Delta),

.. math:: \mathrm{df}_k = \sum_J p_J^k, \qquad \mathrm{df}_1 - \mathrm{df}_2 = \sum_J p_J q_J,
          \qquad \mathrm{df}_1 - \#\{\lambda_J > \Delta\} = \sum_{\lambda_J \le \Delta} p_J -
          \sum_{\lambda_J > \Delta} q_J.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum
from rfscale.traces.integral import integral_traces
from rfscale.traces.nodes import Nodes

SMALLEST = 2.0**-996  # of sqrt(Delta/lambda): p is 1 there, exactly, and q is 0
BLOCK = 1024  # sums of sums: rounding errors do not grow with M


class Traces(NamedTuple):
    """Traces of the resolvent at one Delta."""

    df1: float
    df2: float
    df1_minus_df2: float  # sum p q
    df2_minus_df3: float  # sum p^2 q
    above: float  # the number of eigenvalues above Delta ...
    excess: float  # ... and df1 - above, of the order of df1 - df2: what N - df1 has to be computed from


@compiled
def fractions(x: float) -> tuple[float, float, float]:
    """p and q at x = sqrt(Delta/lambda), to full relative accuracy down to 1e-308, and x, now
    surely finite and > 0.
    """
    x = min(max(x, SMALLEST), 1.0 / SMALLEST)
    inverse = 1.0 / x
    share = 1.0 / (x + inverse)
    return inverse * share, x * share, x


@compiled_sum
def _single(
    roots: Floats, start: int, stop: int, root_delta: float
) -> tuple[float, float, float, float, float]:
    """above, excess, df2, sum p q and sum p^2 q of single eigenvalues."""
    above, excess, pp, pq, ppq = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(start, stop):
        p, q, x = fractions(root_delta * roots[k])
        is_above = (
            1.0 if x < 1.0 else 0.0
        )  # products with it instead of branches run in the lanes of the processor
        above += is_above
        excess += p * (1.0 - is_above) - q * is_above
        pp += p * p
        pq += p * q
        ppq += p * p * q
    return above, excess, pp, pq, ppq


@compiled_sum
def _weighted(
    roots: Floats, weights: Floats, root_delta: float, all_above: bool
) -> tuple[float, float, float, float]:
    """excess, df2, sum p q and sum p^2 q of the weighted nodes, all or none of which count as
    above.
    """
    excess, pp, pq, ppq = 0.0, 0.0, 0.0, 0.0
    roots = roots[roots.size - weights.size :]  # the loop has to see that indices are not negative
    for k in range(weights.size):
        p, q, _ = fractions(root_delta * roots[k])
        excess += weights[k] * (-q if all_above else p)
        pp += weights[k] * p * p
        pq += weights[k] * p * q
        ppq += weights[k] * p * p * q
    return excess, pp, pq, ppq


@compiled
def traces_kernel(nodes: Nodes, log_delta: float) -> Traces:
    """All traces at one log(Delta/lambda_+)."""
    root_delta = np.exp(
        log_delta / 2.0
    )  # nodes hold lambda^(-1/2): their product is in range where its square is
    above, excess, pp, pq, ppq = _single(nodes.roots, 0, min(nodes.whole, BLOCK), root_delta)
    for start in range(BLOCK, nodes.whole, BLOCK):
        block = _single(nodes.roots, start, min(start + BLOCK, nodes.whole), root_delta)
        above, excess = above + block[0], excess + block[1]
        pp, pq, ppq = pp + block[2], pq + block[3], ppq + block[4]
    if nodes.K > 0.0:
        all_above = log_delta <= nodes.log_smallest
        above = nodes.M if all_above else above
        tail = _weighted(nodes.roots, nodes.weights, root_delta, all_above)
        rest = integral_traces(nodes, log_delta)
        excess, pp = excess + (tail[0] + rest[0]), pp + (tail[1] + rest[1])
        pq, ppq = pq + (tail[2] + rest[2]), ppq + (tail[3] + rest[3])
    return Traces(above + excess, pp, pq, ppq, above, excess)
