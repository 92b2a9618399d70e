r"""Slopes of the losses of finitely many quanta, which are steeper than their exponents (26.12).

.. math:: -\frac{d\ln L}{d\ln n} = (1 + \alpha)\,n\,\frac{\sum_{k>n}
          k^{-(2+\alpha)}}{\sum_{n<k\le K} k^{-(1+\alpha)}}

with the sums as functions of a real n. Source: derived here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from rfscale.neighbours.checks import counts_or_zero, one_of, share, sizes_or_zero
from rfscale.neighbours.quanta import Quanta
from rfscale.neighbours.ranks import Ranks, Whole
from rfscale.support.arguments import Floats, choice, require_kind
from rfscale.support.described import described

STEP = 0.003  # of log D, in widths of the filter: the difference is then right to 1e-11
POINTS = 400  # of a fit over D
MOST = 20_000  # numbers of quanta in a fit; of more, so many evenly spaced ones
FARTHEST = 230.0  # of log D


def quanta_slope(quanta: Quanta, n: ArrayLike | None = None, D: ArrayLike | None = None) -> Floats:
    """The local exponent -d ln L/d ln n, or -d ln L/d ln D (26.12).

    At infinite K alpha, or alpha/(1+alpha), for large sizes; at a finite K steeper towards the end,
    as the last quanta are missing. In n by closed sums, in D by a difference of five points,
    right to 1e-9. A loss that is 0 in float64 has the slope `inf`.

    Parameters
    ----------
    quanta : Quanta
    n, D : array_like
        One of them: whole numbers from 1 to below K, or samples > 0.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> print(quanta_slope(Quanta(alpha=0.4, K=500), n=[10, 100]))
    [0.4837 0.8399]
    """
    require_kind("quanta", quanta, Quanta)
    name, value = one_of("n", n, "D", D)
    if name == "n":
        return _slope_in_n(quanta, counts_or_zero("n", value, quanta.K - 1, least=1))
    return _slope_in_D(quanta, sizes_or_zero("D", value, least=True))


def fitted_quanta_slope(
    quanta: Quanta, of: str = "D", low: float = 0.1, high: float = 0.8
) -> float:
    """The exponent that a straight line has through ln L between two losses (26.12).

    What is read off a plot. Least squares, in D over points that are evenly spaced in ln D, in n
    over the whole numbers.

    Parameters
    ----------
    quanta : Quanta
    of : {"D", "n"}
        Against which the loss is plotted.
    low, high : float
        The window, 0 < low < high < 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of its range, or fewer than two n are in the window.

    Examples
    --------
    >>> quanta = Quanta(alpha=0.4, K=500, tau=1000)
    >>> fitted_quanta_slope(quanta, of="D")  # of infinitely many quanta: 0.286
    0.352
    """
    require_kind("quanta", quanta, Quanta)
    low = share("low", low)
    if not share("high", high) > low:
        raise ValueError(f"high must be a number in (low, 1), got {described(high)}, low = {low:g}")
    x = _sizes(quanta, choice("of", of, ("D", "n")), low, high)
    losses = quanta.loss(D=x) if of == "D" else quanta.loss(n=x)
    return -float(np.polyfit(np.log(x), np.log(losses), 1)[0])


def _slope_in_n(quanta: Quanta, n: Floats) -> Floats:
    falling = Ranks(quanta.alpha)
    steeper = Ranks(quanta.alpha + 1)
    whole = Whole()
    slopes = [
        each * steeper.total(whole, each, np.inf) / falling.total(whole, each, quanta.K)
        for each in n.flat
    ]
    return np.asarray((1 + quanta.alpha) * np.reshape(slopes, n.shape))[()]


def _slope_in_D(quanta: Quanta, D: Floats) -> Floats:
    h = STEP * quanta.filter.spread
    losses = quanta.loss(D=D[..., None] * np.exp(h * np.array([-2, -1, 1, 2])))
    is_left = np.all(losses > 0, axis=-1)
    logs = np.log(np.where(is_left[..., None], losses, 1.0))
    slopes = logs @ np.array([-1, 8, -8, 1]) / (12 * h)
    return np.asarray(np.where(is_left, slopes, np.inf))[()]


def _sizes(quanta: Quanta, of: str, low: float, high: float) -> Floats:
    """The sizes whose losses are in the window."""
    if of == "D":
        return np.exp(np.linspace(_log_size(quanta, high), _log_size(quanta, low), POINTS))
    first = _number(quanta, high)
    last = _number(quanta, low) - 1
    if last <= first:
        raise ValueError(f"low to high must hold the losses of two n, got {low:g} to {high:g}")
    return np.unique(np.round(np.linspace(first, last, min(MOST, last - first + 1))))


def _log_size(quanta: Quanta, loss: float) -> float:
    """log D at which the loss is this."""

    def over(log_D: float) -> float:
        return float(quanta.loss(D=np.exp(log_D))) - loss

    return float(brentq(over, -FARTHEST, FARTHEST, xtol=1e-12))


def _number(quanta: Quanta, loss: float) -> int:
    """The least n whose loss is below this."""
    low = 0
    high = 1
    while high < quanta.K and quanta.loss(n=high) >= loss:
        low = high
        high = int(min(2 * high, quanta.K))
        if high > 2**52:
            raise ValueError(f"low must be a loss of at most 2^52 quanta, got {loss:g}")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if quanta.loss(n=middle) >= loss else (low, middle)
    return high
