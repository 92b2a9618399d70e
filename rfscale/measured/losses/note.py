"""`Note`: what a reader of a fit has to know, with a code by which programs tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

from rfscale.support.stored import Stored


@dataclass(frozen=True)
class Note(Stored):
    """A remark on a fit.

    Attributes
    ----------
    code : str
        One word or a few, joined by "-".
    message : str
        One sentence or two.
    """

    code: str
    message: str


def listed(items: list[str], shown: int = 8) -> str:
    """The first items, and how many more there are."""
    more = f" and {len(items) - shown} more" if len(items) > shown else ""
    return ", ".join(items[:shown]) + more
