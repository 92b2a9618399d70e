"""Levenberg and Marquardt for many fits of one law at once, within bounds.

Each fit has a damping of its own, and parameters that are at a bound and would leave it stay. What
is least is sum_i w_i rho(r_i), with rho of `Robust`; second derivatives count points in its zone
by 1 and points outside by a little, which keeps the steps of a few points from growing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import Robust
from rfscale.support.arguments import Floats

STEPS = 300
DAMPING = 1e-3  # at first
EASIER = 0.2
HARDER = 5.0
LEAST_DAMPING = 1e-12
LARGEST_DAMPING = 1e10  # where no step is better any more
RIDGE = 1e-14  # of the curvature
TOLERANCE = 1e-11  # of the objective, in a step


@dataclass(frozen=True)
class Minima:
    """Minima of many fits.

    Attributes
    ----------
    parameters : ndarray (fits, p)
    objective : ndarray (fits,)
    converged : ndarray of bool (fits,)
    """

    parameters: Floats
    objective: Floats
    converged: NDArray[np.bool_]


def minima(
    problem: Problem,
    weights: Floats,
    parameters: Floats,
    robust: Robust,
    *,
    tolerance: float = TOLERANCE,
    steps: int = STEPS,
) -> Minima:
    """The minima that are reached from the parameters of each fit (fits, p)."""
    p = np.clip(parameters, problem.lower, problem.upper)
    W = np.broadcast_to(weights, (len(p), problem.x.size))
    objective = robust.total(problem.residuals(p), W)
    damping = np.full(len(p), DAMPING)
    live = np.flatnonzero(np.isfinite(objective))
    converged = np.zeros(len(p), dtype=bool)
    for _ in range(steps):
        if not live.size:
            break
        counted = W[live]
        new = _step(problem, counted, p[live], robust, damping[live])
        value = robust.total(problem.residuals(new), counted)
        gain = objective[live] - value
        is_better = gain > 0
        moved = live[is_better]
        p[moved] = new[is_better]
        is_small = is_better & (gain <= tolerance * np.abs(objective[live]))
        objective[moved] = value[is_better]
        damping[live] = np.where(
            is_better, np.maximum(damping[live] * EASIER, LEAST_DAMPING), damping[live] * HARDER
        )
        converged[live] = is_small | (damping[live] > LARGEST_DAMPING)
        live = live[~converged[live]]
    return Minima(p, objective, converged)


def _step(problem: Problem, weights: Floats, p: Floats, robust: Robust, damping: Floats) -> Floats:
    """Where a damped step of Newton leads to, within the bounds."""
    residuals, jacobian = problem.residuals_and_slopes(p)
    pull, curvature = robust.slopes(residuals)
    gradient = -np.einsum("pbn,bn->bp", jacobian, weights * pull)
    weighted = np.moveaxis(jacobian, 1, 0)  # (fits, p, points)
    hessian = (weighted * (weights * curvature)[:, None]) @ np.swapaxes(weighted, 1, 2)
    scale = np.einsum("bpn,bpn,bn->bp", weighted, weighted, weights)
    is_fixed = ((p <= problem.lower) & (gradient > 0)) | ((p >= problem.upper) & (gradient < 0))
    is_fixed |= problem.lower == problem.upper
    unit = np.sqrt(np.where(scale > 0, scale, 1.0))  # so that units of a parameter do not matter
    step = _solved(hessian / (unit[:, :, None] * unit[:, None]), damping, gradient / unit, is_fixed)
    return np.clip(p - step / unit, problem.lower, problem.upper)


def _solved(
    hessian: Floats, damping: Floats, gradient: Floats, is_fixed: NDArray[np.bool_]
) -> Floats:
    """(hessian + damping)^-1 gradient among the parameters that are not fixed."""
    one = np.eye(gradient.shape[1])
    matrix = hessian + (damping + RIDGE)[:, None, None] * one
    matrix = np.where(is_fixed[:, :, None] | is_fixed[:, None, :], one, matrix)
    right = np.where(is_fixed, 0.0, gradient)
    return np.asarray(np.linalg.solve(matrix, right[:, :, None])[:, :, 0])
