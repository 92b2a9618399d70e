"""The best ridge for a general teacher or test spectrum: a search, 0 and inf included."""

from __future__ import annotations

import numpy as np

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.theory.assembly import predicted
from rfscale.theory.prediction import Prediction
from rfscale.theory.strength import Strength, strength

COARSE = 161  # ridges that are tried first
FINE = 21  # around the best of them, again and again
ZOOMS = 8
# Of the range in log gamma, beyond Delta without ridge and lambda_+: the rest is rounding.
BELOW = 45.0
ABOVE = 40.0
LARGEST = 1e30  # stands for an infinite size, where a finite ridge has no effect


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
    ridge = _exp(best - unit)
    ridge = np.where(at(np.full((), np.inf)).test <= at(ridge).test, np.inf, ridge)
    ridge = np.where(none.test <= at(ridge).test, 0.0, ridge)
    return (N, T, strength(model, N, T, ridge)), at(ridge)


def _exp(logarithm: Floats) -> Floats:
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(logarithm)


def log_smallest_eigenvalue(model: ScalingModel) -> Floats:
    """log(lambda_M/lambda_+) of each spectrum."""
    alpha, M = model.spectrum.kernel_parameters()
    return np.where(alpha > 0, -(1 + alpha) * np.log(M), model.spectrum.nodes.log_smallest)
