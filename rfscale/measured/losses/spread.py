"""Intervals of whatever is computed from parameters: of resamples, or of a covariance."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student

from rfscale.support.arguments import Floats
from rfscale.support.stored import Stored

Derived = Callable[[Floats], Any]  # parameters (fits, p) -> values (fits, ...)
STEP = 1e-5  # of a parameter, for slopes ...
LEAST = 0.01  # ... or of this, where it is smaller
MIDDLE = (0.1587, 0.8413)  # within a standard deviation, of a normal one
LARGEST = float(np.finfo(float).max)
QUANTILES = 41  # of residuals, which stand for all of them


@dataclass(frozen=True)
class Interval(Stored):
    """A value, or an array of values, with the ends of its interval.

    Attributes
    ----------
    value, low, high : float or ndarray
    level : float
        Of the interval; 0.95 by default.
    """

    value: Any
    low: Any
    high: Any
    level: float = 0.95

    def __str__(self) -> str:
        if np.ndim(self.value):
            return repr(self)
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


class Spread(Stored):
    """How parameters at the centre scatter."""

    level: float

    @property
    @abstractmethod
    def errors(self) -> Floats:
        """Standard errors of the parameters at the centre (p,)."""

    @abstractmethod
    def interval(self, derived: Derived, best: Floats, *, is_log: bool = False) -> Interval:
        """The interval of what is derived, about its value at the best parameters (p,).

        With `is_log` it is one of the logarithm, where that matters.
        """

    @abstractmethod
    def interval_of_runs(
        self, derived: Derived, best: Floats, residuals: Floats, *, is_log: bool
    ) -> Interval:
        """That of what is derived, and of a residual beside it: its factor e^r with `is_log`."""


@dataclass(frozen=True)
class Resamples(Spread):
    """Parameters (resamples, p) of resampled tables: intervals are percentiles."""

    samples: Floats
    level: float

    @property
    def errors(self) -> Floats:
        """Half the width of the middle 68 percent, which single resamples do not change."""
        low, high = np.quantile(self.samples, MIDDLE, axis=0)
        return np.asarray((high - low) / 2)

    def interval(self, derived: Derived, best: Floats, *, is_log: bool = False) -> Interval:
        """Percentiles; those of a logarithm are the same."""
        value = np.asarray(derived(best[None]))[0]
        low, high = np.quantile(derived(self.samples), self._tails, axis=0)
        return Interval(value[()], low[()], high[()], self.level)

    def interval_of_runs(
        self, derived: Derived, best: Floats, residuals: Floats, *, is_log: bool
    ) -> Interval:
        """Percentiles of each resample with each of some quantiles of the residuals."""
        value = np.asarray(derived(best[None]))[0]
        drawn = np.asarray(derived(self.samples))
        steps = (np.arange(QUANTILES) + 0.5) / QUANTILES
        noise = np.quantile(residuals, steps)
        ends = np.empty((2, value.size))
        for point, losses in enumerate(drawn.T):
            runs = (
                np.multiply.outer(losses, np.exp(noise)) if is_log else np.add.outer(losses, noise)
            )
            ends[:, point] = np.quantile(runs, self._tails)
        return Interval(value, ends[0], ends[1], self.level)

    @property
    def _tails(self) -> tuple[float, float]:
        tail = (1 - self.level) / 2
        return tail, 1 - tail


@dataclass(frozen=True)
class Sandwich(Spread):
    """A covariance (p, p) of the parameters, and the degrees of freedom behind it.

    A coefficient that is 0, its bound, has slopes on one side alone, and what follows from it may
    have none there, as best sizes do: its slopes are those of the chord over its own interval.
    """

    covariance: Floats
    freedom: int
    level: float

    @property
    def errors(self) -> Floats:
        """Roots of the variances."""
        return np.asarray(np.sqrt(self.covariance.diagonal()))

    def interval(self, derived: Derived, best: Floats, *, is_log: bool = False) -> Interval:
        """By the slopes of what is derived, with Student's quantile; 0 has no logarithm."""
        value = np.asarray(derived(best[None]), dtype=np.float64)[0]
        found = self._about(value, self.errors_of(derived, best, is_log=is_log), is_log)
        if not is_log or np.all(value != 0):
            return found
        zero = self.interval(derived, best)
        low, high = (
            np.where(value == 0, *pair)[()]
            for pair in ((zero.low, found.low), (zero.high, found.high))
        )
        return Interval(found.value, low, high, self.level)

    def interval_of_runs(
        self, derived: Derived, best: Floats, residuals: Floats, *, is_log: bool
    ) -> Interval:
        """With the variance of the residuals beside that of the law."""
        value = np.asarray(derived(best[None]), dtype=np.float64)[0]
        errors = np.hypot(self.errors_of(derived, best, is_log=is_log), np.std(residuals))
        return self._about(value, errors, is_log)

    def errors_of(self, derived: Derived, best: Floats, *, is_log: bool = False) -> Floats:
        """Standard errors of what is derived, or of its logarithm."""
        sizes = STEP * np.maximum(np.abs(best), LEAST)
        is_at_0 = (best == 0) & (self.errors > 0)
        steps = np.diag(np.where(is_at_0, self._quantile * self.errors, sizes))
        above = np.asarray(derived(best + steps))
        below = np.asarray(derived(best - np.where(is_at_0, 0.0, steps)))
        widths = np.where(is_at_0, 1, 2) * steps.diagonal()
        with np.errstate(all="ignore"):  # what is 0 has no logarithm
            difference = np.log(above) - np.log(below) if is_log else above - below
            slopes = np.where(np.isfinite(difference), difference, 0.0).T / widths
            variance = np.einsum("...p,pq,...q->...", slopes, self.covariance, slopes).T
        variance = np.nan_to_num(variance, nan=LARGEST, posinf=LARGEST)  # of slopes that overflow
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))  # which rounding may make negative

    @property
    def _quantile(self) -> float:
        """Of Student's, for both sides."""
        return float(student.ppf((1 + self.level) / 2, self.freedom))

    def _about(self, value: Floats, errors: Floats, is_log: bool) -> Interval:
        reach = self._quantile * errors
        with np.errstate(over="ignore", under="ignore"):
            low = value * np.exp(-reach) if is_log else value - reach
            high = np.minimum(value * np.exp(reach) if is_log else value + reach, LARGEST)
        return Interval(value[()], low[()], high[()], self.level)
