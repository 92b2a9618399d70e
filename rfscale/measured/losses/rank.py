"""Whether sizes tell the parameters of a law apart at all: the rank of its slopes.

It is the same at nearly all parameters, so that it is known before a fit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.starts import spread_out
from rfscale.support.arguments import Floats

TRIED = 8  # points in theta; of the ranks there the largest holds
SEED = 1
NOTHING = 1e-9  # of the largest singular value: slopes are exact to 1e-15 ...
NOTHING_OF_DIFFERENCES = 1e-6  # ... or as differences to 1e-10
PART = 0.1  # of a parameter in a direction that nothing depends on
MOST_SIZES = 4096  # that are looked at first
FEW = 3  # kinds of sizes, fewer of which are worth naming


def check_parameters_apart(table: LossTable, problem: Problem) -> None:
    """Raise ValueError if some parameters cannot be told apart at these sizes, with their names."""
    few = _at_different_sizes(problem, table.weights > 0)
    names = _not_apart(few.thinned(MOST_SIZES))
    if names:
        names = _not_apart(few)
    if names:
        many, listed = names
        raise ValueError(
            f"{_reason(table)}: {listed} of {problem.law.name} cannot be told apart; hold {many} "
            "of them, or give more sizes"
        )


def singular_values(jacobian: Floats) -> tuple[Floats, Floats]:
    """Singular values of columns (n, p) of unit length, and their directions, the least last."""
    lengths = np.sqrt(np.sum(jacobian**2, axis=0))
    scaled = jacobian / np.where(lengths > 0, lengths, 1.0)
    _, values, directions = np.linalg.svd(np.linalg.qr(scaled, mode="r"))
    missing = len(directions) - len(values)
    return np.append(values, np.zeros(missing)), directions


def _not_apart(problem: Problem) -> tuple[int, str] | None:
    """How many parameters have to be held, and of which; None if all can be fitted."""
    theta = spread_out(problem, TRIED, SEED)
    law = problem.law
    shares = np.full((len(theta), len(law.linear)), np.median(problem.loss) / len(law.linear))
    parameters = np.concatenate([shares, theta], axis=1)
    parameters = np.clip(parameters, problem.lower, problem.upper)
    residuals, slopes = problem.residuals_and_slopes(parameters)
    tolerance = NOTHING if law.analytic else NOTHING_OF_DIFFERENCES
    free = np.flatnonzero(problem.is_free)
    fewest = free.size + 1
    said = ""
    for fit in range(len(theta)):
        jacobian = slopes[free, fit].T
        jacobian = jacobian[np.isfinite(jacobian).all(axis=1) & np.isfinite(residuals[fit])]
        if not jacobian.size:
            continue
        values, directions = singular_values(jacobian)
        is_nothing = values <= tolerance * values[0]
        if is_nothing.sum() < fewest:
            fewest = int(is_nothing.sum())
            part = np.abs(directions[is_nothing]).max(axis=0, initial=0.0)
            said = ", ".join(law.shown(law.parameters[j]) for j in free[part > PART])
        if not fewest:
            return None
    return (fewest, said) if fewest <= free.size else None


def _at_different_sizes(problem: Problem, is_counted: NDArray[np.bool_]) -> Problem:
    """One point of each size."""
    x, y = problem.x[is_counted], problem.y[is_counted]
    first = np.unique(np.stack([x, y]), axis=1, return_index=True)[1]
    return replace(problem, x=x[first], y=y[first], loss=problem.loss[is_counted][first])


def _reason(table: LossTable) -> str:
    """What is special of the sizes."""
    is_counted = table.weights > 0
    N = table.N[is_counted]
    T = table.T[is_counted]
    for name, values in (("N", N), ("T", T)):
        kinds = np.unique(values).size
        if kinds < FEW:
            return f"{name} takes {kinds} value{'s' if kinds > 1 else ''}"
    if np.unique(np.round(np.log(T / N), 6)).size < FEW:
        return "N and T vary together"
    sizes = np.unique(np.stack([N, T]), axis=1).shape[1]
    return f"N and T take {sizes} different pairs of values"
