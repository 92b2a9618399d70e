"""`rfscale map`: the phase diagram of the loss, and the compute-optimal path through it."""

from __future__ import annotations

import argparse
import math
import sys

import numpy as np

from rfscale import plotting
from rfscale.cli import models, output, values
from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.results import check_writable
from rfscale.support.arguments import Floats
from rfscale.theory.compute_optimal import compute_optimal
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction

DEFAULT_PICTURE = "rfscale-map.png"
GRID = 1000  # points along an axis by default
PATH_POINTS = 121  # of the path; every fifth is a row of the table


def run_map(options: argparse.Namespace) -> int:
    """Draw L over a grid of N and T; write the compute-optimal path as rows."""
    picture = options.plot or DEFAULT_PICTURE
    check_writable(picture)
    sizes = values.sizes("M", options.M, whole=True)
    if sizes.size > 1:
        raise ValueError(f"--M must be one number here, got {options.M!r}")
    model = models.from_options(options, sizes[0])
    N, T = _axis("N", options.N, model), _axis("T", options.T, model)
    ridge = options.ridge if options.ridge == "optimal" else values.numbers("ridge", options.ridge)
    if np.size(ridge) > 1:
        raise ValueError(f"--ridge must be one number or optimal here, got {options.ridge!r}")
    prediction = predict(model, N, T[:, None], ridge)
    path = _path(model, N, T, ridge)
    _draw(prediction, path, options.ridge, picture)
    columns = path.columns()
    rows = {"budget": columns["N"] * columns["T"]} | {
        name: columns[name] for name in ("N", "T", "ridge", "test")
    }
    output.write(
        {name: column[::5] for name, column in rows.items()}, options.format, options.output
    )
    print(f"picture: {picture}", file=sys.stderr)
    return 0


def _axis(name: str, text: str | None, model: ScalingModel) -> Floats:
    """Sizes as they are listed, increasing; by default from 1 to ten times M."""
    if text is None:
        return np.geomspace(1.0, 10.0 * model.M, GRID)
    found = np.unique(values.numbers(name, text))
    if found.size < 2 or not np.all(np.isfinite(found)):
        raise ValueError(f"--{name} must hold at least two finite sizes here, got {text!r}")
    return found


def _path(model: ScalingModel, N: Floats, T: Floats, ridge: Floats | str) -> Prediction:
    """The best N and T for all budgets N T of the map."""
    least, most = (float(np.clip(np.log(N[i]) + np.log(T[i]), 0.0, 700.0)) for i in (0, -1))
    if most <= least:
        raise ValueError(
            "--N and --T must reach beyond N T = 1, where the compute-optimal path begins, up to 1e300"
        )
    return compute_optimal(model, np.exp(np.linspace(least, most, PATH_POINTS)), ridge)


def _draw(prediction: Prediction, path: Prediction, ridge: str, picture: str) -> None:
    from matplotlib.figure import Figure

    model = prediction.model
    assert isinstance(model.spectrum, PowerLaw)
    figure = Figure(figsize=(7.0, 6.0), layout="constrained")
    axes = plotting.loss_map(prediction, path, figure.subplots())
    power = math.log10(model.M)
    size = rf"10^{{{power:.0f}}}" if power > 4 and power == np.rint(power) else f"{model.M:g}"
    parts = [rf"$\alpha$ = {model.spectrum.alpha:g}", f"$M = {size}$"]
    parts += [rf"$\sigma_\epsilon$ = {model.sigma_eps:g}"] if model.sigma_eps else []
    exponent, test = 0.0 if model.teacher is None else model.teacher.exponent, model.test_spectrum
    parts += [rf"$\beta$ = {exponent:g}"] if exponent else []
    parts += [rf"$\alpha_\mathrm{{test}}$ = {test.alpha:g}"] if test is not None else []
    parts += [r"optimal $\gamma$" if ridge == "optimal" else rf"$\gamma$ = {ridge}"]
    axes.figure.suptitle(", ".join(parts), fontsize="medium")
    figure.savefig(picture, dpi=150)
