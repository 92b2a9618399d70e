r"""The planar fixed point: the resolution Delta that N features and T samples reach at a given ridge.

.. math:: \Delta\,(N - \mathrm{df}_1(\Delta))\,(T - \mathrm{df}_1(\Delta)) = \gamma M/\sigma_u^2,
          \qquad \mathrm{df}_1 < \min(N, T, M)

Source: [MRS] without ridge, [Zhang] at any ridge; the same as in [Simon], [AZP], [Bach] with conventions mapped.

With n = min(N, T), m = max(N, T), the unused fractions y_n = 1 - df1/n and y_m = 1 - df1/m, and
h^2 = gamma M / (sigma_u^2 N T Delta), the equation splits into a quadratic and a monotone one:

.. math:: y_n y_m = h^2, \quad y_m = (1 - n/m) + (n/m) y_n, \qquad \mathrm{df}_1(\Delta) = n (1 - y_n).

The quadratic gives y_n without a difference of large numbers, in every limit: ridge -> 0, N = T, N or
T = infinity. The second equation decreases in log Delta and is solved by Newton steps inside a bracket.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from rfscale.arguments import Floats
from rfscale.model import ScalingModel
from rfscale.traces import Traces, log_product, traces_kernel

MAX_EVALUATIONS = 200


@dataclass(frozen=True)
class FixedPoint:
    """Solutions of the fixed point for arrays of (N, T, ridge), all of one shape.

    Attributes
    ----------
    log_delta : ndarray
        log(Delta / lambda_+); -inf where Delta = 0 (no ridge and N, T >= M).
    unused_N, unused_T : ndarray
        1 - df1/N and 1 - df1/T, in [0, 1], with full relative accuracy.
    traces : Traces
        The traces at Delta, eigenvalues in units of lambda_+.
    residual : ndarray
        Size of the Newton step that is left: an estimate of the relative error of Delta.
    evaluations : ndarray of int
        How often the spectrum was summed.
    """

    log_delta: Floats
    unused_N: Floats
    unused_T: Floats
    traces: Traces
    residual: Floats
    evaluations: Floats


def solve(model: ScalingModel, N: Floats, T: Floats, ridge: Floats) -> FixedPoint:
    """The fixed point for broadcast arrays N, T > 0 and ridge >= 0.

    Parameters
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        Of one shape. Where N or T is infinite, a finite ridge is no ridge.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000))
    >>> point = solve(model, np.array([100.0]), np.array([300.0]), np.array([0.0]))
    >>> point.traces.df1
    array([100.])
    """
    smaller, larger = np.minimum(N, T), np.maximum(N, T)
    share, gap = size_ratios(smaller, larger)
    log_ridge = model.log_reduced_ridge(ridge, per=(N, T))
    log_spectrum = model.spectrum.log_eigenvalues
    lower, upper = _brackets(model, smaller, log_ridge)
    log_delta, unused, residual, evaluations = (
        column.reshape(N.shape)
        for column in _solve_points(log_spectrum, *(a.ravel() for a in (smaller, share, gap, log_ridge, lower, upper)))
    )
    unused_larger = gap + share * unused
    features_are_fewer = N <= T
    return FixedPoint(
        log_delta=log_delta,
        unused_N=np.where(features_are_fewer, unused, unused_larger),
        unused_T=np.where(features_are_fewer, unused_larger, unused),
        traces=model.spectrum.traces(log_delta),
        residual=residual,
        evaluations=evaluations.astype(np.int64),
    )


def size_ratios(smaller: Floats, larger: Floats) -> tuple[Floats, Floats]:
    """n/m and 1 - n/m, the latter without cancellation; 1 and 0 where both are infinite."""
    infinite = np.isinf(larger)
    m = np.where(infinite, 1.0, larger)
    n = np.where(infinite, 0.0, smaller)
    equal = smaller == larger
    return np.where(equal, 1.0, n / m), np.where(equal, 0.0, (m - n) / m)


def _brackets(model: ScalingModel, smaller: Floats, log_ridge: Floats) -> tuple[Floats, Floats]:
    """Bounds on log Delta, with rho = gamma M/(sigma_u^2 N T), all in units of lambda_+.

    Below: Delta >= rho as y_n y_m <= 1, and sum q = M - df1 >= M - n with q <= Delta/lambda_M.
    Above: df1 <= tr(Lambda)/Delta gives y_n y_m >= 1 - 2 tr(Lambda)/(n Delta), so Delta <= rho + 2 tr(Lambda)/n.
    """
    log_eigenvalues = model.spectrum.log_eigenvalues
    trace = np.exp(log_eigenvalues[::-1]).sum()
    latents_left = np.maximum(1.0 - smaller / model.M, 0.0)
    with np.errstate(divide="ignore", under="ignore"):
        lower = np.maximum(log_ridge, log_eigenvalues[-1] + np.log(latents_left))
        return lower, np.logaddexp(log_ridge, log_product([2.0, trace], [smaller]))


@numba.njit(cache=True, nogil=True)
def unused_fraction(h: float, gap: float, share: float) -> float:
    """The root y in [0, 1] of y (gap + share y) = h^2."""
    if h == 0.0:
        return 0.0
    return float(min(1.0, h * (2.0 * h / (gap + np.hypot(gap, 2.0 * np.sqrt(share) * h)))))


@numba.njit(cache=True, nogil=True)
def _mismatch(
    log_eigenvalues: Floats, n: float, share: float, gap: float, log_ridge: float, z: float
) -> tuple[float, float, float]:
    """df1 - n (1 - y_n) at z = log Delta, its slope, and y_n."""
    _, _, pq, _, _, above, excess = traces_kernel(log_eigenvalues, z)
    y = unused_fraction(np.exp(0.5 * (log_ridge - z)), gap, share)
    slope_of_y = -y * (gap + share * y) / (gap + 2.0 * share * y) if y > 0.0 else 0.0
    return (above - n) + (excess + n * y), -pq + n * slope_of_y, y


@numba.njit(cache=True, nogil=True)
def _solve_point(
    log_eigenvalues: Floats,
    n: float,
    share: float,
    gap: float,
    log_ridge: float,
    lower: float,
    upper: float,
) -> tuple[float, float, float, int]:
    """log Delta, y_n, the Newton step that is left, and the number of evaluations."""
    M = log_eigenvalues.size
    if log_ridge == np.inf:  # an infinite ridge learns nothing
        return np.inf, 1.0, 0.0, 0
    if log_ridge == -np.inf and n >= M:  # without ridge, enough features and samples learn everything
        return -np.inf, 1.0 if n == np.inf else (n - M) / n, 0.0, 0
    guess = log_eigenvalues[min(int(n), M - 1)]  # where a spectrum without ridge has about n dimensions above
    z = min(max(np.logaddexp(guess, log_ridge), lower), upper)
    evaluations, last_step = 0, upper - lower
    while True:
        mismatch, slope, y = _mismatch(log_eigenvalues, n, share, gap, log_ridge, z)
        evaluations += 1
        step = -mismatch / slope if slope < 0.0 else 0.0
        if mismatch > 0.0:
            lower = z
        else:
            upper = z
        tolerance = 4.5e-16 * max(1.0, abs(z))  # two units in the last place of z
        if abs(step) <= tolerance or upper - lower <= tolerance or evaluations == MAX_EVALUATIONS:
            return z, y, abs(step), evaluations
        if not lower < z + step < upper or abs(step) > 0.5 * abs(last_step):
            step = 0.5 * (lower + upper) - z  # Newton left the bracket or is slow: halve the bracket
        z, last_step = z + step, step


@numba.njit(cache=True, nogil=True)
def _solve_points(
    log_eigenvalues: Floats,
    n: Floats,
    share: Floats,
    gap: Floats,
    log_ridge: Floats,
    lower: Floats,
    upper: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    z, y, residual, evaluations = np.empty(n.size), np.empty(n.size), np.empty(n.size), np.empty(n.size)
    for i in range(n.size):
        z[i], y[i], residual[i], evaluations[i] = _solve_point(
            log_eigenvalues, n[i], share[i], gap[i], log_ridge[i], lower[i], upper[i]
        )
    return z, y, residual, evaluations
