"""Pictures of results: losses as curves, under a title with what all curves share."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale import plotting
from rfscale.cli.model_options import value
from rfscale.cli.theory_curves import in_given_ridge, theory_curves
from rfscale.comparison import Comparison
from rfscale.model import ScalingModel
from rfscale.plotting.curve_names import curve_labels
from rfscale.results import Result
from rfscale.simulation.estimate import Estimate
from rfscale.theory.optimal_ridge import OptimalRidge
from rfscale.theory.predict import LARGEST_ERROR
from rfscale.theory.prediction import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from rfscale.cli.combinations import Combinations

SYMBOLS = {"ridge": r"\gamma", "kernel_ridge": r"\delta"}
KERNEL_RIDGE = r"kernel ridge $\delta$"


def draw(options: argparse.Namespace, points: Combinations, results: Sequence[Result]) -> None:
    """The losses of all models; for comparisons also what finite sizes add."""
    from matplotlib.figure import Figure

    compared = isinstance(results[0], Comparison)
    picture = Figure(figsize=(11 if compared else 6.4, 4.8), layout="constrained")
    panels = picture.subplots(1, 1 + compared, squeeze=False)[0]
    for i, (model, result) in enumerate(zip(points.models, results, strict=True)):
        look: dict[str, Any] = {
            "x": "ridge" if points.x == "kernel_ridge" else points.x,
            "suffix": f"$M$ = {model.M}" if len(results) > 1 else None,
            "first_colour": i * math.prod(points.shape[:-1]),
        }
        _draw_result(points, model, in_given_ridge(result, points.arguments), panels, look)
    if points.x == "kernel_ridge":
        for axes in panels:
            axes.set_xlabel(KERNEL_RIDGE)
    shared = title(options, points.models, points.arguments)
    panels[0].set_title(shared + (", dashed: planar" if compared else ""), fontsize="medium")
    picture.savefig(options.plot, dpi=150)


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
    if isinstance(result, Comparison):
        plotting.corrections(result, ax=panels[1], **look)


def _curves(
    points: Combinations, model: ScalingModel, result: Result
) -> tuple[Prediction | None, Prediction | None, Estimate | None]:
    """Theory as lines, another theory dashed, simulation as points: what there is of them."""
    if isinstance(result, Estimate):
        return None, None, result
    if isinstance(result, Comparison):
        one_loop = theory_curves(model, points.arguments, points.x, "one-loop")
        planar = theory_curves(model, points.arguments, points.x)
        return _where_judged(one_loop), planar, result.estimate
    if isinstance(result, OptimalRidge):
        at_optimum = points.arguments | {"ridge": "optimal"}
        return theory_curves(model, at_optimum, points.x), None, None
    assert isinstance(result, Prediction)
    return theory_curves(model, points.arguments, points.x, result.order), None, None


def _where_judged(prediction: Prediction) -> Prediction:
    """One loop where simulation is judged by it, and gaps elsewhere."""
    is_judged = prediction.order_error <= LARGEST_ERROR
    return dataclasses.replace(prediction, test=np.where(is_judged, prediction.test, np.nan))


def title(
    options: argparse.Namespace, models: Sequence[ScalingModel], arguments: Mapping[str, Any]
) -> str:
    """What is the same for all curves; `arguments` are the sizes and the ridge of `predict`."""
    parts = [_named_spectrum(options)]
    parts += [f"$M$ = {_count(models[0].M)}"] if len(models) == 1 else []
    parts += [
        f"${name}$ = {arguments[name].flat[0]:g}"
        for name in ("N", "T")
        if np.size(arguments[name]) == 1
    ]
    parts += [rf"$\sigma_\epsilon$ = {models[0].sigma_eps:g}"] if models[0].sigma_eps else []
    parts += _named_teacher(options)
    if options.test_alpha is not None:
        parts += [rf"$\alpha_\mathrm{{test}}$ = {options.test_alpha:g}"]
    return ", ".join(parts + _named_ridge(arguments))


def _named_spectrum(options: argparse.Namespace) -> str:
    if options.spectrum is not None:
        return _plain(options.spectrum)
    return rf"$\alpha$ = {value(options, 'alpha'):g}"


def _named_teacher(options: argparse.Namespace) -> list[str]:
    if options.teacher is not None:
        return [_plain(options.teacher)]
    exponent = value(options, "teacher_exponent")
    return [rf"$\beta$ = {exponent:g}"] if exponent else []


def _named_ridge(arguments: Mapping[str, Any]) -> list[str]:
    name = "kernel_ridge" if "kernel_ridge" in arguments else "ridge"
    ridge = arguments.get(name, "optimal")  # `optimal-ridge` has no such argument
    if isinstance(ridge, str):
        return [rf"optimal ${SYMBOLS[name]}$"]
    return [f"${SYMBOLS[name]}$ = {np.ravel(ridge)[0]:g}"] if np.size(ridge) == 1 else []


def _count(M: int) -> str:
    """All digits, or a power of ten where there would be many."""
    power = math.log10(M)
    if power > 4 and power == round(power):
        return f"$10^{{{power:.0f}}}$"
    return str(M) if power < 9 else f"{M:g}"


def _plain(text: str) -> str:
    """Text as it is, without formulas."""
    return text.replace("$", r"\$")
