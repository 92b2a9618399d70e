"""Options of a simulation: draws, their random numbers, and how many at a time."""

from __future__ import annotations

import argparse
from typing import Any

NAMES = ("draws", "seed", "target_stderr", "max_draws", "test_points", "workers")


def add(command: argparse.ArgumentParser) -> None:
    """One option for each of `NAMES`."""
    command.add_argument(
        "--draws", type=int, default=32, metavar="K", help="draws at each point (default 32)"
    )
    command.add_argument(
        "--target-stderr",
        type=float,
        metavar="X",
        help="add draws until this relative standard error is met",
    )
    command.add_argument(
        "--max-draws", type=int, metavar="K", help="but no more than these (default 10000)"
    )
    command.add_argument(
        "--seed", type=int, default=1, metavar="K", help="root of all random numbers (default 1)"
    )
    command.add_argument(
        "--test-points", type=int, metavar="K", help="explicit test sets of this size"
    )
    command.add_argument(
        "--workers", type=int, metavar="K", help="draws at a time (default: all cores)"
    )


def arguments(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `simulate` and `compare` beside model, sizes and ridge."""
    return {name: getattr(options, name) for name in NAMES} | {"progress": True}
