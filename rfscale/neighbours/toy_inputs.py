r"""Inputs of the ReLU-output toy, x = u/length(u): u_i is 0 or, rarely, uniform on [0, 1].

It is 0 with the probability S. Inputs without any feature have no direction, and are left out. All
others have length 1, so that the mean of x_i^2 is 1/n and the best constant predictor has the loss
1 - n (mean of x_i)^2 (27.6).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.special import xlog1py

from rfscale.support.arguments import Floats, broadcast, integers, strengths

CELLS = 2**16  # of the lattice of sums of squares, at least
FINEST = 4.0  # cells that a square from 0 to 1 has, at least
MOST_ON = 1e6  # features that are on together, n (1 - S)
NODES = 64  # of the quadrature over a feature's own size


def checked_inputs(n: ArrayLike, S: ArrayLike, **others: Any) -> list[Floats]:
    """n, S and other arrays at their common shape."""
    n = np.asarray(integers("n", n), dtype=np.float64)
    return broadcast(n=n, S=sparsities(S), **others)


def sparsities(S: ArrayLike) -> Floats:
    """Shares of inputs in which a feature is off, in [0, 1)."""
    allowed = "in [0, 1)"
    S = strengths("S", S, allowed)
    if np.any(S >= 1):
        raise ValueError(f"S must be {allowed}, got {S[S >= 1].flat[0]:g}")
    return S


def toy_constant_loss(n: ArrayLike, S: ArrayLike) -> Floats:
    r"""Loss of the best constant predictor of the toy's inputs, also the trace of their covariance.

    .. math:: \mathrm{tr}\,\Sigma = 1 - \sum_i (E x_i)^2, \qquad E[x_i; \text{on}] =
              \frac2{\sqrt\pi}\int_0^\infty dz\,\frac{1 - e^{-z^2}}{2z^2}
              \Big(S + (1 - S)\frac{\sqrt\pi}2\frac{\mathrm{erf} z}z\Big)^{n-1}

    which is (27.6).

    Parameters
    ----------
    n : array_like
        Number of features, integers >= 1.
    S : array_like
        Sparsity: the probability with which a feature is off, in [0, 1). It broadcasts with n.

    Returns
    -------
    ndarray
        The mean squared length of the error, in [0, 1): an input has length 1.

    Raises
    ------
    ValueError
        If n or S is out of its range, or their shapes do not broadcast.

    Notes
    -----
    Inputs without any feature are left out. If they are left 0 instead, all losses are smaller by
    their probability S^n, 4.5e-5 at n (1 - S) = 10. The toy: Henighan et al., Superposition,
    memorization, and double descent, 2023; the integral is derived here.

    Examples
    --------
    >>> import rfscale as rf
    >>> print(rf.neighbours.toy_constant_loss([500, 1000, 10_000], [0.98, 0.99, 0.999]).round(5))
    [0.98519 0.9926  0.99926]
    """
    n, S = checked_inputs(n, S)
    return np.asarray(np.maximum(1 - n * mean_input(n, S) ** 2, 0))[()]


def mean_input(n: Floats, S: Floats) -> Floats:
    """The mean of x_i over inputs that have a feature."""
    on = np.vectorize(_mean_if_on, otypes=[float])(n, S)
    return np.asarray((1 - S) * on / some_on(n, S))


def some_on(n: Floats, S: Floats) -> Floats:
    """The probability that an input has a feature, 1 - S^n."""
    return np.asarray(-np.expm1(xlog1py(n, S - 1)))


def _mean_if_on(n: float, S: float) -> float:
    """The mean of x_i where feature i is on (27.6)."""
    scale = math.sqrt(1 + n * (1 - S) / 3)

    def integrand(y: float) -> float:
        z = y / scale
        own = -math.expm1(-(z**2)) / (2 * z**2) if z > 0 else 0.5
        return float(own * np.exp(xlog1py(n - 1, -(1 - S) * _below_one(z))))

    area = quad(integrand, 0, np.inf, epsabs=1e-14, epsrel=1e-11, limit=500)[0]
    return float(2 / math.sqrt(math.pi) * area / scale)


def _below_one(z: float) -> float:
    """1 - E exp(-z^2 u^2) for u uniform on [0, 1]."""
    if z > 0.02:
        return 1 - math.sqrt(math.pi) / 2 * math.erf(z) / z
    return z**2 / 3 - z**4 / 10 + z**6 / 42 - z**8 / 216


def sum_of_squares(count: float, S: float) -> tuple[Floats, Floats]:
    """Values and probabilities of the sum of u_j^2 over `count` features.

    On a lattice: each square is divided among its two neighbours such that its mean is kept, and
    the sums are the power of its Fourier transform.
    """
    on = count * (1 - S)
    if on > MOST_ON:
        raise ValueError(f"n (1 - S) must be <= {MOST_ON:g}, got {on:g}")
    spread = 6 + 10 * math.sqrt(on / 5)
    cells = 2 ** math.ceil(math.log2(max(CELLS, FINEST * (on / 3 + spread))))
    of_one = math.floor(cells / (on / 3 + spread))
    law = np.fft.irfft((S + (1 - S) * np.fft.rfft(_one_square(cells, of_one))) ** count, cells)
    squares = np.arange(cells) / of_one
    kept = (law > 1e-14) & (np.abs(squares - on / 3) <= spread)  # what is beyond is rounding
    return squares[kept], law[kept] / law[kept].sum()


def _one_square(cells: int, of_one: int) -> Floats:
    """Probabilities of u^2 on the lattice of steps 1/of_one."""
    edges = np.arange(of_one + 1) / of_one
    mass = np.diff(np.sqrt(edges))
    above = of_one * (np.diff(edges**1.5) / 3 - edges[:-1] * mass)
    law = np.zeros(cells)
    law[:of_one] += mass - above
    law[1 : of_one + 1] += above
    return law


def sizes_if_alone(n: float, S: float, others: float, bins: int = 2000) -> tuple[Floats, Floats]:
    """Values and probabilities of x_i where feature i is on and `others` may be."""
    squares, law = sum_of_squares(others, S)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    u = (nodes[:, None] + 1) / 2
    x = u / np.sqrt(u**2 + squares)
    bin_of = np.minimum(bins * (x / x.max()), bins - 1).astype(int).ravel()
    mass = (weights[:, None] / 2 * law).ravel()
    total = np.bincount(bin_of, mass, bins)
    first = np.bincount(bin_of, mass * x.ravel(), bins)
    met = total > 0
    return first[met] / total[met], np.asarray(total[met], dtype=np.float64)
