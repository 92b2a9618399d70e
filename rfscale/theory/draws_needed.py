"""`draws_needed`: how many draws a simulation needs for an error."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.support.arguments import Floats, number
from rfscale.theory.predict import predict
from rfscale.theory.relative_scatter import relative_scatter

LARGEST_ERROR = 3.0  # of the scatter, relative; beyond it there is a warning


def draws_needed(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    relative_error: float = 0.01,
    kernel_ridge: ArrayLike | None = None,
) -> Floats:
    """How many draws `simulate` needs for a standard error of this fraction of the test loss.

    Parameters
    ----------
    model, N, T, ridge, kernel_ridge
        As for `predict`.
    relative_error : float
        The standard error that is wanted, in units of the mean test loss, > 0.

    Returns
    -------
    ndarray
        Whole numbers >= 2, of the broadcast shape; `inf` where the loss has no variance. To leading
        order, which is too few at small sizes, the more so where T or N is near M or the other.

    Raises
    ------
    ValueError
        As for `predict`.

    Warns
    -----
    RegimeWarning
        Where the scatter may be several times what theory says.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=500))
    >>> print(rf.draws_needed(model, N=[10, 40, 160], T=60, relative_error=0.01))
    [128.  61.   7.]
    """
    wanted = number("relative_error", relative_error)
    prediction = predict(model, N, T, ridge, kernel_ridge=kernel_ridge)
    scatter, error = relative_scatter(prediction)
    if np.any((error > LARGEST_ERROR) & np.isfinite(scatter) & (scatter > 0)):
        text = (
            "more draws may be needed: sizes are small, or T or N near M, for the theory of scatter"
        )
        warnings.warn(text, RegimeWarning, stacklevel=2)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        draws = np.ceil((scatter / wanted) ** 2)
    return np.maximum(draws, 2.0)[()]
