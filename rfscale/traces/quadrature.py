r"""A spectrum as nodes with positive weights for its bulk: sums with any smooth factor.

.. math:: \sum_{J=1}^{M} f(J) = \sum_{J=1}^{K} f(J) + \int_K^M f\,dJ + \text{the ends' corrections}

as in `rfscale.traces.nodes`, with the integral over log J by Gauss's rule on short panels. The
poles of 1/(1 + tau J^a) are pi/a away in log J, and panels are 2/a long: the error of twelve points
is below 1e-15 for any Delta. Where teacher and test spectrum are powers of J they are further
smooth factors, for which panels are shortened alike. Derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum
from rfscale.traces.nodes import END_WEIGHTS, ENDS, first_of_integral
from rfscale.traces.sums import fractions

NEARER = (
    0.7  # panels are this much shorter than poles are nearer: at angle 0 they are shorter still
)
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(12)


class WeightedNodes(NamedTuple):
    """Eigenvalues in units of the largest, and the weights of four sums over them."""

    roots: Floats  # lambda^(-1/2)
    unit: Floats  # weights of sum f,
    test: Floats  # of sum rho f, rho = lambda'/lambda of the test spectrum,
    teacher: Floats  # of sum W f, W the teacher's relative w_J^2,
    both: Floats  # and of sum rho W f
    plain: bool  # whether all four are the same
    trace: float  # sum W lambda,
    test_trace: float  # and sum rho W lambda
    exponent: float  # of a power law's teacher, W = J^-exponent,
    test_alpha: float  # and of its test spectrum, rho = J^(alpha - test_alpha), NaN for 1


class Moments(NamedTuple):
    """Sums of chi p^i q^j over a spectrum with one of the factors chi."""

    df1: float  # sum chi p
    df2: float  # sum chi p^2
    s: float  # sum chi p q
    ppq: float
    pqq: float
    pppq: float
    ppqq: float
    pqqq: float


class WeightedMoments(NamedTuple):
    """The moments with the factors 1, rho, W and rho W."""

    one: Moments
    test: Moments
    teacher: Moments
    both: Moments


@compiled
def power_law_ranks(
    alpha: float, M: float, steepness: float, angle: float = 0.0, least: float = 0.0
) -> tuple[Floats, Floats]:
    """J and weights such that the sum over J = 1..M is one over these nodes.

    For tau of an argument up to `angle`, which brings the poles nearer; at least so many directions
    are single nodes.
    """
    K = max(first_of_integral(alpha, angle), least)
    if M <= 3.0 * (K + ENDS):
        return np.arange(1.0, M + 1.0), np.ones(int(M))
    nearer = 1.0 if angle == 0.0 else NEARER * np.pi / (np.pi - angle)
    rate = max(max(1.0 + alpha, 2.0) * nearer, steepness)
    panels = int(np.ceil(np.log(M / K) * rate / 2.0))
    whole = int(K) - ENDS - 1
    end = 2 * ENDS + 1
    width = np.log(M / K) / panels
    ranks = np.empty(whole + 2 * end + panels * POINTS.size)
    weights = np.ones(ranks.size)
    for k in range(whole):
        ranks[k] = k + 1.0
    for k in range(end):
        j = k - ENDS
        g = 0.5 if j == 0 else np.sign(j) * END_WEIGHTS[abs(j) - 1]
        ranks[whole + k] = K + j
        weights[whole + k] = (1.0 if j <= 0 else 0.0) - g
        ranks[whole + end + k] = M + j
        weights[whole + end + k] = g
    for panel in range(panels):
        for k in range(POINTS.size):
            node = whole + 2 * end + panel * POINTS.size + k
            ranks[node] = K * np.exp(width * (panel + 0.5 + 0.5 * POINTS[k]))
            weights[node] = ranks[node] * 0.5 * width * WEIGHTS[k]
    return ranks, weights


@compiled
def weighted_nodes(
    roots: Floats, unit: Floats, rho: Floats, W: Floats, exponent: float, test_alpha: float
) -> WeightedNodes:
    """Nodes with the factors rho and W of each."""
    test = unit * rho
    teacher = unit * W
    both = unit * rho * W
    plain = bool(np.all(rho == 1.0) and np.all(W == 1.0))
    trace = np.sum(teacher / roots / roots)
    test_trace = np.sum(both / roots / roots)
    return WeightedNodes(
        roots=roots,
        unit=unit,
        test=test,
        teacher=teacher,
        both=both,
        plain=plain,
        trace=trace,
        test_trace=test_trace,
        exponent=exponent,
        test_alpha=test_alpha,
    )


@compiled
def weighted_power_law(
    alpha: float,
    M: float,
    exponent: float,
    test_alpha: float,
    angle: float = 0.0,
    least: float = 0.0,
) -> WeightedNodes:
    """Nodes of lambda_J = J^-(1+alpha) with W_J = J^-exponent and lambda'_J = J^-(1+test_alpha)."""
    shift = 0.0 if np.isnan(test_alpha) else test_alpha - alpha
    ranks, unit = power_law_ranks(alpha, M, abs(exponent) + abs(shift), angle, least)
    roots = ranks ** ((1.0 + alpha) / 2.0)
    return weighted_nodes(roots, unit, ranks**-shift, ranks**-exponent, exponent, test_alpha)


@compiled_sum
def weighted_moments(roots: Floats, weights: Floats, root_delta: float) -> Moments:
    """The moments with one factor, at one sqrt(Delta/lambda_+)."""
    df1 = df2 = s = ppq = pqq = pppq = ppqq = pqqq = 0.0
    for k in range(weights.size):
        p, q, _ = fractions(root_delta * roots[k])
        wp = weights[k] * p
        df1 += wp
        df2 += wp * p
        s += wp * q
        ppq += wp * p * q
        pqq += wp * q * q
        pppq += wp * p * p * q
        ppqq += wp * p * q * q
        pqqq += wp * q * q * q
    return Moments(df1=df1, df2=df2, s=s, ppq=ppq, pqq=pqq, pppq=pppq, ppqq=ppqq, pqqq=pqqq)


@compiled
def all_moments(weighted: WeightedNodes, root_delta: float) -> WeightedMoments:
    """The moments with all factors, at one sqrt(Delta/lambda_+)."""
    one = weighted_moments(weighted.roots, weighted.unit, root_delta)
    if weighted.plain:
        return WeightedMoments(one, one, one, one)
    test = weighted_moments(weighted.roots, weighted.test, root_delta)
    teacher = weighted_moments(weighted.roots, weighted.teacher, root_delta)
    both = weighted_moments(weighted.roots, weighted.both, root_delta)
    return WeightedMoments(one, test, teacher, both)
