"""`predict`: the theory's one entry point, the twin of `simulate`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from rfscale.arguments import is_optimal, ridges, sizes
from rfscale.machine import require_memory
from rfscale.model import ScalingModel, require_model
from rfscale.theory.optimal_ridge import optimal_ridge
from rfscale.theory.planar import Prediction, planar
from rfscale.theory.points import broadcast_shape

BYTES_PER_POINT = 400  # of all arrays together


def predict(model: ScalingModel, N: ArrayLike, T: ArrayLike, ridge: ArrayLike | str = 0.0) -> Prediction:
    """The test and training loss of N random features trained on T samples, at infinite size (planar theory).

    Parameters
    ----------
    model : ScalingModel
        Spectrum, teacher, features and label noise. The arrays of a `PowerLaw` broadcast with N, T and ridge.
    N, T : array_like
        Numbers of features and samples > 0; any real number, and `numpy.inf`.
    ridge : array_like or "optimal"
        gamma >= 0 of the training loss (not divided by T), broadcast with N and T. At 0 the losses are the limit
        ridge -> 0 (minimum-norm solution). A finite ridge has no effect where N or T is infinite. "optimal" takes
        the ridge that minimises the test loss (`optimal_ridge`).

    Returns
    -------
    Prediction
        Arrays `test`, `signal`, `noise`, `train`, `delta`, `df1`, `df2`, `regime`, `residual` of the broadcast
        shape. Test losses carry the factor 1/2 and clean labels; `inf` where they diverge (N = T < M without ridge).

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes do not broadcast, or the ridge is infinite together with N or T.

    Notes
    -----
    The equations are in `rfscale.theory.fixed_point` and `rfscale.theory.planar`. Finite sizes add terms of relative
    order 1/size.

    The relative error is below 1e-11 (measured: 3e-13), as long as the loss itself depends that little on its arguments
    in float64. It depends more on them near N = T with a tiny ridge, where 1 - N/T is known to eps/(1 - N/T) (but N = T
    is exact), and near min(N, T) = M, where M - N is. Compiled when first used; from then on about 1 microsecond a
    point, for any M, and 2 where the spectrum changes from each point to the next.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=4000))
    >>> print(rf.predict(model, N=500, T=[100, 300, 500], ridge=1e-9).test)
    [3.739e-06 2.403e-06 2.054e-04]
    >>> models = rf.ScalingModel(rf.PowerLaw(alpha=[0.5, 1.0, 2.0], M=10**12))
    >>> print(rf.predict(models, N=1e9, T=1e10).test)
    [6.440e-17 1.370e-21 9.822e-31]
    """
    require_model(model)
    if is_optimal(ridge):
        return optimal_ridge(model, N, T).prediction
    N, T, ridge = sizes("N", N), sizes("T", T), ridges(ridge)
    points = math.prod(broadcast_shape(model.spectrum, N=N, T=T, ridge=ridge))
    require_memory(BYTES_PER_POINT * points, f"a prediction at {points} points")
    if np.any(np.isinf(ridge)) and np.any(np.isinf(ridge) & (np.isinf(N) | np.isinf(T))):
        raise ValueError("ridge must be finite where N or T is inf, got inf")
    return planar(model, N, T, ridge)
