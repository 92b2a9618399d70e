r"""What the draw of a Gaussian teacher adds to the covariance of losses (17.6).

The signal of a draw is w^T H w/2 of the teacher's weights, so that the teacher adds tr(W H W H')/2
in units of sigma_w^2/M each. With the mean of H, diagonal, and the variance of its elements from a
source that couples two directions, (17.3) with such a source at either ridge,

.. math:: \mathrm{tr}\,W H W H' = \sum_J W_J^2 \bar H_J \bar H'_J + \Delta\Delta'\,\partial_\sigma
          \partial_{\sigma'} \frac{X^2 Q/T + Y^2 P/N + 2 R X Y/\sqrt{NT}}{(b/b_0)(b'/b'_0)(P Q -
          R^2)}, \qquad X = \sum W r r', \quad Y = \sum W B B' p p'

at s = 0, with the sources sigma = s/a. Derived here.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.jets import Jet, series
from rfscale.theory.equations.scatter import PairSums, Place, node
from rfscale.traces.quadrature import WeightedNodes
from rfscale.traces.sums import fractions

SIZE = 2  # a value and its derivative in s, the first two of a jet


@compiled
def teacher_covariance(weighted: WeightedNodes, one: Place, other: Place, sums: PairSums) -> float:
    """tr(W H W H') over both Delta; infinite where D is 0."""
    if one.saddle.D == 0.0 or other.saddle.D == 0.0:
        return np.inf
    _, _, iN, iT, _ = one.saddle
    P = sums.P[:SIZE, :SIZE]
    Q = sums.Q[:SIZE, :SIZE]
    R = sums.R[:SIZE, :SIZE]
    X = np.zeros((SIZE, SIZE))
    Y = np.zeros((SIZE, SIZE))
    diagonal = 0.0
    first = _mean_terms(weighted, one)
    second = _mean_terms(weighted, other)
    for k in range(weighted.roots.size):
        weight = weighted.unit[k]
        W = weighted.teacher[k] / weight
        rho = weighted.test[k] / weight
        _, v, r = node(weighted, k, one)
        _, v2, r2 = node(weighted, k, other)
        for i in range(SIZE):
            for j in range(SIZE):
                X[i, j] += weight * W * r[i] * r2[j] * np.sqrt(iT)
                Y[i, j] += weight * W * v[i] * v2[j] * np.sqrt(iN)
        mean = _mean(weighted, k, one, first, rho) * _mean(weighted, k, other, second, rho)
        diagonal += weight * W * W * mean
    E = _product(P, Q) - _product(R, R)
    E[0, 0] = sums.determinant
    # the numerator in two squares, which do not cancel where all is learned and R is small
    Y_over_Q = _product(Y, _inverse(Q))
    sum_of_X = X + _product(R, Y_over_Q)
    of_X = _product(_product(sum_of_X, sum_of_X), _product(Q, _inverse(E)))
    total = _product(Y, Y_over_Q) + of_X
    free = _outer(one.log_b, other.log_b)
    return diagonal + _product(total, free)[1, 1]


@compiled
def _mean_terms(weighted: WeightedNodes, at: Place) -> tuple[float, float, float]:
    """The factors of p^2, p q and p in the planar signal (15.3), over Delta."""
    y_N, y_T, iN, iT, D = at.saddle
    s = rho_s = rho_df1 = rho_df2 = 0.0
    for k in range(weighted.roots.size):
        p, q, _ = fractions(at.root_delta * weighted.roots[k])
        s += weighted.unit[k] * p * q
        rho_s += weighted.test[k] * p * q
        rho_df1 += weighted.test[k] * p
        rho_df2 += weighted.test[k] * p * p
    return y_T * iN * rho_s / D, y_N * iT * rho_df2 / D, s * iN * iT * rho_df1 / D


@compiled
def _mean(
    weighted: WeightedNodes, k: int, at: Place, terms: tuple[float, float, float], rho: float
) -> float:
    p, q, _ = fractions(at.root_delta * weighted.roots[k])
    return rho * p * q + terms[0] * p * p + terms[1] * p * q + terms[2] * p


@compiled
def _outer(one: Jet, other: Jet) -> Floats:
    """b_0 b_0'/(b b')."""
    a = series(1.0, -1.0, 0.5, one)
    b = series(1.0, -1.0, 0.5, other)
    return np.array([[a.one * b.one, a.one * b.s], [a.s * b.one, a.s * b.s]])


@compiled
def _product(a: Floats, b: Floats) -> Floats:
    """Of two tables of a value and its first derivatives."""
    out = np.empty((SIZE, SIZE))
    out[0, 0] = a[0, 0] * b[0, 0]
    out[0, 1] = a[0, 0] * b[0, 1] + a[0, 1] * b[0, 0]
    out[1, 0] = a[0, 0] * b[1, 0] + a[1, 0] * b[0, 0]
    out[1, 1] = a[0, 0] * b[1, 1] + a[0, 1] * b[1, 0] + a[1, 0] * b[0, 1] + a[1, 1] * b[0, 0]
    return out


@compiled
def _inverse(a: Floats) -> Floats:
    """1/a of a table."""
    e = a / a[0, 0]
    out = -e
    out[0, 0] = 1.0
    out[1, 1] = -e[1, 1] + 2.0 * e[0, 1] * e[1, 0]
    return out / a[0, 0]
