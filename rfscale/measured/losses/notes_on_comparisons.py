"""Notes on comparisons of laws: that none is the law, and that E is a property of each."""

from __future__ import annotations

from collections.abc import Sequence

from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.note import Note

TOO_FEW = Note(
    "held-out-rows",
    "some laws have no error of extrapolation: too few rows or sizes are left without the held-out "
    "ones, or none of those has a weight",
)
APART = 1.02  # between the least losses E of laws, which then differ


def notes_of_comparison(fits: Sequence[LossFit], *, was_held_out: bool) -> tuple[Note, ...]:
    """All notes on laws that were fitted to one table."""
    return (*_no_law(fits), *_floors(fits), *([] if was_held_out else [TOO_FEW]))


def _no_law(fits: Sequence[LossFit]) -> list[Note]:
    if len(fits) < 2:
        return []
    return [
        Note(
            "no-law-is-the-law",
            "which fits best need not predict larger runs best, so predict by all together: beyond "
            "the data one law's bands of 95 percent held 66 of new runs, pooled ones 96 to 100",
        )
    ]


def _floors(fits: Sequence[LossFit]) -> list[Note]:
    floors = {
        fit.law.name: float(fit[fit.law.floor].value)
        for fit in fits
        if fit.law.floor in fit.law.names
    }
    if not floors or max(floors.values()) <= APART * min(floors.values()):
        return []
    least = min(floors, key=floors.__getitem__)
    largest = max(floors, key=floors.__getitem__)
    return [
        Note(
            "floors-differ",
            f"E goes from {floors[least]:.3g} ({least}) to {floors[largest]:.3g} ({largest}): the "
            "least loss is a property of the law, not of the data",
        )
    ]
