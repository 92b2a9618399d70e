r"""The constant of the power law, and the relative errors that its closed forms state.

.. math:: C = \Big( \frac{\pi s}{\sin \pi s} \Big)^{1+\alpha}, \quad s = \frac{1}{1+\alpha}, \qquad
          \text{cutoff} = \frac{1+\alpha}{\alpha C} \Big( \frac nM \Big)^\alpha

Source: C is that of [MRS]; the errors are derived here and measured in the tests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.spectra import PowerLaw, Spectrum
from rfscale.support.arguments import Floats, number, sizes


def require_power_law(spectrum: Spectrum) -> PowerLaw:
    """The spectrum, or ValueError if it is not a single PowerLaw."""
    if not isinstance(spectrum, PowerLaw):
        raise ValueError(f"spectrum must be a PowerLaw, got {spectrum!r}")
    if spectrum.shape:
        raise ValueError(
            f"spectrum must be a single PowerLaw here, got an array of shape {spectrum.shape}"
        )
    return spectrum


def power_law_constant(alpha: float) -> float:
    """C = (pi s / sin(pi s))^(1 + alpha), s = 1/(1 + alpha): n Delta = lambda_+ C n^-alpha for M ->
    infinity.

    Examples
    --------
    >>> power_law_constant(1.0)  # (pi/2)^2
    2.4674
    """
    alpha = number("alpha", alpha)
    s = 1 / (1 + alpha)
    sine = np.sin(
        np.pi * min(alpha, 1.0) * s
    )  # sin(pi s) = sin(pi alpha s), the smaller argument of the two
    return float((np.pi * s / sine) ** (1 + alpha))


def cutoff_error(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """What a finite M takes off: (1+alpha)/(alpha C) (n/M)^alpha of Delta, to first order.

    Examples
    --------
    >>> print(cutoff_error(PowerLaw(alpha=1.0, M=1000), 100))
    0.0811
    """
    n, alpha = sizes("n", n), require_power_law(spectrum).alpha
    return (1 + alpha) / (alpha * power_law_constant(alpha)) * (n / spectrum.M) ** alpha


def discreteness_error(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """What the sum over J differs from its integral: relative error of Delta, an upper estimate.

    The poles of 1/(1 + Delta X^(1+alpha)) give (4 pi/c) exp(-2 pi sin(pi s) (n + 1/2)/c) for alpha
    >= 1 (for less they are not near the positive axis), the ends of the range (1+alpha)^2 2^-alpha
    Delta/(24 n) and (1+alpha)(2+alpha)/(24 M^2).

    Examples
    --------
    >>> print(discreteness_error(PowerLaw(alpha=1.0, M=1000), 10))
    0.000187
    """
    n, alpha, M = sizes("n", n), require_power_law(spectrum).alpha, spectrum.M
    s, c = 1 / (1 + alpha), power_law_constant(alpha) ** (1 / (1 + alpha))
    poles = (
        4 * np.pi / c * np.exp(-2 * np.pi * (n + 0.5) / c * np.sin(np.pi * s))
        if alpha >= 1
        else 0.0
    )
    first = (1 + alpha) ** 2 * 2**-alpha * (c / (n + 0.5)) ** (1 + alpha) / (24 * n)
    last = (1 + alpha) * (2 + alpha) / (24 * M**2)
    return np.asarray(poles + first + last)


def uniform_error(spectrum: PowerLaw, n: ArrayLike) -> Floats:
    """Relative error of `delta_uniform`: (2+alpha)/(2n), and the larger of its misses for n << M
    and n -> M.

    Examples
    --------
    >>> print(uniform_error(PowerLaw(alpha=2.0, M=1000), 500))
    0.042
    """
    n, alpha, C = (
        sizes("n", n),
        require_power_law(spectrum).alpha,
        power_law_constant(spectrum.alpha),
    )
    miss = max(abs(1 - (1 + alpha) / (alpha * C)), abs(1 - alpha * C / (2 + alpha)))
    return miss * (n / spectrum.M) ** alpha + (2 + alpha) / (2 * n)
