"""`optimal_ridge`: the ridge of the least planar test loss (12.10)."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel, require_model
from rfscale.results import Result
from rfscale.support.arguments import Floats, sizes
from rfscale.support.machine import require_memory
from rfscale.theory.assembly import assembled, filled, inverse_trace
from rfscale.theory.kernels import OptimumRows, optimum_points
from rfscale.theory.over_points import broadcast_shape, over_points
from rfscale.theory.prediction import Prediction
from rfscale.theory.ridge_search import COARSE, search_ridge
from rfscale.theory.strength import Strength, strength_of_log_ridge

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
        (sigma_w = 0), or because N = infinity with label noise, where `kernel_ridge` is finite, or
        because it is beyond float64.
    prediction : Prediction
        The planar losses at the optimum.
    kernel_ridge : ndarray
        The same ridge for the kernel, gamma M/(sigma_u^2 N), finite where N is infinite: with it
        `predict` gives `prediction` there. None in results that an earlier version stored.
    """

    ridge: Floats
    location: NDArray[np.str_]
    prediction: Prediction
    kernel_ridge: Floats | None = None

    def _table(self) -> dict[str, Any]:
        """The columns of the prediction, and `location`."""
        return self.prediction._table() | {"location": self.location}

    def _about(self) -> str:
        return repr(self.prediction.model)

    def _short(self) -> dict[str, Any]:
        return self.prediction._short() | {"location": self.location}


def optimal_ridge(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> OptimalRidge:
    """The ridge that minimises the planar test loss, exactly, for any spectrum and label noise.

    It is where the slope of the loss vanishes (12.10). That the slope changes its sign only once is
    not proved: the book's page "How far to trust it" says where it was tried. For a general teacher
    or test spectrum the deepest minimum is searched instead, the ridge to about 1e-4 and its loss
    to rounding, at some 400 times the cost.

    Parameters
    ----------
    model : ScalingModel
    N, T : array_like
        Numbers of features and samples > 0, broadcast together; `numpy.inf` is allowed.

    Returns
    -------
    OptimalRidge
        With `ridge`, `location`, `prediction` and `kernel_ridge`.

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
    return best_ridge(model, N, T)[0]


def best_ridge(
    model: ScalingModel, N: ArrayLike, T: ArrayLike
) -> tuple[OptimalRidge, tuple[Floats, Floats, Strength]]:
    """The optimum, and sizes and a strength that equations give its losses at.

    These sizes are finite where both are infinite and the ridge is not determined by its limit.
    """
    N = sizes("N", N)
    T = sizes("T", T)
    points = math.prod(broadcast_shape(model.spectrum, N=N, T=T))
    tried = 1 if model.is_plain else COARSE
    require_memory(BYTES_PER_POINT * points * tried, f"the optimal ridge at {points} points")
    return _solved(model, N, T) if model.is_plain else _searched(model, N, T)


def _solved(
    model: ScalingModel, N: Floats, T: Floats
) -> tuple[OptimalRidge, tuple[Floats, Floats, Strength]]:
    """For an isotropic teacher and no other test spectrum: the root of the slope."""
    columns = inverse_trace(model, N, T), model.units.log_noise_to_signal
    rows = over_points(optimum_points, OptimumRows, model.spectrum, (N, T), columns)
    best = strength_of_log_ridge(model, N, T, rows.log_ridge)
    prediction = assembled(model, N, T, best, rows.losses, "planar")
    at_zero = np.isneginf(rows.log_ridge)
    return _result(prediction, at_zero), (N, T, best)


def _searched(
    model: ScalingModel, N: Floats, T: Floats
) -> tuple[OptimalRidge, tuple[Floats, Floats, Strength]]:
    """For a general teacher or test spectrum, whose slope has no simple form."""
    best, at_best = search_ridge(model, N, T)
    strength = best[2]
    grows = (strength.ridge > 0) & (np.isinf(N) | np.isinf(T))
    kernel_grows = (strength.kernel_ridge > 0) & np.isinf(T)
    shape = at_best.test.shape
    prediction = dataclasses.replace(
        at_best,
        N=filled(N, shape),
        T=filled(T, shape),
        ridge=np.where(grows, np.inf, strength.ridge)[()],
        kernel_ridge=np.where(kernel_grows, np.inf, strength.kernel_ridge)[()],
    )
    return _result(prediction, prediction.ridge == 0), best


def _result(prediction: Prediction, at_zero: NDArray[np.bool_]) -> OptimalRidge:
    """The best ridge of these losses."""
    ends = [at_zero, np.isinf(prediction.ridge)]
    location = np.select(ends, ["zero", "infinity"], default="interior")
    return OptimalRidge(
        ridge=prediction.ridge,
        location=location[()],
        prediction=prediction,
        kernel_ridge=prediction.kernel_ridge,
    )
