"""Quasi-random points in theta, where fits begin."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.stats import qmc

from rfscale.measured.losses.problem import Problem
from rfscale.support.arguments import Floats


def spread_out(problem: Problem, starts: int, seed: int) -> Floats:
    """Sobol points in the box of starts (starts, q)."""
    law = problem.law
    k = problem.coefficients
    if not law.nonlinear:
        return np.zeros((1, 0))
    box = np.array([law.starts.get(name, law.nonlinear[name]) for name in law.nonlinear])
    theta = box[:, 0] + (box[:, 1] - box[:, 0]) * _unit(len(box), starts, seed)
    return np.asarray(np.clip(theta, problem.lower[k:], problem.upper[k:]))


@cache
def _unit(dimensions: int, starts: int, seed: int) -> Floats:
    """Sobol points in the unit cube."""
    return np.asarray(qmc.Sobol(dimensions, seed=seed).random(starts))
