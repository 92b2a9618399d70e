"""Rounding errors of a draw: as large as the simulation says, and not much less.

Against the same draws in multiple-precision arithmetic, in the units of
`rfscale.simulation.one_draw.losses`.
"""

import mpmath as mp
import numpy as np
import pytest

import rfscale as rf
from rfscale.simulation.one_draw import batches as many
from rfscale.simulation.one_draw import blocks
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.kernels import Roots
from rfscale.simulation.one_draw.linear_features import parts_of_losses
from rfscale.simulation.one_draw.losses import NOISE, SIGNAL, TRAIN_NOISE, TRAIN_SIGNAL

PARTS = (SIGNAL, NOISE, TRAIN_SIGNAL, TRAIN_NOISE)


def predictor(u, x, ridge):
    """A = phi^T (ridge + phi phi^T)^-1, or the same on the smaller side; theta = y A."""
    phi = u * x
    if ridge == 0 and min(u.rows, x.cols) > x.rows:
        return x.T * (x * x.T) ** -1 * (u.T * u) ** -1 * u.T
    if u.rows <= x.cols:
        return phi.T * (phi * phi.T + ridge * mp.eye(u.rows)) ** -1
    return (phi.T * phi + ridge * mp.eye(x.cols)) ** -1 * phi.T


def losses(u, x, root, ridge):
    """Signal, noise, and what training leaves of signal and noise, at the present precision."""
    u, x, roots = (
        mp.matrix(u.tolist()),
        mp.matrix(x.tolist()),
        mp.diag([mp.mpf(float(value)) for value in root]),
    )
    A = predictor(u, x, mp.mpf(ridge))
    error = mp.eye(x.rows) - x * A * u
    residual = mp.eye(x.cols) - A * u * x

    def total(matrix):
        return mp.fsum(value**2 for value in matrix)

    return (
        total(error * roots),
        total(A * u * roots),
        total(x * residual) / x.cols,
        total(residual) / x.cols,
    )


SIZES = [
    (1, 1, 3),
    (3, 5, 9),
    (5, 3, 9),
    (6, 6, 8),
    (8, 8, 10),
    (4, 9, 4),
    (9, 4, 4),
    (4, 4, 4),
    (6, 7, 3),
    (3, 6, 14),
]
RIDGES = [0.0, 1e-300, 1e-36, 1e-20, 1e-12, 1e-6, 1e-2, 1.0, 1e3, 1e10, 1e20, 1e300]

UNDERFLOW = 1e-150  # squares of what is smaller vanish


@pytest.mark.parametrize("entry", ["one ridge", "path"])
@pytest.mark.parametrize("alpha", [0.1, 1.0, 5.0, 20.0])
def test_errors_are_what_is_said(alpha, entry):
    ratios = []
    for N, T, M in SIZES:
        experiment = Experiment(rf.ScalingModel(rf.PowerLaw(alpha, M)), N, T, seed=3)
        stream = np.random.Generator(
            np.random.SFC64(np.random.SeedSequence(3, spawn_key=(N, T, M, 0, 0, 0)))
        )
        root = np.sqrt(np.exp(experiment.model.spectrum.log_eigenvalues))
        u = stream.standard_normal((N, M))
        x = stream.standard_normal((M, T)) * root[:, None]
        for ridge in RIDGES:
            ridges = np.array([ridge] if entry == "one ridge" else [ridge, 1.0])
            found, said = parts_of_losses(experiment, range(1), ridges)[0, :, :, 0]
            with mp.workdps(100 + (int(2 * abs(np.log10(ridge))) if ridge else 0)):
                true = losses(u, x, root, ridge)
                errors = [
                    float(abs(mp.mpf(float(found[p])) - value))
                    for p, value in zip(PARTS, true, strict=True)
                ]
            for part, error in zip(PARTS, errors, strict=True):
                assert found[part] >= 0
                # the product u x itself cancels, which its one singular value does not show
                if N == T == 1:
                    assert error <= 1e-12 * found[part] + said[part] + UNDERFLOW
                    continue
                # what is said is the size of a first-order error, of which there are several
                assert error <= 10 * said[part] + UNDERFLOW, (
                    N,
                    T,
                    M,
                    ridge,
                    part,
                    found[part],
                    true,
                )
                if np.isfinite(said[part]) and error > UNDERFLOW:
                    ratios.append(error / said[part])
    assert np.median(ratios) > 1e-3


@pytest.mark.parametrize(
    ("N", "T", "M", "seed"), [(5, 8, 20, 3), (8, 8, 10, 5), (6, 6, 8, 6), (8, 5, 20, 3)]
)
def test_errors_with_an_explicit_test_set(N, T, M, seed):
    """One teacher on one test set; the second and third lose digits to a small singular value."""
    experiment = Experiment(rf.ScalingModel(rf.PowerLaw(5.0, M)), N, T, seed, test_points=4)
    (roots, u, x), *_ = blocks.blocks(experiment, 0)
    w, x_test = blocks.teacher_and_test_block(experiment, 0, 0, roots)
    for ridge in (0.0, 1e-20, 1e-6, 1.0):
        found, said = parts_of_losses(experiment, range(1), np.array([ridge]))[0, :, SIGNAL, 0]
        with mp.workdps(120):
            U, X, W, X_test = (mp.matrix(a.tolist()) for a in (u, x, w[None], x_test))
            error = W * X * predictor(U, X, mp.mpf(ridge)) * U * X_test - W * X_test
            true = mp.fsum(value**2 for value in error) / 4
        assert abs(float(mp.mpf(float(found)) - true)) <= 10 * said
        assert said < 1e-3 * found + 1e-13


def test_one_ridge_takes_the_short_way_unless_it_would_be_wrong():
    """QR where it is as good as the singular values; else False, and nothing is written."""
    rng = np.random.default_rng(1)
    root = np.arange(1.0, 31) ** -1.0
    roots = Roots(root, root, np.empty(0))
    for N, T in [(6, 9), (9, 6), (7, 7)]:
        u = rng.standard_normal((N, 30))
        x = rng.standard_normal((30, T)) * root[:, None]
        for ridge, taken in [(0.0, True), (1e-3, True), (1e3, True), (1e12, False)]:
            path = np.zeros((2, 6, 1))
            assert many._one_ridge(roots, u, x, u @ x, ridge, path) == taken
            assert np.any(path > 0) == taken
        twice = u.copy()
        twice[1] = u[0]  # not of full rank
        assert N > T or not many._one_ridge(roots, twice, x, twice @ x, 0.0, np.zeros((2, 6, 1)))


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.parametrize(
    ("N", "T", "M", "alpha"),
    [
        (20, 30, 10, 400.0),
        (2, 2, 2, 150.0),
        (20, 30, 10, 80.0),
        (3, 5, 10, 150.0),
        (3, 6, 10, 400.0),
        (4, 9, 4, 20.0),
    ],
)
def test_spectra_too_steep_for_float64(N, T, M, alpha):
    for ridge in (0.0, [0.0, 1.0]):
        model = rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_eps=1.0)
        estimate = rf.simulate(model, N, T, ridge, draws=20, seed=1)
        planar = rf.predict(model, N, T, 0.0)
        signal = estimate.signal
        assert np.ravel(signal.mean)[0] <= 4 * np.ravel(signal.stderr)[0] + planar.signal * 100
        assert np.ravel(signal.stderr)[0] < 1e-15
    path = parts_of_losses(Experiment(model, N, T, seed=1), range(20), np.array([0.0, 1.0]))
    assert np.all(path[:, 1, SIGNAL] < 1e-13)  # at a ridge of 1 unknown directions say nothing


def test_directions_that_may_or_may_not_be_learned_are_in_the_error_of_the_training_loss():
    model = rf.ScalingModel(rf.PowerLaw(20.0, 300), sigma_eps=1.0)
    train = rf.simulate(model, 100, 150, 1e-36, draws=20, seed=1).train
    planar = rf.predict(model, 100, 150, 1e-36).train
    assert abs(train.mean - planar) < 2 * train.stderr
