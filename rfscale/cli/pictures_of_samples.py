"""The picture of `rfscale measure`: errors predicted and measured, and the spectrum."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from rfscale import plotting
from rfscale.cli import pictures
from rfscale.cli.combinations import Combinations
from rfscale.comparison import SampleComparison
from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.support.text_table import short

DENSE = 25  # points of a line


def draw(
    options: argparse.Namespace,
    data: Measured,
    fit: PowerLawFit,
    points: Combinations | None = None,
    result: SampleComparison | None = None,
    pool: Measured | None = None,
) -> None:
    """The spectrum, and beside it, with labels, the errors; `pool` is what predicts them."""
    from matplotlib.figure import Figure

    count = 1 if result is None else 2
    picture = Figure(figsize=(5.5 * count, 4.8), layout="constrained")
    *left, right = picture.subplots(1, count, squeeze=False)[0]
    name = Path(options.file).name
    if result is not None:
        assert points is not None and pool is not None
        _draw_errors(left[0], options, points, result, pool)
    plotting.measured_spectrum(data, fit, ax=right)
    right.set_title(f"{name}, {data.features.name} features", fontsize="medium")
    pictures.save(picture, options.plot)


def _draw_errors(
    axes: Any,
    options: argparse.Namespace,
    points: Combinations,
    result: SampleComparison,
    pool: Measured,
) -> None:
    """The prediction as lines and bands, the experiment as points."""
    arguments: dict[str, Any] = points.arguments | _denser(points)
    prediction = pool.predict(**arguments, leverages=not options.no_leverages)
    plain = None
    if not options.no_leverages:
        plain = pool.predict(**arguments, leverages=False, stderr=False)
    plotting.loss_curve(prediction, result.estimate, x=points.x, dashed=plain, ax=axes)
    title = f"labels of variance {short(result.estimate.variance)}"
    if plain is not None:
        title += ", dashed: without leverages"
    axes.set_title(title, fontsize="medium")


def _denser(points: Combinations) -> dict[str, Any]:
    """The list along the lines, with points between the first and the last."""
    values = np.unique(np.ravel(points.arguments[points.x]))
    positive = values[values > 0]
    if positive.size < 2:
        return {points.x: values}
    return {points.x: np.unique(np.append(values, np.geomspace(positive[0], positive[-1], DENSE)))}
