r"""Samples of unequal leverage: the planar theory of x_a = sqrt(tau_a) z_a, with mean tau = 1.

The leverage of a sample a, left out of the training set, is tau_a chi; where planar theory for
Gaussian data has one number for all samples, here each has its own. With the share y that is not
used and (22.3)

.. math:: u_a = \frac{\tau_a}{y + (1 - y)\,\tau_a}, \qquad T_\mathrm{eff} = \sum_a u_a,
          \qquad r = \frac{\sum_a u_a^2/\tau_a}{\sum_a u_a}

the resolution Delta is that of T_eff samples of equal leverage, y = 1 - df1/T_eff (22.4). With the
loss B at infinitely many samples and the degrees of freedom d of the noise there, (22.5) and
(22.6), those of the test spectrum primed, labels that miss the mean by b_a and v the variance of
features, the losses are (22.7), (22.8)

.. math:: L = B' + \frac{d'}{1 - (1 - a)(1 - y r)}\Big[\frac{r}{T_\mathrm{eff}}\,\bar b +
          \frac{1 - y r}{\mathrm{df}_1}\,v\Big], \qquad a = 1 - \frac{d}{\mathrm{df}_1} =
          \frac{(\mathrm{df}_1 - \mathrm{df}_2)\,y_N}{\mathrm{df}_1 D}, \qquad D = y_N +
          \frac{\mathrm{df}_1 - \mathrm{df}_2}{N}

That samples of unequal scale change the sample equation is known [Bigot-Dabo-Male] arXiv:2403.20200
and 2504.03035, [AZP2] arXiv:2408.04607 (by their abstracts), and goes back to elliptical laws of
random matrices; the form with T_eff and r is derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import Point, solve_point
from rfscale.theory.equations.planar import Saddle, noise_term, planar_terms
from rfscale.traces.nodes import Nodes
from rfscale.traces.quadrature import WeightedMoments

MAX_STEPS = 200
ROUNDING = 4e-16  # of log y
LEAST = -700.0  # of log y


class Problem(NamedTuple):
    """A spectrum, leverages of mean 1, sizes, and log of gamma M/(sigma_u^2 lambda_+ N T)."""

    nodes: Nodes
    tau: Floats
    N: float
    T: float
    log_ridge: float


class Samples(NamedTuple):
    """What the losses depend on of all leverages."""

    unused: float  # y = 1 - df1/T_eff
    effective: float  # T_eff
    ratio: float  # r
    seen: float  # mean of q^2, the squared share of a label that training leaves ...
    seen_with_tau: float  # ... and of q^2 tau


class FeaturesAlone(NamedTuple):
    """The signal with infinitely many samples, on training and test data; degrees of freedom."""

    bias: float
    test_bias: float
    df: float  # d
    test_df: float
    spare: float  # a = 1 - d/df1


class LeveragedTerms(NamedTuple):
    """Losses as traces, those of the signal to be multiplied with Delta; training included."""

    signal: float
    noise: float
    train_signal: float
    train_noise: float
    held: float  # 1 - (1 - a)(1 - y r)


@compiled
def effective_share(tau: Floats, y: float) -> float:
    """T_eff/T, at most 1 by Jensen's inequality."""
    total = 0.0
    for value in tau:
        total += value / (y + (1.0 - y) * value)
    return total / tau.size


@compiled
def samples_at(tau: Floats, T: float, y: float) -> Samples:
    """The sums over leverages at an unused share y."""
    first = second = seen = 0.0
    for value in tau:
        weight = 1.0 / (y + (1.0 - y) * value)  # u/tau
        first += value * weight
        second += value * weight * weight
        seen += weight * weight
    seen_with_tau = y * y * second / tau.size
    return Samples(y, T * first / tau.size, second / first, y * y * seen / tau.size, seen_with_tau)


@compiled
def solve_leverages(problem: Problem) -> tuple[Point, Samples]:
    """The root of (22.4) in log y, in a bracket that secants or halves make smaller.

    The share that T samples of equal leverage leave unused is an upper bound, as T_eff <= T.
    """
    nodes, tau, N, T, log_ridge = problem
    if log_ridge == -np.inf and N == T == nodes.M:  # the limit of a small ridge, to 1e-14
        problem = Problem(nodes, tau, N, T, nodes.log_smallest - 100.0)
    point = solve_point(nodes, N, T, problem.log_ridge)
    if np.isinf(T) or point.unused_T == 0.0 or point.unused_T == 1.0:
        return point, samples_at(tau, T, point.unused_T)
    upper = np.log(point.unused_T)
    above, point = _mismatch(problem, upper)
    lower = upper
    below = above
    while below < 0.0:
        upper = lower
        above = below
        lower += max(2.0 * below, -50.0) - 0.1
        if lower < LEAST:
            return point, samples_at(tau, T, 0.0)
        below, point = _mismatch(problem, lower)
    for _ in range(MAX_STEPS):
        if below == 0.0 or above == 0.0 or upper - lower <= ROUNDING * max(1.0, abs(upper)):
            break
        middle = 0.5 * (lower + upper)
        z = upper - above * (upper - lower) / (above - below) if above > -np.inf else middle
        z = z if lower < z < upper else middle
        value, point = _mismatch(problem, z)
        if abs(value) <= ROUNDING:
            break
        if value > 0.0:
            lower = z
            below = value
            above *= 0.5  # Illinois: the end that stays counts half
        else:
            upper = z
            above = value
            below *= 0.5
    return point, samples_at(tau, T, point.unused_T)


@compiled
def _mismatch(problem: Problem, log_y: float) -> tuple[float, Point]:
    """log(1 - df1/T_eff) - log y, which decreases at its root, and the solution at this T_eff."""
    nodes, tau, N, T, log_ridge = problem
    share = effective_share(tau, np.exp(log_y))
    point = solve_point(nodes, N, T * share, log_ridge - np.log(share))
    if point.unused_T == 0.0:
        return -np.inf, point
    return np.log(point.unused_T) - log_y, point


@compiled
def features_alone(moments: WeightedMoments, y_N: float, N: float) -> FeaturesAlone:
    """(22.5) and (22.6): what N features do with infinitely many samples at this Delta."""
    one = moments.one
    test = moments.test
    D = y_N + one.s / N
    if D == 0.0:  # N = M without ridge: all is learned
        return FeaturesAlone(0.0, 0.0, one.df1, test.df1, 0.0)
    losses = planar_terms(moments, Saddle(y_N, 1.0, 1.0 / N, 0.0, D))
    per_sample = Saddle(y_N, 1.0, 1.0 / N, 1.0, D)
    return FeaturesAlone(
        bias=losses.train_signal,
        test_bias=losses.signal,
        df=noise_term(one.df1, one.df2, one.s, per_sample),
        test_df=noise_term(test.df1, test.df2, one.s, per_sample),
        spare=one.s * y_N / (D * one.df1),
    )


@compiled
def sample_variance(
    df1: float, spare: float, samples: Samples, noise: float, signal: float
) -> tuple[float, float]:
    """The errors of samples that the fit follows, per degree of freedom (22.7), and what is held.

    `noise` is the part of a squared error that is the same for all samples, or its mean weighted by
    u^2/tau; `signal` the part that is proportional to tau, at tau = 1.
    """
    b = samples.unused * samples.ratio
    held = spare + b - spare * b
    with_tau = (1.0 - b) / df1  # sum q^2 tau^2 over (sum tau q)^2
    without = samples.ratio / samples.effective  # sum q^2 tau over (sum tau q)^2
    error = without * noise + with_tau * signal
    return error / held if error > 0.0 else 0.0, held


@compiled
def leveraged_terms(
    moments: WeightedMoments, point: Point, samples: Samples, N: float
) -> LeveragedTerms:
    """The losses (22.7) and (22.8) of a model: its samples miss the mean by tau times the bias of
    the signal, and by the noise.
    """
    df1 = moments.one.df1
    at = features_alone(moments, point.unused_N, N)
    signal, held = sample_variance(df1, at.spare, samples, 0.0, at.bias)
    noise, _ = sample_variance(df1, at.spare, samples, 1.0, 0.0)
    return LeveragedTerms(
        signal=at.test_bias + at.test_df * signal,
        noise=at.test_df * noise,
        train_signal=_seen(samples, at.bias + at.df * signal),
        train_noise=samples.seen + _seen(samples, at.df * noise),
        held=held,
    )


@compiled
def _seen(samples: Samples, error: float) -> float:
    """What training leaves of an error that is proportional to tau, also if it diverges."""
    return samples.seen_with_tau * error if samples.seen_with_tau > 0.0 else 0.0
