"""Notes on rows that are not independent: checkpoints of one run, few runs, repeated sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as fisher

from rfscale.measured.losses.note import Note
from rfscale.measured.losses.spread import Resamples
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

CHECKPOINTS = 4  # rows of an N, at the median: fewer are runs of a grid
CORRELATION = 0.4  # of neighbours; 0.7 to 0.94 were measured for checkpoints
SURE = 3.0  # standard errors of a correlation that is 0
CLIPPED = 5.0  # times sigma: a single outlier is no correlation
FEWEST_GROUPS = 20  # with which percentiles still hold the truth in 90 to 93 of 100 tables, not 95
UNLIKELY = 0.001  # for the scatter of repeats and of residuals to be one
ROUNDING = 1e-9  # of losses; residuals below it are none


def correlated(fit: LossFit) -> Iterator[Note]:
    """Neighbours along T at the same N that lie on the same side of the law."""
    counts = np.unique(fit.table.N, return_counts=True)[1]
    if fit.table.has_runs or np.median(counts) < CHECKPOINTS or fit.sigma < ROUNDING:
        return
    correlation = correlation_at_equal_N(fit.table.N, fit.table.T, fit.residuals, fit.sigma)
    pairs = fit.table.rows - counts.size
    if correlation > max(CORRELATION, SURE / np.sqrt(pairs)):
        yield Note(
            "correlated",
            f"residuals of neighbours at equal N correlate by {correlation:.2f}: if these are "
            "checkpoints of one run, pass groups=, for without it intervals are up to 3 times too "
            "narrow; if not, the law does not fit",
        )


def correlation_at_equal_N(N: Floats, T: Floats, residuals: Floats, sigma: float) -> float:
    """That of neighbours along T at the same N, without outliers; 0 if there are none."""
    same = np.unique(N, return_inverse=True)[1]
    order = np.lexsort((T, same))
    reach = CLIPPED * sigma
    r = np.clip(residuals - np.median(residuals), -reach, reach)[order]
    is_pair = np.diff(same[order]) == 0
    return float(np.mean((r[1:] * r[:-1])[is_pair]) / np.mean(r**2)) if is_pair.any() else 0.0


def few_groups(fit: LossFit) -> Iterator[Note]:
    """A scatter between groups of which there are few.

    On 300 synthetic tables each of 8 and of 12 runs, of 8 checkpoints, intervals of 95 percent of
    Chinchilla's parameters held the truth in 87 to 98 and 89 to 92 percent by percentiles, in 98 to
    100 and 96 by slopes.
    """
    groups = int(fit.table.groups.max()) + 1
    if not fit.table.has_runs or groups >= FEWEST_GROUPS:
        return
    if isinstance(fit.spread, Resamples):
        said = (
            "percentiles of so few are too narrow, and intervals of 95 percent hold the truth in "
            "87 to 92 percent of tables for some parameters; intervals='sandwich' allows for it"
        )
    else:
        said = "intervals by slopes allow for it, and are rather too wide"
    yield Note("few-groups", f"{groups} groups are few to see how runs scatter: {said}")


def repeats(fit: LossFit) -> Iterator[Note]:
    """Runs of the same sizes that scatter less than the law misses them by (the F test)."""
    if fit.sigma < ROUNDING:
        return
    place, counts = _same_sizes(fit)
    within = fit.residuals - (np.bincount(place, fit.residuals) / counts)[place]
    of_repeats = fit.table.rows - counts.size
    of_law = counts.size - fit.free
    pure = float(np.sum(within**2))
    if of_repeats < 1 or of_law < 1 or pure <= ROUNDING**2:
        return
    misfit = float(np.sum(fit.residuals**2)) - pure
    p = float(fisher.sf(misfit / of_law / (pure / of_repeats), of_law, of_repeats))
    if p < UNLIKELY:
        yield Note(
            "repeats",
            f"{np.sum(counts > 1)} sizes are repeated: the standard deviation between repeats is "
            f"{_said(np.sqrt(pure / of_repeats))}, of the residuals {_said(_deviation(fit))}: the "
            f"law does not fit (p = {p:.1g})",
        )


def same_rows(fit: LossFit) -> Iterator[Note]:
    """Rows that are there twice."""
    rows = np.stack([fit.table.N, fit.table.T, fit.table.loss])
    first = np.unique(rows, axis=1, return_index=True)[1]
    again = np.setdiff1d(np.arange(fit.table.rows), first)
    if again.size and not fit.table.has_runs:
        yield Note(
            "same-rows",
            f"{again.size} rows repeat others in N, T and loss, the first is "
            f"{fit.table.place(again[0])}: they count twice, and intervals are too narrow if "
            "they are copies",
        )


def _same_sizes(fit: LossFit) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The number of the sizes of each row, and how many rows each has."""
    sizes = np.stack([fit.table.N, fit.table.T])
    place, counts = np.unique(sizes, axis=1, return_inverse=True, return_counts=True)[1:]
    return place.ravel(), counts


def _deviation(fit: LossFit) -> float:
    squares: Floats = fit.residuals**2
    return float(np.sqrt(np.sum(squares) / max(fit.table.rows - fit.free, 1)))


def _said(deviation: float) -> str:
    return f"{deviation:.2g}"
