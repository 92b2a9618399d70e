"""Checks of what trainings are made with: numbers, or arrays that broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from rfscale.support.arguments import Floats, numeric

BEYOND_INT64 = 2.0**63


def amount(name: str, value: Any, *, zero: bool = True, infinite: bool = False) -> Any:
    """Numbers >= 0, > 0 without `zero`: a float, or a read-only array."""
    allowed = f"{'' if infinite else 'finite and '}{'>= 0' if zero else '> 0'}"
    array = numeric(name, value, f"numbers, {allowed}")
    good = (array >= 0 if zero else array > 0) & (np.isfinite(array) | infinite)
    return _checked(name, array, good, allowed)


def below_one(name: str, value: Any) -> Any:
    """Numbers in [0, 1)."""
    array = numeric(name, value, "numbers in [0, 1)")
    return _checked(name, array, (array >= 0) & (array < 1), "in [0, 1)")


def whole(name: str, value: Any, *, least: int = 0) -> Any:
    """Whole numbers: an int, or a read-only array of int64, of floats where one is beyond that."""
    allowed = f"integers >= {least}"
    array = numeric(name, value, allowed)
    good = (array >= least) & np.isfinite(array) & (array == np.floor(array))
    checked = _checked(name, array, good, allowed, kind=int)
    if array.ndim == 0 or np.any(array >= BEYOND_INT64):
        return checked
    integers = array.astype(np.int64)
    integers.flags.writeable = False
    return integers


def _checked(name: str, array: Floats, good: Any, allowed: str, kind: type = float) -> Any:
    if array.size == 0:
        raise ValueError(f"{name} is empty; it must hold at least one value")
    if not np.all(good):
        raise ValueError(f"{name} must be {allowed}, got {array[~good].flat[0]:g}")
    if array.ndim == 0:
        return kind(array)
    array.flags.writeable = False
    return array
