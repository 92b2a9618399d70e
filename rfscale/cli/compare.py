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
    simulation_options,
    size_options,
    tables,
)
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.comparison import Comparison, compare, verdict
from rfscale.results import check_writable

TEXT = "theory beside simulation; without any option on sizes, the main job"
DEFAULT_PICTURE = "rfscale-compare.png"


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
    show_results(options, points, results)
    return _print_verdict(options, results)


def _run_main_job(options: argparse.Namespace) -> int:
    picture = options.plot or DEFAULT_PICTURE
    check_writable(picture)
    for name in ("test_points", "target_stderr"):
        if getattr(options, name) is not None:
            raise ValueError(f"--{name.replace('_', '-')} needs --N and --T")
    job = main_job.run(options.draws, options.seed, options.workers, progress=True)
    _write_main_job(options, job.parts)
    main_job.figure(job).savefig(picture, dpi=150)
    print(f"picture: {picture}", file=sys.stderr)
    return _print_verdict(options, list(job.parts.values()))


def _write_main_job(options: argparse.Namespace, parts: dict[str, Comparison]) -> None:
    """A table for each part, or all parts in one file."""
    if _is_table_on_screen(options):
        for title, comparison in parts.items():
            print(f"{title}\n{tables.table(comparison.columns())}")
        return
    rows = [{"part": [title] * np.size(c.gap)} | c.columns() for title, c in parts.items()]
    tables.write(tables.joined(rows), options.format, options.output)


def _print_verdict(options: argparse.Namespace, comparisons: Sequence[Comparison]) -> int:
    """Print the verdict and return the exit status, 1 if theory and simulation disagree.

    It stands below a table on standard output, or else on standard error.
    """
    stream = sys.stdout if _is_table_on_screen(options) else sys.stderr
    print(verdict(comparisons), file=stream)
    return 0 if all(np.all(comparison.agrees) for comparison in comparisons) else 1


def _is_table_on_screen(options: argparse.Namespace) -> bool:
    return options.format == "table" and options.output is None
