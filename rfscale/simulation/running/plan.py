"""What a sweep computes and what it returns: a labelled grid of experiments."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel, require_model
from rfscale.model.spectra import PowerLaw
from rfscale.results import Result
from rfscale.simulation.cell import Draws, Outcome, Ridges
from rfscale.simulation.estimate import STATISTICS, Estimate, LossStatistics
from rfscale.simulation.one_draw.linear_features import Experiment
from rfscale.support.arguments import Floats, integer, is_optimal, ridges, sizes
from rfscale.support.stored import pack, unpack

Models = ScalingModel | Sequence[ScalingModel] | Mapping[str, ScalingModel]
Integers = NDArray[np.int64]
AXES = ("N", "T", "ridge")  # of each model


@dataclass(frozen=True, eq=False)
class Sweep(Result):
    """Simulated losses on a grid: every array has, or broadcasts to, the axes (model, N, T, ridge).

    Attributes
    ----------
    models : tuple of ScalingModel
    labels : tuple of str
        Their names: the keys of the mapping that was given, or "0", "1", ...
    N, T : ndarray of int
        Shapes (1, n, 1, 1) and (1, 1, t, 1).
    ridge : ndarray
        Shape (models, n, t, ridges); the best ridge of each cell if "optimal" was asked for.
    test, signal, noise, train : LossStatistics
        As in `Estimate`.
    draws : ndarray of int
        Draws of each cell, shape (models, n, t, 1).
    seed : int
    """

    models: tuple[ScalingModel, ...]
    labels: tuple[str, ...]
    N: Integers
    T: Integers
    ridge: Floats
    test: LossStatistics
    signal: LossStatistics
    noise: LossStatistics
    train: LossStatistics
    draws: Integers
    seed: int

    def estimate(self, label: str | int = 0, along: str = "ridge") -> Estimate:
        """The losses of one model as `simulate` returns them.

        Parameters
        ----------
        label : str or int
            Of the model, or its place.
        along : str
            "N", "T" or "ridge": the last axis, along which `rfscale.plotting` draws curves. The
            others keep their order.

        Returns
        -------
        Estimate

        Raises
        ------
        ValueError
            If there is no such model or axis.
        """
        places = self.labels if isinstance(label, str) else range(len(self.labels))
        if isinstance(label, bool | float) or label not in places:
            raise ValueError(
                f"label must be one of {', '.join(self.labels)}, or a place, got {label!r}"
            )
        if along not in AXES:
            raise ValueError(f"along must be one of {', '.join(AXES)}, got {along!r}")
        i = self.labels.index(label) if isinstance(label, str) else operator.index(label)

        def chosen(array: NDArray[Any]) -> NDArray[Any]:
            return np.array(
                np.moveaxis(np.broadcast_to(array, self.ridge.shape)[i], AXES.index(along), -1)
            )

        means = {name: getattr(self, name) for name in Estimate.LOSSES}
        losses = {
            k: LossStatistics(*(chosen(getattr(mean, name)) for name in STATISTICS))
            for k, mean in means.items()
        }
        N, T, ridge, draws = (chosen(array) for array in (self.N, self.T, self.ridge, self.draws))
        return Estimate(self.models[i], N, T, ridge, **losses, draws=draws, seed=self.seed)

    def columns(self) -> dict[str, Any]:
        """One row a point: label and parameters of the model, sizes, ridge, losses, draws, seed."""
        spectra = [model.spectrum for model in self.models]
        table: dict[str, Any] = {"model": self.labels}
        if all(isinstance(spectrum, PowerLaw) for spectrum in spectra):
            table["alpha"] = [getattr(spectrum, "alpha") for spectrum in spectra]
        table |= {
            "M": [model.M for model in self.models],
            "scale": [spectrum.scale for spectrum in spectra],
        }
        table |= {
            name: [getattr(m, name) for m in self.models]
            for name in ("sigma_w", "sigma_u", "sigma_eps")
        }
        columns = {name: np.array(values)[:, None, None, None] for name, values in table.items()}
        results = {
            name: value
            for name, value in self._flat("").items()
            if name not in ("models", "labels")
        }
        columns |= {name: np.asarray(value) for name, value in results.items()}
        return {
            name: np.broadcast_to(column, self.ridge.shape).ravel()
            for name, column in columns.items()
        }


@dataclass(frozen=True)
class Plan:
    """All that a sweep computes, checked; the cells are numbered in the order of the axes (model,
    N, T).
    """

    models: tuple[ScalingModel, ...]
    labels: tuple[str, ...]
    N: tuple[int, ...]
    T: tuple[int, ...]
    ridge: tuple[float, ...] | None  # None: the best
    draws: Draws
    test_points: int | None

    @classmethod
    def checked(
        cls,
        models: Models,
        N: ArrayLike,
        T: ArrayLike,
        ridge: ArrayLike | str,
        draws: Draws,
        test_points: int | None,
    ) -> Plan:
        """From a user's arguments."""
        named = _named(models)
        path = None if is_optimal(ridge) else _axis("ridge", ridges(ridge))
        points = None if test_points is None else integer("test_points", test_points)
        n, t = (_axis(name, sizes(name, value, whole=True)) for name, value in (("N", N), ("T", T)))
        return cls(
            tuple(named.values()),
            tuple(named),
            tuple(map(int, n)),
            tuple(map(int, t)),
            path,
            draws,
            points,
        )

    @classmethod
    def from_parameters(cls, parameters: dict[str, Any]) -> Plan:
        """From what `parameters` wrote."""
        models = {label: unpack(model) for label, model in parameters["models"]}
        ridge = (
            parameters["ridge"]
            if parameters["ridge"] == "optimal"
            else [float(r) for r in parameters["ridge"]]
        )
        draws = Draws.checked(
            *(parameters[name] for name in ("draws", "target_stderr", "max_draws"))
        )
        return cls.checked(
            models, parameters["N"], parameters["T"], ridge, draws, parameters["test_points"]
        )

    def parameters(self, seed: int) -> dict[str, Any]:
        """What makes the numbers what they are, as JSON, which has no infinity."""
        ridge = (
            "optimal" if self.ridge is None else [r if r < math.inf else "inf" for r in self.ridge]
        )
        return {
            "models": [
                (label, pack(model)) for label, model in zip(self.labels, self.models, strict=True)
            ],
            "N": self.N,
            "T": self.T,
            "ridge": ridge,
            "draws": self.draws.count,
            "target_stderr": self.draws.target_stderr,
            "max_draws": None if self.draws.target_stderr is None else self.draws.most,
            "test_points": self.test_points,
            "seed": seed,
        }

    def experiments(self, seed: int) -> list[Experiment]:
        """What is simulated in each cell."""
        cells = product(self.models, self.N, self.T)
        return [Experiment(model, N, T, seed, self.test_points) for model, N, T in cells]

    def label(self, cell: int) -> str:
        """Of the model of a cell."""
        return self.labels[cell // (len(self.N) * len(self.T))]

    def path(self) -> Ridges:
        """The ridges of each cell."""
        return "optimal" if self.ridge is None else np.array(self.ridge)

    def assembled(self, outcomes: Sequence[Outcome], seed: int) -> Sweep:
        """The outcomes of all cells as a grid."""
        grid = len(self.models), len(self.N), len(self.T)
        losses = np.stack([outcome.losses for outcome in outcomes], axis=2).reshape(
            len(Estimate.LOSSES), len(STATISTICS), *grid, -1
        )
        means = {
            name: LossStatistics(*values)
            for name, values in zip(Estimate.LOSSES, losses, strict=True)
        }
        N, T = np.array(self.N).reshape(1, -1, 1, 1), np.array(self.T).reshape(1, 1, -1, 1)
        ridge = np.stack([outcome.ridge for outcome in outcomes]).reshape(*grid, -1)
        draws = np.array([outcome.draws for outcome in outcomes]).reshape(*grid, 1)
        return Sweep(self.models, self.labels, N, T, ridge, **means, draws=draws, seed=seed)


def _named(models: Models) -> dict[str, ScalingModel]:
    if isinstance(models, ScalingModel):
        models = [models]
    if not isinstance(models, Mapping):
        if not isinstance(models, Sequence):
            raise ValueError(
                f"models must be a ScalingModel, a list or a dictionary of them, got {models!r}"
            )
        models = {str(i): model for i, model in enumerate(models)}
    if not models:
        raise ValueError("models is empty; it must hold at least one ScalingModel")
    for label, model in models.items():
        if not isinstance(label, str):
            raise ValueError(f"models must have strings as labels, got {label!r}")
        require_model(model, single=True)
    return dict(models)


def _axis(name: str, values: Floats) -> tuple[float, ...]:
    """The values of an axis: a number or a list without repetitions."""
    if values.ndim > 1:
        raise ValueError(
            f"{name} must be a number or a list, a sweep takes all combinations; got an array of shape {values.shape}"
        )
    flat = values.ravel().tolist()
    if len(set(flat)) < len(flat):
        raise ValueError(
            f"{name} must not repeat a value, got {', '.join(f'{value:g}' for value in flat)}"
        )
    return tuple(flat)
