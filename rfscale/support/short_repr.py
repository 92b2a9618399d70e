"""How objects of the package show themselves: their class and the few numbers that matter."""

from __future__ import annotations

import reprlib
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

import numpy as np

from rfscale.support.html_table import plain, symbol
from rfscale.support.text_table import short

LONGEST = 200  # characters
LONGEST_PART = 80
FEW = 6  # numbers that are shown one by one


class Shown:
    """A dataclass whose repr is short, also where a subclass is decorated as a dataclass again."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.__repr__ = cls.__repr__  # type: ignore[method-assign]  # in its own dictionary

    def _repr_html_(self) -> str:
        """The fields as a table, which notebooks typeset."""
        return fields_table(self) if is_dataclass(self) else plain(repr(self))

    def __repr__(self) -> str:
        try:
            return cut(f"{type(self).__name__}({', '.join(_arguments(self))})", LONGEST)
        except Exception:  # half made, or of a class that fails: nothing may keep it from showing
            return f"<{type(self).__name__}>"


def fields_table(thing: Any) -> str:
    """A class and its fields as a table in HTML, with the symbols of the fields."""
    values = {field.name: getattr(thing, field.name) for field in fields(thing)}
    rows = [
        f"<tr><td>{symbol(name)}</td><td>{plain(part(v))}</td></tr>" for name, v in values.items()
    ]
    return "\n".join([f"<p>{plain(repr(thing))}</p><table><tbody>", *rows, "</tbody></table>"])


def part(value: Any) -> str:
    """A value within a repr: numbers in full, of arrays the ends."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return _array(value)
    return cut(repr(value) if isinstance(value, Shown) else _repr(value), LONGEST_PART)


def extent(values: Any) -> str:
    """The least and the largest of some numbers."""
    flat = np.asarray(values, dtype=np.float64)
    least = short(float(flat.min()), 3)
    most = short(float(flat.max()), 3)
    return least if least == most else f"{least} to {most}"


def cut(text: str, longest: int) -> str:
    """A text without its end if it is too long."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _arguments(thing: Any) -> list[str]:
    """The fields that are not at their defaults."""
    if not is_dataclass(thing):
        return []
    values = [(field, getattr(thing, field.name)) for field in fields(thing) if field.repr]
    return [f"{field.name}={part(value)}" for field, value in values if not _same(field, value)]


def _repr(value: Any) -> str:
    """As of any object, but for what has its address there, which changes from run to run."""
    if callable(value) and hasattr(value, "__qualname__"):
        return str(value.__qualname__)
    shows: Any = type(value).__repr__
    if shows is object.__repr__:
        return f"<{type(value).__name__}>"
    return _plain.repr(value)


def _same(field: Field[Any], value: Any) -> bool:
    default = field.default
    return default is not MISSING and type(default) is type(value) and bool(default == value)


def _array(array: Any) -> str:
    if array.size == 0:  # of whatever shape
        return "[]"
    if array.size <= FEW:
        return _plain.repr(array.tolist())
    size = " x ".join(map(str, array.shape))
    numbers = f": {extent(array)}" if array.dtype.kind in "iuf" else ""
    return f"<{size} values{numbers}>"


_plain = reprlib.Repr()
_plain.maxstring = LONGEST_PART
_plain.maxother = LONGEST_PART
_plain.maxlist = FEW
_plain.maxtuple = FEW
