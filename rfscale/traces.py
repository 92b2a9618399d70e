r"""The sums over a spectrum, compiled: with p = lambda/(lambda + Delta) and q = Delta/(lambda + Delta),

.. math:: \mathrm{df}_k = \sum_J p_J^k, \qquad \mathrm{df}_1 - \mathrm{df}_2 = \sum_J p_J q_J, \qquad
          \mathrm{df}_1 - \#\{\lambda_J > \Delta\} = \sum_{\lambda_J \le \Delta} p_J - \sum_{\lambda_J > \Delta} q_J.

All arguments are logarithms of eigenvalues and of Delta over the largest eigenvalue, so that nothing is out of range.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.arguments import Floats


class Traces(NamedTuple):
    """Traces of the resolvent at one Delta (or arrays of them); eigenvalues in units of the largest."""

    df1: Floats
    df2: Floats
    df1_minus_df2: Floats  # sum p q
    df2_minus_df3: Floats  # sum p^2 q
    unlearned: Floats  # sum lambda q^2 = Delta (df1 - df2)
    above: Floats  # the number of eigenvalues above Delta ...
    excess: Floats  # ... and df1 - above, of the order of df1 - df2: what N - df1 has to be computed from


def log_product(numerator: list[ArrayLike], denominator: list[ArrayLike]) -> Floats:
    """log of a quotient of products of numbers in [0, inf], which itself may be beyond float64's range."""
    mantissa, exponent = scaled_product(numerator, denominator)
    with np.errstate(divide="ignore"):
        logarithm: Floats = np.log(mantissa) + exponent * np.log(2.0)
    return logarithm


def scaled_product(numerator: list[ArrayLike], denominator: list[ArrayLike]) -> tuple[Floats, NDArray[np.int64]]:
    """Mantissa m and exponent e of a quotient of products, m 2^e; no intermediate is out of range."""
    mantissa: Floats = np.ones(())
    exponent: NDArray[np.int64] = np.zeros((), dtype=np.int64)
    with np.errstate(divide="ignore"):
        for factor in numerator:
            m, e = np.frexp(np.asarray(factor, dtype=np.float64))
            mantissa, exponent = mantissa * m, exponent + e
        for factor in denominator:
            m, e = np.frexp(np.asarray(factor, dtype=np.float64))
            mantissa, exponent = mantissa / m, exponent - e
    return mantissa, exponent


def times(factor: ArrayLike, values: ArrayLike) -> Floats:
    """factor * values, where a vanishing factor or value wins over an infinite one."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.where(np.equal(factor, 0.0) | np.equal(values, 0.0), 0.0, np.multiply(factor, values))


@numba.njit(cache=True, nogil=True)
def _fractions(gap: float) -> tuple[float, float]:
    """p and q = 1 - p at gap = log(lambda/Delta), each to full relative accuracy."""
    ratio = np.exp(-abs(gap))
    larger = 1.0 / (1.0 + ratio)
    smaller = ratio * larger
    return (larger, smaller) if gap > 0.0 else (smaller, larger)


@numba.njit(cache=True, nogil=True)
def moments(log_eigenvalues: Floats, log_delta: Floats, i: int, j: int) -> Floats:
    """sum p^i q^j at each log(Delta/scale)."""
    out = np.zeros(log_delta.size)
    for point in range(log_delta.size):
        for rank in range(log_eigenvalues.size - 1, -1, -1):  # smallest terms first: the least rounding
            p, q = _fractions(log_eigenvalues[rank] - log_delta[point])
            out[point] += p**i * q**j
    return out


@numba.njit(cache=True, nogil=True)
def traces_kernel(log_eigenvalues: Floats, log_delta: float) -> tuple[float, float, float, float, float, float, float]:
    """The fields of `Traces`, in their order, at one log(Delta/scale)."""
    df1, df2, pq, ppq, above, excess = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for rank in range(log_eigenvalues.size - 1, -1, -1):  # smallest terms first: the least rounding
        gap = log_eigenvalues[rank] - log_delta
        p, q = _fractions(gap)
        df1 += p
        df2 += p * p
        pq += p * q
        ppq += p * p * q
        if gap > 0.0:
            above += 1.0
            excess -= q
        else:
            excess += p
    # Beyond exp(300) nothing is learned, to all digits, and exp(log_delta) may overflow.
    unlearned = np.exp(log_delta) * pq if log_delta < 300.0 else np.exp(log_eigenvalues[::-1]).sum()
    return df1, df2, pq, ppq, unlearned, above, excess


@numba.njit(cache=True, nogil=True)
def traces_at(log_eigenvalues: Floats, log_delta: Floats) -> Floats:
    """The fields of `Traces` at each log(Delta/scale), shape (points, 7)."""
    out = np.empty((log_delta.size, 7))
    for point in range(log_delta.size):
        out[point] = traces_kernel(log_eigenvalues, log_delta[point])
    return out
