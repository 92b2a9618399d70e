"""The result of `predict` with a training."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.training import SGD, Training
from rfscale.model.training.evaluated import with_training
from rfscale.results import Result, blank, points
from rfscale.support.arguments import Floats
from rfscale.theory.equivalent_ridge import equivalent, estimated_error
from rfscale.theory.places import Place
from rfscale.theory.prediction import REGIMES, Prediction, regime
from rfscale.theory.trained_rows import trained_rows


@dataclass(frozen=True, eq=False)
class TrainedPrediction(Result):
    """The predicted losses of a training; every array has the shape of N, T and its fields.

    Attributes
    ----------
    model : ScalingModel
    N, T : ndarray
        The points.
    training : Training
        How the model is trained, as it was given.
    test : ndarray
        Test loss, (1/2) E (z_hat - y_hat)^2 on clean labels: signal + noise.
    signal, noise : ndarray
        Its parts: what is not learned of the teacher (proportional to sigma_w^2), and what is
        learned of the label noise (proportional to sigma_eps^2).
    train : ndarray
        Training mean squared error on noisy labels, (1/T) E ||z - y||^2, without a factor 1/2.
    order : str
        "planar": losses are those of infinite sizes.
    delta_error : ndarray
        Estimated relative error of the resolution Delta on the contour, or of the integrals of a
        filter.
    """

    model: ScalingModel
    N: Floats
    T: Floats
    training: Training
    test: Floats
    signal: Floats
    noise: Floats
    train: Floats
    order: str
    delta_error: Floats

    @cached_property
    def order_error(self) -> Floats:
        """How large the terms of relative order 1/size may be, relative to `test`: an estimate.

        It is what one loop changes at the ridge that leaves the same training signal, and the error
        of that (`rfscale.theory.equivalent_ridge`). Computed when it is first asked for.
        """
        return estimated_error(self.equivalent, self._equivalent_one_loop)[()]

    @property
    def train_order_error(self) -> Floats:
        """The same of `train`."""
        return estimated_error(self.equivalent, self._equivalent_one_loop, "train")[()]

    @cached_property
    def equivalent(self) -> Prediction:
        """The planar losses of the ridge that leaves as much of the signal in training data."""
        return equivalent(self, "planar")

    @cached_property
    def _equivalent_one_loop(self) -> Prediction:
        return equivalent(self, "one-loop")

    def left_in_training(self) -> tuple[Place, Floats]:
        """The points, flat, and the trace of the signal that training leaves there.

        One pass of SGD has infinitely many samples: it leaves of them what it leaves of others.
        """
        shape = np.shape(self.test)
        N = np.asarray(self.N, dtype=np.float64)
        T = np.asarray(self.T, dtype=np.float64)
        if isinstance(self.training, SGD):
            from rfscale.theory.sgd_losses import sgd_losses  # which makes this result

            # of the signal alone: there is no label noise at T = infinity to tell its error from
            clean = replace(self.model, sigma_w=self.model.sigma_w or 1.0, sigma_eps=0.0)
            signal = sgd_losses(clean, N, T, self.training).signal
            one_pass = Place.of(clean, N, np.full(shape, np.inf), shape)
            return one_pass, np.broadcast_to(signal / clean.units.test_signal, shape).ravel()
        place = Place.of(self.model, N, T, shape)
        with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # given before
            return place, trained_rows(place, self.training).train_signal

    @property
    def regime(self) -> NDArray[np.str_]:
        """The resource that bounds the loss, as in `Prediction`."""
        index = regime(np.asarray(self.N), np.asarray(self.T), self.model.rank)
        return np.asarray(REGIMES[np.broadcast_to(index, np.shape(self.test))])[()]

    def _extent(self) -> str:
        return f", {self.order}{super()._extent()}"

    def _about(self) -> str:
        return f"{self.model!r}, {self.training!r}"

    def _table(self) -> dict[str, Any]:
        """The columns, those of the training after the sizes."""
        table = super()._table() | {"regime": self.regime, "order_error": self.order_error}
        return with_training(table, self.training)

    def _short(self) -> dict[str, Any]:
        columns = points(self.model, self.N, self.T, None) | {
            "test": self.test,
            "error/%": blank(100 * self.order_error, self.test == 0),
            "train": self.train,
        }
        return with_training(columns, self.training)
