"""Public names of earlier versions: they work for one version more, with a DeprecationWarning."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

Isotropic = TypeVar("Isotropic")
NAMES = {"Mean": "LossStatistics"}  # of the package, old and new


def warn(old: str, new: str, stacklevel: int = 3) -> None:
    """Say that a name goes in the next version, and what to use."""
    text = f"{old} is deprecated and goes in rfscale 0.2: use {new}"
    warnings.warn(text, DeprecationWarning, stacklevel=stacklevel)


def renamed(new: str, old: str) -> Any:
    """A property that reads another attribute, which may be a dotted path."""

    def read(self: Any) -> Any:
        warn(f"{type(self).__name__}.{old}", f"{type(self).__name__}.{new}")
        value = self
        for name in new.split("."):
            value = getattr(value, name)
        return value

    return property(read, doc=f"Deprecated: use `{new}`.")


def isotropic(teacher: Isotropic, sigma_w: float) -> Isotropic:
    """An isotropic teacher that sets sigma_w of its model."""
    warn("the sigma_w of Teacher.isotropic", "sigma_w of ScalingModel", stacklevel=4)
    object.__setattr__(teacher, "_sigma_w", sigma_w)
    return teacher


def sigma_w(teacher: object, given: float) -> float:
    """sigma_w of a model with this teacher."""
    own: float | None = getattr(teacher, "_sigma_w", None)
    if own is None:
        return given
    if given not in (1.0, own):
        raise ValueError(f"sigma_w must be given once, got {given:g} beside Teacher.isotropic")
    return own
