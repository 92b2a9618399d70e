r"""The bound on the loss of any filter from the kernel's spectral measures, and a mixture near it.

.. math:: \tilde r_k(s) = \frac{1}{y_T(g_k)}\, \frac{g_k}{s + g_k}, \qquad
          \frac{1}{y_T(g)} = 1 + \int \frac{d\nu(s)}{s + g}

for a ridge g_k (19.5); the loss of a mixture of ridges is above the bound by the integral of dP
times the square of what it is short of the best r~ (19.11), which its weights make least.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.theory.spectral_measures import Measures

RIDGES = 41
DECADES = 4.0  # to either side of the best ridge
PENALTY = 1e-12  # of the squares of weights, over the loss: they stay below about 1000
FAR = 1e200  # over the spectrum: a ridge that learns all, or nothing, to losses below float64
SMALLEST = 1e-250  # ridge in relative units


class Least(NamedTuple):
    """The least error on noisy labels, and the test loss on clean ones."""

    noisy: float
    test: float


def least_error(found: Measures, signal: float, noise: float) -> Least:
    """The harmonic mean of the label power; all is 0 where there are eigenvectors without any."""
    _, p, q = _with_zero(found)
    power = signal * p + noise * q
    if power[0] == 0.0 and q[0] > 0.0:
        return Least(0.0, 0.0)
    has = power > 0.0
    if not np.any(has):
        return Least(0.0, 0.0)
    share = q[has] / power[has]
    noisy = 1.0 / float(share @ q[has])
    # noisy - noise without a difference
    return Least(noisy, 0.5 * noisy * signal * float(share @ p[has]))


def best_mixture(
    found: Measures, least: Least, signal: float, noise: float, ridge: float
) -> tuple[Floats, Floats]:
    """Ridges around the best one, in relative units, and the weights of the least loss."""
    s, p, q = _with_zero(found)
    is_end = ridge == 0.0 or np.isinf(ridge) or least.noisy == 0.0
    if is_end:
        ridge = FAR * s[-1] if signal == 0.0 else max(s[1] / FAR, SMALLEST)
    ridges = ridge * np.geomspace(10.0**-DECADES, 10.0**DECADES, RIDGES)
    if is_end:
        return ridges, np.eye(RIDGES)[RIDGES // 2]
    return ridges, _weights(found, least, signal * p + noise * q, ridges)


def _weights(found: Measures, least: Least, power: Floats, ridges: Floats) -> Floats:
    """Least squares for r~, weighted by the label power, with a penalty that tames the weights."""
    s, _, q = _with_zero(found)
    has = power > 0.0
    root = np.sqrt(power[has] / least.noisy)
    residual = ridges / (s[has, None] + ridges) / unused_samples(found, ridges)
    rows = np.vstack([root[:, None] * residual, np.sqrt(PENALTY) * np.eye(ridges.size)])
    target = np.append(q[has] / root, np.zeros(ridges.size))
    weights = np.linalg.lstsq(rows, target, rcond=None)[0]
    return np.asarray(weights / weights.sum())


def ridge_test(found: Measures, signal: float, noise: float, ridge: float) -> float:
    """The test loss of a ridge by the measures; it is known exactly."""
    s, p, q = _with_zero(found)
    residual = ridge / (s + ridge) / unused_samples(found, np.array([ridge]))
    # V = int dq r~^2 - 1, without a difference of numbers near 1
    learned = float(q @ (residual - 1.0) ** 2) + 2.0 * float(q @ (residual - 1.0))
    return 0.5 * (signal * float(p @ residual**2) + noise * learned)


def unused_samples(found: Measures, ridges: Floats) -> Floats:
    """y_T at real ridges."""
    inner = found.inner
    terms = inner.nu / (inner.s + ridges[:, None])
    return np.asarray(1.0 / (1.0 + terms.sum(axis=1) + found.nu_at_zero / ridges))


def _with_zero(found: Measures) -> tuple[Floats, Floats, Floats]:
    """Nodes and masses of p and q of the outer grid, with their atoms at zero before them."""
    outer = found.outer
    s = np.append(0.0, outer.s)
    return s, np.append(found.p_at_zero, outer.p), np.append(found.q_at_zero, outer.q)
