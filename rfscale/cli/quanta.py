"""`rfscale quanta`: the losses of the quantization model over model sizes and samples."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from rfscale.cli import (
    draw_options,
    number_lists,
    output_options,
    pictures_of_quanta,
    show_results,
)
from rfscale.cli.draw_options import NUMBER, WHOLE, Table
from rfscale.cli.help_texts import describe
from rfscale.neighbours.quanta import Quanta
from rfscale.neighbours.slopes import quanta_slope
from rfscale.results import blank
from rfscale.support.arguments import Floats

EXAMPLES = {
    "rfscale quanta --alpha .4 --tau 5 --D 1e2:1e8:20log": "the loss over the number of samples, "
    "and its local exponent, which tends to alpha/(1 + alpha)",
    "rfscale quanta --alpha .4 --K 500 --n 1:400:20log --plot quanta.png": "over the number of "
    "quanta that a model holds, with 500 in all: steeper than alpha",
    "rfscale quanta --alpha .4 --n 10,100,1000 --D 1e2:1e8:40log --plot both.png": "over both",
}
TEXT = (
    "The quantization model: a sample needs the quantum k with a probability in proportion to "
    "k^-(1+alpha). A quantum is learned if it is among the n most frequent, which the model holds, "
    "and was needed by tau of D samples. The loss is in units of that with none learned. The slope "
    "is the local exponent, -d ln loss/d ln D or -d ln loss/d ln n, if one of the two is given."
)
MODEL: Table = {
    "--alpha": {**NUMBER, "required": True, "help": "exponent of the frequencies, > 0"},
    "--K": {**WHOLE, "help": "number of quanta (default: infinite)"},
    "--tau": {**NUMBER, "default": 1.0, "help": "samples that a quantum needs, >= 1 (default 1)"},
}
SIZES: Table = {
    "--n": {"metavar": "LIST", "help": "quanta that the model holds (default: all)"},
    "--D": {"metavar": "LIST", "help": "numbers of samples (default: infinite)"},
}


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "--alpha X [--n LIST] [--D LIST] [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=number_lists.HELP)
    draw_options.add(parser.add_argument_group("quanta"), MODEL)
    draw_options.add(parser.add_argument_group("sizes"), SIZES)
    output = parser.add_argument_group("output")
    output_options.add_rows(output)
    output_options.add_plot(output)


def run(options: argparse.Namespace) -> int:
    """Compute the losses at all combinations; write rows and draw curves."""
    K = np.inf if options.K is None else options.K
    quanta = Quanta(alpha=options.alpha, K=K, tau=options.tau)
    sizes = _sizes(options)
    grid = np.meshgrid(*sizes.values(), indexing="ij")
    columns: dict[str, Any] = dict(zip(sizes, grid, strict=True))
    losses = quanta.loss(**columns)
    more = {} if len(sizes) > 1 else {"slope": _slopes(quanta, losses, *sizes.items())}
    show_results.write(options, [columns | {"loss": losses} | more])
    if options.plot:
        pictures_of_quanta.draw(options.plot, quanta, sizes, losses)
    return 0


def _sizes(options: argparse.Namespace) -> dict[str, Floats]:
    """The lists that are given, of n before D."""
    given = {name: getattr(options, name) for name in ("n", "D")}
    sizes = {
        name: number_lists.sizes(name, text, whole=False)
        for name, text in given.items()
        if text is not None
    }
    if not sizes:
        raise ValueError("--n or --D must be given; rfscale quanta --help has examples")
    return sizes


def _slopes(quanta: Quanta, losses: Floats, size: tuple[str, Floats]) -> Any:
    """Local exponents, where there is one: not where nothing or everything is learned."""
    name, values = size
    has_one = (values > 0) & np.isfinite(values) & (losses > 0)
    if not has_one.any():
        return np.full(values.shape, None)
    inside = np.where(has_one, values, values[has_one][0])
    with np.errstate(divide="ignore", invalid="ignore"):  # a loss beside it that is below 1e-308
        found = quanta_slope(quanta, **{name: inside})
    return blank(found, ~has_one | ~np.isfinite(found))
