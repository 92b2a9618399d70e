"""Notes on allocations: exponents that are built in, sizes without end, far budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rfscale.measured.losses.cost import Cost
from rfscale.measured.losses.note import Note
from rfscale.measured.losses.notes_on_design import design
from rfscale.measured.losses.spread import Interval
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

EXTRAPOLATED = 3.0  # times the largest cost of the table


def notes_of_allocation(
    fits: list[LossFit], cost: Cost, log_costs: Floats, N: Interval, built_in: list[str]
) -> tuple[Note, ...]:
    """All notes on an allocation; `built_in` names the laws whose exponent is."""
    of_sizes = design(fits[0])
    return (*of_sizes, *_built_in(built_in), *_at_edge(N), *_extrapolated(fits, cost, log_costs))


def _built_in(laws: list[str]) -> list[Note]:
    if not laws:
        return []
    return [
        Note(
            "exponent-built-in",
            f"the exponent of N is the same whatever the losses are under {', '.join(laws)}, with "
            "one exponent for N and T or others held (0.5 at the cost 6 N T): unless that is right "
            "intervals of N, T and T/N are too narrow, on public tables up to 10 times",
        )
    ]


def _at_edge(N: Interval) -> list[Note]:
    if np.all(np.isfinite(N.high)) and np.all(np.asarray(N.low) > 0):
        return []
    return [
        Note(
            "no-best-size",
            "for some budgets the best N is 0 or inf, in the fit or in so many resamples that an "
            "end of its interval is: the loss then depends on T alone, or on N alone",
        )
    ]


def _extrapolated(fits: list[LossFit], cost: Cost, log_costs: Floats) -> list[Note]:
    table = fits[0].table
    largest = float(np.max(cost.log(np.log(table.N), np.log(table.T))))
    if np.max(log_costs) <= largest + np.log(EXTRAPOLATED):
        return []
    times = np.exp(np.max(log_costs) - largest)
    said = "one of these laws" if len(fits) > 1 else "this law"
    more = "" if len(fits) > 1 else "; compare_laws(...).allocate joins several laws"
    return [
        Note(
            "extrapolation",
            f"the largest budget is {times:.3g} times that of any row: intervals hold only if "
            f"{said} is right beyond the data{more}",
        )
    ]


def unreached(C: Interval) -> tuple[Note, ...]:
    """Of losses that no size reaches, or that N or T alone reaches, the other being 0."""
    notes = []
    if not np.all(np.isfinite(C.high)):
        notes.append(
            Note(
                "not-reached",
                "no size reaches some of the losses, in the fit or in so many resamples that the "
                "upper end is inf: they are at or below the least loss E, a property of the law",
            )
        )
    if np.any(C.low == 0):
        notes.append(
            Note(
                "no-best-size",
                "some losses may be reached at no cost, in the fit or at an end of its interval: "
                "the law then depends on N alone, or on T alone",
            )
        )
    return tuple(notes)
