"""A spectrum given by its eigenvalues."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model.checks import require_width
from rfscale.model.spectra.base import Spectrum
from rfscale.support.arguments import Floats, integer, number, numeric
from rfscale.support.described import shortened
from rfscale.support.sealed import sealed

GAP = 1e3  # between eigenvalues and rounding errors; those of a formula fall in smaller steps


@sealed
@dataclass(frozen=True, eq=False, repr=False, init=False)
class Eigenvalues(Spectrum):
    """A spectrum given by its eigenvalues, in any order.

    Zeros are ignored: a direction without variance carries neither data nor signal. An evaluation
    of its traces costs O(M).

    Parameters
    ----------
    array : array_like
        One-dimensional, finite, with at least one positive entry; those that are kept within a
        factor of 1e600.
    M : int, optional
        Number of latent dimensions, which sigma_w^2/M and sigma_u^2/M refer to, if it is not that
        of the eigenvalues that are kept; at least that.
    rcond : float, optional
        Entries of absolute value up to ``rcond * max(array)`` are rounding errors of zero, and
        dropped, with a warning; entries below that are refused. In [0, 1); 0 keeps all that are
        positive. By default it is ``array.size`` times the rounding error of its type, as in
        `numpy.linalg.matrix_rank`, where entries up to there look like those of an eigensolver: if
        some entry is not positive, or if there is a gap of a factor of 1000 above them. Else it is
        0: eigenvalues that come from a formula are kept however small they are.

    Attributes
    ----------
    array : ndarray
        The eigenvalues that are kept, largest first.
    dropped : int
        How many entries other than 0 were dropped.

    Raises
    ------
    ValueError
        If an entry is negative beyond rounding or not finite, or none is positive, or the positive
        ones span more than that, or M or rcond is out of its range.

    Examples
    --------
    >>> Eigenvalues([0.25, 1.0, 0.0]).eigenvalues.tolist()
    [1.0, 0.25]
    >>> Eigenvalues([1.0, 0.25], M=10)  # eight more dimensions without variance
    Eigenvalues(2 positive, 0.25 to 1, M=10)
    """

    array: NDArray[np.float64]
    M: int
    in_order: bool = True
    dropped: int = 0

    def __init__(self, array: ArrayLike, M: int | None = None, rcond: float | None = None) -> None:
        values = _finite(array)
        limit = _rounding(values, rcond, _epsilon(array))
        negative = values[values < -limit]
        if negative.size:
            raise ValueError(
                f"array must be finite and >= 0, got {negative[0]:g}, which is beyond rounding "
                f"errors of {limit:.1e}; rcond sets these"
            )
        positive = np.sort(values[values > limit])[::-1].copy()
        if not positive.size:
            raise ValueError(f"array must hold at least one positive entry, got {shortened(array)}")
        require_width("array", positive)
        dropped = int(np.count_nonzero(values)) - positive.size
        if dropped:
            _warn_of_dropped(dropped, limit, positive.size)
        self._set(
            array=positive,
            M=positive.size if M is None else integer("M", M, least=positive.size),
            in_order=np.array_equal(positive, values[: positive.size]),
            dropped=dropped,
        )

    def _set(self, **values: Any) -> None:
        values["array"].flags.writeable = False
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Self:
        """The spectrum with these fields, which were checked when it was made."""
        array = np.array(stored["array"], dtype=np.float64)
        found = cls.__new__(cls)
        found._set(
            **({"M": array.size, "in_order": True, "dropped": 0} | stored | {"array": array})
        )
        return found

    def compared(self) -> list[Any]:
        """The eigenvalues and M, in whatever order they were given."""
        return [self.array, self.M]

    @property
    def eigenvalues(self) -> Floats:
        """The positive eigenvalues, largest first. Shape (rank,)."""
        return self.array

    @property
    def positive(self) -> Floats:
        """The same: they were checked when it was made."""
        return self.array

    @property
    def scale(self) -> float:
        """The largest eigenvalue."""
        return self.largest

    def __repr__(self) -> str:
        smallest = f"{self.array[-1]:g} to " if self.rank > 1 else ""
        dropped = f", {self.dropped} dropped" if self.dropped else ""
        count = f"{self.rank} positive, {smallest}{self.largest:g}"
        return f"Eigenvalues({count}, M={self.M}{dropped})"


def _finite(array: ArrayLike) -> Floats:
    values = numeric("array", array, "numbers >= 0")
    if values.ndim != 1:
        raise ValueError(f"array must be one-dimensional, got shape {values.shape}")
    bad = values[~np.isfinite(values)]
    if bad.size:
        raise ValueError(f"array must be finite and >= 0, got {bad[0]:g}")
    return values


def _epsilon(array: ArrayLike) -> float:
    """The rounding error of the numbers as they were given."""
    kind = np.asarray(array).dtype
    return float(np.finfo(kind if kind.kind == "f" else np.float64).eps)


def _rounding(values: Floats, rcond: float | None, epsilon: float) -> float:
    """The absolute value up to which an entry is a rounding error of zero."""
    largest = float(values.max(initial=0.0))
    if rcond is not None:
        fraction = number("rcond", rcond, zero=True)
        if fraction >= 1:
            raise ValueError(f"rcond must be in [0, 1), got {shortened(rcond)}")
        return fraction * largest
    limit = values.size * epsilon * largest
    above = values[values > limit]
    below = values[values <= limit]
    if not above.size or not below.size:
        return 0.0
    solved = np.any(below <= 0) or above.min() > GAP * below.max()
    return limit if solved else 0.0


def _warn_of_dropped(dropped: int, limit: float, kept: int) -> None:
    warnings.warn(
        f"Eigenvalues: {dropped} entries within {limit:.1e} of zero are dropped as rounding "
        f"errors, {kept} are kept; rcond sets the limit",
        stacklevel=4,
    )
