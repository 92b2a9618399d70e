r"""A spectrum as weighted nodes: a sum over M eigenvalues costs as much as one over a few dozen.

The sum over a power law, lambda_J = J^-a with a = 1 + alpha, is by Euler-Maclaurin, from both ends,

.. math:: \sum_{J=1}^{M} f(J) = \sum_{J=1}^{K} f(J) + \int_K^M f\,dJ + \frac{f(M) - f(K)}{2} + E(M)
          - E(K), \qquad E(X) = \sum_k \frac{B_{2k}}{(2k)!} f^{(2k-1)}(X) \approx \sum_{j=1}^{8} g_j
          [f(X+j) - f(X-j)]

The derivatives are taken from the values at whole J, with g_j such that the first eight are exact:
a fixed weight at each node. Every f here is made of 1/(1 + tau J^a), whose poles lie at the angle
pi/a. K is such that they are at least 25 away from K and from M: then the error of the sums that
the theory needs is below 1e-14. The integral is in `rfscale.traces.integral`. A spectrum given by
its eigenvalues has these as nodes, and no integral. Derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.traces.continued_fraction import coefficients, phi

POLE_DISTANCE = 25.0
END_WEIGHTS = np.array(  # sum_j g_j 2 j^(2k-1) = B_2k/(2k), k = 1..8
    [
        0.07836226334784643,
        -0.029658915402555077,
        0.011001664606348528,
        -0.0034647633453806104,
        0.0008560837610996297,
        -0.00015319364039426608,
        1.753039202853559e-05,
        -9.595026156320693e-07,
    ]
)
ENDS = END_WEIGHTS.size


class Nodes(NamedTuple):
    """A spectrum as the compiled sums take it; eigenvalues in units of the largest."""

    roots: Floats  # lambda^(-1/2): it and its product with sqrt(Delta) are in the range of float64
    whole: int  # the first nodes are single eigenvalues, of weight 1 ...
    weights: Floats  # ... and these are the weights of the others
    M: float
    alpha: float  # of a power law; 0 for other spectra
    trace: float  # sum lambda
    log_smallest: float  # log lambda_M
    K: float  # the integral goes from K to M; 0 if there is none
    log_at_K: float  # log lambda_K
    decay: float  # (1 - (K/M)^alpha)/alpha
    below: Floats  # of the integral: coefficients of the continued fraction where tau J^a < 1 ...
    above: Floats  # ... and where it is > 1,
    phi_below: float  # and their values where it is 1
    phi_above: float


@compiled
def make_nodes(roots: Floats, weights: Floats, M: float, alpha: float, K: float) -> Nodes:
    """Nodes from increasing lambda^(-1/2), weights of the last, and where the integral starts."""
    a = 1.0 + alpha
    whole = roots.size - weights.size
    decay = -np.expm1(-alpha * np.log(M / K)) / alpha if K > 0.0 else 0.0
    trace = K**-alpha * decay if K > 0.0 else 0.0
    for k in range(roots.size - 1, -1, -1):
        trace += (weights[k - whole] if k >= whole else 1.0) / roots[k] ** 2
    log_smallest = -a * np.log(M) if K > 0.0 else -2.0 * np.log(roots[whole - 1])
    log_at_K = -a * np.log(K) if K > 0.0 else 0.0
    below = coefficients(1.0 + 1.0 / a)
    above = coefficients(2.0 - 1.0 / a)
    return Nodes(
        roots=roots,
        whole=whole,
        weights=weights,
        M=M,
        alpha=alpha,
        trace=trace,
        log_smallest=log_smallest,
        K=K,
        log_at_K=log_at_K,
        decay=decay,
        below=below,
        above=above,
        phi_below=phi(below, 1.0),
        phi_above=phi(above, 1.0),
    )


@compiled
def first_of_integral(alpha: float, angle: float) -> float:
    """K such that the poles of 1/(1 + tau J^a) are far from it, with arg tau up to an angle."""
    return np.ceil(POLE_DISTANCE / np.sin(min((np.pi - angle) / (1.0 + alpha), np.pi / 2.0)))


@compiled
def power_law_nodes(alpha: float, M: float) -> Nodes:
    """The nodes of lambda_J = J^-(1+alpha), J = 1..M."""
    return power_law_nodes_from(alpha, M, first_of_integral(alpha, 0.0))


@compiled
def power_law_nodes_from(alpha: float, M: float, K: float) -> Nodes:
    """The same with an integral from K on, if M is large enough."""
    a = 1.0 + alpha
    # near K the powers of q that moments need are too steep for the end weights
    if M <= 3.0 * (K + ENDS):
        K = 0.0
    whole = int(K) - ENDS - 1 if K > 0.0 else int(M)
    end = 2 * ENDS + 1 if K > 0.0 else 0
    roots = np.empty(whole + 2 * end)
    weights = np.empty(2 * end)
    for k in range(whole):
        roots[k] = (k + 1.0) ** (a / 2.0)
    for k in range(end):
        j = k - ENDS
        g = 0.5 if j == 0 else np.sign(j) * END_WEIGHTS[abs(j) - 1]
        roots[whole + k] = (K + j) ** (a / 2.0)
        weights[k] = (1.0 if j <= 0 else 0.0) - g
        roots[whole + end + k] = (M + j) ** (a / 2.0)
        weights[end + k] = g
    return make_nodes(roots, weights, M, alpha, K)


@compiled
def root_at_K(nodes: Nodes) -> float:
    """lambda_K^(-1/2), where there is an integral."""
    return nodes.roots[nodes.whole + ENDS]


@compiled
def root_at_M(nodes: Nodes) -> float:
    """lambda_M^(-1/2), where there is an integral."""
    return nodes.roots[nodes.roots.size - 1 - ENDS]
