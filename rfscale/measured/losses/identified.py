"""How well a table tells the parameters of a law apart: slopes at the minimum, and their rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.held import problem_of
from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.sandwich import first_order
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit


def problem_of_fit(fit: LossFit) -> tuple[Problem, Floats]:
    """The problem that a fit solved, and its parameters there."""
    problem = problem_of(fit.table, fit.law, dict(fit.held), fit.residual)
    return problem, np.where(problem.is_free, fit.best, problem.lower)


def scores_and_leverages(fit: LossFit) -> tuple[Floats, Floats]:
    """By how much parameters move to first order without each row (n, p), and leverages (n,)."""
    problem, best = problem_of_fit(fit)
    robust = Robust(fit.cost, fit.delta)
    parts = first_order(problem, fit.table.weights, robust, best)
    shifts = np.zeros((fit.table.rows, best.size))
    shifts[:, parts.is_free] = parts.scores @ parts.inverse
    return shifts, parts.leverages


def slopes_of_free(fit: LossFit) -> tuple[Floats, NDArray[np.bool_]]:
    """Slopes (n, free) at the minimum of the parameters that are within their bounds."""
    problem, best = problem_of_fit(fit)
    is_inside = (best > problem.lower) & (best < problem.upper)
    jacobian = problem.residuals_and_slopes(best[None])[1][is_inside, 0].T
    return jacobian * np.sqrt(fit.table.weights)[:, None], is_inside
