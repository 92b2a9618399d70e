"""Whether a `Law` of one's own is one: its names, its ranges, and what its terms return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.support.described import described, is_real

if TYPE_CHECKING:
    from rfscale.measured.losses.laws import Law


def check_law(law: Law, *, is_taken: bool) -> None:
    """Raise ValueError for the first argument that is wrong."""
    for given, value in (("name", law.name), ("formula", law.formula)):
        if not isinstance(value, str):
            raise ValueError(f"{given} must be a string, got {described(value)}")
    if is_taken:
        raise ValueError(f"name must not be one of the package's laws, got {law.name!r}")
    if not _are_names(law.linear) or not law.linear:
        raise ValueError(
            "linear must name at least one coefficient in a tuple of strings, got "
            f"{described(law.linear)}"
        )
    if not callable(law.terms):
        raise ValueError(f"terms must be a function (x, y, *theta), got {described(law.terms)}")
    for given, ranges in (("nonlinear", law.nonlinear), ("starts", law.starts)):
        _check_ranges(given, ranges)
    if len(set(law.names)) < len(law.names):
        raise ValueError(f"names of parameters must differ, got {', '.join(law.names)}")
    for given, known in (("starts", tuple(law.nonlinear)), ("fixed", law.names)):
        unknown = [name for name in getattr(law, given) if name not in known]
        if unknown:
            raise ValueError(f"{given} must be of {', '.join(known)}, got {unknown[0]!r}")


def checked_terms(found: Any, name: str, linear: tuple[str, ...], shape: tuple[int, ...]) -> Any:
    """The terms, one for each coefficient, that broadcast to this shape; ValueError for others."""
    is_tuple = isinstance(found, tuple | list)
    if not is_tuple or len(found) != len(linear):
        got = len(found) if is_tuple else described(found)
        raise ValueError(
            f"terms of {name} must be {len(linear)} in a tuple, one for each of "
            f"{', '.join(linear)}, got {got}"
        )
    for coefficient, term in zip(linear, found, strict=True):
        if np.asarray(term).dtype.kind not in "biufc":
            raise ValueError(
                f"terms of {name} must be numbers, got {described(term)} for {coefficient}"
            )
        if np.ndim(term) > 2 or _broadcast(np.shape(term), shape) != shape:
            raise ValueError(
                f"terms of {name} must broadcast with sizes, here {shape}, got {np.shape(term)} "
                f"for {coefficient}"
            )
    return found


def _are_names(names: Any) -> bool:
    return isinstance(names, tuple) and all(isinstance(name, str) for name in names)


def _check_ranges(given: str, ranges: Any) -> None:
    if not isinstance(ranges, Mapping) or not _are_names(tuple(ranges)):
        raise ValueError(
            f"{given} must be a dict of parameters and their ranges, got {described(ranges)}"
        )
    for name, bounds in ranges.items():
        is_pair = isinstance(bounds, tuple | list) and len(bounds) == 2
        if not is_pair or not all(is_real(end) for end in bounds):
            raise ValueError(
                f"{given} must give a range (low, high) for {name}, got {described(bounds)}"
            )
        if not -np.inf < bounds[0] < bounds[1] < np.inf:
            raise ValueError(
                f"{given} must give parameters finite ranges (low, high), got {name}: "
                f"{described(bounds)}"
            )


def _broadcast(shape: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...] | None:
    try:
        return np.broadcast_shapes(shape, other)
    except ValueError:
        return None
