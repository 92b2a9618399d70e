r"""Samples of unequal leverage: the sample equation, and what the losses need of all leverages.

A sample a that is left out has the leverage tau_a chi, with mean tau = 1. With a share y_T of the
samples' strength that is not used, eta = y_T/(1 - y_T) = 1/chi, the degrees of freedom are (22.3)

.. math:: \mathrm{df}_1 = \sum_a \frac{\tau_a \chi}{1 + \tau_a \chi} = (1 - y_T)\,T_\mathrm{eff},
          \qquad T_\mathrm{eff} = \sum_a u_a, \qquad u_a = \frac{\tau_a}{y_T + (1 - y_T)\,\tau_a},
          \qquad r = \frac{\sum_a u_a^2/\tau_a}{\sum_a u_a}

With d degrees of freedom of the noise, squared errors b_a that do not depend on the training set
and tau_a v of the features, what the fit follows of them is, per degree of freedom (22.8),

.. math:: \frac{1}{1 - (1 - \zeta)(1 - y_T r)} \Big[\frac{r}{T_\mathrm{eff}}\,\bar b + \frac{\sum_a
          u_a^2}{T_\mathrm{eff}^2}\,v\Big], \qquad \bar b = \frac{\sum_a b_a u_a^2/\tau_a}{\sum_a
          u_a^2/\tau_a}, \qquad \zeta = 1 - \frac{d}{\mathrm{df}_1}

in which nothing cancels; the factor of v is (1 - y_T r)/df1. That samples of unequal scale change
the sample equation is known, from elliptical laws of random matrices on, and in ridge regression
[Bigot-Dabo-Male] arXiv:2403.20200 and 2504.03035, [AZP2] arXiv:2408.04607 (all by their abstracts);
the form with T_eff and r, and errors that stay with their sample, are derived here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum

MAX_STEPS = 200
ROUNDING = 4e-16  # of log y_T
LAST_STEP = 1e-8  # of Newton's, whose error is its square


class Samples(NamedTuple):
    """What the losses depend on of all leverages."""

    unused: float  # y_T = 1 - df1/T_eff
    effective: float  # T_eff
    ratio: float  # r
    squares: float  # sum u^2/T_eff^2
    seen: float  # mean of q^2, the squared share of a label that training leaves ...
    seen_with_tau: float  # ... and of q^2 tau


@compiled
def mean_weights(tau: Floats, y_T: float) -> tuple[float, float]:
    """Means of u/tau and u: (1 - df1/T)/y_T, and T_eff/T, at least and at most 1."""
    first = second = 0.0
    for value in tau:
        weight = 1.0 / (y_T + (1.0 - y_T) * value)
        first += weight
        second += value * weight
    return first / tau.size, second / tau.size


@compiled
def samples_at(tau: Floats, T: float, y_T: float) -> Samples:
    """The sums over leverages at an unused share y_T."""
    first = second = squares = seen = 0.0
    for value in tau:
        weight = 1.0 / (y_T + (1.0 - y_T) * value)  # u/tau
        first += value * weight
        second += value * weight * weight
        squares += value * weight * value * weight
        seen += weight * weight
    return Samples(
        unused=y_T,
        effective=T * first / tau.size,
        ratio=second / first,
        squares=squares / first * (tau.size / first) / T,
        seen=y_T * y_T * seen / tau.size,
        seen_with_tau=y_T * y_T * second / tau.size,
    )


@compiled
def sample_variance(spare: Any, samples: Samples, noise: Any, signal: Any) -> tuple[Any, Any]:
    """The errors of samples that the fit follows, per degree of freedom (22.8), times what is held,
    and that. Of numbers, or arrays.

    `noise` is the part of a squared error that is the same for all samples, or its mean weighted by
    u^2/tau; `signal` the part that is proportional to tau, at tau = 1.
    """
    b = samples.unused * samples.ratio
    held = spare + b - spare * b
    without = samples.ratio / samples.effective  # sum q^2 tau over (sum tau q)^2
    return without * noise + samples.squares * signal, held


@compiled
def unused_share(tau: Floats, used: float) -> float:
    """The y_T at which the sample equation (22.3) uses this share df1/T of the samples, 0 to 1.

    (1 - y_T) T_eff/T = sum tau/(eta + tau)/P with eta = y_T/(1 - y_T) is convex in log eta where it
    is small and concave where it is near 1: Newton's steps in a bracket.
    """
    if used <= 0.0:
        return 1.0
    if used >= 1.0:
        return 0.0
    lower = np.log(np.min(tau) * (1.0 - used) / used)  # sum >= min tau/(eta + min tau)
    upper = np.log((1.0 - used) / used)  # by Jensen's inequality
    z = upper
    for _ in range(MAX_STEPS):
        total, slope = _used(tau, np.exp(z))
        mismatch = total / tau.size - used
        if mismatch > 0.0:
            lower = z
        else:
            upper = z
        step = mismatch * tau.size / slope
        if abs(step) < LAST_STEP:
            z += step
            break
        z = z + step if lower < z + step < upper else 0.5 * (lower + upper)
    return np.exp(z) / (1.0 + np.exp(z))


@compiled_sum
def _used(tau: Floats, eta: float) -> tuple[float, float]:
    """The sum of tau/(eta + tau), and its fall with log eta."""
    total = slope = 0.0
    for value in tau:
        inverse = 1.0 / (eta + value)
        share = value * inverse
        total += share
        slope += share * (eta * inverse)
    return total, slope


@compiled_sum
def mean_errors(tau: Floats, squares: Floats, y_T: float) -> tuple[float, float]:
    """The mean squares that the test loss and the training loss depend on: weighted by u^2/tau and,
    times q^2, by 1.
    """
    first = second = seen = 0.0
    for i in range(tau.size):
        weight = 1.0 / (y_T + (1.0 - y_T) * tau[i])  # u/tau
        first += tau[i] * weight * weight
        second += tau[i] * weight * weight * squares[i]
        seen += weight * weight * squares[i]
    return second / first, y_T * y_T * seen / tau.size
