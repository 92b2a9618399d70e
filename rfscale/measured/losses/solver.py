"""Levenberg and Marquardt for many fits of one law at once, within bounds.

Each fit has a damping of its own, and parameters that are at a bound and would leave it stay. What
is least is sum_i w_i rho(r_i), with rho of `Robust`; second derivatives count points in its zone
by 1 and points outside by a little, which keeps the steps of a few points from growing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

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


@dataclass(frozen=True)
class _Equations:
    """Those of a step of Newton at the parameters of each fit, in units of the parameters.

    They are kept from step to step: one that is refused leaves them as they are, and slopes are
    most of the work.

    Attributes
    ----------
    hessian : ndarray (fits, p, p)
    gradient, unit : ndarray (fits, p)
    """

    hessian: Floats
    gradient: Floats
    unit: Floats

    @classmethod
    def empty(cls, fits: int, p: int) -> Self:
        """Of no fit yet."""
        return cls(np.zeros((fits, p, p)), np.zeros((fits, p)), np.ones((fits, p)))

    def renew(
        self, rows: NDArray[np.intp], problem: Problem, weights: Floats, p: Floats, robust: Robust
    ) -> None:
        """Those of some fits, at their parameters p and by their weights (rows, ...)."""
        residuals, jacobian = problem.residuals_and_slopes(p)
        pull, curvature = robust.slopes(residuals)
        gradient = -np.einsum("pbn,bn->bp", jacobian, weights * pull)
        weighted = np.moveaxis(jacobian, 1, 0)  # (fits, p, points)
        hessian = (weighted * (weights * curvature)[:, None]) @ np.swapaxes(weighted, 1, 2)
        scale = np.einsum("bpn,bpn,bn->bp", weighted, weighted, weights)
        unit = np.sqrt(np.where(scale > 0, scale, 1.0))  # so that units of p do not matter
        self.hessian[rows] = hessian / (unit[:, :, None] * unit[:, None])
        self.gradient[rows] = gradient / unit
        self.unit[rows] = unit

    def moved(self, rows: NDArray[np.intp], problem: Problem, p: Floats, damping: Floats) -> Floats:
        """Where a damped step from p leads to, within the bounds."""
        gradient = self.gradient[rows]
        is_fixed = (p <= problem.lower) & (gradient > 0)
        is_fixed |= (p >= problem.upper) & (gradient < 0)
        is_fixed |= problem.lower == problem.upper
        step = _solved(self.hessian[rows], damping, gradient, is_fixed)
        return np.clip(p - step / self.unit[rows], problem.lower, problem.upper)


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
    live = new = np.flatnonzero(np.isfinite(objective))
    converged = np.zeros(len(p), dtype=bool)
    equations = _Equations.empty(*p.shape)
    for _ in range(steps):
        if not live.size:
            break
        if new.size:
            equations.renew(new, problem, W[new], p[new], robust)
        trial = equations.moved(live, problem, p[live], damping[live])
        value = robust.total(problem.residuals(trial), W[live])
        gain = objective[live] - value
        is_better = gain > 0
        new = live[is_better]
        p[new] = trial[is_better]
        is_small = is_better & (gain <= tolerance * np.abs(objective[live]))
        objective[new] = value[is_better]
        damping[live] = np.where(
            is_better, np.maximum(damping[live] * EASIER, LEAST_DAMPING), damping[live] * HARDER
        )
        converged[live] = is_small | (damping[live] > LARGEST_DAMPING)
        live = live[~converged[live]]
        new = new[~converged[new]]
    return Minima(p, objective, converged)


def _solved(
    hessian: Floats, damping: Floats, gradient: Floats, is_fixed: NDArray[np.bool_]
) -> Floats:
    """(hessian + damping)^-1 gradient among the parameters that are not fixed."""
    one = np.eye(gradient.shape[1])
    matrix = hessian + (damping + RIDGE)[:, None, None] * one
    matrix = np.where(is_fixed[:, :, None] | is_fixed[:, None, :], one, matrix)
    right = np.where(is_fixed, 0.0, gradient)
    return np.asarray(np.linalg.solve(matrix, right[:, :, None])[:, :, 0])
