"""Multitask sparse parity: which bits each task is about, and how frequent it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.neighbours.quanta import Quanta
from rfscale.support.arguments import Floats, integer, number
from rfscale.support.stored import Stored


@dataclass(frozen=True)
class ParityTasks(Stored):
    r"""Tasks of frequency p_i, proportional to i^-(1 + alpha), each the parity of k of n bits.

    Parameters
    ----------
    tasks : int
        Number of tasks, >= 1.
    n : int
        Number of bits.
    k : int
        How many of them a task is about, at most n.
    alpha : float
        Exponent of the frequencies, > 0.
    seed : int
        Of the choice of bits, >= 0.

    Raises
    ------
    ValueError
        If an argument is out of its range, or there are fewer subsets of bits than tasks.

    Examples
    --------
    >>> from rfscale.neighbours.trained import parity
    >>> tasks = parity.ParityTasks(tasks=4, n=10, k=2, alpha=0.4)
    >>> print(tasks.p.round(3))
    [0.576 0.218 0.124 0.083]
    """

    tasks: int = 100
    n: int = 20
    k: int = 3
    alpha: float = 0.4
    seed: int = 0

    def __post_init__(self) -> None:
        clean: dict[str, Any] = {name: integer(name, getattr(self, name)) for name in "nk"}
        clean |= {"tasks": integer("tasks", self.tasks), "alpha": number("alpha", self.alpha)}
        clean |= {"seed": integer("seed", self.seed, least=0)}
        for name, value in clean.items():
            object.__setattr__(self, name, value)
        if self.k > self.n:
            raise ValueError(f"k must be at most n = {self.n}, got {self.k}")
        most = comb(self.n, self.k)
        if self.tasks > most:
            raise ValueError(f"tasks must be at most {most}, the subsets, got {self.tasks}")

    @cached_property
    def p(self) -> Floats:
        """Frequencies of the tasks, shape (tasks,); their sum is 1."""
        return self.quanta.probability(np.arange(1, self.tasks + 1))

    @property
    def quanta(self) -> Quanta:
        """The quantization model of as many quanta, each of them a task."""
        return Quanta(alpha=self.alpha, K=self.tasks)

    @cached_property
    def bits(self) -> NDArray[np.int64]:
        """The bits of each task, different ones, shape (tasks, k)."""
        rng = np.random.default_rng(np.random.SeedSequence(self.seed))
        drawn = iter(lambda: tuple(sorted(rng.choice(self.n, self.k, replace=False))), None)
        return np.array(list(islice(_different(drawn), self.tasks)))


def _different(items: Any) -> Any:
    """Each item once."""
    seen = set()
    for item in items:
        if item not in seen:
            seen.add(item)
            yield item
