"""`rfscale sweep`: a grid of experiments from a TOML file, with a store, here or on a cluster."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from rfscale import plotting
from rfscale.cli import output_options, pictures, show_results, sweep_config, user_objects, wording
from rfscale.cli.help_texts import describe
from rfscale.cli.theory_curves import theory_curves
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.training import Training
from rfscale.simulation.estimate import AXES, Estimate, Sweep
from rfscale.simulation.sweep import resume_sweep, sweep
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction
from rfscale.theory.trained_prediction import TrainedPrediction

EXAMPLES = {
    "rfscale sweep --example > grid.toml": "a file with a grid and two models, to be changed",
    "rfscale sweep grid.toml --store grid.db --plot grid.png": "run it; what is finished is kept "
    "in the store, also if it is killed",
    "rfscale sweep --resume grid.db -o grid.csv": "go on with it, or read it",
}
TEXT = (
    "Simulated losses at all combinations of models, N, T and ridges of a file, here or on a "
    "cluster, kept in a store that survives being killed."
)
NOTES = f"""\
{sweep_config.HELP}
Where the models of a store hold a class of your own, --resume needs --import.
The store is an SQLite file: table cells, one row for each (N, T).
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "CONFIG.toml --store PATH | --resume PATH [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=NOTES)
    parser.add_argument(
        "config", nargs="?", metavar="CONFIG.toml", help="the grid and the models, see below"
    )
    parser.add_argument(
        "--store", metavar="PATH", help="SQLite file that keeps what is finished, new or begun"
    )
    parser.add_argument(
        "--resume", metavar="PATH", help="go on with the sweep of this store, or read it"
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="K",
        help="draws that are computed at a time in a cell (default: one a core)",
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="compute the cells on this cluster, tcp://HOST:PORT"
    )
    parser.add_argument(
        "--import",
        dest="modules",
        action="append",
        default=[],
        metavar="MODULE",
        help="import this first: where a class of a stored model is defined; may be repeated",
    )
    parser.add_argument("--example", action="store_true", help="print a CONFIG.toml, and no more")
    output_options.add(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Run or resume the sweep; write rows and draw curves."""
    if options.example:
        print(sweep_config.EXAMPLE, end="")
        return 0
    _check(options)
    for module in options.modules:
        user_objects.import_module("--import", module)
    try:
        with output_options.with_remarks(options):
            done = _sweep(options)
    except KeyboardInterrupt:
        print(f"\nrfscale: {_go_on(options)}", file=sys.stderr)
        raise
    except (ValueError, OSError, MemoryError):
        raise
    except Exception as error:  # a cluster may fail in any way
        if options.dask is None:
            raise
        raise ValueError(
            f"the cluster failed, {type(error).__name__}: {error}; {_go_on(options)}"
        ) from error
    show_results.write(options, [show_results.columns(options, done)], [done])
    if options.plot:
        _draw(done, options.plot)
    return 0


def _check(options: argparse.Namespace) -> None:
    if (options.config is None) == (options.resume is None):
        raise ValueError(
            "give either a CONFIG.toml, with --store, or --resume STORE; "
            "rfscale sweep --example > grid.toml writes such a file"
        )
    if options.config is not None:
        os.stat(options.config)  # a file that is missing is told before all else
    if options.config is not None and options.store is None:
        raise ValueError(
            "--store is missing, the file that keeps what is finished: rfscale sweep "
            + shlex.join([options.config, "--store", f"{Path(options.config).stem}.db"])
        )
    if options.resume is not None and options.store is not None:
        raise ValueError("--store and --resume exclude each other: --resume names the store")


def _go_on(options: argparse.Namespace) -> str:
    words = ["rfscale", "sweep", "--resume", options.resume or options.store]
    words += [word for module in options.modules for word in ("--import", module)]
    return f"what is finished is kept; go on with: {shlex.join(words)}"


def _sweep(options: argparse.Namespace) -> Sweep:
    arguments = {} if options.config is None else sweep_config.read(options.config)
    with _executor(options.dask) as executor:
        how: dict[str, Any] = {"executor": executor, "workers": options.workers}
        if options.resume is not None:
            return resume_sweep(options.resume, **how)
        with wording.in_file(options.config, sweep_config.GRID):
            return sweep(**arguments, store=options.store, **how)


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    """The cluster's, or None without an address."""
    if address is None:
        yield None
        return
    try:
        from dask.distributed import Client
    except ImportError:
        raise ValueError('--dask needs dask: pip install "rfscale[dask]"') from None
    with Client(address) as client:
        yield client.get_executor()


def _draw(done: Sweep, path: str) -> None:
    """Simulation and theory along the longest axis."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = picture.subplots()
    shape = done.test.mean.shape[1:]
    along = done.axes[shape.index(max(shape))]
    first_colour = 0
    for label, model in zip(done.labels, done.models, strict=True):
        estimate = done.estimate(label, along=along)
        look: dict[str, Any] = {
            "x": along if done.training is None else _drawn_field(done.training, along),
            "suffix": label if len(done.labels) > 1 else None,
            "first_colour": first_colour,
        }
        plotting.loss_curve(_theory(model, done, estimate, along), estimate, ax=axes, **look)
        first_colour += estimate.test.mean[..., 0].size
    pictures.save(picture, path)


def _drawn_field(training: Training, along: str) -> str:
    """The first field that varies, if it is what losses are drawn against."""
    varied = [name for name, values in training.values.items() if np.size(values) > 1]
    return varied[0] if along == "training" and varied else along


def _theory(
    model: ScalingModel, done: Sweep, estimate: Estimate, along: str
) -> Prediction | TrainedPrediction:
    """Curves between the points of an estimate; with a training the losses at these points."""
    if estimate.training is not None:
        with warnings.catch_warnings(action="ignore", category=RegimeWarning):
            return predict(model, estimate.N, estimate.T, training=estimate.training)
    best = done.ridge.shape[-1] == 1 and np.unique(done.ridge).size > 1  # each cell has its own
    points: dict[str, Any] = {
        name: getattr(estimate, name)[..., : None if name == along else 1] for name in AXES
    }
    return theory_curves(model, points | {"ridge": "optimal"} if best else points, along)
