"""Linear random features phi = u x: from an experiment and the number of a draw to its losses.

They are (1.12) to (1.17), all ridges from one decomposition of phi.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from operator import add
from typing import cast

import numpy as np

from rfscale.model.training import SGD
from rfscale.simulation.one_draw import blocks, kernels
from rfscale.simulation.one_draw.batches import (
    decomposed_draws,
    many_average_losses,
    many_draws,
)
from rfscale.simulation.one_draw.blocks import Block, block_size
from rfscale.simulation.one_draw.experiment import Estimator, Experiment
from rfscale.simulation.one_draw.kernels import Fit, Projections, Roots
from rfscale.simulation.one_draw.losses import (
    PARTS,
    TestSet,
    average_path,
    explicit_path,
    in_units_of_the_model,
)
from rfscale.simulation.one_draw.sgd import sgd_losses
from rfscale.simulation.one_draw.shrinkage import Shrinkage, ridge_shrinkage
from rfscale.simulation.one_draw.trained import (
    AT_ONCE,
    Trainings,
    parts_of_trainings,
)
from rfscale.support.arguments import Floats
from rfscale.support.sealed import sealed

SMALL = 2**18  # random numbers of a draw that is compiled as a whole
NUMBERS_PER_BATCH = 2**20  # of such draws
LARGEST_BATCH = 64
LARGEST_RIDGE = 1e300  # in reduced units; beyond it nothing is learned, to all digits


@sealed
@dataclass(frozen=True, eq=False)
class LinearFeatures(Estimator):
    """The learner of the model, ridge regression on N linear random features (1.4), (1.5).

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=50))
    >>> explicit = rf.simulate(model, N=5, T=9, seed=1, estimator=LinearFeatures())
    >>> bool(explicit.test.mean == rf.simulate(model, N=5, T=9, seed=1).test.mean)
    True
    """

    def losses(self, experiment: Experiment, draws: range, ridge: Floats) -> Floats:
        """Shape (draws, 2, 4, R)."""
        reduced = experiment.model.units.log_ridge(ridge)
        ridges = np.exp(np.minimum(reduced, np.log(LARGEST_RIDGE)))
        return _in_units(experiment, parts_of_losses(experiment, draws, ridges))

    def trained_losses(self, experiment: Experiment, draws: range, trainings: Trainings) -> Floats:
        """The losses of trainings other than ridges, all of one class, (draws, 2, 4, R)."""
        if isinstance(trainings[0], SGD):
            return sgd_losses(experiment, draws, cast(tuple[SGD, ...], trainings))
        return _in_units(experiment, parts_of_losses(experiment, draws, trainings))

    def batch_size(self, experiment: Experiment) -> int:
        """Draws that share a stream: 1 unless they are small."""
        return batch_size(experiment)

    def memory(self, experiment: Experiment, ridges: int) -> float:
        """Bytes that one draw, or one batch, needs at its peak."""
        N, T, M = experiment.sizes
        tests = experiment.test_points or 0
        r = min(N, T, M)
        # u, x and test data, of two blocks; G, W and temporaries
        block = (2 * (N + T + tests) + 3 * r) * block_size(experiment)
        # the features or their factors, and copies
        decomposition = 4 * (N + T) * M if min(N, T) > M else 3 * N * T
        # singular vectors, projections and their products
        kept = (N + T) * r + 6 * r * r + 2 * N * tests
        draws = batch_size(experiment)
        path = ridges * (7 * r + 3 * tests + 2 * PARTS * draws)
        # of trainings: the projections of a batch, and shrinkages of a few of them
        batch = 2 * draws * r * (r + 1) + 5 * max(AT_ONCE, draws * r)
        scales = 0 if experiment.leverages is None else draws * T + tests
        return 8.0 * (max(block, decomposition) + kept + path + batch + 2 * M + scales)

    def operations(self, experiment: Experiment) -> float:
        """Roughly, of one draw: random numbers, products with u and x, and the decomposition."""
        N, T, M = experiment.sizes
        r = min(N, T, M)
        return float(M) * ((N + T) * (100 + r) + N * T + r * r) + 20.0 * r**3


def batch_size(experiment: Experiment) -> int:
    """Draws that share a stream: 1 unless they are small."""
    N, T, M = experiment.sizes
    numbers = (N + T) * M
    if not experiment.latents.is_gaussian or experiment.test_points is not None:
        return 1
    if numbers > SMALL or block_size(experiment) < M:
        return 1
    return min(NUMBERS_PER_BATCH // numbers, LARGEST_BATCH)


def parts_of_losses(experiment: Experiment, draws: range, path: Floats | Trainings) -> Floats:
    """The parts of the losses of consecutive draws of one batch: (draws, 2, PARTS, R).

    At finite reduced ridges (1.19), or of trainings, in the units of
    `rfscale.simulation.one_draw.losses`.
    """
    size = batch_size(experiment)
    if size == 1:
        return np.concatenate([_parts_of_a_draw(experiment, draw, path)[None] for draw in draws])
    first = draws.start - draws.start % size
    generator = experiment.generator(first, blocks.TRAINING, 0)
    roots = blocks.block_roots(experiment, 0)
    N, T, M = experiment.sizes
    own = [blocks.root_leverages(experiment, draw, T) for draw in range(first, draws.stop)]
    drawn = generator, roots, N, T, np.stack(own)
    if isinstance(path, tuple):
        decomposed = decomposed_draws(*drawn, draws.start - first)
        in_all = partial(many_average_losses, decomposed, T, M)
        return parts_of_trainings(experiment, path, decomposed.s, size, in_all)
    return many_draws(*drawn, path)[draws.start - first :]


def _parts_of_a_draw(experiment: Experiment, draw: int, path: Floats | Trainings) -> Floats:
    """Shape (2, PARTS, R).

    If there are several blocks they are drawn twice, for the features and for their projections,
    rather than kept: random numbers cost little beside the products, and memory does not grow with
    M.
    """
    in_blocks: Iterable[Block] = blocks.blocks(experiment, draw)
    in_one = block_size(experiment) == experiment.model.rank
    if in_one:
        in_blocks = list(in_blocks)
    fit, test = _fit(experiment, draw, in_blocks)
    losses: Callable[[Shrinkage], Floats]
    if test is not None:
        losses = partial(explicit_path, fit, test)
    else:
        total = _projections(fit, in_blocks if in_one else blocks.blocks(experiment, draw))
        losses = partial(average_path, fit.s, experiment.T, experiment.model.rank, total)
    if not isinstance(path, tuple):
        return losses(ridge_shrinkage(fit.s, path))
    return parts_of_trainings(
        experiment,
        path,
        fit.s[None],
        1,
        lambda shrunk: losses(Shrinkage(*(part[0] for part in shrunk))),
    )


def _fit(
    experiment: Experiment, draw: int, in_blocks: Iterable[Block]
) -> tuple[Fit, TestSet | None]:
    """The features phi = u x decomposed, and the test set if there is an explicit one."""
    N, T, M = experiment.sizes
    low_rank = min(N, T) > M
    features = np.zeros((0, 0) if low_rank else (N, T))
    factors = []
    test = None
    for block, (roots, u, x) in enumerate(in_blocks):
        if low_rank:
            factors.append((u, x))
        else:
            features += u @ x
        if experiment.test_points is not None:
            added = _test_block(experiment, draw, block, roots, u, x)
            test = added if test is None else _sum(test, added)
    if not low_rank:
        return kernels.fit(features), test
    all_u = np.hstack([u for u, _ in factors])
    all_x = np.vstack([x for _, x in factors])
    return kernels.fit_factors(all_u, all_x), test


def _projections(fit: Fit, in_blocks: Iterable[Block]) -> Projections:
    """Of all blocks."""
    total = None
    for roots, u, x in in_blocks:
        block = kernels.projections(fit.Pt, fit.Qt, roots, u, x)
        total = block if total is None else Projections(*map(add, total, block))
    assert total is not None
    return total


def _test_block(
    experiment: Experiment, draw: int, block: int, roots: Roots, u: Floats, x: Floats
) -> TestSet:
    """The part of the test set that comes from one block."""
    w, x_test = blocks.teacher_and_test_block(experiment, draw, block, roots)
    eps = blocks.label_noise(experiment, draw)
    return TestSet(y=w @ x, eps=eps, features=u @ x_test, labels=w @ x_test)


def _sum(total: TestSet, block: TestSet) -> TestSet:
    """Both blocks of latent directions, which share the label noise."""
    return TestSet(
        y=total.y + block.y,
        eps=total.eps,
        features=total.features + block.features,
        labels=total.labels + block.labels,
    )


def _in_units(experiment: Experiment, parts: Floats) -> Floats:
    """The losses of the model from their parts."""
    units = experiment.model.units
    return in_units_of_the_model(
        parts,
        float(units.signal),
        float(units.noise),
        float(units.test_signal),
        float(units.test_noise),
    )
