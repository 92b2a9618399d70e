"""Notes on single rows: those far from the law, and one that the law hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.global_fit import ROUGH, ROUGH_STEPS
from rfscale.measured.losses.identified import problem_of_fit, scores_and_leverages
from rfscale.measured.losses.note import Note, listed
from rfscale.measured.losses.notes_on_parameters import named
from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import OF_SIGMA, Robust
from rfscale.measured.losses.sandwich import sandwich
from rfscale.measured.losses.solver import minima
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

EXTREME = 0.1  # the part of all rows at either end of T/N
RULES = 1.3  # standard errors, by which no parameter moved in 400 clean tables without a far row
TRIED = 16  # rows that are left out: those which move the parameters most to first order
MANY = 50_000  # rows, of which none rules; 16 fits to a million take minutes
FEWEST_LEFT = 2  # rows that have to be left over the parameters


def outliers(fit: LossFit) -> Iterator[Note]:
    """Rows more than 5 sigma from the law, and what their T/N has in common."""
    rows = fit.outliers
    if not rows.size:
        return
    lines = fit.table.lines
    which = listed([str(row) for row in (rows if lines is None else lines[rows])])
    which = f"{'from 0' if lines is None else 'lines'}: {which}"
    many = f"{rows.size} rows lie" if rows.size > 1 else "1 row lies"
    yield Note(
        "outliers",
        f"{many} more than 5 standard deviations from the law ({which})"
        f"{_their_ratios(fit, rows)}{_without_them(fit)}",
    )


def _their_ratios(fit: LossFit, rows: NDArray[np.int64]) -> str:
    """How many of them are at an end of T/N."""
    ratio = fit.table.T / fit.table.N
    low, high = np.quantile(ratio, [EXTREME, 1 - EXTREME])
    few = int(np.sum(ratio[rows] <= low))
    many = int(np.sum(ratio[rows] >= high))
    if low == high or max(few, many) * 2 < rows.size:
        return ""
    if rows.size == 1:
        end = f"at most {low:.2g}: early in training?"
        return f", with T/N {end if few else f'at least {high:.2g}: data repeated?'}"
    if few >= many:
        return f", {few} of them with T/N at most {low:.2g}: early in training?"
    return f", {many} of them with T/N at least {high:.2g}: data repeated?"


def _without_them(fit: LossFit) -> str:
    """The first parameter by the cost that leaves outliers out."""
    if fit.cost == "tukey":
        return ""
    problem, best = problem_of_fit(fit)
    robust = Robust("tukey", max(OF_SIGMA["tukey"] * fit.sigma, np.finfo(float).tiny))
    found = minima(problem, fit.table.weights, best[None], robust).parameters[0]
    free = [n for n, at in zip(fit.law.parameters, problem.is_free, strict=True) if at]
    name = next((n for n in free if n in fit.parameters), free[0])
    j = fit.law.parameters.index(name)
    return f"; loss='tukey' gives {name} = {found[j]:.4g} in place of {best[j]:.4g}"


def ruling_row(fit: LossFit) -> Iterator[Note]:
    """A row without which a parameter moves by more than its standard error without it.

    With it the error is no measure: its own residual widens that, its leverage narrows it.
    """
    problem, best = problem_of_fit(fit)
    if not FEWEST_LEFT < fit.table.rows - problem.free < MANY:
        return
    rows = _most_moving(fit)
    weights = np.repeat(fit.table.weights[None], rows.size, axis=0)
    weights[np.arange(rows.size), rows] = 0
    robust = Robust(fit.cost, fit.delta)
    start = np.repeat(best[None], rows.size, axis=0)
    found = minima(problem, weights, start, robust, tolerance=ROUGH, steps=ROUGH_STEPS).parameters
    errors = np.stack([_errors(fit, problem, *one) for one in zip(weights, found, strict=True)])
    is_told = [n not in fit.law.linear or n == fit.law.floor for n in fit.law.parameters]
    is_shown = problem.is_free & is_told & (errors > 0)
    moved = np.where(is_shown, np.abs(found - best) / np.where(errors > 0, errors, 1.0), 0.0)
    at, j = np.unravel_index(np.argmax(moved), moved.shape)
    if moved[at, j] > RULES:
        name = fit.law.parameters[j]
        values = fit.value_of(fit.law.shown(name), np.stack([best, found[at]]))
        yield Note(
            "ruling-row",
            f"without {fit.table.place(rows[at])} {named(fit, name)} moves from {values[0]:.4g} to "
            f"{values[1]:.4g}, by {moved[at, j]:.2g} standard errors of the other rows: see "
            "whether it is right",
        )


def _errors(fit: LossFit, problem: Problem, weights: Floats, found: Floats) -> Floats:
    """Standard errors of the parameters (p,) with other weights."""
    covariance = sandwich(problem, weights, fit.table.groups, Robust(fit.cost, fit.delta), found)
    return np.asarray(np.sqrt(covariance.diagonal()))


def _most_moving(fit: LossFit) -> NDArray[np.int64]:
    """Rows of the largest first order shift, and of the largest leverage."""
    shifts, leverages = scores_and_leverages(fit)
    errors = np.where(fit.spread.errors > 0, fit.spread.errors, np.inf)
    size = np.max(np.abs(shifts) / errors, axis=1)
    half = TRIED // 2
    chosen = [np.argsort(-size, kind="stable")[:half], np.argsort(-leverages, kind="stable")[:half]]
    return np.unique(np.concatenate(chosen))
