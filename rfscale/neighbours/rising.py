"""Gamma(x + s)/Gamma(x) to rounding, also of a large x, where differences of logarithms are not."""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts when they are first used

LARGE = 20.0  # from there on Stirling's series is right to 1e-15


def rising(x: float, s: float) -> float:
    """Gamma(x + s)/Gamma(x), x >= 1 and 0 < s < 1.

    Examples
    --------
    >>> rising(1e6, 0.5)
    999.999875
    """
    if x < LARGE:
        return float(scipy.special.poch(x, s))
    main = (x - 0.5) * np.log1p(s / x) + s * np.log(x + s) - s
    return float(np.exp(main + _series(x + s) - _series(x)))


def _series(x: float) -> float:
    """What Stirling's formula lacks of log Gamma(x)."""
    return 1 / (12 * x) - 1 / (360 * x**3) + 1 / (1260 * x**5) - 1 / (1680 * x**7)
