"""The curves of a result, and names that tell them apart.

The last axis of a result is the curve, and the axes before it are different curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.simulation.estimate import Estimate
    from rfscale.theory.prediction import Prediction

SYMBOLS = {
    "alpha": r"\alpha",
    "M": "M",
    "scale": r"\lambda_+",
    "N": "N",
    "T": "T",
    "ridge": r"\gamma",
}


def curves(*arrays: ArrayLike) -> list[tuple[Floats, ...]]:
    """The arrays of each curve."""
    shaped = [np.atleast_1d(a) for a in np.broadcast_arrays(*arrays)]
    return list(zip(*(a.reshape(-1, a.shape[-1]) for a in shaped), strict=True))


def named_curves(
    result: Prediction | Estimate,
    x: str,
    labels: Sequence[str] | None = None,
    suffix: str | None = None,
) -> list[str]:
    """A name for each curve, which may be "": the one that is given or what differs, and suffix."""
    names = curve_labels(result, x) if labels is None else labels
    return [_joined(name, suffix) for name in names]


def curve_labels(result: Prediction | Estimate, x: str) -> list[str]:
    """For each curve the parameters that tell it from the others.

    These are, of alpha, M, scale, N, T and ridge, those other than `x` that are constant on each
    curve and not the same on all of them.
    """
    labels = [""] * len(curves(result.N))
    for name, symbol in SYMBOLS.items():
        values = _constants(result, name)
        if name != x and values is not None and len(set(values)) > 1:
            here = [f"${symbol}$ = {value:.6g}".replace("inf", r"$\infty$") for value in values]
            labels = [_joined(*pair) for pair in zip(labels, here, strict=True)]
    return labels


def _constants(result: Prediction | Estimate, name: str) -> list[float] | None:
    """The parameter's value on each curve, or None if it varies along one."""
    owner = result if hasattr(result, name) else result.model.spectrum
    values = np.broadcast_to(getattr(owner, name, 0.0), np.shape(result.N))
    rows = [row for (row,) in curves(values)]
    return [row[0] for row in rows] if all(np.all(row == row[0]) for row in rows) else None


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
