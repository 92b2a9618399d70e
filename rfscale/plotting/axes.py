"""The axes that all figures share: their names, ticks and marks."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from rfscale.support.arguments import choice, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

FEW = 4  # the ratio of the ends of an axis, below which 1, 2 and 5 would be too few labels
NAMES = {"N": "number of features $N$", "T": "number of samples $T$", "ridge": r"ridge $\gamma$"}
OF_TRAINING = {
    "time": "training time $t$",
    "tau": r"training time $\tau$",
    "steps": "number of steps $k$",
    "step_size": r"step size $\eta$",
    "relative_step": "relative step",
    "momentum": r"momentum $\beta$",
    "batch": "samples a step $B$",
    "times": "number of ridge regressions",
    "cutoff": "least eigenvalue that is fitted $s_0$",
}


def axes_or_new(ax: Axes | None) -> Axes:
    """The Axes, or those of a new figure."""
    if ax is not None:
        from matplotlib.axes import Axes as AxesClass

        require_kind("ax", ax, AxesClass)
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1]


def require_name(x: str, allowed: Collection[str] = NAMES) -> None:
    """Raise ValueError if `x` is not something that losses can be drawn against."""
    choice("x", x, allowed)


def name_of(x: str) -> str:
    """What stands below the axis; a field of a training of one's own stands as it is."""
    return (NAMES | OF_TRAINING).get(x, x)


def label_ticks(axes: Axes) -> None:
    """Below two decades, label 1, 2 and 5 of each.

    Powers of ten would be too few labels, all ticks too many.
    """
    low, high = axes.get_xlim()
    if high >= 100 * low:
        return
    _label(axes.xaxis, "125")
    # major ticks are longer: all labels at one height
    axes.tick_params(axis="x", which="major", pad=3.5)
    axes.tick_params(axis="x", which="minor", pad=5)


def label_losses(axes: Axes) -> None:
    """Below a decade of losses, where there is one power of ten at most, label more."""
    low, high = axes.get_ylim()
    if high < 10 * low:
        _label(axes.yaxis, "125" if high > FEW * low else "123456789")


def _label(axis: Axis, digits: str) -> None:
    """Plain numbers at the ticks that begin with one of the digits."""
    from matplotlib.ticker import FuncFormatter

    plain = FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in digits else "")
    axis.set_major_formatter(plain)
    axis.set_minor_formatter(plain)


def mark_position(axes: Axes, position: float, name: str, *, left: bool = False) -> None:
    """A dotted vertical line with its name at the top, to the right of it or to the left."""
    axes.axvline(position, color="0.6", lw=0.8, ls=":", zorder=0)
    place: dict[str, Any] = {"xytext": (-3, -3), "ha": "right"}
    if not left:
        place = {"xytext": (3, -3), "ha": "left"}
    axes.annotate(
        name,
        (position, 1),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        fontsize="small",
        color="0.35",
        **place,
    )
