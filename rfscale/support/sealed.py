"""Classes that nobody derives from, as their formulas would go on to hold for something else."""

from __future__ import annotations

from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)


def sealed(cls: Class) -> Class:
    """Refuse subclasses of a class, and say which class to derive from.

    Raises
    ------
    TypeError
        When a subclass is defined.
    """
    base = next(b for b in cls.__mro__[1:] if b.__module__.startswith("rfscale."))

    place = "rfscale.neighbours" if ".neighbours." in base.__module__ else "rfscale"

    def refuse(subclass: type, /, **options: Any) -> None:
        raise TypeError(
            f"{subclass.__name__} cannot derive from {cls.__name__}, whose formulas would not "
            f"follow it: derive from {place}.{base.__name__}"
        )

    cls.__init_subclass__ = classmethod(refuse)  # type: ignore[assignment]
    return cls
