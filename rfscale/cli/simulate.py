"""`rfscale simulate`: simulated losses with standard errors."""

from __future__ import annotations

import argparse

from rfscale.cli import (
    combinations,
    model_options,
    output_options,
    simulation_options,
    size_options,
    training_options,
)
from rfscale.cli.help_texts import describe
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.simulation.simulate import simulate

EXAMPLES = {
    "rfscale simulate --N 20,40,80 --T 50 --M 300 --sigma-eps 0.1": "three sizes of the model, "
    "32 draws each",
    "rfscale simulate --N 20 --T 50 --M 300 --target-stderr 0.02 -o rows.csv": "as many draws as "
    "an error of 2 % takes; all columns in a file",
    "rfscale simulate --N 20 --T 50 --M 300 --time 1:1e6:5log": "along the path of training "
    "by gradient flow, all times on the same draws",
}
TEXT = (
    "The test loss by experiment, at all combinations of the lists: features and training data "
    "are drawn, the model is trained and tested, many times; means and their standard errors."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "--N LIST --T LIST [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=HELP)
    size_options.add_sizes(parser, whole=True)
    size_options.add_ridge_or_kernel_ridge(parser)
    training_options.add(parser)
    model_options.add(parser)
    simulation_options.add(parser)
    output_options.add(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Simulate at all combinations; write rows and draw points."""
    points = combinations.from_options(options, whole=True)
    experiment = points.arguments | simulation_options.arguments(options)
    with output_options.with_remarks(options), training_options.named():
        results = [simulate(model, **experiment) for model in points.models]
    show_results(options, points, results)
    return 0
