"""`Rise`: the least objective with a parameter held, over that of the fit (see `profile`)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rfscale.measured.losses.held import problem_of
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.scale_of_runs import scale_of_runs
from rfscale.measured.losses.solver import minima
from rfscale.support.arguments import Floats

TOLERANCE = 1e-9  # of the objective, in a step
ROUNDING = 1e-15  # of losses: the spread of those without noise


def held_places(fit: LossFit) -> set[str]:
    """The parameters at the centre that are held."""
    return {fit.law.place_of(name) for name, _ in fit.held}


@dataclass
class Rise:
    """The rise over a coordinate: the logarithm of parameters in the units of N and T."""

    fit: LossFit
    name: str
    last: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        law = self.fit.law
        self.is_log = self.name not in law.parameters
        self.place = self.fit.law.place_of(self.name)
        self.is_ratio = self.is_log and self.place in law.nonlinear
        self.best = self.coordinate(self.fit[self.name].value)
        self.shift = 0.0
        self.bounds = (-np.inf, np.inf) if self.is_log else (0.0, np.inf)
        if self.place in law.nonlinear:
            low, high = law.nonlinear[self.place]
            if self.is_log:
                self.shift = self.best - self.fit.best[law.parameters.index(self.place)]
            self.bounds = (low + self.shift, high + self.shift)
        self.scale = scale_of(self.fit)
        if self.fit.table.has_runs:
            self.scale *= scale_of_runs(self.fit, self.name, self.scale)

    def coordinate(self, value: float) -> float:
        """Of a value of the parameter."""
        return float(np.log(value)) if self.is_log else float(value)

    def value_at(self, u: float, *, is_end: bool = False) -> float:
        """The inverse; as an end, 0 and infinity at the bounds of a ratio."""
        if is_end and self.is_ratio and u in self.bounds:
            return 0.0 if u == self.bounds[0] else float(np.inf)
        return float(np.exp(u)) if self.is_log else u

    def __call__(self, u: float) -> float:
        fit = self.fit
        hold = dict(fit.held) | self._hold(u)
        problem = problem_of(fit.table, fit.law, hold, fit.residual, is_checked=False)
        starts = np.stack([fit.best, *self.last[-1:]])
        robust = Robust(fit.cost, fit.delta)
        found = minima(problem, fit.table.weights, starts, robust, tolerance=TOLERANCE)
        least = int(np.argmin(found.objective))
        if not np.isfinite(found.objective[least]):
            return float(np.inf)
        self.last.append(found.parameters[least])
        return float(2 * (found.objective[least] - fit.objective) / self.scale)

    def _hold(self, u: float) -> dict[str, float]:
        if not self.is_ratio:
            return {self.name: self.value_at(u)}
        return {self.place: float(np.clip(u - self.shift, *self.fit.law.nonlinear[self.place]))}


def scale_of(fit: LossFit) -> float:
    """S."""
    robust = Robust(fit.cost, fit.delta)
    weights = fit.table.weights
    pull, _ = robust.slopes(fit.residuals)
    freedom = max(int(fit.table.counted.sum()) - fit.free, 1)
    curvature = float(np.mean(robust.curvature(fit.residuals, weights)[fit.table.counted]))
    least = 1 / fit.table.counted.sum()
    scale = float(np.sum(weights * pull**2)) / freedom / max(curvature, least)
    return float(max(scale, ROUNDING**2))
