r"""The ridge that minimises the planar test loss.

The loss depends on the ridge through Delta alone. With c = df2 - df3, s = df1 - df2, y_N = 1 -
df1/N, y_T = 1 - df1/T and eta = sigma_eps^2 M / sigma_w^2, its slope dL/dDelta has the sign of
(derived here)

.. math:: y_N y_T - \left[ \frac{s^3}{c N T} + \frac{\eta}{\Delta T}
          \left( y_N^2 + \frac{s^2 y_N}{c N} + \frac{s^3}{c N^2} \right) \right].

Without label noise the optimum is where c (N - df1)(T - df1) = s^3; with N = infinity it is where
Delta (T - df1) = eta. At the optimum the bracket, a sum of positive terms, equals y_N y_T, which by
the fixed point is gamma M / (sigma_u^2 N T Delta): so the ridge is had without a difference of
large numbers.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel, require_model
from rfscale.results import Result
from rfscale.support.arguments import Floats, sizes
from rfscale.support.machine import require_memory
from rfscale.theory.equations.best_ridge import optimum_points
from rfscale.theory.kernels import broadcast_shape, over_points
from rfscale.theory.prediction import ROWS, Prediction, prediction
from rfscale.theory.ridge_search import COARSE, search_ridge

BYTES_PER_POINT = 400  # of all arrays together


@dataclass(frozen=True, eq=False)
class OptimalRidge(Result):
    """The best ridge and what it achieves.

    Attributes
    ----------
    ridge : ndarray
        gamma at the optimum, of the broadcast shape of N and T; 0 or `inf` where the optimum is
        there.
    location : ndarray of str
        "interior"; "zero": the loss is least without ridge (T = infinity; N = infinity or N, T >= M
        without label noise; or so little noise that the best Delta is below exp(-300) lambda_M);
        "infinity": the ridge grows without bound, because there is nothing but noise to learn
        (sigma_w = 0), or because N = infinity with label noise, where gamma/N has the finite limit
        that `prediction.delta` shows, or because it is beyond float64.
    prediction : Prediction
        The planar losses at the optimum.
    """

    ridge: Floats
    location: NDArray[np.str_]
    prediction: Prediction

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """The columns of the prediction, and `location`."""
        columns = self.prediction.columns()
        return columns | {"location": np.broadcast_to(self.location, np.shape(self.ridge)).ravel()}


def optimal_ridge(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> OptimalRidge:
    """The ridge that minimises the planar test loss, exactly, for any spectrum and label noise.

    The slope of the loss changes its sign once, so that the minimum is the only one. This is not
    proved, but held for all of 15 000 random spectra, sizes and noises (groups of eigenvalues,
    scattered ones and power laws). For a general teacher or test spectrum the deepest minimum is
    searched instead, the ridge to about 1e-4 and its loss to rounding, at some 400 times the cost.

    Parameters
    ----------
    model : ScalingModel
    N, T : array_like
        Numbers of features and samples > 0, broadcast together; `numpy.inf` is allowed.

    Returns
    -------
    OptimalRidge
        With `ridge`, `location` and `prediction`.

    Raises
    ------
    ValueError
        If N or T is out of its range, or their shapes do not broadcast.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10_000))
    >>> best = optimal_ridge(model, N=100, T=[50, 200])
    >>> print(best.ridge * model.M)  # (pi/2)^2 = 2.467 for all N and T when alpha = 1, up to N/M
    [2.447 2.427]
    """
    require_model(model)
    N, T = sizes("N", N), sizes("T", T)
    points = math.prod(broadcast_shape(model.spectrum, N=N, T=T))
    require_memory(
        BYTES_PER_POINT * points * (1 if model.is_plain else COARSE),
        f"the optimal ridge at {points} points",
    )
    if not model.is_plain:
        return _searched(model, N, T)
    rows = over_points(
        optimum_points, model.spectrum, (N, T, model.units.log_noise_to_signal), ROWS + 2
    )
    log_product_of_unused, no_ridge = rows[ROWS], rows[ROWS + 1].astype(bool)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        # the fixed point, solved for gamma
        log_ridge = rows[0] + log_product_of_unused - model.units.log_ridge(1.0, per=(N, T))
        ridge = np.where(no_ridge, 0.0, np.exp(log_ridge))
    location = np.select([no_ridge, np.isinf(ridge)], ["zero", "infinity"], default="interior")
    return OptimalRidge(ridge[()], location[()], prediction(model, N, T, ridge, rows[:ROWS]))


def _searched(model: ScalingModel, N: Floats, T: Floats) -> OptimalRidge:
    """For a general teacher or test spectrum."""
    ridge, losses = search_ridge(model, N, T)
    ridge = np.where((ridge > 0) & (np.isinf(N) | np.isinf(T)), np.inf, ridge)
    N, T = (np.array(np.broadcast_to(size, ridge.shape))[()] for size in (N, T))
    location = np.select([ridge == 0, np.isinf(ridge)], ["zero", "infinity"], default="interior")
    return OptimalRidge(
        ridge[()], location[()], dataclasses.replace(losses, N=N, T=T, ridge=ridge[()])
    )
