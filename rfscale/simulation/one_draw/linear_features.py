"""From a model, sizes and the number of a draw to its losses; random numbers by
`numpy.random.SeedSequence`.

Every block of latent directions of every draw has a stream of its own, with the spawn key (N, T, M,
draw, purpose, block): the same experiment gives the same numbers in any grid, order or number of
threads. Small draws come in batches, one after the other from the stream of the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add

import numpy as np

from rfscale.model import ScalingModel
from rfscale.simulation.one_draw import kernels
from rfscale.simulation.one_draw.batches import many_draws
from rfscale.simulation.one_draw.kernels import Fit, Roots, Sums
from rfscale.simulation.one_draw.losses import PARTS, TestSet, explicit_path, ridge_path
from rfscale.support.arguments import Floats

TRAINING, TESTING, LABEL_NOISE = 0, 1, 2  # purposes of random streams

LARGEST_BLOCK = 4096  # latent directions that are drawn and multiplied at once ...
NUMBERS_PER_BLOCK = 2**22  # ... if they are not more random numbers than these
SMALL = 2**18  # random numbers of a draw that is compiled as a whole
NUMBERS_PER_BATCH, LARGEST_BATCH = 2**20, 64  # of such draws

Block = tuple[Roots, Floats, Floats]


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
        Size of an explicit test set; None averages exactly over teacher, label noise and test
        points.
    """

    model: ScalingModel
    N: int
    T: int
    seed: int
    test_points: int | None = None

    @property
    def block_size(self) -> int:
        """Latent directions in a block."""
        return min(self.model.rank, LARGEST_BLOCK, max(1, NUMBERS_PER_BLOCK // (self.N + self.T)))

    @property
    def batch_size(self) -> int:
        """Draws that share a stream: 1 unless they are small."""
        numbers = (self.N + self.T) * self.model.rank
        if numbers > SMALL or self.test_points is not None or self.block_size < self.model.rank:
            return 1
        return min(NUMBERS_PER_BATCH // numbers, LARGEST_BATCH)

    @property
    def operations(self) -> float:
        """Roughly, of one draw: random numbers, the products with u and x, and the decomposition."""
        r = min(self.N, self.T, self.model.rank)
        return (
            float(self.model.rank) * ((self.N + self.T) * (100 + r) + self.N * self.T + r * r)
            + 20.0 * r**3
        )

    def losses(self, draws: range, ridges: Floats) -> Floats:
        """The losses of consecutive draws of one batch at finite reduced ridges: (draws, 2, PARTS,
        R).

        The reduced ridge is gamma M/(sigma_u^2 lambda_+), the losses are in the units of
        `rfscale.simulation.one_draw.losses`.
        """
        first = draws.start - draws.start % self.batch_size
        if self.batch_size > 1:
            generator, roots = self._generator(first, TRAINING, 0), self.roots(0)
            return many_draws(generator, roots, self.N, self.T, draws.stop - first, ridges)[
                draws.start - first :
            ]
        return np.concatenate([self._losses(draw, ridges)[None] for draw in draws])

    def _losses(self, draw: int, ridges: Floats) -> Floats:
        """The losses of one draw.

        If there are several blocks they are drawn twice, for the features and for their
        projections, rather than kept: random numbers cost little beside the products, and memory
        does not grow with M.
        """
        blocks = self.blocks(draw)
        if self.block_size == self.model.rank:
            blocks = list(blocks)
        fit, test = self._fit(draw, blocks)
        if test is not None:
            return explicit_path(fit, test, ridges)
        total = self._sums(fit, blocks if isinstance(blocks, list) else self.blocks(draw))
        path = np.zeros((2, PARTS, ridges.size))
        ridge_path(fit.s, self.T, self.model.rank, total, ridges, path)
        return path

    def blocks(self, draw: int) -> Iterable[Block]:
        """Roots of variances (B,), features u (N, B) and latent data x (B, T); lambda_+ =
        sigma_u^2/M = 1.
        """
        for block in range(-(-self.model.rank // self.block_size)):
            roots = self.roots(block)
            yield (
                roots,
                *kernels.draw_block(
                    self._generator(draw, TRAINING, block), roots.train, self.N, self.T
                ),
            )

    def _fit(self, draw: int, blocks: Iterable[Block]) -> tuple[Fit, TestSet | None]:
        """The features phi = u x decomposed, and the teacher's labels and the test set if there is
        an explicit one.
        """
        low_rank = min(self.N, self.T) > self.model.rank
        features, factors, test = np.zeros((0, 0) if low_rank else (self.N, self.T)), [], None
        for block, (roots, u, x) in enumerate(blocks):
            if low_rank:
                factors.append((u, x))
            else:
                features += u @ x
            if self.test_points is not None:
                test = self._add_test_block(test, draw, block, roots, u, x)
        if low_rank:
            return kernels.fit_factors(
                np.hstack([u for u, _ in factors]), np.vstack([x for _, x in factors])
            ), test
        return kernels.fit(features), test

    def _sums(self, fit: Fit, blocks: Iterable[Block]) -> Sums:
        """The projections of all blocks."""
        total = None
        for roots, u, x in blocks:
            block = kernels.sums(fit.Pt, fit.Qt, roots, u, x)
            total = block if total is None else Sums(*map(add, total, block))
        assert total is not None
        return total

    def teacher_and_test_block(self, draw: int, block: int, roots: Roots) -> tuple[Floats, Floats]:
        """Teacher w (B,), in units of its root mean square or of the largest, and test data (B,
        T_hat) of one block.
        """
        assert self.test_points is not None
        generator, teacher = self._generator(draw, TESTING, block), self.model.teacher
        w = kernels.standard_normals(generator, 1, roots.train.size).ravel()
        if not teacher.is_isotropic:
            w = roots.teacher * (1.0 if teacher.fixed else w)
        return w, kernels.scaled_normals(generator, roots.test, self.test_points)

    def label_noise(self, draw: int) -> Floats:
        """Label noise eps (T,), unit variance."""
        return kernels.standard_normals(self._generator(draw, LABEL_NOISE, 0), 1, self.T).ravel()

    def _add_test_block(
        self, total: TestSet | None, draw: int, block: int, roots: Roots, u: Floats, x: Floats
    ) -> TestSet:
        w, x_test = self.teacher_and_test_block(draw, block, roots)
        y, features, labels = w @ x, u @ x_test, w @ x_test
        if total is None:
            return TestSet(y, self.label_noise(draw), features, labels)
        return TestSet(total.y + y, total.eps, total.features + features, total.labels + labels)

    def roots(self, block: int) -> Roots:
        """Of the variances of a block of latent directions, each in units of the largest."""
        model, start = self.model, block * self.block_size
        stop = min(start + self.block_size, model.rank)
        train = np.sqrt(np.exp(model.spectrum.log_eigenvalues[start:stop]))
        test = (
            train if model.test_spectrum is None else np.sqrt(model.tested_on.relative(start, stop))
        )
        teacher = np.empty(0) if model.teacher.is_isotropic else self._teacher(start, stop)
        return Roots(train, test, teacher)

    def _teacher(self, start: int, stop: int) -> Floats:
        return np.asarray(self.model.teacher.relative(start, stop), dtype=np.float64)

    def _generator(self, draw: int, purpose: int, block: int) -> np.random.Generator:
        key = (self.N, self.T, self.model.rank, draw, purpose, block)
        return np.random.Generator(
            np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=key))
        )

    def memory(self, ridges: int) -> float:
        """Bytes that one draw, or one batch, needs at its peak, along a path of this many ridges."""
        N, T, M, tests = self.N, self.T, self.model.rank, self.test_points or 0
        r, B = min(N, T, M), self.block_size
        block = (
            2 * (N + T + tests) + 3 * r
        ) * B  # u, x and test data, of two blocks; G, W and temporaries
        decomposition = (
            4 * (N + T) * M if min(N, T) > M else 3 * N * T
        )  # the features or their factors, and copies
        kept = (
            (N + T) * r + 6 * r * r + 2 * N * tests
        )  # singular vectors, projections and their products
        path = ridges * (5 * r + 3 * tests + 2 * PARTS * self.batch_size)
        return 8.0 * (max(block, decomposition) + kept + path + 2 * M)
