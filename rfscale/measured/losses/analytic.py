"""Whether a law of one's own takes complex numbers: its slopes by them against differences."""

from __future__ import annotations

import warnings

import numpy as np

from rfscale.measured.losses.laws import Law, is_of_package
from rfscale.measured.losses.problem import STEP, Problem
from rfscale.measured.losses.starts import spread_out
from rfscale.support.arguments import Floats

TRIED = 8  # points in theta
MOST_POINTS = 64
SEED = 1
APART = 1e-3  # of a slope: differences are right to 1e-8 of it, but at a kink ...
ROUNDING = 1e-8  # ... and to 1e-11 of the term
PART = 0.1  # of the points: a kink or a pole lies within a step of fewer


def check_analytic(problem: Problem) -> None:
    """Raise ValueError for a law whose imaginary parts are no slopes; those of the package are."""
    law = problem.law
    if not law.analytic or is_of_package(law):
        return
    few = problem.thinned(MOST_POINTS)
    theta = spread_out(problem, TRIED, SEED)
    for j, name in enumerate(law.nonlinear):
        if not problem.is_free[problem.coefficients + j]:
            continue
        differences = few.difference(theta, j)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # of imaginary parts that are dropped
                imaginary = few.slope(theta, j)
        except (TypeError, ValueError) as error:
            raise ValueError(_refusal(law, f"fail for complex {name} ({error})")) from error
        if _differ(imaginary, differences, few.columns(theta, few.x, few.y)):
            raise ValueError(
                _refusal(law, f"have no slope in {name} as imaginary part (abs, .real?)")
            )


def _differ(imaginary: Floats, differences: Floats, columns: Floats) -> bool:
    """Whether slopes (terms, fits, points) differ at more points than those at a kink."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(imaginary), np.abs(differences))
        is_apart = ~(
            np.abs(imaginary - differences) <= APART * size + ROUNDING / STEP * np.abs(columns)
        )
    is_known = np.isfinite(differences) & np.isfinite(columns)
    counts = np.sum(is_known, axis=(1, 2))
    return bool(np.any(np.sum(is_apart & is_known, axis=(1, 2)) > PART * counts))


def _refusal(law: Law, reason: str) -> str:
    return (
        f"terms of {law.name} {reason}: define it by rf.Law(..., analytic=False), which takes "
        "slopes by differences"
    )
