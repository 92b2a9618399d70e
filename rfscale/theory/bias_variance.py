r"""The planar test loss split by what it is due to: the teacher, the draw of features, of data, of
label noise.

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
of positive terms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.results import Result
from rfscale.support.arguments import Floats, is_optimal, ridges, sizes
from rfscale.support.compiled import compiled
from rfscale.support.products import times
from rfscale.theory.equations.fixed_point import solve_point
from rfscale.theory.equations.one_loop import determinant
from rfscale.theory.kernels import over_points
from rfscale.theory.orders import sums_at, times_delta, weighted_nodes
from rfscale.theory.predict import finite_optimum, predict
from rfscale.traces.nodes import Nodes, power_law_nodes
from rfscale.traces.quadrature import WeightedNodes, weighted_power_law

PARTS = 6


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


def bias_variance(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, ridge: ArrayLike | str = 0.0
) -> BiasVariance:
    """Split the planar test loss into bias and variances over draws of features, data and label
    noise.

    Parameters
    ----------
    model, N, T, ridge
        As for `predict`.

    Returns
    -------
    BiasVariance
        Losses with the factor 1/2, whose sum is `predict(...).test`.

    Raises
    ------
    ValueError
        As for `predict`.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000), sigma_eps=0.01)
    >>> split = bias_variance(model, N=100, T=[50, 90, 200])
    >>> print(split.bias, split.features_data)  # towards the peak at N = T it is their interplay that grows
    [1.146e-05 6.058e-06 5.379e-06] [1.931e-05 1.076e-04 9.311e-06]
    """
    require_model(model)
    point = predict(model, N, T, ridge)  # checks the arguments
    if is_optimal(ridge):
        _, n, t, strength = finite_optimum(model, N, T)
    else:
        n, t, strength = sizes("N", N), sizes("T", T), ridges(ridge)
    columns = n, t, model.units.log_ridge(strength, per=(n, t))
    rows = over_points(_split_points, model.spectrum, columns, 1 + PARTS, weighted_nodes(model))
    with np.errstate(over="ignore", under="ignore"):
        unit = np.where(np.isneginf(rows[0]), 1.0, np.exp(np.minimum(rows[0], 0.0) / 2))
    signal = times(times(model.units.test_signal, unit), rows[1:5])
    noise = times(model.units.test_noise, rows[5:])
    return BiasVariance(
        model, point.N, point.T, point.ridge, *(part[()] for part in (*signal, *noise))
    )


@compiled
def _split_points(
    nodes: Nodes,
    weighted: WeightedNodes,
    alpha: Floats,
    M: Floats,
    N: Floats,
    T: Floats,
    log_ridge: Floats,
    start: int,
    stop: int,
    out: Floats,
) -> None:
    for i in range(start, stop):
        if alpha[i] != nodes.alpha or M[i] != nodes.M:
            nodes = power_law_nodes(alpha[i], M[i])
            weighted = weighted_power_law(alpha[i], M[i], weighted.exponent, weighted.test_alpha)
        point = solve_point(nodes, N[i], T[i], log_ridge[i])
        z = point.log_delta
        parts = _split(weighted, z, point.unused_N, point.unused_T, 1.0 / N[i], 1.0 / T[i])
        out[0, i], out[5, i], out[6, i] = z, parts[4], parts[5]
        for k in range(4):
            # for very large Delta the total variance is all bias
            out[1 + k, i] = times_delta(weighted, z, parts[k], True) if k == 0 or z < 300.0 else 0.0
        if z == -np.inf:
            inverse = np.sum(weighted.unit * weighted.roots * weighted.roots)
            corner = np.sum(weighted.test) * (np.sum(weighted.teacher) / (3.0 * inverse))
            out[1, i], out[2, i], out[3, i] = 0.0, 0.0, 0.0
            out[4, i] = corner if N[i] == T[i] == nodes.M else 0.0


@compiled
def _split(
    weighted: WeightedNodes, z: float, y_N: float, y_T: float, iN: float, iT: float
) -> tuple[float, float, float, float, float, float]:
    """Bias and variances, the first four to be multiplied with Delta."""
    one, rho, W, both = sums_at(weighted, np.exp(z / 2.0))
    s, D = one.s, determinant(one, y_N, y_T, iN, iT)
    per_s = 1.0 / s if s > 0.0 else 0.0
    with_T, with_N = _share(s * iT, y_T), _share(s * iN, y_N)  # s/(T - df2) and s/(N - df2)
    data, features = rho.df2 * W.s * per_s * with_T, W.df2 * rho.s * per_s * with_N
    joint = (
        s * iN * iT / D if D > 0.0 else np.inf if y_N == y_T else 0.0
    )  # s is 0, where N or T is M without ridge
    rest = rho.df2 * W.df2 + rho.s * W.s + s * (data + features)
    noise = rho.df2 * iT / (y_T + s * iT)
    return both.s, features, data, joint * rest, noise, joint * (rho.s + rho.df2 * with_T)


@compiled
def _share(part: float, rest: float) -> float:
    """part/(part + rest); both vanish alike where N or T is M without ridge."""
    return part / (part + rest) if part + rest > 0.0 else 0.5
