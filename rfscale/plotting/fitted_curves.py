"""Measured losses as points, and the law that was fitted to them as curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.measured.losses.loss_fit import LossFit
from rfscale.plotting.axes import axes_or_new, label_losses
from rfscale.plotting.curve_style import marker
from rfscale.plotting.loss_fits import (
    AXES,
    ORDERED,
    SYMBOLS,
    Level,
    both_sizes,
    legend_beside,
    levels,
    loss_label,
    size_text,
    sizes_of,
)
from rfscale.support.arguments import choice, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 100  # of a curve
MARGIN = 1.15  # by which curves are longer than the data of their level


def fitted_curves(
    fit: LossFit,
    x: str | None = None,
    at: str | None = None,
    *,
    unit: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Losses against a size as points, and the law as curves at several values of another.

    Parameters
    ----------
    fit : LossFit
    x : str, optional
        The size along the axis: "N", "T", or "C" for the compute 6 N T.
    at : str, optional
        The size that is the same along a curve, another of the three; by default the one that takes
        the fewest values. Where these are more than 7, the rows are in 6 bins, and each band is the
        law from the least to the largest value in its bin.
    unit : str, optional
        Of the losses, such as "nats".
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If an argument is none of what it may be.

    Examples
    --------
    >>> import rfscale as rf
    >>> fit = rf.fit_losses(rf.published_losses("openlm-c4"), intervals="sandwich")
    >>> axes = rf.plotting.fitted_curves(fit, unit="nats")
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('data size $T$ (tokens)', 'loss $L$ (nats)')
    """
    require_kind("fit", fit, LossFit)
    x, at = _checked(fit, x, at)
    axes = axes_or_new(ax)
    each = levels(sizes_of(fit.table)[at])
    for k, level in enumerate(each):
        _draw_level(axes, fit, x, at, level, k)
    axes.set(xscale="log", yscale="log", xlabel=AXES[x], ylabel=loss_label(unit))
    label_losses(axes)
    is_exact = all(level.low == level.high for level in each)
    legend_beside(axes, SYMBOLS[at] if is_exact else f"means of {SYMBOLS[at]}")
    return axes


def _checked(fit: LossFit, x: str | None, at: str | None) -> tuple[str, str]:
    """Both sizes, chosen where they are not given."""
    if at is None:
        sizes = {name: values for name, values in sizes_of(fit.table).items() if name != x}
        at = min(sizes, key=lambda name: np.unique(sizes[name]).size)
    at = choice("at", at, tuple(AXES))
    if x is None:
        x = "T" if at == "N" else "N"
    if choice("x", x, tuple(AXES)) == at:
        raise ValueError(f"at must be another size than x, got {at!r} for both")
    return x, at


def _draw_level(axes: Axes, fit: LossFit, x: str, at: str, level: Level, k: int) -> None:
    """The points of a level, its curve, and the band of its bin."""
    position = sizes_of(fit.table)[x][level.rows]
    name = size_text(level.value)
    look: dict[str, Any] = {"color": ORDERED[k % len(ORDERED)]}
    points: dict[str, Any] = {"ls": "", "marker": marker(k), "ms": 4.5, "mew": 0.3, "mec": "white"}
    axes.plot(position, fit.table.loss[level.rows], label=name, zorder=3, **points, **look)
    grid = np.geomspace(position.min() / MARGIN, position.max() * MARGIN, POINTS)
    ends = level.value, level.low, level.high
    curve, first, last = (
        fit.losses(*both_sizes(x, grid, at, end), fit.best[None])[0] for end in ends
    )
    axes.plot(grid, curve, lw=1.2, zorder=2, **look)
    if level.high > level.low:
        axes.fill_between(grid, first, last, alpha=0.2, lw=0, zorder=1, **look)
