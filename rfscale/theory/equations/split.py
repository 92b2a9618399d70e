r"""The planar loss split by what it is due to: teacher, draw of features, of data, of label noise.

The prediction at a test point is a function of features u, data x and label noise eps. Split into
its mean over all of them and parts that depend on some and average to zero over each of these, the
loss is a sum of squares (the analysis of variance of Adlam and Pennington, arXiv:2011.03321). With
sums weighted by rho = lambda'/lambda and by W = w_J^2 as superscripts, s = df1 - df2, all in units
of (sigma_w^2/2M) Delta or of sigma_eps^2/2,

.. math:: B = s^{\rho W}, \quad V_x = \frac{\mathrm{df}_2^\rho s^W}{T - \mathrm{df}_2}, \quad V_u =
          \frac{\mathrm{df}_2^W s^\rho}{N - \mathrm{df}_2}, \quad V_{ux} = \frac{s}{N T D} \Big[
          \mathrm{df}_2^\rho \mathrm{df}_2^W + s^\rho s^W + s (V_x + V_u) \Big],
.. math:: V_{x\epsilon} = \frac{\mathrm{df}_2^\rho}{T - \mathrm{df}_2}, \quad V_{ux\epsilon} =
          \frac{s}{N T D} \Big[ s^\rho + \frac{s\, \mathrm{df}_2^\rho}{T - \mathrm{df}_2} \Big].

At fixed data the mean over features is ridge regression of the latent data with the same Delta,
hence B + V_x; at fixed features that over data, hence B + V_u; the rest is V_ux. Derived here; sums
of positive terms, which add up to (15.3) and (15.4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import Point
from rfscale.theory.equations.losses import corner_sums, square_corner
from rfscale.theory.equations.planar import Saddle, saddle_of, times_delta
from rfscale.traces.quadrature import WeightedMoments, WeightedNodes, all_moments


class Split(NamedTuple):
    """The parts of the loss, in the units of `Losses`."""

    bias: float
    features: float
    data: float
    features_data: float
    noise_data: float
    noise_features_data: float


@compiled
def split(weighted: WeightedNodes, point: Point, N: float, T: float, M: float) -> Split:
    """Bias and variances at a point."""
    z = point.log_delta
    moments = all_moments(weighted, np.exp(z / 2.0))
    saddle = saddle_of(moments.one.s, point.unused_N, point.unused_T, N, T)
    parts = _per_delta(moments, saddle)
    if z == -np.inf:
        joint = square_corner(corner_sums(weighted)) if N == T == M else 0.0
        return Split(0.0, 0.0, 0.0, joint, parts.noise_data, parts.noise_features_data)
    # for very large Delta the total variance is all bias
    return Split(
        bias=times_delta(z, parts.bias, weighted.test_trace),
        features=times_delta(z, parts.features, 0.0),
        data=times_delta(z, parts.data, 0.0),
        features_data=times_delta(z, parts.features_data, 0.0),
        noise_data=parts.noise_data,
        noise_features_data=parts.noise_features_data,
    )


@compiled
def _per_delta(moments: WeightedMoments, saddle: Saddle) -> Split:
    """Bias and variances, the first four to be multiplied with Delta."""
    one, rho, W, both = moments
    y_N, y_T, iN, iT, D = saddle
    s = one.s
    per_s = 1.0 / s if s > 0.0 else 0.0
    with_T = _share(s * iT, y_T)  # s/(T - df2)
    with_N = _share(s * iN, y_N)
    data = rho.df2 * W.s * per_s * with_T
    features = W.df2 * rho.s * per_s * with_N
    # s is 0 where N or T is M without ridge
    joint = s * iN * iT / D if D > 0.0 else np.inf if y_N == y_T else 0.0
    rest = rho.df2 * W.df2 + rho.s * W.s + s * (data + features)
    return Split(
        bias=both.s,
        features=features,
        data=data,
        features_data=joint * rest,
        noise_data=rho.df2 * iT / (y_T + s * iT),
        noise_features_data=joint * (rho.s + rho.df2 * with_T),
    )


@compiled
def _share(part: float, rest: float) -> float:
    """part/(part + rest); both vanish alike where N or T is M without ridge."""
    return part / (part + rest) if part + rest > 0.0 else 0.5
