"""Leverages in the simulation: training samples x = sqrt(tau) z, tau one of some given numbers.

Whichever way a draw takes (compiled in a batch, alone, block by block, at low rank, with test
points, by a training, by SGD), it is compared with plain numpy on the same z and tau, and the mean
over draws with numpy's own.
"""

import numpy as np
import pytest
import reference
from scipy.optimize import brentq

import rfscale as rf
from rfscale.simulation.one_draw import blocks
from rfscale.simulation.one_draw.linear_features import LinearFeatures, batch_size
from rfscale.simulation.one_draw.sgd import sgd_losses, unstable
from rfscale.simulation.options import Options

TAU = np.array([0.1, 0.4, 0.5, 3.0])
MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_w=1.3, sigma_u=0.7, sigma_eps=0.1)


def leverages_of(experiment, draw, purpose=blocks.LEVERAGES, samples=None):
    """Of the samples of a draw, from a stream of their own."""
    generator = experiment.generator(draw, purpose)
    return TAU[generator.integers(TAU.size, size=samples or experiment.T)]


def plain_draws(experiment, draws):
    """(u, x) of the first draws in plain numpy: a batch is one stream, as is each block."""
    model = experiment.model
    M = model.M
    size = blocks.block_size(experiment)
    in_batch = batch_size(experiment)
    for draw in range(draws):
        scales = np.sqrt(leverages_of(experiment, draw))
        u = np.empty((experiment.N, M))
        z = np.empty((M, experiment.T))
        for block in range(-(-M // size)):
            at = slice(block * size, min((block + 1) * size, M))
            if draw % in_batch == 0:
                generator = experiment.generator(draw, 0, block)
            u[:, at] = generator.standard_normal(u[:, at].shape)
            if experiment.latents.is_gaussian:
                z[at] = generator.standard_normal(z[at].shape)
            else:
                z[at] = experiment.latents.draw(generator, experiment.T, z[at].shape[0]).T
        root = np.sqrt(model.spectrum.eigenvalues)
        yield u * model.sigma_u / np.sqrt(M), root[:, None] * z * scales


@pytest.mark.parametrize(
    ("N", "T", "M", "ridges", "latents", "block"),
    [
        (9, 12, 60, [1e-2], "gaussian", 4096),  # compiled, by QR
        (12, 9, 60, [1e-2], "gaussian", 4096),
        (9, 12, 60, [1e-2, 0.3], "gaussian", 4096),  # by singular values
        (30, 25, 14, [1e-2], "gaussian", 4096),  # at the rank of M
        (9, 12, 60, [1e-2], "rademacher", 4096),  # each draw alone
        (9, 12, 60, [1e-2], "gaussian", 25),  # in three blocks
        (30, 25, 14, [1e-2], "gaussian", 5),
    ],
)
def test_a_draw_is_that_of_plain_numpy(N, T, M, ridges, latents, block, monkeypatch):
    """Of a ridge, and of the same ridge as a training, in the second draw of a batch."""
    monkeypatch.setattr(blocks, "LARGEST_BLOCK", block)
    model = rf.ScalingModel(rf.PowerLaw(0.5, M), sigma_w=1.3, sigma_u=0.7, sigma_eps=0.1)
    options = Options(draws=2, seed=3, latents=latents, leverages=TAU)
    experiment = options.experiment(model, N, T)
    assert (batch_size(experiment) == 1) == (latents != "gaussian" or block < M)
    at = model.spectrum.eigenvalues, ridges, 1.3, 0.1
    expected = np.array([plain_losses(u, x, *at) for u, x in plain_draws(experiment, 2)])
    found = LinearFeatures().losses(experiment, range(2), np.array(ridges))
    trainings = tuple(map(rf.Ridge, ridges))
    trained = LinearFeatures().trained_losses(experiment, range(1, 2), trainings)
    # normal equations lose their condition number, below 1e4 at these ridges
    np.testing.assert_allclose(found[:, 0, 1:], expected, rtol=1e-11)
    np.testing.assert_allclose(trained[:, 0, 1:], expected[1:], rtol=1e-11)


def plain_losses(u, x, eigenvalues, ridges, sigma_w, sigma_eps):
    """Signal, noise and training loss, (3, ridges)."""
    losses = [reference.losses(u, x, eigenvalues, r, sigma_w, sigma_eps) for r in ridges]
    return np.transpose(losses)


@pytest.mark.parametrize("latents", ["gaussian", "rademacher"])
def test_drawn_test_points_have_leverages_of_their_own(latents):
    """And the label noise of the training samples is not scaled."""
    options = Options(seed=3, latents=latents, leverages=TAU, test_points=200)
    experiment = options.experiment(MODEL, 9, 12)
    found = LinearFeatures().losses(experiment, range(3), np.array([0.1]))[:, 0]
    eigenvalues = MODEL.spectrum.eigenvalues
    for draw, (u, x) in enumerate(plain_draws(experiment, 3)):
        generator = experiment.generator(draw, blocks.TESTING)
        w = generator.standard_normal(60) * 1.3 / np.sqrt(60)
        z = generator.standard_normal((60, 200))
        if latents != "gaussian":
            generator = experiment.generator(draw, blocks.TESTING)
            generator.standard_normal(60)
            z = experiment.latents.draw(generator, 200, 60).T
        own = leverages_of(experiment, draw, blocks.TEST_LEVERAGES, 200)
        x_test = np.sqrt(eigenvalues)[:, None] * z * np.sqrt(own)
        eps = 0.1 * experiment.generator(draw, blocks.LABEL_NOISE).standard_normal(12)
        expected = reference.explicit_losses(u, x, w, eps, x_test, 0.1)
        np.testing.assert_allclose(found[draw, [0, 3], 0], expected, rtol=1e-11)


def test_drawn_test_points_have_the_mean_of_the_exact_average():
    """Whose test points have the covariance of z, as leverages have mean 1."""
    exact = rf.simulate(MODEL, 9, 12, 0.1, seed=1, draws=2000, leverages=TAU).test
    drawn = rf.simulate(MODEL, 9, 12, 0.1, seed=2, draws=500, test_points=40, leverages=TAU).test
    error = np.hypot(exact.stderr, drawn.stderr)
    assert error < 0.05 * exact.mean  # test points of variance 1.2 would be seen
    assert abs(drawn.mean - exact.mean) <= 4 * error


def test_means_are_those_of_plain_numpy():
    """Independent draws of numpy's own, each sample's tau drawn by `choice`."""
    rng = np.random.default_rng(5)
    root = np.sqrt(MODEL.spectrum.eigenvalues)
    losses = []
    for _ in range(2000):
        u = rng.standard_normal((9, 60)) * 0.7 / np.sqrt(60)
        x = root[:, None] * rng.standard_normal((60, 12)) * np.sqrt(rng.choice(TAU, 12))
        losses.append(reference.losses(u, x, root**2, 1e-2, 1.3, 0.1))
    found = rf.simulate(MODEL, 9, 12, 1e-2, draws=8000, seed=1, leverages=TAU)
    plain = rf.simulate(MODEL, 9, 12, 1e-2, draws=8000, seed=1)
    for i, loss in enumerate(("signal", "noise", "train")):
        own = getattr(found, loss)
        column = np.array(losses)[:, i]
        error = np.hypot(own.stderr, column.std() / np.sqrt(len(column)))
        assert abs(own.mean - column.mean()) <= 4 * error, loss
        assert abs(own.mean - getattr(plain, loss).mean) > 8 * error, loss  # it can be seen


def test_leverages_are_drawn_independently_and_equally_often():
    experiment = Options(seed=1, leverages=TAU).experiment(MODEL, 9, 100)
    drawn = np.array([blocks.root_leverages(experiment, draw, 100) for draw in range(200)])
    values = np.argmin(abs(drawn[..., None] ** 2 - TAU), axis=-1)
    np.testing.assert_allclose(drawn**2, TAU[values], rtol=1e-15)
    counts = np.bincount(values.ravel(), minlength=4)
    # five standard errors of counts of 20 000 at probabilities of 1/4
    assert np.all(abs(counts - 5000) < 5 * np.sqrt(20_000 * 3 / 16))
    for one, other in [(values[:, 1:], values[:, :-1]), (values[1:], values[:-1])]:
        equal = np.mean(one == other)
        assert abs(equal - 1 / 4) < 5 * np.sqrt(3 / 16 / one.size)


@pytest.mark.parametrize(
    "options",
    [
        {"ridge": 0.1},
        {"ridge": 0.1, "latents": "rademacher"},
        {"ridge": 0.1, "test_points": 7},
        {"training": rf.GradientFlow(tau=[1.0, 30.0])},
        {"training": rf.SGD([2, 4], 3, relative_step=0.1)},
    ],
)
def test_leverages_of_one_change_no_bit(options):
    """Nor does the number of workers."""
    arguments = {"draws": 70, "seed": 3} | options
    plain = rf.simulate(MODEL, 9, 12, workers=1, **arguments)
    ones = rf.simulate(MODEL, 9, 12, workers=2, leverages=[1.0, 1.0], **arguments)
    scaled = [rf.simulate(MODEL, 9, 12, workers=w, leverages=TAU, **arguments) for w in (1, 2)]
    for loss in rf.Estimate.LOSSES:
        assert np.array_equal(getattr(plain, loss).mean, getattr(ones, loss).mean)
        assert np.array_equal(*[getattr(one, loss).mean for one in scaled])
        differ = getattr(plain, loss).mean != getattr(scaled[0], loss).mean
        assert np.all(differ)


@pytest.mark.parametrize("block", [2**20, 3 * (5 + 60 + 64)])
def test_a_run_of_sgd_is_that_of_the_definition(block, monkeypatch):
    """Also where samples come in blocks that end within a batch."""
    monkeypatch.setattr("rfscale.simulation.one_draw.sgd.NUMBERS_PER_BLOCK", block)
    model = rf.ScalingModel(rf.PowerLaw(0.7, 20), sigma_w=1.3, sigma_u=0.6)
    experiment = Options(seed=2, leverages=TAU).experiment(model, 5, 200)
    found = sgd_losses(experiment, range(2), [rf.SGD(11, 4, 0.4)])
    root = np.sqrt(model.spectrum.eigenvalues)
    for draw in range(2):
        generator = experiment.generator(draw)
        scales = np.sqrt(leverages_of(experiment, draw)).reshape(-1, 4)
        u = generator.standard_normal((5, 20)) * 0.6 / np.sqrt(20)
        theta = np.zeros((20, 5))
        w = np.eye(20) * 1.3 / np.sqrt(20)
        for step in range(11):
            x = root[:, None] * generator.standard_normal((4, 20)).T * scales[step]
            theta -= 0.4 / 4 * (theta @ u @ x - w @ x) @ (u @ x).T
        expected = 0.5 * np.sum(((theta @ u - w) * root) ** 2)
        assert found[draw, 0, 1, 0] == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("batch", [1, 20])
def test_sgd_is_stable_up_to_where_second_moments_grow(batch):
    """The matrix by which the mean squares of theta in the eigenvectors of u Lambda u^T change in
    one step, from x^T A x whose mean square has the factor <tau^2>."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 6))
    experiment = Options(seed=1, leverages=TAU).experiment(model, 3, 10)
    u = experiment.generator(0).standard_normal((3, 6)) * np.sqrt(model.spectrum.eigenvalues)
    c = np.linalg.eigvalsh(u @ u.T) / 3
    square = np.mean(TAU**2)

    def growth(step):
        kept = 1 - 2 * step * c + step**2 * c**2 * (batch - 1 + 2 * square) / batch
        return np.linalg.eigvalsh(np.diag(kept) + step**2 * square / batch * np.outer(c, c))[-1]

    top = brentq(lambda step: growth(step) - 1, 1e-3, 5.0)
    around = [rf.SGD(1, batch, relative_step=top * factor) for factor in (0.999, 1.001)]
    assert unstable(experiment, range(1), around)[0].tolist() == [0, 1]
