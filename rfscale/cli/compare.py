"""`rfscale compare`: theory beside simulation; without any option on sizes, the main job."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from rfscale.cli import (
    combinations,
    main_job,
    model_options,
    output_options,
    pictures,
    show_results,
    simulation_options,
    size_options,
)
from rfscale.cli.number_lists import HELP
from rfscale.comparison import Comparison, compare, verdict
from rfscale.support.files import check_writable

TEXT = "theory beside simulation; without any option on sizes, the main job"
DEFAULT_PICTURE = "rfscale-compare.png"
DISAGREE = 1  # exit status: theory and simulation differ at a point that is judged
NOT_JUDGED = 3  # exit status: no point is judged


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = TEXT
    parser.epilog = HELP
    size_options.add_sizes(parser, required=False)
    model_options.add(parser)
    size_options.add_ridge_or_kernel_ridge(parser)
    simulation_options.add(parser)
    output_options.add(parser)


def run(options: argparse.Namespace) -> int:
    """Compare at all combinations; the main job if nothing is said of model and sizes."""
    if size_options.is_default(options) and model_options.is_default(options):
        return _run_main_job(options)
    size_options.require_sizes(options)
    points = combinations.from_options(options, whole=True)
    experiment = points.arguments | simulation_options.arguments(options)
    results = [compare(model, **experiment) for model in points.models]
    show_results.show_results(options, points, results)
    return _print_verdict(options, results)


def _run_main_job(options: argparse.Namespace) -> int:
    picture = options.plot or DEFAULT_PICTURE
    check_writable(picture)
    for name in ("test_points", "target_stderr"):
        if getattr(options, name) is not None:
            raise ValueError(f"--{name.replace('_', '-')} needs --N and --T")
    job = main_job.run(options.draws, options.seed, options.workers, progress=True)
    _write_main_job(options, job.parts)
    pictures.save(main_job.figure(job), picture)
    print(f"picture: {picture}", file=sys.stderr)
    return _print_verdict(options, list(job.parts.values()))


def _write_main_job(options: argparse.Namespace, parts: dict[str, Comparison]) -> None:
    """A table for each part, or all parts in one file."""
    if output_options.is_on_screen(options):
        for title, comparison in parts.items():
            print(title)
            show_results.write(options, [show_results.columns(options, comparison)], [comparison])
            print()
        return
    rows = [
        {"part": np.full(comparison.gap.shape, title)} | show_results.columns(options, comparison)
        for title, comparison in parts.items()
    ]
    show_results.write(options, rows, list(parts.values()))


def _print_verdict(options: argparse.Namespace, comparisons: Sequence[Comparison]) -> int:
    """Print the verdict and return the exit status.

    It stands below a table on standard output, or else on standard error.
    """
    stream = sys.stdout if output_options.is_on_screen(options) else sys.stderr
    print(verdict(comparisons), file=stream)
    if any(np.any(comparison.disagrees) for comparison in comparisons):
        return DISAGREE
    return 0 if any(np.any(comparison.judged) for comparison in comparisons) else NOT_JUDGED
