"""Options of a simulation: draws, their random numbers, and how many at a time."""

from __future__ import annotations

import argparse
from typing import Any

from rfscale.cli import user_objects

NAMES = ("draws", "seed", "target_stderr", "max_draws", "test_points", "workers")


def add(command: argparse.ArgumentParser) -> None:
    """One option for each of `NAMES`."""
    group = command.add_argument_group("simulation")
    group.add_argument(
        "--draws",
        type=int,
        default=32,
        metavar="K",
        help="independent draws of features and training data at each point (default 32)",
    )
    group.add_argument(
        "--target-stderr",
        type=float,
        metavar="X",
        help="draw on until the standard error of the test loss is at most this fraction of it: "
        "0.01 is one percent",
    )
    group.add_argument(
        "--max-draws",
        type=int,
        metavar="K",
        help="with --target-stderr: give up, with a warning, at this many (default 10000)",
    )
    group.add_argument(
        "--seed", type=int, default=1, metavar="K", help="root of all random numbers (default 1)"
    )
    group.add_argument(
        "--test-points",
        type=int,
        metavar="K",
        help="test each draw on this many drawn samples, of one drawn teacher (default: averages "
        "over all of them, computed exactly, which are less noisy)",
    )
    group.add_argument(
        "--latents",
        default="gaussian",
        metavar="LAW",
        help="law of the latent data: gaussian (default), rademacher, uniform, 'student-t(DF)', or "
        "module:function of a generator and a shape",
    )
    group.add_argument(
        "--workers",
        type=int,
        metavar="K",
        help="draws that are computed at a time (default: one a core); results are the same",
    )


def arguments(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `simulate` and `compare` beside model, sizes and ridge."""
    given = {name: getattr(options, name) for name in NAMES}
    law = user_objects.latents("--latents", options.latents)
    return given | {"latents": law, "progress": True}
