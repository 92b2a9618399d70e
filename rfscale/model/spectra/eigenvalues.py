"""A spectrum given by its eigenvalues."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model.spectra.base import WIDEST, Spectrum
from rfscale.support.arguments import Floats, numeric
from rfscale.support.products import log_product
from rfscale.traces.nodes import Nodes, make_nodes


@dataclass(frozen=True, eq=False)
class Eigenvalues(Spectrum):
    """A spectrum given by its eigenvalues, in any order.

    Zeros are ignored: a direction without variance carries neither data nor signal, so M counts the
    positive eigenvalues only, also in the normalisations sigma_w^2/M and sigma_u^2/M. An evaluation
    of its traces costs O(M).

    Parameters
    ----------
    array : array_like
        One-dimensional, finite, >= 0, with at least one positive entry; the positive ones within a
        factor of 1e600.

    Raises
    ------
    ValueError
        If an entry is negative or not finite, or none is positive, or the positive ones span more
        than that.

    Examples
    --------
    >>> Eigenvalues([0.25, 1.0, 0.0]).eigenvalues.tolist()
    [1.0, 0.25]
    """

    array: NDArray[np.float64]
    in_order: ClassVar[bool]  # of each instance: whether the array was given as it is kept

    def __init__(self, array: ArrayLike) -> None:
        values = numeric("array", array, "numbers >= 0")
        if values.ndim != 1:
            raise ValueError(f"array must be one-dimensional, got shape {values.shape}")
        bad = values[~((values >= 0) & np.isfinite(values))]
        if bad.size:
            raise ValueError(f"array must be finite and >= 0, got {bad[0]:g}")
        if not np.any(values > 0):
            raise ValueError(f"array must hold at least one positive entry, got {array!r}")
        positive = np.sort(values[values > 0])[::-1].copy()
        object.__setattr__(self, "in_order", np.array_equal(positive, values))
        if np.log10(positive[0]) - np.log10(positive[-1]) > WIDEST:
            raise ValueError(
                f"array must not span more than a factor of 1e{WIDEST:g}, got {positive[-1]:g} to {positive[0]:g}"
            )
        positive.flags.writeable = False
        object.__setattr__(self, "array", positive)
        object.__setattr__(self, "M", positive.size)
        object.__setattr__(self, "scale", float(positive[0]))

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.array, self.in_order)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Eigenvalues) and np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash(self.array.tobytes())

    @property
    def eigenvalues(self) -> Floats:
        """The M positive eigenvalues, largest first. Shape (M,)."""
        return self.array

    @cached_property
    def log_eigenvalues(self) -> Floats:
        """log(lambda_J / scale). Shape (M,)."""
        logarithms = log_product([self.array], [self.scale])
        logarithms.flags.writeable = False
        return logarithms

    @cached_property
    def nodes(self) -> Nodes:
        """All eigenvalues, each with weight 1."""
        roots = np.sqrt(self.scale) / np.sqrt(self.array)
        return make_nodes(roots, np.empty(0), float(self.M), 0.0, 0.0)

    def relative_trace(self, power: float) -> Floats:
        """The sum of (lambda_J/scale)^power."""
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(np.exp(power * self.log_eigenvalues)[::-1].sum())


def _remade(array: Floats, in_order: bool) -> Eigenvalues:
    """What was pickled."""
    spectrum = Eigenvalues(array)
    object.__setattr__(spectrum, "in_order", in_order)
    return spectrum
