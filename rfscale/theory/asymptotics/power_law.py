r"""Closed forms of the resolution Delta of a power law: the root of df1(Delta) = n, n < M.

With s = 1/(1 + alpha), c = pi s / sin(pi s), C = c^(1+alpha), and the sum over J done by
Euler-Maclaurin (11.4), (9.14),

.. math:: n = \Big[ X\, {}_2F_1\big(1, s; 1+s; -\tfrac{\Delta}{\lambda_+} X^{1+\alpha}\big)
              \Big]_{X=1/2}^{M+1/2}, \qquad M \to \infty:\quad n \Delta = \lambda_+ C n^{-\alpha}.

Without ridge the loss is (sigma_w^2/2M) n Delta / (1 - n/m), n = min(N, T), m = max(N, T), so these
are the power laws of the loss.

All `delta_*` take a `PowerLaw` and n, array_like in [1, M), and return Delta in the units of the
eigenvalues, of the shape of n; anything else is a ValueError. Each states a relative error,
estimated to first order; inside the regime the true error is at most 1.25 times that. Source:
[MRS] for M -> infinity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats, number, numeric, sizes
from rfscale.theory.asymptotics.errors import (
    cutoff_error,
    discreteness_error,
    power_law_constant,
    require_power_law,
    uniform_error,
)
from rfscale.theory.asymptotics.hypergeometric import (
    hypergeometric,
    log_tau,
    one_minus_hypergeometric,
    roots,
)
from rfscale.theory.asymptotics.regime import check_regime


def delta_power_law(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """The pure power law Delta = lambda_+ C n^-(1+alpha) (9.16).

    Regime 1 + alpha << n << M; relative error (1+alpha)/(2n) + `cutoff_error`, warns above 10
    percent.

    Examples
    --------
    >>> print(delta_power_law(PowerLaw(alpha=1.0, M=100_000), n=100))  # exact: 2.441e-04
    2.467e-04
    """
    n = _count(spectrum, n)
    error = (1 + spectrum.alpha) / (2 * n) + cutoff_error(spectrum, n)
    check_regime("delta_power_law", "1 + alpha << n << M", error)
    return _power(spectrum, n)


def delta_infinite_M(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """M -> infinity with its first correction, Delta = lambda_+ (c/(n + 1/2))^(1+alpha) (9.14).

    Regime n << M; relative error `cutoff_error` at n + 1/2 + `discreteness_error` at n, warns above
    10 percent.

    Examples
    --------
    >>> print(delta_infinite_M(PowerLaw(alpha=1.0, M=100_000), n=100))  # exact: 2.441e-04
    2.443e-04
    """
    n = _count(spectrum, n)
    error = cutoff_error(spectrum, n + 0.5) + discreteness_error(spectrum, n)
    check_regime("delta_infinite_M", "n << M and n not much below 1 + alpha", error)
    return _power(spectrum, n + 0.5)


def delta_finite_M(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """Any n < M: the root of n = X 2F1(1, s; 1+s; -Delta X^(1+alpha)), X = 1/2 to M + 1/2 (11.4).

    s = 1/(1+alpha), Delta in units of lambda_+ there; Euler-Maclaurin without end corrections. Near
    M it is the root for M - n, as n has lost the digits there. Regime all n < M; relative error
    `discreteness_error`, warns above 10 percent, and 1e-11 of rounding.

    Examples
    --------
    >>> print(delta_finite_M(PowerLaw(alpha=1.0, M=100), n=[10, 99]))  # exact: 2.0444e-02, ...
    [2.0448e-02 3.0092e-06]
    """
    n = _count(spectrum, n)
    check_regime("delta_finite_M", "n not much below 1 + alpha", discreteness_error(spectrum, n))
    alpha = spectrum.alpha
    low = 0.5
    high = spectrum.M + 0.5
    log_low = np.log(low)
    log_high = np.log(high)

    def count(z: float) -> float:
        upper = hypergeometric(alpha, z + (1 + alpha) * log_high)
        lower = hypergeometric(alpha, z + (1 + alpha) * log_low)
        return high * upper - low * lower

    def left(z: float) -> float:
        upper = one_minus_hypergeometric(alpha, z + (1 + alpha) * log_high)
        lower = one_minus_hypergeometric(alpha, z + (1 + alpha) * log_low)
        return high * upper - low * lower

    least = -(1 + alpha) * log_high
    most = float(np.log(spectrum.trace() / spectrum.scale))
    return spectrum.scale * np.exp(roots(count, left, n, _left(spectrum, n), least, most))


def scaling_function(alpha: float, nu: ArrayLike) -> Floats:
    """tau(nu), the root of nu = 2F1(1, s; 1+s; -tau) (11.6).

    It is Delta M^(1+alpha)/lambda_+ at n/M = nu, for M -> infinity. At alpha = 1, nu =
    atan(sqrt(tau))/sqrt(tau).

    alpha > 0; nu, array_like in (0, 1).

    Examples
    --------
    >>> tau = scaling_function(1.0, 0.5)
    >>> print(np.arctan(np.sqrt(tau)) / np.sqrt(tau))
    0.50000
    """
    alpha = number("alpha", alpha)
    nu = numeric("nu", nu, "in (0, 1)")
    if not np.all((nu > 0) & (nu < 1)):
        raise ValueError(f"nu must be in (0, 1), got {nu[~((nu > 0) & (nu < 1))].flat[0]:g}")
    with np.errstate(over="ignore"):  # inf where tau is beyond float64
        return np.exp(log_tau(alpha, nu, 1 - nu))


def delta_scaling(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """The scaling law Delta = lambda_+ M^-(1+alpha) tau(n/M) (11.7).

    Regime n >> 1 + alpha, any n/M; relative error (2+alpha)/(2n), warns above 10 percent.

    Examples
    --------
    >>> print(delta_scaling(PowerLaw(alpha=1.0, M=1000), n=500))  # exact: 5.4208e-06
    5.4341e-06
    """
    n = _count(spectrum, n)
    check_regime("delta_scaling", "n >> 1 + alpha", (2 + spectrum.alpha) / (2 * n))
    log_share = log_tau(spectrum.alpha, n / spectrum.M, _left(spectrum, n) / spectrum.M)
    return spectrum.scale * np.exp(log_share - (1 + spectrum.alpha) * np.log(spectrum.M))


def delta_linear(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """The end n -> M: Delta = (M - n)(2 + alpha) lambda_+ M^-(2+alpha) (11.13).

    Regime n -> M; relative error (1 - n/M)(2+alpha)^2/(3+2 alpha) + (2+alpha)/(2M), warns above 10
    percent.

    Examples
    --------
    >>> print(delta_linear(PowerLaw(alpha=1.0, M=1000), n=990))  # exact: 3.0502e-08
    3.0000e-08
    """
    n = _count(spectrum, n)
    alpha = spectrum.alpha
    M = spectrum.M
    error = (1 - n / M) * (2 + alpha) ** 2 / (3 + 2 * alpha) + (2 + alpha) / (2 * M)
    check_regime("delta_linear", "M - n << M/(1 + alpha)", error)
    return _left(spectrum, n) * (2 + alpha) * spectrum.scale * np.float64(M) ** -(2 + alpha)


def delta_breakdown(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """The talk's form for n up to M: n Delta = lambda_+ C (1/n - 1/M)^alpha (11.15).

    Regime alpha near 1 or n << M; relative error that of `delta_uniform`, plus what tells the two
    forms apart, (1 - n/M)^alpha/(1 - (n/M)^alpha) - 1, which vanishes at alpha = 1. Warns where the
    sum is above 1/3.

    Examples
    --------
    >>> print(delta_breakdown(PowerLaw(alpha=1.0, M=1000), n=500))  # exact: 5.4208e-06
    4.9348e-06
    """
    n = _count(spectrum, n)
    nu = n / spectrum.M
    alpha = spectrum.alpha
    error = np.abs((1 - nu) ** alpha / (1 - nu**alpha) - 1) + uniform_error(spectrum, n)
    check_regime("delta_breakdown", "alpha near 1, or n << M", error, limit=1 / 3)
    missing = (_left(spectrum, n) / n / spectrum.M) ** alpha
    return spectrum.scale * power_law_constant(alpha) * missing / n


def delta_uniform(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """A form for all n < M: n Delta = lambda_+ C (n^-alpha - M^-alpha) (11.18).

    At alpha = 1 it is the talk's. Regime n >> 1 + alpha and alpha not much below 0.25; relative
    error `uniform_error`, warns above 1/3.

    Examples
    --------
    >>> print(delta_uniform(PowerLaw(alpha=2.0, M=1000), n=500))  # exact: 1.0950e-08
    1.0608e-08
    """
    n = _count(spectrum, n)
    error = uniform_error(spectrum, n)
    check_regime("delta_uniform", "n >> 1 + alpha and alpha above 0.25", error, limit=1 / 3)
    alpha = spectrum.alpha
    missing = -np.expm1(alpha * np.log1p(-_left(spectrum, n) / spectrum.M))  # 1 - (n/M)^alpha
    return _power(spectrum, n) * missing


def _count(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """n in [1, M), as an array."""
    require_power_law(spectrum)
    n = sizes("n", n)
    outside = (n < 1) | (n >= spectrum.M)
    if np.any(outside):
        raise ValueError(f"n must be in [1, M = {spectrum.M}), got {n[outside].flat[0]:g}")
    return n


def _left(spectrum: PowerLaw, n: Floats) -> Floats:
    """M - n, without rounding M, which may have more digits than a float."""
    whole = np.floor(n)
    left = [spectrum.M - int(value) for value in whole.flat]
    return np.reshape(np.asarray(left, dtype=np.float64), n.shape) - (n - whole)


def _power(spectrum: PowerLaw, n: Floats) -> Floats:
    """lambda_+ C n^-(1+alpha)."""
    return spectrum.scale * power_law_constant(spectrum.alpha) * n ** -(1 + spectrum.alpha)
