"""`LossFit`: a law as it was fitted to a table, with intervals of all that follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.measured.losses.allocating import Allocating, OfFit
from rfscale.measured.losses.band import Band, band_of
from rfscale.measured.losses.laws import Law
from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.note import Note
from rfscale.measured.losses.notes import notes_of
from rfscale.measured.losses.reach import warn_beyond
from rfscale.measured.losses.robust import robust_sigma
from rfscale.measured.losses.spread import Interval, Spread
from rfscale.results import Result
from rfscale.support.arguments import Floats

OUTLIER = 5.0  # times sigma
ROUNDING = 1e-9  # of losses: no residual that small is an outlier


@dataclass(frozen=True, eq=False)
class LossFit(Allocating, Result):
    """A law fitted to losses.

    Attributes
    ----------
    table : LossTable
        The rows it was fitted to.
    law : Law
    best : ndarray (p,)
        The parameters at the centre, in the order of `law.parameters`.
    N0, T0 : float
        The centre: geometric means of the sizes.
    cost, delta : str, float
        What residuals cost; delta is `inf` for squares.
    residual : str
        "log" or "linear".
    objective : float
        sum w rho(residual) at the minimum.
    converged : bool
        Whether the last step was as small as it should be.
    spread : Resamples or Sandwich
        How the parameters scatter.
    held : tuple
        (name, value) of what was held.
    at_lower, at_upper : tuple of str
        Parameters that ended at a bound.
    """

    table: LossTable
    law: Law
    best: Floats
    N0: float
    T0: float
    cost: str
    delta: float
    residual: str
    objective: float
    converged: bool
    spread: Spread
    held: tuple[tuple[str, float], ...]
    at_lower: tuple[str, ...]
    at_upper: tuple[str, ...]

    def __getitem__(self, name: str) -> Interval:
        """A parameter by any name of it, with its interval; ValueError for other names."""
        if name not in self.law.names:
            raise ValueError(f"name must be one of {', '.join(self.law.names)}, got {name!r}")
        return self._intervals[name]

    @cached_property
    def _intervals(self) -> dict[str, Interval]:
        return {name: self._interval(name) for name in self.law.names}

    def _interval(self, name: str) -> Interval:
        is_published = name not in self.law.parameters
        one = self.spread.interval(lambda p: self.value_of(name, p), self.best, is_log=is_published)
        lowest, highest = self.law.nonlinear.get(name, (0.0, np.inf))  # no larger than the range
        if self._is_idle(name):
            return replace(one, low=lowest, high=highest)
        return replace(one, low=max(one.low, lowest), high=min(one.high, highest))

    def _is_idle(self, name: str) -> bool:
        """Whether the losses are the same at both ends of a range, as with a coefficient of 0.

        Resamples then leave the parameter where they found it: at a bound, all of them.
        """
        coefficients = self.best[: len(self.law.linear)]
        if name not in self.law.nonlinear or name in dict(self.held) or coefficients.all():
            return False
        ends = np.repeat(self.best[None], 2, axis=0)
        ends[:, self.law.parameters.index(name)] = self.law.nonlinear[name]
        with np.errstate(all="ignore"):  # powers of far sizes, times a coefficient of 0
            low, high = self.losses(self.table.N, self.table.T, ends)
        return np.array_equal(low, high)

    def value_of(self, name: str, parameters: Floats) -> Floats:
        """A parameter, of many fits (fits, p) at the centre."""
        if name in self.law.parameters:
            return np.asarray(parameters[:, self.law.parameters.index(name)])
        one = next(one for one in self.law.published if one.name == name)
        theta = tuple(parameters[:, len(self.law.linear) :].T)
        inner = parameters[:, self.law.parameters.index(one.of)]
        return np.asarray(one.value(inner, self.N0, self.T0, theta))

    @property
    def parameters(self) -> dict[str, Interval]:
        """The parameters in the literature's names, in units of N, T and the loss."""
        shown: list[str] = []
        for name in [name for name in self.law.parameters if name not in self.law.hidden]:
            shown += [one.name for one in self.law.published if one.of == name] or [name]
        return {name: self[name] for name in shown}

    @property
    def at_centre(self) -> dict[str, Interval]:
        """The parameters at the centre, where coefficients are shares of the loss."""
        return {name: self[name] for name in self.law.parameters}

    @property
    def samples(self) -> Floats:
        """Parameters at the centre of all resamples (resamples, p); ValueError without any."""
        samples = getattr(self.spread, "samples", None)
        if samples is None:
            raise ValueError("samples need intervals='bootstrap'")
        return np.asarray(samples)

    def losses(self, N: ArrayLike, T: ArrayLike, parameters: Floats) -> Floats:
        """The law at sizes (points,), with parameters (fits, p) at the centre: (fits, points)."""
        return self.law.losses(np.asarray(N) / self.N0, np.asarray(T) / self.T0, parameters)

    @cached_property
    def residuals(self) -> Floats:
        """log L - log of the law, or L - the law, of each row."""
        predicted = self.losses(self.table.N, self.table.T, self.best[None])[0]
        if self.residual == "log":
            return np.asarray(np.log(self.table.loss) - np.log(predicted))
        return np.asarray(self.table.loss - predicted)

    @cached_property
    def free(self) -> int:
        """How many parameters were fitted."""
        return len(self.law.parameters) - len(self.held)

    @cached_property
    def scatter(self) -> Floats:
        """The residuals of the rows that count, widened for the parameters fitted to them."""
        counted = self.residuals[self.table.counted]
        return np.asarray(counted * np.sqrt(counted.size / max(counted.size - self.free, 1)))

    @cached_property
    def sigma(self) -> float:
        """The spread of runs about the law: the median absolute value, as of normal ones."""
        return robust_sigma(self.scatter)

    @cached_property
    def outliers(self) -> NDArray[np.int64]:
        """The rows that count and are more than 5 sigma from the law, from 0."""
        unit = 1.0 if self.residual == "log" else float(np.median(self.table.loss))
        reach = OUTLIER * max(self.sigma, ROUNDING * unit)
        return np.flatnonzero((np.abs(self.residuals) > reach) & self.table.counted)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What has to be known of this fit."""
        return notes_of(self)

    def predict(self, N: ArrayLike, T: ArrayLike, of: str = "law") -> Band:
        """The loss at other sizes, with the interval of the law, or of a run.

        Parameters
        ----------
        N, T : array_like
            Sizes > 0, which broadcast.
        of : str
            "law", or "run", which scatters about it as the rows of the table do.

        Returns
        -------
        Band

        Raises
        ------
        ValueError
            For an argument out of its range.

        Warns
        -----
        RegimeWarning
            If N, T or N T is more than 3 times the largest of the table.
        """
        band = band_of(self, N, T, of)
        warn_beyond(self.table, band.N, band.T)
        return band

    def joined_fits(self) -> list[LossFit]:
        """Itself alone."""
        return [self]

    def interval_over(self, derived: OfFit) -> Interval:
        """The interval of what is derived from the law and its parameters."""
        return self.spread.interval(lambda parameters: derived(self, parameters), self.best)

    def summary(self) -> str:
        """The law, how many rows, and their spread about it."""
        unit = "%" if self.residual == "log" else ""
        size = 100 * self.sigma if unit else self.sigma
        return (
            f"LossFit of {self.law.name}, L = {self.law.formula}: {self.table.rows} rows, "
            f"residuals {size:.2g}{unit}"
        )

    def remarks(self) -> list[str]:
        """The notes."""
        return [f"{note.code}: {note.message}" for note in self.notes]

    def _about(self) -> str:
        return ""

    def _table(self) -> dict[str, Any]:
        each = self.parameters
        held = dict(self.held)
        return {
            "parameter": np.array(list(each)),
            "value": np.array([one.value for one in each.values()]),
            "low": np.array([one.low for one in each.values()]),
            "high": np.array([one.high for one in each.values()]),
            "held": np.array([name in held for name in each]),
        }
