r"""Whether a simulated loss is what theory says, at each point and all together.

At a point they agree where

.. math:: |L_\mathrm{simulated} - L| \le t\,\max(\mathrm{stderr}, \sigma/\sqrt{\mathrm{draws}}) +
          \mathrm{error}\, L

with the theory's own estimate of what it leaves out, its standard deviation sigma (17.3), as a few
draws may be close to each other by chance, and Student's quantile t for draws - 1 degrees of
freedom. It is such that, of all losses that are judged at once, one is refused by chance in one of
`FALSE_ALARMS` runs at most (Bonferroni). With few draws, for which t is very large, the limit is
that of an exponential tail in standard errors of theory. The mean of all relative gaps is judged in
the same way, and finds an error that all points share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from rfscale.results import Result
from rfscale.support.arguments import Floats
from rfscale.theory.predict import LARGEST_ERROR

FALSE_ALARMS = 200  # runs in which a right theory is refused once at a point, and once in the mean
OF_CELLS = ("gap", "stderr", "expected", "expected_error", "error", "draws")
SEEN = 2.0  # standard errors: what is that far beyond the limit is seen in 97.7 % of runs


@dataclass(frozen=True, eq=False)
class Judgement(Result):
    """One of the losses of a comparison, point by point, in percent of the predicted one.

    Attributes
    ----------
    gap : ndarray
        100 (simulated - predicted)/predicted; 0 where both vanish, -100 where the prediction is
        infinite.
    stderr : ndarray
        Standard error of the gap: the draws' own, or that of theory where it is larger.
    expected : ndarray
        That of theory.
    expected_error : ndarray
        The relative error of that.
    error : ndarray
        The theory's estimate of its own error.
    draws : ndarray
    judged : ndarray of bool
        Whether the theory knows its own error well enough, to 20 percent, and the loss has a
        variance.
    """

    gap: Floats
    stderr: Floats
    expected: Floats
    expected_error: Floats
    error: Floats
    draws: NDArray[Any]
    judged: NDArray[np.bool_]

    @property
    def tests(self) -> int:
        """How many points are judged where something could differ."""
        return int(np.sum(self.judged & self.can_differ))

    @property
    def can_differ(self) -> NDArray[np.bool_]:
        """Where not both are 0."""
        return np.asarray((self.stderr > 0) | (self.gap != 0))

    def agrees(self, tests: int) -> NDArray[np.bool_]:
        """Where a loss is judged and the gap is no larger than its errors, one of so many tests."""
        by_draws = limit(self.draws, tests) * self.stderr
        known = (self.expected > 0) & np.isfinite(self.expected_error)
        unsure = np.where(known, self.expected_error, 0.0)
        by_theory = skewed_limit(tests) * self.expected * (1 + unsure)
        allowed = np.where(known, np.minimum(by_draws, by_theory), by_draws) + self.error
        close: NDArray[np.bool_] = self.judged & (np.abs(self.gap) <= allowed)
        return close


@dataclass(frozen=True, eq=False)
class Judgements(Result):
    """Those of all losses of a comparison; None where there is nothing to judge beside `test`."""

    test: Judgement
    signal: Judgement | None = None
    noise: Judgement | None = None
    train: Judgement | None = None

    def all(self) -> list[Judgement]:
        """Those that there are."""
        return [self.test, *self.parts()]

    def parts(self) -> list[Judgement]:
        """Those beside the test loss."""
        return [part for part in (self.signal, self.noise, self.train) if part is not None]

    @property
    def tests(self) -> int:
        """How many losses are judged where something could differ."""
        return sum(judgement.tests for judgement in self.all())

    def agrees(self, tests: int) -> NDArray[np.bool_]:
        """Where the test loss is judged, and it and all others that are judged there agree."""
        return self.test.judged & ~self.disagrees(tests)

    def disagrees(self, tests: int) -> NDArray[np.bool_]:
        """Where a loss that is judged does not agree, one of so many tests."""
        found = [judgement.judged & ~judgement.agrees(tests) for judgement in self.all()]
        return np.asarray(np.any(np.broadcast_arrays(*found), axis=0))


class Together(NamedTuple):
    """The mean gap of all points, in percent, and what it shows."""

    gap: float
    allowed: float
    seen: float  # the smallest error of all losses that would have been found

    @property
    def agrees(self) -> bool:
        """Whether it is no larger than its errors."""
        return abs(self.gap) <= self.allowed


def limit(draws: ArrayLike, tests: int) -> Floats:
    """The largest gap in standard errors that is allowed, Student's quantile.

    Examples
    --------
    >>> print(limit([2, 4, 8, 32], tests=100))
    [12732.395  35.298    8.783    4.705]
    """
    freedom = np.asarray(draws, dtype=np.float64) - 1
    return np.asarray(stdtrit(freedom, 1 - 1 / FALSE_ALARMS / 2 / max(tests, 1)))


def skewed_limit(tests: int) -> float:
    """The same in standard errors that are known, of a mean with an exponential tail at worst.

    It is the smaller one where there are few draws, whose own scatter says little.
    """
    return 2.0 + float(np.log(2 * FALSE_ALARMS * max(tests, 1)))


def gap_percent(mean: Floats, predicted: Floats) -> Floats:
    """100 (mean - predicted)/predicted: 0 where they are equal, -100 where that is infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(np.isinf(predicted), -1.0, (mean - predicted) / predicted)
    return 100 * np.where(mean == predicted, 0.0, gap)


def judge(
    predicted: Floats,
    error: Floats,
    mean: Floats,
    stderr: Floats,
    draws: Any,
    std: Floats,
    std_error: Floats | float = 0.0,
    settles: NDArray[np.bool_] | bool = True,
    rounding: float = 0.0,
) -> Judgement:
    """The judgement of simulated means by a prediction with its relative error and scatter.

    It is not judged where its mean does not settle. A mean below `rounding` is 0 where 0 is
    predicted.
    """
    expected = np.asarray(std) / np.sqrt(draws)
    diverges = np.isinf(predicted)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(np.isfinite(expected), expected, 0.0) / predicted
        larger = np.maximum(stderr / predicted, relative)
    mean = np.where((predicted == 0) & (np.abs(mean) <= rounding), 0.0, mean)
    is_judged = (error <= LARGEST_ERROR) & np.isfinite(expected) & settles
    return Judgement(
        gap=gap_percent(mean, predicted),
        stderr=100 * np.where((mean == 0) & (predicted == 0) | diverges, 0.0, larger),
        expected=100 * np.where(np.isfinite(relative), relative, 0.0),
        expected_error=np.broadcast_to(np.asarray(std_error, dtype=np.float64), np.shape(mean)),
        error=100 * np.asarray(error),
        draws=np.asarray(draws),
        judged=is_judged,
    )


def together(points: Sequence[tuple[Judgement, NDArray[Any]]]) -> Together | None:
    """The mean gap of the judged points; None if there is none.

    Each judgement comes with the names of the cells that its points are in: points of a cell share
    their draws, and count as one. Weights are from the theory's scatter and error, not from
    the draws: where a mean is small by chance, its standard error is, too.
    """
    judged = [_judged(judgement, names) for judgement, names in points]
    names = np.concatenate([name for name, _ in judged]) if judged else np.empty(0)
    if names.size == 0:
        return None
    values = np.concatenate([value for _, value in judged], axis=1)
    cells = [values[:, names == name].mean(axis=1) for name in np.unique(names)]
    gap, stderr, expected, unsure, error, draws = np.transpose(cells)
    weights = 1 / (expected**2 + error**2 + 1e-300)
    weights /= weights.sum()
    parts = (weights * stderr) ** 2
    total = np.sqrt(parts.sum())
    freedom = parts.sum() ** 2 / max(np.sum(parts**2 / (draws - 1)), 1e-300)
    known = np.all(np.isfinite(unsure))
    by_theory = np.sqrt(np.sum((weights * expected * (1 + unsure)) ** 2)) if known else 0.0
    by_theory *= skewed_limit(1)
    by_draws = float(limit(freedom + 1, 1)) * total
    largest = (min(by_draws, by_theory) if by_theory > 0 else by_draws) + weights @ error
    return Together(float(weights @ gap), float(largest), float(largest + SEEN * total))


def _judged(judgement: Judgement, names: NDArray[Any]) -> tuple[NDArray[Any], Floats]:
    """The names of the judged points, and their `OF_CELLS`, (6, points)."""
    of_points = (getattr(judgement, name) for name in OF_CELLS)
    *arrays, where, names = np.broadcast_arrays(
        *of_points, judgement.judged & judgement.can_differ, names
    )
    return names[where], np.array([array[where] for array in arrays], dtype=np.float64)
