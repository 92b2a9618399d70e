r"""One draw of one-pass SGD: samples are drawn, seen once and forgotten (21.1).

.. math:: \theta_{k+1} = \theta_k - \frac{\eta}{B} \sum_{b=1}^{B} (\theta_k \varphi_b - y_b)\,
          \varphi_b^T, \qquad \varphi = u x, \quad y = w x + \epsilon

Several teachers w and label noises see the same samples, each with weights theta of its own: theta
is linear in y. Test losses are exact averages over test points. In units where sigma_w = sigma_u =
sigma_eps = lambda_+ = 1 (1.19).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from rfscale.model.training import SGD
from rfscale.simulation.one_draw import blocks, kernels
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.kernels import EPS, Roots
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled_sum

REPLICAS = 32  # teachers that share the samples, if there are more directions, and label noises
NUMBERS_PER_BLOCK = 2**20  # of the samples that are drawn at once


class Traces(NamedTuple):
    """Losses in the units of `rfscale.model.units.Units`, each with test and training spectrum."""

    signal: float
    noise: float
    train_signal: float
    train_noise: float


class _Learner(NamedTuple):
    """The weights of all replicas, which SGD changes in place."""

    theta: Floats  # (replicas, N)
    gradient: Floats  # of the samples of this step so far


def sgd_losses(experiment: Experiment, draws: range, trainings: Sequence[SGD]) -> Floats:
    """The losses of some draws, each after each of the trainings.

    Trainings of the same batch and step size share one run. All runs of a draw have the same
    features and see the same samples.

    Parameters
    ----------
    experiment : Experiment
        Without `test_points`.
    draws : range
    trainings : sequence of SGD
        Their fields are numbers, and no more samples are seen than T.

    Returns
    -------
    ndarray
        (draws, 2, 4, trainings), as of `Estimator.losses`: `inf` where a run has diverged. The
        training loss is the mean over fresh batches before the next step.
    """
    if experiment.test_points is not None:
        raise ValueError(
            "test_points must be None where the training is SGD, which averages exactly over test "
            f"points, got {experiment.test_points}"
        )
    found = np.empty((len(draws), 2, 4, len(trainings)))
    for i, draw in enumerate(draws):
        for place, traces in _of_a_draw(experiment, draw, trainings):
            found[i, 0, :, place] = _in_units(experiment, traces)
    found[:, 0] = np.where(np.isnan(found[:, 0]), np.inf, found[:, 0])
    with np.errstate(over="ignore"):
        found[:, 1] = np.where(np.isinf(found[:, 0]), 0.0, EPS * found[:, 0])
    return found


def unstable(experiment: Experiment, draws: range, trainings: Sequence[SGD]) -> Floats:
    """1 where the losses of a draw grow without bound, on average over its samples, else 0.

    With eigenvalues c of u Lambda u^T/N that is where one is above z = 2B/(eta (B + 1)), in
    their units, or the sum of c/(z - c) above B + 1 (21.8). With leverages of mean square m it is
    B - 1 + 2m in the place of B + 1, the latter over m, as the fourth moments of samples are m
    times those of Gaussian ones. Shape (draws, trainings).
    """
    square = 1.0 if experiment.leverages is None else float(np.mean(experiment.leverages**2))
    N, _, M = experiment.sizes
    root = _roots(experiment).train
    unit = _unit(experiment)
    found = np.empty((len(draws), len(trainings)))
    for i, draw in enumerate(draws):
        u = kernels.standard_normals(experiment.generator(draw, blocks.TRAINING), N, M) * root
        c = np.linalg.eigvalsh(kernels.gram(u)) / N
        for j, training in enumerate(trainings):
            B = training.batch
            most = B - 1 + 2 * square
            z = 2 * B / (float(training.relative_to(unit)) * most)
            found[i, j] = c[-1] >= z or np.sum(c / (z - c)) > most / square
    return found


def memory(experiment: Experiment) -> float:
    """Bytes that a call of `sgd_losses` needs at its peak."""
    N, _, M = experiment.sizes
    replicas = 2 * REPLICAS
    samples = _samples_in_a_block(experiment)
    return 8.0 * (N * M + 3 * replicas * (N + M) + samples * (2 * M + N + replicas))


def _of_a_draw(
    experiment: Experiment, draw: int, trainings: Sequence[SGD]
) -> Iterator[tuple[int, Traces]]:
    """The place of each training, and its losses."""
    unit = _unit(experiment)

    def setting(place: int) -> tuple[float, int]:
        return float(trainings[place].relative_to(unit)), int(trainings[place].batch)

    places = sorted(range(len(trainings)), key=lambda i: (*setting(i), trainings[i].steps))
    for (step, batch), run in groupby(places, key=setting):
        own = list(run)
        steps = [int(trainings[place].steps) for place in own]
        yield from zip(own, _run(experiment, draw, step / experiment.N, batch, steps), strict=True)


def _unit(experiment: Experiment) -> Floats:
    """sigma_u^2 lambda_+ N/M."""
    return np.asarray(np.exp(-experiment.model.units.log_ridge(1.0, per=(experiment.N,))))


def _run(
    experiment: Experiment, draw: int, step: float, batch: int, steps: list[int]
) -> Iterator[Traces]:
    """The losses after each number of steps, which rise."""
    N, _, M = experiment.sizes
    roots = _roots(experiment)
    generator = experiment.generator(draw, blocks.TRAINING)
    u = kernels.standard_normals(generator, N, M)
    w = _teachers(roots, experiment, experiment.generator(draw, blocks.TESTING))
    noises = REPLICAS if experiment.model.sigma_eps > 0 else 0
    noise = experiment.generator(draw, blocks.LABEL_NOISE)
    scales = experiment.generator(draw, blocks.LEVERAGES)
    weights = np.zeros((len(w) + noises, N))
    learner = _Learner(weights, np.zeros_like(weights))
    seen = 0
    for last in steps:
        while seen < last * batch:
            count = min(_samples_in_a_block(experiment), last * batch - seen)
            x = _samples(experiment, generator, scales, roots, count)
            eps = kernels.standard_normals(noise, count, noises) / np.sqrt(max(noises, 1))
            labels = np.hstack([x @ w.T, eps])
            descend(learner.theta, learner.gradient, x @ u.T, labels, step / batch, batch, seen)
            seen += count
        yield _losses(learner.theta @ u, w, roots)


def _samples_in_a_block(experiment: Experiment) -> int:
    N, _, M = experiment.sizes
    return max(1, NUMBERS_PER_BLOCK // (N + M + 2 * REPLICAS))


def _roots(experiment: Experiment) -> Roots:
    """Of all directions."""
    count = -(-experiment.model.rank // blocks.block_size(experiment))
    parts = [blocks.block_roots(experiment, block) for block in range(count)]
    return Roots(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def _teachers(roots: Roots, experiment: Experiment, generator: np.random.Generator) -> Floats:
    """Teachers (replicas, M) whose squared errors add up to the mean over teachers.

    One for each direction if there are few, which is exact, else some that are drawn.
    """
    M = roots.train.size
    scale = roots.teacher if roots.teacher.size else np.ones(M)
    if M <= REPLICAS:
        return np.diag(scale)
    return np.asarray(kernels.standard_normals(generator, REPLICAS, M) * (scale / REPLICAS**0.5))


def _samples(
    experiment: Experiment,
    generator: np.random.Generator,
    scales: np.random.Generator,
    roots: Roots,
    count: int,
) -> Floats:
    """Latent data (count, M), the same one after the other in blocks of any size."""
    M = roots.train.size
    if experiment.latents.is_gaussian:
        x = kernels.standard_normals(generator, count, M) * roots.train
    else:
        x = experiment.latents.draw(generator, count, M) * roots.train
    if experiment.leverages is not None:
        x *= blocks.drawn_roots(experiment.leverages, scales, count)[:, None]
    return x


@compiled_sum
def descend(
    theta: Floats,
    gradient: Floats,
    features: Floats,
    labels: Floats,
    rate: float,
    batch: int,
    seen: int,
) -> None:
    """Go on with SGD after `seen` samples, by features (samples, N), labels (samples, replicas).

    `rate` is the step over the batch; theta and gradient are (replicas, N).
    """
    replicas, N = theta.shape
    for sample in range(len(features)):
        ends = (seen + sample + 1) % batch == 0
        for r in range(replicas):
            error = -labels[sample, r]
            for i in range(N):
                error += theta[r, i] * features[sample, i]
            for i in range(N):
                gradient[r, i] += error * features[sample, i]
            if ends:
                for i in range(N):
                    theta[r, i] -= rate * gradient[r, i]
                    gradient[r, i] = 0.0


def _losses(learned: Floats, w: Floats, roots: Roots) -> Traces:
    """From theta u (replicas, M), first of the teachers w, then of the label noises."""
    with np.errstate(over="ignore", invalid="ignore"):
        signal = np.sum((learned[: len(w)] - w) ** 2, axis=0)
        noise = np.sum(learned[len(w) :] ** 2, axis=0)
        test = roots.test**2
        train = roots.train**2
        return Traces(signal @ test, noise @ test, signal @ train, noise @ train)


def _in_units(experiment: Experiment, traces: Traces) -> Floats:
    """Test, signal, noise and training loss; the label noise of a batch has variance 1."""
    units = experiment.model.units
    with np.errstate(over="ignore"):
        signal = float(units.test_signal) * traces.signal
        noise = float(units.test_noise) * traces.noise
        train = float(units.signal) * traces.train_signal
        train += float(units.noise) * (1.0 + traces.train_noise)
        return np.array([signal + noise, signal, noise, 2.0 * train])
