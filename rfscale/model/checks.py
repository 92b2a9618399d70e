"""Checks of spectra and teachers, whoever has written them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.support.arguments import Floats, number, numeric

if TYPE_CHECKING:
    from rfscale.model.teachers import Teacher

PROBED = 64  # directions at which a teacher is tried when a model is made
WIDEST = 600.0  # decades of eigenvalues: the square roots of their ratios stay in float64's range


def checked_eigenvalues(name: str, eigenvalues: Any, M: Any) -> Floats:
    """The positive eigenvalues of a spectrum of this name, read-only; ValueError if they are none.

    They have to be one-dimensional, finite, >= 0, largest first, at most M, and not all 0.
    """
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
    if np.ndim(M) or int(M) != M or np.count_nonzero(values) > M:
        count = np.count_nonzero(values)
        raise ValueError(f"{name}.M must be an integer >= its {count} eigenvalues, got {M!r}")
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
    """Raise ValueError if a teacher does not give what it has to, at the first directions."""
    probed = min(rank, PROBED)
    name = f"{type(teacher).__name__}.relative"
    together = _weights(name, teacher, 0, probed)
    for start in (1, probed // 2, probed - 1):
        apart = _weights(name, teacher, start, probed)
        if not np.array_equal(apart, together[start:]):
            raise ValueError(
                f"{name} must give direction J the same weight in any range, got "
                f"{apart!r} for ({start}, {probed}) and {together[start:]!r} in (0, {probed})"
            )
    if teacher.largest is not None:
        number(f"{type(teacher).__name__}.largest", teacher.largest)
    if teacher.power is not None:
        power_law = np.arange(1.0, probed + 1) ** -float(teacher.power)
        if not np.allclose(together**2, power_law, rtol=1e-9, atol=0.0):
            raise ValueError(
                f"{type(teacher).__name__}.power = {teacher.power!r} must be None, or the squares "
                f"of its relative weights J^-power, got {together!r}"
            )


def _weights(name: str, teacher: Teacher, start: int, stop: int) -> Floats:
    weights = numeric(name, teacher.relative(start, stop), "finite numbers")
    if weights.shape != (stop - start,) or not np.all(np.isfinite(weights)):
        raise ValueError(
            f"{name}({start}, {stop}) must give {stop - start} finite numbers, got {weights!r}"
        )
    return weights
