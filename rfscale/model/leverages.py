"""Leverages: the training samples are x_a = sqrt(tau_a) z_a, each tau_a one of given numbers of
mean 1.

So scaled, samples keep the covariance of z on average, while their sizes fluctuate more than those
of Gaussian data in many directions: data of that kind are called elliptical.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described

MEAN_ERROR = 1e-8  # of a mean that counts as 1
ALLOWED = "a list of finite numbers > 0 with mean 1"


def checked_leverages(leverages: ArrayLike, name: str = "leverages") -> Floats:
    """Leverages as a sorted read-only array of its own.

    Parameters
    ----------
    leverages : array_like
        Finite numbers > 0 with mean 1 (to 1e-8), of shape (P,), in any order.
    name : str
        Of the argument, for the errors.

    Returns
    -------
    ndarray
        The same numbers in rising order, (P,).

    Raises
    ------
    ValueError
        If they are not that.

    Examples
    --------
    >>> checked_leverages([1.5, 0.5])
    array([0.5, 1.5])
    """
    tau = numeric(name, leverages, ALLOWED)
    if tau.ndim != 1 or tau.size == 0:
        raise ValueError(f"{name} must be {ALLOWED}, got {described(leverages)}")
    good = np.isfinite(tau) & (tau > 0)
    if not good.all():
        first = int(np.argmin(good))
        raise ValueError(f"{name} must be {ALLOWED}, got {tau[first]:g} at index {first}")
    mean = _mean(tau)
    if not abs(mean - 1) <= MEAN_ERROR:
        raise ValueError(
            f"{name} must have mean 1, got numbers with mean {mean:.10g}: divide them by their mean"
        )
    tau.sort()
    tau.flags.writeable = False
    return tau


def _mean(tau: Floats) -> float:
    """Without overflow."""
    return float(np.sum(tau / tau.size))
