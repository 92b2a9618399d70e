"""The corrections of finite sizes: simulation and one-loop theory relative to the planar theory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rfscale.comparison import Comparison
from rfscale.plotting.axes import NAMES, axes_or_new, label_ticks, require_name
from rfscale.plotting.curve_names import curves, named_curves
from rfscale.plotting.curve_style import (
    colour,
    draw_band,
    draw_points,
    marked_in_legend,
    name_band,
    name_simulation,
)
from rfscale.support.arguments import Floats, integer, require_kind
from rfscale.theory.prediction import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEXT_ORDER = "theory's error, estimated"  # the bands, in the legend


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

    Theory of finite sizes as lines, with its order error as a band; simulation as points with error
    bars; planar theory is 0. Points that are not judged are left out.

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
        If `x` is none of "N", "T" and "ridge", or another argument is not what it has to be.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=60))
    >>> axes = corrections(rf.compare(model, N=[10, 20, 30], T=40, ridge=1e-2, draws=100, seed=1))
    >>> axes.get_ylabel()
    'test loss beyond planar theory (%)'
    """
    require_kind("comparison", comparison, Comparison)
    if not isinstance(comparison.prediction, Prediction):
        raise ValueError(
            "comparison must be of ridges, without leverages, as planar theory is all there is of "
            "others"
        )
    require_name(x)
    first_colour = integer("first_colour", first_colour, least=0)
    names = named_curves(comparison.prediction, x, labels, suffix)
    axes = axes_or_new(ax)
    position = getattr(comparison.estimate, x)
    planar = _judged(comparison)
    axes.axhline(0, color="0.6", lw=0.8, ls=":", zorder=0)
    drawn = curves(position, *_theory(comparison, planar), *_simulation(comparison, planar))
    for i, (at, line, band, points, stderr) in enumerate(drawn):
        k = i + first_colour
        look = marked_in_legend(k) if len(names) + first_colour > 1 else {}
        axes.plot(at, line, color=colour(k), label=names[i] or "finite sizes", zorder=2, **look)
        draw_band(axes, k, at, line, band)
        draw_points(axes, k, at, points, stderr)
    name_band(axes, NEXT_ORDER)
    name_simulation(axes)
    axes.set(xlabel=NAMES[x], ylabel="test loss beyond planar theory (%)")
    if np.all(np.isnan(planar)):
        axes.text(0.5, 0.5, "no point is judged", transform=axes.transAxes, ha="center")
    else:
        _set_scale(axes, position)
        label_ticks(axes)
    axes.legend(frameon=False, fontsize="small")
    return axes


def _set_scale(axes: Axes, position: Floats) -> None:
    """A logarithmic axis, linear below the least that is not 0."""
    if np.all(position > 0):
        axes.set_xscale("log")
    elif np.any(position > 0):
        axes.set_xscale("symlog", linthresh=position[position > 0].min(), linscale=0.3)


def _judged(comparison: Comparison) -> Floats:
    """The planar test loss where theory and simulation are judged by it, elsewhere NaN."""
    planar = comparison.planar.test
    return np.where(comparison.judged & (planar > 0) & np.isfinite(planar), planar, np.nan)


def _theory(comparison: Comparison, planar: Floats) -> tuple[Floats, Floats]:
    """Finite sizes beyond planar theory, and the size of the next order, in percent."""
    with np.errstate(invalid="ignore"):
        ratio = comparison.prediction.test / planar
        error = np.where(np.isnan(planar), np.nan, comparison.order_error)
        return 100 * (ratio - 1), error * ratio


def _simulation(comparison: Comparison, planar: Floats) -> tuple[Floats, Floats]:
    """Simulation beyond planar theory, and its standard error, in percent."""
    test = comparison.estimate.test
    mean = np.where(comparison.has_no_mean(), np.nan, test.mean)
    with np.errstate(invalid="ignore"):
        return 100 * (mean / planar - 1), 100 * test.stderr / planar
