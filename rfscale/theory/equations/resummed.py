r"""One loop with its poles resummed: finite-size losses where N and T are close (8.21), (8.22).

.. math:: L = L_0\,\prod_i \big[1 + w_i (E_i - 1)\big]\,\Big(1 + c - \sum_i w_i e_i\Big), \qquad
          e = \nu^2/\omega^3

with the relative change c by one loop, and the laws E of the hard edge, which are 1 + e to one
loop: that of N and T, whose unused parts are a = T - df1 and b = N - df1, and for the noise that of
T and M, whose unused parts are a and M - df1. The weights w are the shares of the losses that have
the pole, with s = df1 - df2 and n <= m the smaller and the larger of N and T,

.. math:: w_{NT} = \frac{(a + b)\,s}{N T D}\ \Big(\text{signal: times } \frac nm\Big), \qquad
          w_{TM} = \frac{(a + s)\,b}{N T D} \cdot \frac{b\,\mathrm{df}_2}{b\,\mathrm{df}_2
          + s\,\mathrm{df}_1}.

Without ridge it is exact for the noise with T > min(N, M), and (7.22) for the signal. Derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.theory.equations.hard_edge import hard_edge, to_one_loop
from rfscale.theory.equations.planar import Saddle
from rfscale.traces.quadrature import WeightedMoments

ROUNDED = 1e-8  # sum p q/M below which M - df1 is not known by its difference


class Pole(NamedTuple):
    """A pole of a loss."""

    excess: float  # w (E - 1)
    first: float  # the same to one loop
    unsure: float  # what of the excess the rest may change, which it does not without ridge
    fluctuation: float  # its part of (6.16), as far as the excess is exact


class Resummed(NamedTuple):
    """A loss over the planar one, and its relative error."""

    factor: float
    error: float


@compiled
def no_pole() -> Pole:
    """Of a loss that has none."""
    return Pole(0.0, 0.0, 0.0, 0.0)


@compiled
def share_of(pole: Pole, share: float) -> Pole:
    """The pole of a loss of which this share has it."""
    excess, first, unsure, fluctuation = pole
    return Pole(share * excess, share * first, share * unsure, share * fluctuation)


@compiled
def resummed(change: float, one: Pole, other: Pole, regular: float) -> Resummed:
    """From the relative change by one loop; `regular` is the fluctuation (6.16) off the poles.

    The error is that of the rest, squared, and of what the poles and the rest do to each other.
    Calibrated against simulations at N or T from 10 to 40, and at N and T near M from 11 to 16.
    """
    rest = change - one.first - other.first
    poles = (1.0 + one.excess) * (1.0 + other.excess)
    # positive as the loss is, and the same to one loop
    factor = poles * (1.0 + rest if rest >= 0.0 else 1.0 / (1.0 - rest))
    unsure = min(one.unsure + other.unsure, 1.0)
    error = rest * rest + regular * regular + 1.5 * regular * unsure
    return Resummed(factor, error if factor < np.inf else np.inf)


@compiled
def pole_of_sizes(N: float, T: float, s: float, saddle: Saddle) -> Pole:
    """The pole at N = T, of a noise."""
    y_N, y_T, iN, iT, D = saddle
    weight = (y_T * iN + y_N * iT) * s / D
    return _pole(abs(N - T), y_N * N, y_T * T, weight)


@compiled
def pole_of_latents(T: float, M: float, moments: WeightedMoments, saddle: Saddle) -> Pole:
    """The pole at T = M, of a noise."""
    y_N, y_T, iN, iT, D = saddle
    s = moments.one.s
    of_data = moments.test.df2 * y_N
    weight = (y_T + s * iT) * y_N / D * of_data / (of_data + s * moments.test.df1 * iN)
    # where it is lost in rounding, M - df1 is s
    unused = max(M - moments.one.df1, s) if s > ROUNDED * M else s
    return _pole(abs(T - M), y_T * T, unused, weight)


@compiled
def _pole(nu: float, a: float, b: float, weight: float) -> Pole:
    """That of two sizes which differ by nu, with unused parts a and b, in a share of a loss."""
    if not (nu < np.inf and weight > 0.0):
        return no_pole()
    w = 2.0 * np.sqrt(a * b)
    omega = np.hypot(nu, w)
    excess = weight * (hard_edge(nu, w) - 1.0)
    by_ridge = (w / omega) ** 2 if omega > 0.0 else 1.0
    return Pole(
        excess=excess,
        first=weight * to_one_loop(nu, w),
        unsure=abs(excess) * (0.25 + 0.75 * by_ridge),
        fluctuation=weight * (1.0 - by_ridge) / omega if omega > 0.0 else 0.0,
    )


@compiled
def regular_fluctuation(N: float, T: float, s: float, saddle: Saddle) -> float:
    """The fluctuation (6.16) without 2/(a + b), which is due to the pole at N = T."""
    y_N, y_T, iN, iT, D = saddle
    a = y_T * T
    b = y_N * N
    if a + b == np.inf:
        return (y_T * iN + y_N * iT + 2.0 * s * iN * iT) / D
    return (a * a + b * b) / (a + b) * iN * iT / D
