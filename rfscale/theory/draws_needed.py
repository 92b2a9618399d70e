"""`draws_needed`: how many draws a simulation needs for an error."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.support.arguments import Floats, number
from rfscale.theory.predict import predict
from rfscale.theory.relative_scatter import relative_scatter

LARGEST_SCATTER_ERROR = 1.0  # of the scatter, relative; beyond it there is a warning


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
        Whole numbers >= 2, of the broadcast shape: for the largest scatter that the error of its
        theory allows, `Prediction.std_error`, so that they are rather too many. `inf` where the
        loss has no variance, or theory no bound of it.

    Raises
    ------
    ValueError
        As for `predict`.

    Warns
    -----
    RegimeWarning
        Where the scatter is not known to 100 percent: sizes of a few, or N, T and M close together
        with a weak ridge. The numbers may be far too large there.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=500))
    >>> print(rf.draws_needed(model, N=[10, 40, 160], T=60, relative_error=0.01))
    [198.  89.   8.]
    """
    wanted = number("relative_error", relative_error)
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # of the mean
        prediction = predict(model, N, T, ridge, order="resummed", kernel_ridge=kernel_ridge)
    scatter, error = relative_scatter(prediction)
    unknown = (error > LARGEST_SCATTER_ERROR) & np.isfinite(scatter) & (scatter > 0)
    if np.any(unknown):
        text = (
            f"the scatter is known to no better than 100 % at {np.sum(unknown)} of "
            f"{np.size(unknown)} points, where sizes are small, or N, T and M close with a weak "
            "ridge: fewer draws may be enough; see Prediction.std_error"
        )
        warnings.warn(text, RegimeWarning, stacklevel=2)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        draws = np.where(scatter == 0, 0.0, np.ceil((scatter * (1 + error) / wanted) ** 2))
    return np.maximum(draws, 2.0)[()]
