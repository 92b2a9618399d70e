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
    if N < np.inf:
        root = np.sqrt(N)
        beyond = max(beyond, _root(lambda v: df2(v) - N, 1.0, np.sqrt(trace), root))
    z = (1.0 + beyond) * (1.0 + learned(beyond) / N)
    return 2.0 * batch / ((batch + 1.0) * z)


def _root(excess: Callable[[float], float], least: float, most: float, over: float) -> float:
    """|Delta| - 1 between least/over and most/over, where what falls with it vanishes."""
    low = np.log(least / over) - 1e-3
    high = np.log(most / over) + 1e-3
    return float(np.exp(brentq(lambda y: excess(np.exp(y)), low, high, xtol=XTOL)))
