"""`rfscale map`: the phase diagram of the loss, and the compute-optimal path through it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from rfscale import plotting
from rfscale.cli import (
    model_options,
    number_lists,
    output_options,
    pictures,
    show_results,
    size_options,
)
from rfscale.cli.help_texts import describe
from rfscale.cli.titles import title
from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.support.files import check_writable
from rfscale.theory.compute_optimal import compute_optimal
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction

TEXT = (
    "the loss over the (N, T) plane as a picture (rfscale-map.png), the compute-optimal path, "
    "N and T >= 1, as rows; one M, one ridge, N and T from 1 to 10 M by default"
)
DEFAULT_PICTURE = "rfscale-map.png"
GRID = 1000  # points along an axis by default
PATH_POINTS = 121  # of the path
ROW_STEP = 5  # of the path's points that are rows


EXAMPLES = {
    "rfscale map": "the whole plane, N and T from 1 to ten times M, into rfscale-map.png",
    "rfscale map --M 300 --N 1:900:60log --T 1:900:60log --ridge optimal": "a part of it, at the "
    "best ridge of each point",
}
TEXT = (
    "A picture of the test loss by the theory over N and T, and as rows the path through it that "
    "has the least loss for each budget N T of compute, from 1 on. One --M, one --ridge; by "
    "default N and T are from 1 to ten times M."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    describe(parser, usage="[OPTION ...]", text=TEXT, examples=EXAMPLES, notes=number_lists.HELP)
    size_options.add_sizes(parser, required=False)
    size_options.add_ridge(parser)
    model_options.add(parser)
    output_options.add(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Draw L over a grid of N and T; write the compute-optimal path as rows."""
    picture = options.plot or DEFAULT_PICTURE
    check_writable(picture)
    model = _model(options)
    N = _axis("N", options.N, model)
    T = _axis("T", options.T, model)
    ridge = _ridge(options)
    arguments: dict[str, Any] = {"N": N, "T": T[:, None], "ridge": ridge}
    prediction = predict(model, **arguments)
    path = _path(model, N, T, ridge)
    _draw(prediction, path, title(options, [model], arguments), picture)
    show_results.write(options, [_rows(options, path)])
    print(f"picture: {picture}", file=sys.stderr)
    return 0


def _model(options: argparse.Namespace) -> ScalingModel:
    models = model_options.models(options)
    if len(models) > 1:
        raise ValueError(f"--M must be one number here, got {options.M!r}")
    return models[0]


def _axis(name: str, text: str | None, model: ScalingModel) -> Floats:
    """Sizes as they are listed, increasing; by default from 1 to ten times M."""
    if text is None:
        return np.geomspace(1.0, 10.0 * model.M, GRID)
    found = np.unique(number_lists.numbers(name, text))
    if found.size < 2 or not np.all(np.isfinite(found)):
        raise ValueError(f"--{name} must hold at least two finite sizes here, got {text!r}")
    return found


def _ridge(options: argparse.Namespace) -> Floats | str:
    text = (options.ridge or size_options.NO_RIDGE).strip().lower()
    if text == "optimal":
        return "optimal"
    ridge = number_lists.numbers("ridge", text)
    if ridge.size > 1:
        raise ValueError(f"--ridge must be one number or optimal here, got {text!r}")
    return ridge


def _path(model: ScalingModel, N: Floats, T: Floats, ridge: Floats | str) -> Prediction:
    """The best N and T for all budgets N T of the map."""
    least, most = (float(np.clip(np.log(N[i]) + np.log(T[i]), 0.0, 700.0)) for i in (0, -1))
    if most <= least:
        raise ValueError(
            "--N and --T must reach beyond N T = 1, where the compute-optimal path begins, "
            "up to 1e300"
        )
    return compute_optimal(model, np.exp(np.linspace(least, most, PATH_POINTS)), ridge)


def _rows(options: argparse.Namespace, path: Prediction) -> dict[str, Any]:
    """Some points of the path, each with its budget N T."""
    columns = show_results.columns(options, path)
    rows = {"budget": path.N * path.T} | {name: columns[name] for name in columns}
    return {name: np.asarray(column)[::ROW_STEP] for name, column in rows.items()}


def _draw(prediction: Prediction, path: Prediction, text: str, picture: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 6.0), layout="constrained")
    plotting.loss_map(prediction, path, figure.subplots())
    figure.suptitle(text, fontsize="medium")
    pictures.save(figure, picture)
