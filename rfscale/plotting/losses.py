"""Which loss of a result is drawn, and what it is called: of a model, or of measured samples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.measured.samples.experiment_estimate import ExperimentEstimate
from rfscale.measured.samples.measured_prediction import MeasuredPrediction
from rfscale.simulation.estimate import Estimate
from rfscale.support.arguments import Floats, require_kind
from rfscale.theory.prediction import Prediction
from rfscale.theory.trained_prediction import TrainedPrediction

Theory = Prediction | TrainedPrediction | MeasuredPrediction
Found = Estimate | ExperimentEstimate


class Words(NamedTuple):
    """Names in a picture."""

    axis: str
    line: str
    points: str


OF_A_MODEL = Words(axis="test loss $L$", line="theory", points="simulation")
OF_SAMPLES = Words(axis="mean squared error", line="predicted", points="measured")


def words_of(*results: Theory | Found | None) -> Words:
    """The names; ValueError if a loss with 1/2 would be beside an error without."""
    kinds = (MeasuredPrediction, ExperimentEstimate)
    are_of_samples = [isinstance(result, kinds) for result in results if result is not None]
    if any(are_of_samples) and not all(are_of_samples):
        raise ValueError(
            "prediction, estimate and dashed must all be of a model or all of samples, as errors "
            "on samples are without 1/2"
        )
    return OF_SAMPLES if any(are_of_samples) else OF_A_MODEL


def require_losses(
    prediction: object = None, estimate: object = None, dashed: object = None
) -> None:
    """Raise ValueError if one of them is given and of another kind."""
    theory = (Prediction, TrainedPrediction, MeasuredPrediction)
    for name, result, kinds in (
        ("prediction", prediction, theory),
        ("estimate", estimate, (Estimate, ExperimentEstimate)),
        ("dashed", dashed, theory),
    ):
        if hasattr(result, "prediction") and hasattr(result, "estimate"):
            raise ValueError(
                f"{name} must be a result of one kind, got a {type(result).__name__}: give its "
                "prediction and its estimate"
            )
        if result is not None:
            require_kind(name, result, *kinds)


def predicted_loss(prediction: Theory) -> Floats:
    """The test loss, or the error of measured samples; gaps where none can be shown."""
    if isinstance(prediction, MeasuredPrediction):
        return visible(prediction.mse)
    return visible(prediction.test)


def error_of(prediction: Theory) -> Floats | None:
    """The standard error of the prediction, if it has one."""
    if not isinstance(prediction, MeasuredPrediction) or not np.any(prediction.stderr):
        return None
    return prediction.stderr


def found_loss(estimate: Found) -> tuple[Floats, Floats]:
    """Mean and standard error; of samples with that of the held-out ones. Gaps where none is."""
    if isinstance(estimate, ExperimentEstimate):
        stderr = np.hypot(estimate.mse.stderr, estimate.holdout_stderr)
        return visible(estimate.mse.mean), stderr
    mean = np.where(estimate.has_no_mean(), np.nan, visible(estimate.test.mean))
    return mean, np.where(estimate.has_no_variance(), np.nan, estimate.test.stderr)


def visible(loss: Floats) -> Floats:
    """The loss where a logarithmic axis can show it, and gaps where it is 0 or infinite."""
    return np.where((loss > 0) & np.isfinite(loss), loss, np.nan)
