"""Options of the sizes N and T and of the ridge, each a list of numbers."""

from __future__ import annotations

import argparse
import re

NO_RIDGE = "0"
KERNEL_RIDGE = "instead: that of the kernel, delta = gamma M/(sigma_u^2 N), also for N = inf"


def add_sizes(command: argparse.ArgumentParser, *, required: bool) -> None:
    """--N and --T; "-5,10" is a value, to be refused as such, not an option."""
    command._negative_number_matcher = re.compile(r"-(\.?\d|inf)")
    command.add_argument("--N", required=required, metavar="LIST", help="numbers of features")
    command.add_argument("--T", required=required, metavar="LIST", help="numbers of samples")


def add_ridge(command: argparse._ActionsContainer) -> None:
    """--ridge; None stands for the default, so that a ridge of 0 that is given can be told."""
    command.add_argument("--ridge", metavar="LIST", help="gamma >= 0, or optimal (default 0)")


def add_ridge_or_kernel_ridge(command: argparse.ArgumentParser) -> None:
    """--ridge, or in its place --kernel-ridge."""
    either = command.add_mutually_exclusive_group()
    add_ridge(either)
    either.add_argument("--kernel-ridge", metavar="LIST", help=KERNEL_RIDGE)


def is_default(options: argparse.Namespace) -> bool:
    """Whether nothing is said of sizes and ridge."""
    given = (options.N, options.T, options.kernel_ridge)
    return given == (None, None, None) and options.ridge in (None, NO_RIDGE)


def require_sizes(options: argparse.Namespace) -> None:
    """Raise ValueError, as the parser would, if N or T is missing."""
    missing = [f"--{name}" for name in ("N", "T") if getattr(options, name) is None]
    if missing:
        raise ValueError(f"the following arguments are required: {', '.join(missing)}")
