"""The result of `compare`."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rfscale.comparison.judgement import Judgements
from rfscale.comparison.verdict import verdict
from rfscale.model.model_columns import identified, model_columns
from rfscale.model.training import Training
from rfscale.model.training.evaluated import with_training
from rfscale.results import Result, blank, points
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.tails import without_default
from rfscale.support.arguments import Floats
from rfscale.theory.leveraged import LeveragedPrediction
from rfscale.theory.prediction import Prediction
from rfscale.theory.trained_prediction import TrainedPrediction

AnyPrediction = Prediction | TrainedPrediction | LeveragedPrediction

NOTHING = "without ridge at N >= T the training loss is 0: where the test loss has no variance "
NOTHING += "nothing is judged"


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """Predicted and simulated test loss, point by point.

    Attributes
    ----------
    prediction : Prediction, TrainedPrediction or LeveragedPrediction
        Of finite sizes, `order="resummed"`; of a training, or with leverages, the planar one.
    planar : Prediction, TrainedPrediction or LeveragedPrediction
        The same at infinite size.
    estimate : Estimate
    gap : ndarray
        100 (simulated - predicted)/predicted, in percent; 0 where both vanish, -100 where the
        prediction is infinite.
    stderr : ndarray
        The standard error of the gap, in percent.
    z : ndarray
        (simulated - predicted)/(standard error): of order one until the error is as small as
        `order_error`.
    planar_gap, planar_z : ndarray
        The same for the planar prediction: its z grows with the number of draws, as it has a 1/size
        bias.
    order_error : ndarray
        `prediction.order_error` in percent: what the next order may explain. Above 20 a point is
        not judged.
    judged : ndarray of bool
        Whether the theory knows its own error well enough to be held to it.
    agrees : ndarray of bool
        Whether the test loss is judged and agrees, and all of the others that are judged there
        (`rfscale.comparison.judgement`). False where a point is not judged, which neither agrees
        nor `disagrees`.
    losses : Judgements, optional
        Those of the test loss and, where they can be judged, of signal, noise and training loss:
        gaps, errors and what is judged. None in results that an earlier version stored.
    tests : int
        How many losses were judged at once, which the limits depend on.
    """

    prediction: AnyPrediction
    planar: AnyPrediction
    estimate: Estimate
    gap: Floats
    stderr: Floats
    z: Floats
    planar_gap: Floats
    planar_z: Floats
    order_error: Floats
    judged: NDArray[np.bool_]
    agrees: NDArray[np.bool_]
    losses: Judgements | None = None
    tests: int = 1

    OF_MEANS: ClassVar[frozenset[str]] = frozenset(
        {"simulated", "gap_percent", "gap/%", "planar_z", "z"}
    )
    OF_ERRORS: ClassVar[frozenset[str]] = frozenset({"stderr", "planar_z", "z"})

    def __post_init__(self) -> None:
        object.__setattr__(self, "agrees", self.judged & self.agrees)  # old files: or not judged
        super().__post_init__()

    @property
    def training(self) -> Training | None:
        """How it was trained, if not by a ridge."""
        return getattr(self.prediction, "training", None)

    @property
    def disagrees(self) -> NDArray[np.bool_]:
        """Where theory and simulation are judged and do not agree."""
        if self.losses is None:
            return self.judged & ~self.agrees
        return self.losses.disagrees(self.tests)

    @property
    def judged_by_train(self) -> NDArray[np.bool_]:
        """Where the training loss is judged and the test loss is not, as it has no variance."""
        train = None if self.losses is None else self.losses.train
        if train is None:
            return np.zeros_like(self.judged)
        return train.judged & train.can_differ & ~self.judged

    def count_of(self, name: str) -> int:
        """At how many points this loss is judged and does not agree."""
        if self.losses is None:
            return int(np.sum(self.disagrees)) if name == "test" else 0
        loss = getattr(self.losses, name)
        return 0 if loss is None else int(np.sum(loss.judged & ~loss.agrees(self.tests)))

    def one_of(self, tests: int) -> Comparison:
        """The same, judged as a part of so many tests."""
        if self.losses is None:
            return self
        return replace(self, agrees=self.losses.agrees(tests), tests=tests)

    @property
    def verdict(self) -> str:
        """At how many points theory and simulation agree, and the worst gap, in one line."""
        return verdict([self])

    def _table(self) -> dict[str, Any]:
        """The model, sizes, losses of theory and simulation, and how far they are apart.

        `agrees` is None where a point is not judged.
        """
        prediction = self.prediction
        estimate = self.estimate
        columns = model_columns(prediction.model) | {
            "N": estimate.N,
            "T": estimate.T,
            "ridge": getattr(prediction, "ridge", None),
            "planar": self.planar.test,
            "predicted": prediction.test,
            "simulated": estimate.test.mean,
            "stderr": estimate.test.stderr,
            "q05": estimate.test.q05,
            "median": estimate.test.median,
            "q95": estimate.test.q95,
            "planar_z": blank(self.planar_z, np.isinf(self.planar_z)),
            "z": blank(self.z, np.isinf(self.z)),  # without a standard error
            "gap_percent": self.gap,
            "order_error_percent": self.order_error,
            "judged": self.judged,
            "agrees": blank(self.agrees, ~self.judged),
            "regime": prediction.regime,
            "has_mean": ~estimate.has_no_mean(),
            "has_variance": ~estimate.has_no_variance(),
            "draws": estimate.draws,
            "seed": estimate.seed,
        }
        if estimate.estimator is not None:  # as in results of earlier versions
            columns["estimator"] = identified(estimate.estimator)
            columns["kernel_ridge"] = getattr(prediction, "kernel_ridge", None)
        if estimate.leverages is not None:
            columns["leverage_variance"] = float(np.var(estimate.leverages))
        columns = without_default(columns | {"latents": estimate.latents})
        return columns if self.training is None else with_training(columns, self.training)

    def _short(self) -> dict[str, Any]:
        prediction = self.prediction
        estimate = self.estimate
        ridge = getattr(prediction, "ridge", None)
        columns = points(prediction.model, estimate.N, estimate.T, ridge) | {
            "predicted": prediction.test,
            "simulated": estimate.test.mean,
            "stderr": estimate.test.stderr,
            **estimate.quantiles(),
            "gap/%": blank(self.gap, np.isinf(prediction.test)),
            "error/%": blank(self.order_error, prediction.test == 0),
            "agrees": blank(self.agrees, ~self.judged),
            "regime": prediction.regime,
        }
        return columns if self.training is None else with_training(columns, self.training)

    def _extent(self) -> str:
        judged = int(np.sum(self.judged))
        return f", {np.sum(self.agrees)} of {judged} judged agree" if judged else ", none judged"

    def _about(self) -> str:
        return repr(self.prediction.model)

    def has_no_mean(self) -> NDArray[np.bool_]:
        """Where the simulated loss has no mean over draws."""
        return self.estimate.has_no_mean()

    def has_no_variance(self) -> NDArray[np.bool_]:
        """Where it has no variance."""
        return self.estimate.has_no_variance()

    def remarks(self) -> list[str]:
        """Of which law the data are, what some losses lack, and which limit theory is."""
        unjudged = self.has_no_variance() & ~self.judged & ~self.judged_by_train
        nothing = [NOTHING] if np.any(unjudged) else []
        return self.estimate.remarks() + nothing + self.planar.remarks()

    def _below(self) -> list[str]:
        return [*self.remarks(), textwrap.fill(self.verdict, 95)]
