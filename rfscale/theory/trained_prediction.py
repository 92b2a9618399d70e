"""The result of `predict` with a training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rfscale.model import ScalingModel
from rfscale.model.training import Training
from rfscale.model.training.evaluated import with_training
from rfscale.results import Result, blank, points
from rfscale.support.arguments import Floats


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
    order_error : ndarray
        How large the term of relative order 1/size may be, relative to `test`. See `predict`.
    delta_error : ndarray
        Estimated relative error of the resolution Delta on the contour.
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
    order_error: Floats
    delta_error: Floats

    def _extent(self) -> str:
        return f", {self.order}{super()._extent()}"

    def _about(self) -> str:
        return f"{self.model!r}, {self.training!r}"

    def _table(self) -> dict[str, Any]:
        """The columns, those of the training after the sizes."""
        return with_training(super()._table(), self.training)

    def _short(self) -> dict[str, Any]:
        columns = points(self.model, self.N, self.T, None) | {
            "test": self.test,
            "error/%": blank(100 * self.order_error, self.test == 0),
            "train": self.train,
        }
        return with_training(columns, self.training)
