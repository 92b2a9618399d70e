"""Options of the sizes N and T and of the ridge, each a list of numbers."""

from __future__ import annotations

import argparse
import re

NO_RIDGE = "0"
RIDGE = (
    "strength gamma >= 0 of the penalty gamma/2 |weights|^2 beside 1/2 the sum of squared errors "
    "over the T samples; or the word optimal: the one with the least test loss (default 0: none)"
)
KERNEL_RIDGE = (
    "instead of --ridge, the same in units of kernel regression: delta = gamma M/(sigma_u^2 N), "
    "which keeps its meaning as N goes to inf"
)


def add_sizes(
    command: argparse.ArgumentParser, *, required: bool = True, whole: bool = False
) -> None:
    """--N and --T; "-5,10" is a value, to be refused as such, not an option.

    With `whole` the help says that sizes are whole numbers.
    """
    command._negative_number_matcher = re.compile(r"-(\.?\d|inf)")
    kind = "whole numbers" if whole else "any numbers > 0, inf included"
    group = command.add_argument_group("sizes", f"{kind}; all combinations are computed")
    group.add_argument(
        "--N", required=required, metavar="LIST", help="numbers of features: the model's size"
    )
    group.add_argument("--T", required=required, metavar="LIST", help="numbers of training samples")


def add_ridge(command: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """--ridge; None stands for the default, so that a ridge of 0 that is given can be told."""
    group = command.add_argument_group("ridge").add_mutually_exclusive_group()
    group.add_argument("--ridge", metavar="LIST", help=RIDGE)
    return group


def add_ridge_or_kernel_ridge(command: argparse.ArgumentParser) -> None:
    """--ridge, or in its place --kernel-ridge."""
    add_ridge(command).add_argument("--kernel-ridge", metavar="LIST", help=KERNEL_RIDGE)


def is_default(options: argparse.Namespace) -> bool:
    """Whether nothing is said of sizes and ridge."""
    given = (options.N, options.T, options.kernel_ridge)
    return given == (None, None, None) and options.ridge in (None, NO_RIDGE)


def require_sizes(options: argparse.Namespace) -> None:
    """Raise ValueError, as the parser would, if N or T is missing."""
    missing = [f"--{name}" for name in ("N", "T") if getattr(options, name) is None]
    if missing:
        raise ValueError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing; "
            f"rfscale compare --help has examples"
        )
