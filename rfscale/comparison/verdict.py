"""The verdict on one or several comparisons, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rfscale.comparison.result import Comparison

Z_LIMIT = 4.0  # standard errors; beyond it by chance once in 16 000 points


def verdict(comparisons: Sequence[Comparison]) -> str:
    """At how many points of all comparisons theory and simulation agree, and the worst gap."""
    judged = _joined(comparisons, "judged")
    if not judged.any():
        return (
            "theory and simulation neither agree nor disagree: no point is judged, "
            "as sizes are too small, or N and T too close without ridge, for the theory to know "
            "its own error"
        )
    agrees = _joined(comparisons, "agrees")
    largest_gap = np.abs(_joined(comparisons, "gap")[judged]).max()
    planar = (np.abs(_joined(comparisons, "planar_z")[judged]) <= Z_LIMIT).sum()
    word = "agree" if agrees[judged].all() else "DISAGREE"
    points = "points" if judged.all() else "judged points"
    unjudged = "" if judged.all() else f", {(~judged).sum()} not judged"
    return (
        f"theory and simulation {word}: {agrees.sum()} of {judged.sum()} {points} within "
        f"{Z_LIMIT:g} standard errors + the next order{unjudged}; "
        f"largest gap {largest_gap:.2g} %; "
        f"planar theory alone: {planar} within {Z_LIMIT:g} standard errors"
    )


def _joined(comparisons: Sequence[Comparison], name: str) -> NDArray[Any]:
    """An attribute of all comparisons as one list of points."""
    return np.concatenate([np.ravel(getattr(comparison, name)) for comparison in comparisons])
