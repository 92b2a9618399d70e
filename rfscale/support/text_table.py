"""Columns as an aligned table of text, for a person to read.

Whole numbers are whole, losses have five digits, and what is an error three.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

DIGITS = 5
DIGITS_OF_ERRORS = 3
ERRORS = {"stderr", "error", "gap", "z", "std"}  # parts of the names of columns
SMALLEST_PLAIN = 1e-3  # numbers below have an exponent
LARGEST_WHOLE = 1e15  # and whole ones beyond
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
    size = max((np.size(column) for column in columns.values()), default=0)
    cut = rows is not None and size > rows
    shown = {name: cells(name, column, rows if cut else None) for name, column in columns.items()}
    lines = _aligned(shown)
    if cut:
        lines.append(f"{size} rows")
    return "".join(f"{line}\n" for line in lines)


def cells(name: str, column: Any, rows: int | None = None) -> list[str]:
    """The text of each entry of a column, with dots in the place of what is left out."""
    flat = np.asarray(column).ravel()
    if rows is None or flat.size <= rows:
        return _texts(name, flat.tolist())
    head = flat[: (rows + 1) // 2].tolist()
    texts = _texts(name, head + flat[flat.size - rows // 2 :].tolist())
    return [*texts[: len(head)], DOTS, *texts[len(head) :]]


def short(value: float, digits: int = DIGITS) -> str:
    """A number with few digits, without an exponent from 0.0001 to a million."""
    if value.is_integer() and abs(value) < LARGEST_WHOLE:
        return str(int(value))
    return f"{float(f'{value:.{digits}g}'):.{max(digits, 6)}g}"


def _texts(name: str, values: list[Any]) -> list[str]:
    """All numbers of a column in the same way: with an exponent where some need it."""
    digits = DIGITS_OF_ERRORS if ERRORS & set(re.split("[_/]", name)) else DIGITS
    fractions = [abs(v) for v in values if isinstance(v, float) and v % 1 and math.isfinite(v)]
    typed = all(float(f"{v:.3g}") == v for v in fractions)  # such as a ridge of 1e-5
    if typed or min(fractions) >= SMALLEST_PLAIN:
        return [_text(value, lambda v: short(v, digits)) for value in values]
    return [
        _text(value, lambda v: f"{v:.{digits - 1}e}" if v % 1 else short(v)) for value in values
    ]


def _text(value: Any, number: Callable[[float], str]) -> str:
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else str(value)
    return str(value)


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
