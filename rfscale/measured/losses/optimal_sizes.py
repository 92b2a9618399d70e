"""The N and T at which fitted laws are least for a cost: of many parameters of a law at once.

The part of the loss above its least one E is compared on a grid of log N, followed by golden
sections about the best point and by Newton steps, with slopes of five points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.cost import Cost
from rfscale.measured.losses.laws import Law
from rfscale.measured.losses.roots import increasing_roots
from rfscale.support.arguments import Floats

REACH = 30.0  # of log N beyond the sizes of a budget that is spent on N, or on T, alone
MOST = 300.0  # of the log of a budget over that of the centre
POINTS = 161
SECTIONS = 24
GOLDEN = (np.sqrt(5) - 1) / 2
NEWTON = 4
WIDTH = 0.005  # of log N, between points that slopes are of
STENCIL = WIDTH * np.arange(-2.0, 3.0)
SLOPE = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / (12 * WIDTH)
CURVATURE = np.array([-1.0, 16.0, -30.0, 16.0, -1.0]) / (12 * WIDTH**2)
LONGEST_STEP = 0.05
LEAST = -1e5  # in place of the logarithm of 0, of laws that reach E
ROUGH = 1e-12  # of the log of the loss above its least one, for least costs


@dataclass(frozen=True)
class CostedLaw:
    """A law with the cost of its sizes, and parameters (fits, p) at the centre N0, T0."""

    law: Law
    parameters: Floats
    N0: float
    T0: float
    cost: Cost

    @property
    def central_cost(self) -> float:
        """log of the cost of the centre."""
        return float(self.cost.log(np.array(np.log(self.N0)), np.array(np.log(self.T0))))

    @property
    def floor(self) -> Floats:
        """The least loss of each (fits,): 0 of a law without one."""
        if self._floor is None:
            return np.zeros(len(self.parameters))
        return np.asarray(self.parameters[:, self._floor])

    @property
    def _floor(self) -> int | None:
        floor = self.law.floor
        return self.law.linear.index(floor) if floor in self.law.linear else None

    def log_excess(self, log_N: Floats, log_T: Floats) -> Floats:
        """log of the loss above its least one (fits, points): inf where it is no number."""
        above = self.parameters.copy()
        if self._floor is not None:
            above[:, self._floor] = 0.0
        with np.errstate(all="ignore"):
            x = np.exp(log_N - np.log(self.N0))
            excess = self.law.losses(x, np.exp(log_T - np.log(self.T0)), above)
            return np.where(excess >= 0, np.log(excess), np.inf)

    def at_cost(self, log_N: Floats, log_cost: Floats) -> Floats:
        """The same along a cost."""
        return self.log_excess(log_N, self.cost.log_T(log_N, log_cost))


Curve = Callable[[Floats], Floats]  # log N (fits, points) -> log of the loss above its least one


@dataclass(frozen=True)
class Optimum:
    """The best sizes of each fit, all (fits,); `edge` is -1 or 1 where N ends at its reach."""

    log_N: Floats
    log_T: Floats
    log_excess: Floats
    edge: NDArray[np.int64]


def optimum(costed: CostedLaw, log_cost: Floats) -> Optimum:
    """The best sizes for a cost (fits,), or the same for all."""
    budget = np.broadcast_to(log_cost, (len(costed.parameters),))[:, None]

    def curve(log_N: Floats) -> Floats:
        return costed.at_cost(log_N, budget)

    log_N, edge = _best_of_grid(curve, _grid(costed, budget))
    log_T = costed.cost.log_T(log_N[:, None], budget)[:, 0]
    edge = np.where(edge == 0, -np.sign(np.where(np.isfinite(log_T), 0.0, log_T)), edge)
    return Optimum(log_N, log_T, curve(log_N[:, None])[:, 0], edge.astype(np.int64))


def exponents(costed: CostedLaw, log_cost: Floats, best: Optimum, step: float = 0.02) -> Floats:
    """d log N/d log C (fits,) of the optimum: 0 and 1 where it ends at the reach of N."""
    budget = np.broadcast_to(log_cost, best.log_N.shape)
    ends = [
        newton(lambda u, c=c: costed.at_cost(u, c), best.log_N)  # type: ignore[misc]
        for c in (budget[:, None] - step, budget[:, None] + step)
    ]
    return np.where(best.edge == 0, (ends[1] - ends[0]) / (2 * step), best.edge > 0)


def least_cost(costed: CostedLaw, loss: float) -> Floats:
    """log of the least cost (fits,) that reaches a loss: inf where no size does, as at E."""
    with np.errstate(all="ignore"):
        excess = np.where(loss > costed.floor, np.log(loss - costed.floor), -np.inf)
    middle = np.full(excess.shape, costed.central_cost)
    return increasing_roots(
        lambda log_cost: excess - np.maximum(optimum(costed, log_cost).log_excess, LEAST),
        middle - MOST,
        middle + MOST,
        close=ROUGH,
    )


def _grid(costed: CostedLaw, budget: Floats) -> Floats:
    """log N (fits, POINTS)."""
    beyond = np.clip(budget - costed.central_cost, -MOST, MOST)
    low = np.minimum(beyond, 0) - REACH
    high = np.maximum(beyond, 0) + REACH
    return np.asarray(np.log(costed.N0) + low + (high - low) * np.linspace(0, 1, POINTS))


def _best_of_grid(curve: Curve, grid: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The minimum over log N, and -1 or 1 where it is at an end of the grid."""
    values = curve(grid)
    fits = np.arange(len(values))
    grid = np.broadcast_to(grid, values.shape)
    place = np.argmin(values, axis=1)
    edge = np.where(place == 0, -1, np.where(place == POINTS - 1, 1, 0))
    inner = np.clip(place, 1, POINTS - 2)
    found = newton(curve, _sectioned(curve, grid[fits, inner - 1], grid[fits, inner + 1]))
    return np.where(edge == 0, found, grid[fits, place]), edge


def _sectioned(curve: Curve, low: Floats, high: Floats) -> Floats:
    """The minimum between two points, by golden sections."""
    for _ in range(SECTIONS):
        inner = GOLDEN * (high - low)
        pair = np.stack([high - inner, low + inner], axis=1)
        values = curve(pair)
        is_left = values[:, 0] < values[:, 1]
        high = np.where(is_left, pair[:, 1], high)
        low = np.where(is_left, low, pair[:, 0])
    return (low + high) / 2


def newton(curve: Curve, log_N: Floats) -> Floats:
    """Nearer to a minimum (fits,), where the curve is finite and convex."""
    for _ in range(NEWTON):
        with np.errstate(all="ignore"):
            values = curve(log_N[:, None] + STENCIL)
            step = (values @ SLOPE) / (values @ CURVATURE)
            is_convex = values @ CURVATURE > 0
        is_good = np.isfinite(step) & is_convex
        log_N = log_N - np.where(is_good, np.clip(step, -LONGEST_STEP, LONGEST_STEP), 0.0)
    return log_N
