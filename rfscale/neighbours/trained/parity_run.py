"""What a network has learned of sparse parity: losses of all tasks over training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.neighbours.trained.parity_tasks import ParityTasks
from rfscale.results import Result
from rfscale.support.arguments import Floats

LEARNED = 0.5  # bits


@dataclass(frozen=True, eq=False)
class ParityRun(Result):
    """Losses of a network on multitask sparse parity; its table is their mean over training.

    Attributes
    ----------
    tasks : ParityTasks
        The tasks.
    losses : ndarray
        Of each task, in bits: 1 before it is learned. Shape (records, tasks).
    step : ndarray
        Steps after which was recorded, shape (records,).
    width : int
        Of the hidden layer.
    batch : int
        Samples of one step.
    samples : int or None
        Size of the pool that they were drawn from; None if all were new.
    learning_rate : float
        Of Adam.
    seed : int
        Of start and samples.
    """

    tasks: ParityTasks
    losses: Floats
    step: NDArray[np.int64]
    width: int
    batch: int
    samples: int | None
    learning_rate: float
    seed: int

    @property
    def mean(self) -> Floats:
        """Loss of samples, the mean over tasks with their frequencies, shape (records,)."""
        return np.asarray(self.losses @ self.tasks.p)

    @property
    def seen(self) -> Floats:
        """Mean number of samples of each task so far, repeats among them, as `losses`."""
        return np.asarray(np.multiply.outer(self.step * float(self.batch), self.tasks.p))

    @property
    def is_learned(self) -> NDArray[np.bool_]:
        """Whether a task has less than half a bit, as `losses`."""
        return np.asarray(self.losses < LEARNED)

    @property
    def learned(self) -> NDArray[np.int64]:
        """Number of learned tasks, shape (records,)."""
        return np.asarray(self.is_learned.sum(axis=1))

    @property
    def loss_of_learned(self) -> Floats:
        """The mean loss if as many of the most frequent tasks were learned, and no others.

        In bits, `Quanta.loss(n)` of this many quanta, shape (records,).
        """
        return self.tasks.quanta.loss(n=self.learned)

    def seen_when_learned(self) -> Floats:
        """Samples of each task when it first had half a bit; infinity where it never did.

        Between two records they are interpolated in the logarithm. Shape (tasks,).
        """
        return np.array(
            [_first_below(*pair) for pair in zip(self.losses.T, self.seen.T, strict=True)]
        )

    def summary(self) -> str:
        """Sizes and the last loss in a few words."""
        data = "new samples" if self.samples is None else f"{self.samples} samples"
        return (
            f"{type(self).__name__} of {self.tasks.tasks} tasks, width {self.width}, {data}, "
            f"{self.step[-1]} steps of {self.batch}: {self.learned[-1]} learned, "
            f"mean loss {self.mean[-1]:.4g} bit"
        )

    def _table(self) -> dict[str, Any]:
        return {"step": self.step, "mean": self.mean, "learned": self.learned}


def _first_below(losses: Floats, seen: Floats) -> float:
    """Where losses first fall to half a bit."""
    below = losses < LEARNED
    if not below.any():
        return np.inf
    after = int(below.argmax())
    if after == 0:
        return float(seen[0])
    falls = losses[[after, after - 1]]
    return float(np.exp(np.interp(LEARNED, falls, np.log(seen[[after, after - 1]]))))
