"""Errors of a law on rows that it was not fitted to: the largest runs, and each band of sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.global_fit import global_minima
from rfscale.measured.losses.held import problem_of
from rfscale.measured.losses.laws import Law
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.solver import minima
from rfscale.support.arguments import Floats

BANDS = 8  # of N, at most
RIVALS = 3  # minima from which a fit without a band starts


@dataclass(frozen=True)
class InSample:
    """Least squares in log L on all rows: spread and criteria, k counting the spread."""

    k: int
    rms: float
    AICc: float
    BIC: float


def in_sample(table: LossTable, law: Law, hold: Mapping[str, float] | None = None) -> InSample:
    """The criteria of a law, whose differences count."""
    problem = problem_of(table, law, hold)
    squares = global_minima(problem, table.weights, Robust("squares")).objective[0]
    n = int(np.sum(table.weights > 0))
    k = problem.free + 1
    variance = max(2 * squares / table.weights.sum(), np.finfo(float).tiny)
    fit = n * np.log(variance)
    correction = 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return InSample(
        k=k,
        rms=float(np.sqrt(variance)),
        AICc=float(fit + 2 * k + correction),
        BIC=float(fit + k * np.log(n)),
    )


def size_error(fit: LossFit) -> float:
    """R.m.s. error of log L on bands of N, each predicted by the fit to the others."""
    table = fit.table
    band = bands(table.N, table.weights)
    kept = (band != np.arange(band.max() + 1)[:, None]) * table.weights
    problem = problem_of(table, fit.law, dict(fit.held))
    robust = Robust(fit.cost, fit.delta)
    starts = np.concatenate(
        [fit.best[None], global_minima(problem, table.weights, Robust("squares")).parameters]
    )[:RIVALS]
    found = [minima(problem, kept, np.tile(start, (len(kept), 1)), robust) for start in starts]
    best = np.argmin([one.objective for one in found], axis=0)
    parameters = np.stack([one.parameters for one in found])[best, np.arange(len(kept))]
    residuals = problem.residuals(parameters)[band, np.arange(table.rows)]
    return weighted_rms(residuals, table.weights)


def bands(N: Floats, weights: Floats) -> NDArray[np.int64]:
    """The band of each row, from 0: the values of N, or at most 8 sets of neighbours, about equal
    in rows.
    """
    values, place = np.unique(N, return_inverse=True)
    if values.size <= BANDS:
        return np.asarray(place, dtype=np.int64)
    rows = np.bincount(place, weights=weights > 0)
    before = np.cumsum(rows) - rows / 2
    band = np.minimum(BANDS * before / rows.sum(), BANDS - 1).astype(np.int64)
    return np.asarray(np.unique(band, return_inverse=True)[1][place], dtype=np.int64)


def largest(table: LossTable, part: float) -> NDArray[np.bool_]:
    """The rows with the largest N T, that part of all of them."""
    size = np.log(table.N) + np.log(table.T)
    return np.asarray(size > np.quantile(size, 1 - part))


def weighted_rms(errors: Floats, weights: Floats) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.average(errors**2, weights=weights)))
