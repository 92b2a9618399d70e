r"""The best number of quanta for an amount of compute C = n D.

.. math:: n \propto C^{1/(2+\alpha)}, \qquad L \propto C^{-\alpha/(2+\alpha)}

for large C (26.11). Source: derived here; the exponents are those of random features in one pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.neighbours.checks import sizes_or_zero
from rfscale.neighbours.quanta import Quanta
from rfscale.results import Result
from rfscale.support.arguments import Floats, require_kind

COARSE = 1.5  # between the numbers of quanta that are tried first
FINE = 9  # numbers that are tried around the best of them
DECADES = 1e18  # largest n


@dataclass(frozen=True, eq=False)
class OptimalQuanta(Result):
    """The best n and D of budgets C = n D; every array has the shape of C.

    Attributes
    ----------
    quanta : Quanta
    C : ndarray
        The budgets.
    n : ndarray
        The number of quanta, whole.
    D : ndarray
        C/n, the number of samples.
    loss : ndarray
        L(n, D).
    """

    quanta: Quanta
    C: Floats
    n: Floats
    D: Floats
    loss: Floats

    def _about(self) -> str:
        return repr(self.quanta)

    def _table(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("C", "n", "D", "loss")}


def optimal_quanta(quanta: Quanta, C: ArrayLike) -> OptimalQuanta:
    """The number of quanta with the least loss L(n, C/n) (26.11).

    A whole number, searched on ever finer grids around the best of a coarse one; where the loss is
    flat to rounding, n is one of those that are as good.

    Parameters
    ----------
    quanta : Quanta
    C : array_like
        n D > 0, what training costs.

    Returns
    -------
    OptimalQuanta

    Raises
    ------
    ValueError
        If C is not positive.

    Examples
    --------
    >>> best = optimal_quanta(Quanta(alpha=0.5), C=[1e6, 1e8])
    >>> print(best.loss)
    [0.06265 0.02495]
    """
    require_kind("quanta", quanta, Quanta)
    C = sizes_or_zero("C", C, least=True)
    n = np.reshape([_best(quanta, each) for each in C.flat], C.shape)
    D = C / n
    return OptimalQuanta(quanta=quanta, C=C[()], n=n[()], D=D[()], loss=quanta.loss(n, D))


def _best(quanta: Quanta, C: float) -> float:
    most = min(quanta.K, max(1.0, C), DECADES)
    steps = np.ceil(np.log(most) / np.log(COARSE))
    tried = np.unique(np.round(np.geomspace(1, most, int(steps) + 1)))
    while True:
        losses = quanta.loss(tried, C / tried)
        at = int(np.argmin(losses))
        low = tried[max(at - 1, 0)]
        high = tried[min(at + 1, len(tried) - 1)]
        if len(tried) <= FINE and np.all(np.diff(tried) == 1):
            return float(tried[at])
        tried = np.unique(np.round(np.linspace(low, high, FINE)))
