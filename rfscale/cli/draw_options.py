"""Options of draws: how many, of which random numbers, and how many at a time."""

from __future__ import annotations

import argparse
from typing import Any

Table = dict[str, dict[str, Any]]  # arguments of `add_argument` by the name of the option

WHOLE = {"type": int, "metavar": "K"}
NUMBER = {"type": float, "metavar": "X"}
DRAWS: Table = {
    "--target-stderr": {
        **NUMBER,
        "help": "draw on until the standard error of the test loss over draws is at most this "
        "fraction of it: 0.01 is one percent",
    },
    "--max-draws": {
        **WHOLE,
        "help": "with --target-stderr: give up, with a warning, at this many (default 10000)",
    },
    "--seed": {**WHOLE, "default": 1, "help": "root of all random numbers (default 1)"},
    "--workers": {
        **WHOLE,
        "help": "draws that are computed at a time (default: one a core); results are the same",
    },
}


def of_draws(draws: int, drawn: str) -> Table:
    """`DRAWS`, and the number of draws with its default."""
    text = f"independent draws of {drawn} at each point (default {draws})"
    return {"--draws": {**WHOLE, "default": draws, "help": text}} | DRAWS


def add(group: argparse._ActionsContainer, table: Table) -> None:
    """Add the options of a table."""
    for name, arguments in table.items():
        group.add_argument(name, **arguments)
