r"""The integral from K to M in the sums over a power law, in closed form.

With a = 1 + alpha, s = 1/a, w = tau X^a = q/p at X, tau = Delta/lambda_+, and where w <= 1 or v =
1/w <= 1,

.. math:: \int_0^X p^i q^j dJ = s X w^j\, \Psi_{i+j}(j + s, w), \qquad
          \int_X^\infty p^i q^j dJ = s X v^i\, \Psi_{i+j}(i - s, v), \qquad
          \Psi_m(b, w) = \int_0^1 \frac{t^{b-1} dt}{(1+wt)^m}

so that a range is split at J* = tau^-s, where w = 1. Psi_1 is the continued fraction Phi, and by
parts m Psi_{m+1} = (1+w)^-m + (m - b) Psi_m. Derived here.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from rfscale.support.compiled import compiled, inlined
from rfscale.traces.continued_fraction import coefficients, phi
from rfscale.traces.nodes import Nodes, root_at_K, root_at_M

Number = TypeVar("Number", float, complex)


@compiled
def integrals_below(
    s: float, X: float, w: Number, phi_below: Number
) -> tuple[Number, Number, Number]:
    """The integrals of q, p q and p^2 q from 0 to X, w <= 1; b = 1 + s."""
    p = 1.0 / (1.0 + w)
    unit = s * X * w
    psi2 = p - s * phi_below
    psi3 = (p**2 + (1.0 - s) * psi2) / 2.0
    return unit * phi_below, unit * psi2, unit * psi3


@compiled
def integrals_above(
    s: float, X: float, v: Number, phi_above: Number
) -> tuple[Number, Number, Number]:
    """The integrals of v p, p^2 and p^2 q from X to infinity, v <= 1; b = 2 - s."""
    q = 1.0 / (1.0 + v)
    unit = s * X * v**2
    psi2 = q - (1.0 - s) * phi_above
    psi3 = (q**2 + s * psi2) / 2.0
    return unit * phi_above, unit * psi2, unit * psi3


@inlined
def integral_traces(nodes: Nodes, log_delta: float) -> tuple[float, float, float, float]:
    """The integrals of p, p^2, p q and p^2 q from K to M.

    Where Delta < lambda_M, that of -q instead of p. p = v - v p: the integral of v is a difference
    of powers of K and M, and so does not cancel for small alpha.
    """
    s = 1.0 / (1.0 + nodes.alpha)
    K = nodes.K
    M = nodes.M
    w_K = np.exp(log_delta - nodes.log_at_K)
    w_M = np.exp(log_delta - nodes.log_smallest)
    if log_delta <= nodes.log_smallest:
        q, pq, ppq = integrals_below(s, M, w_M, phi(nodes.below, w_M))
        q_K, pq_K, ppq_K = integrals_below(s, K, w_K, phi(nodes.below, w_K))
        q -= q_K
        pq -= pq_K
        return -q, (M - K) - q - pq, pq, ppq - ppq_K
    vp_M, pp_M, ppq_M = integrals_above(s, M, 1.0 / w_M, phi(nodes.above, 1.0 / w_M))
    if w_K >= 1.0:
        vp, pp, ppq = integrals_above(s, K, 1.0 / w_K, phi(nodes.above, 1.0 / w_K))
        p = K / w_K * nodes.decay - (vp - vp_M)
        return p, pp - pp_M, p - (pp - pp_M), ppq - ppq_M
    split = np.exp(-s * log_delta)
    q_K, pq_K, ppq_K = integrals_below(s, K, w_K, phi(nodes.below, w_K))
    q, pq, ppq = integrals_below(s, split, 1.0, nodes.phi_below)
    vp, pp, ppq_above = integrals_above(s, split, 1.0, nodes.phi_above)
    p_below = (split - K) - (q - q_K)
    pq_below = pq - pq_K
    v = -split * np.expm1(nodes.alpha * s * (nodes.log_smallest - log_delta)) / nodes.alpha
    p_above = v - (vp - vp_M)
    pp_above = pp - pp_M
    return (
        p_below + p_above,
        (p_below - pq_below) + pp_above,
        pq_below + (p_above - pp_above),
        (ppq - ppq_K) + (ppq_above - ppq_M),
    )


@compiled
def _psi(m: int, b: float, w: float) -> float:
    """Psi_m(b, w) for b > 0, 0 <= w <= 1."""
    psi = phi(coefficients(b), w)
    for k in range(1, m):
        psi = ((1.0 + w) ** -k + (k - b) * psi) / k
    return psi


@compiled
def moment_below(s: float, X: float, w: float, i: int, j: int) -> float:
    """The integral of p^i q^j from 0 to X, w <= 1."""
    return s * X * w**j * _psi(i + j, j + s, w) if i + j > 0 else X


@compiled
def _moment_above(s: float, X: float, v: float, i: int, j: int) -> float:
    """The integral of p^i q^j from X to infinity, v <= 1, i >= 2."""
    return s * X * v**i * _psi(i + j, i - s, v)


@compiled
def _beyond(s: float, X: float, v: float, j: int) -> float:
    """The integral of v - p q^j = v p (1 + q + ... + q^j) from X to infinity, v <= 1."""
    c = coefficients(2.0 - s)
    psi = 0.0
    total = 0.0
    for k in range(j + 1):
        psi = phi(c, v) if k == 0 else ((1.0 + v) ** -k + (k - 2.0 + s) * psi) / k
        total += psi
    return s * X * v**2 * total


@compiled
def _moment_between(
    nodes: Nodes, X: float, v_X: float, v_M: float, log_ratio: float, i: int, j: int
) -> float:
    """The integral of p^i q^j from X to M, v_M <= v_X <= 1.

    log_ratio is that of v_X to v_M, both of which may be 0.
    """
    s = 1.0 / (1.0 + nodes.alpha)
    M = nodes.M
    if i > 1:
        return _moment_above(s, X, v_X, i, j) - _moment_above(s, M, v_M, i, j)
    # for small alpha, too, to all digits
    v = -X * v_X * np.expm1(-nodes.alpha * s * log_ratio) / nodes.alpha
    if i == 1:
        return v - (_beyond(s, X, v_X, j) - _beyond(s, M, v_M, j))
    rest = M - X
    for k in range(j):  # q^j = 1 - p (1 + q + ... + q^(j-1))
        rest -= v - (_beyond(s, X, v_X, k) - _beyond(s, M, v_M, k))
    return rest


@compiled
def integral_moment(nodes: Nodes, root_delta: float, i: int, j: int) -> float:
    """The integral of p^i q^j from K to M."""
    s = 1.0 / (1.0 + nodes.alpha)
    K = nodes.K
    M = nodes.M
    w_K = (root_delta * root_at_K(nodes)) ** 2
    w_M = (root_delta * root_at_M(nodes)) ** 2
    if w_M <= 1.0:
        return moment_below(s, M, w_M, i, j) - moment_below(s, K, w_K, i, j)
    if w_K >= 1.0:
        log_ratio = nodes.log_at_K - nodes.log_smallest
        return _moment_between(nodes, K, 1.0 / w_K, 1.0 / w_M, log_ratio, i, j)
    split = root_delta ** (-2.0 * s)
    learned = moment_below(s, split, 1.0, i, j) - moment_below(s, K, w_K, i, j)
    return learned + _moment_between(nodes, split, 1.0, 1.0 / w_M, np.log(w_M), i, j)
