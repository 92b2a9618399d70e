"""A filter of counts at a number of samples, as a function of the frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rfscale.neighbours.checks import count, exponent, in_range
from rfscale.neighbours.ranks import Ranks, Whole
from rfscale.support.arguments import Floats


class OfCount(Protocol):
    """What a sum needs of a filter."""

    @property
    def spread(self) -> float: ...

    @property
    def middle(self) -> float: ...

    def checked(self, y: Floats) -> Floats: ...

    def below(self, s: float, y: float) -> float: ...

    def above(self, s: float, y: float) -> float: ...


@dataclass(frozen=True)
class AtSize:
    """f(T p) of a filter f."""

    filter: OfCount
    T: float

    @property
    def width(self) -> float:
        """That of f."""
        return self.filter.spread

    def value(self, p: Floats) -> Floats:
        """f(T p)."""
        return self.filter.checked(self.T * p)

    def between(self, s: float, low: float, high: float) -> float:
        """T^-s times the transform of f, by the side of it that has less."""
        least = self.T * low
        most = self.T * high
        if low <= 0:
            found = self.filter.below(s, most)
        elif least < self.filter.middle:
            found = self.filter.below(s, most) - self.filter.below(s, least)
        else:
            found = self.filter.above(s, least) - self.filter.above(s, most)
        return float(self.T**-s * found)


def frequencies(alpha: float, K: float, scale: float | None) -> Ranks:
    """The p_k; normalised if no scale is given."""
    alpha = exponent("alpha", alpha)
    last = count("K", K, infinite=True)
    if scale is not None:
        return Ranks(alpha, in_range("scale", scale))
    return Ranks(alpha, 1 / Ranks(alpha).total(Whole(), 0, last))
