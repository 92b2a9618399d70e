"""Checks of the arguments of this room: counts that may be infinite, sizes that may be zero."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, integer, number, numeric
from rfscale.support.described import described


def count(name: str, value: Any, *, infinite: bool = False) -> float:
    """A whole number >= 1, or infinity where that is allowed."""
    if infinite and isinstance(value, float | np.floating) and value == np.inf:
        return np.inf
    if not infinite:
        return integer(name, value)
    try:
        return integer(name, value)
    except ValueError:
        allowed = "an integer >= 1 or numpy.inf"
        raise ValueError(f"{name} must be {allowed}, got {described(value)}") from None


def threshold(name: str, value: object) -> float:
    """A finite number >= 1."""
    found = number(name, value)
    if found < 1:
        raise ValueError(f"{name} must be a finite number >= 1, got {described(value)}")
    return found


def share(name: str, value: Any) -> float:
    """A number in (0, 1)."""
    allowed = "a number in (0, 1)"
    array = numeric(name, value, allowed)
    if array.ndim or not 0 < array < 1:
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    return float(array)


def sizes_or_zero(name: str, value: ArrayLike, *, least: bool = False) -> Floats:
    """Numbers >= 0, infinity included; finite and > 0 with `least`."""
    allowed = "finite numbers > 0" if least else "numbers >= 0 (numpy.inf is allowed)"
    array = numeric(name, value, allowed)
    good = (array > 0) & np.isfinite(array) if least else array >= 0
    return _all_good(name, array, good, allowed)


def counts_or_zero(name: str, value: ArrayLike, most: float, *, least: int = 0) -> Floats:
    """Whole numbers from `least` to `most`; with 0 as the least one, infinity is allowed too."""
    allowed = f"integers >= {least}" if np.isinf(most) else f"integers from {least} to {most:g}"
    array = numeric(name, value, allowed)
    good = (array >= least) & (array <= most) & (array == np.floor(array)) & np.isfinite(array)
    if least == 0:
        allowed += " (numpy.inf is allowed)"
        good |= array == np.inf
    return _all_good(name, array, good, allowed)


def one_of(name: str, value: Any, other_name: str, other: Any) -> tuple[str, Any]:
    """The name and the value of the one of two arguments that is given."""
    if (value is None) == (other is None):
        given = f"{name} = {described(value)} and {other_name} = {described(other)}"
        raise ValueError(f"one of {name} and {other_name} must be given, got {given}")
    return (name, value) if other is None else (other_name, other)


def _all_good(name: str, array: Floats, good: Any, allowed: str) -> Floats:
    if array.size == 0:
        raise ValueError(f"{name} is empty; it must hold at least one value")
    if not np.all(good):
        raise ValueError(f"{name} must be {allowed}, got {array[~good].flat[0]:g}")
    return array
