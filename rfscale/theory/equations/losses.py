"""The losses at one point: planar (5.8), (15.3) or with one loop (6.15), and without a ridge.

Without a ridge D vanishes at N = T < M, where losses diverge, and at min(N, T) = M (7.6), (7.7).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import Point, size_ratios
from rfscale.theory.equations.one_loop import OneLoop, one_loop_terms
from rfscale.theory.equations.order_error import Spread, first_order, part_error, spread
from rfscale.theory.equations.planar import (
    Saddle,
    Terms,
    fluctuation,
    isotropic_terms,
    planar_terms,
    saddle_of,
    times_delta,
)
from rfscale.theory.equations.resummed import (
    Resummed,
    no_pole,
    pole_of_latents,
    pole_of_sizes,
    regular_fluctuation,
    resummed,
    share_of,
)
from rfscale.traces.nodes import Nodes
from rfscale.traces.quadrature import WeightedMoments, WeightedNodes, all_moments

TINY = 1e-300
HOPELESS = 1e4  # fluctuation above which one loop says nothing, and is not added
ROUNDED = 1e10  # fluctuation above which one loop off its poles is lost in rounding
UNSURE = 0.1  # error of a resummed part above which one loop may be better
PLANAR = 0  # the orders
ONE_LOOP = 1
RESUMMED = 2


class CornerSums(NamedTuple):
    """Sums over the spectrum that the losses at N = T = M depend on."""

    test: float  # sum rho
    teacher: float  # sum W
    inverse: float  # sum lambda_+/lambda


class Losses(NamedTuple):
    """The losses at a point, in the units of `Units` over min(1, sqrt(Delta/lambda_+))."""

    signal: float
    noise: float
    train_signal: float  # over y_T^2, as the next
    train_noise: float
    fluctuation: float
    df1: float  # added by one loop
    signal_change: float  # by one loop, relative; 0 for plain planar losses with Delta > 0
    noise_change: float
    signal_error: float  # of what one loop leaves, relative to the planar part
    noise_error: float


@compiled
def isotropic_losses(nodes: Nodes, inverse: float, point: Point, N: float, T: float) -> Losses:
    """The planar losses of a plain model; `inverse` is the sum of 1/lambda.

    The fast path of `losses`, which gives the same for rho = W = 1.
    """
    s = point.traces.df1_minus_df2
    saddle = saddle_of(s, point.unused_N, point.unused_T, N, T)
    expansion = fluctuation(s, saddle)
    if saddle.D == 0.0:
        sums = CornerSums(nodes.M, nodes.M, inverse)
        return corner(sums, N, T, nodes.M, expansion, PLANAR)
    terms = isotropic_terms(point.traces, saddle)
    signal = times_delta(point.log_delta, terms.signal, nodes.trace)
    change, error = all_learned(T, nodes.M) if point.log_delta == -np.inf else (0.0, 0.0)
    return Losses(
        signal=signal,
        noise=terms.noise,
        train_signal=signal,
        train_noise=terms.train_noise,
        fluctuation=expansion,
        df1=0.0,
        signal_change=0.0,
        noise_change=change,
        signal_error=0.0,
        noise_error=error,
    )


@compiled
def losses(
    weighted: WeightedNodes, point: Point, N: float, T: float, M: float, order: int
) -> Losses:
    """The losses of any model, planar, with one loop or resummed, and how far they are off."""
    moments = all_moments(weighted, np.exp(point.log_delta / 2.0))
    s = moments.one.s
    saddle = saddle_of(s, point.unused_N, point.unused_T, N, T)
    if saddle.D == 0.0:
        expansion = 1.0 / (T - M) if T > M else np.inf
        return corner(corner_sums(weighted), N, T, M, expansion, order)
    planar = planar_terms(moments, saddle)
    expansion = fluctuation(s, saddle)
    more = OneLoop(0.0, 0.0, 0.0, 0.0, 0.0)
    around = Spread(np.inf, np.inf, 0.0)
    if expansion <= (ROUNDED if order == RESUMMED else HOPELESS):
        more = one_loop_terms(moments, saddle)
        around = spread(moments.one, moments.test, saddle)
    at = _sum(weighted, point.log_delta, planar, more, expansion, around, order != PLANAR)
    if order != RESUMMED:
        return at
    zeroth = _sum(weighted, point.log_delta, planar, more, expansion, around, False)
    return _with_poles(zeroth, at, moments, saddle, (N, T, M))


@compiled
def _with_poles(
    planar: Losses,
    at: Losses,
    moments: WeightedMoments,
    saddle: Saddle,
    sizes: tuple[float, float, float],
) -> Losses:
    """Signal and noise with their poles resummed; the rest as it is with one loop."""
    N, T, M = sizes
    one = moments.one
    of_sizes = pole_of_sizes(N, T, one.s, saddle)
    of_latents = pole_of_latents(T, M, moments, saddle)
    of_signal = share_of(of_sizes, size_ratios(N, T)[0])
    off_sizes = regular_fluctuation(N, T, one.s, saddle)
    off_both = max(off_sizes - of_latents.fluctuation, 0.0)
    errors = [first_order(f, one.df1, one.df2) for f in (off_sizes, off_both)]
    signal = resummed(at.signal_change, of_signal, no_pole(), errors[0])
    noise = resummed(at.noise_change, of_sizes, of_latents, errors[1])
    if saddle.y_N > 0.0 and saddle.y_T > 0.0:  # without ridge the poles are all there is
        signal = _better(signal, at.signal_change, at.signal_error)
        noise = _better(noise, at.noise_change, at.noise_error)
    return Losses(
        signal=planar.signal * signal.factor,
        noise=planar.noise * noise.factor,
        train_signal=at.train_signal,
        train_noise=at.train_noise,
        fluctuation=at.fluctuation,
        df1=at.df1,
        signal_change=at.signal_change,
        noise_change=at.noise_change,
        signal_error=signal.error,
        noise_error=noise.error,
    )


@compiled
def _better(part: Resummed, change: float, error: float) -> Resummed:
    """A part resummed, but where that is unsure and one loop states a smaller error."""
    left = 1.0 - abs(change)
    alone = error / left / (1.0 + change) if left > 0.0 else np.inf
    unsure = UNSURE < part.error < np.inf
    return Resummed(1.0 + change, alone) if unsure and alone < part.error else part


@compiled
def _sum(
    weighted: WeightedNodes,
    z: float,
    planar: Terms,
    more: OneLoop,
    expansion: float,
    around: Spread,
    one_loop: bool,
) -> Losses:
    """Planar terms, with those of one loop or without, times Delta."""
    signal_change = more.signal / max(planar.signal, TINY)
    noise_change = more.noise / max(planar.noise, TINY)
    added = 1.0 if one_loop else 0.0
    train_signal = planar.train_signal + added * more.train_signal
    return Losses(
        signal=times_delta(z, planar.signal + added * more.signal, weighted.test_trace),
        noise=planar.noise + added * more.noise,
        train_signal=times_delta(z, train_signal, weighted.trace),
        train_noise=planar.train_noise + added * more.train_noise,
        fluctuation=expansion,
        df1=added * more.df1,
        signal_change=signal_change,
        noise_change=noise_change,
        signal_error=part_error(signal_change, around.signal, around.held),
        noise_error=part_error(noise_change, around.noise, around.held),
    )


@compiled
def all_learned(T: float, M: float) -> tuple[float, float]:
    """The change of the noise by one loop where all M < N, T are learned, and what that leaves.

    The noise is 1/(T - M - 1) over 1/M, an inverse Wishart matrix (7.18).
    """
    change = 1.0 / (T - M)
    return change, part_error(change, 0.5 * change**2, 0.0)


@compiled
def corner(sums: CornerSums, N: float, T: float, M: float, expansion: float, order: int) -> Losses:
    """Losses where D = 0: (7.6) and (7.7), to one loop (7.18)."""
    signal = 0.0
    noise = train_signal = train_noise = np.inf
    change = 0.0
    error = np.inf
    if min(N, T) < M or T == M:
        expansion = np.inf
        if N <= T:
            signal = square_corner(sums) if N == T == M and order == PLANAR else np.inf
    else:
        change, error = all_learned(T, M)
        noise = sums.test / (T - M) * (1.0 + change if order else 1.0)
        if order == RESUMMED:
            noise = sums.test / (T - M - 1.0) if T > M + 1.0 else np.inf
            error = 0.0 if T > M + 1.0 else np.inf
        train_signal = 0.0
        train_noise = 1.0 / (1.0 - M / T)
    return Losses(
        signal=signal,
        noise=noise,
        train_signal=train_signal,
        train_noise=train_noise,
        fluctuation=expansion,
        df1=0.0,
        signal_change=0.0,
        noise_change=change,
        signal_error=error,
        noise_error=error,
    )


@compiled
def square_corner(sums: CornerSums) -> float:
    """The planar signal at N = T = M (7.7)."""
    return sums.test * (sums.teacher / (3.0 * sums.inverse))


@compiled
def corner_sums(weighted: WeightedNodes) -> CornerSums:
    """The sums of any model."""
    inverse = np.sum(weighted.unit * weighted.roots * weighted.roots)
    return CornerSums(np.sum(weighted.test), np.sum(weighted.teacher), inverse)
