r"""Two-ridge losses of any teacher and test spectrum: the general form in `two_ridge`.

.. math:: \mathcal{S} = \Delta\Delta' \Big\{ [\rho W] + \frac{[\lambda\rho] (y_N\, \mathrm{df}_1^{W
          \prime} - y_N'\, \mathrm{df}_1^W)/T + [\rho] (\Delta\, y_T\, \mathrm{df}_1^W - \Delta'
          y_T'\, \mathrm{df}_1^{W \prime})/N}{g - g'} \Big\}, \qquad \mathcal{V} = \frac1T
          \frac{\Delta' y_N'\, \mathrm{df}_1^{\rho\prime} - \Delta\, y_N\, \mathrm{df}_1^\rho}{g' -
          g}

with [rho] = (df_1^rho - df_1^rho')/(Delta' - Delta), [rho W] alike, and [lambda rho] = (Delta'
df_1^rho' - Delta df_1^rho)/(Delta' - Delta): (18.12) and (18.13). At equal ridges these are
(15.3) and (15.4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum
from rfscale.theory.equations.complex_fixed_point import Path
from rfscale.theory.equations.two_ridge import One, TwoRidge, at, df1_difference, noise_difference
from rfscale.traces.quadrature import WeightedNodes

NEAR = 1e-3  # relative difference of Delta and Delta' below which it costs three digits


class _Sums(NamedTuple):
    """Sums with one factor chi over the spectrum, at one complex Delta."""

    df1: complex  # sum chi p
    s: complex  # sum chi p q
    df2: complex  # sum chi p^2
    weighted: complex  # sum chi lambda p


class _Weighted(NamedTuple):
    """The sums with the factors 1, rho, W and rho W, at one ridge."""

    one: _Sums
    test: _Sums
    teacher: _Sums
    both: _Sums


@compiled_sum
def _sums(roots: Floats, weights: Floats, delta: complex) -> _Sums:
    df1 = 0.0j
    s = 0.0j
    df2 = 0.0j
    weighted = 0.0j
    for k in range(weights.size):
        square = roots[k] * roots[k]
        w = delta * square
        p = 1.0 / (1.0 + w)
        df1 += weights[k] * p
        s += weights[k] * (w * p) * p
        df2 += weights[k] * p * p
        weighted += weights[k] * p / square
    return _Sums(df1, s, df2, weighted)


@compiled
def _weighted(nodes: WeightedNodes, tested_alike: bool, one: One) -> _Weighted:
    plain = _Sums(one.df1, one.s, one.df2, one.weighted)
    teacher = _sums(nodes.roots, nodes.teacher, one.delta)
    if tested_alike:
        return _Weighted(plain, plain, teacher, teacher)
    test = _sums(nodes.roots, nodes.test, one.delta)
    return _Weighted(plain, test, teacher, _sums(nodes.roots, nodes.both, one.delta))


@compiled
def _conjugate(sums: _Sums) -> _Sums:
    return _Sums(np.conj(sums.df1), np.conj(sums.s), np.conj(sums.df2), np.conj(sums.weighted))


@compiled
def _all_conjugate(at: _Weighted) -> _Weighted:
    return _Weighted(
        _conjugate(at.one), _conjugate(at.test), _conjugate(at.teacher), _conjugate(at.both)
    )


@compiled
def signal_pair(
    one: One,
    other: One,
    test: tuple[_Sums, _Sums],
    teacher: tuple[_Sums, _Sums],
    both: tuple[_Sums, _Sums],
    iN: float,
    iT: float,
) -> complex:
    """S at two ridges; each pair holds the sums at one and the other."""
    a, b = test
    c, d = teacher
    e, f = both
    if one.g == other.g:
        D = one.y_N * one.y_T + one.s * (one.y_N * iT + one.y_T * iN)
        in_N = c.df2 * a.s * one.y_T * iN
        in_T = a.df2 * c.s * one.y_N * iT
        more = in_N + in_T + one.s * a.df1 * c.df1 * iN * iT
        return one.delta * (e.s + more / D)
    across = 1.0 / (other.delta - one.delta)
    over = 1.0 / (one.g - other.g)
    rho = (a.df1 - b.df1) * across
    rho_W = (e.df1 - f.df1) * across
    lambda_rho = (other.delta * b.df1 - one.delta * a.df1) * across
    in_T = lambda_rho * _crossed(one, other, c.df1, d.df1, iN) * iT
    in_N = rho * (one.delta * one.y_T * c.df1 - other.delta * other.y_T * d.df1) * iN
    return one.delta * other.delta * (rho_W + (in_T + in_N) * over)


class _Pair(NamedTuple):
    """Sums with one factor chi at two ridges."""

    pp: complex  # sum chi p p'
    pq: complex  # sum chi p q'
    qp: complex  # sum chi q p'


@compiled_sum
def _pair(roots: Floats, weights: Floats, delta: complex, other: complex) -> _Pair:
    pp = 0.0j
    pq = 0.0j
    qp = 0.0j
    for k in range(weights.size):
        square = roots[k] * roots[k]
        both = weights[k] / ((1.0 + delta * square) * (1.0 + other * square))
        pp += both
        pq += both * (other * square)
        qp += both * (delta * square)
    return _Pair(pp, pq, qp)


@compiled
def near_signal_pair(
    one: One,
    other: One,
    roots: Floats,
    factors: tuple[Floats, Floats, Floats, Floats],
    iN: float,
    iT: float,
) -> complex:
    """S where Delta and Delta' are so near that differences lose digits: by sums at both (18.12).

    With the weights of the factors 1, rho, W and rho W.
    """
    unit, rho, W, rho_W = [_pair(roots, f, one.delta, other.delta) for f in factors]
    D = one.y_N * one.y_T
    D += unit.pq * (one.y_N * iT + one.y_T * iN + df1_difference(one, other) * iN * iT)
    in_T = rho.pp * ((one.y_N + unit.pq * iN) * W.pq + unit.pq * W.pp * iN) * iT
    in_N = rho.pq * (unit.qp * W.pq * iT + (one.y_T + unit.pq * iT) * W.pp) * iN
    return one.delta * (rho_W.pq + (in_T + in_N) / D)


@compiled
def _is_near(one: One, other: One) -> bool:
    return one.g != other.g and abs(one.delta - other.delta) < NEAR * abs(one.delta)


@compiled
def _crossed(one: One, other: One, W: complex, W_other: complex, iN: float) -> complex:
    """y_N df1^W' - y_N' df1^W, by the difference of df1: y_N' - y_N = (df1 - df1')/N."""
    return one.y_N * (W_other - W) - W * df1_difference(one, other) * iN


@compiled
def noise_pair(one: One, other: One, rho: _Sums, rho_other: _Sums, iN: float, iT: float) -> complex:
    """V at two ridges, with the factor rho."""
    if one.g == other.g:
        D = one.y_N * one.y_T + one.s * (one.y_N * iT + one.y_T * iN)
        return (rho.df2 * one.y_N + one.s * rho.df1 * iN) * iT / D
    learned = one.delta * rho.df1
    learned_other = other.delta * rho_other.df1
    weighted = rho.weighted
    noise = noise_difference(one, other, learned, learned_other, weighted, rho_other.weighted, iN)
    return noise * iT / (one.g - other.g)


@compiled
def _four_pairs(
    nodes: WeightedNodes,
    one: One,
    other: One,
    here: _Weighted,
    there: _Weighted,
    iN: float,
    iT: float,
) -> tuple[complex, complex, complex, complex]:
    """S and V of test points, then S and 1 + V of the training distribution."""
    teacher = (here.teacher, there.teacher)
    if _is_near(one, other):
        factors = (nodes.unit, nodes.test, nodes.teacher, nodes.both)
        test_signal = near_signal_pair(one, other, nodes.roots, factors, iN, iT)
        factors = (nodes.unit, nodes.unit, nodes.teacher, nodes.teacher)
        seen_signal = near_signal_pair(one, other, nodes.roots, factors, iN, iT)
    else:
        test = (here.test, there.test)
        both = (here.both, there.both)
        plain = (here.one, there.one)
        test_signal = signal_pair(one, other, test, teacher, both, iN, iT)
        seen_signal = signal_pair(one, other, plain, teacher, teacher, iN, iT)
    return (
        test_signal,
        noise_pair(one, other, here.test, there.test, iN, iT),
        seen_signal,
        noise_pair(one, other, here.one, there.one, iN, iT) + 1.0,
    )


@compiled
def weighted_two_ridge(nodes: WeightedNodes, path: Path, N: float, T: float) -> TwoRidge:
    """The two-ridge losses of any model."""
    K = path.ridge.size
    n = min(N, T)
    iN = 1.0 / N
    iT = 1.0 / T
    alike = bool(np.all(nodes.test == nodes.unit))
    sums = [_weighted(nodes, alike, at(path, k, n, N <= T, False)) for k in range(K)]
    tables = np.empty((4, 2, K, K), np.complex128)
    for j in range(K):
        one = at(path, j, n, N <= T, False)
        here = sums[j]
        for k in range(j, K):
            for conjugate in range(2):
                other = at(path, k, n, N <= T, conjugate == 1)
                there = _all_conjugate(sums[k]) if conjugate else sums[k]
                pairs = _four_pairs(nodes, one, other, here, there, iN, iT)
                for i in range(4):
                    tables[i, conjugate, j, k] = pairs[i]
                    tables[i, conjugate, k, j] = np.conj(pairs[i]) if conjugate else pairs[i]
    return TwoRidge(tables[0], tables[1], tables[2], tables[3])
