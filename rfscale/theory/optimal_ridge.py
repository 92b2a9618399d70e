r"""The ridge that minimises the planar test loss.

The loss depends on the ridge through Delta alone. With c = df2 - df3, s = df1 - df2, y_N = 1 - df1/N,
y_T = 1 - df1/T and eta = sigma_eps^2 M / sigma_w^2, its slope dL/dDelta has the sign of (derived here)

.. math:: y_N y_T - \left[ \frac{s^3}{c N T} + \frac{\eta}{\Delta T}
          \left( y_N^2 + \frac{s^2 y_N}{c N} + \frac{s^3}{c N^2} \right) \right].

Without label noise the optimum is where c (N - df1)(T - df1) = s^3; with N = infinity it is where
Delta (T - df1) = eta. At the optimum the bracket, a sum of positive terms, equals y_N y_T, which by the
fixed point is gamma M / (sigma_u^2 N T Delta): so the ridge is had without a difference of large numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from rfscale.arguments import Floats, broadcast, sizes
from rfscale.memory import require_memory
from rfscale.model import ScalingModel, require_model
from rfscale.results import Result
from rfscale.theory.fixed_point import FixedPoint, size_ratios, solve, unused_fraction
from rfscale.theory.planar import Prediction, planar_at
from rfscale.traces import log_product, moments, traces_kernel

BYTES_PER_POINT = 1000  # of all arrays together
TOLERANCE = 1e-15  # of log Delta
REACH = 300.0  # |log Delta| in units of lambda_+, up to which an optimum is looked for; see `_optimum`


@dataclass(frozen=True, eq=False)
class OptimalRidge(Result):
    """The best ridge and what it achieves.

    Attributes
    ----------
    ridge : ndarray
        gamma at the optimum, of the broadcast shape of N and T; 0 or `inf` where the optimum is there.
    location : ndarray of str
        "interior"; "zero": the loss is least without ridge (T = infinity; N = infinity or N, T >= M without label
        noise; or so little noise that the best Delta is below exp(-300) lambda_+); "infinity": the ridge grows without
        bound, because there is nothing but noise to learn (sigma_w = 0), or because N = infinity with label noise,
        where gamma/N has the finite limit that `prediction.delta` shows, or because it is beyond float64.
    prediction : Prediction
        The planar losses at the optimum.
    """

    ridge: Floats
    location: NDArray[np.str_]
    prediction: Prediction

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """The columns of the prediction, and `location`."""
        columns = self.prediction.columns()
        return columns | {"location": np.broadcast_to(self.location, np.shape(self.ridge)).ravel()}


class _Optimum(NamedTuple):
    """A point on the curve of fixed points; `no_ridge` says that it is its end at ridge = 0."""

    log_delta: float
    unused_N: float
    unused_T: float
    no_ridge: bool


def optimal_ridge(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> OptimalRidge:
    """The ridge that minimises the planar test loss, exactly, for any spectrum and label noise.

    The slope of the loss changes its sign once, so that the minimum is the only one. This is not proved, but held for
    all of 15 000 random spectra, sizes and noises (groups of eigenvalues, scattered ones and power laws).

    Parameters
    ----------
    model : ScalingModel
    N, T : array_like
        Numbers of features and samples > 0, broadcast together; `numpy.inf` is allowed.

    Returns
    -------
    OptimalRidge
        With `ridge`, `location` and `prediction`.

    Raises
    ------
    ValueError
        If N or T is out of its range, or their shapes do not broadcast.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10_000))
    >>> best = optimal_ridge(model, N=100, T=[50, 200])
    >>> print(best.ridge * model.M)  # (pi/2)^2 = 2.467 for all N and T when alpha = 1, up to N/M
    [2.447 2.427]
    """
    require_model(model)
    N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
    require_memory(BYTES_PER_POINT * N.size, f"the optimal ridge at {N.size} points")
    start = solve(model, N, T, np.zeros(N.shape))
    points = zip(*(a.ravel().tolist() for a in (N, T, start.log_delta, start.unused_N, start.unused_T)), strict=True)
    optima = [_optimum(model, *point) for point in points]
    log_delta, unused_N, unused_T, no_ridge = (np.reshape(column, N.shape) for column in zip(*optima, strict=True))
    # elsewhere the ridge is computed from Delta, which is known to the tolerance of the search
    residual = np.where(no_ridge, start.residual, TOLERANCE * np.maximum(np.abs(log_delta), 1.0))
    traces = model.spectrum.traces(log_delta)
    point = FixedPoint(log_delta, unused_N, unused_T, traces, residual, start.evaluations)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        log_ridge = log_delta + np.log(unused_N) + np.log(unused_T) - model.log_reduced_ridge(1.0, per=(N, T))
        ridge = np.where(no_ridge, 0.0, np.exp(log_ridge))
    location = np.select([no_ridge.astype(bool), np.isinf(ridge)], ["zero", "infinity"], default="interior")
    return OptimalRidge(ridge[()], location[()], planar_at(model, N, T, ridge, point))


def _optimum(
    model: ScalingModel, N: float, T: float, log_delta_0: float, unused_N_0: float, unused_T_0: float
) -> _Optimum:
    """The optimum at one (N, T), whose fixed point without ridge is given."""
    no_ridge = _Optimum(log_delta_0, unused_N_0, unused_T_0, True)
    signal, noise = model.signal_unit, model.noise_unit
    if np.isinf(T) or (noise == 0.0 and (signal == 0.0 or np.isinf(N) or min(N, T) >= model.M)):
        return no_ridge

    def slope(z: float) -> float:
        return _slope(model, N, T, z)

    lower = _search(slope, -1, log_delta_0 if np.isfinite(log_delta_0) else model.spectrum.log_eigenvalues[-1] - 1)
    if slope(lower) >= 0 and not (T == model.M and noise > 0.0):  # at T = M the noise diverges without ridge
        return no_ridge
    upper = _search(slope, +1, max(lower + 1.0, 0.0))
    if slope(upper) <= 0:
        return _Optimum(_log_delta_above_all_eigenvalues(model, N, T), 1.0, 1.0, False)
    return _at(model, N, T, brentq(slope, lower, upper, xtol=TOLERANCE, rtol=TOLERANCE) if slope(lower) < 0 else lower)


def _search(slope: Callable[[float], float], direction: int, z: float) -> float:
    """Go from z, in growing steps, to where the slope has the sign of the direction, or to the end of the reach."""
    step = 1.0
    while slope(z) * direction <= 0 and abs(z) < REACH:
        z, step = float(np.clip(z + direction * step, -REACH, REACH)), 2 * step
    return z


def _slope(model: ScalingModel, N: float, T: float, z: float) -> float:
    """What has the sign of dL/dDelta at z = log Delta, in [-1, 1]: y_N y_T - bracket over their sum."""
    _, _, s, c, _, above, excess = traces_kernel(model.spectrum.log_eigenvalues, z)
    n, (share, gap) = min(N, T), _size_ratios(N, T)
    unused = max(((n - above) - excess) / n, 0.0)  # 1 - df1/n
    unused_larger = gap + share * unused
    product = unused * unused_larger
    signal, noise = _bracket(model, N, T, z, unused if N <= T else unused_larger, s, c)
    all_learned = n >= model.M and z < model.spectrum.log_eigenvalues[-1]
    rise = _rise_where_all_is_learned(model, N, T, z, s, c) if all_learned else product - signal
    return (rise - noise) / (product + signal + noise)


def _bracket(model: ScalingModel, N: float, T: float, z: float, y_N: float, s: float, c: float) -> tuple[float, float]:
    """The two terms of the bracket at the top, whose sum is y_N y_T where the loss is stationary; at most 1e300."""
    s_over_c = s / c  # first, as both may be tiny
    noise = (y_N**2 + s_over_c * (s / N) * (y_N + s / N)) / T
    if noise > 0.0:
        with np.errstate(over="ignore"):
            noise *= float(np.exp(_log_noise_to_signal(model) - z))
    return s_over_c * (s / N) * (s / T), min(noise, 1e300)


def _rise_where_all_is_learned(model: ScalingModel, N: float, T: float, z: float, s: float, c: float) -> float:
    """y_N y_T - s^3/(c N T) for N, T >= M and small Delta, as a sum that does not cancel even at N = T = M.

    With r = sum q, w = sum q^2 = r - s and v = sum p q^2 = s - c, c r^2 - s^3 = s^2 (2w - v) + s w (w - 2v) - v w^2.
    """
    r, w, v = (float(moments(model.spectrum.log_eigenvalues, np.array([z]), *ij)[0]) for ij in ((0, 1), (0, 2), (1, 2)))
    spare_N, spare_T = (N - model.M) / N if np.isfinite(N) else 1.0, (T - model.M) / T
    square = (s / c) * s * (2 * w - v) + (s / c) * w * (w - 2 * v) - (v / c) * w * w
    return spare_N * spare_T + r * (spare_N / T + spare_T / N) + square / N / T


def _size_ratios(N: float, T: float) -> tuple[float, float]:
    share, gap = size_ratios(np.asarray(min(N, T)), np.asarray(max(N, T)))
    return float(share), float(gap)


def _log_noise_to_signal(model: ScalingModel) -> Floats:
    """log of eta = sigma_eps^2 M/sigma_w^2 in units of lambda_+."""
    sigma_eps, sigma_w = model.sigma_eps, model.sigma_w
    return log_product([sigma_eps, sigma_eps, model.M], [sigma_w, sigma_w, model.spectrum.scale])


def _log_delta_above_all_eigenvalues(model: ScalingModel, N: float, T: float) -> float:
    """The optimum for Delta >> lambda_+, Delta = (eta/T) (1 + (tr Lambda)^2/(N tr Lambda^2)); inf without a teacher."""
    if model.sigma_w == 0.0:
        return float(np.inf)
    trace, trace2 = (np.exp(k * model.spectrum.log_eigenvalues).sum() for k in (1, 2))
    return float(_log_noise_to_signal(model) - np.log(T) + np.log1p(trace**2 / (N * trace2)))


def _at(model: ScalingModel, N: float, T: float, z: float) -> _Optimum:
    """The fixed point at a stationary z."""
    df1, _, s, c, *_ = traces_kernel(model.spectrum.log_eigenvalues, z)
    share, gap = _size_ratios(N, T)
    product = sum(_bracket(model, N, T, z, max(1 - df1 / N, 0.0), s, c))
    unused = unused_fraction(np.sqrt(product), gap, share)
    unused_larger = gap + share * unused
    return _Optimum(z, *((unused, unused_larger) if N <= T else (unused_larger, unused)), False)
