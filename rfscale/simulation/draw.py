"""From a model, sizes and the number of a draw to its losses; random numbers by `numpy.random.SeedSequence`.

Every block of latent directions of every draw has a stream of its own, with the spawn key
(N, T, M, draw, purpose, block): the same experiment gives the same numbers in any grid, order or number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rfscale.arguments import Floats
from rfscale.model import ScalingModel
from rfscale.simulation import kernels

TRAINING, TESTING, LABEL_NOISE = 0, 1, 2  # purposes of random streams


@dataclass(frozen=True)
class Experiment:
    """One (N, T) of a model under one seed.

    Attributes
    ----------
    model : ScalingModel
    N, T : int
        Numbers of features and samples.
    seed : int
        Root of all random streams.
    test_points : int or None
        Size of an explicit test set; None averages exactly over teacher, label noise and test points.
    """

    model: ScalingModel
    N: int
    T: int
    seed: int
    test_points: int | None = None

    def losses(self, draw: int, ridges: Floats) -> kernels.RidgePath:
        """The losses of one draw at finite reduced ridges (gamma M/(sigma_u^2 lambda_+)), in the units of `kernels`.

        The latent directions are drawn twice, for the features and for their projections, rather than kept: random
        numbers cost little beside the products, and memory does not grow with M.
        """
        fit, test = self._fit(draw)
        if test is not None:
            return kernels.explicit_path(fit, test, ridges)
        return kernels.ridge_path(fit, kernels.project(self.blocks(draw), fit, self.model.M), ridges)

    def _fit(self, draw: int) -> tuple[kernels.Fit, kernels.TestSet | None]:
        """The features phi = u x decomposed, and the teacher's labels and the test set if there is an explicit one."""
        low_rank = min(self.N, self.T) > self.model.M
        features, factors, test = np.zeros((0, 0) if low_rank else (self.N, self.T)), [], None
        for block, (eigenvalues, u, x) in enumerate(self.blocks(draw)):
            if low_rank:
                factors.append((u, x))
            else:
                features += u @ x
            if self.test_points is not None:
                test = self._add_test_block(test, draw, block, eigenvalues, u, x)
        if low_rank:
            return kernels.fit_factors(np.hstack([u for u, _ in factors]), np.vstack([x for _, x in factors])), test
        return kernels.fit(features), test

    def blocks(self, draw: int) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Eigenvalues (B,), features u (N, B) and latent data x (B, T), block by block; lambda_+ = sigma_u^2/M = 1."""
        for block, start in enumerate(range(0, self.model.M, kernels.BLOCK)):
            eigenvalues = np.exp(self.model.spectrum.log_eigenvalues[start : start + kernels.BLOCK])
            generator = self._generator(draw, TRAINING, block)
            yield eigenvalues, *kernels.draw_block(generator, np.sqrt(eigenvalues), self.N, self.T)

    def teacher_and_test_block(self, draw: int, block: int, eigenvalues: Floats) -> tuple[Floats, Floats]:
        """Teacher w (B,), unit variance, and latent test data (B, T_hat) of one block."""
        assert self.test_points is not None
        generator = self._generator(draw, TESTING, block)
        w = kernels.standard_normals(generator, eigenvalues.size)
        x = kernels.standard_normals(generator, eigenvalues.size, self.test_points)
        return w, x * np.sqrt(eigenvalues)[:, None]

    def label_noise(self, draw: int) -> Floats:
        """Label noise eps (T,), unit variance."""
        return kernels.standard_normals(self._generator(draw, LABEL_NOISE, 0), self.T)

    def _add_test_block(
        self, total: kernels.TestSet | None, draw: int, block: int, eigenvalues: Floats, u: Floats, x: Floats
    ) -> kernels.TestSet:
        w, x_test = self.teacher_and_test_block(draw, block, eigenvalues)
        y, features, labels = w @ x, u @ x_test, w @ x_test
        if total is None:
            return kernels.TestSet(y, self.label_noise(draw), features, labels)
        return kernels.TestSet(total.y + y, total.eps, total.features + features, total.labels + labels)

    def _generator(self, draw: int, purpose: int, block: int) -> np.random.Generator:
        key = (self.N, self.T, self.model.M, draw, purpose, block)
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=key)))

    def memory(self, ridges: int) -> float:
        """Bytes that one draw needs at its peak, along a path of this many ridges."""
        N, T, M, tests = self.N, self.T, self.model.M, self.test_points or 0
        r, B = min(N, T, M), min(kernels.BLOCK, M)
        block = (2 * (N + T + tests) + 3 * r) * B  # u, x and test data, of two blocks; G, W and weighted W
        decomposition = 3 * (N + T) * M if min(N, T) > M else 3 * N * T  # the features or their factors, and copies
        kept = (N + T) * r + 6 * r * r + 2 * N * tests  # singular vectors, projections and their products
        path = ridges * (5 * r + 3 * tests + 32)
        return 8.0 * (max(block, decomposition) + kept + path + 2 * M)
