r"""Gradient flow at alpha = 1 in closed form, for all N, T and times, (20.9) to (20.11).

.. math:: \mathcal V = \frac{h \sqrt\tau}{T}\, j(y), \qquad
          \mathcal S = \frac{h^2}{2}\Big(\frac1N + \frac1T\Big) + \frac{h^2}{2}
          \Big|\frac1N - \frac1T\Big| \mathrm{erf}(\sqrt2 y) + \frac{h\, e^{-2y^2}}{\sqrt{2\pi
          \tau}} + \frac{h^2}{N} \mathcal V

with h = pi/2, y = (h/2) sqrt(tau) abs(1/N - 1/T). Source: derived here.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.support.described import shortened
from rfscale.theory.asymptotics.flow_arguments import Flow, flow, worse
from rfscale.theory.asymptotics.regime import check_regime

h = np.pi / 2


def flow_alpha_one(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, tau: ArrayLike
) -> tuple[Floats, Floats]:
    r"""Signal and noise loss of gradient flow at alpha = 1, without ridge, (20.10) and (20.11).

    With N and T each larger by 1/2 (20.3), h = pi/2 and y = (h/2) sqrt(tau) abs(1/N - 1/T),

    .. math:: \mathcal V = \frac{h \sqrt\tau}{T}\, j(y), \qquad
              \mathcal S = \frac{h^2}{2}\Big(\frac1N + \frac1T\Big) + \frac{h^2}{2}
              \Big|\frac1N - \frac1T\Big| \mathrm{erf}(\sqrt2 y) + \frac{h\, e^{-2y^2}}{\sqrt{2\pi
              \tau}} + \frac{h^2}{N} \mathcal V,

    j of error functions and Gaussians, 2 (2 - sqrt 2)/sqrt pi at 0 and 1/(2y) for large y. Regime 1
    << tau, and 1 << min(N, T) << M; relative error as in `population_flow`, warns above 10
    percent.

    Parameters
    ----------
    model : ScalingModel
        With a single `PowerLaw` spectrum of alpha = 1.
    N, T : array_like
        Numbers of features and samples > 0; `numpy.inf` is allowed.
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
    >>> signal, noise = flow_alpha_one(model, N=100, T=200, tau=[1e3, 1e5])
    >>> print(signal, noise)
    [0.02123 0.02389 ] [0.0008015 0.004777]
    """
    given = of_alpha_one(flow(model, tau, N=N, T=T))
    S = given.signal(flow_signal(given.N, given.T, given.tau))
    V = given.noise(flow_noise(given.N, given.T, given.tau))
    error = worse(model, given.error(S), given.noise_error(S, V))
    check_regime("flow_alpha_one", "1 << tau and 1 << min(N, T) << M", error)
    return given.losses(model, S, V)


def of_alpha_one(given: Flow) -> Flow:
    """The arguments, or ValueError for another alpha."""
    if given.alpha != 1.0:
        raise ValueError(f"model must have alpha = 1, got {shortened(given.spectrum)}")
    return given


def flow_signal(N: Floats, T: Floats, tau: Floats) -> Floats:
    """S of infinite sizes (20.11)."""
    apart = difference(N, T)
    y = h / 2 * np.sqrt(tau) * apart
    plateau = h**2 / 2 * (1 / N + 1 / T + apart * scipy.special.erf(np.sqrt(2) * y))
    learning = h * np.exp(-2 * y**2) / np.sqrt(2 * np.pi * tau)
    return np.asarray(plateau + learning + h**2 / N * flow_noise(N, T, tau))


def flow_noise(N: Floats, T: Floats, tau: Floats) -> Floats:
    """V of infinite sizes (20.10)."""
    y = h / 2 * np.sqrt(tau) * difference(N, T)
    return np.asarray(h * np.sqrt(tau) / T * _overfitting(y))


def difference(N: Floats, T: Floats) -> Floats:
    """abs(1/N - 1/T), to rounding also where N is near T."""
    finite = np.isfinite(N) & np.isfinite(T)
    with np.errstate(invalid="ignore"):
        near = np.abs(T - N) / N / T
    return np.where(finite, near, np.maximum(1 / N, 1 / T))


def _overfitting(y: Floats) -> Floats:
    """j(y): 2 (2 - sqrt 2)/sqrt pi at 0, 1/(2y) far away; no terms that cancel."""
    root = np.sqrt(2)
    apart = scipy.special.erfc(y) - scipy.special.erfc(root * y)
    gaussians = (2 * np.exp(-(y**2)) - root * np.exp(-2 * y**2)) / np.sqrt(np.pi)
    small = y < 1e-8
    z = np.where(small, 1.0, y)
    slopes = (scipy.special.erf(z) - scipy.special.erf(root * z) / 2) / z
    return np.asarray(
        gaussians - 2 * y * apart + np.where(small, (2 - root) / np.sqrt(np.pi), slopes)
    )
