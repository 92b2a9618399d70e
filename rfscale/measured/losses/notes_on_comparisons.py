"""Notes on comparisons of laws: that none is the law, and that E is a property of each."""

from __future__ import annotations

from collections.abc import Sequence

from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.note import Note

TOO_FEW = Note(
    "held-out-rows",
    "some laws have no error of extrapolation: too few rows, groups or sizes are left without the "
    "held-out ones, or none of those has a weight",
)
OF_TABLE = (  # codes of notes that are on rows, sizes and units, not on a law
    "perplexities",
    "scaled-sizes",
    "embeddings",
    "one-line",
    "correlated",
    "few-groups",
    "same-rows",
    "outliers",
)
APART = 1.02  # between the least losses E of laws, which then differ


def notes_of_comparison(fits: Sequence[LossFit], *, was_held_out: bool) -> tuple[Note, ...]:
    """All notes on laws that were fitted to one table."""
    few = [] if was_held_out else [TOO_FEW]
    return (*_of_table(fits), *_no_law(fits), *_floors(fits), *few)


def _of_table(fits: Sequence[LossFit]) -> list[Note]:
    """What the fits say of the table, each once: as the law with the least objective says it."""
    by_code: dict[str, Note] = {}
    for fit in sorted(fits, key=lambda one: one.objective):
        for note in fit.notes:
            if note.code in OF_TABLE:
                by_code.setdefault(note.code, note)
    return list(by_code.values())


def _no_law(fits: Sequence[LossFit]) -> list[Note]:
    if len(fits) < 2:
        return []
    return [
        Note(
            "no-law-is-the-law",
            "which fits best need not predict larger runs best: predict by all together; beyond "
            "the data one law's bands of 95 percent held 66 percent of runs, pooled ones 96 to 100",
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
