"""`rfscale predict`: the losses of the theory."""

from __future__ import annotations

import argparse

from rfscale.cli import combinations, model_options, output_options, size_options
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.theory.predict import predict
from rfscale.theory.prediction import ORDERS

TEXT = "the losses of the theory, planar or to one loop"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = TEXT
    parser.epilog = HELP
    size_options.add_sizes(parser, required=True)
    model_options.add(parser)
    size_options.add_ridge_or_kernel_ridge(parser)
    parser.add_argument(
        "--order", default="planar", choices=ORDERS, help="in 1/size (default planar)"
    )
    output_options.add(parser)


def run(options: argparse.Namespace) -> int:
    """Predict at all combinations; write rows and draw curves."""
    points = combinations.from_options(options)
    results = [predict(model, **points.arguments, order=options.order) for model in points.models]
    show_results(options, points, results)
    return 0
