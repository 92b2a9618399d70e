"""The plan of a sweep: a labelled grid of cells, and how it is written into a store."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.training import Training
from rfscale.simulation.cell import Cell, Outcome
from rfscale.simulation.estimate import Sweep
from rfscale.simulation.loss_statistics import by_loss
from rfscale.simulation.options import Options
from rfscale.simulation.ridges import GivenRidge
from rfscale.simulation.trainings import along_one_axis, at_sizes
from rfscale.support.arguments import Floats, sizes
from rfscale.support.described import cut, described
from rfscale.support.stored import pack, unpack

Models = ScalingModel | Sequence[ScalingModel] | Mapping[str, ScalingModel]


@dataclass(frozen=True, eq=False)
class Plan:
    """All that a sweep computes, checked; its cells are in the order of the axes (model, N, T)."""

    models: tuple[ScalingModel, ...]
    labels: tuple[str, ...]
    N: tuple[int, ...]
    T: tuple[int, ...]
    ridge: GivenRidge
    options: Options
    training: Training | None = None  # in the place of the ridge

    @classmethod
    def checked(
        cls,
        models: Models,
        N: ArrayLike,
        T: ArrayLike,
        ridge: GivenRidge,
        options: Options,
        training: Training | None = None,
    ) -> Plan:
        """From a user's arguments."""
        named = _named(models)
        if ridge.values is not None:
            ridge = replace(ridge, values=_axis(ridge.name, ridge.values))
        return cls(
            models=tuple(named.values()),
            labels=tuple(named),
            N=tuple(map(int, _axis("N", sizes("N", N, whole=True)))),
            T=tuple(map(int, _axis("T", sizes("T", T, whole=True)))),
            ridge=ridge,
            options=options,
            training=None if training is None else along_one_axis(training),
        )

    @classmethod
    def from_parameters(cls, parameters: dict[str, Any]) -> Plan:
        """From what `parameters` made, here or in an earlier version with fewer of them."""
        models = {label: unpack(model) for label, model in parameters["models"]}
        ridge = GivenRidge.checked(
            _from_json(parameters["ridge"]), _from_json(parameters.get("kernel_ridge"))
        )
        options = Options.from_parameters(parameters)
        training = unpack(parameters.get("training"))
        return cls.checked(models, parameters["N"], parameters["T"], ridge, options, training)

    def parameters(self) -> dict[str, Any]:
        """All that the numbers depend on, as JSON."""
        models = zip(self.labels, self.models, strict=True)
        return {
            "models": [(label, pack(model)) for label, model in models],
            "N": self.N,
            "T": self.T,
            "ridge": None,
            "kernel_ridge": None,
            self.ridge.name: _to_json(self.ridge.values),
            **self.options.parameters(),
            "training": pack(self.training) if self.training is not None else None,
        }

    def with_seed(self, seed: int) -> Plan:
        """The same with the random numbers of another seed."""
        return replace(self, options=replace(self.options, seed=seed))

    def cells(self) -> list[Cell]:
        """The cells in their order."""
        return [self._cell(*point) for point in product(self.models, self.N, self.T)]

    def _cell(self, model: ScalingModel, N: int, T: int) -> Cell:
        experiment = self.options.experiment(model, N, T)
        if self.training is not None:
            count = int(np.prod(self.training.shape))
            return Cell(experiment, np.full(count, np.nan), at_sizes(self.training, model, N, T))
        if self.ridge.values is None:
            return Cell(experiment, "optimal")
        return Cell(experiment, self.ridge.gamma(self.ridge.values, model, N))

    def label(self, cell: int) -> str:
        """Of the model of a cell."""
        return self.labels[cell // (len(self.N) * len(self.T))]

    def assembled(self, outcomes: Sequence[Outcome]) -> Sweep:
        """The outcomes of all cells as a grid."""
        grid = (len(self.models), len(self.N), len(self.T))
        losses = np.stack([outcome.losses for outcome in outcomes], axis=2)
        ridge = np.stack([outcome.ridge for outcome in outcomes]).reshape(*grid, -1)
        return Sweep(
            models=self.models,
            labels=self.labels,
            N=np.array(self.N).reshape(1, -1, 1, 1),
            T=np.array(self.T).reshape(1, 1, -1, 1),
            ridge=ridge if self.training is None else None,
            **by_loss(losses.reshape(*losses.shape[:2], *grid, -1)),
            draws=np.array([outcome.draws for outcome in outcomes]).reshape(*grid, 1),
            seed=self.options.seed,
            latents=self.options.latents.text,
            test_points=self.options.test_points,
            leverages=self.options.leverages_drawn_from,
            estimator=self.options.estimator,
            training=self.training,
        )


def _named(models: Models) -> dict[str, ScalingModel]:
    if isinstance(models, ScalingModel):
        models = [models]
    if not isinstance(models, Mapping):
        if isinstance(models, str | bytes) or not isinstance(models, Sequence):
            raise ValueError(
                "models must be a ScalingModel, a list or a dictionary of them, got "
                f"{described(models)}"
            )
        models = {str(i): model for i, model in enumerate(models)}
    if not models:
        raise ValueError("models is empty; it must hold at least one ScalingModel")
    for label, model in models.items():
        if not isinstance(label, str):
            raise ValueError(f"models must have strings as labels, got {described(label)}")
        require_model(model, single=True)
    return dict(models)


def _axis(name: str, values: Floats) -> Floats:
    """The values of an axis: a number or a list without repetitions."""
    if values.ndim > 1:
        raise ValueError(
            f"{name} must be a number or a list, a sweep takes all combinations; "
            f"got an array of shape {values.shape}"
        )
    flat = values.ravel()
    if np.unique(flat).size < flat.size:
        said = ", ".join(f"{value:g}" for value in flat)
        raise ValueError(f"{name} must not repeat a value, got {cut(said)}")
    return flat


def _to_json(values: Floats | None) -> Any:
    """A list; JSON has no infinity."""
    if values is None:
        return "optimal"
    return [value if value < math.inf else "inf" for value in values.tolist()]


def _from_json(stored: Any) -> Any:
    return [float(value) for value in stored] if isinstance(stored, list) else stored
