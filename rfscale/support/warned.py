"""Warnings that show the line outside of this package which they are about."""

from __future__ import annotations

import sys
import warnings

PACKAGE = __name__.split(".")[0]


def warn_caller(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn as of the line that called into the package, through however many of its functions."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_own(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
        level += 1
    warnings.warn(text, category, stacklevel=level + 1)


def _is_own(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")
