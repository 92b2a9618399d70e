"""Columns as an aligned table of text, for a person to read.

Whole numbers are whole, losses have five digits, and what is an error three.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rfscale.support.described import cut

DIGITS = 5
DIGITS_OF_ERRORS = 3
ERRORS = {"stderr", "error", "gap", "z", "std"}  # parts of the names of columns
SMALLEST_PLAIN = 1e-3  # numbers below have an exponent
LARGEST_ROUND = 1e9  # and round ones beyond, such as 1e12,
LARGEST_WHOLE = 1e15  # and whole ones beyond
SIZES = ("N", "T", "M", "budget")
LONGEST_WORD = 40  # of a name that a user gave
LOSSES = frozenset({"test", "predicted", "simulated", "stderr", "planar"})  # alike
MISSING = "-"
DOTS = "..."


def text_table(columns: Mapping[str, Any], rows: int | None = None) -> str:
    """Columns of equal shape, one line a row below their names.

    Parameters
    ----------
    columns : mapping of str to array_like
        None stands for what is missing.
    rows : int, optional
        At most these, from the beginning and from the end.

    Examples
    --------
    >>> print(text_table({"N": [10.0, 200.0], "test": [0.123456789, 2e-7]}), end="")
       N        test
     10  1.2346e-01
    200  2.0000e-07
    """
    shown = cells(columns, rows)
    size = _size(columns)
    lines = _aligned(shown)
    if rows is not None and size > rows:
        lines.append(f"{size} rows")
    return "".join(f"{line}\n" for line in lines)


def cells(columns: Mapping[str, Any], rows: int | None = None) -> dict[str, list[str]]:
    """The text of each entry of each column, with dots in the place of rows that are left out."""
    most = _size(columns) if rows is None else rows
    values = {name: _ends(np.ravel(column), most) for name, column in columns.items()}
    small = any(_needs_exponent(values[name]) for name in LOSSES & values.keys())
    shown = {name: _texts(name, v, small and name in LOSSES) for name, v in values.items()}
    if _size(columns) <= most:
        return shown
    head = (most + 1) // 2
    return {name: [*texts[:head], DOTS, *texts[head:]] for name, texts in shown.items()}


def short(value: float, digits: int = DIGITS) -> str:
    """A number with few digits, without an exponent from 0.0001 to a million."""
    is_whole = value % 1 == 0 and abs(value) < LARGEST_WHOLE
    if is_whole and (abs(value) < LARGEST_ROUND or not _is_typed(value)):
        return str(int(value))
    return f"{float(f'{value:.{digits}g}'):.{max(digits, 6)}g}"


def _size(columns: Mapping[str, Any]) -> int:
    return max((np.size(column) for column in columns.values()), default=0)


def _ends(flat: Any, most: int) -> list[Any]:
    """At most so many values, from the beginning and from the end."""
    if flat.size <= most:
        return list(flat.tolist())
    return [*flat[: (most + 1) // 2].tolist(), *flat[flat.size - most // 2 :].tolist()]


def _texts(name: str, values: list[Any], exponent: bool) -> list[str]:
    """All numbers of a column in the same way, but for ridges that were typed, such as 1e-5."""
    digits = DIGITS_OF_ERRORS if ERRORS & set(re.split("[_/ ]", name)) else DIGITS
    exponent = exponent or _needs_exponent(values)

    def number(value: float) -> str:
        if isinstance(value, int) and name not in SIZES:
            return str(value)  # such as a seed, to be typed again
        plain = not exponent or value % 1 == 0 or ("ridge" in name and _is_typed(value))
        return short(value, digits) if plain else f"{value:.{digits - 1}e}"

    return [_text(value, number) for value in values]


def _needs_exponent(values: list[Any]) -> bool:
    fractions = [abs(v) for v in values if isinstance(v, float) and v % 1 and math.isfinite(v)]
    return not all(map(_is_typed, fractions)) and min(fractions) < SMALLEST_PLAIN


def _is_typed(value: float) -> bool:
    """Whether a number is one that people type."""
    return float(f"{value:.3g}") == value


def _text(value: Any, number: Callable[[float], str]) -> str:
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, float | int):
        return number(value)
    return cut(value, LONGEST_WORD) if isinstance(value, str) else str(value)


def _aligned(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Numbers to the right, words to the left; no blanks at the ends of lines."""
    blocks = []
    for name, entries in columns.items():
        width = max(map(len, [name, *entries]))
        side = "<" if any(map(_is_word, entries)) else ">"
        blocks.append([f"{entry:{side}{width}}" for entry in [name, *entries]])
    return ["  ".join(line).rstrip() for line in zip(*blocks, strict=True)]


def _is_word(text: str) -> bool:
    return text[:1].isalpha() and text not in ("inf", "nan")
