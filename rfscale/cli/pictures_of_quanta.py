"""The picture of `rfscale quanta`: losses over n or D, and the power law that they approach."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rfscale.cli import pictures
from rfscale.neighbours.quanta import Quanta
from rfscale.plotting.axes import label_losses, label_ticks
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELS = {"n": "quanta that are held $n$", "D": "number of samples $D$"}


def draw(path: str, quanta: Quanta, sizes: Mapping[str, Floats], losses: Floats) -> None:
    """One file; of lists of both, a curve over D for each n."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = picture.subplots()
    x = list(sizes)[-1]
    for n, curve in zip(sizes.get("n", [None]), np.atleast_2d(losses), strict=False):
        shown = (sizes[x] > 0) & np.isfinite(sizes[x]) & (curve > 0)
        order = np.argsort(sizes[x][shown])
        label = f"$n$ = {n:g}" if len(sizes) > 1 else "loss"
        axes.plot(sizes[x][shown][order], curve[shown][order], ".-", label=label)
    _draw_law(axes, quanta, x, sizes[x])
    axes.set(xscale="log", yscale="log", xlabel=LABELS[x], ylabel="loss")
    label_ticks(axes)
    label_losses(axes)
    axes.legend()
    axes.set_title(_title(quanta), fontsize="medium")
    pictures.save(picture, path)


def _draw_law(axes: Axes, quanta: Quanta, x: str, sizes: Floats) -> None:
    """The power law of infinitely many quanta, where it is below 1."""
    infinite = Quanta(alpha=quanta.alpha, tau=quanta.tau)
    inside = np.sort(sizes[(sizes > 0) & np.isfinite(sizes)])
    if inside.size:
        with warnings.catch_warnings():  # where it is not near: that is seen
            warnings.simplefilter("ignore")
            law = infinite.asymptote(**{x: inside})
        below = law < 1
        name = "power law" if np.isinf(quanta.K) else "power law of infinitely many"
        axes.plot(inside[below], law[below], "--", color="0.5", label=name)


def _title(quanta: Quanta) -> str:
    number = "infinitely many" if np.isinf(quanta.K) else f"{quanta.K:g}"
    return rf"{number} quanta, $\alpha$ = {quanta.alpha:g}, $\tau$ = {quanta.tau:g}"
