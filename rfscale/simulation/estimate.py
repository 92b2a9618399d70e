"""The results of simulations: statistics of losses over draws, at points and on grids."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rfscale.model import ScalingModel
from rfscale.model.model_columns import model_columns
from rfscale.model.training import Training
from rfscale.model.training.evaluated import with_training
from rfscale.results import points
from rfscale.simulation.loss_statistics import STATISTICS, LossStatistics, by_loss
from rfscale.simulation.one_draw.experiment import LOSSES, Estimator
from rfscale.simulation.one_draw.latents import GAUSSIAN
from rfscale.simulation.tails import Simulated, tail
from rfscale.simulation.trainings import rearranged
from rfscale.support.arguments import Floats, choice
from rfscale.support.described import cut, described

Integers = NDArray[np.int64]
AXES = ("N", "T", "ridge")  # of each model of a sweep; "training" in the place of the ridge


@dataclass(frozen=True, eq=False)
class Estimate(Simulated):
    """Simulated losses, with fields as in `Prediction`.

    Every array has the broadcast shape of N, T and ridge, or of the training.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        The points; `ridge` is gamma, whichever ridge was given, and the best that was found if
        "optimal" was asked for. None with a training.
    test, signal, noise, train : LossStatistics
        Means over draws with standard errors, standard deviations and quantiles: test loss (factor
        1/2, clean labels), its two parts, and the training mean squared error on noisy labels (no
        factor 1/2).
    draws : ndarray of int
        How many were made at each point.
    seed : int
        Root of the random numbers: with `draws`, what reproduces them.
    estimator : Estimator
        How draws were trained and tested. None in results that an earlier version stored.
    latents : str
        Law of the latent data; of a function its module, name and a fingerprint.
    test_points : int or None
        Of each draw, with a teacher and label noise of its own; None where all are averaged over.
    training : Training or None
        As it was given in the place of a ridge; its fields broadcast with the arrays.
    leverages : ndarray or None
        What those of the samples were drawn from, in rising order; tables hold their variance.
    """

    model: ScalingModel
    N: Integers
    T: Integers
    ridge: Any  # Floats, or None
    test: LossStatistics
    signal: LossStatistics
    noise: LossStatistics
    train: LossStatistics
    draws: Integers
    seed: int
    estimator: Estimator | None = None
    latents: str = GAUSSIAN.text
    test_points: int | None = None
    training: Training | None = None
    leverages: Floats | None = None

    LOSSES: ClassVar[tuple[str, ...]] = LOSSES

    @property
    def kernel_ridge(self) -> Floats | None:
        """The ridge of the kernel, gamma M/(sigma_u^2 N); None with a training."""
        if self.ridge is None:
            return None
        return self.model.units.kernel_ridge(self.ridge, self.N)[()]

    def _table(self) -> dict[str, Any]:
        return self._completed(super()._table())

    def tail_exponent(self) -> Floats:
        """That of the test loss, infinite where it has no heavy tail."""
        sizes = self.N, self.T
        return tail(self.model, *sizes, self.ridge, self.estimator, self.training)

    def _short(self) -> dict[str, Any]:
        columns = points(self.model, self.N, self.T, self.ridge) | {
            "test": self.test.mean,
            "stderr": self.test.stderr,
            **self.quantiles(),
            "draws": self.draws,
        }
        return columns if self.training is None else with_training(columns, self.training)


@dataclass(frozen=True, eq=False)
class Sweep(Simulated):
    """Simulated losses on a grid: every array has, or broadcasts to, the axes (model, N, T, ridge).

    With a training the last axis is that of its fields.

    Attributes
    ----------
    models : tuple of ScalingModel
    labels : tuple of str
        Their names: the keys of the mapping that was given, or "0", "1", ...
    N, T : ndarray of int
        Shapes (1, n, 1, 1) and (1, 1, t, 1).
    ridge : ndarray
        Shape (models, n, t, ridges); the best ridge of each cell if "optimal" was asked for. None
        with a training.
    test, signal, noise, train : LossStatistics
        As in `Estimate`.
    draws : ndarray of int
        Draws of each cell, shape (models, n, t, 1).
    seed : int
    estimator : Estimator
    latents : str
    test_points : int or None
    leverages : ndarray or None
        As in `Estimate`.
    training : Training or None
        As it was given; its fields are numbers, or lie along the last axis.
    """

    models: tuple[ScalingModel, ...]
    labels: tuple[str, ...]
    N: Integers
    T: Integers
    ridge: Any  # Floats, or None
    test: LossStatistics
    signal: LossStatistics
    noise: LossStatistics
    train: LossStatistics
    draws: Integers
    seed: int
    estimator: Estimator | None = None
    latents: str = GAUSSIAN.text
    test_points: int | None = None
    training: Training | None = None
    leverages: Floats | None = None

    @property
    def kernel_ridge(self) -> Floats | None:
        """The ridge of the kernel, gamma M/(sigma_u^2 N), of the shape of `ridge`; None without."""
        if self.ridge is None:
            return None
        pairs = zip(self.models, self.ridge, strict=True)
        return np.array([model.units.kernel_ridge(ridge, self.N[0]) for model, ridge in pairs])

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the axes of each model: "N", "T" and "ridge", or "training"."""
        return AXES if self.training is None else (*AXES[:-1], "training")

    def estimate(self, label: str | int = 0, along: str | None = None) -> Estimate:
        """The losses of one model as `simulate` returns them.

        Parameters
        ----------
        label : str or int
            Of the model, or its place.
        along : str, optional
            "N", "T" or "ridge", "training" if there is one: the last axis, along which
            `rfscale.plotting` draws curves. The others keep their order.

        Returns
        -------
        Estimate

        Raises
        ------
        ValueError
            If there is no such model or axis.
        """
        places = self.labels if isinstance(label, str) else range(len(self.labels))
        is_label = isinstance(label, str | int | np.integer) and not isinstance(label, bool)
        if not is_label or label not in places:
            known = cut(", ".join(self.labels))
            raise ValueError(f"label must be one of {known}, or a place, got {described(label)}")
        axes = self.axes
        along = axes[-1] if along is None else choice("along", along, axes)
        i = self.labels.index(label) if isinstance(label, str) else operator.index(label)

        def chosen(array: NDArray[Any]) -> NDArray[Any]:
            whole = np.broadcast_to(array, self.test.mean.shape)[i]
            return np.array(np.moveaxis(whole, axes.index(along), -1))

        losses = [[getattr(getattr(self, loss), name) for name in STATISTICS] for loss in LOSSES]
        return Estimate(
            model=self.models[i],
            N=chosen(self.N),
            T=chosen(self.T),
            ridge=None if self.ridge is None else chosen(self.ridge),
            **by_loss([[chosen(array) for array in loss] for loss in losses]),
            draws=chosen(self.draws),
            seed=self.seed,
            estimator=self.estimator,
            latents=self.latents,
            test_points=self.test_points,
            training=None if self.training is None else rearranged(self.training, chosen),
            leverages=self.leverages,
        )

    def _table(self) -> dict[str, Any]:
        """Label and parameters of the model, sizes, losses, draws, seed."""
        models = [model_columns(model) for model in self.models]
        table: dict[str, Any] = {"model": self.labels}
        table |= {name: [model[name] for model in models] for name in models[0]}
        columns = {name: np.array(values)[:, None, None, None] for name, values in table.items()}
        own = self._flat("")
        columns |= {name: own[name] for name in own if name not in ("models", "labels")}
        return self._completed(columns)

    def tail_exponent(self) -> Floats:
        """That of the test loss, infinite where it has no heavy tail; of the shape of `ridge`."""
        ridges = [None] * len(self.models) if self.ridge is None else self.ridge
        pairs = zip(self.models, ridges, strict=True)
        shape = self.test.mean.shape[1:]
        found = [
            tail(model, self.N[0], self.T[0], ridge, self.estimator, self.training)
            for model, ridge in pairs
        ]
        return np.array([np.broadcast_to(exponents, shape) for exponents in found])

    def _about(self) -> str:
        count = f"{len(self.models)} model{'s' if len(self.models) > 1 else ''}"
        return f"{count}: {', '.join(self.labels)}; axes (model, {', '.join(self.axes)})"

    def _short(self) -> dict[str, Any]:
        per_model = {"model": self.labels, "M": [model.M for model in self.models]}
        columns = {name: np.array(v)[:, None, None, None] for name, v in per_model.items()}
        columns |= {
            "N": self.N,
            "T": self.T,
            "ridge": self.ridge,
            "test": self.test.mean,
            "stderr": self.test.stderr,
            **self.quantiles(),
            "draws": self.draws,
        }
        return columns if self.training is None else with_training(columns, self.training)
