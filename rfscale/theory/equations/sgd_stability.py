r"""The largest stable step of one-pass SGD, in the planar limit (21.9).

.. math:: G(1) = \frac{1}{B + 1} \sum_J \frac{\lambda_J}{|\Delta| - \lambda_J} < 1, \qquad z =
          |\Delta| \Big(1 + \frac1N \sum_J \frac{\lambda_J}{|\Delta| - \lambda_J}\Big) =
          \frac{2B}{\eta\, (B + 1)}

at Delta = -|Delta| beyond the spectrum, and z beyond the largest eigenvalue of the features'
covariance, where dz/d|Delta| = 0, df_2 = N. Eigenvalues are in units of lambda_+, z in units of
sigma_u^2 lambda_+ N/M. Derived here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from rfscale.traces.complex_sums import WideNodes, complex_traces

XTOL = 1e-14


def largest_step(wide: WideNodes, N: float, batch: float) -> float:
    """The step eta, in units of M/(sigma_u^2 lambda_+ N), from which on the losses grow."""

    def learned(v: float) -> float:
        return -complex_traces(wide, complex(-1.0 - v)).df1.real

    def df2(v: float) -> float:
        at = complex_traces(wide, complex(-1.0 - v))
        return (at.df1 - at.df1_minus_df2).real

    trace = wide.nodes.trace
    beyond = _root(lambda v: learned(v) - (batch + 1.0), 1.0, trace, batch + 1.0)
    if np.isfinite(N):
        root = np.sqrt(N)
        beyond = max(beyond, _root(lambda v: df2(v) - N, 1.0, np.sqrt(trace), root))
    z = (1.0 + beyond) * (1.0 + learned(beyond) / N)
    return 2.0 * batch / ((batch + 1.0) * z)


def _root(excess: Callable[[float], float], least: float, most: float, over: float) -> float:
    """|Delta| - 1 between least/over and most/over, where what falls with it vanishes."""
    low = np.log(least / over) - 1e-3
    high = np.log(most / over) + 1e-3
    return float(np.exp(brentq(lambda y: excess(np.exp(y)), low, high, xtol=XTOL)))


def unstable_share(wide: WideNodes, N: float, step: float, batch: float) -> float:
    r"""Roughly the probability that the losses of a draw of features grow without bound (21.11).

    .. math:: P\Big(\chi^2_N > N |\Delta| \Big[1 + \frac{z}{a |\Delta|} \frac{d|\Delta|}{dz}
              \Big]^{-1}\Big), \qquad a = B + 1 - \sum_{J > 1} \frac{\lambda_J}{|\Delta| -
              \lambda_J}

    with |Delta|(z) of all directions but the first, which fluctuates most: the others are taken in
    the planar limit. Off by a few percent of itself for steep spectra and 15 at alpha = 0.1, N = 6;
    too small where the first eigenvalue is not single.
    """
    z = 2.0 * batch / (step * (batch + 1.0))
    found = _without_first(wide, N, z)
    if found is None or np.isinf(N):
        return 0.0 if np.isinf(N) else 1.0
    delta, learned, slope = found
    left = batch + 1.0 - learned
    if left <= 0.0:
        return 1.0
    largest = left * delta / (left + z / (slope * delta))
    return float(chi2.sf(N * largest, N))


def _without_first(wide: WideNodes, N: float, z: float) -> tuple[float, float, float] | None:
    """|Delta|, the sum of lambda/(|Delta| - lambda) and dz/d|Delta|, by Newton's method from above;
    None where z is within the spectrum.
    """
    delta = z
    while True:
        at = complex_traces(wide, complex(-delta))
        p = 1.0 / (1.0 - delta)
        learned = p - at.df1.real
        slope = 1.0 - (at.df1.real - at.df1_minus_df2.real - p * p) / N
        if not slope > 0.0 or learned < 0.0:
            return None
        move = (delta * (1.0 + learned / N) - z) / slope
        delta -= move
        if abs(move) < 1e-10 * delta:
            return delta, learned, slope
