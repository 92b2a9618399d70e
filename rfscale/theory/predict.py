"""`predict`: the theory's one entry point, the twin of `simulate`."""

from __future__ import annotations

import dataclasses
import math
import warnings

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning, ScalingModel, require_model
from rfscale.support.arguments import Floats, is_optimal, ridges, sizes
from rfscale.support.machine import require_memory
from rfscale.theory.kernels import broadcast_shape
from rfscale.theory.optimal_ridge import OptimalRidge, optimal_ridge
from rfscale.theory.orders import predict_to_order
from rfscale.theory.prediction import ORDERS, Prediction, planar
from rfscale.theory.ridge_search import LARGEST

BYTES_PER_POINT = 400  # of all arrays together
LARGEST_ERROR = 0.2  # of one loop, relative; beyond it there is a warning


def predict(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str = 0.0,
    *,
    order: str = "planar",
) -> Prediction:
    """The mean test and training loss of N random features trained on T samples.

    Parameters
    ----------
    model : ScalingModel
        Spectrum, teacher, features, label noise and test spectrum. The arrays of a `PowerLaw`
        broadcast with N, T and ridge.
    N, T : array_like
        Numbers of features and samples > 0; any real number, and `numpy.inf`.
    ridge : array_like or "optimal"
        gamma >= 0 of the training loss (not divided by T), broadcast with N and T. At 0 the losses
        are the limit ridge -> 0 (minimum-norm solution). A finite ridge has no effect where N or T
        is infinite. "optimal" takes the ridge that minimises the planar test loss
        (`optimal_ridge`), also for one loop, which is stationary there to its own order.
    order : {"planar", "one-loop"}
        "planar" is the limit of infinite sizes; "one-loop" adds the terms of relative order 1/size,
        to the losses and to `df1`.

    Returns
    -------
    Prediction
        Arrays `test`, `signal`, `noise`, `train`, `delta`, `df1`, `df2`, `regime`, `order_error`,
        `delta_error` of the broadcast shape. Test losses carry the factor 1/2 and clean labels; `inf`
        where they diverge (N = T < M without ridge). They are means over draws; how single draws
        scatter, `simulate` reports.

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes do not broadcast, or the ridge is infinite
        together with N or T.

    Warns
    -----
    RegimeWarning
        Where one loop may be off by more than 20 percent: sizes of a few, or N and T close together
        with a weak ridge.

    Notes
    -----
    The equations are in `rfscale.theory.equations.fixed_point`, `rfscale.theory.prediction`, and
    `rfscale.theory.orders` for general teachers and test spectra; those of one loop in
    `rfscale.theory.equations.one_loop`.

    `order_error` says how large the next term may be, relative to `test`: for "planar" that of
    relative order 1/size, for "one-loop" that of 1/size^2. The expansion parameter is the variance
    of log[(N - df1)(T - df1)] by fluctuations, `1/|N - T|` at N near T without ridge. In 3254
    random models and sizes (3 to 50; any ridge, teacher and test spectrum, also a few equal
    eigenvalues above a negligible rest; 15 000 draws or more) the gap of one loop was always
    inside, within three standard errors; where it could be measured it was a fifth of the stated
    error in the median, nine tenths at most.

    The relative error is below 1e-11 (measured: 3e-13), as long as the loss itself depends that
    little on its arguments in float64. It depends more on them near N = T with a tiny ridge, where
    1 - N/T is known to eps/(1 - N/T) (but N = T is exact), and near min(N, T) = M, where M - N is.
    Compiled when first used; from then on about 1 microsecond a point, for any M, and 2 where the
    spectrum changes from each point to the next. One loop takes twice that. A spectrum, teacher or
    test spectrum that is an array costs sums over all M.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=4000))
    >>> print(rf.predict(model, N=500, T=[100, 300, 500], ridge=1e-9).test)
    [3.739e-06 2.403e-06 2.054e-04]
    >>> small = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=60), sigma_eps=0.1)
    >>> one_loop = rf.predict(small, N=20, T=40, ridge=1e-2, order="one-loop")
    >>> print(one_loop.test / rf.predict(small, N=20, T=40, ridge=1e-2).test)
    1.0158
    >>> models = rf.ScalingModel(rf.PowerLaw(alpha=[0.5, 1.0, 2.0], M=10**12))
    >>> print(rf.predict(models, N=1e9, T=1e10).test)
    [6.440e-17 1.370e-21 9.822e-31]
    """
    require_model(model)
    if not isinstance(order, str) or order not in ORDERS:
        raise ValueError(f"order must be one of {', '.join(ORDERS)}, got {order!r}")
    if is_optimal(ridge):
        return _at_the_optimum(model, N, T, order)
    N, T, ridge = sizes("N", N), sizes("T", T), ridges(ridge)
    points = math.prod(broadcast_shape(model.spectrum, N=N, T=T, ridge=ridge))
    require_memory(BYTES_PER_POINT * points, f"a prediction at {points} points")
    if np.any(np.isinf(ridge)) and np.any(np.isinf(ridge) & (np.isinf(N) | np.isinf(T))):
        raise ValueError("ridge must be finite where N or T is inf, got inf")
    if model.is_plain and order == "planar":
        return planar(model, N, T, ridge)
    result = predict_to_order(model, N, T, ridge, order)
    if order == "one-loop":
        _warn_of_large_corrections(result)
    return result


def _at_the_optimum(model: ScalingModel, N: ArrayLike, T: ArrayLike, order: str) -> Prediction:
    """The losses at the ridge that minimises the planar loss; that of one loop is stationary there
    to its own order.
    """
    if order == "planar":
        return optimal_ridge(model, N, T).prediction
    best, n, t, ridge = finite_optimum(model, N, T)
    result = predict_to_order(model, n, t, ridge, order)
    _warn_of_large_corrections(result, stacklevel=4)
    return dataclasses.replace(result, N=best.prediction.N, T=best.prediction.T, ridge=best.ridge)


def finite_optimum(
    model: ScalingModel, N: ArrayLike, T: ArrayLike
) -> tuple[OptimalRidge, Floats, Floats, Floats]:
    """The optimum, and sizes and ridge that amount to it: a ridge beside an infinite size is finite
    for a large one.
    """
    best = optimal_ridge(model, N, T)
    n, t = np.minimum(sizes("N", N), LARGEST), np.minimum(sizes("T", T), LARGEST)
    infinite = np.any(np.isinf(best.prediction.N) | np.isinf(best.prediction.T))
    return best, n, t, np.asarray(optimal_ridge(model, n, t).ridge if infinite else best.ridge)


def _warn_of_large_corrections(prediction: Prediction, stacklevel: int = 3) -> None:
    """Say where the expansion in 1/size fails."""
    large = prediction.order_error > LARGEST_ERROR
    if np.any(large):
        text = (
            f"one loop may be off by more than {LARGEST_ERROR:.0%} at {np.sum(large)} of {np.size(large)} points, "
            "where sizes are small, or N and T close with a weak ridge: see order_error"
        )
        warnings.warn(text, RegimeWarning, stacklevel=stacklevel)
