"""`optimal_time`: the stopping time of gradient flow with the least test loss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel, require_model
from rfscale.model.training import GradientFlow, Training
from rfscale.results import Result
from rfscale.support.arguments import Floats, sizes
from rfscale.support.machine import require_memory
from rfscale.support.products import times
from rfscale.theory.assembly import filled
from rfscale.theory.optimal_ridge import optimal_ridge
from rfscale.theory.over_points import broadcast_shape
from rfscale.theory.time_search import search_time
from rfscale.theory.trained import trained
from rfscale.theory.trained_prediction import TrainedPrediction

BYTES_PER_POINT = 400_000  # of some 200 times that are tried together


@dataclass(frozen=True, eq=False)
class OptimalTime(Result):
    """The best stopping time of gradient flow and what it achieves.

    Attributes
    ----------
    time : ndarray
        t at the optimum, of a loss that is a sum over samples, of the broadcast shape of N, T and
        ridge; 0 where N or T is infinite, unless `location` is "infinity".
    tau : ndarray
        t N T lambda_+ sigma_u^2/M, without a unit: `GradientFlow(tau=tau, ridge=ridge)`.
    location : ndarray of str
        "interior"; "zero": there is nothing but noise to learn; "infinity": training longer is
        better, and the end is the ridge. These two also where no time is better than them by more
        than 1e-11 of the loss.
    prediction : TrainedPrediction
        The losses there.
    over_best_ridge : ndarray
        Its test loss over that of `optimal_ridge`; 1 where both are 0.
    """

    time: Floats
    tau: Floats
    location: NDArray[np.str_]
    prediction: TrainedPrediction
    over_best_ridge: Floats

    @property
    def test(self) -> Floats:
        """The test loss there, that of `prediction`."""
        return self.prediction.test

    @property
    def training(self) -> Training:
        """The training that stops there, which `simulate` and `compare` take."""
        return self.prediction.training

    def _table(self) -> dict[str, Any]:
        """The columns of the prediction with `time` and `tau`, and what is beside them."""
        beside = {"location": self.location, "over_best_ridge": self.over_best_ridge}
        return self.prediction._table() | {"time": self.time, "tau": self.tau} | beside

    def _about(self) -> str:
        return repr(self.prediction.model)

    def _short(self) -> dict[str, Any]:
        beside = {"location": self.location, "over best ridge": self.over_best_ridge}
        columns = self.prediction._short() | {"tau": self.tau, "time": self.time} | beside
        del columns["training"]  # always gradient flow
        return columns


def optimal_time(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, *, ridge: ArrayLike = 0.0
) -> OptimalTime:
    """The stopping time of gradient flow that minimises the planar test loss.

    The loss may have several minima in time, as double descent has in size: the deepest is taken.
    log tau is found to about 1e-6, and the loss there to rounding.

    Parameters
    ----------
    model : ScalingModel
        Any teacher and test spectrum.
    N, T : array_like
        Numbers of features and samples > 0; `numpy.inf` is allowed.
    ridge : array_like
        gamma >= 0 of the training loss, broadcast with N and T; without effect where N or T is
        infinite.

    Returns
    -------
    OptimalTime
        With `time`, `tau`, `location`, `prediction` and `over_best_ridge`.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the shapes do not broadcast.

    Notes
    -----
    At alpha = 1, N = T without label noise tau = N^2/(pi^2 (sqrt(2) - 1)) = 0.2446 N^2 and the loss
    is 1/2 + sqrt((2 sqrt(2) - 2)/pi) = 1.0135 times that of the best ridge, for N << M. For alpha <
    0.518, N = T, early stopping is better than any ridge, by 1 percent at most: at finite N a ridge
    is not the posterior mean. For an isotropic spectrum early stopping and ridge are compared by
    Ali, Kolter and Tibshirani, arXiv:1810.10082; that descent may be better than ridge where
    spectra decay slowly is in Richards, Dobriban and Rebeschini, arXiv:2108.11872.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=10**9))
    >>> best = rf.optimal_time(model, N=1000, T=[1000, 4000])
    >>> print(best.tau / 1000**2)
    [0.2446 0.8248]
    >>> print(best.over_best_ridge)
    [1.0135 1.0069]
    """
    require_model(model)
    N = sizes("N", N)
    T = sizes("T", T)
    ridge = np.asarray(GradientFlow(tau=0.0, ridge=ridge).ridge, dtype=float)
    points = math.prod(broadcast_shape(model.spectrum, N=N, T=T, ridge=ridge))
    require_memory(BYTES_PER_POINT * points, f"the optimal time at {points} points")
    tau = search_time(model, N, T, ridge)
    prediction = trained(model, N, T, GradientFlow(tau=tau, ridge=ridge))
    return _result(model, prediction, N, T, tau)


def _result(
    model: ScalingModel, prediction: TrainedPrediction, N: Floats, T: Floats, tau: Floats
) -> OptimalTime:
    """The best time of these losses."""
    with np.errstate(over="ignore", under="ignore"):
        per_time = np.exp(model.units.log_ridge(1.0, per=(N, T)))
    time = np.where(np.isinf(tau), np.inf, times(per_time, tau))
    best = optimal_ridge(model, N, T).prediction.test
    test = prediction.test
    ratio = np.divide(test, best, out=np.ones(np.shape(test)), where=np.not_equal(test, best))
    return OptimalTime(
        time=filled(time, tau.shape),
        tau=filled(tau, tau.shape),
        location=np.select([tau == 0, np.isinf(tau)], ["zero", "infinity"], default="interior")[()],
        prediction=prediction,
        over_best_ridge=ratio[()],
    )
