"""Lists of numbers as they are typed: "10,20,50", "10:1000:20log", "inf"."""

from __future__ import annotations

import re

import numpy as np

from rfscale.support.arguments import Floats

HELP = """\
A LIST is a number (100), several joined by commas (100,200,inf), or a range:
START:STOP:COUNT, evenly spaced (100:500:5), or START:STOP:COUNTlog, evenly on
a logarithmic scale (10:1000:20log). Ranges of sizes are rounded to whole
numbers (not for map).
"""
LONGEST = 1_000_000
_RANGE = re.compile(r"([^:]+):([^:]+):(\d+) *(log|lin)?")


def numbers(name: str, text: str) -> Floats:
    """The numbers of a list, as given."""
    return np.concatenate([_range(name, item)[0] for item in text.split(",")])


def sizes(name: str, text: str, *, whole: bool) -> Floats:
    """The sizes of a list, without repetitions.

    Ranges are rounded to integers; `whole` sizes have to be integers.
    """
    ranges = [_range(name, item) for item in text.split(",")]
    found = np.concatenate([np.rint(values) if ranged else values for values, ranged in ranges])
    if whole and not np.all(np.isfinite(found) & (found == np.rint(found))):
        raise ValueError(f"{name} must hold whole numbers, got {text!r}")
    return found[np.sort(np.unique(found, return_index=True)[1])]


def _range(name: str, item: str) -> tuple[Floats, bool]:
    """The numbers of one item, and whether it is a range."""
    match = _RANGE.fullmatch(item.strip())
    if match is None:
        return np.array([_number(name, item)]), False
    start = _number(name, match[1])
    stop = _number(name, match[2])
    count = int(match[3])
    if not 1 <= count <= LONGEST or not np.isfinite([start, stop]).all():
        raise ValueError(
            f"{name} must be a range with finite ends and a COUNT from 1 to {LONGEST}, got {item!r}"
        )
    if match[4] != "log":
        return np.linspace(start, stop, count), True
    if min(start, stop) <= 0:
        raise ValueError(
            f"{name} must be a range between positive ends on a logarithmic scale, got {item!r}"
        )
    return np.geomspace(start, stop, count), True


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} must be a LIST {_mended(name, text)}, got {text!r}") from None
    if np.isnan(value):
        raise ValueError(f"{name} must hold numbers, got {text!r}")
    return value


def _mended(name: str, text: str) -> str:
    """What a list looks like: the one that was meant, if it can be guessed."""
    ends = text.strip(" []()").split(":")
    if len(ends) == 2 and all(map(_is_number, ends)):
        return f"and a range has a COUNT, such as {ends[0]}:{ends[1]}:20log"
    if len(ends) == 3 and all(map(_is_number, ends[:2])) and not ends[2].strip("log "):
        return f"and a range has a COUNT, such as {ends[0]}:{ends[1]}:20log"
    if not text.strip():
        return "without an empty place, such as 10,20"
    if len(ends) == 3 and all(map(_is_number, ends)):
        return f"and the COUNT of a range a whole number, such as {ends[0]}:{ends[1]}:20log"
    if _is_number(text.strip(" []()")):
        return "without brackets, such as 10,20"
    parts = re.split(r"[;\s]+", text.strip(" []()"))
    if all(map(_is_number, parts)):
        return f"joined by commas, such as {','.join(parts)}"
    if text == "optimal" and name == "ridge":
        return "of numbers, or the word optimal alone"
    or_optimal = ', or "optimal" alone' if name == "ridge" else ""
    return f"such as 10,20 or 10:1000:20log{or_optimal}"


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
