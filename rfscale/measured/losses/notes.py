"""All notes on a fit: what its table, its minimum and its rows say of how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rfscale.measured.losses.note import Note
from rfscale.measured.losses.notes_on_design import design
from rfscale.measured.losses.notes_on_embeddings import embeddings
from rfscale.measured.losses.notes_on_parameters import (
    at_bounds,
    beyond_floats,
    exponents,
    floor_or_M,
    hardly_apart,
    no_floor,
    not_converged,
)
from rfscale.measured.losses.notes_on_rows import outliers, ruling_row
from rfscale.measured.losses.notes_on_runs import correlated, few_groups, repeats, same_rows
from rfscale.measured.losses.notes_on_units import perplexities, scaled_sizes

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

Check = Callable[["LossFit"], Iterator[Note]]

CHECKS: tuple[Check, ...] = (
    not_converged,
    perplexities,
    scaled_sizes,
    embeddings,
    design,
    exponents,
    hardly_apart,
    no_floor,
    floor_or_M,
    at_bounds,
    beyond_floats,
    correlated,
    few_groups,
    repeats,
    same_rows,
    outliers,
    ruling_row,
)


EXPLAINED = {"correlated": {"perplexities", "embeddings"}}  # by others, to be mended first


def notes_of(fit: LossFit) -> tuple[Note, ...]:
    """All notes on a fit, those first that say most against it."""
    notes = [note for check in CHECKS for note in check(fit)]
    codes = {note.code for note in notes}
    return tuple(note for note in notes if not EXPLAINED.get(note.code, set()) & codes)
