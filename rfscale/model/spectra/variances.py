"""Variances of the latent directions of a test distribution: any, in the order of the training
spectrum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described
from rfscale.support.stored import Stored


@dataclass(frozen=True, eq=False)
class Variances(Stored):
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
                "test_spectrum must be one-dimensional, finite and >= 0, with a positive entry, "
                f"got {described(array)}"
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

    @property
    def rank(self) -> int:
        """Number of directions that they are given for."""
        return self.array.size

    @property
    def largest(self) -> float:
        """The largest variance."""
        return self.scale

    def relative(self, start: int, stop: int) -> Floats:
        """Variances J = start + 1..stop in units of the largest. Shape (stop - start,)."""
        return np.asarray(self.array[start:stop] / self.scale)
