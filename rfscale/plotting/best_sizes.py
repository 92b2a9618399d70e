"""The best sizes of models and data over the cost that is spent on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.measured.losses.allocating import Allocating
from rfscale.measured.losses.cost import CostOf
from rfscale.measured.losses.spread import Interval
from rfscale.plotting.axes import axes_or_new, mark_position
from rfscale.plotting.curve_style import COLOURS
from rfscale.plotting.loss_fits import AXES, legend_above
from rfscale.support.arguments import Floats, numbers, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NOTHING = "all of one size: the other is 0"


def allocation(
    fit: Allocating, C: ArrayLike, cost: CostOf | None = None, *, ax: Axes | None = None
) -> Axes:
    """The N and T at which a law is least over the cost C, with their intervals as bands.

    Parameters
    ----------
    fit : LossFit or LawComparison
        Of a comparison the sizes are of all laws together.
    C : array_like
        Costs, two at least.
    cost : callable, optional
        Of arrays N and T, by default 6 N T.
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes
        With the largest cost of the table marked, if it is among these. Sizes of 0 and of infinity,
        of laws that are least at an end of all sizes, are gaps.

    Raises
    ------
    ValueError
        If an argument is none of what it may be.

    Examples
    --------
    >>> import rfscale as rf
    >>> fit = rf.fit_losses(rf.published_losses("openlm-c4"), intervals="sandwich")
    >>> axes = rf.plotting.allocation(fit, [1e18, 1e20, 1e22])
    >>> axes.get_xlabel()
    'training compute $C = 6NT$ (FLOP)'
    """
    require_kind("fit", fit, Allocating)
    costs = np.unique(numbers("C", C))
    if costs.size < 2:
        raise ValueError(f"C must be at least two costs, got {costs.size}")
    best = fit.allocate(costs, cost)
    axes = axes_or_new(ax)
    axes.set(ylabel="size at the least loss", xlabel=AXES["C"] if cost is None else "cost $C$")
    if not np.any((best.N.value > 0) & np.isfinite(best.N.value)):
        axes.text(0.5, 0.5, NOTHING, transform=axes.transAxes, ha="center")
        return axes
    axes.set(xscale="log", yscale="log")
    names = {"parameters $N$": best.N, "tokens $T$": best.T}
    for k, (name, interval) in enumerate(names.items()):
        _draw(axes, costs, interval, name, k)
    _mark_largest(axes, fit, costs, cost)
    legend_above(axes, 3)
    return axes


def _draw(axes: Axes, C: Floats, interval: Interval, name: str, k: int) -> None:
    look: dict[str, Any] = {"color": COLOURS[k]}
    axes.plot(C, interval.value, ls=("-", "--")[k], label=name, zorder=3, **look)
    axes.fill_between(C, interval.low, interval.high, alpha=0.2, lw=0, zorder=2, **look)


def _mark_largest(axes: Axes, fit: Allocating, C: Floats, cost: CostOf | None) -> None:
    """The largest cost of the table, beyond which the law is extrapolated."""
    table = fit.joined_fits()[0].table
    spent = 6 * table.N * table.T if cost is None else cost(table.N, table.T)
    largest = float(np.max(spent))
    if C[0] < largest < C[-1]:
        mark_position(axes, largest, "largest run")
