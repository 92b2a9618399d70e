"""Options of `rfscale measure`: the samples, the sizes that are tried, and the experiment."""

from __future__ import annotations

import argparse
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.cli import combinations, draw_options, number_lists, output_options
from rfscale.cli.combinations import Combinations
from rfscale.cli.draw_options import NUMBER, WHOLE, Table
from rfscale.measured.samples.measure import POOL
from rfscale.support.arguments import Floats

OPTIMAL = "optimal"
EXPERIMENT = ("draws", "seed", "holdout", "split", "target_stderr", "max_draws", "workers")
COUNT = 3  # of the sizes that are chosen for a user
DECADES = 1.0  # that they span
MOST_CLASSES = 100
LABELS = "--y FILE, --y-column NAME, or y in a .npz"
LARGEST_PART = 4  # of the pool is the largest of them

FILE = (
    "the samples, one a row: .npy, a matrix; .npz, with the arrays X and y; .csv or .parquet, a "
    "table"
)
OF_LABELS: Table = {
    "--y": {"metavar": "FILE", "help": "a file of the labels, in one of the formats"},
    "--y-column": {
        "metavar": "NAME",
        "help": "the column of the table that holds the labels: its name, or its number from 0",
    },
}
SAMPLES: Table = {
    "--classes": {
        "action": "store_true",
        "help": "the labels are numbers of classes: a column of 0 and 1 for each takes their place",
    },
    "--drop-copies": {
        "action": "store_true",
        "help": "leave out samples that repeat earlier ones",
    },
    "--features": {
        "choices": ("linear", "relu"),
        "default": "linear",
        "help": "the random features: u x, or max(u x, 0), with u ~ N(0, 1) (default linear)",
    },
    "--pool": {
        **WHOLE,
        "default": POOL,
        "help": "how many samples the prediction is from; time grows as their square (default "
        f"{POOL})",
    },
    "--window": {
        "metavar": "LOW:HIGH",
        "help": "degrees of freedom between which alpha is fitted (default: 5 and half of the "
        "inputs or samples, whichever are fewer)",
    },
    "--no-leverages": {
        "action": "store_true",
        "help": "predict by plain planar theory, from second moments alone",
    },
}
CHOSEN = f"(default: {COUNT} sizes up to a quarter of the samples that are not held out)"
SIZES: Table = {
    "--N": {"metavar": "LIST", "help": f"numbers of random features {CHOSEN}"},
    "--T": {"metavar": "LIST", "help": f"numbers of training samples {CHOSEN}"},
    "--ridge": {
        "metavar": "LIST",
        "default": OPTIMAL,
        "help": "strength gamma >= 0 of the penalty gamma |weights|^2 beside the sum of squared "
        "errors over the T samples; or the word optimal: the one with the least predicted error "
        "(default)",
    },
}
SPLIT: Table = {
    "--holdout": {
        **NUMBER,
        "default": 0.3,
        "help": "the share of the samples that are tested on, and not predicted from (default 0.3)",
    },
    "--split": {
        **WHOLE,
        "default": 0,
        "help": "another number holds other samples out (default 0)",
    },
}


def add(parser: argparse.ArgumentParser) -> None:
    """The file, and options in groups."""
    parser._negative_number_matcher = re.compile(r"-(\.?\d|inf)")
    parser.add_argument("file", metavar="FILE", help=FILE)
    samples = parser.add_argument_group("samples")
    draw_options.add(samples.add_mutually_exclusive_group(), OF_LABELS)
    draw_options.add(samples, SAMPLES)
    sizes = parser.add_argument_group("sizes", "whole numbers; all combinations are computed")
    draw_options.add(sizes, SIZES)
    draws = draw_options.of_draws(16, "features and training samples")
    draw_options.add(parser.add_argument_group("experiment"), SPLIT | draws)
    output_options.add(parser.add_argument_group("output"))


def experiment(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `compare` beside samples, sizes and ridge."""
    return {name: getattr(options, name) for name in EXPERIMENT} | {
        "leverages": not options.no_leverages,
        "progress": True,
    }


def lists(options: argparse.Namespace) -> dict[str, Floats]:
    """The lists that are given; a ridge that is not among them is the best."""
    found = {name: _whole(name, getattr(options, name)) for name in "NT" if getattr(options, name)}
    if options.ridge.strip().lower() == OPTIMAL:
        return found
    return found | {"ridge": number_lists.numbers("ridge", options.ridge)}


def one_hot(labels: NDArray[Any] | None) -> Floats:
    """A column of 0 and 1 for each class."""
    if labels is None:
        raise ValueError(f"--classes needs labels: {LABELS}")
    classes = np.unique(labels)
    if labels.size != len(labels) or classes.size > MOST_CLASSES:
        raise ValueError(
            f"--classes needs one label a sample and at most {MOST_CLASSES} classes, got "
            f"{labels.size // len(labels)} and {classes.size}"
        )
    return np.asarray(labels.reshape(-1, 1) == classes, dtype=np.float64)


def require_no_sizes(options: argparse.Namespace) -> None:
    """Raise ValueError for sizes where there are no labels to predict."""
    for name in "NT":
        if getattr(options, name) is not None:
            raise ValueError(f"--{name} needs labels: {LABELS}")


def points(given: dict[str, Floats], pool: int) -> Combinations:
    """All combinations of the lists; sizes that are not given are from those of the pool."""
    chosen = {"N": _sizes(pool), "T": _sizes(pool)}
    largest = np.max(given.get("T", 0))
    if largest > pool:
        raise ValueError(
            f"T must be at most {pool}, the samples of the pool, got {largest:.0f}; give a larger "
            "--pool, or more samples"
        )
    arguments, x = combinations.crossed(chosen | given)
    return Combinations(models=[], arguments={"ridge": OPTIMAL} | arguments, x=x)


def window(options: argparse.Namespace) -> tuple[float, float] | None:
    """LOW:HIGH as numbers."""
    if options.window is None:
        return None
    try:
        low, high = map(float, options.window.split(":"))
    except ValueError:
        low = high = math.nan
    if not 0 < low < high:
        raise ValueError(
            "--window must be LOW:HIGH, two numbers with 0 < LOW < HIGH such as 5:200, got "
            f"{options.window!r}"
        )
    return low, high


def _whole(name: str, text: str) -> Floats:
    found = number_lists.sizes(name, text, whole=True)
    if np.any(found < 1):
        raise ValueError(f"{name} must hold whole numbers >= 1, got {text!r}")
    return found


def _sizes(pool: int) -> Floats:
    largest = max(pool // LARGEST_PART, 1)
    return np.unique(np.rint(np.geomspace(largest / 10**DECADES, largest, COUNT)).clip(1))
