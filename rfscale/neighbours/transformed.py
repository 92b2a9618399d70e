"""Functions of a count y, what is left of a direction, and their Mellin transforms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import brentq

from rfscale.neighbours import mellin
from rfscale.neighbours.checks import share
from rfscale.support.arguments import Floats
from rfscale.support.described import described
from rfscale.support.stored import Stored

FARTHEST = 690.0  # of log y
NORMAL = 2.5631  # the logarithm of y from 90 to 10 percent, in standard deviations of a sharp f


class Transformed(Stored, ABC):
    """A function of a count with its transforms, by quadrature unless a subclass knows better."""

    @abstractmethod
    def unlearned(self, y: Floats) -> Floats:
        """f(y), the share of its loss that a direction has after y >= 0 examples of it."""

    def below(self, s: float, y: float) -> float:
        """The integral of u^(s-1) f(u) from 0 to y, by quadrature."""
        return mellin.below(self.checked, s, y, self.spread)

    def above(self, s: float, y: float) -> float:
        """The integral of u^(s-1) f(u) from y to infinity, by quadrature."""
        return mellin.above(self.checked, s, y, self.spread)

    def mellin(self, s: float) -> float:
        """M_f(s), the integral of u^(s-1) f(u) over u > 0 (26.4).

        Parameters
        ----------
        s : float
            In (0, 1); alpha/(1+alpha) for a loss.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If s is out of range, or f falls too slowly.

        Examples
        --------
        >>> from rfscale.neighbours import FixedRidge
        >>> FixedRidge(1.0).mellin(0.5)  # pi/2
        1.570796
        """
        s = share("s", s)
        total = self.below(s, self.middle) + self.above(s, self.middle)
        if not np.isfinite(total):
            raise ValueError(f"f must fall faster than y^-s, got {self!r} with s = {s:g}")
        return float(total)

    def counts_until(self, left: float) -> float:
        """The count y at which f(y) is `left`.

        Parameters
        ----------
        left : float
            In (0, 1).

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If f does not fall from 1 through this value.

        Examples
        --------
        >>> from rfscale.neighbours import FixedRidge
        >>> FixedRidge(3.0).counts_until(0.25)
        3.000
        """
        left = share("left", left)

        def over(log_y: float) -> float:
            return float(self.checked(np.exp(np.array([log_y])))[0]) - left

        if not over(-FARTHEST) > 0 > over(FARTHEST):
            raise ValueError(f"f must fall from 1 through left = {left:g}, got {self!r}")
        return float(np.exp(brentq(over, -FARTHEST, FARTHEST, xtol=1e-13)))

    def emergence(self, start: float = 0.9, stop: float = 0.1) -> float:
        """The factor of samples in which a direction's loss falls from `start` to `stop`.

        1 of a sharp threshold, and 40 of a fixed ridge: how sudden learning looks.

        Parameters
        ----------
        start, stop : float
            In (0, 1).

        Returns
        -------
        float

        Raises
        ------
        ValueError
            As `counts_until`.

        Examples
        --------
        >>> from rfscale.neighbours import FixedRidge, Threshold
        >>> print([round(f.emergence(), 1) for f in (Threshold(1), Threshold(100), FixedRidge(1))])
        [21.9, 1.3, 40.0]
        """
        return float(self.counts_until(stop) / self.counts_until(start))

    @cached_property
    def middle(self) -> float:
        """The count at which half is left."""
        return self.counts_until(0.5)

    @cached_property
    def spread(self) -> float:
        """The width of the steepest part of f in log y, at most 1."""
        return min(1.0, float(np.log(self.emergence())) / NORMAL)

    def largest(self) -> float:
        """The maximum of y f(y), which may be at infinity; not less, and 3e-3 more at most."""
        steps = np.concatenate([np.linspace(-40, 4, 20_000), np.linspace(4, 99, 500)])
        y = self.middle * np.exp(steps)
        return float(np.max(y * self.checked(y))) * 1.003

    def checked(self, y: Floats) -> Floats:
        """f(y), or ValueError where a user's is none."""
        left: Any = self.unlearned(y)
        allowed = "numbers in [0, 1] of the shape of y"
        array = np.asarray(left)
        if array.shape != y.shape or array.dtype.kind not in "iuf":
            raise ValueError(f"unlearned(y) must be {allowed}, got {described(left)}")
        if not np.all((array >= 0) & (array <= 1 + 1e-12)):
            raise ValueError(f"unlearned(y) must be {allowed}, got {array.min()} to {array.max()}")
        return array.astype(float)
