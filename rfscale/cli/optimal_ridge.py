"""`rfscale optimal-ridge`: the ridge that minimises the test loss."""

from __future__ import annotations

import argparse

from rfscale.cli import combinations, model_options, output_options, size_options
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.theory.optimal_ridge import optimal_ridge

TEXT = "the ridge that minimises the test loss"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = TEXT
    parser.epilog = HELP
    size_options.add_sizes(parser, required=True)
    model_options.add(parser)
    output_options.add(parser)


def run(options: argparse.Namespace) -> int:
    """Find the best ridge at all combinations; write rows and draw curves."""
    points = combinations.from_options(options)
    results = [optimal_ridge(model, **points.arguments) for model in points.models]
    show_results(options, points, results)
    return 0
