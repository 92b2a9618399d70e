r"""`Allocation` and `Budget`: how to spend a cost on N and T, and what a loss costs at least.

.. math:: \min_N L(N, T(N, C)), \qquad C = 6 N T \text{ or another cost},

derived here from the law alone. For the sum of powers E + A/N^alpha + B/T^beta and C = 6 N T the
best N grows as C^(beta/(alpha + beta)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rfscale.measured.losses.note import Note
from rfscale.measured.losses.spread import Interval
from rfscale.results import Result
from rfscale.support.arguments import Floats


@dataclass(frozen=True, eq=False)
class Allocation(Result):
    """The sizes at which a law is least for a cost, in the shape of C.

    Attributes
    ----------
    C : ndarray
        The costs.
    N, T, ratio : Interval
        The best sizes, and T/N. N is 0 or `inf`, and T the other, where the least is at the end of
        all sizes that were tried, e^30 beyond those of the table and of the budget.
    loss : Interval
        Of the law there.
    exponent : Interval
        d log N/d log C of the best N.
    cost : str
        "6 N T", or the name of the function that was given.
    notes : tuple of Note
        What has to be known of these numbers.
    """

    C: Floats
    N: Interval
    T: Interval
    ratio: Interval
    loss: Interval
    exponent: Interval
    cost: str
    notes: tuple[Note, ...]

    def summary(self) -> str:
        """The cost, and how many of them."""
        points = f"{self.C.size} budgets" if self.C.size != 1 else "1 budget"
        return f"Allocation of {points}, C = {self.cost}"

    def remarks(self) -> list[str]:
        """The notes."""
        return [f"{note.code}: {note.message}" for note in self.notes]

    def _short(self) -> dict[str, Any]:
        return {
            "C": self.C,
            "N": self.N.value,
            "T": self.T.value,
            **ends("T/N", self.ratio),
            "loss": self.loss.value,
            "exponent": self.exponent.value,
            "from": self.exponent.low,
            "to": self.exponent.high,
        }

    def _table(self) -> dict[str, Any]:
        each = {"N": self.N, "T": self.T, "T/N": self.ratio, "loss": self.loss}
        columns: dict[str, Any] = {"C": self.C}
        for name, interval in {**each, "exponent": self.exponent}.items():
            columns |= ends(name, interval)
        return columns


@dataclass(frozen=True, eq=False)
class Budget(Result):
    """The least costs that reach losses, in the shape of `loss`.

    Attributes
    ----------
    loss : ndarray
        The losses to be reached.
    C, N, T : Interval
        The least cost and its sizes: `inf` where no size reaches the loss, at or below E.
    cost : str
        "6 N T", or the name of the function that was given.
    notes : tuple of Note
    """

    loss: Floats
    C: Interval
    N: Interval
    T: Interval
    cost: str
    notes: tuple[Note, ...]

    def summary(self) -> str:
        """The cost, and how many losses."""
        points = f"{self.loss.size} losses" if self.loss.size != 1 else "1 loss"
        return f"Budget of {points}, C = {self.cost}"

    def remarks(self) -> list[str]:
        """The notes."""
        return [f"{note.code}: {note.message}" for note in self.notes]

    def _short(self) -> dict[str, Any]:
        sizes = {"N": self.N.value, "T": self.T.value}
        return {"loss": self.loss, **ends("C", self.C), **sizes}

    def _table(self) -> dict[str, Any]:
        each = {**ends("C", self.C), **ends("N", self.N), **ends("T", self.T)}
        return {"loss": self.loss, **each}


def ends(name: str, interval: Interval) -> dict[str, Any]:
    """A value and its ends as columns."""
    low = interval.low
    return {name: interval.value, f"{name}_low": low, f"{name}_high": interval.high}
