"""Values in error messages: their type, and their beginning, however long or strange they are.

>>> print(described("5"))
a str: '5'
>>> print(described([[1], [2, 3]]))
a ragged list: [[1], [2, 3]]
"""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

LONGEST = 60  # characters of a value
DEEPEST = 64  # dimensions of an array

_repr = reprlib.Repr()
_repr.maxstring = LONGEST
_repr.maxother = LONGEST
_repr.maxlist = 4
_repr.maxtuple = 4


def shortened(value: object) -> str:
    """What `repr` shows of a value, in one line of at most 60 characters."""
    try:
        text = _repr.repr(value)
    except Exception:  # a __repr__ may fail in any way
        text = f"<{type(value).__name__}>"
    return cut(text)


def cut(text: str, longest: int = LONGEST) -> str:
    """A text in one line, without its middle if it is longer than that."""
    line = " ".join(text.split())
    half = (longest - 3) // 2
    return line if len(line) <= longest else f"{line[:half]}...{line[-half:]}"


def described(value: object) -> str:
    """The type of a value and its beginning; numbers, True and None say themselves what they are.

    A list that does not make an array of numbers says why.
    """
    if isinstance(value, type):
        return f"the class {cut(value.__name__)}"
    if value is None or isinstance(value, bool | np.bool_) or is_real(value):
        return shortened(value)
    if holds_masked(value):
        kind = "masked array" if isinstance(value, np.ndarray) else "list with masked values"
        return f"a {kind} (the mask would be lost: give plain numbers)"
    if isinstance(value, np.ndarray):
        return f"an array of {cut(str(value.dtype))} and shape {value.shape}"
    if isinstance(value, list | tuple):
        return _described_list(value)
    return f"{with_article(type(value).__name__)}: {shortened(value)}"


def is_real(value: object) -> bool:
    """Whether a value is one of the real numbers that numpy has types for."""
    real = isinstance(value, int | float | np.integer | np.floating)
    return real and not isinstance(value, bool)


def holds_masked(value: object, depth: int = DEEPEST) -> bool:
    """Whether a value is a masked array, or a list or tuple that holds one."""
    if not isinstance(value, list | tuple) or depth == 0:
        return isinstance(value, np.ma.MaskedArray)
    kinds = set(map(type, value))  # a long list of numbers in one go
    if not any(issubclass(kind, list | tuple | np.ma.MaskedArray) for kind in kinds):
        return False
    return any(holds_masked(item, depth - 1) for item in value)


def _described_list(value: list[Any] | tuple[Any, ...]) -> str:
    kind = type(value).__name__
    try:
        np.asarray(value)
        items = np.asarray(value, dtype=object).flat
    except ValueError:  # as numpy says that it has no shape
        return f"a ragged {cut(kind)}: {shortened(value)}"
    for item in items:
        if not is_real(item):
            return f"{with_article(kind)} with {described(item)}"
    return f"{with_article(kind)}: {shortened(value)}"


def with_article(noun: str) -> str:
    """A noun with "a" or "an"."""
    return f"{'an' if noun[:1] in 'AEIOUaeiou' else 'a'} {cut(noun)}"
