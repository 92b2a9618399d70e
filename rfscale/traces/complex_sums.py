r"""The sums over a spectrum at complex Delta (4.6): what the two-ridge losses are made of.

.. math:: \mathrm{df}_1 = \sum_J p_J, \qquad \mathrm{df}_1 - \mathrm{df}_2 = \sum_J p_J q_J, \qquad
          M - \mathrm{df}_1 = \sum_J q_J, \qquad \sum_J \lambda_J p_J

As in `rfscale.traces.sums` and `rfscale.traces.integral`, whose equations hold for complex Delta as
long as the poles of 1/(1 + tau J^a), at the angle (pi - arg tau)/a, are far enough from both ends
of the integral. The nodes here are for angles up to 150 degrees, where Talbot's contour ends. At w
= e^(5 pi i/6) a level of the continued fraction gains a factor of 2.7: forty leave 1e-17.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum
from rfscale.traces.continued_fraction import coefficients_to
from rfscale.traces.integral import integrals_above, integrals_below
from rfscale.traces.nodes import Nodes, first_of_integral, power_law_nodes_from

LARGEST_ANGLE = 5.0 * np.pi / 6.0
LEVELS = 40


class WideNodes(NamedTuple):
    """A spectrum as sums at complex Delta take it."""

    nodes: Nodes
    below: Floats  # coefficients of the continued fraction, as in `Nodes`, to more levels
    above: Floats


class ComplexTraces(NamedTuple):
    """Sums at one complex Delta, in units of the largest eigenvalue."""

    df1: complex
    unlearned: complex  # M - df1 = sum q, to full relative accuracy where Delta < lambda_M
    df1_minus_df2: complex  # sum p q
    df2: complex  # sum p^2
    weighted: complex  # sum lambda p, to full relative accuracy everywhere


@compiled
def wide_nodes(nodes: Nodes) -> WideNodes:
    """Nodes with more levels of the continued fraction."""
    s = 1.0 / (1.0 + nodes.alpha)
    below = coefficients_to(1.0 + s, LEVELS)
    return WideNodes(nodes, below, coefficients_to(2.0 - s, LEVELS))


@compiled
def wide_power_law(alpha: float, M: float) -> WideNodes:
    """The nodes of lambda_J = J^-(1+alpha), J = 1..M."""
    K = first_of_integral(alpha, LARGEST_ANGLE)
    return wide_nodes(power_law_nodes_from(alpha, M, K))


@compiled_sum
def _phi(c: Floats, w: complex) -> complex:
    """Phi(b, w) for abs(w) <= 1 from the coefficients of b, by its convergents."""
    last_numerator = 1.0 + 0.0j
    numerator = 1.0 + 0.0j
    last_denominator = 1.0 + 0.0j
    denominator = 1.0 + c[1] * w
    for k in range(2, LEVELS + 1):
        term = c[k] * w
        next_numerator = numerator + term * last_numerator
        next_denominator = denominator + term * last_denominator
        last_numerator = numerator
        last_denominator = denominator
        numerator = next_numerator
        denominator = next_denominator
    return numerator / (denominator * c[0])


@compiled_sum
def _nodes_sum(nodes: Nodes, delta: complex) -> ComplexTraces:
    """Over the nodes, each with its weight; in real arithmetic, which runs in lanes."""
    x = delta.real
    y = delta.imag
    p_re = p_im = q_re = q_im = pq_re = pq_im = pp_re = pp_im = e_re = e_im = 0.0
    for k in range(nodes.roots.size):
        weight = nodes.weights[k - nodes.whole] if k >= nodes.whole else 1.0
        square = nodes.roots[k] * nodes.roots[k]
        w_re = x * square
        w_im = y * square
        one = 1.0 + w_re
        norm = weight / (one * one + w_im * w_im)
        re = one * norm  # p = 1/(1 + w), q = w p
        im = -w_im * norm
        p_re += re
        p_im += im
        qr = w_re * re - w_im * im
        qi = w_re * im + w_im * re
        q_re += qr
        q_im += qi
        square_re = (re * re - im * im) / weight
        square_im = 2.0 * re * im / weight
        pp_re += square_re
        pp_im += square_im
        pq_re += w_re * square_re - w_im * square_im
        pq_im += w_re * square_im + w_im * square_re
        e_re += re / square
        e_im += im / square
    return ComplexTraces(
        complex(p_re, p_im),
        complex(q_re, q_im),
        complex(pq_re, pq_im),
        complex(pp_re, pp_im),
        complex(e_re, e_im),
    )


@compiled
def complex_traces(wide: WideNodes, delta: complex) -> ComplexTraces:
    """All sums at one complex Delta/lambda_+, with an argument up to 150 degrees if it is small."""
    nodes = wide.nodes
    at = _nodes_sum(nodes, delta)
    if nodes.K == 0.0:
        return at
    more = _integrals(wide, delta)
    return ComplexTraces(
        at.df1 + more.df1,
        at.unlearned + more.unlearned,
        at.df1_minus_df2 + more.df1_minus_df2,
        at.df2 + more.df2,
        at.weighted + more.weighted,
    )


@compiled
def _integrals(wide: WideNodes, delta: complex) -> ComplexTraces:
    """The integrals from K to M."""
    nodes = wide.nodes
    alpha = nodes.alpha
    s = 1.0 / (1.0 + alpha)
    K = nodes.K
    M = nodes.M
    size = abs(delta)
    turn = delta / size
    w_K = turn * np.exp(np.log(size) - nodes.log_at_K)
    w_M = turn * np.exp(np.log(size) - nodes.log_smallest)
    decay = nodes.decay * K**-alpha  # the integral of lambda
    if abs(w_M) <= 1.0:
        q, pq, _ = integrals_below(s, M, w_M, _phi(wide.below, w_M))
        q_K, pq_K, _ = integrals_below(s, K, w_K, _phi(wide.below, w_K))
        q -= q_K
        p = (M - K) - q
        pq -= pq_K
        return ComplexTraces(p, q, pq, p - pq, decay - delta * p)
    phi_M = _phi(wide.above, 1.0 / w_M)
    vp_M, pp_M, _ = integrals_above(s, M, 1.0 / w_M, phi_M)
    if abs(w_K) >= 1.0:
        phi_K = _phi(wide.above, 1.0 / w_K)
        vp, pp, _ = integrals_above(s, K, 1.0 / w_K, phi_K)
        p = K / w_K * nodes.decay - (vp - vp_M)
        e = s * (K**-alpha / w_K * phi_K - M**-alpha / w_M * phi_M)
        pp -= pp_M
        return ComplexTraces(p, (M - K) - p, p - pp, pp, e)
    split = size**-s
    q, pq, _ = integrals_below(s, split, turn, _phi(wide.below, turn))
    q_K, pq_K, _ = integrals_below(s, K, w_K, _phi(wide.below, w_K))
    vp, pp, _ = integrals_above(s, split, 1.0 / turn, _phi(wide.above, 1.0 / turn))
    v = -split / turn * np.expm1(alpha * s * (nodes.log_smallest - np.log(size))) / alpha
    p_above = v - (vp - vp_M)
    p = (split - K) - (q - q_K) + p_above
    pp -= pp_M
    pq -= pq_K
    pp_below = (split - K) - (q - q_K) - pq
    return ComplexTraces(p, (M - K) - p, pq + (p_above - pp), pp_below + pp, decay - delta * p)
