"""`rfscale predict`: the losses of the theory."""

from __future__ import annotations

import argparse
from typing import Any

from rfscale.cli import (
    combinations,
    model_options,
    output_options,
    size_options,
    training_options,
)
from rfscale.cli.help_texts import describe
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import show_results
from rfscale.theory.predict import predict
from rfscale.theory.prediction import ORDERS, Prediction

EXAMPLES = {
    "rfscale predict --N 10:1000:30log --T 300 --plot curve.png": "a loss curve through the "
    "double-descent peak at N = T, as a table and as a picture",
    "rfscale predict --N 100,200 --T 300 --ridge optimal --sigma-eps 0.1": "two sizes of the "
    "model, each at its best ridge, with label noise",
    "rfscale predict --N 100 --T 300 --sigma-eps .01 --tau 1:1e6:40log --plot t.png": "the loss "
    "over training time, learning and then overfitting",
}
TEXT = (
    "The test loss by the theory, at all combinations of the lists: half the mean squared error "
    "on labels without noise; and its parts, the training loss, and where it comes from."
)
ORDER = (
    "planar: the limit of large sizes; one-loop: with what finite sizes add, of relative order "
    "1/size; resummed: one loop that holds where N and T are close, too (default planar)"
)
STD = (
    "also the standard deviation of the test loss over draws, as simulate has it, and how far it "
    "may be off"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "--N LIST --T LIST [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=HELP)
    size_options.add_sizes(parser)
    size_options.add_ridge_or_kernel_ridge(parser)
    training_options.add(parser)
    model_options.add(parser)
    theory = parser.add_argument_group("theory")
    theory.add_argument("--order", default="planar", choices=ORDERS, help=ORDER)
    theory.add_argument("--std", action="store_true", help=STD)
    output_options.add(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Predict at all combinations; write rows and draw curves."""
    points = combinations.from_options(options)
    if options.std and "training" in points.arguments:
        raise ValueError(
            f"--std is known for ridges alone, not with --{training_options.given(options)[0]}"
        )
    with training_options.named():
        results = [predict(m, **points.arguments, order=options.order) for m in points.models]
    more = [_std_columns(options, result) for result in results] if options.std else []
    show_results(options, points, results, more)
    return 0


def _std_columns(options: argparse.Namespace, result: Prediction) -> dict[str, Any]:
    """The standard deviation and its error, in a table in percent."""
    if output_options.form(options) == "table" and not options.wide:
        return {"std": result.std, "std error/%": 100 * result.std_error}
    return {"std": result.std, "std_error": result.std_error}
