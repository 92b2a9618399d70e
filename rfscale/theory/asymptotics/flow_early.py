r"""Gradient flow before it is bound by features or samples: the law of undertrained models.

.. math:: \mathcal S = \frac{c\,(2\tau)^{s-1}}{\Gamma(s)} + \Big(\frac1N + \frac1T\Big) \frac{(1 -
          s)\, c^2 (2\tau)^{2s-1}}{\Gamma(2s)}, \qquad \mathcal V = \frac{(2 - 2^s)\, c\,
          \tau^s}{T\, \Gamma(1+s)} + \dots

with s = 1/(1 + alpha), c of df1 = c Delta^-s (9.5), and N + 1/2 and T + 1/2 for N and T: (20.6) to
(20.8). The exponent of the first term is known [Bordelon], [Paquette]; constants and corrections:
derived here.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.model.teachers import SourceCondition
from rfscale.support.arguments import Floats
from rfscale.theory.asymptotics.flow_arguments import Flow, flow, worse
from rfscale.theory.asymptotics.flow_edge import exponent_and_constant
from rfscale.theory.asymptotics.regime import check_regime


def undertrained_loss(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, tau: ArrayLike
) -> tuple[Floats, Floats]:
    r"""Signal and noise loss of gradient flow at early times, (20.6) to (20.8).

    The law tau^(-alpha/(1+alpha)) with its first correction, in which features and samples count
    alike; for a `SourceCondition` without a correction, s Gamma(e) (2 tau)^-e, e = (alpha +
    beta)/(1 + alpha).

    Regime 1 << tau << min(N, T)^(1+alpha). With u = c tau^s (1/N + 1/T) and r the ratio of the
    second term to the first, the relative error is 0.75 r^2 + 0.1 u^2 of the signal and 1.5 u^2 of
    the noise, of a source condition 2 u (2 + s log tau) tau^(s max(beta - 1, 0)) + (1 + alpha)
    M^-(alpha+beta)/((alpha + beta) S), and those of `kernel_flow`. Warns above 10 percent.

    Parameters
    ----------
    model : ScalingModel
        With a single `PowerLaw` spectrum, and an isotropic teacher or a `SourceCondition` with
        beta > -alpha.
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
        For another spectrum or teacher, or arguments out of range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**8), sigma_w=1e4, sigma_eps=0.1)
    >>> signal, noise = undertrained_loss(model, N=1000, T=2000, tau=[1e2, 1e3])
    >>> print(signal, noise)
    [0.0322 0.0108] [2.47e-05 8.08e-05]
    """
    given = flow(model, tau, source=True, N=N, T=T)
    V = _noise(given)
    S, error = (_of_source if isinstance(model.teacher, SourceCondition) else _signal)(given, model)
    u = _learned(given) * given.shared
    error = worse(model, error, 1.5 * u**2 + given.noise_error(S, V))
    check_regime("undertrained_loss", "1 << tau << min(N, T)^(1+alpha)", error)
    return given.losses(model, S, V)


def _learned(given: Flow) -> Floats:
    """df1 of the directions with tau lambda > 1, c tau^s."""
    s, c = exponent_and_constant(given.alpha)
    return np.asarray(c * given.tau**s)


def _signal(given: Flow, model: ScalingModel) -> tuple[Floats, Floats]:
    """S (20.6), and its relative error."""
    s, _ = exponent_and_constant(given.alpha)
    gamma = scipy.special.gamma
    first = 2 ** (s - 1) / gamma(s) * _learned(given) / given.tau
    second = (1 - s) * 2 ** (2 * s - 1) / gamma(2 * s) * _learned(given) ** 2 / given.tau
    ratio = second * given.shared / first
    S = given.signal(first * (1 + ratio))
    return S, 0.75 * ratio**2 + 0.1 * (_learned(given) * given.shared) ** 2 + given.error(S)


def _noise(given: Flow) -> Floats:
    """V (20.7)."""
    s, _ = exponent_and_constant(given.alpha)
    gamma = scipy.special.gamma
    first = (2 - 2**s) / gamma(1 + s) * _learned(given)
    second = (2 - 4**s) / gamma(1 + 2 * s) * _learned(given) ** 2
    return given.noise((first + second * (1 / given.T - s * given.shared)) / given.T)


def _of_source(given: Flow, model: ScalingModel) -> tuple[Floats, Floats]:
    """S of a source condition (20.8), and its relative error."""
    assert isinstance(model.teacher, SourceCondition)
    beta = float(model.teacher.beta)
    s, _ = exponent_and_constant(given.alpha)
    falls = (given.alpha + beta) * s
    S = s * scipy.special.gamma(falls) * (2 * given.tau) ** -falls
    u = _learned(given) * given.shared
    smooth = (2 + s * np.log(given.tau)) * given.tau ** (s * max(beta - 1, 0.0))
    power = given.alpha + beta
    tail = (1 + given.alpha) * float(given.spectrum.M) ** -power / (power * S)
    return S, 2 * u * smooth + tail + given.error(S)
