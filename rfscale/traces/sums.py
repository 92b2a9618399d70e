r"""The sums over a spectrum, compiled (4.6).

With p = lambda/(lambda + Delta) and q = 1 - p,

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
    excess: float  # ... and df1 - above, of the order of df1 - df2, which N - df1 is computed from


class _Part(NamedTuple):
    """The traces of a part of the spectrum."""

    above: float
    excess: float
    df2: float
    df1_minus_df2: float
    df2_minus_df3: float


@compiled
def fractions(x: float) -> tuple[float, float, float]:
    """p and q at x = sqrt(Delta/lambda), to full relative accuracy, and x, made finite and > 0."""
    x = min(max(x, SMALLEST), 1.0 / SMALLEST)
    inverse = 1.0 / x
    share = 1.0 / (x + inverse)
    return inverse * share, x * share, x


@compiled_sum
def _single(roots: Floats, start: int, stop: int, root_delta: float) -> _Part:
    """Of single eigenvalues."""
    above = excess = pp = pq = ppq = 0.0
    for k in range(start, stop):
        p, q, x = fractions(root_delta * roots[k])
        # products with it instead of branches run in the lanes of the processor
        is_above = 1.0 if x < 1.0 else 0.0
        above += is_above
        excess += p * (1.0 - is_above) - q * is_above
        pp += p * p
        pq += p * q
        ppq += p * p * q
    return _Part(above, excess, pp, pq, ppq)


@compiled_sum
def _weighted(roots: Floats, weights: Floats, root_delta: float, all_above: bool) -> _Part:
    """Of the weighted nodes, all or none of which count as above; their number is left out."""
    excess = pp = pq = ppq = 0.0
    roots = roots[roots.size - weights.size :]  # the loop has to see that indices are not negative
    for k in range(weights.size):
        p, q, _ = fractions(root_delta * roots[k])
        excess += weights[k] * (-q if all_above else p)
        pp += weights[k] * p * p
        pq += weights[k] * p * q
        ppq += weights[k] * p * p * q
    return _Part(0.0, excess, pp, pq, ppq)


@compiled
def traces_kernel(nodes: Nodes, log_delta: float) -> Traces:
    """All traces at one log(Delta/lambda_+)."""
    # nodes hold lambda^(-1/2): their product is in range where its square is not
    root_delta = np.exp(log_delta / 2.0)
    above, excess, pp, pq, ppq = _single(nodes.roots, 0, min(nodes.whole, BLOCK), root_delta)
    for start in range(BLOCK, nodes.whole, BLOCK):
        block = _single(nodes.roots, start, min(start + BLOCK, nodes.whole), root_delta)
        above += block.above
        excess += block.excess
        pp += block.df2
        pq += block.df1_minus_df2
        ppq += block.df2_minus_df3
    if nodes.K > 0.0:
        all_above = log_delta <= nodes.log_smallest
        above = nodes.M if all_above else above
        tail = _weighted(nodes.roots, nodes.weights, root_delta, all_above)
        in_excess, in_pp, in_pq, in_ppq = integral_traces(nodes, log_delta)
        excess += tail.excess + in_excess
        pp += tail.df2 + in_pp
        pq += tail.df1_minus_df2 + in_pq
        ppq += tail.df2_minus_df3 + in_ppq
    return Traces(above + excess, pp, pq, ppq, above, excess)
