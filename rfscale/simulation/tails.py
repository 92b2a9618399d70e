"""Which moments of simulated losses exist (`rfscale.model.heavy_tails`), and how that is said."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.heavy_tails import tail_exponent
from rfscale.model.training import Filter, Training
from rfscale.model.training.evaluated import with_training
from rfscale.results import Result
from rfscale.simulation.loss_statistics import OF_ERRORS, OF_MEANS, LossStatistics
from rfscale.simulation.one_draw.experiment import Estimator
from rfscale.simulation.one_draw.latents import GAUSSIAN
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.support.arguments import Floats
from rfscale.support.warned import warn_caller

MOST = 3  # points that a warning names
REMARK = "-: without ridge, where T and min(N, M) differ by at most {}, the loss has no {}"


def tail(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | None,
    estimator: Estimator | None = None,
    training: Training | None = None,
) -> Floats:
    """The exponent of the tail of the test loss; infinite for other learners, of which nothing is
    known, and for trainings that end before the ridgeless fit.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=50))
    >>> tail(model, [19, 20, 22], 20, 0.0).tolist()
    [1.0, 0.5, 1.5]
    """
    is_linear = estimator is None or isinstance(estimator, LinearFeatures)
    if training is not None:
        ridge = training.absolute(1.0).as_ridge()  # of which unit an end or a start is
    assert ridge is not None
    return np.where(is_linear, tail_exponent(model, N, T, ridge), np.inf)


def require_storable(training: Training | None) -> None:
    """Raise ValueError if it is a `Filter`, whose function no file can hold."""
    if isinstance(training, Filter):
        raise ValueError(
            "training must be a class of your own that derives from rfscale.Training to be stored, "
            "got a Filter, whose function no file can hold"
        )


class Simulated(Result, ABC):
    """A result of simulations, whose test loss may have no mean or no variance over draws."""

    OF_MEANS: ClassVar[frozenset[str]] = OF_MEANS
    OF_ERRORS: ClassVar[frozenset[str]] = OF_ERRORS

    N: NDArray[np.int64]
    T: NDArray[np.int64]
    test: LossStatistics
    latents: str
    training: Training | None
    leverages: Floats | None

    @property
    @abstractmethod
    def kernel_ridge(self) -> Floats | None:
        """The ridge of the kernel, gamma M/(sigma_u^2 N); None with a training."""

    def save(self, path: str | Path) -> None:
        """As of any result; ValueError with a `Filter`, whose function no file can hold."""
        require_storable(self.training)
        super().save(path)

    @abstractmethod
    def tail_exponent(self) -> Floats:
        """That of the test loss, infinite where it has no heavy tail."""

    def has_no_mean(self) -> NDArray[np.bool_]:
        """Where the test loss has no mean over draws (`rfscale.model.heavy_tails`)."""
        return self.tail_exponent() <= 1

    def has_no_variance(self) -> NDArray[np.bool_]:
        """Where it has no variance, so that standard errors say nothing."""
        return self.tail_exponent() <= 2

    def remarks(self) -> list[str]:
        """Of which law the data are, and that some losses have no mean or no variance."""
        is_gaussian = self.latents == GAUSSIAN.text
        found = [] if is_gaussian else [f"latent data: {self.latents}, not Gaussian"]
        if self.leverages is not None:
            found.append(f"samples scaled by leverages of variance {np.var(self.leverages):.3g}")
        found += [REMARK.format("one", "mean")] if np.any(self.has_no_mean()) else []
        if np.any(self.has_no_variance() & ~self.has_no_mean()):
            found.append(REMARK.format("three", "variance"))
        return found

    def quantiles(self) -> dict[str, Floats]:
        """Columns that say where the test loss lies if it has no variance at a point, or none."""
        if not np.any(self.has_no_variance()):
            return {}
        return {"q05": self.test.q05, "median": self.test.median, "q95": self.test.q95}

    def _completed(self, table: dict[str, Any]) -> dict[str, Any]:
        """The columns of a table with what is known of moments and trainings, or ridges."""
        table |= {"has_mean": ~self.has_no_mean(), "has_variance": ~self.has_no_variance()}
        table = without_default(table)
        leverages = table.pop("leverages", None)
        if leverages is not None:
            table["leverage_variance"] = np.var(leverages)
        if self.training is not None:
            return with_training(table, self.training)
        return table | {"kernel_ridge": self.kernel_ridge}


def without_default(table: dict[str, Any]) -> dict[str, Any]:
    """The columns of a table, without that of the latents where they are Gaussian."""
    if table["latents"] != GAUSSIAN.text:
        return table
    return {name: column for name, column in table.items() if name != "latents"}


def warn_of_heavy_tails(result: Simulated) -> None:
    """Say where the test loss has no variance or no mean, and what to look at there."""
    heavy = result.has_no_variance()
    if not np.any(heavy):
        return
    without_mean = int(np.sum(result.has_no_mean()))
    warn_caller(
        f"the test loss has no variance over draws at {np.sum(heavy)} of {np.size(heavy)} points"
        f"{f', and no mean at {without_mean} of them' if without_mean else ''}, without ridge "
        f"where T and min(N, M) differ by at most 3: {_named(result, heavy)}; its quantiles say "
        "how large it is, mean and standard error do not",
        RegimeWarning,
    )


def _named(result: Simulated, where: NDArray[np.bool_]) -> str:
    """The first of the sizes at these points."""
    N, T, where = np.broadcast_arrays(result.N, result.T, where)
    pairs = dict.fromkeys(zip(N[where].tolist(), T[where].tolist(), strict=True))
    said = [f"N = {n}, T = {t}" for n, t in pairs]
    return "; ".join(said[:MOST] + ["..."] * (len(said) > MOST))
