"""A cell of an experiment on samples: all ridges at one (N, T), which share draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rfscale.measured.samples.features import LinearSampleFeatures, SampleFeatures
from rfscale.measured.samples.one_draw import ROWS, Draw, one_draw
from rfscale.measured.samples.splits import Split
from rfscale.simulation.cell import Advance, draws_needed, relative
from rfscale.simulation.draw_options import DrawOptions
from rfscale.simulation.running.threads import Map
from rfscale.simulation.statistics import mean_losses
from rfscale.support.arguments import Floats


class SampleOutcome(NamedTuple):
    """The result of a cell."""

    mse: Floats  # of each draw, (draws, R)
    train_mse: Floats  # (draws, R)
    errors: Floats  # squared errors of each held-out sample, mean over draws, (held out, R)
    enough: bool  # whether the target of the standard error was met

    @property
    def paths(self) -> Floats:
        """Both losses of all draws, as a simulation has them, (draws, 2, 2, R)."""
        losses = np.stack([self.mse, self.train_mse], axis=1)
        return np.stack([losses, np.zeros_like(losses)], axis=1)


@dataclass(frozen=True, eq=False)
class SampleCell:
    """One (N, T) of an experiment, with the samples."""

    split: Split
    index: int  # of the split
    features: SampleFeatures
    N: int
    T: int
    ridge: Floats  # (R,)
    options: DrawOptions

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Held-out samples, outputs, and inputs."""
        held_out, outputs = map(int, self.split.test_y.shape)
        return held_out, outputs, int(self.split.X.shape[1])

    def draw(self, number: int) -> Draw:
        """The errors of one draw, whose random numbers depend on seed, split, N, T and number."""
        generators = (self._generator(number, 0), self._generator(number, 1))
        return one_draw(self.split, self.features, self.N, self.T, self.ridge, generators)

    def _generator(self, number: int, purpose: int) -> np.random.Generator:
        key = (self.index, self.N, self.T, number, purpose)
        sequence = np.random.SeedSequence(self.options.seed, spawn_key=key)
        return np.random.Generator(np.random.SFC64(sequence))

    def compute(self, mapped: Map[Any, Any], advance: Advance) -> SampleOutcome:
        """Draw until there are enough."""
        losses: list[tuple[Floats, Floats]] = []
        total = np.zeros((len(self.split.test_y), self.ridge.size))
        planned = self.options.draws
        while True:
            for drawn in mapped(self.draw, range(len(losses), planned)):
                losses.append((drawn.mse, drawn.train_mse))
                total += drawn.errors
                advance(1)
            mse, train_mse = (np.stack(of_draws) for of_draws in zip(*losses, strict=True))
            outcome = SampleOutcome(mse, train_mse, total / planned, enough=True)
            error = _relative_error(outcome)
            more = draws_needed(planned, error, 0.0, self.options)
            if more == planned:
                target = self.options.target_stderr
                return outcome._replace(enough=target is None or error <= target)
            planned = more


class SampleTask(NamedTuple):
    """A cell as it is sent to an executor, samples included."""

    cell: SampleCell
    workers: int

    @property
    def operations(self) -> float:
        """Of one draw: features, eigenvalues, and the test."""
        cell = self.cell
        least = min(cell.N, cell.T)
        held_out, outputs, inputs = cell.sizes
        trained = cell.T * cell.N * (inputs + least) + 10.0 * least**3
        is_linear = isinstance(cell.features, LinearSampleFeatures)
        mapped = 0.0 if is_linear else 1.0 * held_out * inputs * cell.N
        tested = 1.0 * held_out * max(inputs, cell.N) * outputs * cell.ridge.size
        return trained + mapped + tested

    @property
    def planned(self) -> int:
        """Draws, as far as is known."""
        return self.cell.options.draws

    @property
    def memory(self) -> float:
        """Bytes at its peak."""
        cell = self.cell
        held_out, outputs, inputs = cell.sizes
        R = cell.ridge.size
        trained = cell.T * (inputs + cell.N) + cell.N * inputs + 4 * min(cell.N, cell.T) ** 2
        solved = R * outputs * (cell.N + inputs + min(cell.N, cell.T))
        tested = ROWS * cell.N + held_out * R * (2 * outputs + 2)
        return 8.0 * (
            self.workers * (trained + 2 * solved + tested + len(cell.split.X))
            + 2 * held_out * R
            + 6 * cell.options.most_draws * R
        )

    @property
    def said(self) -> str:
        """Its sizes and draws."""
        name = "draws" if self.cell.options.target_stderr is None else "max_draws"
        return (
            f"an experiment at N = {self.cell.N}, T = {self.cell.T} with "
            f"{name} = {self.cell.options.most_draws} and workers = {self.workers}"
        )

    def compute(self, mapped: Map[Any, Any], advance: Advance) -> SampleOutcome:
        """Draw until there are enough."""
        return self.cell.compute(mapped, advance)


def _relative_error(outcome: SampleOutcome) -> float:
    """The largest relative standard error of the mean squared error."""
    means, _ = mean_losses(outcome.paths)
    return relative(means[0, 1], means[0, 0])
