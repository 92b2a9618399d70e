r"""Gradient flow of a power law where N or T is infinite, at all times, (20.15) to (20.17).

.. math:: \mathcal S = C n^{-\alpha} + \int_0^\pi \frac{d\varphi}\pi\,
          w\,\frac{ds}{d\varphi}\, e^{-2\tau s/n}, \qquad \mathcal V = \int_0^\pi
          \frac{d\varphi}\pi\, w\,\frac{ds}{d\varphi}\, \frac{(1 - e^{-\tau s/n})^2}{s}

phi is the angle of the complex resolution Delta on the curve of the kernel's eigenvalues s: with
rho = 1/(1+alpha) and phi' = (1 - rho) phi, df1 has the absolute value n sin phi/sin phi', s = n
(c sin phi'/(n sin phi))^(1+alpha) sin(rho phi)/sin phi', and w = sin phi sin phi'/sin(rho phi). All
terms are positive. Source: derived here.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.asymptotics.flow_arguments import flow, worse
from rfscale.theory.asymptotics.flow_edge import exponent_and_constant
from rfscale.theory.asymptotics.regime import check_regime

FIRST = -14.0  # of the points in log(phi/(pi - phi)): below, phi^3 is less than 1e-18
BEYOND = 40.0  # the last of those that a time does not see, where the noise is cut
STEP = 0.3  # of a point, over 1 + alpha: the trapezoidal rule is then exact to 1e-13
REGIME = "1 << tau, 1 + alpha << {} << M"


def population_flow(model: ScalingModel, N: ArrayLike, tau: ArrayLike) -> Floats:
    """The signal loss of gradient flow on infinitely many samples, at all times (20.16).

    From the power law in tau, S = s Gamma(1-s) (2 tau)^(-alpha/(1+alpha)), to the plateau of N
    features; a positive integral of elementary functions, N^-alpha f(tau/N^(1+alpha)) with N + 1/2
    for N (20.3). Without ridge; label noise is not learned.

    Regime 1 << tau, and 1 + alpha << N << M. With S = 2 M signal/(sigma_w^2 lambda_+), a = 1 +
    alpha and sigma the edge of `lower_edge`, the relative error is (M^-alpha/alpha) [a/S +
    min(tau, 1/sigma) (1/N + 1/T)] + 6 exp[-2 pi (1 + 1/a) sin(pi/(2 a + 2)) (a tau/(2
    pi))^(1/(a+1))] + `discreteness_error` of N. Warns above 10 percent.

    Parameters
    ----------
    model : ScalingModel
        With a single `PowerLaw` spectrum.
    N : array_like
        Number of features > 0; `numpy.inf` is allowed.
    tau : array_like
        t N T lambda_+ sigma_u^2/M > 0, t the time of `GradientFlow`.

    Returns
    -------
    signal : ndarray

    Raises
    ------
    ValueError
        For another spectrum, or arguments out of range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**6), sigma_w=1000.0)
    >>> print(population_flow(model, N=100, tau=[1e2, 1e4, 1e6]))
    [0.0376 0.0124 0.0122]
    """
    given = flow(model, tau, N=N)
    S = given.signal(signal_of(given.alpha, given.N, given.tau))
    check_regime("population_flow", REGIME.format("N"), given.error(S))
    return times(model.units.signal, S)[()]


def kernel_flow(model: ScalingModel, T: ArrayLike, tau: ArrayLike) -> tuple[Floats, Floats]:
    """Signal and noise loss of gradient flow with infinitely many features, at all times (20.17).

    The signal is that of `population_flow` with T for N; the noise rises to its floor, alpha
    sigma_eps^2/2. Regime 1 << tau, and 1 + alpha << T << M; relative error of the signal as in
    `population_flow`, of the noise V = 2 noise/sigma_eps^2 4 (1 + 1/alpha) (1 + 1/(T V)) times as
    large, warns above 10 percent.

    Parameters
    ----------
    model : ScalingModel
        With a single `PowerLaw` spectrum.
    T : array_like
        Number of samples > 0; `numpy.inf` is allowed.
    tau : array_like
        t N T lambda_+ sigma_u^2/M > 0, t the time of `GradientFlow`.

    Returns
    -------
    signal, noise : ndarray

    Raises
    ------
    ValueError
        For another spectrum, or arguments out of range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**6), sigma_w=1000.0, sigma_eps=0.1)
    >>> signal, noise = kernel_flow(model, T=100, tau=[1e2, 1e6])
    >>> print(signal, noise)
    [0.03759 0.01221] [0.0004889 0.00495]
    """
    given = flow(model, tau, T=T)
    S = given.signal(signal_of(given.alpha, given.T, given.tau))
    V = given.noise(noise_of(given.alpha, given.T, given.tau))
    error = worse(model, given.error(S), given.noise_error(S, V))
    check_regime("kernel_flow", REGIME.format("T"), error)
    return given.losses(model, S, V)


def signal_of(alpha: float, n: Floats, tau: Floats) -> Floats:
    """S of infinite sizes, n of which bound it (20.16); of n = infinity, the power law of tau."""
    s, _ = exponent_and_constant(alpha)
    unbound = s * scipy.special.gamma(1 - s) * (2 * tau) ** (s - 1)
    finite, x = _scaled(alpha, n, tau)
    bound = finite**-alpha * scaled_signal(alpha, x)
    return np.where(np.isinf(n), unbound, bound)


def noise_of(alpha: float, n: Floats, tau: Floats) -> Floats:
    """V of infinitely many features and n samples (20.17)."""
    _, x = _scaled(alpha, n, tau)
    mass, eigenvalue = density(alpha, float(np.min(x)))
    inverse = mass / eigenvalue
    learned = [inverse @ np.expm1(-each * eigenvalue) ** 2 for each in np.ravel(x)]
    return np.where(np.isinf(n), 0.0, np.reshape(learned, np.shape(x)))


def scaled_signal(alpha: float, x: Floats) -> Floats:
    """f(x) of S = n^-alpha f(tau/n^(1+alpha)), x > 0 (20.16)."""
    _, c = exponent_and_constant(alpha)
    mass, eigenvalue = density(alpha, float(np.min(x)))
    falling = [mass @ np.exp(-2 * each * eigenvalue) for each in np.ravel(x)]
    return np.asarray(c ** (1 + alpha) + np.reshape(falling, np.shape(x)))


def density(alpha: float, least: float) -> tuple[Floats, Floats]:
    """Masses of the kernel's eigenvalues, and these, at n = 1 for times from the least on (20.15).

    In steps of log(phi/(pi - phi)), up to where exp(-2 x s) is 0.
    """
    s, c = exponent_and_constant(alpha)
    last = 7.0 + max(0.0, -np.log(least))
    at = np.arange(FIRST, BEYOND + last / (1 + alpha), STEP / (1 + alpha))
    phi = np.pi / (1 + np.exp(-at))
    rest = np.pi / (1 + np.exp(at))
    sine = np.sin(np.minimum(phi, rest))
    first = np.sin((1 - s) * phi)
    second = np.sin(s * phi)
    log_eigenvalue = (1 + alpha) * np.log(c * first / sine) + np.log(second / first)
    of_sine = np.cos(phi) / sine - (1 - s) / np.tan((1 - s) * phi)  # slopes of logarithms
    slope = s / np.tan(s * phi) - (1 - s) / np.tan((1 - s) * phi) - (1 + alpha) * of_sine
    eigenvalue = np.exp(np.minimum(log_eigenvalue, 700.0))
    weight = sine * first / second * phi * rest / np.pi
    return weight * slope * eigenvalue * STEP / (1 + alpha) / np.pi, eigenvalue


def _scaled(alpha: float, n: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """n, 1 where it is infinite, and tau/n^(1+alpha)."""
    finite = np.where(np.isinf(n), 1.0, n)
    x = np.where(np.isinf(n), 1.0, tau * finite ** -(1 + alpha))
    return finite, np.maximum(x, 1e-290)
