r"""The hypergeometric function of a power law (11.4) and the roots of equations that it is in.

.. math:: {}_2F_1(1, s; 1+s; -x) = s \int_0^1 \frac{t^{s-1}}{1 + x t}\,dt, \qquad
          1 - {}_2F_1(1, s; 1+s; -x) = \frac{x}{2 + \alpha}\,{}_2F_1(1, 1+s; 2+s; -x), \qquad
          s = \frac{1}{1+\alpha}
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.support.arguments import Floats
from rfscale.theory.asymptotics.errors import power_law_constant


def hypergeometric(alpha: float, log_argument: float) -> float:
    """2F1(1, s; 1+s; -x) at log x; for large x, which may overflow, its expansion (11.11)."""
    s = 1 / (1 + alpha)
    if log_argument < 600.0:
        return float(scipy.special.hyp2f1(1.0, s, 1.0 + s, -np.exp(log_argument)))
    c = power_law_constant(alpha) ** s
    return float(c * np.exp(-s * log_argument) - np.exp(-log_argument) / alpha)


def one_minus_hypergeometric(alpha: float, log_argument: float) -> float:
    """1 - 2F1(1, s; 1+s; -x) at log x; for small x, where it cancels, x/(2+alpha) 2F1(1, 1+s; 2+s;
    -x), by a transformation whose series is one of positive terms.
    """
    if log_argument > 0:
        return 1 - hypergeometric(alpha, log_argument)
    s = 1 / (1 + alpha)
    x = np.exp(log_argument)
    return float(x / (1 + x) / (2 + alpha) * scipy.special.hyp2f1(1.0, 1.0, 2.0 + s, x / (1 + x)))


def log_tau(alpha: float, nu: Floats, left: Floats) -> Floats:
    """log tau, the root of nu = 2F1(1, s; 1+s; -tau), with left = 1 - nu, which near 1 has more
    digits.
    """

    def share(z: float) -> float:
        return hypergeometric(alpha, z)

    def rest(z: float) -> float:
        return one_minus_hypergeometric(alpha, z)

    return roots(share, rest, nu, left, 0.0, 0.0)


def roots(
    falling: Callable[[float], float],
    rising: Callable[[float], float],
    values: Floats,
    left: Floats,
    lower: float,
    upper: float,
) -> Floats:
    """z where `falling` takes the values, and `rising` what is left; the smaller of the two."""
    found = np.empty(values.shape)
    for index, value in np.ndenumerate(values):
        rest = float(left[index])
        if value <= rest:
            found[index] = _root(falling, value, lower, upper)
        else:
            found[index] = _root(lambda z: -rising(z), -rest, lower, upper)
    return found


def _root(function: Callable[[float], float], value: float, lower: float, upper: float) -> float:
    """Where a decreasing function takes the value; the bracket grows from the two guesses."""
    low = lower - 1.0
    high = upper + 1.0
    for _ in range(64):  # doublings; if they do not suffice brentq says that there is no root
        if function(low) >= value >= function(high):
            break
        lower_still = 1.5 * low - 0.5 * high
        high = 1.5 * high - 0.5 * low
        low = lower_still
    z = scipy.optimize.brentq(lambda z: function(z) - value, low, high, xtol=1e-13, rtol=1e-13)
    return float(z)
