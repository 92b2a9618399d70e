"""Options of a simulation: draws, their random numbers, and how many at a time."""

from __future__ import annotations

import argparse
from typing import Any

from rfscale.cli import draw_options, user_objects

NAMES = ("draws", "seed", "target_stderr", "max_draws", "test_points", "workers")
SAMPLES: draw_options.Table = {
    "--test-points": {
        **draw_options.WHOLE,
        "help": "test each draw on this many drawn samples, of one drawn teacher (default: "
        "averages over all of them, computed exactly, which are less noisy)",
    },
    "--latents": {
        "default": "gaussian",
        "metavar": "LAW",
        "help": "law of the latent data: gaussian (default), rademacher, uniform, "
        "'student-t(DF)', or module:function of a generator and a shape",
    },
}


def add(command: argparse.ArgumentParser) -> None:
    """One option for each of `NAMES`, and one for the law of the latent data."""
    group = command.add_argument_group("simulation")
    draw_options.add(group, draw_options.of_draws(32, "features and training data") | SAMPLES)


def arguments(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `simulate` and `compare` beside model, sizes and ridge."""
    given = {name: getattr(options, name) for name in NAMES}
    law = user_objects.latents("--latents", options.latents)
    return given | {"latents": law, "progress": True}
