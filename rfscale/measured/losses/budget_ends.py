"""How far a least cost may be off, by a covariance: where the ends of the loss's interval lie.

The ends of the cost that reaches a loss are the costs at which that loss is an end of the interval
of the best loss, as of Fieller's ratios. Slopes of the cost itself would know nothing of a least
loss E above the one that is asked for, at which the cost is infinite. Sizes are stretched as costs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfscale.measured.losses.optimal_sizes import MOST, CostedLaw, least_cost, optimum
from rfscale.measured.losses.roots import increasing_roots
from rfscale.measured.losses.spread import Interval, Sandwich
from rfscale.support.arguments import Floats

FAR = 1e6  # in place of an infinite logarithm, for quantiles
NARROW = 1e-9  # widths in log, below which there is nothing to stretch
ROUGH = 1e-9  # of the log of a loss, at the ends

OfParameters = Callable[[Floats], CostedLaw]  # parameters (fits, p) -> their law


def least_costs(costed: CostedLaw, losses: Floats) -> Floats:
    """log C, log N and log T: (fits, 3, losses)."""
    return np.stack([_least_cost(costed, float(loss)) for loss in losses], axis=-1)


def _least_cost(costed: CostedLaw, loss: float) -> Floats:
    log_cost = least_cost(costed, loss)
    is_reached = np.isfinite(log_cost)
    best = optimum(costed, np.where(is_reached, log_cost, costed.central_cost))
    far = FAR * np.sign(np.where(is_reached, 0.0, log_cost))
    columns = [log_cost, best.log_N, best.log_T]
    found = np.stack([np.where(is_reached, column, far) for column in columns], axis=1)
    is_free = np.isneginf(log_cost)
    if is_free.any():
        found[is_free, 1:] = _alone(costed, loss)[is_free]
    return found


def _alone(costed: CostedLaw, loss: float) -> Floats:
    """log N and log T (fits, 2) of laws of one of both alone, which reach a loss at no cost."""
    with np.errstate(all="ignore"):
        goal = np.log(loss - costed.floor)
    cheap = optimum(costed, np.array(costed.central_cost - MOST))
    is_of_N = cheap.edge > 0
    centre = np.stack([np.full(goal.shape, np.log(size)) for size in (costed.N0, costed.T0)])

    def excess(u: Floats) -> Floats:
        log_N, log_T = np.where(np.stack([is_of_N, ~is_of_N]), u, centre)
        return goal - costed.log_excess(log_N[:, None], log_T[:, None])[:, 0]

    size = increasing_roots(excess, centre[0] - MOST, centre[0] + MOST, close=ROUGH)
    size = np.clip(size, -FAR, FAR)
    return np.stack([np.where(is_of_N, size, -FAR), np.where(is_of_N, -FAR, size)], axis=1)


def interval_of_least_costs(
    spread: Sandwich, best: Floats, costed: OfParameters, losses: Floats
) -> Interval:
    """Of log C, log N and log T (3, losses), by the interval of the best loss at each cost."""
    by_slopes = spread.interval(lambda parameters: least_costs(costed(parameters), losses), best)
    value = by_slopes.value
    low, high = _ends(spread, best, costed, losses, value[0])
    below = (value[0] - low) / np.maximum(value[0] - by_slopes.low[0], NARROW)
    above = (high - value[0]) / np.maximum(by_slopes.high[0] - value[0], NARROW)
    lows = value - below * (value - by_slopes.low)
    is_far = (value[0] == FAR) & (low < FAR)
    lows[:, is_far] = _sizes(costed(best[None]), low[is_far])
    highs = np.where(high == FAR, FAR, value + above * (by_slopes.high - value))
    lows[0] = low
    highs[0] = high
    return Interval(value, lows, highs, by_slopes.level)


def _ends(
    spread: Sandwich, best: Floats, costed: OfParameters, losses: Floats, log_costs: Floats
) -> tuple[Floats, Floats]:
    """The log costs at which the losses are the lower, and the upper end of the best loss."""
    centre = costed(best[None]).central_cost
    least = np.full(losses.shape, centre - MOST)
    most = np.full(losses.shape, centre + MOST)
    middle = np.clip(log_costs, least, most)

    def best_losses(at: Floats) -> Interval:
        return spread.interval(lambda parameters: _log_losses(costed(parameters), at), best)

    goal = np.log(losses)
    low = increasing_roots(lambda u: goal - best_losses(u).low, least, middle, close=ROUGH)
    high = increasing_roots(lambda u: goal - best_losses(u).high, middle, most, close=ROUGH)
    return np.clip(low, -FAR, FAR), np.clip(high, -FAR, FAR)


def _log_losses(costed: CostedLaw, log_costs: Floats) -> Floats:
    """The best ones (fits, costs)."""
    excess = [optimum(costed, log_cost).log_excess for log_cost in log_costs]
    with np.errstate(divide="ignore"):
        return np.clip(np.log(costed.floor[:, None] + np.exp(np.stack(excess, 1))), -FAR, FAR)


def _sizes(costed: CostedLaw, log_costs: Floats) -> Floats:
    """log C, log N and log T (3, costs) of the best sizes."""
    found = [optimum(costed, log_cost) for log_cost in log_costs]
    each = [[one, best.log_N[0], best.log_T[0]] for one, best in zip(log_costs, found, strict=True)]
    return np.reshape(each, (-1, 3)).T
