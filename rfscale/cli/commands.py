"""What the commands do: options in; rows, a picture and an exit status out."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rfscale import plotting
from rfscale.cli import main_job, models, output, values
from rfscale.cli.curves import dense
from rfscale.comparison import Comparison, compare, verdict
from rfscale.model import RegimeWarning
from rfscale.results import Result, check_writable
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.simulate import simulate
from rfscale.support.arguments import Floats
from rfscale.theory.optimal_ridge import OptimalRidge, optimal_ridge
from rfscale.theory.predict import LARGEST_ERROR, predict
from rfscale.theory.prediction import Prediction

DEFAULT_PICTURE = "rfscale-compare.png"


def run_predict(options: argparse.Namespace) -> int:
    """`rfscale predict`."""
    _run(options, lambda *point: predict(*point, order=options.order), whole=False)
    return 0


def run_optimal_ridge(options: argparse.Namespace) -> int:
    """`rfscale optimal-ridge`."""
    _run(options, optimal_ridge, whole=False)
    return 0


def run_simulate(options: argparse.Namespace) -> int:
    """`rfscale simulate`."""
    _run(options, lambda *point: simulate(*point, **_experiment(options)), whole=True)
    return 0


def run_compare(options: argparse.Namespace) -> int:
    """`rfscale compare`: the main job if nothing is said of model and sizes."""
    if (
        options.N is None
        and options.T is None
        and options.ridge == "0"
        and models.is_default(options)
    ):
        return _run_main_job(options)
    missing = [f"--{name}" for name in ("N", "T") if getattr(options, name) is None]
    if missing:
        raise ValueError(f"the following arguments are required: {', '.join(missing)}")
    results = _run(options, lambda *point: compare(*point, **_experiment(options)), whole=True)
    return _verdict(options, [result for result in results if isinstance(result, Comparison)])


def _run_main_job(options: argparse.Namespace) -> int:
    picture = options.plot or DEFAULT_PICTURE
    check_writable(picture)
    for name in ("test_points", "target_stderr"):
        if getattr(options, name) is not None:
            raise ValueError(f"--{name.replace('_', '-')} needs --N and --T")
    job = main_job.run(options.draws, options.seed, options.workers, progress=True)
    if options.format == "table" and options.output is None:
        for title, comparison in job.parts.items():
            print(f"{title}\n{output.table(comparison.columns())}")
    else:
        parts = [{"part": [title] * np.size(c.gap)} | c.columns() for title, c in job.parts.items()]
        output.write(output.joined(parts), options.format, options.output)
    main_job.figure(job).savefig(picture, dpi=150)
    print(f"picture: {picture}", file=sys.stderr)
    return _verdict(options, list(job.parts.values()))


def _verdict(options: argparse.Namespace, comparisons: Sequence[Comparison]) -> int:
    """Print the verdict, below a table on standard output or else on standard error; 1 if it is
    that they disagree.
    """
    below_table = options.format == "table" and options.output is None
    print(verdict(comparisons), file=sys.stdout if below_table else sys.stderr)
    return 0 if all(np.all(comparison.agrees) for comparison in comparisons) else 1


def _run(
    options: argparse.Namespace, function: Callable[..., Result], *, whole: bool
) -> list[Result]:
    """Call the function at all M and all combinations of N, T and ridge; write the rows and draw
    the curves.
    """
    lists = {name: values.sizes(name, getattr(options, name), whole=whole) for name in ("N", "T")}
    ridge = getattr(options, "ridge", None)  # `optimal-ridge` has no such option
    if ridge not in (None, "optimal"):
        lists["ridge"] = values.numbers("ridge", ridge)
    shaped, x = values.grid(**lists)
    points = (
        shaped["N"],
        shaped["T"],
        *([] if ridge is None else [shaped.get("ridge", "optimal")]),
    )
    sizes = values.sizes("M", options.M, whole=True)
    of_each_size = [models.from_options(options, M) for M in sizes]
    results = [function(model, *points) for model in of_each_size]
    rows = [
        {"M": [model.M] * _size(r)} | r.columns()
        for model, r in zip(of_each_size, results, strict=True)
    ]
    output.write(output.joined(rows), options.format, options.output)
    if options.plot:
        _draw(options, results, shaped, x)
    return results


def _draw(
    options: argparse.Namespace, results: Sequence[Result], shaped: dict[str, Floats], x: str
) -> None:
    from matplotlib.figure import Figure

    compared = isinstance(results[0], Comparison)
    picture = Figure(figsize=(11 if compared else 6.4, 4.8), layout="constrained")
    axes, beside = picture.subplots(1, 2) if compared else (picture.subplots(), None)
    curves = 0
    for result in results:
        prediction, estimate = _parts(result)
        planar = None
        if prediction is not None:
            sizes = dense(shaped, x)
            point = prediction.model, sizes["N"], sizes["T"], sizes.get("ridge", "optimal")
            with warnings.catch_warnings(
                action="ignore", category=RegimeWarning
            ):  # was said of the points
                prediction = predict(*point, order=prediction.order)
            planar = predict(*point) if compared else None
        if compared and prediction is not None:  # one loop is shown where it is judged
            shown = np.where(prediction.order_error <= LARGEST_ERROR, prediction.test, np.nan)
            prediction = dataclasses.replace(prediction, test=shown)
        drawn = prediction or estimate
        assert drawn is not None
        label = f"$M$ = {drawn.model.M}" if len(results) > 1 else None
        look: dict[str, Any] = {"x": x, "suffix": label, "first_colour": curves}
        plotting.loss_curve(prediction, estimate, dashed=planar, ax=axes, **look)
        if isinstance(result, Comparison):
            plotting.corrections(result, ax=beside, **look)
        curves += _size(result) // shaped[x].size
    axes.set_title(
        _title(options, shaped, results) + (", dashed: planar" if compared else ""),
        fontsize="medium",
    )
    picture.savefig(options.plot, dpi=150)


def _title(
    options: argparse.Namespace, shaped: dict[str, Floats], results: Sequence[Result]
) -> str:
    """What is the same for all curves."""
    parts = [rf"$\alpha$ = {options.alpha:g}"]
    parts += [f"$M$ = {options.M}"] if len(results) == 1 else []
    parts += [
        f"${name}$ = {values.flat[0]:g}"
        for name, values in shaped.items()
        if name != "ridge" and values.size == 1
    ]
    parts += [rf"$\sigma_\epsilon$ = {options.sigma_eps:g}"] if options.sigma_eps else []
    parts += [rf"$\beta$ = {options.teacher_exponent:g}"] if options.teacher_exponent else []
    parts += (
        [rf"$\alpha_\mathrm{{test}}$ = {options.test_alpha:g}"]
        if options.test_alpha is not None
        else []
    )
    ridge = shaped.get("ridge")
    parts += [rf"$\gamma$ = {ridge.flat[0]:g}"] if ridge is not None and ridge.size == 1 else []
    return ", ".join(parts if ridge is not None else [*parts, r"optimal $\gamma$"])


def _parts(result: Result) -> tuple[Prediction | None, Estimate | None]:
    if isinstance(result, Comparison):
        return result.prediction, result.estimate
    if isinstance(result, OptimalRidge):
        return result.prediction, None
    return (
        (result, None)
        if isinstance(result, Prediction)
        else (None, result if isinstance(result, Estimate) else None)
    )


def _size(result: Result) -> int:
    return len(next(iter(result.columns().values())))


def _experiment(options: argparse.Namespace) -> dict[str, Any]:
    names = ("draws", "seed", "target_stderr", "max_draws", "test_points", "workers")
    return {name: getattr(options, name) for name in names} | {"progress": True}
