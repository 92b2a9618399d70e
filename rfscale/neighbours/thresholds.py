r"""Filters of counts with a threshold: a direction is learned once it was seen tau times (26.6).

.. math:: Q(\tau, y) \quad\text{where counts scatter}, \qquad 1_{y < \tau} \quad\text{where not}
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.neighbours.checks import SCALE, in_range, share, threshold
from rfscale.neighbours.count_filter import CountFilter
from rfscale.neighbours.ranks import Ranks, Whole
from rfscale.neighbours.rising import rising
from rfscale.support.arguments import Floats
from rfscale.support.sealed import sealed


@sealed
@dataclass(frozen=True, eq=False)
class Threshold(CountFilter):
    """Learned once seen tau times: f = Q(tau, y/scale), of Poisson counts with the mean y.

    With scale = 1 the quantization model. The transform is scale^s Gamma(tau + s)/(s Gamma(tau)).

    Parameters
    ----------
    tau : float
        Number of examples >= 1, whole or not.
    scale : float
        Samples that count as one, > 0.

    Examples
    --------
    >>> import numpy as np
    >>> print(Threshold(tau=5).unlearned(np.array([0.0, 5.0, 20.0])))
    [1.0000e+00 4.4049e-01 1.6945e-05]
    """

    tau: float = 1.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "tau", threshold("tau", self.tau))
        object.__setattr__(self, "scale", in_range("scale", self.scale))

    def unlearned(self, y: Floats) -> Floats:
        """Q(tau, y/scale), the regularised upper incomplete gamma function."""
        return np.asarray(scipy.special.gammaincc(self.tau, y / self.scale))

    def below(self, s: float, y: float) -> float:
        """scale^s [v^s Q(tau, v)/s + Gamma(tau+s)/(s Gamma(tau)) P(tau+s, v)], v = y/scale."""
        v = y / self.scale
        seen = rising(self.tau, s) * scipy.special.gammainc(self.tau + s, v)
        left = v**s * scipy.special.gammaincc(self.tau, v)
        return float(self.scale**s / s * (left + seen))

    def above(self, s: float, y: float) -> float:
        """scale^s [Gamma(tau+s)/(s Gamma(tau)) Q(tau+s, v) - v^s Q(tau, v)/s], v = y/scale."""
        v = y / self.scale
        seen = rising(self.tau, s) * scipy.special.gammaincc(self.tau + s, v)
        left = v**s * scipy.special.gammaincc(self.tau, v)
        return float(self.scale**s / s * (seen - left))

    def mellin(self, s: float) -> float:
        """scale^s Gamma(tau + s)/(s Gamma(tau))."""
        s = share("s", s)
        return float(self.scale**s * rising(self.tau, s) / s)


@sealed
@dataclass(frozen=True, eq=False)
class SharpThreshold(CountFilter):
    """Learned once y reaches tau: f = 1 below and 0 from there. The transform is tau^s/s.

    Parameters
    ----------
    tau : float
        Number of examples > 0.

    Examples
    --------
    >>> import numpy as np
    >>> print(SharpThreshold(3.0).unlearned(np.array([2.9, 3.0])))
    [1. 0.]
    """

    tau: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "tau", threshold("tau", self.tau, least=SCALE[0]))

    def unlearned(self, y: Floats) -> Floats:
        """1 where y < tau."""
        return np.where(np.asarray(y) < self.tau, 1.0, 0.0)

    def below(self, s: float, y: float) -> float:
        """min(y, tau)^s/s."""
        return float(min(y, self.tau) ** s / s)

    def above(self, s: float, y: float) -> float:
        """The rest of tau^s/s."""
        return float(self.tau**s / s - self.below(s, y))

    def sum(self, ranks: Ranks, T: float, first: float, last: float) -> float:
        """That of the directions with T p < tau, which no integral gives."""
        if np.isinf(T):
            return 0.0
        learned = np.ceil((T * ranks.scale / self.tau) ** (1 / (1 + ranks.alpha))) + 1.0
        while learned > 0 and T * ranks.frequency(learned) < self.tau:
            learned -= 1.0
        return ranks.total(Whole(), max(first, float(learned)), last)

    @cached_property
    def spread(self) -> float:
        """1: not used."""
        return 1.0


PARITY_NETWORK = Threshold(3.26, scale=5.8e4)
