"""The theory's curves between the points of a result."""

from __future__ import annotations

from typing import Any

import numpy as np

from rfscale.support.arguments import Floats

CURVE_POINTS = 300


def dense(sizes: dict[str, Floats], x: str) -> dict[str, Any]:
    """N, T and ridge with `x`, which varies along the last axis, filled in between finite points,
    peaks included.
    """
    position = sizes[x][(sizes[x] > 0) & np.isfinite(sizes[x])]
    if position.size < 2:
        return sizes
    low, high = position.min(), position.max()
    peaks = [
        size
        for size in np.concatenate([sizes["N"].ravel(), sizes["T"].ravel()])
        if low < size < high
    ]
    return sizes | {x: np.unique(np.concatenate([np.geomspace(low, high, CURVE_POINTS), peaks]))}
