"""Where the parameters of two sweeps differ: "model 0: spectrum.alpha = 1.0 there, 1.1 here"."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

LONGEST = 60  # characters of a value that is shown whole
MOST = 3  # differences that are told


def told(differences: list[str]) -> str:
    """The first differences, and how many more there are."""
    more = len(differences) - MOST
    return "; ".join(differences[:MOST]) + (f"; and {more} more" if more > 0 else "")


def of_models(there: list[Any], here: list[Any]) -> list[str]:
    """Of two lists of labels and packed models."""
    labels = [label for label, _ in there]
    others = [label for label, _ in here]
    if labels != others:
        return difference("models", labels, others)
    pairs = zip(there, here, strict=True)
    return [
        f"model {label}: {said}"
        for (label, one), (_, other) in pairs
        for said in difference("", one, other)
    ]


def difference(place: str, there: Any, here: Any) -> list[str]:
    """Of two values, as JSON or as `rfscale.support.stored.pack` makes it of them."""
    if there == here:
        return []
    if _both(there, here, "fields"):
        if _class(there) != _class(here):
            return [f"{place or 'the model'} is {_class(there)} there, {_class(here)} here"]
        return _of_parts(place, there["fields"], here["fields"])
    if _both(there, here, "items") and len(there["items"]) == len(here["items"]):
        items = (dict(enumerate(packed["items"])) for packed in (there, here))
        return _of_parts(place, *items)
    one = _plain(there)
    other = _plain(here)
    if one == other:  # equal numbers of different types
        return [f"{place} has dtype {_dtype(there)} there, {_dtype(here)} here"]
    return _of_values(place, one, other)


def _of_parts(place: str, there: dict[Any, Any], here: dict[Any, Any]) -> list[str]:
    """Of the parts, with their names, that two values have."""
    prefix = f"{place}." if place else ""
    names = list(there | here)
    found = [difference(f"{prefix}{name}", there.get(name), here.get(name)) for name in names]
    return list(chain.from_iterable(found))


def _of_values(place: str, there: Any, here: Any) -> list[str]:
    """Two lists that are too long to be shown differ in their lengths or first at one place."""
    texts = [value if isinstance(value, _Name) else json.dumps(value) for value in (there, here)]
    if max(map(len, texts)) > LONGEST and isinstance(there, list) and isinstance(here, list):
        if len(there) != len(here):
            return [f"{place} has {len(there)} items there, {len(here)} here"]
        at = next(i for i, (one, other) in enumerate(zip(there, here, strict=True)) if one != other)
        return difference(f"{place}[{at}]", there[at], here[at])[:1]
    one, other = (text if len(text) <= LONGEST else text[: LONGEST - 3] + "..." for text in texts)
    return [f"{place} = {one} there, {other} here"]


class _Name(str):
    """The name of a class, or of a number, which is shown without quotation marks."""


def _plain(value: Any) -> Any:
    """A packed value without its packing; an object's class stands for it."""
    if not isinstance(value, dict):
        return value
    if "fields" in value:
        return _Name(_class(value))
    if "items" in value:
        return [_plain(item) for item in value["items"]]
    if "float" in value:
        return _Name(value["float"])
    return value["list"] if "list" in value else value["value"]


def _both(there: Any, here: Any, key: str) -> bool:
    return all(isinstance(value, dict) and key in value for value in (there, here))


def _dtype(packed: Any) -> str:
    return str(packed.get("dtype", "none")) if isinstance(packed, dict) else "none"


def _class(packed: dict[str, Any]) -> str:
    module = packed.get("module")
    return packed["kind"] if module is None else f"{module}.{packed['kind']}"
