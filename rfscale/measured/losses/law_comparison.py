"""`LawComparison`: laws beside one another on one table, and the band of all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.measured.losses.allocating import Allocating, OfFit
from rfscale.measured.losses.band import OF, Band
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.note import Note
from rfscale.measured.losses.notes_on_comparisons import notes_of_comparison
from rfscale.measured.losses.pooled import pooled_interval, pooled_losses
from rfscale.measured.losses.spread import Interval
from rfscale.results import Result
from rfscale.support.arguments import Floats, broadcast, choice, sizes

POOLED = "pooled"


@dataclass(frozen=True, eq=False)
class LawComparison(Allocating, Result):
    """Laws fitted to one table: each by itself, and as one band.

    Arrays have an entry for each law, in the order that was given. Errors are root mean squares of
    log L; NaN where too few rows are left to fit.

    Attributes
    ----------
    laws : tuple of str
        Their names.
    each : tuple of LossFit
        The fits to all rows; `fits` has them by name.
    k : ndarray of int
        Parameters, the spread of the residuals among them.
    rms, AICc, BIC : ndarray
        Residuals and criteria of least squares in log L; the best criterion is 0.
    size_error : ndarray
        On each value of N, or band of 8, of the fit to the others.
    extrapolation_error, coverage : ndarray
        On the rows held out, of fits to the others: error, and the part of the rows within the
        band of runs.
    pooled_error, pooled_coverage : float
        Of all laws together.
    holdout : float
        The part of the rows, with the largest N T, that was held out.
    held_out : ndarray of int
        These rows, from 0.
    extrapolated : Band
        Of runs at them, by all laws together, fitted to the others.
    notes : tuple of Note
        What has to be known of these numbers.
    """

    laws: tuple[str, ...]
    each: tuple[LossFit, ...]
    k: Floats
    rms: Floats
    AICc: Floats
    BIC: Floats
    size_error: Floats
    extrapolation_error: Floats
    coverage: Floats
    pooled_error: float
    pooled_coverage: float
    holdout: float
    held_out: NDArray[np.int64]
    extrapolated: Band

    @property
    def fits(self) -> dict[str, LossFit]:
        """The fit of each law to all rows."""
        return dict(zip(self.laws, self.each, strict=True))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What has to be known of these numbers."""
        return notes_of_comparison(self.each, was_held_out=bool(np.isfinite(self.pooled_error)))

    def predict(self, N: ArrayLike, T: ArrayLike, of: str = "law") -> Band:
        """The loss at other sizes, with the interval of all laws together.

        Parameters
        ----------
        N, T : array_like
            Sizes > 0, which broadcast.
        of : str
            "law", or "run", which scatters about each law as the rows of the table do.

        Returns
        -------
        Band
            Its value is the median of all laws' resamples.

        Raises
        ------
        ValueError
            For an argument out of its range.
        """
        N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
        is_run = choice("of", of, OF) == "run"
        found = pooled_losses(self.each, N.ravel(), T.ravel(), of_runs=is_run)
        return Band(
            N=N,
            T=T,
            value=np.reshape(found.value, N.shape),
            low=np.reshape(found.low, N.shape),
            high=np.reshape(found.high, N.shape),
            level=found.level,
            of=of,
        )

    def joined_fits(self) -> list[LossFit]:
        """All of them."""
        return list(self.each)

    def interval_over(self, derived: OfFit) -> Interval:
        """Percentiles of all laws' resamples together."""
        return pooled_interval(self.each, derived)

    def summary(self) -> str:
        """How many laws and rows, and how many of them were held out."""
        laws = f"{len(self.laws)} laws" if len(self.laws) > 1 else "1 law"
        rows = self.each[0].table.rows
        return (
            f"LawComparison of {laws} on {rows} rows; extrapolated from the lowest "
            f"{100 * (1 - self.holdout):.3g}% of N T; errors of log L in %"
        )

    def remarks(self) -> list[str]:
        """The notes."""
        return [f"{note.code}: {note.message}" for note in self.notes]

    def _about(self) -> str:
        return ""

    def _short(self) -> dict[str, Any]:
        columns = self._table()
        is_pooled = columns["law"] == POOLED
        for name in ("k", "rms", "AICc", "BIC", "E", "size_error"):
            columns[name] = np.where(is_pooled, np.array(None, dtype=object), columns[name])
        return columns

    def _table(self) -> dict[str, Any]:
        floors = [self._floor(fit) for fit in self.each]
        nothing = np.nan  # of the laws pooled
        return {
            "law": np.array([*self.laws, POOLED]),
            "k": np.append(self.k, nothing),
            "rms": 100 * np.append(self.rms, nothing),
            "AICc": np.append(self.AICc, nothing),
            "BIC": np.append(self.BIC, nothing),
            "E": np.append(floors, nothing),
            "size_error": 100 * np.append(self.size_error, nothing),
            "extrapolation_error": 100 * np.append(self.extrapolation_error, self.pooled_error),
            "coverage": np.append(self.coverage, self.pooled_coverage),
        }

    @staticmethod
    def _floor(fit: LossFit) -> float:
        floor = fit.law.floor
        return float(fit[floor].value) if floor in fit.law.names else 0.0
