"""The picture of `rfscale fit`: the law beside the losses, or what all laws say of larger runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale import plotting
from rfscale.cli import pictures
from rfscale.measured.losses.law_comparison import LawComparison
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.plotting.loss_fits import sizes_of
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COSTS = 25  # along the best sizes
BEYOND = 10.0  # times the largest cost of the table, if none is asked for


def draw(
    path: str, name: str, found: LossFit | LawComparison, costs: Floats | None, cost: Any
) -> None:
    """One file of all figures; `name` is the file of the losses."""
    from matplotlib.figure import Figure

    if isinstance(found, LawComparison):
        picture = Figure(figsize=(11.5, 4.8), layout="constrained")
        _draw_comparison(picture, found, costs, cost)
        laws = f"{len(found.laws)} laws"
    else:
        picture = Figure(figsize=(16, 8.6), layout="constrained")
        _draw_fit(picture, found, costs, cost)
        laws = f"{found.law.name}, L = {found.law.formula}"
    picture.suptitle(f"{Path(name).name}: {laws}", fontsize="medium")
    pictures.save(picture, path)


def _draw_fit(picture: Figure, fit: LossFit, costs: Floats | None, cost: Any) -> None:
    """Curves, contours and best sizes above the residuals."""
    panels = picture.subplots(2, 3)
    plotting.fitted_curves(fit, ax=panels[0, 0])
    plotting.iso_loss(fit, ax=panels[0, 1])
    plotting.allocation(fit, _costs(fit, costs, cost), cost, ax=panels[0, 2])
    plotting.residuals(fit, ax=panels[1])


def _draw_comparison(
    picture: Figure, found: LawComparison, costs: Floats | None, cost: Any
) -> None:
    """The rows held out, if there are enough others, and best sizes by all laws."""
    panels = picture.subplots(1, 2)
    if np.isnan(found.extrapolated.value).any():
        panels[0].text(0.5, 0.5, "too few rows to extrapolate from", ha="center")
    else:
        plotting.extrapolation(found, ax=panels[0])
    plotting.allocation(found, _costs(found.each[0], costs, cost), cost, ax=panels[1])


def _costs(fit: LossFit, asked: Floats | None, cost: Any) -> Floats:
    """From the least cost of the table to what is asked for, or beyond the largest."""
    table = fit.table
    spent = sizes_of(table)["C"] if cost is None else np.asarray(cost(table.N, table.T))
    largest = BEYOND * spent.max() if asked is None else max(asked.max(), spent.max())
    return np.geomspace(spent.min(), largest, COSTS)
