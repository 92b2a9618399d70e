r"""The pole at N = T beyond one loop: the hard edge of real Wishart matrices (8.18), (8.19).

.. math:: E_\nu(w) = \omega\,\Big\{I_\nu K_\nu + \Big[I_\nu' + \frac{I_\nu}{w}\Big] \int_w^\infty
          K_\nu\Big\}, \qquad \omega = \sqrt{\nu^2 + w^2}

with Bessel functions at w. It is the mean of the loss over the planar one where N, T and df1 - df2
are large, |N - T| = nu = |a - b| and the ridge w = 2 sqrt(a b) of order one, a = T - df1, b = N -
df1. Without ridge it is nu/(nu - 1), that of an inverse Wishart matrix; at N = T and a weak ridge
pi/2; to one loop 1 + nu^2/omega^3.
Source: the density of the singular values, Forrester, Nagao and Honner, Nucl. Phys. B 553 (1999);
integrated here.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.compiled import compiled

FAR = 1000.0  # omega beyond which three terms in 1/omega have a relative error of 4e-12


@compiled
def hard_edge(nu: float, w: float) -> float:
    """E_nu(w), nu and w >= 0; infinite at w = 0 and nu <= 1."""
    omega = np.hypot(nu, w)
    if w == 0.0:
        return nu / (nu - 1.0) if nu > 1.0 else np.inf
    if omega > FAR:
        return 1.0 + _far(nu / omega, omega)
    steep, tail = _second_kind(nu, w, omega)
    ratio = _first_kind(nu, w, omega)
    product = 1.0 / (nu + w * ratio + steep)  # I K, by their Wronskian
    return omega * product * (1.0 + (1.0 + nu + w * ratio) * tail)


@compiled
def to_one_loop(nu: float, w: float) -> float:
    """nu^2/omega^3, the first term of E - 1 in 1/omega."""
    omega = np.hypot(nu, w)
    return (nu / omega) ** 2 / omega if omega > 0.0 else np.inf


@compiled
def _far(t: float, omega: float) -> float:
    """E - 1 at t = nu/omega for large omega."""
    q = t * t
    second = (35.0 * q * q - 30.0 * q + 3.0) / 8.0
    third = (2.0 * q - 1.0) * (16.0 * q * q - 16.0 * q + 1.0)
    return (q + (second + third / omega) / omega) / omega


@compiled
def _second_kind(nu: float, w: float, omega: float) -> tuple[float, float]:
    """-w K'/K and (1/(w K)) int_w^inf K of K_nu, which is int exp(-w cosh u) cosh(nu u) du.

    By the trapezoidal rule: its error is exp(-40), with two steps in the width of the peak.
    """
    step = min(0.2, 0.7 / np.sqrt(omega))
    peak = np.arcsinh(nu / w)
    total = steep = tail = 0.0
    k = 0
    while True:
        u = k * step
        growth = np.cosh(u)
        exponent = nu * (u - peak) - (w * growth - omega)
        term = np.exp(exponent) * (0.5 if k == 0 else 1.0) * (1.0 + np.exp(-2.0 * nu * u))
        total += term
        steep += term * growth
        tail += term / growth
        k += 1
        if u > peak and exponent < -45.0:
            return w * steep / total, tail / total / w


@compiled
def _first_kind(nu: float, w: float, omega: float) -> float:
    """I_{nu+1}/I_nu, by its continued fraction."""
    ratio = 0.0
    for k in range(int(2.0 * omega) + 40, 0, -1):
        ratio = 1.0 / (2.0 * (nu + k) / w + ratio)
    return ratio
