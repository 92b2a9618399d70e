r"""`profile`: how much worse a law fits with a parameter held at each of its values.

.. math:: 2 \Delta\ln L(v) = \frac{2}{S} \Big[ \min_{\theta_j = v} \sum_i w_i \rho(r_i) -
          \min_\theta \sum_i w_i \rho(r_i) \Big], \qquad
          S = \frac{\sum_i w_i \rho'(r_i)^2/(n - p)}{\sum_i \rho''(r_i)/n}

For squares S is the variance of the residuals, and the rise minus twice the logarithm of a ratio of
likelihoods. The interval is where it is below the quantile of F with 1 and n - p degrees of freedom
(Huber and Ronchetti 2009, 7.10): a definition, not derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import f as fisher

from rfscale.measured.losses.held import problem_of
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.solver import minima
from rfscale.measured.losses.spread import Interval
from rfscale.results import Result
from rfscale.support.arguments import Floats, choice, number, numeric, require_kind
from rfscale.support.described import described

STEP = 0.1  # outwards, at first, where no error is known
LARGER = 1.6  # each step ...
LARGEST = 0.5  # ... up to this, of logarithms: rises that are narrower are stepped over
STEPS = 120
CLOSE = 1e-7  # ends, in the coordinate
LARGE = 1e3  # in place of infinite rises
POINTS = 31  # of the curve
MARGIN = 0.3  # of the interval, drawn beyond its ends
FAR = 8.0  # e-folds drawn beyond the other end where there is none


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


def profile(
    fit: LossFit, parameter: str, *, level: float = 0.95, values: ArrayLike | None = None
) -> LossProfile:
    """Hold a parameter at each of its values, fit the others, and see how much worse the law is.

    Its interval needs no slopes and may be open: the lower bound of an M that may be infinite.
    Rows count as independent and alike; intervals of the fit do not need the latter.

    Parameters
    ----------
    fit : LossFit
        Of "squares" or "huber".
    parameter : str
        A name of a parameter that is not held.
    level : float
        Of the interval, in (0, 1).
    values : array_like, optional
        Where to show the rise; by default 31 values, somewhat beyond the interval.

    Returns
    -------
    LossProfile
        With the ends of its interval to 1e-7, of logarithms for those in the units of N and T.

    Raises
    ------
    ValueError
        For an argument out of its range.

    Notes
    -----
    The interval is the part about the best value; rises above the limit that are narrower than a
    factor e^0.5 are stepped over. Of one that is open the other end is a bound of
    its own, with half the tail: of 97.5 percent at level .95, of 95 at level .9.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> N = np.repeat(np.geomspace(1e7, 1e9, 6), 6)
    >>> T = np.tile(np.geomspace(1e9, 1e11, 6), 6)
    >>> noise = np.exp(0.005 * np.random.default_rng(1).standard_normal(36))
    >>> fit = rf.fit_losses(N, T, (1.8 + 480 / N**0.35 + 2100 / T**0.37) * noise, resamples=20)
    >>> print(rf.profile(fit, "alpha").interval)
    0.3568 (0.345 to 0.3684)
    """
    require_kind("fit", fit, LossFit)
    choice("fit.cost", fit.cost, ("squares", "huber"))
    free = [name for name in fit.law.names if _place(fit, name) not in _held(fit)]
    name = choice("parameter", parameter, free)
    size = number("level", level)
    if size >= 1:
        raise ValueError(f"level must be in (0, 1), got {size:g}")
    limit = float(fisher.ppf(size, 1, max(fit.table.rows - fit.free, 1)))
    rise = _Rise(fit, name)
    low, high = (_end(rise, sign, limit) for sign in (-1, 1))
    shown = _shown(rise, low, high) if values is None else _checked(rise, values)
    ends = (rise.value_at(u, is_end=True) for u in (low, high))
    return LossProfile(
        parameter=name,
        values=shown,
        rise=np.array([rise(rise.coordinate(v)) for v in np.ravel(shown)]).reshape(shown.shape),
        interval=Interval(rise.value_at(rise.best), *ends, size),
        limit=limit,
    )


def _checked(rise: _Rise, values: ArrayLike) -> Floats:
    low, high = np.exp(rise.bounds) if rise.is_log else rise.bounds
    array = numeric("values", values, f"in [{low:g}, {high:g}]")
    if not array.size or not np.all(np.isfinite(array) & (array >= low) & (array <= high)):
        raise ValueError(f"values must be finite, in [{low:g}, {high:g}], got {described(values)}")
    return array


def _place(fit: LossFit, name: str) -> str:
    return next((one.of for one in fit.law.published if one.name == name), name)


def _held(fit: LossFit) -> set[str]:
    return {_place(fit, name) for name, _ in fit.held}


@dataclass
class _Rise:
    """The rise over a coordinate: the logarithm of parameters in the units of N and T."""

    fit: LossFit
    name: str
    last: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        law = self.fit.law
        self.is_log = self.name not in law.parameters
        self.place = _place(self.fit, self.name)
        self.is_ratio = self.is_log and self.place in law.nonlinear
        self.best = self.coordinate(self.fit[self.name].value)
        self.shift = 0.0
        self.bounds = (-np.inf, np.inf) if self.is_log else (0.0, np.inf)
        if self.place in law.nonlinear:
            low, high = law.nonlinear[self.place]
            if self.is_log:
                self.shift = self.best - self.fit.best[law.parameters.index(self.place)]
            self.bounds = (low + self.shift, high + self.shift)
        self.scale = _scale(self.fit)

    def coordinate(self, value: float) -> float:
        return float(np.log(value)) if self.is_log else float(value)

    def value_at(self, u: float, *, is_end: bool = False) -> float:
        if is_end and self.is_ratio and u in self.bounds:
            return 0.0 if u == self.bounds[0] else float(np.inf)
        return float(np.exp(u)) if self.is_log else u

    def __call__(self, u: float) -> float:
        fit = self.fit
        problem = problem_of(fit.table, fit.law, dict(fit.held) | self._hold(u), fit.residual)
        starts = np.stack([fit.best, *self.last[-1:]])
        found = minima(problem, fit.table.weights, starts, Robust(fit.cost, fit.delta))
        least = int(np.argmin(found.objective))
        if not np.isfinite(found.objective[least]):
            return float(np.inf)
        self.last.append(found.parameters[least])
        return float(2 * (found.objective[least] - fit.objective) / self.scale)

    def _hold(self, u: float) -> dict[str, float]:
        if not self.is_ratio:
            return {self.name: self.value_at(u)}
        return {self.place: float(np.clip(u - self.shift, *self.fit.law.nonlinear[self.place]))}


def _scale(fit: LossFit) -> float:
    """S."""
    pull, curvature = Robust(fit.cost, fit.delta).slopes(fit.residuals)
    counted = fit.table.weights > 0
    freedom = max(int(counted.sum()) - fit.free, 1)
    inside = float(np.mean(curvature[counted] == 1.0))
    return float(np.sum(fit.table.weights * pull**2) / freedom / inside)


def _end(rise: _Rise, sign: int, limit: float) -> float:
    """Where the rise reaches the limit, or the bound of the coordinate."""
    rise.last.clear()
    bound = rise.bounds[(sign + 1) // 2]
    inner = rise.best
    step = _first_step(rise)
    if rise.is_ratio and rise(bound) <= limit:
        return float(bound)
    for _ in range(STEPS):
        outer = inner + sign * step
        is_last = sign * (outer - bound) >= 0
        outer = bound if is_last else outer
        if rise(outer) > limit:
            return float(brentq(_excess(rise, limit), inner, outer, xtol=CLOSE, rtol=1e-14))
        if is_last:
            return float(bound)
        inner = outer
        step = min(step * LARGER, LARGEST) if rise.is_log else step * LARGER
    return float(sign * np.inf)


def _excess(rise: _Rise, limit: float) -> Callable[[float], float]:
    return lambda u: min(rise(u) - limit, LARGE)


def _first_step(rise: _Rise) -> float:
    one = rise.fit[rise.name]
    with np.errstate(divide="ignore"):
        low, high = np.log([one.low, one.high]) if rise.is_log else (one.low, one.high)
    width = (high - low) / 4
    unit = 1.0 if rise.is_log else max(abs(rise.best), STEP)
    return float(width) if 0 < width < unit else STEP * unit


def _shown(rise: _Rise, low: float, high: float) -> Floats:
    """Values somewhat beyond the interval, or up to where it is clear that there is no end."""
    is_open = [end in rise.bounds and rise.is_ratio for end in (low, high)]
    if is_open[1]:
        is_within = rise.best < rise.bounds[1]
        high = min(max(low + FAR, rise.best if is_within else low), rise.bounds[1])
    if is_open[0]:
        low = max(high - FAR, rise.bounds[0])
    margin = MARGIN * (high - low)
    ends = np.clip([low - margin, high + margin], *rise.bounds)
    return np.array([rise.value_at(float(u)) for u in np.linspace(*ends, POINTS)])
