r"""The best ridge for samples of unequal leverage: a search, then a step of Newton's method,

.. math:: \delta z = -\frac{L'(z)}{L''(z)}, \qquad z = \log \gamma

with the derivatives of a polynomial through the losses around, as values alone know a minimum to
the root of their rounding. Derived here.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.model.leverages import checked_leverages
from rfscale.support.arguments import Floats, sizes
from rfscale.support.machine import require_memory
from rfscale.theory.leveraged import LeveragedPrediction, leveraged
from rfscale.theory.over_points import broadcast_shape
from rfscale.theory.ridge_search import COARSE, LARGEST, at_given_sizes, deepest
from rfscale.theory.ridge_shift import COEFFICIENTS, NODES
from rfscale.theory.strength import BYTES_PER_POINT, checked_points, strength

SCALE = 0.5  # of the nodes of `ridge_shift`: the polynomial is off by 2^-11 times as much
ROUNDING = 1e-14  # of losses: where no ridge gains more than this the best one is 0 or infinity


def predicted_by_leverage(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None,
    kernel_ridge: ArrayLike | None,
    leverages: ArrayLike,
) -> LeveragedPrediction:
    """The losses for the arguments of `predict`."""
    tau = checked_leverages(leverages)
    given = checked_points(model, N, T, ridge, kernel_ridge)
    if given is None:
        return _at_the_optimum(model, sizes("N", N), sizes("T", T), tau)
    return leveraged(model, *given, tau)


def _at_the_optimum(model: ScalingModel, N: Floats, T: Floats, tau: Floats) -> LeveragedPrediction:
    """The losses at the ridge of the least loss, 0 and infinity included."""
    points = COARSE * math.prod(broadcast_shape(model.spectrum, N=N, T=T))
    require_memory(BYTES_PER_POINT * points, f"the search for the best ridge at {points} points")
    large = np.minimum(N, LARGEST), np.minimum(T, LARGEST)

    def at(ridge: Floats) -> LeveragedPrediction:
        return leveraged(model, *large, strength(model, *large, ridge), tau)

    none = at(np.zeros(()))
    inside = deepest(model, *large, at, none)
    inside = inside * np.exp(_step(lambda z: at(inside * np.exp(z)).test))
    ridge = np.where(at(np.full((), np.inf)).test <= _rounded(at(inside).test), np.inf, inside)
    is_zero = none.test <= _rounded(at(ridge).test)
    if model.is_plain:
        is_zero = is_zero | np.isinf(T)  # the signal is least there, and there is no noise
    return at_given_sizes(at(np.where(is_zero, 0.0, ridge)), N, T)


def _rounded(loss: Floats) -> Floats:
    return loss * (1 + ROUNDING)


def _step(loss: Callable[[float], Floats]) -> Floats:
    """From next to the minimum of a loss at 0 to it; 0 where it has no curvature."""
    terms = np.tensordot(COEFFICIENTS[:3], [loss(SCALE * node) for node in NODES], 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = -SCALE * terms[1] / (2 * terms[2])
    return np.where(terms[2] > 0, np.clip(step, -SCALE / 2, SCALE / 2), 0.0)
