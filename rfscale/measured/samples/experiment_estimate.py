"""The result of an experiment on samples: squared errors on the labels as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.measured.samples.features import SampleFeatures
from rfscale.measured.samples.samples import CONVENTION
from rfscale.results import Result
from rfscale.simulation.estimate import Integers
from rfscale.simulation.loss_statistics import LossStatistics
from rfscale.support.arguments import Floats
from rfscale.support.short_repr import extent
from rfscale.support.text_table import short


@dataclass(frozen=True, eq=False)
class ExperimentEstimate(Result):
    """Mean squared errors of random features trained on some samples and tested on others.

    They are on the labels as they are, noise included, summed over outputs, and without the factor
    1/2 of `Estimate`: 2 test + sigma_eps^2 of a model. Every array has the broadcast shape of N, T
    and ridge, but for three that have one more axis, which is the first.

    Attributes
    ----------
    N, T, ridge : ndarray
        The points.
    mse, train_mse : LossStatistics
        On the held-out samples and on the training samples: means over draws with standard errors,
        standard deviations and quantiles. They are about draws of features and of training samples
        out of this pool: another pool and other held-out samples would have others.
    holdout_stderr : ndarray
        Standard error of `mse` that is due to the held-out samples, which are the same for all
        draws and points: the deviation of their mean errors over the root of their number.
    draws : ndarray of int
        How many were made at each point.
    variance : float
        Mean square of the held-out labels less the mean of the pool: the error of what learns
        nothing.
    mse_draws, train_mse_draws : ndarray
        The errors of each draw, shape (draws, ...), NaN where fewer were made.
    sample_errors : ndarray
        Squared error of each held-out sample, averaged over draws, shape (held out, ...).
    features : SampleFeatures
    pool, held_out : int
        Numbers of samples that training samples are drawn from, and that are tested on.
    inputs, outputs : int
        Components of a sample and of its labels.
    seed, split : int
        Roots of the random numbers; the held-out samples depend on them alone.
    holdout : float
        The share that was asked for.
    """

    N: Integers
    T: Integers
    ridge: Floats
    mse: LossStatistics
    train_mse: LossStatistics
    holdout_stderr: Floats
    draws: Integers
    variance: float
    mse_draws: Floats
    train_mse_draws: Floats
    sample_errors: Floats
    features: SampleFeatures
    pool: int
    held_out: int
    inputs: int
    outputs: int
    seed: int
    split: int
    holdout: float

    @property
    def learned(self) -> Floats:
        """How far `mse` is below `variance`, the error of what learns nothing."""
        return np.asarray(self.variance - self.mse.mean)[()]

    def _table(self) -> dict[str, Any]:
        return {
            "N": self.N,
            "T": self.T,
            "ridge": self.ridge,
            **self.mse._flat("mse_"),
            **self.train_mse._flat("train_mse_"),
            "holdout_stderr": self.holdout_stderr,
            "learned": self.learned,
            "variance": self.variance,
            "draws": self.draws,
            "features": self.features.name,
            "pool": self.pool,
            "held_out": self.held_out,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "seed": self.seed,
            "split": self.split,
            "holdout": self.holdout,
        }

    def _short(self) -> dict[str, Any]:
        return {
            "N": self.N,
            "T": self.T,
            "ridge": self.ridge,
            "mse": self.mse.mean,
            "stderr": self.mse.stderr,
            "holdout_stderr": self.holdout_stderr,
            "train_mse": self.train_mse.mean,
            "learned": self.learned,
            "draws": self.draws,
        }

    def _extent(self) -> str:
        return f", mse {extent(self.mse.mean)}"

    def _about(self) -> str:
        outputs = f", {self.outputs} outputs" if self.outputs > 1 else ""
        return (
            f"{self.features.name} features of {self.inputs} inputs{outputs}; trained on samples "
            f"out of {self.pool}, tested on {self.held_out} others of variance "
            f"{short(self.variance)}"
        )

    def remarks(self) -> list[str]:
        """The convention."""
        return [CONVENTION]
