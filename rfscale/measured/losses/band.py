"""`Band`: predicted losses with the ends of their interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from rfscale.results import Result
from rfscale.support.arguments import Floats, broadcast, choice, sizes

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

OF = ("law", "run")


@dataclass(frozen=True, eq=False)
class Band(Result):
    """Predicted losses.

    Attributes
    ----------
    N, T : ndarray
    value, low, high : ndarray
        The loss and the ends of its interval.
    level : float
        Of the interval.
    of : str
        "law", or "run", with the scatter of a run about it.
    """

    N: Floats
    T: Floats
    value: Floats
    low: Floats
    high: Floats
    level: float
    of: str


def band_of(fit: LossFit, N: ArrayLike, T: ArrayLike, of: str) -> Band:
    """The band of a fit at sizes that broadcast."""
    N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
    is_run = choice("of", of, OF) == "run"

    def losses(parameters: Floats) -> Floats:
        return fit.losses(N.ravel(), T.ravel(), parameters)

    if is_run:
        interval = fit.spread.interval_of_runs(
            losses, fit.best, fit.scatter, is_log=fit.residual == "log"
        )
    else:
        interval = fit.spread.interval(losses, fit.best, is_log=True)
    return Band(
        N=N,
        T=T,
        value=np.reshape(interval.value, N.shape),
        low=np.reshape(interval.low, N.shape),
        high=np.reshape(interval.high, N.shape),
        level=fit.spread.level,
        of=of,
    )
