r"""How to share compute between size and time of gradient flow, any spectrum and label noise.

.. math:: \min_{N \tau = \mathcal C} L(N, \infty, \tau), \qquad \min_{N T \tau = \mathcal C} L(N, T,
          \tau)

which for a power law without label noise are (20.25) and (20.26).
"""

from __future__ import annotations

import itertools

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.training import GradientFlow
from rfscale.support.arguments import Floats
from rfscale.theory.over_points import broadcast_shape
from rfscale.theory.predict import predict
from rfscale.theory.trained_prediction import TrainedPrediction

COARSE = {1: 101, 2: 25}  # in each logarithm over log(budget), from 0 to 1, that is searched
FINE = 9  # around the best of them, again and again, within 1.5 steps of it
ZOOMS = 10


def best_over_time(model: ScalingModel, budget: Floats, cost: str) -> TrainedPrediction:
    """The least planar test loss of gradient flow without ridge for N tau, or N T tau = budget."""
    searched = 1 if cost == "N tau" else 2
    shape = broadcast_shape(model.spectrum, budget=budget)
    logarithm = np.broadcast_to(np.log(budget), shape)
    best = np.full((searched, *shape), 0.5)
    width = 0.5

    def losses(shares: Floats) -> TrainedPrediction:
        N = np.exp(shares[0] * logarithm)
        T = np.full(N.shape, np.inf) if searched == 1 else np.exp(shares[1] * logarithm)
        tau = np.exp((1 - shares.sum(axis=0)) * logarithm)
        return predict(model, N, T, training=GradientFlow(tau=tau))

    for count in (COARSE[searched], *[FINE] * ZOOMS):
        steps = width * np.linspace(-1.0, 1.0, count)
        moves = np.array(list(itertools.product(steps, repeat=searched))).T
        moves = moves.reshape(*moves.shape, *[1] * len(shape))
        tried = np.clip(best[:, None] + moves, 0.0, 1.0)
        least = np.argmin(losses(tried).test, axis=0)
        best = np.take_along_axis(tried, least[None, None], axis=1)[:, 0]
        width *= 3 / (count - 1)
    return losses(best)
