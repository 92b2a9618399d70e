r"""The best time of gradient flow at alpha = 1, with label noise too, (20.13) and (20.14).

.. math:: N = T:\quad \tau^* = \frac{N^2}{4(\sqrt2 - 1)(h^2 + \eta N)}

with h = pi/2 and eta the strength of the label noise. Source: derived here.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.theory.asymptotics.flow_arguments import flow, share, worse
from rfscale.theory.asymptotics.flow_at_alpha_one import (
    difference,
    flow_noise,
    flow_signal,
    h,
    of_alpha_one,
)
from rfscale.theory.asymptotics.regime import check_regime

FLAT = 1e12  # ratio of (1/N + eta/h^2)/T to (1/N - 1/T)^2 from which N = T is meant
LATEST = 1e200  # stands for an infinite time


def best_time_alpha_one(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> tuple[Floats, Floats]:
    r"""The time with the least test loss at alpha = 1, and that loss, (20.13) and (20.14).

    Of gradient flow without ridge. With the strength of the label noise eta = sigma_eps^2
    M/(sigma_w^2 lambda_+) it is

    .. math:: N = T:\quad \tau^* = \frac{N^2}{4(\sqrt2 - 1)(h^2 + \eta N)}, \qquad
              N \ne T:\quad 16\sqrt2\, \frac{h^2/N + \eta}{h^2\, T (1/N - 1/T)^2}\, y^2
              e^{2y^2} F(y) = 1

    with h = pi/2, y = (h/2) sqrt(tau*) abs(1/N - 1/T) and F(y) = sqrt(pi) y (erf y - erf(sqrt(2)
    y)) + e^(-y^2) - e^(-2 y^2)/sqrt(2). Without noise the loss at N = T is 1/2 + sqrt((2 sqrt(2) -
    2)/pi) = 1.0135 times that at the best ridge. Regime and relative error of the loss are those of
    `flow_alpha_one` at tau*; that of tau* is 8 times as large. Warns where that is above 10
    percent.

    Parameters
    ----------
    model : ScalingModel
        With a single `PowerLaw` spectrum of alpha = 1.
    N, T : array_like
        Numbers of features and samples > 0; `numpy.inf` is allowed.

    Returns
    -------
    tau, test : ndarray
        tau is infinite where the loss falls for ever.

    Raises
    ------
    ValueError
        For another spectrum, or arguments out of range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**9), sigma_w=2e9**0.5)
    >>> tau, test = best_time_alpha_one(model, N=1000, T=[1000, 4000])
    >>> print(tau / 1000**2, test * 1000)
    [0.2446 0.8248] [4.994 3.102 ]
    """
    given = of_alpha_one(flow(model, 1.0, N=N, T=T))
    eta = np.exp(model.units.log_noise_to_signal) / share(given.given_N, given.N)
    larger = share(given.given_N, given.N) * share(given.given_T, given.T)
    tau = np.asarray(best_time(given.N, given.T, eta)) * larger
    found = flow(model, np.minimum(tau, LATEST), N=N, T=T)
    S = found.signal(flow_signal(found.N, found.T, found.tau))
    V = found.noise(flow_noise(found.N, found.T, found.tau))
    error = 8 * worse(model, found.error(S), found.noise_error(S, V))
    check_regime("best_time_alpha_one", "1 << tau and 1 << min(N, T) << M", error)
    return tau[()], np.add(*found.losses(model, S, V))


@np.vectorize
def best_time(N: float, T: float, eta: float) -> float:
    """tau* of infinite sizes."""
    apart = float(difference(np.asarray(N), np.asarray(T)))
    noise = (1 / N + eta / h**2) / T
    if apart == 0.0 or noise > FLAT * apart**2:
        return float(1 / (4 * (np.sqrt(2) - 1) * h**2 * noise))
    if noise == 0.0:
        return np.inf
    log_ratio = np.log(16 * np.sqrt(2) * noise) - 2 * np.log(apart)
    y = np.exp(scipy.optimize.brentq(lambda z: log_ratio + _rise(np.exp(z)), -15.0, 5.0))
    return float((2 * y / (h * apart)) ** 2)


def _rise(y: float) -> float:
    """log of y^2 e^(2y^2) F(y)."""
    root = np.sqrt(2)
    erfcx = scipy.special.erfcx
    far = np.sqrt(np.pi) * y * erfcx(root * y) - 1 / root
    near = 1 - np.sqrt(np.pi) * y * erfcx(y)
    return float(2 * np.log(y) + y**2 + np.log(near + far * np.exp(-(y**2))))
