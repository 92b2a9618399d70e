"""Draws on which one-pass SGD is not stable: the mean over draws is ruled by them (21.8)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rfscale.model import RegimeWarning
from rfscale.model.training import SGD
from rfscale.simulation.cell import Cell
from rfscale.simulation.one_draw.sgd import unstable
from rfscale.simulation.options import Options
from rfscale.support.arguments import Floats
from rfscale.support.warned import warn_caller

TRIED = 32  # of the draws of a cell: each takes the eigenvalues of one matrix of N features


def warn_of_unstable_draws(cells: Iterable[Cell], options: Options) -> None:
    """Say at how many points some draws grow without bound, so that their mean says little."""
    counts = [_unstable(cell, options) for cell in cells if isinstance(cell.training, SGD)]
    found = np.concatenate(counts) if counts else np.zeros(0)
    if not np.any(found):
        return
    warn_caller(
        f"SGD is not stable in up to {np.max(found):.2g} of the draws of features at "
        f"{np.sum(found > 0)} of {found.size} points: their losses grow with the number of steps, "
        "and mean and standard error are theirs alone; quantiles say what the other draws do, or "
        "a smaller step_size has none",
        RegimeWarning,
    )


def _unstable(cell: Cell, options: Options) -> Floats:
    """The share of the first draws of a cell, for each of its trainings."""
    assert cell.training is not None
    trainings = [one for one in cell.training.each((cell.size,)) if isinstance(one, SGD)]
    draws = range(min(options.draws, TRIED))
    return np.asarray(unstable(cell.experiment, draws, trainings).mean(axis=0))
