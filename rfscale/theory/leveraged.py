"""The planar losses with samples of unequal leverage: `predict` with `leverages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.model import ScalingModel
from rfscale.results import Result, blank, points
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.assembly import filled, root_delta, signal_unit
from rfscale.theory.leverage_kernel import LeveragedRows, leveraged_points
from rfscale.theory.over_points import over_points
from rfscale.theory.prediction import REGIMES, regime
from rfscale.theory.strength import Strength
from rfscale.theory.weights import weighted_nodes


@dataclass(frozen=True, eq=False)
class LeveragedPrediction(Result):
    """The predicted losses with samples of unequal leverage, of the shape of N, T and ridge.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge, kernel_ridge : ndarray
        The points, as in `Prediction`.
    leverages : ndarray
        The numbers of mean 1 that samples are scaled with, each of them equally likely.
    test, signal, noise, train : ndarray
        The losses, as in `Prediction`.
    delta, df1, df2 : ndarray
        The resolution Delta, and degrees of freedom there.
    effective_samples : ndarray
        T_eff <= T, the number of samples of equal leverage with the same Delta.
    order : str
        "planar": losses are those of infinite sizes.
    order_error : ndarray
        How large the term of relative order 1/size may be: as for samples of equal leverage whose
        squares fluctuate as much, an estimate.
    delta_error : ndarray
        Estimated relative error of `delta`.
    """

    model: ScalingModel
    N: Floats
    T: Floats
    ridge: Floats
    kernel_ridge: Floats
    leverages: Floats
    test: Floats
    signal: Floats
    noise: Floats
    train: Floats
    delta: Floats
    df1: Floats
    df2: Floats
    effective_samples: Floats
    order: str
    order_error: Floats
    delta_error: Floats

    @property
    def regime(self) -> NDArray[np.str_]:
        """The resource that bounds the loss, as in `Prediction`."""
        index = regime(np.asarray(self.N), np.asarray(self.T), self.model.rank)
        return np.asarray(REGIMES[np.broadcast_to(index, np.shape(self.test))])[()]

    def _extent(self) -> str:
        return f", {self.order}{super()._extent()}"

    def _about(self) -> str:
        return f"{self.model!r}, leverages of variance {self.leverage_variance:.3g}"

    @property
    def leverage_variance(self) -> float:
        """Of the leverages, whose mean is 1."""
        return float(np.var(self.leverages))

    def _table(self) -> dict[str, Any]:
        table = super()._table()
        del table["leverages"]
        return table | {"leverage_variance": self.leverage_variance, "regime": self.regime}

    def _short(self) -> dict[str, Any]:
        return points(self.model, self.N, self.T, self.ridge) | {
            "test": self.test,
            "error/%": blank(100 * self.order_error, self.test == 0),
            "T_eff": self.effective_samples,
        }


def leveraged(
    model: ScalingModel, N: Floats, T: Floats, strength: Strength, tau: Floats
) -> LeveragedPrediction:
    """The losses for checked arguments that broadcast."""
    return _assembled(model, N, T, strength, tau, _loss_rows(model, N, T, strength, tau))


def _loss_rows(
    model: ScalingModel, N: Floats, T: Floats, strength: Strength, tau: Floats
) -> LeveragedRows:
    """The losses as traces, with leverages of mean 1 to rounding."""
    options = weighted_nodes(model), np.array(tau / np.mean(tau))
    at = (strength.log_ridge,)
    return over_points(leveraged_points, LeveragedRows, model.spectrum, (N, T), at, *options)


def _assembled(
    model: ScalingModel, N: Floats, T: Floats, strength: Strength, tau: Floats, rows: LeveragedRows
) -> LeveragedPrediction:
    """The losses in the units of the model."""
    root = root_delta(rows.log_delta)  # its square may be out of range where Delta is not
    unit = signal_unit(rows.log_delta, root)
    signal = times(times(model.units.test_signal, unit), rows.signal)
    noise = times(model.units.test_noise, rows.noise)
    with np.errstate(over="ignore", under="ignore"):
        test = signal + noise
        delta = root * (model.spectrum.largest * root)
    shape = test.shape
    return LeveragedPrediction(
        model=model,
        N=filled(N, shape),
        T=filled(T, shape),
        ridge=filled(strength.ridge, shape),
        kernel_ridge=filled(strength.kernel_ridge, shape),
        leverages=tau,
        test=test[()],
        signal=signal[()],
        noise=noise[()],
        train=_train(model, rows, unit)[()],
        delta=delta[()],
        df1=rows.df1[()],
        df2=rows.df2[()],
        effective_samples=rows.effective[()],
        order="planar",
        order_error=rows.first_order[()],
        delta_error=rows.delta_error[()],
    )


def _train(model: ScalingModel, rows: LeveragedRows, unit: Floats) -> Floats:
    """The training loss (22.9)."""
    signal = times(times(model.units.signal, unit), rows.train_signal)
    noise = times(model.units.noise, rows.train_noise)
    with np.errstate(over="ignore", under="ignore"):
        return 2 * (signal + noise)
