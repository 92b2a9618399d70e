"""A training as it is typed: "descent:steps=1:1000:10log,step_size=0.1", or module:object."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from rfscale.cli import number_lists, user_objects, wording
from rfscale.model.training import (
    SGD,
    Filter,
    GradientDescent,
    GradientFlow,
    HeavyBall,
    IteratedRidge,
    PrincipalComponents,
    Ridge,
    Training,
)

KINDS: dict[str, type[Training]] = {
    "ridge": Ridge,
    "flow": GradientFlow,
    "descent": GradientDescent,
    "heavy-ball": HeavyBall,
    "iterated-ridge": IteratedRidge,
    "pcr": PrincipalComponents,
    "sgd": SGD,
}
TYPED = {  # of each kind, as an example
    "ridge": "ridge=1e-3",
    "flow": "time=1:1e6:50log",
    "descent": "steps=100,step_size=0.1",
    "heavy-ball": "steps=100,step_size=0.1,momentum=0.9",
    "iterated-ridge": "ridge=0.1,times=3",
    "pcr": "cutoff=0.01",
    "sgd": "steps=100,batch=1,step_size=0.1",
}
EITHER = {"flow": ("time", "tau"), "sgd": ("step_size", "relative_step")}  # one of them is needed
WHOLE = ("steps", "batch", "times")
FIELDS = {field.name for kind in KINDS.values() for field in fields(kind)}  # type: ignore[arg-type]


def training_of(name: str, text: str) -> Training:
    """The training that a text stands for; `name` is that of the option, for errors.

    A list of numbers is a field with one axis.
    """
    before, _, _ = text.partition("=")
    kind, _, _ = before.rpartition(":") if "=" in text else (text, "", "")
    given = _fields(name, text, text[len(kind) :].removeprefix(":"))
    if ":" in kind and kind.split(":")[0] not in KINDS:
        return _own(name, kind, given)
    if kind not in KINDS:
        raise ValueError(f"{name} {_unknown(kind, text)}")
    return _made(name, kind, KINDS[kind], given)


def _unknown(kind: str, text: str) -> str:
    """Which kinds there are, or how the one that was meant is typed."""
    bare = kind.split(":")[0]
    if bare in KINDS:
        return f"must be NAME:FIELD=LIST, such as {bare}:{TYPED[bare]}, got {text!r}"
    hint = wording.did_you_mean(bare, KINDS)
    return f"must be one of {', '.join(KINDS)}, or module:object, got {text!r}{hint}"


def _fields(name: str, text: str, typed: str) -> dict[str, str]:
    """The texts of the fields, by name; a comma separates fields, and numbers of a list."""
    given: dict[str, str] = {}
    last = ""
    for item in typed.split(",") if typed else []:
        field, equals, value = item.partition("=")
        if equals:
            last = field.strip()
            if last in given:
                raise ValueError(f"{name} must hold {last} once, got {text!r}")
            given[last] = value
        else:
            given[last] += f",{item}"  # the first item has an equals sign
    return given


def _made(name: str, kind: str, made: type[Training], given: Mapping[str, str]) -> Training:
    """A training of this class with these fields."""
    known = {field.name: field for field in fields(made)}  # type: ignore[arg-type]
    for field in given:
        if field not in known:
            hint = wording.did_you_mean(field, known, f"; it has {', '.join(known)}")
            raise ValueError(f"{name} {kind} has no field {field}{hint}")
    needed = [f.name for f in known.values() if f.default is MISSING and f.name not in given]
    if kind in EITHER and not given.keys() & set(EITHER[kind]):
        needed.append(" or ".join(EITHER[kind]))
    if needed:
        such = f", such as {kind}:{TYPED[kind]}" if kind in TYPED else ""
        raise ValueError(f"{name} {kind} needs {' and '.join(needed)}{such}")
    try:
        return made(**{field: _numbers(field, value) for field, value in given.items()})
    except ValueError as error:
        raise ValueError(f"{name} {kind}: {error}") from error


def _numbers(field: str, text: str) -> Any:
    """The number or numbers of a field."""
    if field in WHOLE:
        values = number_lists.sizes(field, text, whole=True)
    else:
        values = number_lists.numbers(field, text)
    if values.size > 1:
        return values
    value = float(values[0])
    return int(value) if text.strip().isdecimal() else value


def _own(name: str, text: str, given: Mapping[str, str]) -> Training:
    """A user's: a class with these fields, a training, a filter h(s), or what makes one of them."""
    found = user_objects.loaded(name, text)
    if isinstance(found, type) and issubclass(found, Training) and is_dataclass(found):
        return _made(name, text, found, given)
    if given:
        raise ValueError(
            f"{name} {text} is no class of trainings, with fields such as {next(iter(given))}"
        )
    if callable(found) and not isinstance(found, Training) and not _takes_eigenvalues(found):
        found = user_objects.called(name, text, found)
    if isinstance(found, Training):
        return found
    with wording.renaming(function=f"{name} {text}"):
        return Filter(found)


def _takes_eigenvalues(function: Any) -> bool:
    """Whether it needs one argument, as h(s) does."""
    try:
        inspect.signature(function).bind()
    except TypeError:
        return True
    except ValueError:  # of C, which has no signature
        return True
    return False
