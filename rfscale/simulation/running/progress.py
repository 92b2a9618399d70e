"""The progress bar of cells.

Its time left is that of the arithmetic left, as cells differ by orders of magnitude.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Self

from rfscale.support.progress_bar import LINE, kind_of_bar

PER_CELL = 3e7  # operations that its bookkeeping is worth


class Progress:
    """A bar over cells, weighted by their operations; quiet where standard error is neither a
    terminal nor a notebook.

    Draws that a target of the standard error asks for beyond the first are not known before, and
    not counted.

    Parameters
    ----------
    operations : list of float
        Of one draw of each cell.
    done : collection of int
        The cells that an earlier run has finished: they say nothing on the time left.
    draws : int
        Of a cell, as far as is known.
    shown : bool
    """

    def __init__(
        self, operations: Sequence[float], done: Collection[int], draws: int, shown: bool
    ) -> None:
        bar, quiet = kind_of_bar(shown)
        self._operations = [count + PER_CELL / draws for count in operations]
        self._draws = draws
        self._finished = len(done)
        self._part = 0.0  # of the current cell
        self._bar = bar(
            total=sum(self._operations),
            initial=sum(self._operations[cell] for cell in done),
            desc=self._said(),
            bar_format=LINE,
            disable=quiet,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def drawn(self, cell: int) -> Callable[[int], None]:
        """A function to call with each number of draws made in a cell.

        More draws than were planned are not counted.
        """

        def advance(count: int) -> None:
            step = min(count / self._draws, 1 - self._part)
            self._part += step
            self._bar.update(step * self._operations[cell])

        return advance

    def refresh(self) -> None:
        """Show that time passes."""
        self._bar.refresh()

    def finished(self, cell: int) -> None:
        """A cell is done."""
        rest = 1 - self._part
        self._finished += 1
        self._part = 0.0
        self._bar.set_description_str(self._said(), refresh=False)
        self._bar.update(rest * self._operations[cell])

    def _said(self) -> str:
        return f"{self._finished} of {len(self._operations)} cells"
