"""A user's own spectra, teachers and laws: eigenvalues in a file, or module:object of Python."""

from __future__ import annotations

import importlib
import os
import re
import sys
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from rfscale.cli import eigenvalue_files, wording
from rfscale.model.spectra import Eigenvalues, Spectrum
from rfscale.model.teachers import Teacher

Kind = TypeVar("Kind")


def spectrum(name: str, text: str, M: int | None = None, rcond: float | None = None) -> Spectrum:
    """The spectrum of a file, or of module:object; `name` is that of the option, for errors.

    M and rcond are those of `Eigenvalues`, for a file.
    """
    read = eigenvalue_files.READERS.get(Path(text).suffix.lower())
    if read is not None:
        values = read(text)
        try:
            with wording.renaming(array="its numbers"):
                return Eigenvalues(values, M, rcond)
        except ValueError as error:
            raise ValueError(f"{name} {text}: {error}") from None
    if M is not None or rcond is not None:
        raise ValueError(f"{name} {text} has its own M: M and rcond are for files of eigenvalues")
    if ":" not in text:
        raise ValueError(f"{name} must be a .npy or .csv file, or module:object, got {text!r}")
    found = _loaded(name, text, Spectrum)  # type: ignore[type-abstract]
    if found.shape:
        raise ValueError(f"{name} {text} must be one spectrum, got an array of {found.shape}")
    return found


def teacher(name: str, text: str) -> Teacher:
    """The teacher that is module:object."""
    return _loaded(name, text, Teacher)  # type: ignore[type-abstract]


def latents(name: str, text: str) -> Any:
    """The law that has this name, or the function that is module:function."""
    return _loaded(name, text, object) if ":" in text else text


def import_module(name: str, module: str) -> ModuleType:
    """Import a module that is installed or in the current folder."""
    folder = os.getcwd()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    _check_module_name(name, module)
    try:
        return importlib.import_module(module)
    except Exception as error:  # a user's module may fail in any way
        if isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}."):
            reason = f"there is no module {error.name}, installed or in {folder}"
        else:
            reason = f"importing it failed, {type(error).__name__}: {error}"
        raise ValueError(f"{name} {module}: {reason}") from error


def _check_module_name(name: str, module: str, rest: str = "") -> None:
    """Raise ValueError if it is rather that of a file; `rest` is what follows it, for the error."""
    if not (re.search(r"[/\\]|^\.|\.\.", module) or module.endswith(".py")):
        return
    folder = Path.cwd().resolve()
    file = Path(f"{module.removesuffix('.py')}.py").resolve()
    hint = ""
    if file.is_file() and file.is_relative_to(folder):
        hint = f": {'.'.join(file.relative_to(folder).with_suffix('').parts)}{rest}"
    said = "a module is named with dots, without a path and .py"
    raise ValueError(f"{name} {module}{rest}: {said}{hint}")


def loaded(name: str, text: str) -> object:
    """The object that is module:object."""
    module, _, attribute = text.partition(":")
    if not module or not attribute:
        raise ValueError(f"{name} must be module:object, got {text!r}")
    _check_module_name(name, module, f":{attribute}")
    try:
        return attrgetter(attribute)(import_module(name, module))
    except AttributeError:
        raise ValueError(f"{name} {text}: module {module} has no {attribute}") from None


def _loaded(name: str, text: str, kind: type[Kind]) -> Kind:
    """The object, or what it gives when called without arguments, which must be of this kind."""
    found = loaded(name, text)
    if isinstance(found, kind):
        return found
    made = called(name, text, found) if callable(found) else found
    if not isinstance(made, kind):
        raise ValueError(
            f"{name} {text} must be a {kind.__name__}, or a function or class without arguments "
            f"that gives one, got {type(made).__name__}"
        )
    return made


def called(name: str, text: str, function: object) -> object:
    """What a user's function or class gives without arguments."""
    assert callable(function)
    try:
        return function()
    except Exception as error:  # a user's function may fail in any way
        raise ValueError(
            f"{name} {text}: calling it without arguments failed, {type(error).__name__}: {error}"
        ) from error
