"""What all figures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = {"N": "number of features $N$", "T": "number of samples $T$", "ridge": r"ridge $\gamma$"}


def axes_or_new(ax: Axes | None) -> Axes:
    """The Axes, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1]
