"""`LossProfile`: how much worse a law fits over the values of a parameter, and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rfscale.measured.losses.spread import Interval
from rfscale.results import Result
from rfscale.support.arguments import Floats


@dataclass(frozen=True, eq=False)
class LossProfile(Result):
    """The profile of a parameter.

    Attributes
    ----------
    parameter : str
    values : ndarray (points,)
    rise : ndarray (points,)
        2 delta ln L; `inf` where the law cannot be fitted.
    interval : Interval
        Of the parameter; 0 and `inf` are ends where the rise stays below the limit.
    limit : float
        Of the rise, in the interval.
    """

    parameter: str
    values: Floats
    rise: Floats
    interval: Interval
    limit: float

    def summary(self) -> str:
        """The parameter and its interval."""
        return f"LossProfile of {self.parameter}: {self.interval}, {self.interval.level:.0%}"

    def remarks(self) -> list[str]:
        """Values beyond the interval that fit as well."""
        is_out = (self.values < self.interval.low) | (self.values > self.interval.high)
        other = self.values[is_out & (self.rise < self.limit)]
        return [f"values near {value:.3g} fit as well" for value in other[:1]]

    def _table(self) -> dict[str, Any]:
        return {self.parameter: self.values, "rise": self.rise}
