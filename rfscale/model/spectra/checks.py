"""What eigenvalues have to be, wherever they come from."""

from __future__ import annotations

from typing import Any

import numpy as np

from rfscale.support.arguments import Floats, numeric

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
    if np.ndim(M) or int(M) != M or M < np.count_nonzero(values):
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
