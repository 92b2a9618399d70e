r"""Mellin transforms of functions of a count, cut at some y, by Gauss's rule in log u.

.. math:: \int_0^y u^{s-1} f(u)\,du, \qquad \int_y^\infty u^{s-1} f(u)\,du

Their sum is M_f(s) of (26.4). Relative error 1e-12 for a function whose logarithm is smooth over
its width in log u, and that falls as a power of u or faster.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfscale.support.arguments import Floats

Function = Callable[[Floats], Floats]
PANEL = 0.5  # of a rule of 16 points, in widths
REACH = 45.0  # in log u: e^-45 is nothing beside 1
FARTHEST = 600.0  # in log u
NEGLIGIBLE = 1e-17
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)


def below(f: Function, s: float, y: float, width: float = 1.0) -> float:
    """The integral from 0 to y; f(0) is finite, and f is f(0) where u is far below its scale."""
    if y <= 0:
        return 0.0
    reach = min(REACH / s, REACH + max(0.0, np.log(y)))
    left = float(f(np.array([y * np.exp(-reach)]))[0]) * np.exp(-s * reach) / s
    return float(y**s * (left + _integral(f, s, y, -reach, 0.0, width)))


def above(f: Function, s: float, y: float, width: float = 1.0) -> float:
    """The integral from y > 0 to infinity; infinite if f does not fall faster than u^-s."""
    total = 0.0
    before = 0.0
    for start in np.arange(0.0, FARTHEST, REACH):
        part = _integral(f, s, y, start, start + REACH, width)
        total += part
        if part <= NEGLIGIBLE * total:
            return float(y**s * total)
        ratio = part / before if before > 0 else np.inf
        before = part
    return float(y**s * (total + part * ratio / (1 - ratio))) if ratio < 1 else np.inf


def _integral(f: Function, s: float, y: float, start: float, stop: float, width: float) -> float:
    """Of e^(s t) f(y e^t) dt."""
    count = int(np.ceil((stop - start) / (PANEL * width)))
    half = (stop - start) / count / 2
    middles = start + half * (2 * np.arange(count) + 1)
    t = middles[:, None] + half * POINTS
    return float(half * np.sum(np.exp(s * t) * f(y * np.exp(t)) @ WEIGHTS))
