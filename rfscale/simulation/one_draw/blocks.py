"""The random numbers of a draw, one block of latent directions after the other.

Every block of every draw has a stream of its own. Small draws come in batches, one after the other
from the stream of the first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rfscale.simulation.one_draw import kernels
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.kernels import Roots
from rfscale.support.arguments import Floats

# purposes of random streams
TRAINING, TESTING, LABEL_NOISE, LEVERAGES, TEST_LEVERAGES = range(5)
LARGEST_BLOCK = 4096  # latent directions that are drawn and multiplied at once ...
NUMBERS_PER_BLOCK = 2**22  # ... if they are not more random numbers than these

Block = tuple[Roots, Floats, Floats]


def block_size(experiment: Experiment) -> int:
    """Latent directions in a block: all of them where a user's law draws them together."""
    if experiment.latents.own:
        return experiment.model.rank
    largest = max(1, NUMBERS_PER_BLOCK // (experiment.N + experiment.T))
    return min(experiment.model.rank, LARGEST_BLOCK, largest)


def blocks(experiment: Experiment, draw: int) -> Iterator[Block]:
    """Roots of variances (B,), features u (N, B) and latent data x (B, T) of each block.

    Features have unit variance, and the largest eigenvalue is 1 (1.19).
    """
    scales = root_leverages(experiment, draw, experiment.T)
    for block in range(-(-experiment.model.rank // block_size(experiment))):
        roots = block_roots(experiment, block)
        generator = experiment.generator(draw, TRAINING, block)
        u = kernels.standard_normals(generator, experiment.N, roots.train.size)
        yield roots, u, _latent_data(experiment, generator, roots.train, experiment.T, scales)


def block_roots(experiment: Experiment, block: int) -> Roots:
    """Square roots of the variances of a block, each in units of the largest."""
    model = experiment.model
    start = block * block_size(experiment)
    stop = min(start + block_size(experiment), model.rank)
    train = np.sqrt(np.exp(model.spectrum.log_eigenvalues[start:stop]))
    test = train if model.test_spectrum is None else np.sqrt(model.tested_on.relative(start, stop))
    teacher = np.empty(0)
    if not model.teacher.is_isotropic:
        teacher = np.asarray(model.teacher.relative(start, stop), dtype=np.float64)
    return Roots(train, test, teacher)


def teacher_and_test_block(
    experiment: Experiment, draw: int, block: int, roots: Roots
) -> tuple[Floats, Floats]:
    """Teacher w (B,) and test data (B, T_hat) of one block.

    The teacher is in units of its root mean square, or of the largest one.
    """
    assert experiment.test_points is not None
    generator = experiment.generator(draw, TESTING, block)
    teacher = experiment.model.teacher
    w = kernels.standard_normals(generator, 1, roots.train.size).ravel()
    if not teacher.is_isotropic:
        w = roots.teacher * (1.0 if teacher.fixed else w)
    points = experiment.test_points
    scales = root_leverages(experiment, draw, points, TEST_LEVERAGES)
    return w, _latent_data(experiment, generator, roots.test, points, scales)


def _latent_data(
    experiment: Experiment,
    generator: np.random.Generator,
    roots: Floats,
    samples: int,
    scales: Floats,
) -> Floats:
    """Data x (B, samples) of the law of the experiment, each sample scaled if there are scales."""
    latents = experiment.latents
    if latents.is_gaussian:
        x = kernels.scaled_normals(generator, roots, samples)
    else:
        z = latents.draw(generator, samples, roots.size)
        x = np.multiply(roots[:, None], z.T, order="C")  # as the compiled functions know it
    if scales.size:
        x *= scales
    return x


def root_leverages(
    experiment: Experiment, draw: int, samples: int, purpose: int = LEVERAGES
) -> Floats:
    """Roots of the leverages of the samples of a draw, (samples,), or (0,) if they have none."""
    if experiment.leverages is None:
        return np.empty(0)
    return drawn_roots(experiment.leverages, experiment.generator(draw, purpose), samples)


def drawn_roots(leverages: Floats, generator: np.random.Generator, samples: int) -> Floats:
    """Roots of leverages, all equally likely, the same one after the other in parts of any size."""
    return np.sqrt(leverages[generator.integers(leverages.size, size=samples)])


def label_noise(experiment: Experiment, draw: int) -> Floats:
    """Label noise eps (T,), unit variance."""
    generator = experiment.generator(draw, LABEL_NOISE, 0)
    return kernels.standard_normals(generator, 1, experiment.T).ravel()
