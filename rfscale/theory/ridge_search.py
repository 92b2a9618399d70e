"""The best ridge for a general teacher or test spectrum: a search, 0 and inf included."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.theory.assembly import filled, predicted
from rfscale.theory.leveraged import LeveragedPrediction
from rfscale.theory.prediction import Prediction
from rfscale.theory.strength import Strength, strength

COARSE = 161  # ridges that are tried first
FINE = 21  # around the best of them, again and again
ZOOMS = 8
# Of the range in log gamma, beyond Delta without ridge and lambda_+: the rest is rounding.
BELOW = 45.0
ABOVE = 40.0
LARGEST = 1e30  # stands for an infinite size, where a finite ridge has no effect


Found = TypeVar("Found", Prediction, LeveragedPrediction)
AtRidge = Callable[[Floats], Found]


def search_ridge(
    model: ScalingModel, N: Floats, T: Floats
) -> tuple[tuple[Floats, Floats, Strength], Prediction]:
    """Sizes and strength of the least planar loss, log gamma to about 1e-4, and the losses there.

    Infinite sizes are replaced by large ones; the ridge is 0 or inf where the least loss is there.
    Of several minima the deepest is found unless it is narrower than a hundredth of the range.
    """
    N = np.minimum(N, LARGEST)
    T = np.minimum(T, LARGEST)

    def at(ridge: Floats) -> Prediction:
        return predicted(model, N, T, strength(model, N, T, ridge), "planar")

    none = at(np.zeros(()))
    ridge = deepest(model, N, T, at, none)
    ridge = np.where(at(np.full((), np.inf)).test <= at(ridge).test, np.inf, ridge)
    ridge = np.where(none.test <= at(ridge).test, 0.0, ridge)
    return (N, T, strength(model, N, T, ridge)), at(ridge)


def deepest(model: ScalingModel, N: Floats, T: Floats, at: AtRidge[Found], none: Found) -> Floats:
    """The ridge of the least loss of those tried; `none` are the losses without ridge."""
    with np.errstate(divide="ignore"):
        log_delta = np.log(none.delta / model.spectrum.largest)
    least = np.maximum(log_delta, log_smallest_eigenvalue(model)) - BELOW
    unit = model.units.log_ridge(1.0, per=(N, T))
    best = np.broadcast_to((least + ABOVE) / 2, none.test.shape)
    width = np.broadcast_to((ABOVE - least) / 2, none.test.shape)
    for count in (COARSE, *[FINE] * ZOOMS):
        steps = np.linspace(-1.0, 1.0, count).reshape(-1, *[1] * none.test.ndim)
        tried = np.clip(best + steps * width, least, ABOVE)
        index = np.argmin(at(_exp(tried - unit)).test, axis=0)
        best = np.take_along_axis(tried, index[None], axis=0)[0]
        width = width * 4 / (count - 1)  # two steps to either side
    return _exp(best - unit)


def at_given_sizes(found: Found, N: Floats, T: Floats) -> Found:
    """Losses of the large sizes that stand for infinite ones, as those of the sizes given."""
    delta = np.asarray(found.kernel_ridge)  # a new prediction has it
    grows = (found.ridge > 0) & (np.isinf(N) | np.isinf(T))
    kernel_grows = (delta > 0) & np.isinf(T)
    shape = np.shape(found.test)
    return dataclasses.replace(
        found,
        N=filled(N, shape),
        T=filled(T, shape),
        ridge=np.where(grows, np.inf, found.ridge)[()],
        kernel_ridge=np.where(kernel_grows, np.inf, delta)[()],
    )


def _exp(logarithm: Floats) -> Floats:
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(logarithm)


def log_smallest_eigenvalue(model: ScalingModel) -> Floats:
    """log(lambda_M/lambda_+) of each spectrum."""
    alpha, M = model.spectrum.kernel_parameters()
    return np.where(alpha > 0, -(1 + alpha) * np.log(M), model.spectrum.nodes.log_smallest)
