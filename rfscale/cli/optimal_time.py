"""`rfscale optimal-time`: the stopping time of gradient flow that minimises the test loss."""

from __future__ import annotations

import argparse

from rfscale.cli import combinations, model_options, output_options, size_options
from rfscale.cli.help_texts import describe
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.theory.optimal_time import optimal_time

EXAMPLES = {
    "rfscale optimal-time --N 10:1000:9log --T 300 --sigma-eps 0.1": "when to stop along a loss "
    "curve, with label noise, and how the loss is then beside that of the best ridge",
    "rfscale optimal-time --alpha 0.3 --M 1e9 --N 100:10000:3log --T 1000": "a slow power law, "
    "where stopping early is a little better than any ridge",
}
TEXT = (
    "When to stop gradient flow, by the theory, at all combinations of the lists: the time t and "
    "tau = t N T scale sigma_u^2/M with the least test loss, whether it is 0, infinite or between, "
    "the loss there, and that loss over the one of the best ridge."
)
RIDGE = "ridge of the loss that is trained on (default 0: none)"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "--N LIST --T LIST [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=HELP)
    size_options.add_sizes(parser)
    parser.add_argument_group("ridge").add_argument("--ridge", metavar="LIST", help=RIDGE)
    model_options.add(parser)
    output_options.add(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Find the best time at all combinations; write rows and draw curves."""
    points = combinations.from_options(options)
    results = [optimal_time(model, **points.arguments) for model in points.models]
    show_results(options, points, results)
    return 0
