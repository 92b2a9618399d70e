"""Losses as curves on logarithmic axes: predicted as lines, simulated as points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rfscale.plotting.axes import (
    axes_or_new,
    label_losses,
    label_ticks,
    mark_position,
    name_of,
    require_name,
)
from rfscale.plotting.curve_names import along, can_be_drawn_against, curves, named_curves
from rfscale.plotting.curve_style import (
    colour,
    dashes,
    draw_band,
    draw_points,
    marked_in_legend,
    name_band,
    name_simulation,
)
from rfscale.plotting.losses import (
    Found,
    Theory,
    error_of,
    found_loss,
    predicted_loss,
    require_losses,
    words_of,
)
from rfscale.simulation.estimate import Estimate
from rfscale.support.arguments import Floats, integer, require_kind
from rfscale.theory.prediction import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OF_THE_POOL = "error of the pool"  # the bands, in the legend


def loss_curve(
    prediction: Theory | None = None,
    estimate: Found | None = None,
    *,
    x: str = "N",
    labels: Sequence[str] | None = None,
    suffix: str | None = None,
    first_colour: int = 0,
    dashed: Theory | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Test loss against `x` on logarithmic axes, predicted as lines and simulated as points.

    Parameters
    ----------
    prediction : Prediction, TrainedPrediction or MeasuredPrediction, optional
        Shape (P,) or (curves, P); may be on a denser grid than `estimate`. Of samples with a band
        of one standard error.
    estimate : Estimate or ExperimentEstimate, optional
        Shape (Q,) or (curves, Q), the same curves in the same order. Of samples the error bars are
        of the draws and the held-out samples together.
    x : str
        What varies along the last axis: "N", "T" or "ridge", or with a training one of its fields,
        such as "time", "tau" or "steps".
    labels : sequence of str, optional
        Names of the curves; by default what differs between them.
    suffix : str, optional
        Added to each name, to tell the curves from others on the same Axes.
    first_colour : int
        Where in the palette to start, to add curves to an Axes that has some.
    dashed : Prediction, TrainedPrediction or MeasuredPrediction, optional
        The same curves by a theory to compare with: thin, dashed, and without names.
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes
        Losses of 0 and of infinity, which a logarithmic axis cannot show, are gaps, and simulated
        ones that have no mean over draws; where these have no variance, they have no error bar.

    Raises
    ------
    ValueError
        If `x` is none of the names, there is nothing to draw, or another argument is not what it
        has to be.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=1000))
    >>> prediction = rf.predict(model, np.geomspace(10, 500, 50), 100, ridge=[[0.0], [1e-3]])
    >>> axes = loss_curve(prediction)
    >>> axes.get_xlabel()
    'number of features $N$'
    """
    require_losses(prediction, estimate, dashed)
    words = words_of(prediction, estimate, dashed)
    shown = prediction or estimate
    if shown is None:
        raise ValueError("prediction or estimate must be given, got neither")
    for result in (prediction, estimate, dashed):
        if result is not None:
            require_name(x, can_be_drawn_against(result))
    first_colour = integer("first_colour", first_colour, least=0)
    names = named_curves(shown, x, labels, suffix)
    _require_as_many_curves(len(names), estimate, x)
    axes = axes_or_new(ax)
    if prediction is not None:
        is_marked = estimate is not None and len(names) + first_colour > 1
        lines = [name or words.line for name in names]
        _draw_prediction(axes, prediction, x, lines, first_colour, is_marked=is_marked)
        _draw_bands(axes, prediction, x, first_colour)
    if dashed is not None:
        _draw_dashed(axes, dashed, x, first_colour)
    if estimate is not None:
        own = names if prediction is None else [None] * len(names)
        _draw_estimate(axes, estimate, x, own, first_colour)
        if prediction is not None:
            name_simulation(axes, words.points)
    no_mean = prediction is None and estimate is not None and bool(estimate.has_no_mean().any())
    axes.set(xlabel=name_of(x), ylabel=words.axis)
    _finish(axes, "no loss has a mean" if no_mean else "all losses are 0 or infinite")
    return axes


def _draw_prediction(
    axes: Axes,
    prediction: Theory,
    x: str,
    names: Sequence[str],
    first_colour: int,
    *,
    is_marked: bool,
) -> None:
    """The line of each curve, named, with the marker of its points in the legend."""
    lines = curves(along(prediction, x), predicted_loss(prediction))
    for k, (position, loss) in enumerate(lines, start=first_colour):
        look = marked_in_legend(k) if is_marked else {}
        look |= {"color": colour(k), "ls": dashes(k)}
        axes.plot(position, loss, label=names[k - first_colour], zorder=2, **look)
        alone = _without_neighbours(loss)
        if alone.any():
            axes.plot(position[alone], loss[alone], "_", ms=8, color=colour(k), zorder=2)


def _without_neighbours(loss: Floats) -> NDArray[np.bool_]:
    """Where a point stands between gaps, so that no line reaches it."""
    is_there = np.isfinite(loss)
    padded = np.concatenate([[False], is_there, [False]])
    return np.asarray(is_there & ~padded[:-2] & ~padded[2:])


def _draw_bands(axes: Axes, prediction: Theory, x: str, first_colour: int) -> None:
    """The standard errors of measured samples, common to all curves."""
    error = error_of(prediction)
    if error is None:
        return
    bands = curves(along(prediction, x), predicted_loss(prediction), error)
    for k, band in enumerate(bands, start=first_colour):
        draw_band(axes, k, *band)
    name_band(axes, OF_THE_POOL)


def _draw_dashed(axes: Axes, prediction: Theory, x: str, first_colour: int) -> None:
    """The line of each curve, thin, dashed and without a name."""
    lines = curves(along(prediction, x), predicted_loss(prediction))
    for k, (position, loss) in enumerate(lines, start=first_colour):
        axes.plot(position, loss, "--", lw=0.9, color=colour(k), zorder=1)


def _draw_estimate(
    axes: Axes, estimate: Found, x: str, names: Sequence[str | None], first_colour: int
) -> None:
    """The points of each curve; beside lines, which have the names, without."""
    points = curves(along(estimate, x), *found_loss(estimate))
    for i, (position, loss, bar) in enumerate(points):
        draw_points(axes, i + first_colour, position, loss, bar, names[i])


def _require_as_many_curves(count: int, estimate: Found | None, x: str) -> None:
    if estimate is not None:
        found = len(curves(along(estimate, x), *found_loss(estimate)))
        if found != count:
            raise ValueError(
                f"estimate must have the {count} curves of prediction, got {found}: against {x}, "
                "their last axes vary it"
            )


def _finish(axes: Axes, nothing: str) -> None:
    """Logarithmic scales if they can show something, or a word; a legend for names."""
    drawn = [line.get_xydata() for line in axes.lines]
    if any(np.any(np.all(np.nan_to_num(np.asarray(xy)) > 0, axis=1)) for xy in drawn):
        axes.set(xscale="log", yscale="log")
        label_ticks(axes)
        label_losses(axes)
    else:
        axes.text(0.5, 0.5, nothing, transform=axes.transAxes, ha="center")
        return
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, fontsize="small")


def double_descent(
    prediction: Prediction, estimate: Estimate | None = None, **options: Any
) -> Axes:
    """`loss_curve` through the peak at N = T, with the peak marked.

    Parameters
    ----------
    prediction, estimate, options
        As for `loss_curve`, with `x` "N" or "T"; the other is the same along each curve.

    Raises
    ------
    ValueError
        As for `loss_curve`.
    """
    require_kind("prediction", prediction, Prediction)
    x = options.get("x", "N")
    require_name(x, ("N", "T"))
    axes = loss_curve(prediction, estimate, **options)
    fixed = np.unique(prediction.T if x == "N" else prediction.N)
    for value in fixed:
        mark_position(axes, value, "$N = T$")
    return axes
