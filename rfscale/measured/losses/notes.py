"""`Note`: what a reader of a fit has to know, with a code by which programs tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rfscale.support.stored import Stored

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit


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


def notes_of(fit: LossFit) -> tuple[Note, ...]:
    """All notes on a fit."""
    return ()
