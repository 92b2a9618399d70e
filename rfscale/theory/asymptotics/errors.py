r"""The constant of the power law (9.14), and the relative errors that its closed forms state.

.. math:: C = \Big( \frac{\pi s}{\sin \pi s} \Big)^{1+\alpha}, \quad s = \frac{1}{1+\alpha}, \qquad
          \text{cutoff} = \frac{1+\alpha}{\alpha C} \Big( \frac nM \Big)^\alpha

with the cutoff (9.20) among the errors. Source: C is that of [MRS].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.spectra import PowerLaw, Spectrum
from rfscale.support.arguments import Floats, number, require_kind, sizes


def require_power_law(spectrum: Spectrum) -> PowerLaw:
    """The spectrum, or ValueError if it is not a single PowerLaw."""
    require_kind("spectrum", spectrum, PowerLaw)
    assert isinstance(spectrum, PowerLaw)
    if spectrum.shape:
        raise ValueError(
            f"spectrum must be a single PowerLaw here, got an array of shape {spectrum.shape}"
        )
    return spectrum


def power_law_constant(alpha: float) -> float:
    """C = (pi s / sin(pi s))^(1 + alpha), s = 1/(1 + alpha), (9.5) and (9.14).

    For M -> infinity n Delta = lambda_+ C n^-alpha.

    Examples
    --------
    >>> power_law_constant(1.0)  # (pi/2)^2
    2.4674
    """
    alpha = number("alpha", alpha)
    s = 1 / (1 + alpha)
    # sin(pi s) = sin(pi alpha s), the smaller argument of the two
    sine = np.sin(np.pi * min(alpha, 1.0) * s)
    return float((np.pi * s / sine) ** (1 + alpha))


def cutoff_error(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """The part of Delta that a finite M takes off, (1+alpha)/(alpha C) (n/M)^alpha (9.20).

    Examples
    --------
    >>> print(cutoff_error(PowerLaw(alpha=1.0, M=1000), 100))
    0.0811
    """
    alpha = require_power_law(spectrum).alpha
    n = sizes("n", n)
    return (1 + alpha) / (alpha * power_law_constant(alpha)) * (n / spectrum.M) ** alpha


def discreteness_error(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """The relative error of Delta by replacing the sum over J by its integral, an estimate (11.22).

    The poles of 1/(1 + Delta X^(1+alpha)) give (4 pi/c) exp(-2 pi sin(pi s) (n + 1/2)/c) for alpha
    >= 1 (for less they are not near the positive axis), the ends of the range (1+alpha)^2 2^-alpha
    Delta/(24 n) and (1+alpha)(2+alpha)/(24 M^2).

    Examples
    --------
    >>> print(discreteness_error(PowerLaw(alpha=1.0, M=1000), 10))
    0.000187
    """
    alpha = require_power_law(spectrum).alpha
    n = sizes("n", n)
    M = spectrum.M
    s = 1 / (1 + alpha)
    c = power_law_constant(alpha) ** s
    poles = 4 * np.pi / c * np.exp(-2 * np.pi * (n + 0.5) / c * np.sin(np.pi * s))
    poles = poles if alpha >= 1 else 0.0
    first = (1 + alpha) ** 2 * 2**-alpha * (c / (n + 0.5)) ** (1 + alpha) / (24 * n)
    last = (1 + alpha) * (2 + alpha) / (24 * M**2)
    return np.asarray(poles + first + last)


def uniform_error(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """The relative error of `delta_uniform`, (2+alpha)/(2n) and the larger miss of (11.19).

    Examples
    --------
    >>> print(uniform_error(PowerLaw(alpha=2.0, M=1000), 500))
    0.042
    """
    alpha = require_power_law(spectrum).alpha
    n = sizes("n", n)
    C = power_law_constant(alpha)
    miss = max(abs(1 - (1 + alpha) / (alpha * C)), abs(1 - alpha * C / (2 + alpha)))
    return miss * (n / spectrum.M) ** alpha + (2 + alpha) / (2 * n)
