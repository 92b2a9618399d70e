r"""Two-ridge losses: what a mixture of ridges leaves, at infinite sizes (18.6) to (18.9).

With g the ridge in units of sigma_u^2 lambda_+ N T/M, a prime for that at the other ridge, and sums
over the spectrum weighted by rho = lambda'/lambda and by W = w_J^2 as superscripts,

.. math:: \mathcal{S}(g, g') = \Delta\Delta' \frac{\mathrm{df}_1' - \mathrm{df}_1}{g - g'}, \qquad
          \mathcal{V}(g, g') = \frac1T \frac{\Delta' y_N' \mathrm{df}_1' - \Delta\, y_N
          \mathrm{df}_1}{g' - g}

for a plain model, and the training losses are y_T y_T' S and y_T y_T' (V + 1). For any teacher and
test spectrum df_1 becomes df_1^rho in V, and

.. math:: \mathcal{S} = \Delta\Delta' \Big\{ [\rho W] + \frac{[\lambda\rho] (y_N\, \mathrm{df}_1^{W
          \prime} - y_N'\, \mathrm{df}_1^W)/T + [\rho] (\Delta\, y_T\, \mathrm{df}_1^W - \Delta'
          y_T'\, \mathrm{df}_1^{W \prime})/N}{g - g'} \Big\}

with [rho] = (df_1^rho - df_1^rho')/(Delta' - Delta), [rho W] alike, and [lambda rho] = (Delta'
df_1^rho' - Delta df_1^rho)/(Delta' - Delta). Only one-point quantities enter. Equal ridges are the
limit, (5.8) and (5.9), (15.3) and (15.4).

Differences of df_1 are taken of whichever of df_1, df_1 - min(N, T) and df_1 - M is small.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.theory.equations.complex_fixed_point import Complexes, Path


class TwoRidge(NamedTuple):
    """Two-ridge losses of all pairs of a path, and of the path with its conjugate."""

    signal: Complexes  # (2, K, K): S(g_j, g_k) and S(g_j, conj g_k)
    noise: Complexes
    train_signal: Complexes  # over y_T y_T'
    train_noise: Complexes


class One(NamedTuple):
    """The one-point quantities at one ridge."""

    g: complex
    delta: complex
    y_N: complex
    y_T: complex
    df1: complex
    left: complex  # df1 - min(N, T), from y
    unlearned: complex
    s: complex
    df2: complex
    weighted: complex


@compiled
def at(path: Path, k: int, n: float, of_N: bool, conjugate: bool) -> One:
    """The quantities at ridge k of a path, or at its conjugate."""
    y = path.y_N[k] if of_N else path.y_T[k]
    left = -n * y if n < np.inf else complex(np.inf)
    one = One(
        path.ridge[k],
        path.delta[k],
        path.y_N[k],
        path.y_T[k],
        path.df1[k],
        left,
        path.unlearned[k],
        path.s[k],
        path.df2[k],
        path.weighted[k],
    )
    return _conjugate(one) if conjugate else one


@compiled
def _conjugate(one: One) -> One:
    return One(
        np.conj(one.g),
        np.conj(one.delta),
        np.conj(one.y_N),
        np.conj(one.y_T),
        np.conj(one.df1),
        np.conj(one.left),
        np.conj(one.unlearned),
        np.conj(one.s),
        np.conj(one.df2),
        np.conj(one.weighted),
    )


@compiled
def df1_difference(one: One, other: One) -> complex:
    """df1 - df1', of the smallest of three forms."""
    plain = max(abs(one.df1), abs(other.df1))
    left = max(abs(one.left), abs(other.left))
    unlearned = max(abs(one.unlearned), abs(other.unlearned))
    if unlearned < left and unlearned < plain:
        return other.unlearned - one.unlearned
    return one.left - other.left if left < plain else one.df1 - other.df1


@compiled
def plain_pair(one: One, other: One, iN: float, iT: float) -> tuple[complex, complex]:
    """S and V of a plain model at two ridges."""
    if one.g == other.g:
        D = one.y_N * one.y_T + one.s * (one.y_N * iT + one.y_T * iN)
        noise = (one.df2 * one.y_N + one.s * one.df1 * iN) * iT / D
        return one.delta * one.s / D, noise
    over = 1.0 / (one.g - other.g)
    signal = -one.delta * other.delta * df1_difference(one, other) * over
    learned = one.df1 * one.delta
    learned_other = other.df1 * other.delta
    noise = noise_difference(one, other, learned, learned_other, one.weighted, other.weighted, iN)
    return signal, noise * iT * over


@compiled
def noise_difference(
    one: One,
    other: One,
    learned: complex,
    learned_other: complex,
    weighted: complex,
    weighted_other: complex,
    iN: float,
) -> complex:
    """Delta y_N df1 - Delta' y_N' df1', of the form whose terms are smaller.

    Delta df1 = tr Lambda - sum lambda p, and `learned` and `weighted` are these two.
    """
    in_N = iN * learned * one.df1
    if abs(one.y_N * learned) < abs(weighted) + abs(in_N):
        return one.y_N * learned - other.y_N * learned_other
    return (weighted_other - weighted) - (in_N - iN * learned_other * other.df1)


@compiled
def plain_two_ridge(path: Path, N: float, T: float) -> TwoRidge:
    """The two-ridge losses of a plain model."""
    K = path.ridge.size
    signal = np.empty((2, K, K), np.complex128)
    noise = np.empty((2, K, K), np.complex128)
    n = min(N, T)
    for j in range(K):
        one = at(path, j, n, N <= T, False)
        for k in range(j, K):
            for conjugate in range(2):
                other = at(path, k, n, N <= T, conjugate == 1)
                S, V = plain_pair(one, other, 1.0 / N, 1.0 / T)
                signal[conjugate, j, k] = S
                noise[conjugate, j, k] = V
                signal[conjugate, k, j] = np.conj(S) if conjugate else S
                noise[conjugate, k, j] = np.conj(V) if conjugate else V
    return TwoRidge(signal, noise, signal, noise + 1.0)


@compiled
def quadratic(values: Complexes, v: Complexes) -> float:
    """The sum over a path and its conjugate of v_j v_k values_jk, which is real."""
    total = 0.0
    for j in range(v.size):
        for k in range(v.size):
            total += (v[j] * v[k] * values[0, j, k]).real
            total += (v[j] * np.conj(v[k]) * values[1, j, k]).real
    return 2.0 * total
