"""Checks of arguments.

Each check returns the clean value, or raises ValueError naming the argument, its value and what is
allowed.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SMALLEST_SIZE = 1e-150  # the squares of what is divided by sizes are in the range of float64


def number(name: str, value: Any, *, zero: bool = False) -> float:
    """A finite number > 0 (>= 0 with `zero`), as a float."""
    allowed = f"a finite number {'>= 0' if zero else '> 0'}"
    array = numeric(name, value, allowed)
    if array.ndim or not np.isfinite(array) or array < 0 or (array == 0 and not zero):
        raise ValueError(f"{name} must be {allowed}, got {value!r}")
    return float(array)


def numbers(name: str, value: Any) -> Any:
    """Finite numbers > 0: a float, or a read-only array of them."""
    allowed = "a finite number > 0"
    array = numeric(name, value, allowed)
    if array.ndim == 0:
        return number(name, value)
    return _frozen(_all_good(name, array, (array > 0) & np.isfinite(array), allowed))


def integer(name: str, value: Any, *, least: int = 1) -> int:
    """A whole number >= `least`, as an int; 3.0 counts as whole."""
    array = numeric(name, value, f"an integer >= {least}")
    if array.ndim or not np.isfinite(array) or array != np.floor(array) or array < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    try:
        return operator.index(value)  # exact beyond 2^53
    except TypeError:
        return int(array)


def integers(name: str, value: Any) -> Any:
    """Whole numbers >= 1: an int, or a read-only array of them."""
    if numeric(name, value, "an integer >= 1").ndim == 0:
        return integer(name, value)
    array = sizes(name, value, whole=True)
    _all_good(name, array, array < 2.0**63, "integers < 2^63")
    # not by way of float64, which rounds beyond 2^53
    return _frozen(np.array(value, dtype=np.int64))


def sizes(name: str, value: ArrayLike, *, whole: bool = False) -> Floats:
    """Sizes N or T > 0: any real (not below 1e-150), infinity included, or with `whole` only
    integers.
    """
    allowed = "integers >= 1" if whole else "> 0 (numpy.inf is allowed)"
    array = numeric(name, value, allowed)
    good = (array >= 1) & (array == np.floor(array)) & np.isfinite(array) if whole else array > 0
    _all_good(name, array, good, allowed)
    return _all_good(name, array, array >= SMALLEST_SIZE, f">= {SMALLEST_SIZE:g}")


def given_ridge(
    ridge: ArrayLike | str | None, kernel_ridge: ArrayLike | None
) -> tuple[str, Floats | None]:
    """Name and values of the ridge that is given, by default 0; None for "optimal".

    `ridge` is gamma, `kernel_ridge` delta = gamma M/(sigma_u^2 N), both in [0, inf]. ValueError if
    both are given.
    """
    if kernel_ridge is None:
        strength = 0.0 if ridge is None else ridge
        return "ridge", None if is_optimal(strength) else ridges(strength)
    if ridge is not None:
        raise ValueError(
            "ridge and kernel_ridge must not both be given, got "
            f"ridge = {ridge!r} and kernel_ridge = {kernel_ridge!r}"
        )
    return "kernel_ridge", _strengths("kernel_ridge", kernel_ridge, ">= 0")


def ridges(value: ArrayLike) -> Floats:
    """Ridge strengths gamma in [0, inf]."""
    return _strengths("ridge", value, '>= 0 (or "optimal")')


def _strengths(name: str, value: ArrayLike, allowed: str) -> Floats:
    array = numeric(name, value, allowed)
    return _all_good(name, array, array >= 0, allowed)


def is_optimal(ridge: Any) -> bool:
    """Whether `ridge` asks for the optimum; any other word is an error."""
    if isinstance(ridge, str) and ridge != "optimal":
        raise ValueError(f'ridge must be >= 0 or "optimal", got {ridge!r}')
    return isinstance(ridge, str)


def broadcast(**arrays: Floats) -> list[Floats]:
    """The arrays at their common shape."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"shapes must broadcast together, got {shapes}") from None


def numeric(name: str, value: Any, allowed: str) -> Floats:
    """Numbers as a float64 array; `allowed` says in the error what they have to be."""
    try:
        array = np.asarray(value)
        beyond_int64 = array.dtype.kind == "O" and all(isinstance(item, int) for item in array.flat)
        if array.dtype.kind not in "iuf" and not beyond_int64:
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        if isinstance(value, list | tuple) and len(value) == 0:
            raise ValueError(f"{name} is empty; it must hold at least one value") from None
        raise ValueError(f"{name} must be {allowed}, got {value!r}") from None


def _all_good(name: str, array: Floats, good: NDArray[np.bool_], allowed: str) -> Floats:
    if array.size == 0:
        raise ValueError(f"{name} is empty; it must hold at least one value")
    if not good.all():
        raise ValueError(f"{name} must be {allowed}, got {array[~good].flat[0]:g}")
    return array


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
