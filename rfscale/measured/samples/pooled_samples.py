"""Samples with their pool, and what the pool says of the population."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.samples.features import SampleFeatures
from rfscale.measured.samples.gram import Gram
from rfscale.measured.samples.losses_of_pool import PoolCurves
from rfscale.measured.samples.measured_prediction import BLOCKS
from rfscale.measured.samples.splits import rows_of_split
from rfscale.results import Result
from rfscale.support.arguments import Floats


@dataclass(frozen=True, eq=False)
class PooledSamples(Result):
    """Samples with labels, some of which make the pool; the base of `Measured`."""

    X: Floats
    y: Floats
    features: SampleFeatures
    pool: NDArray[np.int64]

    @property
    def P(self) -> int:
        """How many samples the pool has."""
        return self.pool.size

    def within(self, rows: NDArray[np.int64]) -> Self:
        """The same with a pool of these samples: all, if it is now of all, else as many as now."""
        count = len(rows) if len(self.X) == self.P else min(self.P, len(rows))
        chosen = np.random.default_rng(self.P).permutation(rows)[:count]
        if not (self._parts and np.array_equal(self._parts[0].pool, chosen)):
            self._parts[:] = [replace(self, pool=chosen)]
        return self._parts[0]

    @cached_property
    def _parts(self) -> list[Self]:
        return []

    def without_held_out(self, holdout: float = 0.3, seed: int = 1, split: int = 0) -> Self:
        """The same with the pool that `compare` predicts from: none of the held-out samples."""
        rows, _ = rows_of_split(len(self.X), holdout, seed, split)
        return self.within(rows)

    @property
    def variance(self) -> float:
        """Of the pool's labels, summed over outputs: the loss of learning nothing."""
        labels = self.y[self.pool]
        return float(np.sum(np.var(labels, axis=0))) if labels.size else 0.0

    @cached_property
    def gram(self) -> Gram:
        """The eigenvectors of the pool's kernel matrix."""
        return Gram.of(self.X[self.pool], self.y[self.pool], self.features)

    @property
    def eigenvalues(self) -> Floats:
        """Of the pool's covariance, or kernel matrix over P, falling: not yet the population's."""
        return self.gram.eigenvalues

    @property
    def kappa(self) -> Floats:
        """Resolutions Delta of the population, rising: where the next three are known."""
        return self.curves(leverages=True).pool.kappa

    @property
    def df1(self) -> Floats:
        """The population's degrees of freedom at each `kappa`."""
        return self.curves(leverages=True).pool.df1

    @property
    def dispersion(self) -> Floats:
        """Standard deviation over mean of the samples' leverages; far above the next, plain planar
        theory fails.
        """
        return self.curves(leverages=True).pool.dispersion

    @property
    def gaussian_dispersion(self) -> Floats:
        """What `dispersion` would be of Gaussian samples in linear features."""
        return self.curves(leverages=True).pool.gaussian_dispersion

    @cached_property
    def _curves(self) -> dict[tuple[bool, int], PoolCurves]:
        return {}

    def curves(self, *, leverages: bool, without: int = -1) -> PoolCurves:
        """The losses of the pool, or of it without one of the blocks of the jackknife."""
        key = leverages, without
        if key not in self._curves:
            gram = self.gram
            if without >= 0:
                kept = self.pool[np.arange(self.P) % BLOCKS != without]
                gram = Gram.of(self.X[kept], self.y[kept], self.features)
            self._curves[key] = PoolCurves(gram, leverages=leverages)
        return self._curves[key]
