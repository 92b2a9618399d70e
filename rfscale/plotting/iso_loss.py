"""Contours of a fitted law over N and T, the runs, and the best N and T of each compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.measured.losses.allocation import Allocation
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.plotting.axes import axes_or_new, label_losses
from rfscale.plotting.curve_style import COLOURS
from rfscale.plotting.loss_fits import AXES, FLOP, legend_above, loss_label, sizes_of
from rfscale.support.arguments import Floats, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 120  # of the grid along an axis
PATH = 25  # costs
LEVELS = 10  # contours
MARGIN = 1.6  # by which the axes go beyond the data
COLOURMAP = "cividis"  # which also shows in grey


def iso_loss(fit: LossFit, *, unit: str | None = None, ax: Axes | None = None) -> Axes:
    """The law as contours over N and T, runs in the colour of their loss, and the best path.

    The path has the N and T at which the law is least for each compute C = 6 N T of the table; its
    band is the interval of N along the same compute.

    Parameters
    ----------
    fit : LossFit
    unit : str, optional
        Of the losses, such as "nats".
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes
        Beside it stands a bar of colours of the losses.

    Raises
    ------
    ValueError
        If an argument is none of what it may be.

    Examples
    --------
    >>> import rfscale as rf
    >>> fit = rf.fit_losses(rf.published_losses("openlm-c4"), intervals="sandwich")
    >>> axes = rf.plotting.iso_loss(fit)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('model size $N$ (parameters)', 'data size $T$ (tokens)')
    """
    require_kind("fit", fit, LossFit)
    label = loss_label(unit)
    axes = axes_or_new(ax)
    axes.set(xscale="log", yscale="log", xlabel=AXES["N"], ylabel=AXES["T"])
    _draw_contours(axes, fit)
    _draw_runs(axes, fit, label)
    C = sizes_of(fit.table)["C"]
    best = fit.allocate(np.geomspace(C.min(), C.max(), PATH))
    _draw_path(axes, best)
    axes.set(xlim=_ends(fit.table.N), ylim=_ends(fit.table.T))
    legend_above(axes, 2)
    return axes


def _ends(values: Floats) -> tuple[float, float]:
    return float(values.min() / MARGIN), float(values.max() * MARGIN)


def _draw_contours(axes: Axes, fit: LossFit) -> None:
    """Lines at losses between which there are equal parts of the picture."""
    N = np.geomspace(*_ends(fit.table.N), POINTS)
    T = np.geomspace(*_ends(fit.table.T), POINTS)
    at = np.meshgrid(N, T)
    loss = fit.losses(at[0].ravel(), at[1].ravel(), fit.best[None])[0].reshape(at[0].shape)
    parts = np.quantile(loss, np.linspace(0, 1, LEVELS + 2)[1:-1])
    levels = np.unique([float(f"{part:.3g}") for part in parts])
    lines = axes.contour(N, T, loss, levels, colors="0.55", linewidths=0.8, zorder=1)
    axes.clabel(lines, fmt="%.3g", fontsize="x-small")


def _draw_runs(axes: Axes, fit: LossFit, label: str) -> None:
    from matplotlib.colors import LogNorm

    look: dict[str, Any] = {"s": 18, "lw": 0.4, "edgecolors": "white", "zorder": 3}
    runs = axes.scatter(
        fit.table.N, fit.table.T, c=fit.table.loss, cmap=COLOURMAP, norm=LogNorm(), **look
    )
    bar = axes.figure.colorbar(runs, ax=axes, label=label)
    label_losses(bar.ax)


def _draw_path(axes: Axes, best: Allocation) -> None:
    """The best sizes, and a band between the ends of N along each compute."""
    look: dict[str, Any] = {"color": COLOURS[1]}
    axes.plot(best.N.value, best.T.value, label="least loss for $C = 6NT$", zorder=4, **look)
    is_shown = (best.N.low > 0) & (best.N.high < np.inf)
    C = best.C[is_shown]
    N = np.concatenate([best.N.low[is_shown], best.N.high[is_shown][::-1]])
    T = np.concatenate([C, C[::-1]]) / (FLOP * N)
    level = f"{100 * best.N.level:.3g}% interval"
    axes.fill(N, T, alpha=0.25, lw=0, label=level, zorder=2, **look)
