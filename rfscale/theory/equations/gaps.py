r"""The gaps between bands of the kernel's spectrum, in units of sigma_u^2 lambda_+ N T/M.

.. math:: g = \Delta\, y_N y_T, \qquad -\lambda_J < \Delta < -\lambda_{J+1}, \qquad
          \frac{dg}{d\Delta} > 0, \quad \mathrm{df}_1 < \min(N, T)

between directions J and J + 1 whose bands are apart: there Delta is real, and both ends of the gap
are where the slope vanishes (19.7). No band is too narrow to be found.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.edges import slope_and_ridge
from rfscale.traces.complex_sums import WideNodes, complex_traces

SEARCH = 40  # thirds of the interval in which the slope is largest
HALVINGS = 50
ALIKE = 1e-12  # difference of logarithms of eigenvalues that are taken as one
DEEP = -3.0  # the slope from which on the density has no minimum to speak of


@compiled
def _at(wide: WideNodes, log_x: float, N: float, T: float) -> tuple[float, float]:
    """dg/dDelta and -g at Delta = -x; a slope that falls to -inf at the pole, where df1 > n."""
    x = np.exp(log_x)
    traces = complex_traces(wide, complex(-x, 0.0))
    df1 = traces.df1.real
    n = min(N, T)
    slope, g = slope_and_ridge(df1, traces.df1_minus_df2.real, 1.0 - df1 / n, -x, N, T)
    return slope if df1 < n else -1e100 * df1, -g


@compiled
def _highest(
    wide: WideNodes, low: float, high: float, N: float, T: float
) -> tuple[float, float, float]:
    """Where the slope is positive between two poles, or largest; the slope and -g there."""
    best = 0.5 * (low + high)
    slope, s = _at(wide, best, N, T)
    for _ in range(SEARCH):
        if slope > 0.0:
            break
        third = (high - low) / 3.0
        left, s_left = _at(wide, low + third, N, T)
        right, s_right = _at(wide, high - third, N, T)
        if left > right:
            best, slope, s = low + third, left, s_left
            high -= third
        else:
            best, slope, s = high - third, right, s_right
            low += third
    return best, slope, s


@compiled
def _end(wide: WideNodes, outside: float, inside: float, N: float, T: float) -> float:
    """The eigenvalue where the slope vanishes between log x in a band and in a gap."""
    for _ in range(HALVINGS):
        middle = 0.5 * (outside + inside)
        if _at(wide, middle, N, T)[0] > 0.0:
            inside = middle
        else:
            outside = middle
    return _at(wide, inside, N, T)[1]


@compiled
def gaps(wide: WideNodes, count: int, N: float, T: float) -> Floats:
    """Lower and upper ends of the gaps below the first eigenvalues, (2, gaps), the highest first.

    Where the two are equal there is no gap, but the density is small there.
    """
    out = np.empty((2, max(count - 1, 0)))
    found = 0
    for j in range(count - 1):
        high = -2.0 * np.log(wide.nodes.roots[j])
        low = -2.0 * np.log(wide.nodes.roots[j + 1])
        if high - low < ALIKE:
            continue
        best, slope, s = _highest(wide, low, high, N, T)
        if slope > 0.0:
            out[0, found] = _end(wide, low, best, N, T)
            out[1, found] = _end(wide, high, best, N, T)
            found += 1
        elif slope > DEEP:
            out[0, found] = s
            out[1, found] = s
            found += 1
        elif wide.nodes.alpha > 0.0:
            break  # the directions of a power law come ever closer
    return out[:, :found]
