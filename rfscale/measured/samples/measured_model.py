"""The model that measured samples are: eigenvalues, teacher and label noise, and their power law.

With forty samples an input the sample moments serve as they are: eigenvalues, least squares and
what these leave. With fewer they are biased, the losses by 5 to 35 percent, and the spectrum that
explains the pool's degrees of freedom takes their place (`rfscale.measured.samples.inversion`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rfscale.measured.samples.features import LinearSampleFeatures
from rfscale.measured.samples.inversion import Curve, Inverted, spectrum_model
from rfscale.measured.samples.measured_prediction import BLOCKS
from rfscale.measured.samples.moments import sample_moments
from rfscale.measured.samples.pool_power_law import power_law_of_pool
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.model import ScalingModel
from rfscale.model.spectra import Eigenvalues
from rfscale.model.teachers import Isotropic, Teacher

if TYPE_CHECKING:
    from rfscale.measured.samples.measured_samples import Measured
    from rfscale.measured.samples.pool import Pool

ENOUGH = 40  # samples an input
SMALLEST = 1e-12  # eigenvalues relative to the largest that moments know
LEAST_RATE = 0.5  # of kappa with the ridge, in logarithms
DIRECTIONS = 4  # of a kernel, in samples of the pool


def model_of(data: Measured) -> ScalingModel:
    """See `Measured.model`."""
    if not data.y.shape[1]:
        raise ValueError("y must be given to `measure` for a model, got None")
    d = _directions(data)
    is_enough = d is not None and len(data.X) >= ENOUGH * d
    found = _plug_in(data) if is_enough else _inverted(data, d)
    learnable = bool(np.any(found.weights))
    return ScalingModel(
        Eigenvalues(found.eigenvalues),
        sigma_w=1.0 if learnable else 0.0,
        sigma_u=np.sqrt(found.eigenvalues.size),
        sigma_eps=np.sqrt(found.noise),
        teacher=Teacher.weights(found.weights) if learnable else Isotropic(),
    )


def _directions(data: Measured) -> int | None:
    """Inputs that are not constant; None for features that are not linear."""
    if not isinstance(data.features, LinearSampleFeatures):
        return None
    return int(np.count_nonzero(np.ptp(data.X, axis=0)))


def _plug_in(data: Measured) -> Inverted:
    """The moments of all samples: eigenvalues, least squares, and what is left of the labels."""
    moments = sample_moments(data.X, data.y)
    values, axes = np.linalg.eigh(moments.covariance)
    kept = values > SMALLEST * values[-1]
    values, axes = values[kept][::-1], axes[:, kept][:, ::-1]
    weights = axes.T @ moments.cross_covariance / values[:, None]
    squares = np.sum(weights**2, axis=1)
    left = float(np.sum(moments.label_variance)) - float(values @ squares)
    P = len(data.X)
    noise = max(left, 0.0) * P / (P - 1 - values.size)
    return Inverted(values, np.sqrt(squares), noise)


def _inverted(data: Measured, d: int | None) -> Inverted:
    """From the pool's degrees of freedom and A."""
    pool = data.curves(leverages=True).pool
    # where a weaker ridge no longer resolves more, many rows would say the same
    rate = np.gradient(np.log(pool.kappa)) / np.gradient(np.log(pool.delta))
    resolved = rate > LEAST_RATE
    rows = (pool.kappa[resolved], pool.df1[resolved], pool.A[resolved])
    e = data.eigenvalues
    most = DIRECTIONS * data.P if d is None else d
    return spectrum_model(*rows, float(e.sum()), most, float(e[0]))


def power_law_of(data: Measured, window: tuple[float, float] | None) -> PowerLawFit:
    """See `Measured.power_law`."""
    curves = [data.curves(leverages=True, without=k).pool for k in range(BLOCKS)]
    return power_law_of_pool(
        _curve(data.curves(leverages=True).pool),
        data.P,
        data.eigenvalues,
        directions=_directions(data),
        blocks=[_curve(pool) for pool in curves],
        window=window,
    )


def _curve(pool: Pool) -> Curve:
    return Curve(pool.kappa, pool.df1)
