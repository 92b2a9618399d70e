"""What else a pool says: its losses on average, the training loss, what is left out, and the
dispersion of leverages that Gaussian samples have.
"""

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.samples.features import LinearSampleFeatures
from rfscale.measured.samples.gram import Gram
from rfscale.measured.samples.pool import Pool

TAU = np.array([0.2, 0.4, 0.7, 1.2, 2.5])
NOISE = 0.5
P, M = 150, 30
EIGENVALUES = np.arange(1.0, M + 1) ** -1.5
W = np.random.default_rng(1).standard_normal(M)


def pool_of(seed, tau):
    """Elliptical samples with noisy labels."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((P, M)) * np.sqrt(EIGENVALUES) * np.sqrt(rng.choice(tau, (P, 1)))
    return rf.measure(X, X @ W + NOISE * rng.standard_normal(P))


def explicit_residuals(data, gamma):
    """Of the ridge fit to all samples of the pool, with the mean of samples and labels."""
    X = data.X - data.X.mean(0)
    y = data.y - data.y.mean(0)
    return y - X @ np.linalg.solve(X.T @ X + gamma * np.eye(X.shape[1]), X.T @ y)


@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")  # T = P is more than half of the pool
@pytest.mark.parametrize("leverages", [True, False])
def test_all_samples_of_the_pool_have_the_training_loss_of_their_fit(leverages):
    """q e is the residual, over the room 1 - 1/P that the mean leaves."""
    data = pool_of(1, TAU)
    for delta in data.curves(leverages=leverages).pool.delta[[60, 100, 140]]:
        at = {"N": np.inf, "T": P, "kernel_ridge": delta * P, "leverages": leverages}
        found = data.predict(**at, stderr=False).train * (1 - 1 / P) ** 2
        expected = np.mean(explicit_residuals(data, delta * P) ** 2)
        # sums of 150 terms, in eigenvectors that are right to 1e-14
        assert found == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(("tau", "leverages"), [([1.0], True), ([1.0], False), (TAU, True)])
def test_losses_of_pools_are_those_of_the_model_of_the_population(tau, leverages):
    """On average over 60 pools, at most 2 percent off: the bias is of relative order 1/P.

    An error of 12 percent would be seen, of 8 percent with equal leverages.
    """
    model = rf.ScalingModel(
        rf.Eigenvalues(EIGENVALUES),
        sigma_u=np.sqrt(M),
        sigma_eps=NOISE,
        teacher=rf.Teacher.weights(np.abs(W)),
    )
    at = [8, 8, 8, 15, 40], [15, 30, 60, 60, 60], [0.1, 0.1, 3.0, 3.0, 3.0]
    options = {"leverages": leverages, "stderr": False}
    pools = [pool_of(seed, tau).predict(*at, **options) for seed in range(60)]
    exact = rf.predict(model, *at, leverages=tau)
    for loss, expected in [("mse", 2 * exact.test + NOISE**2), ("train", exact.train)]:
        ratios = [getattr(pool, loss) / expected for pool in pools]
        stderr = np.std(ratios, axis=0) / np.sqrt(60)
        assert np.all(stderr < 0.02)
        assert np.all(np.abs(np.mean(ratios, axis=0) - 1) < 3 * stderr + 0.02), loss


def test_with_equal_leverages_the_order_error_is_the_plain_fluctuation():
    """(6.16), times the share of the loss that is variance, from one fit's residuals and sums."""
    data = pool_of(2, TAU)
    N = 12.0
    T = 40.0
    delta = data.curves(leverages=False).pool.delta[120]
    e = np.linalg.svd(data.X - data.X.mean(0), compute_uv=False) ** 2 / P
    f = e / (e + delta)
    room = 1 - 1 / P
    df1 = f.sum() / room
    slope = (f * (1 - f)).sum() / room  # -d df1/d log delta, and by kappa = delta/(1 - df1/P):
    s = slope / (1 - slope / (P - df1))
    squares = np.mean(explicit_residuals(data, delta * P) ** 2) / (room * (1 - df1 / P)) ** 2
    without = squares * (1 - (df1 - s) / P)  # with infinitely many features and samples
    y_N = 1 - df1 / N
    y_T = 1 - df1 / T
    D = y_N * y_T + s * (y_N / T + y_T / N)
    fluctuation = (y_T / N + y_N / T + 2 * s / (N * T)) / D
    kappa = delta / (1 - df1 / P)
    ridge = kappa * y_N * y_T * N * T  # (4.7)
    found = data.predict(N, T, ridge, leverages=False, stderr=False)
    assert found.df1 == pytest.approx(df1, rel=1e-9, abs=0)
    # read off at a ridge of the grid: rounding only
    expected = fluctuation * (1 - without / found.mse)
    assert found.order_error == pytest.approx(expected, rel=1e-9, abs=0)


def test_gaussian_samples_have_the_dispersion_that_is_stated():
    """Leverages of 400 samples have a standard deviation known to 1/sqrt(800), 10 pools to 1.2
    percent; limits are three times that.
    """
    P, inputs = 400, 200
    delta = np.array([0.1, 0.5])
    ratios = []
    for seed in range(10):
        X = np.random.default_rng(seed).standard_normal((P, inputs))
        pool = Pool.of(Gram.of(X, X[:, :1], LinearSampleFeatures()), delta=delta)
        ratios.append(pool.dispersion / pool.gaussian_dispersion)
    share = (pool.df1 - pool.slope) / P
    assert np.all(np.abs(np.mean(ratios, axis=0) - 1) < 0.036)
    assert np.all((1 - share) ** -0.5 > 1.06)  # without this factor it would be seen
