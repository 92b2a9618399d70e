"""Checks of spectra and teachers, whoever has written them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.support.arguments import Floats, finite, number, numeric
from rfscale.support.described import described

if TYPE_CHECKING:
    from rfscale.model.teachers import Teacher

PROBED = 8  # directions at both ends at which a teacher is tried when a model is made
WIDEST = 600.0  # decades of eigenvalues: the square roots of their ratios stay in float64's range


def checked_eigenvalues(name: str, eigenvalues: Any, M: Any) -> Floats:
    """The positive eigenvalues of a spectrum of this name, read-only; ValueError if they are none.

    They have to be one-dimensional, finite, >= 0, largest first, at most M, and not all 0.
    """
    if callable(eigenvalues):
        raise ValueError(f"{name}.eigenvalues must be a property, got a method")
    values = numeric(f"{name}.eigenvalues", eigenvalues, "numbers >= 0")
    if values.ndim != 1:
        raise ValueError(f"{name}.eigenvalues must be one-dimensional, got shape {values.shape}")
    bad = values[~((values >= 0) & np.isfinite(values))]
    if bad.size:
        raise ValueError(f"{name}.eigenvalues must be finite and >= 0, got {bad[0]:g}")
    if not np.any(values > 0):
        raise ValueError(f"{name}.eigenvalues must hold at least one positive entry, got none")
    rises = np.flatnonzero(np.diff(values) > 0)
    if rises.size:
        i = int(rises[0])
        raise ValueError(
            f"{name}.eigenvalues must be largest first, got {values[i]:g} before {values[i + 1]:g}"
        )
    count = np.count_nonzero(values)
    allowed = f"an integer >= its {count} eigenvalues"
    directions = numeric(f"{name}.M", M, allowed)
    whole = np.isfinite(directions) & (directions == np.floor(directions))
    if directions.ndim or not whole or directions < count:
        raise ValueError(f"{name}.M must be {allowed}, got {described(M)}")
    require_width(f"{name}.eigenvalues", values[values > 0])
    positive = values[values > 0]
    positive.flags.writeable = False
    return positive


def require_width(name: str, positive: Floats) -> None:
    """Raise ValueError if eigenvalues, largest first, span more than float64 can hold."""
    largest = positive[0]
    smallest = positive[-1]
    if np.log10(largest) - np.log10(smallest) > WIDEST:
        raise ValueError(
            f"{name} must not span more than a factor of 1e{WIDEST:g}, "
            f"got {smallest:g} to {largest:g}"
        )


def check_weights(teacher: Teacher, rank: int) -> None:
    """Raise ValueError if a teacher does not give what it has to, at both ends of its range."""
    name = type(teacher).__name__
    if teacher.largest is not None:
        number(f"{name}.largest", teacher.largest)
    for start in {0, max(rank - PROBED, 0)}:
        _check_range(name, teacher, start, min(start + PROBED, rank))


def _check_range(name: str, teacher: Teacher, first: int, last: int) -> None:
    together = _weights(name, teacher, first, last)
    for start in (first + 1, last - 1):
        apart = _weights(name, teacher, start, last)
        if not np.array_equal(apart, together[start - first :]):
            raise ValueError(
                f"{name}.relative must give direction J the same weight in any range, got {apart} "
                f"for ({start}, {last}) and {together[start - first :]} in ({first}, {last})"
            )
    if teacher.power is None:
        return
    ranks = np.arange(first + 1, last + 1).astype(np.float64)
    power = finite(f"{name}.power", teacher.power, "a finite number, or None")
    squares = ranks**-power
    if not np.allclose(together**2, squares, rtol=1e-9, atol=0.0):
        raise ValueError(
            f"{name}.power = {power} must be None, or the squares of its relative "
            f"weights J^-power, got weights {together} for ({first}, {last})"
        )


def _weights(name: str, teacher: Teacher, start: int, stop: int) -> Floats:
    given = teacher.relative(start, stop)
    if getattr(given, "dtype", None) == np.bool_:  # as of a comparison: 1 or 0
        given = given * 1.0
    weights = numeric(f"{name}.relative", given, "finite numbers")
    if weights.shape != (stop - start,) or not np.all(np.isfinite(weights)):
        raise ValueError(
            f"{name}.relative({start}, {stop}) must give {stop - start} finite numbers, "
            f"got {weights}"
        )
    return weights


def refuse_names(cls: type, base: type, allowed: frozenset[str]) -> None:
    """Raise TypeError if a class of a user takes a name that its abstract class has for its own."""
    if cls.__module__.split(".")[0] == "rfscale":
        return
    before = [each for each in cls.__mro__ if each not in base.__mro__]
    own = {
        name for each in before for name in (*vars(each), *vars(each).get("__annotations__", {}))
    }
    taken = {name for name in own & {*vars(base)} if not name.startswith("_")} - allowed
    if taken:
        raise TypeError(
            f"{cls.__name__} must not have {', '.join(sorted(taken))}: rfscale.{base.__name__} has "
            "members of these names; choose others"
        )
