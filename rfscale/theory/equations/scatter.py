r"""How the losses scatter: their covariance over draws, also between two ridges (17.3).

For the same draws at two ridges, gamma and gamma', with sources at both, the covariance of log
det[gamma + (x x^T + s Lambda')(u^T u + t W)] is to leading order

.. math:: \mathrm{Cov} = -2 \log (P Q - R^2), \quad P = 1 - \frac1T \sum A A' p p', \quad Q = 1 -
          \frac1N \sum B B' p p', \quad R = \frac{1}{\sqrt{NT}} \sum r r', \qquad r =
          \frac{\sqrt{\lambda a b \gamma}}{\gamma + \lambda a b/(AB)},

with A, B, a, b, p and q = 1 - p of `rfscale.theory.equations.one_loop` at each ridge: at s = t = 0
r is sqrt(p q), and at equal ridges the whole is -4 F_1. The covariances of the losses are its
derivatives, as the losses are those of F (5.8), once at either ridge. Derived here.

Sources are taken in units of a and b, and the ridge by its logarithm g. Where y_T < y_N it is taken
by its difference in units of Delta b T instead, with a in proportion to the ridge: then no loss
is a derivative that vanishes with y_T.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import Point
from rfscale.theory.equations.jets import (
    SIZE,
    Jet,
    plus,
    product,
    scaled,
    series,
    table_inverse,
    table_logarithm,
    table_product,
)
from rfscale.theory.equations.planar import Saddle, saddle_of
from rfscale.traces.quadrature import WeightedNodes
from rfscale.traces.sums import fractions

IN_S = Jet(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
IN_T = Jet(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
IN_G = Jet(0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
NONE = Jet(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class Place(NamedTuple):
    """A saddle point with the derivatives of log a, or log a/gamma (`few_samples`), and log b."""

    root_delta: float
    saddle: Saddle
    few_samples: bool
    log_a: Jet
    log_b: Jet


class PairSums(NamedTuple):
    """The sums of (17.3), tables of derivatives in the sources at both places."""

    P: Floats
    Q: Floats
    R: Floats
    determinant: float  # P Q - R^2 without sources, which may be a small difference


class Covariances(NamedTuple):
    """Of signal and noise, and of the training loss's; signals over Delta, training over y_T^2."""

    signal: float
    signal_noise: float
    noise_signal: float
    noise: float
    train_signal: float
    train_signal_noise: float
    train_noise_signal: float
    train_noise: float


@compiled
def places(
    weighted: WeightedNodes, one: Point, other: Point, N: float, T: float
) -> tuple[Place, Place]:
    """The places of two ridges; without derivatives where D is 0, as at N = T < M without ridge."""
    if one.log_delta == -np.inf or other.log_delta == -np.inf:
        N = np.inf  # all is learned without ridge, and how many features there are is the same
    first = _place(weighted, one, _saddle(one, N, T))
    if one.log_delta == other.log_delta:
        return first, first
    return first, _place(weighted, other, _saddle(other, N, T))


@compiled
def _saddle(point: Point, N: float, T: float) -> Saddle:
    unused_N = 1.0 if np.inf == N else point.unused_N
    return saddle_of(point.traces.df1_minus_df2, unused_N, point.unused_T, N, T)


@compiled
def _place(weighted: WeightedNodes, point: Point, saddle: Saddle) -> Place:
    """The derivatives of the saddle point: two Newton steps, one for each order."""
    root_delta = np.exp(point.log_delta / 2.0)
    s = point.traces.df1_minus_df2
    y_N, y_T, iN, iT, D = saddle
    few_samples = y_T <= y_N
    at = Place(root_delta, saddle, few_samples, NONE, NONE)
    for _ in range(2 if D > 0.0 else 0):
        on_a = scaled(y_T, series(1.0, 1.0, 0.5, at.log_a))
        if few_samples:
            on_a = plus(on_a, product(IN_G, series(1.0, 1.0, 0.5, at.log_a)))
        on_b = scaled(y_N, series(1.0, 1.0, 0.5, at.log_b))
        for k in range(weighted.roots.size):
            u, v, _ = node(weighted, k, at)
            on_a = plus(on_a, scaled(weighted.unit[k] * iT, u))
            on_b = plus(on_b, scaled(weighted.unit[k] * iN, v))
        step_a = plus(scaled(-(y_N + s * iN) / D, on_a), scaled(s * iT / D, on_b))
        step_b = plus(scaled(s * iN / D, on_a), scaled(-(y_T + s * iT) / D, on_b))
        log_a = _without_constant(plus(at.log_a, step_a))
        log_b = _without_constant(plus(at.log_b, step_b))
        at = Place(root_delta, saddle, few_samples, log_a, log_b)
    return at


@compiled
def _without_constant(a: Jet) -> Jet:
    return Jet(0.0, a.s, a.t, a.g, a.st, a.sg, a.tg, a.gg)


@compiled
def node(weighted: WeightedNodes, k: int, at: Place) -> tuple[Jet, Jet, Jet]:
    """A p, B p and r of the k-th node.

    With lambda a b/(gamma A B) = (p/q)(1 + e), the fraction p is p + p q e - p^2 q e^2.
    """
    p, q, _ = fractions(at.root_delta * weighted.roots[k])
    rho = weighted.test[k] / weighted.unit[k]
    W = weighted.teacher[k] / weighted.unit[k]
    in_s = scaled(rho, product(IN_S, series(1.0, -1.0, 0.5, at.log_a)))  # rho s/a
    in_t = scaled(W, product(IN_T, series(1.0, -1.0, 0.5, at.log_b)))
    total = plus(at.log_a, at.log_b)
    if not at.few_samples:
        total = plus(total, scaled(-1.0, IN_G))
    e = series(1.0, 1.0, 0.5, total)
    e = product(e, product(series(1.0, 1.0, 0.0, in_s), series(1.0, 1.0, 0.0, in_t)))
    e = _without_constant(e)
    learned = series(p, p * q, -p * p * q, e)
    left = series(1.0, -p, p * p, e)
    u = product(series(1.0, -1.0, 1.0, in_s), learned)
    v = product(series(1.0, -1.0, 1.0, in_t), learned)
    r = product(scaled(np.sqrt(p * q), left), series(1.0, 0.5, 0.125, total))
    return u, v, r


@compiled
def pair_sums(weighted: WeightedNodes, one: Place, other: Place) -> PairSums:
    """P, Q and R of (17.3) at two ridges."""
    y_N, y_T, iN, iT, D = one.saddle
    P = np.zeros((SIZE, SIZE))
    Q = np.zeros((SIZE, SIZE))
    R = np.zeros((SIZE, SIZE))
    not_both = 0.0  # sum p q', which 1 - sum p p'/T is y_T and this of
    for k in range(weighted.roots.size if D > 0.0 else 0):
        weight = weighted.unit[k]
        p, _, _ = fractions(one.root_delta * weighted.roots[k])
        _, q, _ = fractions(other.root_delta * weighted.roots[k])
        not_both += weight * p * q
        u1, v1, r1 = node(weighted, k, one)
        u2, v2, r2 = node(weighted, k, other)
        for i in range(SIZE):
            for j in range(SIZE):
                P[i, j] -= weight * u1[i] * u2[j] * iT
                Q[i, j] -= weight * v1[i] * v2[j] * iN
                R[i, j] += weight * r1[i] * r2[j] * np.sqrt(iN * iT)
    P[0, 0] = y_T + not_both * iT
    Q[0, 0] = y_N + not_both * iN
    determinant = P[0, 0] * Q[0, 0] - R[0, 0] ** 2
    if one.root_delta == other.root_delta:
        determinant = D
    return PairSums(P, Q, R, determinant)


@compiled
def covariances(one: Place, other: Place, sums: PairSums) -> Covariances:
    """The covariances of the losses at two ridges, of the same draws; infinite where D is 0."""
    if one.saddle.D == 0.0 or other.saddle.D == 0.0:
        return Covariances(np.inf, np.inf, np.inf, np.inf, np.inf, np.inf, np.inf, np.inf)
    logarithm = -2.0 * _log_determinant(sums)
    logarithm[7, :] *= 2.0  # derivatives, not coefficients
    logarithm[:, 7] *= 2.0
    first = _losses_of(one)
    second = _losses_of(other)
    found = first @ logarithm @ second.T
    return Covariances(
        signal=found[0, 0],
        signal_noise=found[0, 1],
        noise_signal=found[1, 0],
        noise=found[1, 1],
        train_signal=found[2, 2],
        train_signal_noise=found[2, 3],
        train_noise_signal=found[3, 2],
        train_noise=found[3, 3],
    )


@compiled
def _log_determinant(sums: PairSums) -> Floats:
    """log(P Q - R^2) in three parts, of which none cancels another where all is learned."""
    P, Q, R, determinant = sums
    share = table_product(table_product(R, R), table_product(table_inverse(P), table_inverse(Q)))
    rest = table_logarithm(-share, determinant / (P[0, 0] * Q[0, 0]))
    return table_logarithm(P, P[0, 0]) + table_logarithm(Q, Q[0, 0]) + rest


@compiled
def _losses_of(at: Place) -> Floats:
    """The losses as combinations of derivatives; see `Covariances`."""
    _, y_T, _, iT, _ = at.saddle
    losses = np.zeros((4, SIZE))
    losses[0, 4] = 1.0
    if at.few_samples:
        losses[1, 5] = iT
        losses[2, 6] = -1.0
        losses[3, 7] = -iT
        return losses
    losses[1, 1] = iT / y_T
    losses[1, 5] = iT / y_T
    losses[2, 6] = -1.0 / y_T
    losses[3, 7] = -iT / y_T / y_T
    losses[3, 3] = iT / y_T / y_T
    return losses
