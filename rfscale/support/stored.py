"""Frozen dataclasses that can be compared, pickled, and stored as JSON by the name of their class.

Every class that a file may hold derives from `Stored` and is registered when it is defined, a
user's own too. `pack` turns an object into JSON, `unpack` makes it again. Arrays go beside the JSON
where there is a dictionary for them, as in a numpy archive, or into it.
"""

from __future__ import annotations

import copyreg
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from rfscale.support.described import described
from rfscale.support.old_formats import modern
from rfscale.support.short_repr import Shown

PACKAGE = "rfscale"
PLAIN = (str, bool, int, float, type(None))
READ_ONLY = "_read_only"  # of a pickled object: the names of its read-only arrays
SAME = 1e-9  # relative: processors and libraries differ in the last digits

_kinds: dict[tuple[str, str], type[Stored]] = {}  # by module and name; the package is one module


class UndefinedClassError(ValueError):
    """A file holds an object of a class that is not defined."""


class Stored(Shown):
    """A frozen dataclass of numbers, strings, arrays, tuples, and other objects of this kind."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _kinds[_module(cls), cls.__name__] = cls

    def stored_fields(self) -> dict[str, Any]:
        """The fields, by name, from which the object can be made again."""
        if not is_dataclass(self):
            raise ValueError(f"{type(self).__name__} must be a dataclass to be stored")
        return {field.name: getattr(self, field.name) for field in fields(self) if field.init}

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Self:
        """The object with these `stored_fields`."""
        return cls(**stored)

    def compared(self) -> list[Any]:
        """The values in which equal objects agree."""
        return list(self.stored_fields().values())

    def given(self) -> list[float]:
        """Numbers that tell whether the fields made the same object again, of a user's class."""
        return []

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what the object was made from; of a user's class all attributes, but no cache."""
        if _module(type(self)) == PACKAGE:
            return _remade, (type(self), self.stored_fields())
        return copyreg.__newobj__, (type(self),), self.__getstate__()  # type: ignore[attr-defined]

    def __getstate__(self) -> Any:
        """All attributes but those that are computed from the others."""
        state = object.__getstate__(self)
        if not isinstance(state, dict):
            return state
        kept = {name: value for name, value in state.items() if not _cached(type(self), name)}
        arrays = {name: value for name, value in kept.items() if isinstance(value, np.ndarray)}
        return kept | {READ_ONLY: [name for name in arrays if not arrays[name].flags.writeable]}

    def __setstate__(self, state: Any) -> None:
        """Set the attributes; a pickle does not say which arrays were read-only."""
        own, slots = state if isinstance(state, tuple) else (state, {})
        attributes = {**(own or {}), **slots}
        for name in attributes.pop(READ_ONLY, []):
            attributes[name].flags.writeable = False
        for name, value in attributes.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return same(self, other)

    def __hash__(self) -> int:
        if not is_dataclass(self):
            return object.__hash__(self)
        return hash(_hashable(self))


def same(one: object, other: object) -> bool:
    """Whether two values are equal, arrays and the fields of `Stored` objects one by one."""
    if one is other:
        return True
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return bool(np.array_equal(np.asarray(one), np.asarray(other)))
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if not isinstance(one, Stored):
        return bool(one == other)
    if type(one) is not type(other) or not is_dataclass(one):
        return False
    return same(one.compared(), other.compared())


def pack(value: Any, arrays: dict[str, Any] | None = None, name: str = "") -> Any:
    """A value as JSON.

    Parameters
    ----------
    value
        A `Stored` object, an array, a number, a string, None, or a tuple or list of these.
    arrays : dict, optional
        Takes the arrays under their dotted names; without it they are in the JSON.
    name : str
        Of the value.

    Raises
    ------
    ValueError
        If something in it is of another type.
    """
    if isinstance(value, Stored):
        prefix = f"{name}." if name else ""
        stored = value.stored_fields()
        packed = {field: pack(part, arrays, prefix + field) for field, part in stored.items()}
        return _kind(type(value)) | {"fields": packed} | _given(value, stored)
    is_array = isinstance(value, np.ndarray | np.generic) and value.dtype.kind != "O"
    if is_array and not np.ma.isMaskedArray(value):
        return _packed_array(np.asarray(value), arrays, name)
    if isinstance(value, tuple | list):
        return {"items": [pack(item, arrays, f"{name}.{i}") for i, item in enumerate(value)]}
    if not isinstance(value, PLAIN):
        raise ValueError(
            f"{name or 'the value'} must be a number, a string, an array or a dataclass of these "
            f"to be stored, got {described(value)}"
        )
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}  # JSON has no infinity
    return {"value": value}


def unpack(packed: Any, arrays: Mapping[str, Any] | None = None) -> Any:
    """The object that was packed.

    Raises
    ------
    UndefinedClassError
        If it holds an object of a class that is not defined.
    """
    if not isinstance(packed, dict):
        return packed
    if "array" in packed:
        return (arrays or {})[packed["array"]][()]
    if "list" in packed:
        return np.array(packed["list"], dtype=packed["dtype"])[()]
    if "float" in packed:
        return float(packed["float"])
    if "value" in packed:
        return packed["value"]
    if "items" in packed:
        return tuple(unpack(item, arrays) for item in packed["items"])
    packed = modern(packed)
    stored = {name: unpack(part, arrays) for name, part in packed["fields"].items()}
    cls = _class(packed)
    if "given" not in packed:
        return cls.from_stored(stored)
    return _made_again(cls, stored, packed["given"])


def _given(value: Stored, stored: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a user's object; ValueError if its fields do not make it again."""
    if _module(type(value)) == PACKAGE:
        return {}
    given = value.given()
    _made_again(type(value), stored, given)
    return {"given": given}


def _made_again(cls: type[Stored], stored: dict[str, Any], given: list[float]) -> Stored:
    """The object with these fields; ValueError if it does not give the same numbers."""
    name = f"{cls.__module__}.{cls.__name__}"
    try:
        made = cls.from_stored(stored)
        found = made.given()
    except Exception as error:  # a user's class may fail in any way
        fields = ", ".join(stored)
        raise ValueError(f"{name} cannot be made from its fields {fields}: {error}") from error
    if len(found) != len(given) or not np.allclose(found, given, rtol=SAME, atol=0.0):
        raise ValueError(
            f"{name} gives other numbers than the object that was stored: its fields must say all "
            "that it depends on, and files that it reads must not change"
        )
    return made


def _cached(cls: type, name: str) -> bool:
    return isinstance(getattr(cls, name, None), cached_property)


def _packed_array(array: Any, arrays: dict[str, Any] | None, name: str) -> dict[str, Any]:
    if arrays is not None:
        arrays[name] = array
        return {"array": name}
    known = np.isfinite(array) if array.dtype.kind == "f" else np.True_  # to JSON
    plain = array if np.all(known) else np.where(known, array.astype(object), array.astype(str))
    return {"list": plain.tolist(), "dtype": array.dtype.str}


def _module(cls: type) -> str:
    module = cls.__module__
    return PACKAGE if module.split(".")[0] == PACKAGE else module


def _kind(cls: type) -> dict[str, Any]:
    """The name of a class, and its module if it is not of this package."""
    module = _module(cls)
    return {"kind": cls.__name__} | ({} if module == PACKAGE else {"module": module})


def _class(packed: dict[str, Any]) -> type[Stored]:
    """The class of a packed object; one that has moved is found by its name alone."""
    name = packed["kind"]
    module = packed.get("module", PACKAGE)
    if (module, name) in _kinds:
        return _kinds[module, name]
    elsewhere = [cls for (m, n), cls in _kinds.items() if n == name and m != PACKAGE]
    if module != PACKAGE and len(elsewhere) == 1:
        return elsewhere[0]
    where = "rfscale of another version" if module == PACKAGE else f"module {module}"
    raise UndefinedClassError(
        f"the class {name} of {where} is not defined here: import the module that defines it "
        "before loading"
    )


def _remade(cls: type[Stored], stored: dict[str, Any]) -> Stored:
    """The object that was pickled."""
    return cls.from_stored(stored)


def _hashable(value: Any) -> Any:
    if isinstance(value, Stored) and is_dataclass(value):
        return type(value), *map(_hashable, value.compared())
    if isinstance(value, np.ndarray):
        return value.astype(np.float64).tobytes() if value.dtype.kind in "iuf" else value.tobytes()
    return tuple(map(_hashable, value)) if isinstance(value, tuple | list) else value
