"""What an experiment on samples computes, point by point, and the store that keeps its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from rfscale.measured.samples.experiment_cell import SampleCell, SampleOutcome
from rfscale.measured.samples.features import SampleFeatures
from rfscale.measured.samples.splits import Split
from rfscale.simulation.draw_options import DrawOptions
from rfscale.simulation.estimate import Integers
from rfscale.simulation.points import places_by_sizes
from rfscale.simulation.running.cell_store import CellStore
from rfscale.simulation.running.store_file import Layout, as_array, as_json
from rfscale.support.arguments import Floats, broadcast, sizes, strengths
from rfscale.support.described import described
from rfscale.support.stored import pack
from rfscale.support.warned import warn_caller


@dataclass(frozen=True, eq=False)
class SamplePlan:
    """All points of an experiment, checked, and those of each (N, T), which share a cell."""

    split: Split
    index: int
    features: SampleFeatures
    N: Integers
    T: Integers
    ridge: Floats
    options: DrawOptions

    @classmethod
    def checked(
        cls,
        split: Split,
        index: int,
        features: SampleFeatures,
        N: ArrayLike,
        T: ArrayLike,
        ridge: ArrayLike,
        options: DrawOptions,
    ) -> SamplePlan:
        """From a user's arguments, at their common shape."""
        if isinstance(ridge, str):
            raise ValueError(
                f"ridge must be numbers >= 0, got {described(ridge)}; theory knows the optimal "
                "ridge, and rfscale.compare asks it"
            )
        N, T, values = broadcast(
            N=sizes("N", N, whole=True),
            T=sizes("T", T, whole=True),
            ridge=strengths("ridge", ridge),
        )
        if T.max() > len(split.X):
            raise ValueError(
                f"T must be at most {len(split.X)}, the samples that are not held out, "
                f"got {T.max():g}"
            )
        return cls(
            split=split,
            index=index,
            features=features,
            N=np.array(N, dtype=np.int64),
            T=np.array(T, dtype=np.int64),
            ridge=np.array(values),
            options=options,
        )

    @property
    def groups(self) -> list[Integers]:
        """The places of each cell among the flattened points."""
        return places_by_sizes(self.N, self.T)

    def cells(self) -> list[SampleCell]:
        """A cell for each (N, T)."""
        return [self._cell(group) for group in self.groups]

    def _cell(self, group: Integers) -> SampleCell:
        return SampleCell(
            split=self.split,
            index=self.index,
            features=self.features,
            N=int(self.N.flat[group[0]]),
            T=int(self.T.flat[group[0]]),
            ridge=self.ridge.flat[group],
            options=self.options,
        )

    def parameters(self) -> dict[str, Any]:
        """All that the numbers depend on, as JSON; of the samples a fingerprint."""
        return {
            "samples": self.split.fingerprint,
            "split": self.index,
            "features": pack(self.features),
            "N": self.N.ravel().tolist(),
            "T": self.T.ravel().tolist(),
            "ridge": as_json(self.ridge.ravel()),
            "draws": self.options.draws,
            "target_stderr": self.options.target_stderr,
            "max_draws": self.options.max_draws,
            "seed": self.options.seed,
        }

    def warn_of_targets(self, outcomes: Sequence[SampleOutcome]) -> None:
        """Say where the standard error is larger than it was to be."""
        options = self.options
        reasons = [
            f"with max_draws = {options.max_draws}"
            if len(outcome.mse) == options.most_draws
            else "where errors are not finite"
            for outcome in outcomes
            if not outcome.enough
        ]
        for reason, count in Counter(reasons).items():
            warn_caller(
                f"target_stderr = {options.target_stderr:g} was not reached at {count} (N, T) "
                f"{reason}"
            )


@dataclass(frozen=True)
class _StoredPlan:
    """What a file says of its plan: it does not hold the samples."""

    stored: dict[str, Any]

    def parameters(self) -> dict[str, Any]:
        """As they were written."""
        return self.stored


class SampleStore(CellStore[Any, SampleCell, SampleOutcome]):
    """The store of an experiment on samples.

    Table `cells`: `cell`, `N`, `T`, `draws`, `enough`, and as JSON lists along the ridges `ridge`,
    along draws and ridges `mse` and `train_mse`, and `errors` along held-out samples and ridges;
    table `experiment` as that of a sweep. The samples are not in it, but a fingerprint is.
    """

    layout: ClassVar[Layout] = Layout(
        application_id=0x72667365,  # "rfse"
        kind="experiment",
        columns={
            **dict.fromkeys(["cell", "N", "T", "draws", "enough"], "integer"),
            **dict.fromkeys(["ridge", "mse", "train_mse", "errors"], "text"),
        },
    )

    def restored(self, parameters: dict[str, Any], plan: Any) -> _StoredPlan:
        """The parameters alone."""
        return _StoredPlan(parameters)

    def row(self, number: int, cell: SampleCell, outcome: SampleOutcome) -> list[Any]:
        """The number of the cell, its sizes, and lists."""
        lists = [cell.ridge, outcome.mse, outcome.train_mse, outcome.errors]
        draws = len(outcome.mse)
        texts = [as_json(values.ravel()) for values in lists]
        return [number, cell.N, cell.T, draws, int(outcome.enough), *texts]

    def outcome(self, *row: Any) -> SampleOutcome:
        """The lists as arrays."""
        ridge, mse, train_mse, errors = map(as_array, row[5:])
        return SampleOutcome(
            mse=mse.reshape(-1, ridge.size),
            train_mse=train_mse.reshape(-1, ridge.size),
            errors=errors.reshape(-1, ridge.size),
            enough=bool(row[4]),
        )

    @property
    def resumed_by(self) -> str:
        """The same call: the samples are needed."""
        return f"the same call of rfscale.experiment, with store={str(self.path)!r}"
