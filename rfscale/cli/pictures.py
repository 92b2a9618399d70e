"""Pictures of results: theory as lines between the points, simulation as points."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale import plotting
from rfscale.cli.combinations import Combinations
from rfscale.cli.theory_curves import in_given_ridge, theory_curves
from rfscale.cli.time_pictures import draw_over_time
from rfscale.cli.titles import SYMBOLS, title
from rfscale.comparison import Comparison
from rfscale.model import ScalingModel
from rfscale.plotting.curve_names import curve_labels
from rfscale.results import Result
from rfscale.simulation.estimate import Estimate
from rfscale.support.files import replacing
from rfscale.theory.optimal_ridge import OptimalRidge
from rfscale.theory.optimal_time import OptimalTime
from rfscale.theory.predict import LARGEST_ERROR
from rfscale.theory.prediction import Prediction
from rfscale.theory.trained_prediction import TrainedPrediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KERNEL_RIDGE = r"kernel ridge $\delta$"
Theory = Prediction | TrainedPrediction


def draw(options: argparse.Namespace, points: Combinations, results: Sequence[Result]) -> None:
    """The losses of all models; for comparisons of ridges also what finite sizes add, and for best
    times the losses over time.
    """
    from matplotlib.figure import Figure

    compared = isinstance(results[0], Comparison) and results[0].training is None
    timed = isinstance(results[0], OptimalTime)
    is_wide = compared or (timed and math.prod(points.shape) > 1)
    picture = Figure(figsize=(11 if is_wide else 6.4, 4.8), layout="constrained")
    panels = picture.subplots(1, 1 + is_wide, squeeze=False)[0]
    for i, (model, result) in enumerate(zip(points.models, results, strict=True)):
        look: dict[str, Any] = {
            "x": "ridge" if points.x == "kernel_ridge" else points.x,
            "suffix": f"$M$ = {model.M}" if len(results) > 1 else None,
            "first_colour": i * math.prod(points.shape[:-1]),
        }
        if isinstance(result, OptimalTime):
            _draw_best_time(points, model, result, panels, look)
            continue
        _draw_result(points, model, in_given_ridge(result, points.arguments), panels, look)
    if points.x == "kernel_ridge":
        for axes in panels:
            axes.set_xlabel(KERNEL_RIDGE)
    shared = title(options, points.models, points.arguments)
    shared += ", dashed: planar" if compared else ""
    shared += ", stopped at the best time" if timed and is_wide else ""
    panels[0].set_title(shared, fontsize="medium")
    save(picture, options.plot)


def save(picture: Figure, path: str) -> None:
    """Write the picture in the format of the file's ending."""
    with replacing(path) as file:
        picture.savefig(file, format=Path(path).suffix.removeprefix(".").lower(), dpi=150)


def _draw_result(
    points: Combinations,
    model: ScalingModel,
    result: Result,
    panels: Sequence[Axes],
    look: dict[str, Any],
) -> None:
    """The losses of one model, and for a comparison its corrections on the second panel."""
    prediction, dashed, estimate = _curves(points, model, result)
    shown = prediction or estimate
    assert shown is not None
    if "kernel_ridge" in points.arguments:
        names = curve_labels(shown, look["x"])
        symbols = SYMBOLS["ridge"], SYMBOLS["kernel_ridge"]
        look = look | {"labels": [name.replace(*symbols) for name in names]}
    plotting.loss_curve(prediction, estimate, dashed=dashed, ax=panels[0], **look)
    if len(panels) > 1:
        assert isinstance(result, Comparison)
        plotting.corrections(result, ax=panels[1], **look)


def _draw_best_time(
    points: Combinations,
    model: ScalingModel,
    result: OptimalTime,
    panels: Sequence[Axes],
    look: dict[str, Any],
) -> None:
    """The losses at the best times, where there are several, and over time."""
    if len(panels) > 1:
        _draw_result(points, model, result, panels[:1], look)
    draw_over_time(panels[-1], result, look["suffix"])


def _curves(
    points: Combinations, model: ScalingModel, result: Result
) -> tuple[Theory | None, Theory | None, Estimate | None]:
    """Theory as lines, another theory dashed, simulation as points: what there is of them."""
    if isinstance(result, Estimate):
        return None, None, result
    if isinstance(result, Comparison) and result.training is not None:
        return theory_curves(model, points.arguments, points.x), None, result.estimate
    if isinstance(result, Comparison):
        one_loop = theory_curves(model, points.arguments, points.x, "one-loop")
        planar = theory_curves(model, points.arguments, points.x)
        return _where_judged(one_loop), planar, result.estimate
    if isinstance(result, OptimalRidge):
        at_optimum = points.arguments | {"ridge": "optimal"}
        return theory_curves(model, at_optimum, points.x), None, None
    if isinstance(result, OptimalTime):
        return result.prediction, None, None
    assert isinstance(result, Theory)
    return theory_curves(model, points.arguments, points.x, result.order), None, None


def _where_judged(prediction: Theory) -> Theory:
    """One loop where simulation is judged by it, and gaps elsewhere."""
    is_judged = prediction.order_error <= LARGEST_ERROR
    return dataclasses.replace(prediction, test=np.where(is_judged, prediction.test, np.nan))
