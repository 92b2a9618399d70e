r"""Mixtures of real ridges as a training: a filter (19.1).

.. math:: \theta = \sum_k w_k\, \theta_\mathrm{ridge}(\gamma_k), \qquad
          r(s) = \sum_k w_k \frac{\gamma_k}{s + \gamma_k}, \qquad \sum_k w_k = 1
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rfscale.model.training.base import Training, Whole
from rfscale.model.training.checks import amount
from rfscale.model.training.mixtures import Mixtures
from rfscale.support.arguments import Floats, broadcast, numeric
from rfscale.support.sealed import sealed

SUM_ERROR = 1e-9  # of the weights' sum, over the sum of their sizes
SMALLEST = 1e-300  # ridge in relative units


@sealed
@dataclass(frozen=True, eq=False)
class RidgeMixture(Training):
    """Weighted sums of what ridge regressions with several ridges learn, as `best_filter` gives.

    Parameters
    ----------
    ridges : array_like
        gamma_k > 0 of the training loss; k is the last axis, those before it broadcast with N and
        T.
    weights : array_like
        w_k of any sign, of the same shape, with sum 1. Weights much larger than 1 lose digits: the
        losses are sums over pairs of ridges.

    Raises
    ------
    ValueError
        If a ridge or a weight is out of its range, or the weights do not sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> twice = RidgeMixture(ridges=[1.0, 2.0], weights=[2.0, -1.0])  # 2/((s + 1) (s + 2))
    >>> print(twice.residual(np.array([1.0, 3.0])))
    [0.3333 0.1   ]
    """

    ridges: Any
    weights: Any

    def __post_init__(self) -> None:
        ridges = np.atleast_1d(amount("ridges", self.ridges, zero=False))
        weights = np.atleast_1d(numeric("weights", self.weights, "finite numbers"))
        ridges, weights = (np.array(v) for v in broadcast(ridges=ridges, weights=weights))
        total = np.sum(weights, axis=-1)
        if not np.all(np.abs(total - 1.0) <= SUM_ERROR * np.sum(np.abs(weights), axis=-1)):
            raise ValueError(f"weights must be finite with sum 1, got the sum {total.flat[0]:g}")
        for name, array in (("ridges", ridges), ("weights", weights)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def values(self) -> dict[str, Any]:
        """How many ridges each mixture has."""
        return {"mixed": np.full(self.ridges.shape[:-1], self.ridges.shape[-1])[()]}

    def each(self, shape: tuple[int, ...]) -> list[Training]:
        """The mixture of each point of a shape, flattened."""
        flat = self.flat(shape)
        return [RidgeMixture(*one) for one in zip(flat.ridges, flat.weights, strict=True)]

    def flat(self, shape: tuple[int, ...]) -> RidgeMixture:
        """The same with a row for each point of a shape."""
        count = self.ridges.shape[-1]
        arrays = (self.ridges, self.weights)
        return RidgeMixture(
            *(np.broadcast_to(v, (*shape, count)).reshape(-1, count) for v in arrays)
        )

    def taken(self, places: Whole) -> RidgeMixture:
        """Some rows of one that is flat."""
        return RidgeMixture(self.ridges[places], self.weights[places])

    def relative(self, unit: Floats) -> RidgeMixture:
        """The same in a unit of eigenvalues; where it is infinite, without ridge."""
        with np.errstate(under="ignore"):
            scaled = self.ridges / np.asarray(unit)[..., None]
        return replace(self, ridges=np.maximum(scaled, SMALLEST))

    def filter(self, s: Floats) -> Floats:
        """sum_k w_k/(s + gamma_k)."""
        return np.asarray(np.sum(self.weights / (np.asarray(s)[..., None] + self.ridges), axis=-1))

    def residual(self, s: Floats) -> Floats:
        """sum_k w_k gamma_k/(s + gamma_k)."""
        shares = self.ridges / (np.asarray(s)[..., None] + self.ridges)
        return np.asarray(np.sum(self.weights * shares, axis=-1))

    def mixtures(self, group: Whole) -> Mixtures:
        """The ridges in order, a path for each point."""
        rows = self.flat(group.shape) if self.ridges.ndim == 1 else self
        order = np.argsort(rows.ridges, axis=-1)
        ridges = np.take_along_axis(rows.ridges, order, axis=-1).astype(complex)
        halves = np.take_along_axis(0.5 * rows.weights, order, axis=-1).astype(complex)
        return Mixtures(ridges, np.arange(len(ridges)), halves)
