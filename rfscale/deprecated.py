"""Old public names, which keep working for one version and warn.

A renamed class or function of the package is a line of `NAMES`, a renamed attribute of a class a
`renamed(...)` in its body, anything else a call of `warn`. All name the version in which the old
name goes.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib import import_module
from operator import attrgetter
from typing import Any

# old name in rfscale: new name there, and the version in which the old one goes
NAMES: dict[str, tuple[str, str]] = {"Mean": ("LossStatistics", "0.2.0")}


def warn(old: str, new: str, gone_in: str, *, level: int = 3) -> None:
    """Warn that `new` replaces `old`.

    Call it directly from the function, property or `__getattr__` that is deprecated: the warning
    shows the line that called that, or one that is `level` - 3 calls further up.
    """
    message = f"{old} is deprecated and goes in rfscale {gone_in}; use {new}"
    warnings.warn(message, DeprecationWarning, stacklevel=level)


def old_name(module: str, name: str, names: Mapping[str, tuple[str, str]] = NAMES) -> Any:
    """A member of a module by its old name; to be called from the module's `__getattr__`.

    Parameters
    ----------
    module : str
        Its `__name__`.
    name : str
        The name that it lacks.
    names : mapping
        Old name to new name and the version in which the old one goes.

    Raises
    ------
    AttributeError
        If it is no old name either.
    """
    if name not in names:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    new, gone_in = names[name]
    warn(f"{module}.{name}", f"{module}.{new}", gone_in, level=4)
    return getattr(import_module(module), new)


class renamed:
    """An attribute or a method of a class under its old name.

    Parameters
    ----------
    new : str
        The new name; with dots where it is an attribute of an attribute.
    gone_in : str
        The version in which the old name goes.

    Examples
    --------
    >>> class Square:
    ...     area = 4.0
    ...     surface = renamed("area", gone_in="0.2.0")
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     Square().surface
    4.0
    >>> print(caught[0].message)
    Square.surface is deprecated and goes in rfscale 0.2.0; use Square.area
    """

    def __init__(self, new: str, *, gone_in: str) -> None:
        self.new = new
        self.gone_in = gone_in

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner.__name__
        self.old = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        warn(f"{self.owner}.{self.old}", f"{self.owner}.{self.new}", self.gone_in)
        return attrgetter(self.new)(instance)


def sigma_w(teacher: object, given: float) -> float:
    """sigma_w of a model whose teacher may have been made by `Teacher.isotropic(sigma_w)`."""
    own: float | None = getattr(teacher, "_sigma_w", None)
    if own is None:
        return given
    if given not in (1.0, own):
        raise ValueError(f"sigma_w must be given once, got {given:g} beside Teacher.isotropic")
    return own
