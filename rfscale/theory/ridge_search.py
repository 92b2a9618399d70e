r"""The best ridge for a general teacher or test spectrum, where the slope of the loss has no simple
form: a search.

.. math:: \min_\gamma L(\gamma), \quad \gamma \in \{0\} \cup [\gamma_-, \gamma_+]
"""

from __future__ import annotations

import numpy as np

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.theory.orders import predict_to_order
from rfscale.theory.prediction import Prediction

COARSE = 161  # ridges that are tried first
FINE = 21  # around the best of them, again and again
ZOOMS = 8
BELOW, ABOVE = (
    45.0,
    40.0,
)  # of the range in log gamma, beyond Delta without ridge and lambda_+: the rest is rounding
LARGEST = 1e30  # stands for an infinite size, where a finite ridge has no effect


def search_ridge(model: ScalingModel, N: Floats, T: Floats) -> tuple[Floats, Prediction]:
    """The ridge of the least planar loss, log gamma to about 1e-4, and the losses there; 0 or inf
    where it is there.

    Of several minima the deepest is found unless it is narrower than a hundredth of the range.
    """
    finite_N, finite_T = np.minimum(N, LARGEST), np.minimum(T, LARGEST)

    def loss(ridge: Floats) -> Floats:
        return predict_to_order(model, finite_N, finite_T, ridge, "planar").test

    none = predict_to_order(model, finite_N, finite_T, np.zeros(()), "planar")
    nothing = predict_to_order(model, finite_N, finite_T, np.full((), np.inf), "planar")
    with np.errstate(divide="ignore"):
        least = (
            np.maximum(np.log(none.delta / model.spectrum.largest), _log_smallest(model)) - BELOW
        )
    unit = model.units.log_ridge(1.0, per=(finite_N, finite_T))
    shape = none.test.shape
    best, width = (
        np.broadcast_to((least + ABOVE) / 2, shape),
        np.broadcast_to((ABOVE - least) / 2, shape),
    )
    for count in (COARSE, *[FINE] * ZOOMS):
        steps = np.linspace(-1.0, 1.0, count).reshape(-1, *[1] * len(shape))
        tried = np.clip(best + steps * width, least, ABOVE)
        with np.errstate(over="ignore", under="ignore"):
            index = np.argmin(loss(np.exp(tried - unit)), axis=0)
        best = np.take_along_axis(tried, index[None], axis=0)[0]
        width = width * 4 / (count - 1)  # two steps to either side
    with np.errstate(over="ignore", under="ignore"):
        ridge = np.exp(best - unit)
    ridge = np.where(nothing.test <= loss(ridge), np.inf, ridge)
    ridge = np.where(none.test <= loss(ridge), 0.0, ridge)
    return ridge, predict_to_order(model, finite_N, finite_T, ridge, "planar")


def _log_smallest(model: ScalingModel) -> Floats:
    """log(lambda_M/lambda_+) of each spectrum."""
    alpha, M = model.spectrum.kernel_parameters()
    return np.where(alpha > 0, -(1 + alpha) * np.log(M), model.spectrum.nodes.log_smallest)
