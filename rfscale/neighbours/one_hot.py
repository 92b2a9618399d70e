r"""What is left of a direction of frequency p after D independent samples: (1 - p)^D.

.. math:: \int_0^p u^{s-1} (1-u)^D\,du = B(s, D + 1)\,I_p(s, D + 1)

exact for one-hot samples, of which each shows one direction (26.8); with a Poisson number of
samples it is exp(-D p).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.neighbours.rising import rising
from rfscale.support.arguments import Floats


@dataclass(frozen=True)
class OneHot:
    """(1 - p)^D of the frequency p."""

    D: float
    width: float = 1.0

    def value(self, p: Floats) -> Floats:
        """(1 - p)^D."""
        return np.asarray(np.exp(scipy.special.xlog1py(self.D, -p)))

    def between(self, s: float, low: float, high: float) -> float:
        """B(s, D+1) times the difference of I_p(s, D+1), by the side of it that has less."""
        first = s, self.D + 1
        if low * self.D < 1:
            shares = scipy.special.betainc(*first, [low, high])
            share = shares[1] - shares[0]
        else:
            shares = scipy.special.betaincc(*first, [low, high])
            share = shares[0] - shares[1]
        whole = scipy.special.gamma(s) / rising(self.D + 1, s)
        return float(whole * share)
