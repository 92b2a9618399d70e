r"""Mixtures of real ridges as a training: a filter (19.1).

.. math:: \theta = \sum_k w_k\, \theta_\mathrm{ridge}(\gamma_k), \qquad
          r(s) = \sum_k w_k \frac{\gamma_k}{s + \gamma_k}, \qquad \sum_k w_k = 1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.model.training.base import Training, Whole
from rfscale.model.training.checks import amount, whole
from rfscale.model.training.mixtures import Mixtures
from rfscale.support.arguments import Floats, broadcast, numeric
from rfscale.support.sealed import sealed
from rfscale.support.short_repr import extent
from rfscale.support.text_table import short

SUM_ERROR = 1e-9  # of the weights' sum, over the sum of their sizes
SMALLEST = 1e-300  # ridge in relative units
FEW = 4  # ridges that a table shows one by one


@sealed
@dataclass(frozen=True, eq=False)
class RidgeMixture(Training):
    """Weighted sums of what ridge regressions with several ridges learn, as `best_filter` gives.

    Parameters
    ----------
    ridges : array_like
        gamma_k > 0 of the training loss; k is the last axis, those before it are of several
        mixtures.
    weights : array_like
        w_k of any sign, broadcast with the ridges, with sum 1. Weights much larger than 1 lose
        digits: the losses are sums over pairs of ridges.
    mixture : array_like of int, optional
        Which of the mixtures, numbered from 0 on, at each point; it broadcasts with N and T. By
        default all of them, in the shape of the axes before the last.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the weights do not sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> twice = RidgeMixture(ridges=[1.0, 2.0], weights=[2.0, -1.0])  # 2/((s + 1) (s + 2))
    >>> print(twice.residual(np.array([1.0, 3.0])))
    [0.3333 0.1   ]
    """

    ridges: Any
    weights: Any
    mixture: Any = None

    def __post_init__(self) -> None:
        ridges = np.atleast_1d(amount("ridges", self.ridges, zero=False))
        weights = np.atleast_1d(numeric("weights", self.weights, "finite numbers"))
        ridges, weights = broadcast(ridges=ridges, weights=weights)
        total = np.sum(weights, axis=-1)
        if not np.all(np.abs(total - 1.0) <= SUM_ERROR * np.sum(np.abs(weights), axis=-1)):
            raise ValueError(f"weights must be finite with sum 1, got the sum {total.flat[0]:g}")
        rows = total.size
        mixture = np.arange(rows).reshape(total.shape)[()] if self.mixture is None else self.mixture
        for name, array in (("ridges", ridges), ("weights", weights)):
            table = np.array(array).reshape(rows, -1)
            table.flags.writeable = False
            object.__setattr__(self, name, table)
        object.__setattr__(self, "mixture", _numbers(mixture, rows))

    @property
    def values(self) -> dict[str, Any]:
        """Which mixture each point has."""
        return {"mixture": self.mixture}

    @property
    def shown_values(self) -> dict[str, Any]:
        """The number of the mixture, and its ridges and weights in a few words."""
        at = np.asarray(self.mixture)
        tables = {"ridges": self.ridges, "weights": self.weights}
        words = {name: np.array([_in_words(row) for row in rows]) for name, rows in tables.items()}
        return self.values | {name: texts[at] for name, texts in words.items()}

    def relative(self, unit: Floats) -> RidgeMixture:
        """The same in a unit of eigenvalues, a row for each; where it is infinite, no ridge."""
        at = np.broadcast_to(self.mixture, np.shape(unit))
        with np.errstate(under="ignore"):
            ridges = self.ridges[at] / np.asarray(unit)[..., None]
        return RidgeMixture(np.maximum(ridges, SMALLEST), self.weights[at])

    def filter(self, s: Floats) -> Floats:
        """sum_k w_k/(s + gamma_k)."""
        ridges = self.ridges[self.mixture]
        weights = self.weights[self.mixture]
        return np.asarray(np.sum(weights / (np.asarray(s)[..., None] + ridges), axis=-1))

    def residual(self, s: Floats) -> Floats:
        """sum_k w_k gamma_k/(s + gamma_k)."""
        ridges = self.ridges[self.mixture]
        shares = ridges / (np.asarray(s)[..., None] + ridges)
        return np.asarray(np.sum(self.weights[self.mixture] * shares, axis=-1))

    def mixtures(self, group: Whole) -> Mixtures:
        """The ridges in order, a path for each point."""
        at = np.broadcast_to(self.mixture, group.shape)
        order = np.argsort(self.ridges[at], axis=-1)
        ridges = np.take_along_axis(self.ridges[at], order, axis=-1).astype(complex)
        halves = np.take_along_axis(0.5 * self.weights[at], order, axis=-1).astype(complex)
        return Mixtures(ridges, np.arange(len(ridges)), halves)


def _in_words(numbers: Floats) -> str:
    """A few numbers one by one, of many from where to where."""
    if numbers.size <= FEW:
        return "[" + ", ".join(short(number) for number in numbers.tolist()) + "]"
    return extent(numbers)


def _numbers(value: Any, rows: int) -> Any:
    """Numbers of mixtures: an int, or a read-only array of them."""
    checked = np.asarray(whole("mixture", value), dtype=np.int64)
    if np.any(checked >= rows):
        raise ValueError(f"mixture must be below their number, {rows}, got {checked.max()}")
    checked.flags.writeable = False
    return checked if checked.ndim else int(checked)
