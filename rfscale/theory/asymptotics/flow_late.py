r"""Gradient flow at late times: the approach to the plateau, and the growth of the peak at N = T.

.. math:: \mathcal S = \frac{C n^{-\alpha}}{1 - n/m} \Big[1 - \frac{A\, e^{-\tau
          \sigma}}{\sigma\,\tau^{3/2}}\Big] \quad (N \ne T), \qquad \mathcal S = N^2 \Delta_0
          \Big[\frac{4 - 2\sqrt2}{\sqrt\pi} \frac{\sqrt{\Delta_0 \tau}}{N} + \frac{1}{2
          s_0}\Big] \quad (N = T)

which are (20.20) and (20.23), sigma = s_min/(N T) by the lower edge (20.19) of the kernel's
spectrum. Source: derived here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.support.products import times
from rfscale.theory.asymptotics.flow_arguments import Flow, flow, positive, worse
from rfscale.theory.asymptotics.flow_edge import Edge, exponent_and_constant, lower_edge
from rfscale.theory.asymptotics.regime import check_regime
from rfscale.theory.solution import solve

GROWTH = 2 * (2 - np.sqrt(2)) / np.sqrt(np.pi)


def plateau_approach(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, tau: ArrayLike
) -> tuple[Floats, Floats]:
    """Signal and noise loss of gradient flow near their plateaus, N != T, (20.19) to (20.21).

    The signal comes from below, as e^(-t s_min) (t s_min)^(-3/2), where both sizes are finite: it
    has overshot, and early stopping helps. Where one is infinite it comes from above, as the square
    of the exponential. The noise always rises.

    Regime 1 << t s_min, and 1 + alpha << min(N, T) << M; relative error 3/(t s_min) of what is
    missing to the plateau, + twice the term with the square of the exponential where both sizes are
    finite, + that of `population_flow`; warns above 10 percent.

    Parameters
    ----------
    model : ScalingModel
        With a single `PowerLaw` spectrum.
    N, T : array_like
        Numbers of features and samples > 0 that differ; `numpy.inf` is allowed.
    tau : array_like
        t N T lambda_+ sigma_u^2/M > 0, t the time of `GradientFlow`.

    Returns
    -------
    signal, noise : ndarray

    Raises
    ------
    ValueError
        For another spectrum, N = T, or arguments out of range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**8), sigma_w=1e4, sigma_eps=0.1)
    >>> signal, noise = plateau_approach(model, N=100, T=300, tau=[1e5, 3e5])
    >>> print(signal, noise)
    [0.01822 0.01832] [0.002459 0.0025]
    """
    given = flow(model, tau, N=N, T=T)
    if np.any(given.N == given.T):
        same = given.given_N[given.N == given.T].flat[0]
        raise ValueError(f"N and T must differ, got {same:g} for both")
    signal, signal_error = _signal(given)
    noise, noise_error = _noise(given)
    S = given.signal(signal)
    V = given.noise(noise)
    error = worse(model, signal_error + given.error(S), noise_error + given.noise_error(S, V))
    check_regime("plateau_approach", "1 << t s_min and 1 + alpha << min(N, T) << M", error)
    return given.losses(model, S, V)


def _signal(given: Flow) -> tuple[Floats, Floats]:
    """S (20.20), and the relative error of the approach."""
    n, x = given.ordered
    _, c = exponent_and_constant(given.alpha)
    edge = lower_edge(given.alpha, n, x)
    late = given.tau * edge.sigma
    plateau = c ** (1 + given.alpha) * n**-given.alpha / (1 - x)
    first = 2 * (1 - x) * x / (1 - edge.d * x) ** 2 * _missing(edge, given.tau)
    second = edge.root * (2 * given.tau) ** -1.5 * np.exp(-2 * late) / (2 * np.sqrt(np.pi))
    second = second * n / (1 - edge.d) ** 2 / plateau
    with np.errstate(divide="ignore", over="ignore"):
        error = 3 / late * first + np.where(x == 0, 3 / late, 2.0 + 1 / late) * second
    return plateau * (1 - first + np.where(x == 0, second, 0.0)), error


def _noise(given: Flow) -> tuple[Floats, Floats]:
    """V (20.21), and the relative error of the approach."""
    n, x = given.ordered
    edge = lower_edge(given.alpha, n, x)
    fewer = given.T < given.N
    share = np.where(fewer, 1 / (1 - edge.d) ** 2, x / (1 - edge.d * x) ** 2)
    plateau = x / (1 - x) + np.where(fewer, given.alpha, 0.0)
    missing = 2 * share * _missing(edge, given.tau)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        error = missing / plateau * (3 / (given.tau * edge.sigma) + 1e-9)
        error = np.where(plateau > 0, error, 0.0)
    return plateau - missing, error


def _missing(edge: Edge, tau: Floats) -> Floats:
    """The integral of root sqrt(y) e^(-tau s)/(pi s), s = sigma + y, at late times."""
    with np.errstate(over="ignore", under="ignore"):
        late = np.exp(-tau * edge.sigma) / (edge.sigma * tau**1.5)
    return edge.root * late / (2 * np.sqrt(np.pi))


def peak_growth(model: ScalingModel, N: ArrayLike, tau: ArrayLike) -> tuple[Floats, Floats]:
    r"""Signal and noise loss of gradient flow at N = T < M, where the peak grows, (20.23).

    .. math:: \mathcal S = N^2 \Delta_0\, p, \qquad \mathcal V = N p - 1, \qquad p = \frac{4 -
              2\sqrt2}{\sqrt\pi} \frac{\sqrt{\Delta_0 \tau}}{N} + \frac{1}{2 s_0}

    with Delta0 and s0 = df1 - df2 at df1 = N. It is the peak of a ridge gamma = pi/(16 (2 -
    sqrt 2)^2 t) = 0.572/t. Any spectrum. Regime z >> 1, z = (s0/N) sqrt(Delta0 tau); relative error
    0.2/z^2 of the signal, and 0.4/z^2 of V + 1. Warns where they are above 10 percent.

    Parameters
    ----------
    model : ScalingModel
    N : array_like
        Number of features, and of samples, in (0, M).
    tau : array_like
        t N^2 lambda_+ sigma_u^2/M > 0, t the time of `GradientFlow`.

    Returns
    -------
    signal, noise : ndarray

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**6), sigma_w=1000.0, sigma_eps=0.1)
    >>> signal, noise = peak_growth(model, N=100, tau=[1e5, 1e7])
    >>> print(signal, noise)
    [0.0521 0.411] [0.0163 0.163]
    """
    require_model(model, plain=True)
    N, tau = broadcast(N=sizes("N", N), tau=positive("tau", tau))
    if np.any(model.rank <= N):
        raise ValueError(f"N must be below M = {model.rank}, got {N.max():g}")
    point = solve(model, N, np.full(N.shape, np.inf), np.zeros(N.shape))
    Delta = np.exp(point.log_delta)
    z = point.df1_minus_df2 / N * np.sqrt(Delta * tau)
    p = GROWTH * np.sqrt(Delta * tau) / N + 1 / (2 * point.df1_minus_df2)
    check_regime("peak_growth", "late times at N = T", worse(model, 0.2 / z**2, 0.4 / z**2))
    signal = times(model.units.signal, N**2 * Delta * p)
    return signal[()], times(model.units.noise, np.maximum(N * p - 1, 0.0))[()]
