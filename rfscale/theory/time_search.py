"""The best stopping time of gradient flow: a search over log tau, 0 and inf included."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.model.training import GradientFlow
from rfscale.support.arguments import Floats
from rfscale.theory.assembly import predicted
from rfscale.theory.mixture_kernel import lower_edges, upper_edges
from rfscale.theory.places import Place
from rfscale.theory.ridge_search import log_smallest_eigenvalue
from rfscale.theory.strength import strength
from rfscale.theory.trained import trained
from rfscale.theory.trained_prediction import TrainedPrediction

STEP = np.log(2.0) / 4.0  # of log tau: the times around one share a contour
FINE = 21  # times around the best of the grid, twice
EARLY = 1e-2  # where the search begins, over the time of the fastest direction
TINY = 1e-6  # a time at which the losses are their first powers
LEAST = 1e-100  # of it, where there is more noise
OVER = 45.0  # over the smallest eigenvalue and the ridge: the rest is rounding
LATEST = 1e8  # times the resolution without ridge, where there is no smallest eigenvalue
CLOSE = 1e-11  # relative: losses nearer than this are the same


def search_time(model: ScalingModel, N: Floats, T: Floats, ridge: Floats) -> Floats:
    """tau of the least planar loss, to about 1e-6 in log tau; of the broadcast shape.

    0 and inf where no other time is better by more than 1e-11 of the loss. Of several minima the
    deepest is found unless it is narrower than the fourth part of an octave.
    """

    def test(tau: ArrayLike) -> Floats:
        return _at(model, N, T, ridge, tau).test

    start, end = test(0.0), test(np.inf)
    low, high = _range(model, N, T, ridge, start.shape)
    count = int(np.ceil(np.max(high - low) / STEP)) + 2
    middle = 0.5 * (low + high)
    half = 0.5 * (high - low)
    for tried in (count, FINE, FINE):
        steps = np.linspace(-1.0, 1.0, tried).reshape(-1, *[1] * start.ndim)
        loss = test(np.exp(middle + half * steps))
        best = np.clip(np.argmin(loss, axis=0), 1, tried - 2)
        near = [np.take_along_axis(loss, (best + i)[None], 0)[0] for i in (-1, 0, 1)]
        width = 2.0 * half / (tried - 1)
        middle = middle + half * np.take_along_axis(steps, best[None], 0)[0]
        half = width
    tau = np.exp(middle + width * _vertex(*near))
    least = test(tau)
    tau = np.where(end <= least * (1.0 + CLOSE), np.inf, tau)
    return np.where(start <= np.minimum(least, end) * (1.0 + CLOSE), 0.0, tau)


def _at(
    model: ScalingModel, N: Floats, T: Floats, ridge: Floats, tau: ArrayLike
) -> TrainedPrediction:
    return trained(model, N, T, GradientFlow(tau=tau, ridge=ridge))


def _vertex(left: Floats, middle: Floats, right: Floats) -> Floats:
    """Of the parabola through three neighbours, in steps from the middle one, which is least."""
    bend = left - 2.0 * middle + right
    shift = np.divide(0.5 * (left - right), bend, out=np.zeros_like(bend), where=bend > 0.0)
    return np.clip(shift, -1.0, 1.0)


def _range(
    model: ScalingModel, N: Floats, T: Floats, ridge: Floats, shape: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """log tau between which the best is, if it is neither 0 nor infinity."""
    place = Place.of(model, N, T, shape)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        fastest = upper_edges(model, place.at).reshape(shape)
        tiny = _at(model, N, T, ridge, TINY / fastest)
        fall = np.asarray(_at(model, N, T, ridge, 0.0).signal - tiny.signal)
        is_useful = (fall > 0.0) & (tiny.noise > 0.0)
        noisy = np.where(is_useful, TINY * fall / (2.0 * tiny.noise), 1.0)
        low = EARLY / fastest * np.clip(noisy, LEAST, 1.0)
        gamma = np.broadcast_to(ridge, shape) / place.unit.reshape(shape)
        slowest = _slowest(model, place).reshape(shape) + gamma
    return np.log(low), np.log(np.maximum(OVER / slowest, 10.0 / fastest))


def _slowest(model: ScalingModel, place: Place) -> Floats:
    """The smallest eigenvalue, or a small part of Delta without ridge where there is none."""
    N, T = (size.reshape(place.shape) for size in (place.at.N, place.at.T))
    none = predicted(model, N, T, strength(model, N, T, np.zeros(())), "planar")
    log_smallest = np.maximum(log_smallest_eigenvalue(model), np.log(np.finfo(float).tiny))
    delta = np.maximum(none.delta / model.spectrum.largest, np.exp(log_smallest))
    floor = np.broadcast_to(OVER / LATEST * delta, place.shape).ravel()
    return np.maximum(lower_edges(model, place.at, floor), floor)
