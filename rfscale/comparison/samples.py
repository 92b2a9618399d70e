"""Prediction and experiment on the same samples: `compare` of what `measure` gives.

Three errors separate them, which are all part of the verdict: that of the pool, from which the
theory knows the population, that of the held-out samples, and that of the draws. The first two are
common to all points, as one split has one pool and one held-out part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.measured.samples.experiment import experiment
from rfscale.measured.samples.experiment_estimate import ExperimentEstimate
from rfscale.measured.samples.measured_prediction import MeasuredPrediction
from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.samples import CONVENTION, FEWEST
from rfscale.results import Result, blank
from rfscale.support.arguments import Floats
from rfscale.theory.predict import LARGEST_ERROR

LIMIT = 3.0  # standard errors; of a jackknife of ten blocks 1.5 % of honest points are beyond
LARGEST_STDERR = 0.5  # relative: beyond it to agree says nothing
ROUNDING = 1e-12  # of the labels' variance: labels without noise are learned to so much


@dataclass(frozen=True, eq=False)
class SampleComparison(Result):
    """Predicted and measured errors on held-out samples, point by point.

    Attributes
    ----------
    prediction : MeasuredPrediction
        From the samples that are not held out.
    estimate : ExperimentEstimate
        Trained on some of them, tested on those held out.
    gap : ndarray
        100 (measured - predicted)/predicted, in percent; -100 where the prediction is infinite.
    gap_of_learned : ndarray
        The same over what was learned, the labels' variance less the measured error: what a gap is
        worth where little can be learned. NaN where that is no more than its standard error.
    pool_stderr, holdout_stderr, draws_stderr : ndarray
        Standard errors of the gap in percent: by the choice of the pool, of the held-out samples,
        and of training samples and features.
    stderr : ndarray
        All three together. With a hundredth of the best ridge on sparse counts, whose directions
        few samples show, gaps are 2 to 3 times as large: what theory leaves out is no part of it.
    order_error : ndarray
        In percent, what terms of relative order 1/size may explain; above 20 a point is not judged.
        Where `stderr` is above 50 it can only disagree.
    judged, agrees : ndarray of bool
        Whether the gap is at most three standard errors and `order_error`, or 1e-12 of the labels'
        variance.
    """

    prediction: MeasuredPrediction
    estimate: ExperimentEstimate
    gap: Floats
    gap_of_learned: Floats
    pool_stderr: Floats
    holdout_stderr: Floats
    draws_stderr: Floats
    stderr: Floats
    order_error: Floats
    judged: NDArray[np.bool_]
    agrees: NDArray[np.bool_]

    @property
    def disagrees(self) -> NDArray[np.bool_]:
        """Where a point is judged, and prediction and experiment do not agree."""
        return self.judged & ~self.agrees

    @property
    def verdict(self) -> str:
        """At how many points they agree, the worst gap, and whose errors there are, in one line."""
        judged = int(np.sum(self.judged))
        errors = "; standard errors: " + ", ".join(
            f"{name} {np.median(values):.2g} %"
            for name, values in (
                ("pool", self.pool_stderr),
                ("held-out samples", self.holdout_stderr),
                ("draws", self.draws_stderr),
            )
        )
        if not judged:
            why = "as sizes are too small, or the errors too large"
            return f"neither agree nor disagree: no point is judged, {why}{errors}"
        word = "DISAGREE" if np.any(self.disagrees) else "agree"
        of = "points" if judged == np.size(self.judged) else "judged points"
        return (
            f"prediction and experiment {word}: {np.sum(self.agrees)} of {judged} {of} within "
            f"{LIMIT:g} standard errors; largest gap {np.abs(self.gap[self.judged]).max():.2g} %, "
            f"{self._refused:.2g} % would be refused"
            f"{errors}"
        )

    @property
    def _refused(self) -> float:
        """The least gap that would have been refused at any judged point, in percent."""
        bounds = LIMIT * np.asarray(self.stderr) + self.order_error
        return float(np.min(bounds[np.asarray(self.judged)]))

    def remarks(self) -> list[str]:
        """The convention, the verdict, and where it says little."""
        nothing = int(np.sum(self.judged & np.isnan(self.gap_of_learned)))
        word = f"at {nothing} judged points nothing is learned: to agree there is easy"
        unknown = self.prediction.remarks()[1:]
        return [CONVENTION, self.verdict, *([word] if nothing else []), *unknown]

    def _extent(self) -> str:
        return f", {np.sum(self.agrees)} of {np.sum(self.judged)} judged agree"

    def _about(self) -> str:
        return self.estimate._about()

    def _table(self) -> dict[str, Any]:
        return {
            "features": self.prediction.features.name,
            "N": self.estimate.N,
            "T": self.estimate.T,
            "ridge": self.prediction.ridge,
            "predicted": self.prediction.mse,
            "measured": self.estimate.mse.mean,
            "gap_percent": self.gap,
            "gap_of_learned_percent": self.gap_of_learned,
            "stderr_percent": self.stderr,
            "pool_stderr_percent": self.pool_stderr,
            "holdout_stderr_percent": self.holdout_stderr,
            "draws_stderr_percent": self.draws_stderr,
            "order_error_percent": self.order_error,
            "judged": self.judged,
            "agrees": blank(self.agrees, ~self.judged),
            "leverages": self.prediction.leverages,
            "draws": self.estimate.draws,
            "seed": self.estimate.seed,
            "split": self.estimate.split,
        }

    def _short(self) -> dict[str, Any]:
        table = self._table()
        return {
            "N": table["N"],
            "T": table["T"],
            "ridge": table["ridge"],
            "predicted": table["predicted"],
            "measured": table["measured"],
            "gap/%": table["gap_percent"],
            "gap of learned/%": blank(self.gap_of_learned, np.isnan(self.gap_of_learned)),
            "stderr/%": table["stderr_percent"],
            "agrees": table["agrees"],
        }


def compare_samples(
    data: Measured,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    leverages: bool = True,
    seed: int = 1,
    holdout: float = 0.3,
    split: int = 0,
    **options: Any,
) -> SampleComparison:
    """Predict from one part of the samples, and measure on the other; see `compare`."""
    _require_a_pool(len(data.X), holdout)
    prediction = data.without_held_out(holdout, seed, split).predict(
        N, T, ridge, kernel_ridge=kernel_ridge, leverages=leverages
    )
    estimate = experiment(
        data.X,
        data.y,
        N,
        T,
        prediction.ridge,
        features=data.features,
        seed=seed,
        holdout=holdout,
        split=split,
        **options,
    )
    return compared(prediction, estimate)


def compared(prediction: MeasuredPrediction, estimate: ExperimentEstimate) -> SampleComparison:
    """The comparison of results at the same points."""
    measured = estimate.mse
    gap = measured.mean - prediction.mse
    errors = (prediction.stderr, estimate.holdout_stderr, measured.stderr)
    stderr = np.sqrt(sum(np.square(error) for error in errors))
    order_error = prediction.order_error * prediction.mse
    pool, holdout, draws = (_percent(error, prediction.mse) for error in errors)
    learned = np.where(estimate.learned > stderr, estimate.learned, np.nan)
    rounding = ROUNDING * prediction.variance
    within = np.abs(gap) <= np.maximum(LIMIT * stderr + order_error, rounding)
    can_agree = stderr <= LARGEST_STDERR * prediction.mse
    judged = (can_agree | ~within) & (prediction.order_error <= LARGEST_ERROR)
    return SampleComparison(
        prediction=prediction,
        estimate=estimate,
        gap=np.where(np.isinf(prediction.mse), -100.0, _percent(gap, prediction.mse))[()],
        gap_of_learned=np.asarray(100 * gap / learned)[()],
        pool_stderr=pool,
        holdout_stderr=holdout,
        draws_stderr=draws,
        stderr=_percent(stderr, prediction.mse),
        order_error=np.asarray(100 * prediction.order_error)[()],
        judged=judged,
        agrees=judged & within,
    )


def _percent(error: Floats, mse: Floats) -> Floats:
    """Of the predicted loss; infinite where that is."""
    finite = np.isfinite(mse)
    share = np.where(finite, error, 0.0) / np.where(finite, mse, 1.0)
    return np.asarray(np.where(finite, 100 * share, np.inf))[()]


def _require_a_pool(samples: int, holdout: float) -> None:
    """Raise ValueError if too few samples are left for a prediction."""
    if isinstance(holdout, float | np.floating) and samples - round(holdout * samples) < FEWEST:
        raise ValueError(
            f"holdout must leave at least {FEWEST} of the {samples} samples for the pool, got "
            f"{holdout:g}"
        )
