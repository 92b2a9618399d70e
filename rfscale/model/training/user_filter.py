r"""A user's function as a training: theta = y phi^T h(phi phi^T)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.model.training.base import Training
from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described
from rfscale.support.sealed import sealed

PROBED = np.geomspace(1e-12, 1e12, 25)  # eigenvalues at which a function is tried


@sealed
@dataclass(frozen=True, eq=False)
class Filter(Training):
    """A filter of one's own, h(s) on the eigenvalues of phi phi^T.

    Parameters
    ----------
    function : callable
        Takes an array of eigenvalues s > 0 and returns finite numbers h(s), an array of the same
        shape; 1/(s + gamma) is a ridge. To be saved in a file, or sent to other processes, it is to
        be a `Training` of one's own in its place.

    Raises
    ------
    ValueError
        If it is not such a function.

    Examples
    --------
    >>> import numpy as np
    >>> truncated = Filter(lambda s: np.minimum(1 / s, 10.0))
    >>> print(truncated.residual(np.array([0.01, 1.0])))
    [0.9 0. ]
    """

    function: Any

    def __post_init__(self) -> None:
        if not callable(self.function) or isinstance(self.function, type):
            raise ValueError(
                "function must be a function of an array of eigenvalues, got "
                f"{described(self.function)}"
            )
        with np.errstate(all="ignore"):  # a polynomial may be finite on the spectrum alone
            checked_filter("function", self.function, PROBED, finite=np.any)

    def filter(self, s: Floats) -> Floats:
        """h(s)."""
        return checked_filter("function", self.function, s)


def checked_filter(name: str, function: Any, s: Floats, finite: Any = np.all) -> Floats:
    """What a user's function returns at eigenvalues s; ValueError if it is no filter.

    It has to be finite at all of them, or at any.
    """
    try:
        returned = function(np.array(s))
    except Exception as error:  # a user's function may fail in any way
        raise ValueError(
            f"{name} must take an array of eigenvalues, it failed with {type(error).__name__}: "
            f"{error}"
        ) from error
    values = numeric(f"what {name} returns", returned, "real numbers")
    if values.shape != np.shape(s):
        raise ValueError(
            f"{name} must return an array of the shape of its argument, {np.shape(s)}, got "
            f"{values.shape}"
        )
    if not finite(np.isfinite(values)):
        bad = np.asarray(s)[~np.isfinite(values)][0]
        raise ValueError(f"{name} must return finite numbers, got none at s = {bad:g}")
    return values
