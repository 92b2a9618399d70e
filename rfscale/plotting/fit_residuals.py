"""Residuals of a fit over the sizes and in order of compute, with the rows that lie far off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.loss_fit import OUTLIER, ROUNDING, LossFit
from rfscale.plotting.curve_style import COLOURS
from rfscale.plotting.loss_fits import AXES, levels, panels_or_new, sizes_of
from rfscale.support.arguments import Floats, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANELS = ("N", "T", "C")
WIDE = 10.5  # inches, of the three panels
NUMBERED = 8  # outliers, those that lie farthest off
FEWEST = 3  # rows whose median says something


def residuals(fit: LossFit, *, ax: Any = None) -> NDArray[Any]:
    """Residuals over N, over T and over compute; rows more than 5 sigma off are numbered.

    The line joins medians of neighbours: where it leaves 0, the law has another shape than the
    losses. The band is one sigma on both sides.

    Parameters
    ----------
    fit : LossFit
        Its residuals are in percent of the loss, or in units of the loss if it was fitted to them.
    ax : array_like of 3 Axes, optional
        A new figure is made if there are none.

    Returns
    -------
    ndarray of Axes (3,)

    Raises
    ------
    ValueError
        If an argument is none of what it may be.

    Examples
    --------
    >>> import rfscale as rf
    >>> fit = rf.fit_losses(rf.published_losses("openlm-c4"), intervals="sandwich")
    >>> panels = rf.plotting.residuals(fit)
    >>> [axes.get_xlabel() for axes in panels][1]
    'data size $T$ (tokens)'
    """
    require_kind("fit", fit, LossFit)
    panels = panels_or_new(ax, len(PANELS), (WIDE, 3.6))
    scale = 100.0 if fit.residual == "log" else 1.0
    for axes, name in zip(panels, PANELS, strict=True):
        size = sizes_of(fit.table)[name]
        _draw(axes, size, scale * fit.residuals, scale * fit.sigma, fit.outliers)
        axes.set(xscale="log", xlabel=AXES[name])
    is_log = fit.residual == "log"
    panels[0].set_ylabel("residual of log loss (%)" if is_log else "residual of the loss")
    return panels


def _draw(
    axes: Axes, size: Floats, residual: Floats, sigma: float, outliers: NDArray[np.int64]
) -> None:
    axes.axhspan(-sigma, sigma, color="0.9", lw=0, zorder=0)
    axes.axhline(0, color="0.4", lw=0.8, zorder=1)
    is_far = np.isin(np.arange(size.size), outliers)
    look: dict[str, Any] = {"ls": "", "zorder": 2}
    axes.plot(size[~is_far], residual[~is_far], marker="o", ms=3.5, color=COLOURS[0], **look)
    axes.plot(size[is_far], residual[is_far], marker="D", ms=4.5, color=COLOURS[1], **look)
    farthest = outliers[np.argsort(-np.abs(residual[outliers]))][:NUMBERED]
    for row in farthest:
        _number(axes, int(row), size, residual)
    middle = _medians(size, residual)
    if middle.size:
        axes.plot(*middle.T, color=COLOURS[-1], lw=1.2, zorder=3)
    reach = max(1.1 * float(np.abs(residual).max()), OUTLIER * sigma, ROUNDING)
    axes.set_ylim(-reach, reach)


def _number(axes: Axes, row: int, size: Floats, residual: Floats) -> None:
    """The row of an outlier, from 0, on the side of it where there is room."""
    is_right = np.log(size[row]) > np.mean(np.log([size.min(), size.max()]))
    place: dict[str, Any] = {"xytext": (-5 if is_right else 5, 0), "va": "center"}
    place |= {"ha": "right" if is_right else "left", "textcoords": "offset points"}
    axes.annotate(str(row), (size[row], residual[row]), fontsize="small", **place)


def _medians(size: Floats, residual: Floats) -> Floats:
    """Medians (levels, 2) of sizes and residuals of neighbours."""
    kept = [one.rows for one in levels(size) if one.rows.sum() >= FEWEST]
    return np.array([[np.median(size[rows]), np.median(residual[rows])] for rows in kept])
