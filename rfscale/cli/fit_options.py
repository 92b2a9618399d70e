"""Options of `rfscale fit`: the columns, the law, the intervals, and what is to be predicted."""

from __future__ import annotations

import argparse
import re
from typing import Any

import numpy as np

from rfscale.cli import draw_options, number_lists, output_options, user_objects, wording
from rfscale.cli.draw_options import NUMBER, WHOLE, Table
from rfscale.measured.losses.compare_laws import LAWS_DEFAULT
from rfscale.measured.losses.fit import COSTS, INTERVALS
from rfscale.measured.losses.laws import Law, defined
from rfscale.support.arguments import Floats

ALL = "all"
DEFAULT = "bootstrap"  # intervals, the only ones of several laws
LAWS = (
    "chinchilla, tied, kaplan, talk, coupled, random-features, random-features-power, "
    "random-features-M, random-features-exact, ridgeless, saturating"
)

FILE = "a table with one run a row: .csv or .tsv, with a line of names; .npz; .json"
COLUMNS: Table = {
    "--N": {"metavar": "NAME", "help": "the column of the sizes of the models, their parameters"},
    "--T": {"metavar": "NAME", "help": "the column of the sizes of the data, the tokens"},
    "--loss": {"metavar": "NAME", "help": "the column of the losses"},
    "--groups": {
        "metavar": "NAME",
        "help": "the column that names the run, where rows are checkpoints of one (default: one "
        "called run or group, or else each row is a run)",
    },
}
OF_LAW: Table = {
    "--law": {
        "metavar": "LAW",
        "default": "chinchilla",
        "help": f"one of {LAWS} (default chinchilla); or module:object, a law of your own; "
        "several, joined by commas, or all, which is seven, are compared, and predict together",
    },
    "--hold": {
        "metavar": "NAME=X",
        "action": "append",
        "default": [],
        "help": "a parameter that is not fitted, and its value: E=0 leaves out the least loss; "
        "may be repeated",
    },
    "--loss-function": {
        "choices": COSTS,
        "default": "huber",
        "help": "what a residual of log L costs (default huber); tukey leaves outliers out; of "
        "several laws AICc and BIC are those of squares, whatever it is",
    },
    "--delta": {
        **NUMBER,
        "help": "width of huber or tukey (default: by the spread of the residuals)",
    },
}
OF_INTERVALS: Table = {
    "--intervals": {
        "choices": INTERVALS,
        "default": DEFAULT,
        "help": "percentiles of fits to resampled tables (default); or, of one law, by slopes, at "
        "once",
    },
    "--level": {**NUMBER, "default": 0.95, "help": "of the intervals (default 0.95)"},
    "--resamples": {**WHOLE, "default": 1000, "help": "of the bootstrap (default 1000)"},
    "--seed": {**WHOLE, "default": 1, "help": "of the resamples (default 1)"},
    "--holdout": {
        **NUMBER,
        "help": "with several laws: the part of the rows, with the largest N T, that is predicted "
        "from the others (default 0.3)",
    },
}
WANTED: Table = {
    "--predict": {
        "metavar": "N,T",
        "action": "append",
        "default": [],
        "help": "the loss at these sizes, such as 70e9,1.4e12; may be repeated",
    },
    "--allocate": {
        "metavar": "LIST",
        "action": "append",
        "default": [],
        "help": "the best N and T for these costs, such as 1e24, which are C = 6 N T",
    },
    "--cost-function": {
        "metavar": "NAME",
        "help": "module:function, another cost of arrays N and T",
    },
}


def add(parser: argparse.ArgumentParser) -> None:
    """The file, and options in groups."""
    parser.add_argument("file", metavar="FILE", help=FILE)
    parser.set_defaults(archive=True)
    columns = parser.add_argument_group("columns", "by default those with a usual name")
    draw_options.add(columns, COLUMNS)
    draw_options.add(parser.add_argument_group("law"), OF_LAW)
    draw_options.add(parser.add_argument_group("intervals"), OF_INTERVALS)
    draw_options.add(parser.add_argument_group("predictions"), WANTED)
    output_options.add(parser.add_argument_group("output"), archive=True)


def laws(options: argparse.Namespace) -> list[Law]:
    """The laws that are asked for; ValueError for options that do not go with their number."""
    names = LAWS_DEFAULT if options.law == ALL else options.law.split(",")
    found = [_law(name.strip()) for name in names]
    if len(found) == 1 and options.holdout is not None:
        raise ValueError("--holdout needs several laws, such as --law all")
    if len(found) > 1 and options.intervals != DEFAULT:
        raise ValueError(f"--intervals {options.intervals} is for one law, got {len(found)}")
    return found


def _law(text: str) -> Law:
    """The law of a name, with hyphens or spaces, or the object of module:object."""
    if ":" in text:
        found = user_objects.loaded("--law", text)
        if not isinstance(found, Law):
            raise ValueError(f"--law {text} must be a Law, got {type(found).__name__}")
        return found
    known = {name.replace(" ", "-"): one for name, one in defined().items()}
    name = text.replace(" ", "-")
    if name in known:
        return known[name]
    names = [*known, ALL]
    hint = wording.did_you_mean(name, names)
    raise ValueError(f"--law must be of {', '.join(names)}, or module:object, got {text!r}{hint}")


def hold(texts: list[str]) -> dict[str, float]:
    """Parameters and their values, of NAME=X."""
    found: dict[str, float] = {}
    for text in ",".join(texts).split(",") if texts else []:
        match = re.fullmatch(r"\s*(\w+)\s*=\s*(\S+)\s*", text)
        value = _number(match[2]) if match else None
        if match is None or value is None or not np.isfinite(value):
            raise ValueError(f"--hold must be NAME=X, a parameter and a number, got {text!r}")
        if match[1] in found:
            raise ValueError(f"--hold names {match[1]} more than once")
        found[match[1]] = value
    return found


def sizes(texts: list[str]) -> tuple[Floats, Floats] | None:
    """The N and T at which losses are asked for."""
    if not texts:
        return None
    pairs = np.array([_pair(text) for text in texts])
    return pairs[:, 0], pairs[:, 1]


def costs(texts: list[str]) -> Floats | None:
    """The costs that are to be spent."""
    if not texts:
        return None
    found = number_lists.numbers("allocate", ",".join(texts))
    if not np.all((found > 0) & np.isfinite(found)):
        raise ValueError(f"--allocate must hold finite costs > 0, got {','.join(texts)!r}")
    return found


def cost_function(options: argparse.Namespace) -> Any:
    """The function that is module:function, or None for 6 N T."""
    if options.cost_function is None:
        return None
    if not options.allocate:
        raise ValueError("--cost-function needs --allocate")
    return user_objects.loaded("--cost-function", options.cost_function)


def _pair(text: str) -> tuple[float, float]:
    values = [_number(part) for part in text.split(",")]
    good = [value for value in values if value is not None and 0 < value < np.inf]
    if len(values) != 2 or len(good) != 2:
        raise ValueError(
            f"--predict must be N,T, two finite sizes > 0 such as 70e9,1.4e12, got {text!r}"
        )
    return good[0], good[1]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
