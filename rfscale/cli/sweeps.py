"""`rfscale sweep`: a grid of experiments from a TOML file, with a store, here or on a dask cluster."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

import numpy as np

from rfscale import plotting
from rfscale.cli import output, values
from rfscale.cli.curves import dense
from rfscale.model import ScalingModel
from rfscale.model.spectra import Eigenvalues, PowerLaw
from rfscale.model.teachers import Teacher
from rfscale.simulation.estimate import AXES, Sweep
from rfscale.simulation.sweep import resume_sweep, sweep
from rfscale.theory.predict import predict

GRID = {"N", "T", "ridge", "draws", "seed", "target_stderr", "max_draws", "test_points"}
SPECTRUM = {"alpha", "M", "scale"}
SIGMAS = {"sigma_w", "sigma_u", "sigma_eps"}
COUPLINGS = {"teacher_exponent", "teacher_weights", "test_alpha", "test_variances"}
TEXT = "all combinations of models, N, T and ridges from a file, kept in a store that survives being killed"
EPILOG = """\
CONFIG.toml holds the grid, and one model or several:

    N = [50, 100, 200]        # or a LIST: "50:800:5log"
    T = "100,400"
    ridge = "optimal"         # or numbers
    draws = 64                # at each (N, T); also target_stderr, max_draws, test_points
    seed = 1

    [model]                   # or [[model]] for each of several, with a name
    alpha = 1.0               # or eigenvalues = [...] instead of alpha, M and scale
    M = 10000
    sigma_eps = 0.1           # also sigma_w, sigma_u
    teacher_exponent = 0.5    # or teacher_weights = [...]; also test_alpha, or test_variances = [...]

A sweep that was stopped goes on with --resume. The store is an SQLite file: table cells, one row for each (N, T).
"""


def run_sweep(options: argparse.Namespace) -> int:
    """`rfscale sweep`."""
    if (options.config is None) == (options.resume is None):
        raise ValueError("give either a CONFIG.toml, with --store, or --resume STORE")
    if options.config is not None and options.store is None:
        raise ValueError("--store is required with a CONFIG.toml")
    if options.resume is not None and options.store is not None:
        raise ValueError("--store has no place beside --resume, which names it")
    try:
        done = _run(options)
    except KeyboardInterrupt:
        print(f"\nrfscale: {_go_on(options)}", file=sys.stderr)
        raise
    except (ValueError, OSError, MemoryError):
        raise
    except Exception as error:  # what a cluster that fails may raise is no one's promise
        if options.dask is None:
            raise
        raise ValueError(
            f"the cluster failed, {type(error).__name__}: {error}; {_go_on(options)}"
        ) from error
    output.write(done.columns(), options.format, options.output)
    if options.plot:
        _draw(done, options.plot)
    return 0


def _go_on(options: argparse.Namespace) -> str:
    return f"what is finished is kept; go on with: rfscale sweep --resume {options.resume or options.store}"


def read(path: str) -> dict[str, Any]:
    """The arguments of `sweep` from a TOML file."""
    try:
        with open(path, "rb") as file:
            config = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a TOML file: {error}") from None
    models = config.pop("model", None)
    if models is None:
        raise ValueError(f"{path} has no [model]")
    tables = models if isinstance(models, list) else [models]
    if not all(isinstance(table, dict) for table in tables):
        raise ValueError(
            f"{path}: model must be a table, [model], or several, [[model]]; got {models!r}"
        )
    _require_known(path, config, GRID)
    _require_all(path, config, ("N", "T"))
    config |= {name: _list(name, config[name]) for name in ("N", "T", "ridge") if name in config}
    named = {
        str(table.pop("name", i)): _model(f"{path}, model {i + 1}", table)
        for i, table in enumerate(tables)
    }
    if len(named) < len(tables):
        raise ValueError(f"{path}: the names of models must differ")
    return {"models": named} | config


def _run(options: argparse.Namespace) -> Sweep:
    arguments = {} if options.config is None else read(options.config)
    with _executor(options.dask) as executor:
        run: dict[str, Any] = {"executor": executor, "workers": options.workers}
        if options.resume is not None:
            return resume_sweep(options.resume, **run)
        return sweep(**arguments, store=options.store, **run)


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
    axes, curves = picture.subplots(), 0
    x = max(AXES, key=lambda name: np.shape(getattr(done, name))[AXES.index(name) + 1])
    best = done.ridge.shape[-1] == 1 and np.unique(done.ridge).size > 1  # each cell has its own
    for label, model in zip(done.labels, done.models, strict=True):
        estimate = done.estimate(label, along=x)
        sizes = dense(
            {name: getattr(estimate, name)[..., : None if name == x else 1] for name in AXES}, x
        )
        theory = predict(model, sizes["N"], sizes["T"], "optimal" if best else sizes["ridge"])
        suffix = label if len(done.labels) > 1 else None
        plotting.loss_curve(theory, estimate, x=x, suffix=suffix, first_colour=curves, ax=axes)
        curves += estimate.test.mean[..., 0].size
    picture.savefig(path, dpi=150)


def _model(where: str, table: Mapping[str, Any]) -> ScalingModel:
    _require_known(where, table, SPECTRUM | SIGMAS | COUPLINGS | {"eigenvalues"})
    spectrum = {name: value for name, value in table.items() if name in SPECTRUM}
    if "eigenvalues" in table and spectrum:
        raise ValueError(f"{where}: eigenvalues take the place of {', '.join(spectrum)}")
    if "eigenvalues" not in table:
        _require_all(where, spectrum, ("alpha", "M"))
    law = Eigenvalues(table["eigenvalues"]) if "eigenvalues" in table else PowerLaw(**spectrum)
    for pair in (("teacher_exponent", "teacher_weights"), ("test_alpha", "test_variances")):
        if set(pair) <= set(table):
            raise ValueError(f"{where}: {' and '.join(pair)} exclude each other")
    weights, exponent = table.get("teacher_weights"), table.get("teacher_exponent", 0.0)
    teacher = Teacher.power_law(exponent) if weights is None else Teacher.weights(weights)
    test = (
        PowerLaw(table["test_alpha"], law.M, law.scale)
        if "test_alpha" in table
        else table.get("test_variances")
    )
    sigmas = {name: value for name, value in table.items() if name in SIGMAS}
    return ScalingModel(law, **sigmas, teacher=teacher, test_spectrum=test)


def _require_known(where: str, table: Mapping[str, Any], allowed: set[str]) -> None:
    unknown = [name for name in table if name not in allowed]
    if unknown:
        raise ValueError(
            f"{where} does not know {', '.join(unknown)}; known are {', '.join(sorted(allowed))}"
        )


def _require_all(where: str, table: Mapping[str, Any], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in table]
    if missing:
        raise ValueError(f"{where} lacks {', '.join(missing)}")


def _list(name: str, value: Any) -> Any:
    """Numbers, or a LIST as on the command line."""
    if not isinstance(value, str) or value == "optimal":
        return value
    return values.numbers(name, value) if name == "ridge" else values.sizes(name, value, whole=True)
