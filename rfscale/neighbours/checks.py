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


def counts_or_zero(name: str, value: ArrayLike, most: float) -> Floats:
    """Whole numbers from 0 to `most`, infinity included where that is infinite."""
    infinite = np.isinf(most)
    allowed = "integers >= 0 (numpy.inf is allowed)" if infinite else f"integers in 0..{most:g}"
    array = numeric(name, value, allowed)
    good = (array >= 0) & (array <= most) & (array == np.floor(array))
    return _all_good(name, array, good, allowed)


def _all_good(name: str, array: Floats, good: Any, allowed: str) -> Floats:
    if array.size == 0:
        raise ValueError(f"{name} is empty; it must hold at least one value")
    if not np.all(good):
        raise ValueError(f"{name} must be {allowed}, got {array[~good].flat[0]:g}")
    return array
