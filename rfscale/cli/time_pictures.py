"""Pictures of the best stopping time: losses over time, and on each where it is least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rfscale import plotting
from rfscale.model.training import GradientFlow
from rfscale.plotting.curve_style import COLOURS, colour
from rfscale.support.arguments import Floats
from rfscale.theory.optimal_time import OptimalTime
from rfscale.theory.predict import predict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TIMES = 150  # of each curve
AROUND = 100.0  # the best times, to either side of them
EARLIEST = 1.0  # where the best time is the start or the end of training
LATEST = 1e6
MARK = "best time"
DOT = "o"


def draw_over_time(axes: Axes, best: OptimalTime, suffix: str | None) -> None:
    """The loss of some points of one model over time, with a dot at the best time of each."""
    flow = best.training
    assert isinstance(flow, GradientFlow)
    shape = np.shape(best.tau)
    N, T, ridge, tau, test = (
        np.broadcast_to(values, shape).ravel()
        for values in (best.prediction.N, best.prediction.T, flow.ridge, best.tau, best.test)
    )
    some = np.unique(np.linspace(0, tau.size - 1, min(tau.size, len(COLOURS))).round().astype(int))
    over = GradientFlow(tau=_times(tau[some]), ridge=ridge[some, None])
    curves = predict(best.prediction.model, N[some, None], T[some, None], training=over)
    first = len([line for line in axes.lines if line.get_marker() != DOT])
    plotting.loss_curve(curves, x="tau", suffix=suffix, first_colour=first, ax=axes)
    for k, place in enumerate(some, start=first):
        is_between = 0.0 < tau[place] < np.inf
        if is_between and test[place] > 0.0:
            axes.plot(tau[place], test[place], DOT, color=colour(k), ms=6, zorder=4)
    _name_marks(axes)


def _times(tau: Floats) -> Floats:
    """Those to draw: around all that are best."""
    between = tau[(tau > 0.0) & np.isfinite(tau)]
    if not between.size:
        return np.geomspace(EARLIEST, LATEST, TIMES)
    return np.geomspace(between.min() / AROUND, between.max() * AROUND, TIMES)


def _name_marks(axes: Axes) -> None:
    """One entry in the legend for the dots of all curves, if there are some."""
    dots = [line for line in axes.lines if line.get_marker() == DOT]
    if dots and MARK not in axes.get_legend_handles_labels()[1]:
        axes.plot([], [], DOT, color="0.4", ms=6, label=MARK)
    axes.legend(frameon=False, fontsize="small")
