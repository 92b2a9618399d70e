r"""Planar losses of a model whose samples have unequal leverage, x_a = sqrt(tau_a) z_a.

The resolution Delta is that of T_eff samples of equal leverage, with y_T = 1 - df1/T_eff (22.4).
With the signal B at infinitely many samples and the degrees of freedom d of the noise there, (22.5)
and (22.6), those of the test spectrum primed, and y_T, r and T_eff of the sample equation, the
losses are (22.7)

.. math:: L_\mathrm{signal} \propto B' + \frac{d'}{h}\,\frac{1 - y_T r}{\mathrm{df}_1}\,B, \qquad
          L_\mathrm{noise} \propto \frac{d'}{h}\,\frac{r}{T_\mathrm{eff}}, \qquad h = 1 - (1 -
          \zeta)(1 - y_T r), \qquad \zeta = \frac{(\mathrm{df}_1 - \mathrm{df}_2)\,
          y_N}{\mathrm{df}_1 D}, \qquad D = y_N + \frac{\mathrm{df}_1 - \mathrm{df}_2}{N}

and the training loss is (22.9). For tau = 1 they are those of `rfscale.theory.equations.planar`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import Point, solve_point
from rfscale.theory.equations.planar import Saddle, noise_term, planar_terms
from rfscale.theory.equations.sample_equation import (
    MAX_STEPS,
    ROUNDING,
    Samples,
    mean_weights,
    sample_variance,
    samples_at,
)
from rfscale.traces.nodes import Nodes
from rfscale.traces.quadrature import WeightedMoments


class Problem(NamedTuple):
    """A spectrum, leverages of mean 1, sizes, and log of gamma M/(sigma_u^2 lambda_+ N T)."""

    nodes: Nodes
    tau: Floats
    N: float
    T: float
    log_ridge: float


class FeaturesAlone(NamedTuple):
    """The signal with infinitely many samples, on training and test data; degrees of freedom."""

    bias: float
    test_bias: float
    df: float  # d
    test_df: float
    spare: float  # zeta = 1 - d/df1


class LeveragedTerms(NamedTuple):
    """Losses as traces, those of the signal to be multiplied with Delta; training included."""

    signal: float
    noise: float
    train_signal: float
    train_noise: float
    held: float  # 1 - (1 - zeta)(1 - y_T r)


@compiled
def solve_leverages(problem: Problem) -> tuple[Point, Samples]:
    """The root of (22.4) in log y_T, in a bracket that secants or halves make smaller.

    The share that T samples of equal leverage leave unused is an upper bound, as T_eff <= T.
    """
    nodes, tau, N, T, log_ridge = problem
    point = solve_point(nodes, N, T, log_ridge)
    if np.isinf(T) or point.unused_T == 0.0 or point.unused_T == 1.0:
        return point, samples_at(tau, T, point.unused_T)
    upper = np.log(point.unused_T)
    above, point = _mismatch(problem, upper)
    lower = z = upper
    below = above
    while below < 0.0:
        upper = lower
        above = below
        lower += max(2.0 * below, -50.0) - 0.1
        below, point = _mismatch(problem, lower)
    for _ in range(MAX_STEPS):
        z = upper if above == 0.0 else lower
        if below == 0.0 or above == 0.0 or upper - lower <= ROUNDING * max(1.0, abs(upper)):
            break
        secant = upper - above * (upper - lower) / (above - below)
        z = secant if lower < secant < upper else 0.5 * (lower + upper)
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
    return point, samples_at(tau, T, np.exp(z))


@compiled
def _mismatch(problem: Problem, log_y: float) -> tuple[float, Point]:
    """log(1 - df1/T) less what the sample equation says of it, and the solution at this y_T.

    T - df1 is kept as it is, and the ridge changed by (T - df1)/(T_eff - df1): so T - M and T - N
    lose no digits.
    """
    nodes, tau, N, T, log_ridge = problem
    unused, effective = mean_weights(tau, np.exp(log_y))
    point = solve_point(nodes, N, T, log_ridge + np.log(unused / effective))
    return np.log(point.unused_T) - (log_y + np.log(unused)), point


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
        spare=one.s * y_N / (D * one.df1) if one.df1 > 0.0 else 1.0,  # where nothing is learned
    )


@compiled
def leveraged_terms(
    moments: WeightedMoments, point: Point, samples: Samples, N: float
) -> LeveragedTerms:
    """The losses (22.7) and (22.9) of a model: its samples miss the mean by tau times the bias of
    the signal, and by the noise.
    """
    at = features_alone(moments, point.unused_N, N)
    followed, held = sample_variance(at.spare, samples, 0.0, at.bias)
    signal = followed / held if followed > 0.0 else 0.0
    noise = sample_variance(at.spare, samples, 1.0, 0.0)[0] / held
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
