"""What figures of measured losses share: names of axes, levels of a size, curves of the law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.loss_table import LossTable
from rfscale.support.arguments import Floats, require_kind
from rfscale.support.described import described

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FLOP = 6.0  # of training, for each parameter and token
SYMBOLS = {"N": "$N$", "T": "$T$", "C": "$C$"}
AXES = {
    "N": "model size $N$ (parameters)",
    "T": "data size $T$ (tokens)",
    "C": "training compute $C = 6NT$ (FLOP)",
}
# of Okabe and Ito, in an order in which neighbours differ in grey
ORDERED = ("#000000", "#009E73", "#0072B2", "#56B4E9", "#D55E00", "#E69F00", "#CC79A7")
SAME = 0.02  # of log sizes, within which they count as one
MOST = len(ORDERED)  # levels, each with a curve
BINS = 6  # of sizes that take more values


@dataclass(frozen=True)
class Level:
    """Rows whose size is the same, or from `low` to `high`, with their geometric mean."""

    rows: NDArray[np.bool_]
    value: float
    low: float
    high: float


def sizes_of(table: LossTable) -> dict[str, Floats]:
    """N, T and the compute C = 6 N T of the rows."""
    return {"N": table.N, "T": table.T, "C": FLOP * table.N * table.T}


def levels(values: Floats) -> list[Level]:
    """The values that sizes take, increasing; bins of about as many rows if they are many."""
    order = np.argsort(values)
    logs = np.log(values[order])
    place = np.append(0, np.cumsum(np.diff(logs) > SAME))
    if place[-1] >= MOST:
        bins = np.quantile(logs, np.linspace(0, 1, BINS + 1)[1:-1])
        place = np.searchsorted(bins, logs, side="right")
    of_rows = np.empty(values.size, dtype=np.int64)
    of_rows[order] = place
    return [_level(values, of_rows == k) for k in np.unique(place)]


def _level(values: Floats, rows: NDArray[np.bool_]) -> Level:
    kept = values[rows]
    mean = float(np.exp(np.log(kept).mean()))
    return Level(rows=rows, value=mean, low=float(kept.min()), high=float(kept.max()))


def both_sizes(x: str, position: Floats, at: str, level: float) -> tuple[Floats, Floats]:
    """N and T where `x` has this position and `at` this level, with C = 6 N T."""
    known = {x: position, at: np.full(position.shape, level)}
    if "C" in known:
        other = "N" if "N" in known else "T"
        known["T" if other == "N" else "N"] = known["C"] / (FLOP * known[other])
    return known["N"], known["T"]


def loss_label(unit: str | None) -> str:
    """The name of an axis of losses, with their unit if it is told."""
    if unit is None:
        return "loss $L$"
    require_kind("unit", unit, str)
    return f"loss $L$ ({unit})"


def size_text(value: float) -> str:
    """A size in two digits, typeset: 5.3 10^7."""
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"${mantissa} \times 10^{{{int(exponent)}}}$"


def legend_beside(axes: Axes, title: str | None = None) -> None:
    """The legend to the right of the axes, off the data."""
    look: dict[str, Any] = {"frameon": False, "fontsize": "small", "title_fontsize": "small"}
    axes.legend(title=title, loc="upper left", bbox_to_anchor=(1.0, 1.0), **look)


def legend_above(axes: Axes, columns: int) -> None:
    """The legend above the axes, off the data."""
    look: dict[str, Any] = {"frameon": False, "fontsize": "small", "borderaxespad": 0.5}
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, **look)


def panels_or_new(ax: Any, count: int, size: tuple[float, float]) -> NDArray[Any]:
    """The Axes (count,) that are given, or those of a new figure, which share the y axis."""
    if ax is None:
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=size, layout="constrained")
        return np.ravel(figure.subplots(1, count, sharey=True))
    from matplotlib.axes import Axes as AxesClass

    given = np.ravel(np.asarray(ax, dtype=object))
    if given.size != count or not all(isinstance(one, AxesClass) for one in given):
        raise ValueError(f"ax must be {count} Axes, got {described(ax)}")
    return given
