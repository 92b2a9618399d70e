"""Notes on the sizes of a table, whatever is fitted: all on one budget, or on one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.note import Note

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

TOGETHER = 0.95  # correlation of log N and log T that vary as one: 0.2 to 0.8 on public tables
SAME_BUDGET = 0.1  # between neighbours in log N T
WIDEST_BUDGET = 0.7  # of all that are one


def design(fit: LossFit) -> Iterator[Note]:
    """Sizes that cannot tell what N does from what T does, unless all exponents are held."""
    if set(fit.law.nonlinear) <= {name for name, _ in fit.held}:
        return
    said = one_line(fit.table)
    if said:
        yield Note(
            "one-line",
            f"{said}: what N does can hardly be told from what T does, so that exponents, their "
            "intervals and best sizes rest on the law; add runs off this line",
        )


def budgets(table: LossTable) -> int:
    """How many values N T takes."""
    log_budgets = np.sort(np.log(table.N[table.counted]) + np.log(table.T[table.counted]))
    first = np.flatnonzero(np.diff(log_budgets, prepend=-np.inf) > SAME_BUDGET)
    last = np.append(first[1:], log_budgets.size) - 1
    widths = log_budgets[last] - log_budgets[first]
    return int(np.sum(1 + widths // WIDEST_BUDGET))


def one_line(table: LossTable) -> str:
    """How the sizes of the rows that count lie on one line; nothing if they do not."""
    N = np.log(table.N[table.counted])
    T = np.log(table.T[table.counted])
    if np.ptp(N) == 0 or np.ptp(T) == 0:
        return ""
    if budgets(table) == 1:
        return "N T takes 1 value only"
    correlation = float(np.corrcoef(N, T)[0, 1])
    if abs(correlation) > TOGETHER:
        return f"N and T vary together (their logarithms correlate by {correlation:.3f})"
    return ""
