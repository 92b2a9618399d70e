r"""`Problem`: a law over centred points, with what is held, and its residuals and slopes.

With r_i = log L_i - log P_i(c, theta), or L_i - P_i, the fit is the least of sum_i w_i rho(r_i).
Every function takes many fits at once: parameters (fits, p), weights (fits, points).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.laws import Law, Published
from rfscale.support.arguments import Floats

IMAGINARY = 1e-30  # a complex step
STEP = 1e-5  # a real one
ROUNDING = 1e-12  # of a residual, in units of the losses, or of 1 for their logarithms
AT_ONCE = 200_000  # points of all fits: more in one call of a law take memory, and no less time


@dataclass(frozen=True)
class Problem:
    """A law and points, in units of the centre.

    Attributes
    ----------
    law : Law
    x, y, loss : ndarray (points,)
        Sizes over N0 and T0; losses > 0.
    N0, T0 : float
    lower, upper : ndarray (p,)
        Bounds of the parameters; the same where one is held.
    held : dict
        Published parameters that are held, in their own units.
    is_log : bool
        Whether residuals are those of the logarithm.
    """

    law: Law
    x: Floats
    y: Floats
    loss: Floats
    N0: float
    T0: float
    lower: Floats
    upper: Floats
    held: Mapping[str, float]
    is_log: bool

    @property
    def coefficients(self) -> int:
        """How many parameters are coefficients: the first ones."""
        return len(self.law.linear)

    @property
    def is_free(self) -> NDArray[np.bool_]:
        """Which parameters are fitted (p,)."""
        return self.lower < self.upper

    def step(self, most: int) -> int:
        """Every so many points leave at most `most`."""
        return -(-self.x.size // most)

    @property
    def rounding(self) -> float:
        """Of a residual: no spread of residuals is smaller."""
        return ROUNDING * (1.0 if self.is_log else float(np.median(self.loss)))

    def thinned(self, most: int) -> Problem:
        """Every so many points that about `most` are left, at most; all if there are no more."""
        step = self.step(most)
        return replace(self, x=self.x[::step], y=self.y[::step], loss=self.loss[::step])

    @property
    def free(self) -> int:
        """How many parameters are fitted."""
        return int(np.sum(self.is_free))

    def columns(self, theta: NDArray[Any], x: Floats, y: Floats) -> Floats:
        """The terms (terms, fits, points); one whose published coefficient is held is in its
        units, and its own coefficient 1.
        """
        columns = self.law.columns(x, y, theta)
        with np.errstate(all="ignore"):  # at trials
            for j, one in self.held_terms.items():
                columns[j] = columns[j] * self.share_of(one, theta)[:, None]
        return np.asarray(columns)

    @cached_property
    def held_terms(self) -> dict[int, Published]:
        """The places of coefficients that published parameters hold; the first of two of one."""
        held = [one for one in self.law.published if one.name in self.held]
        return {
            self.law.linear.index(one.of): one
            for one in reversed(held)
            if one.of in self.law.linear
        }

    def share_of(self, one: Published, theta: NDArray[Any]) -> NDArray[Any]:
        """The coefficient at the centre that a held one stands for (fits,)."""
        share = one.centred(self.held[one.name], self.N0, self.T0, tuple(theta.T))
        return np.asarray(np.broadcast_to(share, len(theta)))

    def predicted(self, parameters: Floats, x: Floats, y: Floats) -> Floats:
        """The losses (fits, points)."""
        k = self.coefficients
        return np.asarray(
            np.einsum("bk,kbn->bn", parameters[:, :k], self.columns(parameters[:, k:], x, y))
        )

    def residuals(self, parameters: Floats) -> Floats:
        """(fits, points)."""
        predicted = self.predicted(parameters, self.x, self.y)
        return self._residuals(predicted)

    def _residuals(self, predicted: Floats) -> Floats:
        with np.errstate(all="ignore"):  # a trial may lie where the law has no logarithm
            difference = (
                np.log(self.loss) - np.log(predicted) if self.is_log else self.loss - predicted
            )
        return np.where(np.isfinite(difference), difference, np.inf)

    def residuals_and_slopes(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Residuals, and minus their derivatives (p, fits, points)."""
        k = self.coefficients
        columns, slopes = self._columns_and_slopes(parameters[:, k:])
        c = parameters[:, :k]
        predicted = np.einsum("bk,kbn->bn", c, columns)
        jacobian = np.concatenate([columns, np.einsum("bk,qkbn->qbn", c, slopes)])
        if self.is_log:
            with np.errstate(all="ignore"):  # a loss may be 0: its fit is not followed
                jacobian /= predicted
        return self._residuals(predicted), jacobian

    def _columns_and_slopes(self, theta: Floats) -> tuple[Floats, Floats]:
        """The terms, and their derivatives in theta (q, terms, fits, points)."""
        free = np.flatnonzero(self.is_free[self.coefficients :])
        if not self.law.analytic:
            columns, some = self._columns_and_differences(theta, free)
        else:
            columns = self.columns(theta, self.x, self.y)
            some = np.array([self.slope(theta, int(j)) for j in free])
        slopes = np.zeros((theta.shape[1], *columns.shape))
        for j, one in zip(free, some, strict=True):
            slopes[j] = one
        return columns, slopes

    def slope(self, theta: Floats, j: int) -> Floats:
        """d terms/d theta_j: an imaginary part, or a difference."""
        if not self.law.analytic:
            return self.difference(theta, j)
        moved = theta.astype(np.complex128)
        moved[:, j] += 1j * IMAGINARY
        return np.imag(self.columns(moved, self.x, self.y)) / IMAGINARY

    def difference(self, theta: Floats, j: int) -> Floats:
        """d terms/d theta_j by a step to both sides."""
        return np.asarray(self._columns_and_differences(theta, np.array([j]))[1][0])

    def _columns_and_differences(
        self, theta: Floats, places: NDArray[np.intp]
    ) -> tuple[Floats, Floats]:
        """The terms, and differences in some of theta, by few calls of the law."""
        steps = STEP * np.eye(theta.shape[1])[places]
        sides = np.concatenate([np.zeros((1, theta.shape[1])), steps, -steps])
        moved = (theta + sides[:, None]).reshape(-1, theta.shape[1])
        parts = min(max(1, len(moved) * self.x.size // AT_ONCE), len(moved))
        found = [self.columns(some, self.x, self.y) for some in np.array_split(moved, parts)]
        columns = np.concatenate(found, axis=1)
        each = columns.reshape(len(columns), len(sides), len(theta), -1)
        above, below = np.split(each[:, 1:], 2, axis=1)
        with np.errstate(all="ignore"):  # at trials
            return each[:, 0], np.moveaxis(above - below, 1, 0) / (2 * STEP)
