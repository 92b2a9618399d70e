"""Notes on rows that are not independent: checkpoints of one run, few runs, repeated sizes.

Checkpoints are looked for in three orders: by T at equal N, by the order of the table, and, where
sizes are repeated, by how far apart repeats lie along T, whatever the order. With runs off by ten
times their noise 15 of 15 synthetic tables are found for one, two and three runs an N, and 12 to 15
in other orders of rows; of 600 without such runs 1 is suspected. Where the checkpoints of a run are
off together, 10 or 40 of them, intervals of E and alpha were 2 to 4, or 5 to 8, times too narrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import polygamma
from scipy.stats import f as fisher

from rfscale.measured.losses.note import Note
from rfscale.measured.losses.spread import Resamples
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

CHECKPOINTS = 4  # rows of an N, at the median: fewer are runs of a grid
CORRELATION = 0.4  # of neighbours; 0.7 to 0.94 were measured for checkpoints
NEAR = 1e-3  # in log N and log T of what is one size
FEWEST_CELLS = 20  # pairs of sizes with repeats ...
TOGETHER = 0.3  # ... whose log s^2 differ less than this part of what independent runs do
SURE = 3.0  # standard errors of a correlation that is 0
CLIPPED = 5.0  # times sigma: a single outlier is no correlation
FEWEST_GROUPS = 20  # with which percentiles still hold the truth in 90 to 93 of 100 tables, not 95
UNLIKELY = 0.001  # for the scatter of repeats and of residuals to be one
ROUNDING = 1e-9  # of losses; residuals below it are none


def correlated(fit: LossFit) -> Iterator[Note]:
    """Rows of one run, which no column tells, that lie on the same side of the law."""
    if fit.table.has_runs or fit.sigma < ROUNDING:
        return
    said = ""
    for rows, kind in _possible_runs(fit.table.N, fit.table.T):
        correlation, pairs = _of_neighbours(rows, fit.table.T, fit.residuals, fit.sigma)
        if correlation > max(CORRELATION, SURE / np.sqrt(max(pairs, 1))):
            said = said or f"residuals of neighbours {kind} correlate by {correlation:.2f}"
    if said or _keep_apart(fit.table.N, fit.table.T, fit.residuals):
        yield Note(
            "correlated",
            f"{said or 'runs of equal sizes stay equally far apart along T'}: if these are "
            "checkpoints of one run, pass groups=, for without it intervals of what N does are "
            "too narrow, by about the root of the number of checkpoints a run; if not, the law "
            "does not fit, as with embeddings that count in N",
        )


def correlation_of_runs(N: Floats, T: Floats, residuals: Floats, sigma: float) -> float:
    """The largest correlation of neighbours in what may be runs, without outliers; 0 of none."""
    return max(
        (_of_neighbours(rows, T, residuals, sigma)[0] for rows, _ in _possible_runs(N, T)),
        default=0.0,
    )


def _possible_runs(N: Floats, T: Floats) -> list[tuple[list[NDArray[np.int64]], str]]:
    """Rows in the order of T, of each N, and of each part of the table along which T rises."""
    of_N = alike(N)
    by_T = np.lexsort((T, of_N))
    starts = np.diff(of_N, prepend=of_N[0] - 1) != 0
    of_part = np.cumsum(starts | (np.diff(T, prepend=T[0]) <= 0))
    in_order = np.arange(N.size)
    both = (
        (by_T, of_N[by_T], "at equal N"),
        (in_order, of_part, "in parts of the table with T rising at equal N"),
    )
    return [
        (np.split(order, np.flatnonzero(np.diff(label)) + 1), kind)
        for order, label, kind in both
        if np.median(np.unique(label, return_counts=True)[1]) >= CHECKPOINTS
    ]


def alike(sizes: Floats) -> NDArray[np.int64]:
    """The number of each size, the same for those that are nearly equal."""
    order = np.argsort(sizes, kind="stable")
    place = np.empty(sizes.size, dtype=np.int64)
    place[order] = np.cumsum(np.diff(np.log(sizes[order]), prepend=-np.inf) > NEAR)
    return place


def _of_neighbours(
    runs: list[NDArray[np.int64]], T: Floats, residuals: Floats, sigma: float
) -> tuple[float, int]:
    """The correlation of neighbours in runs, not of copies, and how many pairs there are."""
    reach = CLIPPED * sigma
    order = np.concatenate(runs)
    place = np.repeat(np.arange(len(runs)), [run.size for run in runs])
    r = np.clip(residuals - np.median(residuals), -reach, reach)[order]
    is_pair = (np.diff(place) == 0) & (np.diff(T[order]) != 0)
    if not is_pair.any():
        return 0.0, 0
    return float(np.mean((r[1:] * r[:-1])[is_pair]) / np.mean(r**2)), int(is_pair.sum())


def _keep_apart(N: Floats, T: Floats, residuals: Floats) -> bool:
    """Whether log s^2 of repeats changes less along T than that of independent ones (chi^2)."""
    of_N = alike(N)
    cells = of_N * (N.size + 1) + alike(T)
    kinds, place, counts = np.unique(cells, return_inverse=True, return_counts=True)
    within = residuals - (np.bincount(place, residuals) / counts)[place]
    squares = np.bincount(place, within**2)
    kept = (counts > 1) & (squares > ROUNDING**2)
    freedom = counts[kept] - 1
    height = np.log(squares[kept] / freedom)
    variance = polygamma(1, freedom / 2)
    is_pair = np.diff(kinds[kept] // (N.size + 1)) == 0
    if is_pair.sum() < FEWEST_CELLS:
        return False
    changes = np.diff(height)[is_pair] ** 2
    expected = (variance[1:] + variance[:-1])[is_pair]
    return bool(np.mean(changes) < TOGETHER * np.mean(expected))


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
        said = "intervals by slopes allow for it, and are right or too wide"
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
