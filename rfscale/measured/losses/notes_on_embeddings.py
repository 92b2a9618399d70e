"""A note on N: whether a constant more or less in it, as of embeddings, makes the law fit better.

Chinchilla's law is fitted again with N + c, c over a ladder, by Huber's cost of one width. On 208
synthetic tables of four laws nothing is said without a constant, and of 208 whose runs are off
together 2 are suspected; on four public tables n log of the ratio of costs is 9 at most. With
Chinchilla's law as the truth and a constant of 1 to 10 times the smallest N, 138 of 156 are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar

from rfscale.measured.losses.global_fit import global_minima
from rfscale.measured.losses.held import problem_of
from rfscale.measured.losses.laws import law_called
from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.note import Note
from rfscale.measured.losses.notes_on_design import one_line
from rfscale.measured.losses.notes_on_runs import correlation_of_runs
from rfscale.measured.losses.notes_on_units import looks_like_perplexities
from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import OF_SIGMA, Robust, robust_sigma
from rfscale.measured.losses.solver import minima
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

LAWS = ("chinchilla", "tied", "kaplan", "coupled")  # of language models
FEWEST_N = 6  # different ones, which one constant more cannot fit all
FEWEST_ROWS = 12
MOST_POINTS = 2048
STARTS = 32
KEPT = 4
LESS = (-0.3, -0.6, -0.8, -0.9, -0.97, -0.99)  # parts of the smallest N that are taken off ...
MORE = (0.5, 2.0, 8.0, 30.0, 100.0)  # ... or added
BETTER = 15.0  # n log of the ratio of costs
CORRELATION = 0.35  # of rows of an N that are left: then runs are off together, or the law is wrong
ROUNDING = 1e-9
ROUGH = 1e-6  # of the objective
STEPS = 40


@dataclass
class _Trials:
    """Fits of a problem with a constant more in x, each from the one before."""

    problem: Problem
    robust: Robust
    best: Floats  # (1, p)

    def cost(self, part: float) -> float:
        """The least cost with `part` of the smallest x added to all."""
        x = self.problem.x + part * self.problem.x.min()
        self.moved = replace(self.problem, x=x / np.exp(np.mean(np.log(x))))
        weights = np.ones(x.size)
        found = minima(self.moved, weights, self.best, self.robust, tolerance=ROUGH, steps=STEPS)
        self.best = found.parameters
        return float(found.objective[0])

    def correlation(self) -> float:
        """That of the residuals at equal x, in the last fit."""
        residuals = self.moved.residuals(self.best)[0]
        return correlation_of_runs(self.moved.x, self.moved.y, residuals, robust_sigma(residuals))


def embeddings(fit: LossFit) -> Iterator[Note]:
    """A constant in N that the losses ask for."""
    table = fit.table.part(fit.table.counted)
    kinds = np.unique(table.N).size
    if fit.law.name not in LAWS or kinds < FEWEST_N or table.rows < FEWEST_ROWS:
        return
    if looks_like_perplexities(table.loss) or one_line(table):
        return
    found = _constant(table)
    if found is None:
        return
    part, gain = found
    many = f"{abs(part) * table.N.min():.2g}"
    asked = "count embeddings" if part < 0 else "leave out embeddings or other parameters"
    yield Note(
        "embeddings",
        f"Chinchilla's law fits far better with about {many} {'fewer' if part < 0 else 'more'} "
        f"parameters in every N (AICc falls by {gain:.0f}): does N {asked}?",
    )


def _constant(table: LossTable) -> tuple[float, float] | None:
    """The constant over the smallest N, and the gain, if that is large."""
    problem = problem_of(table, law_called("law", "chinchilla"), None, is_checked=False)
    problem = problem.thinned(MOST_POINTS)
    one = np.ones(problem.x.size)
    start = global_minima(problem, one, Robust("squares"), starts=STARTS, kept=KEPT)
    sigma = robust_sigma(problem.residuals(start.parameters[:1]))
    if sigma < ROUNDING:
        return None
    trials = _Trials(problem, Robust("huber", OF_SIGMA["huber"] * sigma), start.parameters[:1])
    cost = trials.cost(0.0)
    best = trials.best
    ends = []
    for ladder in (LESS, MORE):
        trials.best = best
        ends.append(_down(trials, ladder, cost))
    _, least, bracket, parameters = min(ends, key=lambda end: end[1])
    if problem.x.size * np.log(cost / least) < BETTER:
        return None
    trials.best = parameters
    found = minimize_scalar(trials.cost, bounds=bracket, method="bounded", options={"maxiter": 12})
    least = min(least, float(found.fun))
    if trials.correlation() > CORRELATION:
        return None
    return float(found.x), float(problem.x.size * np.log(cost / least)) - 2


def _down(
    trials: _Trials, ladder: tuple[float, ...], cost: float
) -> tuple[float, float, tuple[float, float], Floats]:
    """The last step of a ladder that lowers the cost, the cost, its neighbours, and the fit."""
    steps = (0.0, *ladder)
    best = (0.0, cost, (0.0, 0.0), trials.best)
    for j, part in enumerate(ladder, start=1):
        value = trials.cost(part)
        if not value < best[1]:
            break
        ends = sorted((steps[j - 1], steps[min(j + 1, len(ladder))]))
        best = (part, value, (ends[0], ends[1]), trials.best)
    return best
