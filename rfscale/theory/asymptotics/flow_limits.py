r"""Gradient flow at early and late times, and where the peak of double descent grows.

.. math:: \mathcal S = \frac{c\,(2\tau)^{s-1}}{\Gamma(s)} + \Big(\frac1N + \frac1T\Big) \frac{(1 -
          s)\, c^2 (2\tau)^{2s-1}}{\Gamma(2s)} + \dots \quad \text{(early)}

(20.5), to the plateau with exp(-t s_min) (20.18), or with the root of the time at N = T (20.20).
The exponent of the early law is known [BAP], [PPXP]; constants and corrections are derived here.
"""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, SourceCondition, require_model
from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.support.described import shortened
from rfscale.support.products import times
from rfscale.theory.asymptotics.flow_arguments import (
    early_error,
    exponent_and_constant,
    flow,
    times_of_flow,
)
from rfscale.theory.asymptotics.regime import check_regime
from rfscale.theory.solution import solve


def undertrained_loss(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, tau: ArrayLike
) -> tuple[Floats, Floats]:
    given = flow(model, tau, N=N, T=T)
    s, c = exponent_and_constant(given.alpha)
    gamma = scipy.special.gamma
    one = c * given.tau**s
    S = 2 ** (s - 1) / gamma(s) * one / given.tau
    more = (1 - s) * 2 ** (2 * s - 1) / gamma(2 * s) * one**2 / given.tau * given.shared
    V = (2 - 2**s) / gamma(1 + s) * one / given.T
    turn = (1 / given.T - s * given.shared) / given.T
    V = V + turn * (2 - 4**s) / gamma(1 + 2 * s) * one**2
    return given.signal(S + more), given.noise(V), more / S


def plateau_approach(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, tau: ArrayLike
) -> tuple[Floats, Floats]:
    given = flow(model, tau, N=N, T=T)
    s, c = exponent_and_constant(given.alpha)
    n = np.minimum(given.N, given.T)
    x = n / np.maximum(given.N, given.T)  # sizes in units of n from here on
    root = np.sqrt((1 - s) ** 2 * (1 + x) ** 2 - 4 * (1 - 2 * s) * x)
    d = 2 / ((1 - s) * (1 + x) + root)  # of n
    Delta = (c / (n * d)) ** (1 + given.alpha)
    edge = -Delta * (1 - d) * (1 - d * x)  # s_min over NT
    curvature = s * d * Delta * ((1 - s) * (1 + x) - 2 * (1 - 2 * s) * d * x)
    late = given.tau * edge
    learned = s * d * np.sqrt(2 / curvature) / (2 * np.sqrt(np.pi))
    Delta0 = (c / n) ** (1 + given.alpha)
    slow = x / (1 - d * x) ** 2 * learned * given.tau**-1.5 * np.exp(-late) / edge
    fast = n / (1 - d) ** 2 * learned * (2 * given.tau) ** -1.5 * np.exp(-2 * late)
    S = n * Delta0 * (1 / (1 - x) - 2 * slow)
    S = np.where(x == 0, n * Delta0 + fast, S)
    return given, S, late, slow, fast
