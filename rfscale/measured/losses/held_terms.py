"""Coefficients that are held: whether their terms can be of the size of the losses at all."""

from __future__ import annotations

from itertools import product

import numpy as np

from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.starts import spread_out
from rfscale.support.arguments import Floats

TRIED = 16  # points in theta, beside the corners of their ranges
SEED = 1
NOTHING = 1e-12  # of the smallest loss: a term that no slope can be seen of


def check_held_terms(problem: Problem) -> None:
    """Raise ValueError for a held value that makes a term larger than all losses, or nothing."""
    law = problem.law
    theta = _ranges(problem)
    each = tuple(theta.T)
    largest = float(problem.loss.max())
    least = NOTHING * float(problem.loss.min())
    direct = {name: problem.lower[law.linear.index(name)] for name in law.linear}
    for name, value in problem.held.items():
        place = law.place_of(name)
        if place not in law.linear:
            continue
        one = next((one for one in law.published if one.name == name), None)
        ends = np.array([least, largest])
        shares = np.array([direct[name]]) if one is None else problem.share_of(one, theta)
        if one is not None:
            values = [one.value(end, problem.N0, problem.T0, each) for end in ends]
            ends = np.array([np.nanmin(values[0]), np.nanmax(values[1])])
        if np.nanmin(shares) > largest:
            raise ValueError(
                f"hold[{name!r}] must be at most {ends[1]:.3g}, where its term at the centre of "
                f"the sizes is the largest loss, got {value:g}"
            )
        if value != 0 and place != law.place_of(law.floor or "") and np.nanmax(shares) < least:
            raise ValueError(
                f"hold[{name!r}] must be at least {ends[0]:.3g}: its term is nothing beside the "
                f"losses, got {value:g}"
            )


def _ranges(problem: Problem) -> Floats:
    """Points in theta (points, q) at the corners of their ranges and between."""
    k = problem.coefficients
    ends = zip(problem.lower[k:], problem.upper[k:], strict=True)
    corners = np.array(list(product(*({low, high} for low, high in ends))))
    return np.concatenate([corners, spread_out(problem, TRIED, SEED)])
