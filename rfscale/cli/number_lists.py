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
_RANGE = re.compile(r"([^:]+):([^:]+):(\d+) *(log|lin)?", re.IGNORECASE)
_X = r"((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
MENDED = (  # items as they are mistyped, and what is said
    (rf"(0)(?::|\.\.+|-){_X}(?::(?:log|lin)?)?", r"and a range has a COUNT, such as \1:\2:20"),
    (
        rf"{_X}(?::+|\.\.+|-|–){_X}(?::(?:log|lin)?)?",
        r"and a range has a COUNT, such as \1:\2:20log",
    ),
    (rf"{_X}:{_X}:(\d+):?lin\w*", r"and the COUNT of a range is its end, such as \1:\2:\3"),
    (rf"{_X}:{_X}:(\d+):?l\w*", r"and log follows the COUNT of a range, such as \1:\2:\3log"),
    (rf"{_X}:{_X}:log(\d+)", r"and log follows the COUNT of a range, such as \1:\2:\3log"),
    (rf"{_X}:{_X}:{_X}", r"and the COUNT of a range a whole number, such as \1:\2:20log"),
    (r"([1-9]\d*):+", r"and a range has a STOP and a COUNT, such as \1:\g<1>00:20log"),
    (r"\s*", "without an empty place, such as 10,20"),
)


def numbers(name: str, text: str) -> Floats:
    """The numbers of a list, as given."""
    return np.concatenate([values for values, _ in _ranges(name, text)])


def sizes(name: str, text: str, *, whole: bool) -> Floats:
    """The sizes of a list, without repetitions.

    Ranges are rounded to integers; `whole` sizes have to be integers.
    """
    ranges = _ranges(name, text)
    found = np.concatenate([np.rint(values) if ranged else values for values, ranged in ranges])
    if whole and not np.all(np.isfinite(found) & (found == np.rint(found))):
        raise ValueError(f"{name} must hold whole numbers, got {text!r}")
    return found[np.sort(np.unique(found, return_index=True)[1])]


def _ranges(name: str, text: str) -> list[tuple[Floats, bool]]:
    try:
        return [_range(name, item) for item in text.split(",")]
    except _NoNumberError as error:
        bare = re.sub(rf"^\s*{name}\s*=", "", text).strip(" []{}()")
        whole = bare != text and all(map(_is_number, bare.split(",")))
        said = f"of numbers alone, such as {bare}" if whole else _mended(name, str(error), text)
        raise ValueError(f"{name} must be a LIST {said}, got {text!r}") from None


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
    if (match[4] or "lin").lower() == "lin":
        return np.linspace(start, stop, count), True
    if min(start, stop) <= 0:
        raise ValueError(
            f"{name} must be a range between positive ends on a logarithmic scale, got {item!r}"
        )
    return np.geomspace(start, stop, count), True


class _NoNumberError(Exception):
    """An item of a list is neither a number nor a range."""


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _NoNumberError(text) from None
    if np.isnan(value):
        raise ValueError(f"{name} must hold numbers, got {text!r}")
    return value


def _mended(name: str, item: str, text: str) -> str:
    """What a list looks like: the one that was meant, if it can be guessed."""
    bare = item.strip(" []{}()")
    for pattern, said in MENDED:
        match = re.fullmatch(pattern, re.sub(r"\s*([:-])\s*", r"\1", bare), re.IGNORECASE)
        if match is not None:
            return match.expand(said)
    parts = re.split(r"[;\s]+", bare)
    if all(map(_is_number, parts)):
        return f"joined by commas, such as {','.join(parts)}"
    if name == "ridge" and "optimal" in text.split(","):
        return "of numbers, or the word optimal alone"
    or_optimal = ', or "optimal" alone' if name == "ridge" else ""
    return f"such as 10,20 or 10:1000:20log{or_optimal}"


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
