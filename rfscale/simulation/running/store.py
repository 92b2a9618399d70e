"""The store of a sweep: an SQLite file that survives being killed, one row for each finished cell.

Table `cells`: `cell` (its number), `model` (its label), `N`, `T`, `draws`, `enough` (1 if the
target of the standard error was met), and as JSON lists along the ridges `ridge`, `test_mean`,
`test_stderr`, `test_std`, `test_q05`, ..., `train_q95`, infinity written as "inf"; `digest` is a
checksum of the row. With a training the lists are along its fields, and `ridge` holds nulls. Table
`sweep` holds, as JSON, the `parameters` that all cells were computed with, seed included, and the
`versions` of the libraries. To read it without this package::

    sqlite3 sweep.db "select N, T, draws, test_mean, test_stderr from cells order by N, T"

or in Python, ``sqlite3.connect("sweep.db").execute("select N, T, test_mean from cells")``.

Only the process that runs the sweep writes. The file is in WAL mode, which needs a local disk:
while the sweep runs, and after it was killed, there are two more files beside it, `-wal` and
`-shm`, which belong to it.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rfscale.simulation.cell import Cell, Outcome
from rfscale.simulation.loss_statistics import STATISTICS
from rfscale.simulation.one_draw.experiment import LOSSES
from rfscale.simulation.running.cell_store import CellStore
from rfscale.simulation.running.plan import Plan
from rfscale.simulation.running.store_file import Layout, as_array, as_json

LISTS = ["ridge", *(f"{loss}_{statistic}" for loss in LOSSES for statistic in STATISTICS)]
LAYOUT = Layout(
    application_id=0x72667363,  # "rfsc"
    kind="sweep",
    columns={
        "cell": "integer",
        "model": "text",
        **dict.fromkeys(["N", "T", "draws", "enough"], "integer"),
        **dict.fromkeys(LISTS, "text"),
    },
)


class Store(CellStore[Plan, Cell, Outcome]):
    """The store of a sweep."""

    layout: ClassVar[Layout] = LAYOUT

    def restored(self, parameters: dict[str, Any], plan: Plan | None) -> Plan:
        """From the file alone."""
        return Plan.from_parameters(parameters)

    def row(self, number: int, cell: Cell, outcome: Outcome) -> list[Any]:
        """The number of the cell, its model and sizes, and lists along the ridges."""
        experiment = cell.experiment
        lists = [outcome.ridge, *outcome.losses.reshape(-1, outcome.ridge.size)]
        sizes = [experiment.N, experiment.T, outcome.draws, int(outcome.enough)]
        return [number, self.plan.label(number), *sizes, *map(as_json, lists)]

    def outcome(self, *row: Any) -> Outcome:
        """The lists as arrays."""
        ridge, *losses = map(as_array, row[6:])
        return Outcome(
            ridge=ridge,
            losses=np.stack(losses).reshape(len(LOSSES), len(STATISTICS), -1),
            draws=row[4],
            enough=bool(row[5]),
        )

    @property
    def resumed_by(self) -> str:
        """`resume_sweep`."""
        return f"rfscale.resume_sweep({str(self.path)!r}, executor=...)"
