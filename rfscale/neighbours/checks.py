"""Checks of the arguments of this room: counts that may be infinite, sizes that may be zero."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, integer, number, numeric
from rfscale.support.described import described

MOST = 1e18  # ranks: beyond, half-integers between them are far from them
ALPHA = (1e-3, 20.0)
SCALE = (1e-50, 1e50)  # of frequencies, ridges and rates
SIZE = 1e100  # of samples
TAU = 1e6


def count(name: str, value: Any, *, infinite: bool = False) -> float:
    """A whole number from 1 to 1e18, or infinity where that is allowed."""
    if infinite and isinstance(value, float | np.floating) and value == np.inf:
        return np.inf
    try:
        found = integer(name, value)
    except ValueError:
        found = 0
    if not 1 <= found <= MOST:
        allowed = f"an integer from 1 to {MOST:g}" + (" or numpy.inf" if infinite else "")
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    return found


def exponent(name: str, value: Any) -> float:
    """A number from 0.001 to 20."""
    return _between(name, value, *ALPHA)


def in_range(name: str, value: Any) -> float:
    """A number > 0 whose powers are in the range of float64."""
    return _between(name, value, *SCALE)


def threshold(name: str, value: Any, *, least: float = 1.0) -> float:
    """A number from 1, or another least one, to 1e6."""
    return _between(name, value, least, TAU)


def _between(name: str, value: Any, low: float, high: float) -> float:
    found = number(name, value)
    if not low <= found <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}, got {described(value)}")
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
    _all_good(name, array, good, allowed)
    within = f"at most {SIZE:g}" + ("" if least else ", or numpy.inf")
    return _all_good(name, array, (array <= SIZE) | np.isinf(array), within)


def counts_or_zero(name: str, value: ArrayLike, most: float, *, least: int = 0) -> Floats:
    """Whole numbers from `least` to `most`; with 0 as the least one, infinity is allowed too."""
    most = min(most, MOST)
    allowed = f"integers from {least} to {most:g}"
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
