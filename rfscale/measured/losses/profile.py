r"""`profile`: how much worse a law fits with a parameter held at each of its values.

.. math:: 2 \Delta\ln L(v) = \frac{2}{S} \Big[ \min_{\theta_j = v} \sum_i w_i \rho(r_i) -
          \min_\theta \sum_i w_i \rho(r_i) \Big], \qquad
          S = \frac{\sum_i w_i \rho'(r_i)^2/(n - p)}{\sum_i \rho''(r_i)/n}

For squares S is the variance of the residuals, and the rise minus twice the logarithm of a ratio of
likelihoods. The interval is where it is below the quantile of F with 1 and n - p degrees of freedom
(Huber and Ronchetti 2009, 7.10): a definition, not derived here. With groups S is multiplied by K
of `scale_of_runs`, and their number stands for n in F.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import f as fisher

from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.loss_profile import LossProfile
from rfscale.measured.losses.rise import Rise, held_places
from rfscale.measured.losses.spread import Interval
from rfscale.support.arguments import Floats, choice, fraction, numeric, require_kind
from rfscale.support.described import described

STEP = 0.1  # outwards, at first, where no error is known
LARGER = 1.6  # each step ...
LARGEST = 0.5  # ... up to this, of logarithms: rises that are narrower are stepped over
STEPS = 120
CLOSE = 1e-7  # ends, in the coordinate
LARGE = 1e3  # in place of infinite rises
POINTS = 31  # of the curve
MARGIN = 0.3  # of the interval, drawn beyond its ends
FAR = 8.0  # e-folds drawn beyond the other end where there is none


def profile(
    fit: LossFit, parameter: str, *, level: float = 0.95, values: ArrayLike | None = None
) -> LossProfile:
    """Hold a parameter at each of its values, fit the others, and see how much worse the law is.

    Its interval needs no slopes and may be open: the lower bound of an M that may be infinite.
    Rows count as alike, which intervals of the fit do not need, and as independent but for those of
    one group: with groups the rise is divided by the ratio of the variance of the parameter by runs
    to that of independent rows, at the best fit, and groups count in place of rows.

    Parameters
    ----------
    fit : LossFit
        Of "squares" or "huber".
    parameter : str
        A name of a parameter that is not held.
    level : float
        Of the interval, in (0, 1).
    values : array_like, optional
        Where to show the rise; by default 31 values, somewhat beyond the interval.

    Returns
    -------
    LossProfile
        With the ends of its interval to 1e-7, of logarithms for those in the units of N and T.

    Raises
    ------
    ValueError
        For an argument out of its range.

    Notes
    -----
    The interval is the part about the best value; rises above the limit that are narrower than a
    factor e^0.5 are stepped over. Of one that is open the other end is a bound of
    its own, with half the tail: of 97.5 percent at level .95, of 95 at level .9.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> N = np.repeat(np.geomspace(1e7, 1e9, 6), 6)
    >>> T = np.tile(np.geomspace(1e9, 1e11, 6), 6)
    >>> noise = np.exp(0.005 * np.random.default_rng(1).standard_normal(36))
    >>> fit = rf.fit_losses(N, T, (1.8 + 480 / N**0.35 + 2100 / T**0.37) * noise, resamples=20)
    >>> print(rf.profile(fit, "alpha").interval)
    0.3568 (0.345 to 0.3684)
    """
    require_kind("fit", fit, LossFit)
    choice("fit.cost", fit.cost, ("squares", "huber"))
    free = [name for name in fit.law.names if fit.law.place_of(name) not in held_places(fit)]
    name = choice("parameter", parameter, free)
    size = fraction("level", level)
    counted = fit.table.counted
    count = np.unique(fit.table.groups[counted]).size if fit.table.has_runs else int(counted.sum())
    limit = float(fisher.ppf(size, 1, max(count - fit.free, 1)))
    rise = Rise(fit, name)
    low, high = (_end(rise, sign, limit) for sign in (-1, 1))
    shown = _shown(rise, low, high) if values is None else _checked(rise, values)
    interval = Interval(
        value=rise.value_at(rise.best),
        low=rise.value_at(low, is_end=True),
        high=rise.value_at(high, is_end=True),
        level=size,
    )
    return LossProfile(
        parameter=name,
        values=shown,
        rise=np.array([rise(rise.coordinate(v)) for v in np.ravel(shown)]).reshape(shown.shape),
        interval=interval,
        limit=limit,
    )


def _checked(rise: Rise, values: ArrayLike) -> Floats:
    low, high = np.exp(rise.bounds) if rise.is_log else rise.bounds
    allowed = f"finite, in [{low:g}, {high:g}]" + (" and > 0" if rise.is_log else "")
    array = numeric("values", values, allowed)
    good = np.isfinite(array) & (array >= low) & (array <= high) & ((array > 0) | (not rise.is_log))
    if not array.size or not good.all():
        raise ValueError(f"values must be {allowed}, got {described(values)}")
    return array


def _end(rise: Rise, sign: int, limit: float) -> float:
    """Where the rise reaches the limit, or the bound of the coordinate."""
    rise.last.clear()
    bound = rise.bounds[(sign + 1) // 2]
    inner = rise.best
    step = _first_step(rise)
    if rise.is_ratio and rise(bound) <= limit:
        return float(bound)
    for _ in range(STEPS):
        outer = inner + sign * step
        is_last = sign * (outer - bound) >= 0
        outer = bound if is_last else outer
        if rise(outer) > limit:
            return float(brentq(_excess(rise, limit), inner, outer, xtol=CLOSE, rtol=1e-14))
        if is_last:
            return float(bound)
        inner = outer
        step = min(step * LARGER, LARGEST) if rise.is_log else step * LARGER
    return float(sign * np.inf)


def _excess(rise: Rise, limit: float) -> Callable[[float], float]:
    return lambda u: min(rise(u) - limit, LARGE)


def _first_step(rise: Rise) -> float:
    one = rise.fit[rise.name]
    with np.errstate(divide="ignore"):
        low, high = np.log([one.low, one.high]) if rise.is_log else (one.low, one.high)
    width = (high - low) / 4
    unit = 1.0 if rise.is_log else max(abs(rise.best), STEP)
    return float(width) if 0 < width < unit else STEP * unit


def _shown(rise: Rise, low: float, high: float) -> Floats:
    """Values somewhat beyond the interval, or up to where it is clear that there is no end."""
    ends = (low, high)
    is_open = [np.isinf(end) or (end in rise.bounds and rise.is_ratio) for end in ends]
    if is_open[1]:
        is_within = rise.best < rise.bounds[1]
        high = min(max(low + FAR, rise.best if is_within else low), rise.bounds[1])
    if is_open[0]:
        low = max(high - FAR, rise.bounds[0])
    margin = MARGIN * (high - low)
    first, last = np.clip([low - margin, high + margin], *rise.bounds)
    return np.array([rise.value_at(float(u)) for u in np.linspace(first, last, POINTS)])
