"""The points of a simulation, those of one (N, T) in one cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel
from rfscale.model.training import Training
from rfscale.simulation.cell import Cell, Outcome
from rfscale.simulation.estimate import Estimate, Integers
from rfscale.simulation.loss_statistics import STATISTICS, by_loss
from rfscale.simulation.one_draw.experiment import LOSSES
from rfscale.simulation.options import Options
from rfscale.simulation.ridges import GivenRidge
from rfscale.simulation.trainings import at_sizes, rearranged
from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.support.machine import require_memory

BYTES_PER_POINT = 300  # of all arrays together


class PointsByCell(NamedTuple):
    """All points of a simulation, and those of each (N, T), which are computed together."""

    N: Integers
    T: Integers
    ridge: Floats
    optimal: bool
    training: Training | None
    groups: list[Integers]  # places among the flattened points

    @classmethod
    def checked(
        cls,
        model: ScalingModel,
        N: ArrayLike,
        T: ArrayLike,
        ridge: GivenRidge,
        training: Training | None,
    ) -> PointsByCell:
        """From a user's arguments, at their common shape."""
        optimal = ridge.values is None
        name = ridge.name
        path = np.zeros(()) if ridge.values is None else ridge.values
        if training is not None:
            name = "training"
            path = np.broadcast_to(np.nan, training.shape)
        N, T, values = broadcast(
            **{"N": sizes("N", N, whole=True), "T": sizes("T", T, whole=True), name: path}
        )
        require_memory(BYTES_PER_POINT * N.size, f"a simulation at {N.size} points")
        return cls(
            N=np.array(N, dtype=np.int64),
            T=np.array(T, dtype=np.int64),
            ridge=np.array(ridge.gamma(values, model, N)),
            optimal=optimal,
            training=training,
            groups=places_by_sizes(N, T),
        )

    def cells(self, model: ScalingModel, options: Options) -> list[Cell]:
        """A cell for each (N, T)."""
        return [self._cell(model, options, group) for group in self.groups]

    def _cell(self, model: ScalingModel, options: Options, group: Integers) -> Cell:
        N = int(self.N.flat[group[0]])
        T = int(self.T.flat[group[0]])
        ridge = self.ridge.flat[group]
        experiment = options.experiment(model, N, T)
        if self.training is None:
            return Cell(experiment, "optimal" if self.optimal else ridge)

        def of_group(values: Floats) -> Floats:
            return np.array(np.broadcast_to(values, self.N.shape).flat[group])

        trained = rearranged(self.training, of_group)
        return Cell(experiment, ridge, at_sizes(trained, model, N, T))

    def estimate(
        self, model: ScalingModel, outcomes: Sequence[Outcome], options: Options
    ) -> Estimate:
        """The outcomes of the cells in the shape of the points."""
        losses = np.empty((len(LOSSES), len(STATISTICS), self.N.size))
        ridge = np.empty(self.N.shape)
        draws = np.empty(self.N.shape, dtype=np.int64)
        for group, outcome in zip(self.groups, outcomes, strict=True):
            ridge.flat[group] = outcome.ridge
            draws.flat[group] = outcome.draws
            losses[:, :, group] = outcome.losses
        return Estimate(
            model=model,
            N=self.N[()],
            T=self.T[()],
            ridge=None if self.training is not None else ridge[()],
            **by_loss(losses.reshape(*losses.shape[:2], *self.N.shape)),
            draws=draws[()],
            seed=options.seed,
            latents=options.latents.text,
            test_points=options.test_points,
            leverages=options.leverages_drawn_from,
            estimator=options.estimator,
            training=self.training,
        )


def places_by_sizes(N: NDArray[Any], T: NDArray[Any]) -> list[Integers]:
    """The places of each (N, T) among the flattened points."""
    pairs = np.stack([N.ravel(), T.ravel()])
    _, group_of = np.unique(pairs, axis=1, return_inverse=True)
    group_of = group_of.ravel()
    ends = np.cumsum(np.bincount(group_of))
    return np.split(np.argsort(group_of, kind="stable"), ends[:-1])
