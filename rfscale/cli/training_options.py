"""Options of the training: a time of gradient flow, or a training as a text."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from rfscale.cli import number_lists, training_text, wording
from rfscale.cli.size_options import NO_RIDGE
from rfscale.model.training import GradientFlow, Training

TIME = (
    "gradient flow stopped at these times t, inf the end of training; of a loss that is a sum over "
    "samples: of a mean it would be T times this; --ridge is that of its loss"
)
TAU = (
    "the same with times in a unit that depends on no size, tau = t N T scale sigma_u^2/M: latent "
    "direction J is learned when tau J^-(1+alpha) is about 1"
)
FILTER = (
    "how else it is trained, NAME:FIELD=LIST,FIELD=LIST: "
    f"{', '.join(f'{name}:{typed}' for name, typed in training_text.TYPED.items())}; or "
    "module:object, a filter h(s) or a Training of your own"
)
NAMES = ("time", "tau", "filter")


def add(command: argparse.ArgumentParser) -> None:
    """--time, --tau and --filter, of which one may be given."""
    group = command.add_argument_group(
        "training", "ridge regression, unless one of these is given: gradient flow, steps, ..."
    )
    options = group.add_mutually_exclusive_group()
    options.add_argument("--time", metavar="LIST", help=TIME)
    options.add_argument("--tau", metavar="LIST", help=TAU)
    options.add_argument("--filter", metavar="TEXT", help=FILTER)


def given(options: argparse.Namespace) -> list[str]:
    """The options of training that are given; none of a command that has none."""
    return [name for name in NAMES if getattr(options, name, None) is not None]


def training(options: argparse.Namespace) -> Training | None:
    """The training that is asked for, each list of it with one axis; None for a ridge."""
    names = given(options)
    if not names:
        return None
    (name,) = names
    _check_ridge(options, name)
    text = getattr(options, name)
    if name == "filter":
        return training_text.training_of("--filter", text)
    time = number_lists.numbers(name, text)
    ridge = number_lists.numbers("ridge", options.ridge or NO_RIDGE)
    values = {name: time, "ridge": ridge}
    return GradientFlow(**{k: v if v.size > 1 else v[0] for k, v in values.items()})


def _check_ridge(options: argparse.Namespace, name: str) -> None:
    """Raise ValueError for a ridge that a training does not take."""
    if options.kernel_ridge is not None:
        raise ValueError(f"--kernel-ridge and --{name} exclude each other: flow takes --ridge")
    if name == "filter" and options.ridge is not None:
        raise ValueError("--ridge and --filter exclude each other: a ridge is a field of the text")
    if (options.ridge or "").strip().lower() == "optimal":
        raise ValueError(f"--ridge must be numbers beside --{name}, got {options.ridge!r}")


@contextmanager
def named() -> Iterator[None]:
    """Say of an error with a field of a text which option it stands in."""
    with wording.in_file("--filter", training_text.FIELDS - {"time", "tau", "ridge"}):
        yield
