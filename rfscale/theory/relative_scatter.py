"""The standard deviation of the test loss over draws, relative to the mean, and its error."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.heavy_tails import tail_exponent
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.assembly import assembled, predicted
from rfscale.theory.covariance import covariance_rows
from rfscale.theory.covariance_kernel import CovarianceRows
from rfscale.theory.kernels import LossRows, loss_points
from rfscale.theory.optimal_ridge import best_ridge
from rfscale.theory.over_points import over_points
from rfscale.theory.prediction import ORDERS, Prediction
from rfscale.theory.strength import Strength, strength
from rfscale.theory.weights import weighted_nodes


class Deviations(NamedTuple):
    """Standard deviations to leading order, and the shares of the variance of both parts."""

    test: Floats
    signal: Floats
    signal_share: Floats
    noise_share: Floats


class Factors(NamedTuple):
    """The standard deviation of a part over that of leading order: at least, and at most."""

    least: Floats
    most: Floats


def relative_scatter(prediction: Prediction) -> tuple[Floats, Floats]:
    """The standard deviation over the mean, to leading order, and the relative error of `std`.

    It is more accurate than the standard deviation itself: finite sizes enlarge both. The error is
    that of the scatter (17.8) and that of the mean, of which theory knows more than planar losses.
    """
    model = prediction.model
    N, T, at = _points(prediction)
    planar = predicted(model, N, T, at, "planar")
    rows = covariance_rows(model, N, T, at, at)
    deviations = _deviations(model, rows)
    std = np.where(_has_no_variance(model, N, T, at), np.inf, deviations.test)
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = np.where(std == 0, 0.0, np.where(np.isinf(std), np.inf, std / planar.test))
        corner = (planar.delta == 0) & (planar.signal > 0)  # N = T = M: rare draws are all of it
        scatter = np.where(corner, np.inf, scatter)
    with np.errstate(all="ignore"):
        error = _error(prediction, planar, rows, deviations, (N, T, at))
    error = np.where(np.isnan(error) | np.isinf(scatter), np.inf, error)
    error = np.where(scatter == 0, 0.0, error)
    for array in (scatter, error):
        array.flags.writeable = False
    return scatter[()], error[()]


def _points(prediction: Prediction) -> tuple[Floats, Floats, Strength]:
    """Sizes and ridge of a prediction, finite ones where the best ridge grows with the sizes."""
    model = prediction.model
    ridge = prediction.kernel_strength
    if np.any(np.isinf(prediction.T) & np.isinf(ridge)):
        return best_ridge(model, prediction.N, prediction.T)[1]
    name = "ridge" if prediction.kernel_ridge is None else "kernel_ridge"
    at = strength(model, prediction.N, prediction.T, **{name: ridge})
    return prediction.N, prediction.T, at


def _deviations(model: ScalingModel, rows: CovarianceRows) -> Deviations:
    """Those of the planar test loss."""
    with np.errstate(all="ignore"):  # where it is infinite, or so small that its square is not
        signal = times(model.units.test_signal * np.exp(rows.log_delta), _root(rows.signal))
        noise = times(model.units.test_noise, _root(rows.noise))
        correlation = rows.signal_noise / (_root(rows.signal) * _root(rows.noise))
        larger = np.maximum(signal, noise)
        smaller = np.minimum(signal, noise) / larger
        both = np.where(smaller > 0, smaller * correlation, 0.0)
        squares = np.maximum(1.0 + np.where(smaller > 0, smaller**2, 0.0) + 2 * both, 0.0)
        shares = [((part / larger) ** 2 + both) / squares for part in (signal, noise)]
    return Deviations(larger * np.sqrt(squares), signal, *shares)


def _error(
    prediction: Prediction,
    planar: Prediction,
    rows: CovarianceRows,
    deviations: Deviations,
    points: tuple[Floats, Floats, Strength],
) -> Floats:
    """How far the std of a prediction may be off, relative to it."""
    model = prediction.model
    N, T, at = points
    options = weighted_nodes(model), ORDERS.index("resummed")
    losses = over_points(loss_points, LossRows, model.spectrum, (N, T), (at.log_ridge,), *options)
    best = assembled(model, N, T, at, losses, "resummed")
    largest = times(np.sqrt(_largest(model) * best.signal), 1 / deviations.signal)
    of_signal = _factors(
        growth=rows.signal_growth,
        more=rows.learned_growth,
        mean=best.signal / planar.signal,
        unsure=losses.signal_error,
        largest=largest,
    )
    of_noise = _factors(
        growth=rows.noise_growth,
        more=0.0,
        mean=best.noise / planar.noise,
        unsure=losses.noise_error,
        largest=np.inf,
    )
    shares = deviations.signal_share, deviations.noise_share
    of_mean = prediction.test / planar.test
    most = _together(shares, (of_signal.most, of_noise.most)) / of_mean
    least = _together(shares, (of_signal.least, of_noise.least)) / of_mean
    return np.maximum(most - 1, 1 - least)


def _factors(
    growth: Floats, more: Floats | float, mean: Floats, unsure: Floats, largest: Floats | float
) -> Factors:
    """From the logarithms (17.8), the mean over the planar one and its error.

    The second moment of what is at most `largest` is no more than the mean times it.
    """
    unsure = 1 + np.minimum(unsure, 1.0) / 2  # half of it, as calibrated
    learned = np.minimum(mean * unsure * np.exp(more), np.maximum(largest, mean))
    return Factors(least=mean / unsure * np.exp(-growth - more), most=np.exp(growth) * learned)


def _together(shares: tuple[Floats, Floats], factors: tuple[Floats, Floats]) -> Floats:
    """The factor of both parts; a part that has no share is left out."""
    pairs = zip(shares, factors, strict=True)
    signal, noise = (np.where(share > 1e-12, share * factor**2, 0.0) for share, factor in pairs)
    return np.sqrt(signal + noise)


def _largest(model: ScalingModel) -> Floats:
    """The signal where nothing is learned."""
    one = np.ones(())
    nothing = strength(model, one, one, np.full((), np.inf))
    return predicted(model, one, one, nothing, "planar").signal


def _has_no_variance(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> Any:
    return tail_exponent(model, N, T, at.kernel_ridge) <= 2


def _root(variance: Floats) -> Floats:
    return np.sqrt(np.maximum(variance, 0.0))
