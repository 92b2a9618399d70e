"""Options of `rfscale measure`: the samples, the sizes that are tried, and the experiment."""

from __future__ import annotations

import argparse
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.cli import combinations, number_lists, output_options
from rfscale.cli.combinations import Combinations
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


def add(parser: argparse.ArgumentParser) -> None:
    """The file, and options in groups."""
    parser._negative_number_matcher = re.compile(r"-(\.?\d|inf)")
    parser.add_argument("file", metavar="FILE", help=FILE)
    _add_samples(parser.add_argument_group("samples"))
    _add_sizes(parser.add_argument_group("sizes", "whole numbers; all combinations are computed"))
    _add_experiment(parser.add_argument_group("experiment"))
    output_options.add(parser.add_argument_group("output"))


def _add_samples(group: argparse._ArgumentGroup) -> None:
    labels = group.add_mutually_exclusive_group()
    labels.add_argument("--y", metavar="FILE", help="a file of the labels, in one of the formats")
    labels.add_argument(
        "--y-column",
        metavar="NAME",
        help="the column of the table that holds the labels: its name, or its number from 0",
    )
    group.add_argument(
        "--classes",
        action="store_true",
        help="the labels are numbers of classes: a column of 0 and 1 for each takes their place",
    )
    group.add_argument(
        "--drop-copies",
        action="store_true",
        help="leave out samples that repeat earlier ones",
    )
    group.add_argument(
        "--features",
        choices=("linear", "relu"),
        default="linear",
        help="the random features: u x, or max(u x, 0), with u ~ N(0, 1) (default linear)",
    )
    group.add_argument(
        "--pool",
        type=int,
        default=POOL,
        metavar="K",
        help=f"how many samples the prediction is from; time grows as their square (default "
        f"{POOL})",
    )
    group.add_argument(
        "--window",
        metavar="LOW:HIGH",
        help="degrees of freedom between which alpha is fitted (default: 5 and half of the inputs "
        "or samples, whichever are fewer)",
    )
    group.add_argument(
        "--no-leverages",
        action="store_true",
        help="predict by plain planar theory, from second moments alone",
    )


def _add_sizes(group: argparse._ArgumentGroup) -> None:
    chosen = f"(default: {COUNT} sizes up to a quarter of the samples that are not held out)"
    group.add_argument("--N", metavar="LIST", help=f"numbers of random features {chosen}")
    group.add_argument("--T", metavar="LIST", help=f"numbers of training samples {chosen}")
    group.add_argument(
        "--ridge",
        metavar="LIST",
        default=OPTIMAL,
        help="strength gamma >= 0 of the penalty gamma |weights|^2 beside the sum of squared "
        "errors over the T samples; or the word optimal: the one with the least predicted error "
        "(default)",
    )


def _add_experiment(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--draws",
        type=int,
        default=16,
        metavar="K",
        help="independent draws of features and training samples at each point (default 16)",
    )
    group.add_argument(
        "--holdout",
        type=float,
        default=0.3,
        metavar="X",
        help="the share of the samples that are tested on, and not predicted from (default 0.3)",
    )
    group.add_argument(
        "--split",
        type=int,
        default=0,
        metavar="K",
        help="another number holds other samples out (default 0)",
    )
    group.add_argument(
        "--target-stderr",
        type=float,
        metavar="X",
        help="draw on until the standard error over draws is at most this fraction of the error",
    )
    group.add_argument(
        "--max-draws",
        type=int,
        metavar="K",
        help="with --target-stderr: give up, with a warning, at this many",
    )
    group.add_argument(
        "--seed", type=int, default=1, metavar="K", help="root of all random numbers (default 1)"
    )
    group.add_argument(
        "--workers",
        type=int,
        metavar="K",
        help="draws that are computed at a time (default: one a core); results are the same",
    )


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
