"""A note on N: whether parameters more or less in it, as of embeddings, make the law fit better.

Chinchilla's law is fitted again with N + c, c over a ladder, and with the n of n + c n^(1/3) = N:
embeddings take V d parameters and a model of one shape has d ~ n^(1/3). All by Huber's cost of one
width. Of 600 synthetic tables of three laws none is suspected, and of 105 whose runs are off
together none; on four public tables n log of the ratio of costs is 9 at most. With Chinchilla's law
as the truth, nine N and embeddings of one to two times the smallest N, 22 of 24 tables are found at
noise of 0.3 percent and 10 of 24 at 1 percent; of the latter 1 of 12 with N from 3e7.
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
LADDERS = (  # parts of the smallest N that are taken off or added there, in steps, at powers of N
    (0.0, (-0.3, -0.6, -0.8, -0.9, -0.97, -0.99)),
    (0.0, (0.5, 2.0, 8.0, 30.0, 100.0)),
    (1 / 3, (-0.1, -0.25, -0.5, -0.75, -0.9, -0.97)),
)
BETTER = 10.0  # n log of the ratio of costs
CORRELATION = 0.35  # of rows of an N that are left: then runs are off together, or the law is wrong
ROUNDING = 1e-9
ROUGH = 1e-6  # of the objective
STEPS = 40


@dataclass(frozen=True)
class _Trial:
    """A fit with `part` of the smallest x more in it, and more as x^power in others."""

    part: float
    power: float
    cost: float
    parameters: Floats  # (1, p)
    problem: Problem

    def residuals(self) -> Floats:
        """Those of the fit."""
        return np.asarray(self.problem.residuals(self.parameters)[0])


def _tried(problem: Problem, robust: Robust, part: float, power: float, start: Floats) -> _Trial:
    x = _changed(problem.x / problem.x.min(), part, power)
    moved = replace(problem, x=x / np.exp(np.mean(np.log(x))))
    found = minima(moved, np.ones(x.size), start, robust, tolerance=ROUGH, steps=STEPS)
    return _Trial(part, power, float(found.objective[0]), found.parameters, moved)


def _changed(x: Floats, part: float, power: float) -> Floats:
    """x + part x^power, x at least 1; with part < 0 and power 1/3 the n with n + c n^(1/3) = x."""
    if power == 0 or part > 0:
        return x + part * x**power
    c = -part / (1 + part) ** power  # for n = 1 + part at x = 1
    u = 2 * np.sqrt(c / 3) * np.sinh(np.arcsinh(1.5 * x / c * np.sqrt(3 / c)) / 3)
    return np.asarray(u**3)


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
    trial, gain = found
    many = f"{abs(trial.part) * table.N.min():.2g} {'fewer' if trial.part < 0 else 'more'}"
    where = "every N" if trial.power == 0 else "the smallest N, growing as its cube root"
    asked = "count embeddings" if trial.part < 0 else "leave out embeddings or other parameters"
    yield Note(
        "embeddings",
        f"Chinchilla's law fits far better with about {many} parameters in {where} "
        f"(AICc falls by {gain:.0f}): does N {asked}?",
    )


def _constant(table: LossTable) -> tuple[_Trial, float] | None:
    """The best change of N, and the gain, if that is large."""
    problem = problem_of(table, law_called("law", "chinchilla"), None, is_checked=False)
    problem = problem.thinned(MOST_POINTS)
    one = np.ones(problem.x.size)
    start = global_minima(problem, one, Robust("squares"), starts=STARTS, kept=KEPT)
    sigma = robust_sigma(problem.residuals(start.parameters[:1]))
    if sigma < ROUNDING:
        return None
    robust = Robust("huber", OF_SIGMA["huber"] * sigma)
    first = _tried(problem, robust, 0.0, 0.0, start.parameters[:1])
    ends = [_down(problem, robust, power, ladder, first) for power, ladder in LADDERS]
    best, bracket = min(ends, key=lambda end: end[0].cost)
    gain = problem.x.size * np.log(first.cost / best.cost)
    if gain < BETTER:
        return None
    best = _refined(problem, robust, best, bracket)
    residuals = best.residuals()
    correlation = correlation_of_runs(
        best.problem.x, best.problem.y, residuals, robust_sigma(residuals)
    )
    if correlation > CORRELATION:
        return None
    return best, float(problem.x.size * np.log(first.cost / best.cost)) - 2


def _down(
    problem: Problem, robust: Robust, power: float, ladder: tuple[float, ...], first: _Trial
) -> tuple[_Trial, tuple[float, float]]:
    """The last step of a ladder that lowers the cost, and its neighbours."""
    steps = (0.0, *ladder, ladder[-1])
    best = first
    bracket = (0.0, 0.0)
    start = first.parameters
    for before, part, after in zip(steps, ladder, steps[2:], strict=False):
        trial = _tried(problem, robust, part, power, start)
        if not trial.cost < best.cost:
            break
        best = trial
        start = trial.parameters
        bracket = (min(before, after), max(before, after))
    return best, bracket


def _refined(
    problem: Problem, robust: Robust, best: _Trial, bracket: tuple[float, float]
) -> _Trial:
    """The best between the neighbours, each from the best step."""

    def tried(part: float) -> _Trial:
        return _tried(problem, robust, part, best.power, best.parameters)

    found = minimize_scalar(
        lambda part: tried(float(part)).cost,
        bounds=bracket,
        method="bounded",
        options={"maxiter": 12},
    )
    return min(best, tried(float(found.x)), key=lambda trial: trial.cost)
