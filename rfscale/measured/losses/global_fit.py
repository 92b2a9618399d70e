"""The global minimum: quasi-random starts, least squares from the best, then the robust cost.

Starts in theta come with their best coefficients. The least squares minima that differ are each
followed to the robust cost in steps of delta, for which of them is least may change on the way.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import OF_SIGMA, Robust, robust_sigma
from rfscale.measured.losses.solver import Minima, minima
from rfscale.measured.losses.starts import spread_out
from rfscale.support.arguments import Floats

STARTS = 64
KEPT = 8
MOST_POINTS = 4096  # that starts are chosen by
LARGE = 20_000  # points, of which so many lead to the minima of more
SAME = 1e-6  # of the objective: minima that are one
LITTLE = 1e-3  # of the loss: a coefficient that starts at 0
FOLLOWED = 5  # values of delta on the way
COUNTED = 0.1  # the part of these that has to have a weight
ADAPTED = 4  # times that delta follows the residuals
ADAPTED_TO_MANY = 2  # when it starts next to its end
ROUGH = 1e-6  # tolerance on the way
ROUGH_STEPS = 40


def global_minima(
    problem: Problem,
    weights: Floats,
    robust: Robust,
    *,
    starts: int = STARTS,
    kept: int = KEPT,
    seed: int = 0,
) -> Minima:
    """Minima of the robust cost, the best first; its delta is in `robust`.

    ValueError where no start has a finite cost.
    """
    first = first_guesses(problem, weights, starts, seed)[:kept]
    if _is_large(problem, weights):
        few, of_few = _few_of_many(problem, weights)
        near = distinct(minima(few, of_few, first, Robust("squares"))).parameters
        first = near if near.size else first
    squares = distinct(minima(problem, weights, first, Robust("squares")))
    if not squares.objective.size:
        held = f" with hold = {dict(problem.held)}" if problem.held else ""
        raise ValueError(
            f"L has no finite cost under {problem.law.name}{held} at any of the starts: is the law "
            "finite and > 0 at all sizes and at their geometric means?"
        )
    if robust.kind == "squares":
        return squares
    found = np.concatenate([squares.parameters, np.clip(first[:2], problem.lower, problem.upper)])
    return distinct(followed(problem, weights, found, robust))


def adapted(
    problem: Problem, weights: Floats, kind: str, delta: float | None = None
) -> tuple[Minima, Robust]:
    """Minima at a delta that is a multiple of the spread of their own residuals.

    Those of "tukey", at this or at the given delta, are reached from those of "huber".
    """
    if _is_large(problem, weights):
        found, robust = _of_many(problem, weights)
    else:
        found, robust = _of_few(problem, weights)
    if kind == "tukey":
        sigma = _spread_of(problem, weights, found.parameters[:1])
        robust = Robust("tukey", delta or OF_SIGMA["tukey"] * sigma)
        found = distinct(minima(problem, weights, found.parameters[:1], robust))
    return found, robust


def _of_few(problem: Problem, weights: Floats) -> tuple[Minima, Robust]:
    """Those of "huber", whose delta follows the residuals a few times."""
    first = global_minima(problem, weights, Robust("squares"))
    found = first
    for _ in range(ADAPTED):
        robust = _huber(problem, weights, found)
        from_all = np.concatenate([found.parameters[:1], first.parameters])
        found = distinct(followed(problem, weights, from_all, robust))
    return found, robust


def _of_many(problem: Problem, weights: Floats) -> tuple[Minima, Robust]:
    """The same, from the minimum of every so many points."""
    found, _ = _of_few(*_few_of_many(problem, weights))
    for _ in range(ADAPTED_TO_MANY):
        robust = _huber(problem, weights, found)
        found = distinct(minima(problem, weights, found.parameters[:1], robust))
    return found, robust


def _is_large(problem: Problem, weights: Floats) -> bool:
    """Whether every so many points, of those with a weight, lead to the minima of all."""
    if problem.x.size <= LARGE:
        return False
    return bool(np.mean(_few_of_many(problem, weights)[1] > 0) > COUNTED)


def _few_of_many(problem: Problem, weights: Floats) -> tuple[Problem, Floats]:
    of_points = np.broadcast_to(weights, problem.x.shape)
    return problem.thinned(LARGE), of_points[:: problem.step(LARGE)]


def _huber(problem: Problem, weights: Floats, found: Minima) -> Robust:
    """Of a delta by the residuals of the best."""
    sigma = _spread_of(problem, weights, found.parameters[:1])
    return Robust("huber", OF_SIGMA["huber"] * sigma)


def _spread_of(problem: Problem, weights: Floats, parameters: Floats) -> float:
    """Of the residuals of rows that count."""
    residuals = problem.residuals(parameters)
    spread = robust_sigma(residuals[np.broadcast_to(weights > 0, residuals.shape)])
    return max(spread, problem.rounding)


def followed(problem: Problem, weights: Floats, parameters: Floats, robust: Robust) -> Minima:
    """From least squares minima to those of the robust cost, delta falling in steps."""
    residuals = problem.residuals(parameters)
    widths = np.sqrt(np.mean(residuals**2, axis=1, where=np.isfinite(residuals)))
    widest = max(float(np.nanmin(widths)), robust.delta)
    for delta in np.geomspace(widest, robust.delta, FOLLOWED)[:-1]:
        near = replace(robust, delta=float(delta))
        parameters = minima(
            problem, weights, parameters, near, tolerance=ROUGH, steps=ROUGH_STEPS
        ).parameters
    return minima(problem, weights, parameters, robust)


def distinct(found: Minima) -> Minima:
    """One of each minimum, the best first."""
    order = np.argsort(found.objective, kind="stable")
    order = order[np.isfinite(found.objective[order])]
    values = found.objective[order]
    chosen = order[np.diff(values, prepend=-np.inf) > SAME * values]
    return Minima(found.parameters[chosen], found.objective[chosen], found.converged[chosen])


def first_guesses(problem: Problem, weights: Floats, starts: int, seed: int) -> Floats:
    """Parameters (starts, p), those with the least relative squares first."""
    few = problem.thinned(MOST_POINTS)
    theta = spread_out(problem, starts, seed)
    w = np.broadcast_to(weights, problem.x.shape)[:: problem.step(MOST_POINTS)]
    c, squares = best_coefficients(few.columns(theta, few.x, few.y), few.loss, w)
    c = np.where(c > 0, c, LITTLE * np.median(problem.loss))
    parameters = np.concatenate([c, theta], axis=1)[np.argsort(squares, kind="stable")]
    return np.asarray(np.clip(parameters, problem.lower, problem.upper))


def best_coefficients(columns: Floats, loss: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """c >= 0 of the least relative squares, of all sets of terms that are not 0, and the squares.

    Shapes (fits, terms) and (fits,).
    """
    terms, fits, _ = columns.shape
    with np.errstate(all="ignore"):  # at trials
        X = columns / loss
        normal = np.einsum("kbn,jbn,n->bkj", X, X, weights)
        right = np.einsum("kbn,n->bk", X, weights)
    best = np.full(fits, np.inf)
    c = np.zeros((fits, terms))
    for size in range(1, terms + 1):
        for chosen in map(list, combinations(range(terms), size)):
            some = _coefficients_of(normal[:, chosen][:, :, chosen], right[:, chosen])
            squares = weights.sum() - np.einsum("bs,bs->b", some, right[:, chosen])
            is_better = (some >= 0).all(axis=1) & (squares < best * (1 - 1e-12))
            best = np.where(is_better, squares, best)
            new = np.zeros((fits, terms))
            new[:, chosen] = some
            c = np.where(is_better[:, None], new, c)
    return c, best


def _coefficients_of(normal: Floats, right: Floats) -> Floats:
    """The solution of the normal equations, with a ridge for terms that are alike."""
    one = np.eye(right.shape[1])
    trace = np.trace(normal, axis1=1, axis2=2)[:, None, None]
    is_matrix = (trace > 0) & np.isfinite(normal).all(axis=(1, 2), keepdims=True)
    matrix = np.where(is_matrix, normal + 1e-13 * trace * one, one)
    found = np.asarray(np.linalg.solve(matrix, right[:, :, None]))[:, :, 0]
    return np.where(is_matrix[:, :, 0], found, np.nan)
