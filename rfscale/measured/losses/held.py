"""A `Problem` from a table, a law, and what is held of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rfscale.measured.losses.analytic import check_analytic
from rfscale.measured.losses.held_terms import check_held_terms
from rfscale.measured.losses.held_values import values_at_centre
from rfscale.measured.losses.laws import Law
from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.rank import check_parameters_apart
from rfscale.support.arguments import Floats, finite
from rfscale.support.described import described

MORE = 2  # points than parameters


def problem_of(
    table: LossTable,
    law: Law,
    hold: Mapping[str, float] | None,
    residual: str = "log",
    *,
    is_checked: bool = True,
) -> Problem:
    """The problem at the geometric means of the sizes; without a check what cannot be told apart
    is no error, as where a profile holds the coefficient of a term at 0.

    Raises
    ------
    ValueError
        If a parameter cannot be held, or there are too few points, groups or sizes for the others.
    """
    N0 = float(np.exp(np.mean(np.log(table.N))))
    T0 = float(np.exp(np.mean(np.log(table.T))))
    lower, upper = _bounds(law)
    held = _checked_hold(law, hold)
    for place, value in values_at_centre(law, held, N0, T0).items():
        lower[law.parameters.index(place)] = value
        upper[law.parameters.index(place)] = value
    problem = Problem(
        law=law,
        x=table.N / N0,
        y=table.T / T0,
        loss=table.loss,
        N0=N0,
        T0=T0,
        lower=lower,
        upper=upper,
        held=held,
        is_log=residual == "log",
    )
    if is_checked:
        check_analytic(problem)
        _check_floor(table, law, held)
        check_held_terms(problem)
        _check_points(table, problem)
    return problem


def centred(problem: Problem, parameters: Floats) -> Floats:
    """Parameters (fits, p) with the coefficients that held published ones stand for."""
    result = parameters.copy()
    for j, one in problem.held_terms.items():
        result[:, j] = problem.share_of(one, parameters[:, problem.coefficients :])
    return result


def slopes_of_centred(problem: Problem, best: Floats) -> Floats:
    """d(parameters at the centre)/d(fitted ones): 1 but for coefficients that others hold."""
    steps = np.diag(1e-6 * np.maximum(np.abs(best), 0.01))
    difference = centred(problem, best + steps) - centred(problem, best - steps)
    return np.asarray((difference / (2 * steps.diagonal()[:, None])).T)


def _bounds(law: Law) -> tuple[Floats, Floats]:
    ranges = np.array(list(law.nonlinear.values()), dtype=np.float64).reshape(-1, 2)
    zeros = np.zeros(len(law.linear))
    lower = np.concatenate([zeros, ranges[:, 0]])
    upper = np.concatenate([zeros + np.inf, ranges[:, 1]])
    return lower, upper


def _checked_hold(law: Law, hold: Any) -> dict[str, float]:
    if hold is None:
        return dict(law.fixed)
    if not isinstance(hold, Mapping):
        raise ValueError(f"hold must be a dict of parameters and values, got {described(hold)}")
    places: dict[str, str] = {}
    for name in hold:
        if name not in law.names:
            raise ValueError(
                f"hold must name parameters of {law.name}, {', '.join(law.names)}, got {name!r}"
            )
        place = law.place_of(name)
        is_direct = place in (name, places.get(place))
        if place in places and (is_direct or place not in law.linear):
            raise ValueError(
                f"hold must not name both {places[place]} and {name}: they are one parameter"
            )
        places[place] = name
    fixed = {name: value for name, value in law.fixed.items() if law.place_of(name) not in places}
    return fixed | {name: finite(f"hold[{name!r}]", value) for name, value in hold.items()}


def _check_floor(table: LossTable, law: Law, held: Mapping[str, float]) -> None:
    """Refuse a least loss that most losses are below."""
    typical = float(np.median(table.loss[table.weights > 0]))
    if held.get(law.floor or "", 0.0) >= typical:
        raise ValueError(
            f"hold[{law.floor!r}] must be below the losses, whose median is {typical:.4g}, got "
            f"{held[law.floor or '']:g}"
        )


def _check_points(table: LossTable, problem: Problem) -> None:
    least = problem.free + MORE
    counted = int(np.sum(table.weights > 0))
    if counted < least:
        of = "" if counted == table.rows else f" of weight > 0, of {table.rows} in all"
        raise ValueError(
            f"N, T and L: {problem.free} parameters need at least {least} points, got {counted}{of}"
        )
    groups = np.unique(table.groups[table.counted]).size
    if table.has_runs and groups < least:
        raise ValueError(
            f"groups must have at least {least} different labels for {problem.free} parameters, "
            f"for no interval can be right with fewer, got {groups}: hold parameters, or leave "
            "groups out"
        )
    check_parameters_apart(table, problem)
