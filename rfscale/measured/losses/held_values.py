"""The parameters at the centre that held ones stand for, in whatever names they are held.

A published parameter may stand for one at the centre by others, as r = (T0/N0^p) e^log_r by p: it
can be held with them. Two of one coefficient, such as Nc and Tc, give it and what is left of theta.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import brentq

from rfscale.measured.losses.laws import Law, Published

EXACT = 1e-15  # of a root, ...
ROOT = 1e-14  # ... relative


def values_at_centre(law: Law, held: Mapping[str, float], N0: float, T0: float) -> dict[str, float]:
    """Values by the names at the centre; 1 for coefficients that published ones hold, in whose
    units their terms are.

    Raises
    ------
    ValueError
        For values out of range, and where others that are not held change what is asked for.
    """
    published = {one.name: one for one in law.published}
    values = {name: value for name, value in held.items() if name not in published}
    for name, value in values.items():
        _check_range(law, name, name, value, value)
    of_terms: dict[str, list[Published]] = {}
    for name in [name for name in held if name in published]:
        if held[name] <= 0:
            place = law.place_of(name)
            instead = f"; {place!r} may be 0" if place in law.linear else ""
            raise ValueError(f"hold[{name!r}] must be > 0, got {held[name]:g}{instead}")
        one = published[name]
        if one.of in law.linear:
            of_terms.setdefault(one.of, []).append(one)
        else:
            values[one.of] = _of_theta(law, one, held[name], values, N0, T0)
    for place, of_term in of_terms.items():
        values[place] = 1.0
        if len(of_term) > 1:
            values |= _of_two(law, of_term, held, values, N0, T0)
    return values


def _of_theta(
    law: Law, one: Published, value: float, values: Mapping[str, float], N0: float, T0: float
) -> float:
    """The part of theta that a published parameter stands for, given the values of others."""

    def inner(values: Mapping[str, float]) -> float:
        theta = tuple(values.get(name, np.nan) for name in law.nonlinear)
        return float(one.centred(value, N0, T0, theta))

    found = inner(values)
    if np.isnan(found):
        middle = {name: sum(ends) / 2 for name, ends in law.nonlinear.items()}
        free = [name for name in middle if name not in values]
        needed = [name for name in free if np.isnan(inner(middle | {name: np.nan}))]
        raise ValueError(
            f"hold must name {one.of} in place of {one.name}, which {', '.join(needed)} "
            f"change{'s' if len(needed) == 1 else ''}, or {', '.join(needed)} too"
        )
    _check_range(law, one.name, one.of, value, found)
    return found


def _of_two(
    law: Law,
    of_term: list[Published],
    held: Mapping[str, float],
    values: Mapping[str, float],
    N0: float,
    T0: float,
) -> dict[str, float]:
    """What is left of theta, where two parameters give one coefficient the same value."""
    first, second = of_term[:2]
    free = [name for name in law.nonlinear if name not in values]
    if len(free) != 1 or len(of_term) > 2:
        rest = [name for name in free if name not in law.hidden]
        raise ValueError(
            f"hold must not name both {first.name} and {second.name} unless {', '.join(rest)} are "
            f"held too: hold {first.of} and {', '.join(law.hidden) or 'others'} in their place"
        )

    def difference(u: float) -> float:
        theta = tuple({**values, free[0]: u}[name] for name in law.nonlinear)
        each = [np.log(one.centred(held[one.name], N0, T0, theta)) for one in (first, second)]
        return float(each[0] - each[1])

    low, high = law.nonlinear[free[0]]
    if not difference(low) * difference(high) < 0:
        raise ValueError(
            f"hold[{first.name!r}] and hold[{second.name!r}] must go together with {free[0]} in "
            f"[{low:g}, {high:g}], got {held[first.name]:g} and {held[second.name]:g}"
        )
    return {free[0]: float(brentq(difference, low, high, xtol=EXACT, rtol=ROOT))}


def _check_range(law: Law, name: str, place: str, value: float, inner: float) -> None:
    low, high = law.nonlinear.get(place, (0.0, np.inf))
    if not low <= inner <= high:
        raise ValueError(
            f"hold[{name!r}] must be in [{low:g}, {high:g}]"
            + (f" as {place}, of which it is {inner:g}" if name != place else "")
            + f", got {value:g}"
        )
