"""`rfscale formulas`: the equations of `rfscale.symbolic`, in a terminal or as LaTeX."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from rfscale.cli.help_texts import describe

if TYPE_CHECKING:
    from rfscale.symbolic import Formula

EXAMPLES = {
    "rfscale formulas": "the names of all formulas",
    "rfscale formulas delta_finite_M": "one equation, where it holds, how far it is off",
    "rfscale formulas delta_finite_M --latex": "the same as LaTeX",
}
TEXT = (
    "The closed forms and the central equations. The numbers in brackets are the equations of the "
    'derivations. In Python the same formula is rfscale.symbolic["delta_finite_M"], and its '
    "evaluate() gives any number of digits."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    describe(parser, usage="[NAME] [--latex]", text=TEXT, examples=EXAMPLES)
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of them (default: list all)")
    parser.add_argument("--latex", action="store_true", help="print LaTeX")


def run(options: argparse.Namespace) -> int:
    """Print one formula, or a line for each."""
    from rfscale import symbolic

    formulas = cast("Mapping[str, Formula]", symbolic)
    if options.name is None:
        for formula in formulas.values():
            print(f"{formula.name:38}{formula.latex() if options.latex else formula.title}")
        return 0
    try:
        formula = formulas[options.name]
    except KeyError as error:
        raise ValueError(error.args[0]) from None
    print(formula.latex() if options.latex else formula)
    return 0
