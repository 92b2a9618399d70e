r"""The terms of the loss of a source condition, each a power of N and T, (15.20).

With m = 1 + alpha, mu = (1 - beta)/m and Delta = (c/n)^m, the sums are

.. math:: \langle Wp\rangle = A_\mu \Delta^{-\mu} + \zeta(\beta) - \zeta(\beta - m)\Delta + \dots,
          \qquad \langle Wpq\rangle = \mu A_\mu \Delta^{-\mu} + \zeta(\beta - m) \Delta
          - 2 \zeta(\beta - 2m)\Delta^2 + \dots

The first is their bulk, J near n, the others are the first directions. A finite M takes the tail
M^-(alpha+beta)/(alpha + beta) off Delta times each, and shifts Delta (9.20).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.support.arguments import Floats
from rfscale.theory.asymptotics.errors import power_law_constant


@dataclass(frozen=True)
class Term:
    """factor N^of_N T^of_T."""

    factor: float
    of_N: float = 0.0
    of_T: float = 0.0

    def __mul__(self, other: Term) -> Term:
        return Term(self.factor * other.factor, self.of_N + other.of_N, self.of_T + other.of_T)

    def __pow__(self, power: float) -> Term:
        with np.errstate(all="ignore"):  # infinite instead of an OverflowError
            factor = float(np.float64(self.factor) ** power)
        return Term(factor, self.of_N * power, self.of_T * power)

    def __truediv__(self, other: Term) -> Term:
        with np.errstate(all="ignore"):
            factor = float(np.float64(self.factor) / other.factor)
        return Term(factor, self.of_N - other.of_N, self.of_T - other.of_T)

    def at(self, N: Floats, T: Floats) -> Floats:
        """Its value, NaN where a factor is infinite and the other 0."""
        with np.errstate(all="ignore"):
            return np.asarray(self.factor * N**self.of_N * T**self.of_T)


FEATURES = Term(1.0, of_N=1.0)
SAMPLES = Term(1.0, of_T=1.0)


def constant(factor: float) -> Term:
    """A term that depends on neither N nor T."""
    return Term(factor)


@dataclass(frozen=True)
class SourceTerms:
    """The sums of a source condition beta at df1 = n, where n is a power of N and T.

    All sums come as their terms, the largest one first.
    """

    alpha: float
    beta: float
    M: float

    @property
    def m(self) -> float:
        """1 + alpha."""
        return 1 + self.alpha

    @property
    def c(self) -> float:
        """C^s."""
        return float(power_law_constant(self.alpha) ** (1 / self.m))

    @property
    def in_N(self) -> float:
        """The exponent in N for T = infinity (15.18)."""
        return min(self.alpha + self.beta, self.m)

    @property
    def in_T(self) -> float:
        """The exponent in T for N = infinity (15.18)."""
        return min(self.alpha + self.beta, 2 * self.m)

    @property
    def turn(self) -> float:
        """The variance of the features ends at N of order T^turn (15.22)."""
        return max(1.0, min(self.beta, 1 + self.m))

    def delta(self, n: Term) -> Term:
        """Delta = (c/n)^m."""
        return (constant(self.c) / n) ** self.m

    def unlearned(self, n: Term) -> list[Term]:
        """Delta <W p> at df1 = n."""
        delta = self.delta(n)
        bulk = constant(self._residue()) * delta ** ((self.beta - 1) / self.m)
        first = constant(zeta(self.beta))
        third = constant(zeta(self.beta - self.m)) * delta
        sums = [bulk, first, third] if self.beta < 1 else [first, bulk, third]
        return [*(delta * term for term in sums), self._tail()]

    def bias(self, n: Term) -> list[Term]:
        """Delta <W p q> at df1 = n."""
        delta = self.delta(n)
        bulk = constant(self._bulk_of_bias()) * delta ** ((self.beta - 1) / self.m)
        first = constant(zeta(self.beta - self.m)) * delta
        third = constant(2 * zeta(self.beta - 2 * self.m)) * delta**2
        sums = [bulk, first, third] if self.beta < 1 + self.m else [first, bulk, third]
        return [*(delta * term for term in sums), self._tail()]

    def cutoff(self, n: Term) -> Term:
        """The directions beyond M that would be learned, relative to n, (n/M)^alpha/(alpha C)."""
        return (n * constant(1 / self.c / self.M)) ** self.alpha * constant(1 / self.alpha / self.c)

    def _tail(self) -> Term:
        """The directions beyond M."""
        return constant(self.M ** -(self.alpha + self.beta) / (self.alpha + self.beta))

    def _residue(self) -> float:
        """A_mu, infinite at beta = 1, where a logarithm is in its place."""
        if self.beta == 1:
            return np.inf
        return float(np.pi / self.m / np.sin(np.pi * (1 - self.beta) / self.m))

    def _bulk_of_bias(self) -> float:
        """Mu A_mu, 1/m at beta = 1, infinite at beta = 2 + alpha."""
        if self.beta == 1:
            return 1 / self.m
        if self.beta == 1 + self.m:
            return np.inf
        return (1 - self.beta) / self.m * self._residue()


def zeta(beta: float) -> float:
    """Infinite at 1, where a logarithm is in its place."""
    return float(scipy.special.zeta(beta))
