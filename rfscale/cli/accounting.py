"""`rfscale accounting`: two shapes of a transformer, their neurons, and the features on them."""

from __future__ import annotations

import argparse

from rfscale.cli import draw_options, number_lists, output_options, show_results, wording
from rfscale.cli.draw_options import NUMBER, Table
from rfscale.cli.help_texts import describe
from rfscale.neighbours.accounting import TransformerShape
from rfscale.neighbours.shape_comparison import compare_shapes

EXAMPLES = {
    "rfscale accounting --d 1600 --layers 48 --widen 2": "the shape of GPT-2 XL, and one of twice "
    "the width with as many parameters: half the neurons",
    "rfscale accounting --d 4288 --layers 6 --other 1600,48": "two shapes of nearly one size",
    "rfscale accounting --d 1600 --layers 48 --features 1e6": "with a million features: how many "
    "a neuron holds, and how rare they have to be by the bound of compressed sensing",
}
TEXT = (
    "Two shapes of a transformer, A and B, by the accounting of a note of Katta: parameters "
    "12 d^2 layers, neurons d layers, aspect ratio d/layers, and the features that a layer and a "
    "neuron hold if the network has as many in both. The largest density, with --features, is the "
    "share of inputs in which a feature may be on at most; 1 says that the bound allows any."
)
SHAPE: Table = {
    "--d": {**NUMBER, "required": True, "help": "width of A"},
    "--layers": {**NUMBER, "required": True, "help": "number of layers of A"},
    "--features": {**NUMBER, "help": "number of features of the network (default: shares of them)"},
    "--C": {**NUMBER, "default": 1.0, "help": "constant of the bound (default 1)"},
}
OTHER: Table = {
    "--widen": {
        **NUMBER,
        "help": "B is A with so many times the width and as many parameters (default 2)",
    },
    "--other": {"metavar": "D,LAYERS", "help": "width and number of layers of B"},
}
WIDER = 2.0


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "--d X --layers X [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES)
    shape = parser.add_argument_group("shapes")
    draw_options.add(shape, SHAPE)
    draw_options.add(shape.add_mutually_exclusive_group(), OTHER)
    output_options.add_rows(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Compare the two shapes; write rows."""
    A = TransformerShape(d=options.d, layers=options.layers)
    found = compare_shapes(A, _other(options, A), options.features, options.C)
    show_results.write(options, [found.broadcast_columns()], [found])
    return 0


def _other(options: argparse.Namespace, A: TransformerShape) -> TransformerShape:
    """The shape B."""
    if options.other is None:
        with wording.renaming(factor="widen"):
            return A.widened(WIDER if options.widen is None else options.widen)
    found = number_lists.numbers("other", options.other)
    if found.size != 2:
        raise ValueError(f"other must be D,LAYERS, such as 1600,48, got {options.other!r}")
    with wording.renaming(d="other", layers="other"):
        return TransformerShape(*map(float, found))
