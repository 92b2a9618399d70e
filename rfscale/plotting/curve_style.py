"""The look of curves: the colour-blind safe palette of Okabe and Ito, markers and dashes.

Theory is drawn as lines, simulation as points with error bars of one standard error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vP*"
DASHES = ("-", "--", "-.", ":")  # one for each time that the palette is gone through
POINTS: dict[str, Any] = {"ls": "", "ms": 4.5, "capsize": 2, "lw": 1}


def colour(k: int) -> str:
    """The colour of the k-th curve."""
    return COLOURS[k % len(COLOURS)]


def dashes(k: int) -> str:
    """The dashes of the k-th curve."""
    return DASHES[k // len(COLOURS) % len(DASHES)]


def marker(k: int) -> str:
    """The marker of the points of the k-th curve."""
    return MARKERS[k % len(MARKERS)]


def marked_in_legend(k: int) -> dict[str, Any]:
    """The k-th line, one of several, has the marker of its points in the legend, and only there."""
    return {"marker": marker(k), "ms": POINTS["ms"], "markevery": []}


def draw_points(
    axes: Axes, k: int, position: Floats, mean: Floats, stderr: Floats, label: str | None = None
) -> None:
    """The simulated points of the k-th curve, with error bars of one standard error."""
    look = POINTS | {"color": colour(k), "marker": marker(k)}
    axes.errorbar(position, mean, stderr, label=label, zorder=3, **look)


def name_simulation(axes: Axes, name: str = "simulation") -> None:
    """One entry in the legend for the points of all curves."""
    if name not in axes.get_legend_handles_labels()[1]:
        axes.errorbar([], [], [], marker="o", color="0.4", label=name, **POINTS)


def draw_band(axes: Axes, k: int, position: Floats, mean: Floats, error: Floats) -> None:
    """The error of the k-th curve, on both sides of it."""
    look: dict[str, Any] = {"color": colour(k), "alpha": 0.2, "lw": 0, "zorder": 1}
    axes.fill_between(position, mean - error, mean + error, **look)


def name_band(axes: Axes, name: str) -> None:
    """One entry in the legend for the bands of all curves."""
    if name not in axes.get_legend_handles_labels()[1]:
        axes.fill_between([], [], color="0.4", alpha=0.2, lw=0, label=name)
