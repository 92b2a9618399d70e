"""The standard deviation of the test loss over draws, relative to the mean, and its error."""

from __future__ import annotations

from typing import Any

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.heavy_tails import tail_exponent
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.assembly import predicted
from rfscale.theory.covariance import covariance_rows
from rfscale.theory.optimal_ridge import best_ridge
from rfscale.theory.prediction import Prediction
from rfscale.theory.strength import Strength, strength


def relative_scatter(prediction: Prediction) -> tuple[Floats, Floats]:
    """The standard deviation over the mean, to leading order, and its relative error.

    It is more accurate than the standard deviation itself: finite sizes enlarge both. The error is
    an estimate, three times that of the planar mean: it is exceeded where some draws are nearly
    singular, as T or N are close to M or each other.
    """
    N, T, at = _points(prediction)
    planar = predicted(prediction.model, N, T, at, "planar")
    std = _standard_deviation(prediction.model, N, T, at)
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = np.where(std == 0, 0.0, np.where(np.isinf(std), np.inf, std / planar.test))
        corner = (planar.delta == 0) & (planar.signal > 0)  # N = T = M: rare draws are all of it
        scatter = np.where(corner, np.inf, scatter)
    error = 3 * planar.order_error
    for array in (scatter, error):
        np.asarray(array).flags.writeable = False
    return scatter[()], error


def _points(prediction: Prediction) -> tuple[Floats, Floats, Strength]:
    """Sizes and ridge of a prediction, finite ones where the best ridge grows with the sizes."""
    model = prediction.model
    ridge = prediction.kernel_strength
    if np.any(np.isinf(prediction.T) & np.isinf(ridge)):
        return best_ridge(model, prediction.N, prediction.T)[1]
    name = "ridge" if prediction.kernel_ridge is None else "kernel_ridge"
    at = strength(model, prediction.N, prediction.T, **{name: ridge})
    return prediction.N, prediction.T, at


def _standard_deviation(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> Floats:
    """That of the planar test loss; `inf` where it does not exist."""
    rows = covariance_rows(model, N, T, at, at)
    with np.errstate(all="ignore"):  # where it is infinite, or so small that its square is not
        signal = times(model.units.test_signal * np.exp(rows.log_delta), _root(rows.signal))
        noise = times(model.units.test_noise, _root(rows.noise))
        correlation = rows.signal_noise / (_root(rows.signal) * _root(rows.noise))
        smaller = np.minimum(signal, noise) / np.maximum(signal, noise)
        both = np.where(smaller > 0, smaller**2 + 2 * smaller * correlation, 0.0)
        std = np.maximum(signal, noise) * np.sqrt(np.maximum(1.0 + both, 0.0))
    return np.where(_has_no_variance(model, N, T, at), np.inf, std)


def _has_no_variance(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> Any:
    return tail_exponent(model, N, T, at.kernel_ridge) <= 2


def _root(variance: Floats) -> Floats:
    return np.sqrt(np.maximum(variance, 0.0))
