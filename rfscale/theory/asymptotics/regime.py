"""The one place where a closed form says that it is used where its stated error does not hold."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning


def check_regime(formula: str, regime: str, error: ArrayLike, limit: float = 0.1) -> None:
    """Warn the caller of `formula` if its estimated relative error exceeds `limit` anywhere."""
    worst = float(np.max(error))
    if worst > limit:
        size = f"about {worst:.0%}" if worst < 1 else "more than 100%"
        warnings.warn(
            f"{formula} holds for {regime}; here its error is {size}", RegimeWarning, stacklevel=3
        )
