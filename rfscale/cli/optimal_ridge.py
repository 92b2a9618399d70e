"""`rfscale optimal-ridge`: the ridge that minimises the test loss."""

from __future__ import annotations

import argparse

from rfscale.cli import combinations, model_options, output_options, size_options
from rfscale.cli.help_texts import describe
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.theory.optimal_ridge import optimal_ridge

EXAMPLES = {
    "rfscale optimal-ridge --N 10:1000:9log --T 300 --sigma-eps 0.1": "the best ridge along a loss "
    "curve, with label noise",
    "rfscale optimal-ridge --N 100 --T 50:500:4log --M 1000,4000 --plot best.png": "for two "
    "numbers of latent dimensions, with a picture of the losses",
}
TEXT = (
    "The ridge with the least test loss by the theory, at all combinations of the lists; the loss "
    "there, and whether the best ridge is 0, infinite or between."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "--N LIST --T LIST [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=HELP)
    size_options.add_sizes(parser)
    model_options.add(parser)
    output_options.add(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Find the best ridge at all combinations; write rows and draw curves."""
    points = combinations.from_options(options)
    results = [optimal_ridge(model, **points.arguments) for model in points.models]
    show_results(options, points, results)
    return 0
