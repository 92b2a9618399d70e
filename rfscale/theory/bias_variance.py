"""`bias_variance`: the planar test loss split into bias and variances."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.heavy_tails import tail_exponent
from rfscale.results import Result, points
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.assembly import filled, predicted, root_delta, signal_unit
from rfscale.theory.kernels import SplitRows, split_points
from rfscale.theory.optimal_ridge import best_ridge
from rfscale.theory.over_points import over_points
from rfscale.theory.strength import Strength, checked_points
from rfscale.theory.weights import weighted_nodes

FEW = 3.0  # relative gap of `features_data` with one latent direction and a large ridge


@dataclass(frozen=True, eq=False)
class BiasVariance(Result):
    """The parts of the planar test loss; every array has the broadcast shape of N, T and ridge.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        The points.
    bias : ndarray
        Error of the prediction averaged over features, data and label noise.
    features, data : ndarray
        Variance due to the draw of the one, the other being averaged over.
    features_data : ndarray
        Variance of both together, beyond the sum of the two.
    noise_data, noise_features_data : ndarray
        Variance due to label noise: what is left when the features are averaged over, and what goes
        then.
    kernel_ridge : ndarray
        As of `Prediction`.
    order_error : ndarray
        How large the next term may be, relative to each part; `inf` where the mean does not exist.
        None in results that an earlier version stored. See `bias_variance`.
    """

    model: ScalingModel
    N: Floats
    T: Floats
    ridge: Floats
    bias: Floats
    features: Floats
    data: Floats
    features_data: Floats
    noise_data: Floats
    noise_features_data: Floats
    kernel_ridge: Floats | None = None
    order_error: Floats | None = None

    @property
    def signal(self) -> Floats:
        """The sum bias + features + data + features_data, which is that of `predict`."""
        return self.bias + self.features + self.data + self.features_data

    @property
    def noise(self) -> Floats:
        """The sum noise_data + noise_features_data, which is that of `predict`."""
        return self.noise_data + self.noise_features_data

    @property
    def test(self) -> Floats:
        """signal + noise."""
        return self.signal + self.noise

    def _short(self) -> dict[str, Any]:
        return points(self.model, self.N, self.T, self.ridge) | {
            "test": self.test,
            "bias": self.bias,
            "variance": self.features + self.data + self.features_data,
            "noise": self.noise,
            "error/%": None if self.order_error is None else 100 * self.order_error,
        }


def bias_variance(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
) -> BiasVariance:
    r"""Split the planar test loss into bias and variances, by features, data and label noise.

    The equations are in `rfscale.theory.equations.split`; derived here.

    Parameters
    ----------
    model, N, T, ridge, kernel_ridge
        As for `predict`.

    Returns
    -------
    BiasVariance
        Losses with the factor 1/2, whose sum is `predict(...).test`.

    Raises
    ------
    ValueError
        As for `predict`.

    Notes
    -----
    `order_error` is an estimate for the part that has the largest relative error,

    .. math:: e_1 + \frac{3}{\mathrm{df}_1} \frac{\lambda_+}{\lambda_+ + \Delta},

    where e_1 is the planar `order_error` of `predict`, times (1 + e_1)^3 where all M directions can
    be learned, M <= N, T, and parts of the signal are small. The second term is the share of
    one direction in the degrees of freedom: fourth moments of Gaussians are more than products
    of second ones, which the sum of all parts hardly feels but each variance does, at large
    ridges by up to 3; it falls as 1/df1, not with sizes that the ridge leaves unused. Among
    1977 random points with sizes of 3 to 64, any teacher and ridge (none only where N and T are
    four or more apart), no part was off by more than that and three standard errors of a
    simulation, and at half of them by less than a quarter of it. Nor was a part off by more
    than e_1/2 of the whole test loss, which is the better bound of a part that is small.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000), sigma_eps=0.01)
    >>> split = bias_variance(model, N=100, T=[50, 90, 200])
    >>> print(split.bias, split.features_data)  # towards the peak at N = T their interplay grows
    [1.146e-05 6.058e-06 5.379e-06] [1.931e-05 1.076e-04 9.311e-06]
    """
    require_model(model)
    points = checked_points(model, N, T, ridge, kernel_ridge)
    if points is not None:
        return _split(model, *points)
    best, points = best_ridge(model, N, T)
    at = best.prediction
    return dataclasses.replace(
        _split(model, *points), N=at.N, T=at.T, ridge=at.ridge, kernel_ridge=at.kernel_ridge
    )


def _split(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> BiasVariance:
    """The parts of the losses at sizes and ridges that are as the equations take them."""
    columns = (at.log_ridge,)
    weighted = weighted_nodes(model)
    rows = over_points(split_points, SplitRows, model.spectrum, (N, T), columns, weighted)
    unit = signal_unit(rows.log_delta, root_delta(rows.log_delta))
    signal = times(model.units.test_signal, unit)
    noise = model.units.test_noise
    return BiasVariance(
        model=model,
        N=filled(N, unit.shape),
        T=filled(T, unit.shape),
        ridge=filled(at.ridge, unit.shape),
        bias=times(signal, rows.bias)[()],
        features=times(signal, rows.features)[()],
        data=times(signal, rows.data)[()],
        features_data=times(signal, rows.features_data)[()],
        noise_data=times(noise, rows.noise_data)[()],
        noise_features_data=times(noise, rows.noise_features_data)[()],
        kernel_ridge=filled(at.kernel_ridge, unit.shape),
        order_error=filled(_order_error(model, N, T, at), unit.shape),
    )


def _order_error(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> Floats:
    """How large the next term may be, relative to each part: see `bias_variance`."""
    whole = predicted(model, N, T, at, "planar")
    first = whole.order_error
    all_learned = model.rank <= np.minimum(N, T)
    largest = model.spectrum.largest
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        learned = largest / (largest + whole.delta)  # of the first direction
        share = np.where(whole.df1 > 0, learned / whole.df1, 1.0)
        first = np.where(all_learned, first * (1 + first) ** 3, first)
    has_no_mean = tail_exponent(model, N, T, at.kernel_ridge) <= 1
    return np.where(has_no_mean, np.inf, first + FEW * share)
