"""`optimal_ridge`: the ridge of the least test loss (12.10), and to one loop (12.25)."""

from __future__ import annotations

import dataclasses
import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import RegimeWarning, ScalingModel, require_model
from rfscale.results import Result
from rfscale.support.arguments import Floats, choice, sizes
from rfscale.support.machine import require_memory
from rfscale.theory.assembly import assembled, inverse_trace, predicted
from rfscale.theory.kernels import OptimumRows, optimum_points
from rfscale.theory.over_points import broadcast_shape, over_points
from rfscale.theory.prediction import ORDERS, Prediction
from rfscale.theory.ridge_search import COARSE, at_given_sizes, search_ridge
from rfscale.theory.ridge_shift import one_loop_shift, shifted
from rfscale.theory.strength import Strength, strength_of_log_ridge

BYTES_PER_POINT = 400  # of all arrays together
LARGEST_SHIFT_ERROR = 0.2  # of log gamma to one loop; beyond it there is a warning


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
        The losses there, to the order that was asked for.
    kernel_ridge : ndarray
        The same ridge for the kernel, gamma M/(sigma_u^2 N), finite where N is infinite: with it
        `predict` gives `prediction` there. None in results that an earlier version stored.
    shift : ndarray
        To one loop: log of `ridge` over the planar optimum, at N = infinity of `kernel_ridge`. Of
        order 1/size, and at most 1 in size. 0 where the planar optimum is at 0 or infinity, or so
        flat that rounding hides it. None for "planar".
    shift_error : ndarray
        How far `shift` may be off, of order 1/size^2; `inf` where it is 0 for these reasons.
    """

    ridge: Floats
    location: NDArray[np.str_]
    prediction: Prediction
    kernel_ridge: Floats | None = None
    shift: Floats | None = None
    shift_error: Floats | None = None

    @property
    def test(self) -> Floats:
        """The test loss there, that of `prediction`."""
        return self.prediction.test

    def _table(self) -> dict[str, Any]:
        """The columns of the prediction, `location`, and those of the shift where it has one."""
        shifts = {"shift": self.shift, "shift_error": self.shift_error}
        shifts = {} if self.shift is None else shifts
        return self.prediction._table() | {"location": self.location} | shifts

    def _about(self) -> str:
        return repr(self.prediction.model)

    def _short(self) -> dict[str, Any]:
        return self.prediction._short() | {"location": self.location}


def optimal_ridge(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, *, order: str = "planar"
) -> OptimalRidge:
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
    order : {"planar", "one-loop"}
        "one-loop" shifts the planar optimum by what finite sizes do to first order in 1/size.

    Returns
    -------
    OptimalRidge
        With `ridge`, `location`, `prediction`, `kernel_ridge`, `shift` and `shift_error`.

    Raises
    ------
    ValueError
        If N or T is out of its range, or their shapes do not broadcast, or `order` is none.

    Warns
    -----
    RegimeWarning
        Where the ridge to one loop may be off by more than 20 percent (`shift_error`).

    Notes
    -----
    The shift is (12.25), the slope of the one-loop term over the curvature of the planar loss, both
    derivatives of a polynomial through the losses at 11 ridges around, to about 1e-10 of the loss.
    It changes the loss in relative order 1/size^2 only. For 185 random models with sizes of 4 to
    64 no shift in simulations was off by more than 0.6 `shift_error` and three standard errors.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10_000))
    >>> best = optimal_ridge(model, N=100, T=[50, 200])
    >>> print(best.ridge * model.M)  # (pi/2)^2 = 2.467 for all N and T when alpha = 1, up to N/M
    [2.447 2.427]
    >>> small = ScalingModel(PowerLaw(alpha=1.0, M=60), sigma_eps=0.1)
    >>> print(optimal_ridge(small, N=20, T=20, order="one-loop").shift)  # simulation: -1.9(1) %
    -0.0186
    """
    require_model(model)
    choice("order", order, ORDERS[:2])
    planar, points = best_ridge(model, N, T)
    if order == "planar":
        return planar
    return _to_one_loop(model, planar, *points)


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
    prediction = at_given_sizes(at_best, N, T)
    return _result(prediction, prediction.ridge == 0), best


def _to_one_loop(
    model: ScalingModel, planar: OptimalRidge, N: Floats, T: Floats, at: Strength
) -> OptimalRidge:
    """The optimum that one loop shifts, and the losses there."""
    first_order = planar.prediction.order_error
    shift, error = one_loop_shift(model, N, T, at, first_order)
    _warn_of_large_errors(error)
    losses = predicted(model, N, T, shifted(at, shift), "one-loop")
    prediction = dataclasses.replace(
        losses,
        N=planar.prediction.N,
        T=planar.prediction.T,
        ridge=(planar.ridge * np.exp(shift))[()],
        kernel_ridge=(planar.prediction.kernel_ridge * np.exp(shift))[()],
    )
    return OptimalRidge(
        ridge=prediction.ridge,
        location=planar.location,
        prediction=prediction,
        kernel_ridge=prediction.kernel_ridge,
        shift=shift[()],
        shift_error=error[()],
    )


def _warn_of_large_errors(shift_error: Floats) -> None:
    """Say where the expansion in 1/size fails; not where there is no shift."""
    is_large = np.isfinite(shift_error) & (shift_error > LARGEST_SHIFT_ERROR)
    if np.any(is_large):
        text = (
            f"the best ridge to one loop may be off by more than {LARGEST_SHIFT_ERROR:.0%} at "
            f"{np.sum(is_large)} of {np.size(is_large)} points: see shift_error"
        )
        warnings.warn(text, RegimeWarning, stacklevel=4)


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
