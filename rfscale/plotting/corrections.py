"""What finite sizes add: simulation and one-loop theory relative to the planar theory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rfscale.plotting.axes import NAMES, axes_or_new
from rfscale.plotting.curves import (
    COLOURS,
    curve_labels,
    curves,
    draw_points,
    label_ticks,
    marked_in_legend,
    name_simulation,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from rfscale.comparison import Comparison

NEXT_ORDER = "next order, estimated"  # the bands, in the legend


def corrections(
    comparison: Comparison,
    *,
    x: str = "N",
    labels: Sequence[str] | None = None,
    suffix: str | None = None,
    first_colour: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Test losses over those of planar theory, in percent beyond it.

    One loop as lines, with its order error as a band; simulation as points with error bars; planar
    theory is 0. Points that are not judged are left out.

    Parameters
    ----------
    comparison : Comparison
        Shape (P,) or (curves, P).
    x, labels, suffix, first_colour, ax
        As for `loss_curve`.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If `x` is none of "N", "T" and "ridge".

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=60))
    >>> axes = corrections(rf.compare(model, N=[10, 20, 30], T=40, ridge=1e-2, draws=100, seed=1))
    >>> axes.get_ylabel()
    'test loss beyond planar theory (%)'
    """
    if x not in NAMES:
        raise ValueError(f"x must be one of {', '.join(NAMES)}, got {x!r}")
    axes = axes_or_new(ax)
    names = list(labels) if labels is not None else curve_labels(comparison.prediction, x)
    names = [", ".join(part for part in (name, suffix) if part) for name in names]
    planar, loop, test = (
        comparison.planar.test,
        comparison.prediction.test,
        comparison.estimate.test,
    )
    shown = np.where(comparison.judged & (planar > 0) & np.isfinite(planar), planar, np.nan)
    with np.errstate(invalid="ignore"):
        error = np.where(np.isnan(shown), np.nan, comparison.order_error)
        theory = 100 * (loop / shown - 1), error * loop / shown
        simulated = 100 * (test.mean / shown - 1), 100 * test.stderr / shown
    at = getattr(comparison.estimate, x)
    axes.axhline(0, color="0.6", lw=0.8, ls=":", zorder=0)
    for i, (position, line, band, points, stderr) in enumerate(curves(at, *theory, *simulated)):
        k = i + first_colour
        colour = COLOURS[k % len(COLOURS)]
        look = marked_in_legend(k) if len(names) + first_colour > 1 else {}
        axes.plot(position, line, color=colour, label=names[i] or "one loop", zorder=2, **look)
        axes.fill_between(
            position, line - band, line + band, color=colour, alpha=0.2, lw=0, zorder=1
        )
        draw_points(axes, k, position, points, stderr)
    if NEXT_ORDER not in axes.get_legend_handles_labels()[1]:
        axes.fill_between([], [], color="0.4", alpha=0.2, lw=0, label=NEXT_ORDER)
    name_simulation(axes)
    axes.set(xlabel=NAMES[x], ylabel="test loss beyond planar theory (%)")
    if np.all(np.isnan(shown)):
        axes.text(0.5, 0.5, "no point is judged", transform=axes.transAxes, ha="center")
    else:
        axes.set_xscale("log" if np.all(at > 0) else "symlog")
        label_ticks(axes)
    axes.legend(frameon=False, fontsize="small")
    return axes
