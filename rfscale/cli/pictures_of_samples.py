"""The picture of `rfscale measure`: errors predicted and measured, and the spectrum."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale import plotting
from rfscale.cli import measure_report, pictures
from rfscale.cli.combinations import Combinations
from rfscale.measured.samples.experiment_estimate import ExperimentEstimate
from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.support.text_table import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DENSE = 25  # points of a line


def draw(
    options: argparse.Namespace,
    data: Measured,
    fit: PowerLawFit | str,
    errors: Callable[[Axes], None] | None = None,
) -> None:
    """The spectrum, and left of it the errors, if there are any."""
    from matplotlib.figure import Figure

    count = 1 if errors is None else 2
    picture = Figure(figsize=(5.5 * count, 4.8), layout="constrained")
    *left, right = picture.subplots(1, count, squeeze=False)[0]
    if errors is not None:
        errors(left[0])
    plotting.measured_spectrum(data, None if isinstance(fit, str) else fit, ax=right)
    kind = measure_report.NAMES[data.features.name]
    right.set_title(f"{Path(options.file).name}, {kind} features", fontsize="medium")
    pictures.save(picture, options.plot)


def draw_errors(
    axes: Axes,
    options: argparse.Namespace,
    points: Combinations,
    estimate: ExperimentEstimate,
    pool: Measured,
) -> None:
    """What the pool predicts as lines and bands, the experiment as points."""
    arguments: dict[str, Any] = points.arguments | _denser(points)
    prediction = pool.predict(**arguments, leverages=not options.no_leverages)
    plain = None
    if not options.no_leverages:
        plain = pool.predict(**arguments, leverages=False, stderr=False)
    plotting.loss_curve(prediction, estimate, x=points.x, dashed=plain, ax=axes)
    dashed = "" if plain is None else ", dashed: without leverages"
    axes.set_title(f"labels of variance {short(estimate.variance)}{dashed}", fontsize="medium")


def _denser(points: Combinations) -> dict[str, Any]:
    """The list along the lines, with points between the first and the last."""
    values = np.unique(np.ravel(points.arguments[points.x]))
    positive = values[values > 0]
    if positive.size < 2:
        return {points.x: values}
    return {points.x: np.unique(np.append(values, np.geomspace(positive[0], positive[-1], DENSE)))}
