"""`rfscale simulate`: simulated losses with standard errors."""

from __future__ import annotations

import argparse

from rfscale.cli import (
    combinations,
    model_options,
    output_options,
    simulation_options,
    size_options,
)
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.simulation.simulate import simulate

TEXT = "simulated losses with standard errors"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = TEXT
    parser.epilog = HELP
    size_options.add_sizes(parser, required=True)
    model_options.add(parser)
    size_options.add_ridge_or_kernel_ridge(parser)
    simulation_options.add(parser)
    output_options.add(parser)


def run(options: argparse.Namespace) -> int:
    """Simulate at all combinations; write rows and draw points."""
    points = combinations.from_options(options, whole=True)
    experiment = points.arguments | simulation_options.arguments(options)
    results = [simulate(model, **experiment) for model in points.models]
    show_results(options, points, results)
    return 0
