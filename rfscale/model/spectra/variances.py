"""Variances of the latent directions of a test distribution: any, in the order of the training
spectrum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.support.arguments import numeric


@dataclass(frozen=True, eq=False)
class Variances:
    """Variances >= 0, one a latent direction, in the order of the training spectrum's eigenvalues,
    largest first.

    Unlike the eigenvalues of a spectrum they need not decrease, and may vanish.

    Parameters
    ----------
    array : array_like
        One-dimensional, finite, >= 0, with at least one positive entry.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> Variances([0.0, 2.0]).scale
    2.0
    """

    array: NDArray[np.float64]

    def __init__(self, array: ArrayLike) -> None:
        values = numeric("test_spectrum", array, "a spectrum, or variances >= 0")
        if (
            values.ndim != 1
            or not np.all((values >= 0) & np.isfinite(values))
            or not np.any(values)
        ):
            raise ValueError(
                f"test_spectrum must be one-dimensional, finite and >= 0, with a positive entry, got {array!r}"
            )
        values = values + 0.0  # a copy, without a negative zero
        values.flags.writeable = False
        object.__setattr__(self, "array", values)

    @property
    def M(self) -> int:
        """Number of latent dimensions."""
        return self.array.size

    @property
    def scale(self) -> float:
        """The largest variance."""
        return float(self.array.max())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Variances) and np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash(self.array.tobytes())
