r"""Sums over the ranks of a power law p_k = scale k^-(1+alpha), to rounding for any number of them.

.. math:: \sum_{k>H} g(k) = \int_{H+1/2}^{K+1/2} g\,dx - \Big[\frac{g'}{24} - \frac{7\,g'''}{5760}
          \Big]_{H+1/2}^{K+1/2} + \dots, \qquad \int_x^\infty p\,F(p)\,dk =
          \frac{p_1^{1-s}}{1 + \alpha} \int_0^{p(x)} u^{s-1} F(u)\,du

with p_1 = scale and s = alpha/(1+alpha): the first ranks are added one by one, the others by the
midpoint form of Euler and Maclaurin (26.3). What is summed is F, a function of the frequency; the
integral over frequencies is known in closed form for those of this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rfscale.support.arguments import Floats

HEAD = 2000  # ranks that are added one by one
SHORT = 4  # times as many are, where there are no more
WIDEST = 10_000_000  # most of them, for functions as sharp as a threshold of 1e9 examples
RESOLVED = 0.008  # largest change of the logarithm of y over a rank, in widths of the function
STEP = 0.05  # of a derivative, in widths: its error is of the order of STEP^4
LARGEST_RANK = 1e300
NEAR = 1e-6
SMALLEST = 1e-290


class OfFrequency(Protocol):
    """A function of the frequency, with its integrals."""

    @property
    def width(self) -> float:
        """Of its steepest part in log p."""

    def value(self, p: Floats) -> Floats:
        """F(p)."""

    def between(self, s: float, low: float, high: float) -> float:
        """The integral of u^(s-1) F(u) from low to high."""


@dataclass(frozen=True)
class Whole:
    """F = 1: nothing is learned."""

    width: float = 1.0

    def value(self, p: Floats) -> Floats:
        """1."""
        return np.ones_like(p)

    def between(self, s: float, low: float, high: float) -> float:
        """(high^s - low^s)/s."""
        ratio = -np.expm1(s * np.log(low / high)) if low > 0 else 1.0
        return float(high**s / s * ratio)


@dataclass(frozen=True)
class Ranks:
    """The frequencies p_k = scale k^-(1+alpha).

    Parameters
    ----------
    alpha : float
        Exponent > 0.
    scale : float
        p_1 > 0.
    """

    alpha: float
    scale: float = 1.0

    def frequency(self, k: Floats) -> Floats:
        """p_k, also between whole numbers."""
        return np.asarray(self.scale * np.asarray(k, dtype=float) ** -(1 + self.alpha))

    def total(self, of: OfFrequency, first: float, last: float) -> float:
        """The sum of p F(p) over first < k <= last; last may be infinite."""
        if last <= first:
            return 0.0
        head = self._head(of, first, last)
        start = np.arange(first + 1.0, head + 1.0)
        p = self.frequency(start)
        added = float(np.sum((p * of.value(p))[::-1]))  # the small ones first
        return added if head >= last else added + self._rest(of, head + 0.5, last + 0.5)

    def _head(self, of: OfFrequency, first: float, last: float) -> float:
        """The last rank that is added by itself."""
        fine = (1 + self.alpha) / (RESOLVED * of.width)
        head = min(max(HEAD, np.ceil(fine)), WIDEST)
        return last if last - first <= SHORT * head else max(first, head)

    def _rest(self, of: OfFrequency, low: float, high: float) -> float:
        """The sum over low < k < high, both half-integers."""
        s = self.alpha / (1 + self.alpha)
        ends = self.frequency(np.array([low, min(high, LARGEST_RANK)]))
        least = 0.0 if np.isinf(high) else float(ends[1])
        integral = of.between(s, least, float(ends[0])) * self.scale ** (1 - s) / (1 + self.alpha)
        rest = integral + self._end(of, low)
        return float(rest if np.isinf(high) else rest - self._end(of, high))

    def _end(self, of: OfFrequency, x: float) -> float:
        """g'(x)/24 - 7 g'''(x)/5760, by differences."""
        p = self.frequency(x * np.array([1.0, 1.0 + NEAR]))
        near = of.value(p)
        falls = np.log(near[1] / near[0]) / NEAR if min(near) > SMALLEST else 0.0
        h = x * STEP / ((1 + self.alpha) / of.width + abs(falls))
        at = x + h * np.arange(-3.0, 4.0)
        p = self.frequency(at)
        g = p * of.value(p)
        first = np.array([-1, 9, -45, 0, 45, -9, 1]) @ g / (60 * h)
        third = np.array([1, -8, 13, 0, -13, 8, -1]) @ g / (8 * h**3)
        return float(first / 24 - 7 * third / 5760)
