"""The largest runs of a table, beside what all laws together predict of them from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.measured.losses.law_comparison import LawComparison
from rfscale.plotting.axes import axes_or_new
from rfscale.plotting.curve_style import COLOURS
from rfscale.plotting.loss_fits import AXES, legend_above, size_text, sizes_of
from rfscale.support.arguments import Floats, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TICKS = 6  # along the rows, at most
HALF = 0.5  # of the width of a row


def extrapolation(comparison: LawComparison, *, ax: Axes | None = None) -> Axes:
    """Losses of the rows held out over the predicted ones, in order of compute, and their band.

    Prediction and band are of all laws together, fitted to the other rows.

    Parameters
    ----------
    comparison : LawComparison
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes
        Rows within the band as points, others as diamonds.

    Raises
    ------
    ValueError
        If an argument is none of what it may be, or too few rows were left to predict from.

    Examples
    --------
    >>> import rfscale as rf
    >>> table = rf.published_losses("openlm-c4")
    >>> columns = table.N, table.T, table.loss
    >>> found = rf.compare_laws(*columns, laws=["tied", "talk"], resamples=20)
    >>> axes = rf.plotting.extrapolation(found)
    >>> axes.get_ylabel()
    'measured/predicted loss $-$ 1 (%)'
    """
    require_kind("comparison", comparison, LawComparison)
    band = comparison.extrapolated
    if np.isnan(band.value).any():
        raise ValueError("comparison must have rows to extrapolate from, got too few of them")
    table = comparison.each[0].table
    C = sizes_of(table)["C"][comparison.held_out]
    order = np.argsort(C, kind="stable")
    measured = table.loss[comparison.held_out]
    axes = axes_or_new(ax)
    ends = [_percent(end / band.value)[order] for end in (band.low, band.high)]
    laws = "all laws together" if len(comparison.laws) > 1 else f"law {comparison.laws[0]}"
    _draw_band(axes, ends[0], ends[1], f"{100 * band.level:.3g}% of runs, {laws}")
    _draw_rows(axes, _percent(measured / band.value)[order], ends[0], ends[1])
    _label(axes, C[order])
    legend_above(axes, 3)
    return axes


def _percent(ratio: Floats) -> Floats:
    return 100 * (ratio - 1)


def _draw_band(axes: Axes, low: Floats, high: Floats, name: str) -> None:
    """A step for each row."""
    edges = np.arange(low.size + 1) - HALF
    look: dict[str, Any] = {"color": COLOURS[0], "alpha": 0.22, "lw": 0, "zorder": 1}
    lower = np.append(low, low[-1])
    upper = np.append(high, high[-1])
    axes.fill_between(edges, lower, upper, step="post", label=name, **look)
    axes.axhline(0, color=COLOURS[0], lw=1, zorder=2)


def _draw_rows(axes: Axes, error: Floats, low: Floats, high: Floats) -> None:
    place = np.arange(error.size)
    is_within = (low <= error) & (error <= high)
    look: dict[str, Any] = {"ls": "", "ms": 4.5, "zorder": 3}
    within = f"measured, within it: {is_within.sum()} of {error.size}"
    axes.plot(place[is_within], error[is_within], "o", color="black", label=within, **look)
    if not is_within.all():
        out = ~is_within
        axes.plot(place[out], error[out], "D", color=COLOURS[1], label="outside", **look)


def _label(axes: Axes, C: Floats) -> None:
    """The compute of some rows below the axis."""
    shown = np.unique(np.linspace(0, C.size - 1, TICKS).round().astype(int))
    axes.set_xticks(shown, [size_text(C[k]) for k in shown], fontsize="small")
    axes.set(xlabel=f"runs in order of {AXES['C']}", ylabel="measured/predicted loss $-$ 1 (%)")
    axes.set_xlim(-2 * HALF, C.size - 1 + 2 * HALF)
