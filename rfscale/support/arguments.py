"""Checks of arguments.

Each check returns the clean value, or raises ValueError naming the argument, its value and what is
allowed.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.support.described import (
    described,
    holds_masked,
    is_real,
    shortened,
    with_article,
)

Floats = NDArray[np.float64]
LONGEST_PATH = 4096
LONGEST_NAME = 255
SMALLEST_SIZE = 1e-150  # the squares of what is divided by sizes are in the range of float64


def number(name: str, value: Any, *, zero: bool = False) -> float:
    """A finite number > 0 (>= 0 with `zero`), as a float."""
    allowed = f"a finite number {'>= 0' if zero else '> 0'}"
    array = numeric(name, value, allowed)
    if array.ndim or not np.isfinite(array) or array < 0 or (array == 0 and not zero):
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    return float(array)


def finite(name: str, value: Any, allowed: str = "a finite number") -> float:
    """A finite number of any sign, as a float."""
    array = numeric(name, value, allowed)
    if array.ndim or not np.isfinite(array):
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    return float(array)


def fraction(name: str, value: Any) -> float:
    """A number between 0 and 1, and neither, as a float."""
    allowed = "a number in (0, 1)"
    share = finite(name, value, allowed)
    if not 0 < share < 1:
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    return share


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
        raise ValueError(f"{name} must be an integer >= {least}, got {described(value)}")
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
    ridge: ArrayLike | str | None, kernel_ridge: ArrayLike | None, of: str = ""
) -> tuple[str, Floats | None]:
    """Name and values of the ridge that is given, by default 0; None for "optimal".

    `ridge` is gamma, `kernel_ridge` delta = gamma M/(sigma_u^2 N), both in [0, inf]. ValueError if
    both are given. Errors name the arguments as they begin, with `of`.
    """
    if kernel_ridge is None:
        strength = 0.0 if ridge is None else ridge
        return "ridge", None if is_optimal(strength) else ridges(strength, f"{of}ridge")
    if ridge is not None:
        raise ValueError(
            f"{of}ridge and {of}kernel_ridge must not both be given, got {of}ridge = "
            f"{shortened(ridge)} and {of}kernel_ridge = {shortened(kernel_ridge)}"
        )
    return "kernel_ridge", strengths(f"{of}kernel_ridge", kernel_ridge)


def ridges(value: ArrayLike, name: str = "ridge") -> Floats:
    """Ridge strengths gamma in [0, inf]."""
    return strengths(name, value, '>= 0 (or "optimal")')


def strengths(name: str, value: ArrayLike, allowed: str = ">= 0") -> Floats:
    """Numbers in [0, inf]."""
    array = numeric(name, value, allowed)
    return _all_good(name, array, array >= 0, allowed)


def is_optimal(ridge: Any) -> bool:
    """Whether `ridge` asks for the optimum; any other word is an error."""
    if isinstance(ridge, str) and ridge != "optimal":
        raise ValueError(f'ridge must be numbers >= 0 or "optimal", got {described(ridge)}')
    return isinstance(ridge, str)


def broadcast(**arrays: Floats) -> list[Floats]:
    """The arrays at their common shape."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"shapes must broadcast together, got {shapes}") from None


def numeric(name: str, value: Any, allowed: str) -> Floats:
    """Numbers as a new float64 array; `allowed` says in the error what they have to be."""
    if allowed.startswith((">", "in ")):
        allowed = f"numbers {allowed}"
    if holds_masked(value):  # numpy would drop the mask
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    try:
        array = np.asarray(value)
    except Exception as error:  # an __array__ may fail in any way
        cause = None if isinstance(error, ValueError) else error  # numpy's, of a ragged list
        raise ValueError(f"{name} must be {allowed}, got {described(value)}") from cause
    real = array.dtype.kind == "O" and all(map(is_real, array.flat))
    if array.dtype.kind not in "iuf" and not real:
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    try:
        return array.astype(np.float64)
    except OverflowError:
        raise ValueError(
            f"{name} must be {allowed}, in the range of float64, got {shortened(value)}"
        ) from None


def require_kind(name: str, value: object, *kinds: type) -> None:
    """Raise ValueError unless the argument is an object of one of these classes."""
    if not isinstance(value, kinds):
        allowed = " or ".join(f"{with_article(kind.__name__)}" for kind in kinds)
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")


def flag(name: str, value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {described(value)}")
    return bool(value)


def choice(name: str, value: object, allowed: Collection[str]) -> str:
    """One of some words."""
    if not isinstance(value, str) or value not in allowed:
        said = shortened(value) if isinstance(value, str) else described(value)
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {said}")
    return value


def file_name(name: str, value: Any) -> Path:
    """The name of a file, there or not."""
    is_name = isinstance(value, str | os.PathLike) and str(value) and "\0" not in str(value)
    if not is_name or len(str(value)) > LONGEST_PATH or len(Path(value).name) > LONGEST_NAME:
        raise ValueError(f"{name} must be the name of a file, got {described(value)}")
    return Path(value)


def _all_good(name: str, array: Floats, good: NDArray[np.bool_], allowed: str) -> Floats:
    if array.size == 0:
        raise ValueError(f"{name} is empty; it must hold at least one value")
    if not good.all():
        raise ValueError(f"{name} must be {allowed}, got {array[~good].flat[0]:g}")
    return array


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
