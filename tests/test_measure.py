"""What a pool of samples says: against refits without each sample, against the population's model,
and how it is asked.
"""

import re
from dataclasses import dataclass

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.samples import pool as pool_module
from rfscale.measured.samples.features import checked_features
from rfscale.measured.samples.measured_prediction import MeasuredPrediction
from rfscale.measured.samples.splits import rows_of_split

IGNORED = "ignore::rfscale.RegimeWarning"  # T = P is more than half of the pool


@dataclass(frozen=True)
class Waves(rf.SampleFeatures):
    """Cosines of random frequencies and phases, whose kernel is Gaussian."""

    width: float = 3.0

    def kernel(self, X, Z):
        squares = (X**2).sum(1)[:, None] + (Z**2).sum(1) - 2 * X @ Z.T
        return np.exp(-squares / (2 * self.width**2))

    def draw(self, rng, N, inputs):
        u = rng.standard_normal((inputs, N)) / self.width
        phase = rng.uniform(0, 2 * np.pi, N)
        return lambda X: np.sqrt(2) * np.cos(X @ u + phase)


def samples(P=60, inputs=12, outputs=2, seed=1, tail=3.0):
    """Of lengths that fluctuate, with a mean, and labels with a mean and noise."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((P, inputs)) / np.arange(1, inputs + 1) ** 0.7
    X = X / np.sqrt(rng.chisquare(tail, (P, 1)) / tail) + 0.5
    w = rng.standard_normal((inputs, outputs))
    return X, X @ w + 0.5 * rng.standard_normal((P, outputs)) + 3.0


def measured(*args, features="linear", **options):
    return rf.measure(*samples(*args), features, **options)


def left_out(X, y, features, gamma):
    """The mean squared error of P refits without one sample each.

    The mean of samples in linear features, and of their labels, is that of those that are left in;
    otherwise that of all.
    """
    total = 0.0
    for i in range(len(X)):
        kept = np.arange(len(X)) != i
        if features == "linear":
            mean, label = X[kept].mean(0), y[kept].mean(0)
            x, z = X[kept] - mean, X[i] - mean
            fit = np.linalg.solve(x.T @ x + gamma * np.eye(x.shape[1]), x.T @ (y[kept] - label))
            error = y[i] - label - z @ fit
        else:
            at = X - X.mean(0) if features.centred else X
            kernel = features.kernel(at, at)
            labels = y - y.mean(0)
            matrix = kernel[np.ix_(kept, kept)] + gamma * np.eye(len(X) - 1)
            error = labels[i] - kernel[i, kept] @ np.linalg.solve(matrix, labels[kept])
        total += np.sum(error**2)
    return total / len(X)


@pytest.mark.filterwarnings(IGNORED)
@pytest.mark.parametrize("shape", [(60, 12), (30, 45)])
@pytest.mark.parametrize("features", ["linear", checked_features("relu"), Waves()])
def test_all_samples_of_the_pool_give_the_error_of_leaving_one_out(shape, features):
    X, y = samples(*shape)
    data = rf.measure(X, y, features)
    grid = data.curves(leverages=True).pool.delta[[60, 90, 120, 150]] * data.P
    for gamma in grid:
        found = data.predict(np.inf, data.P, kernel_ridge=gamma, stderr=False).mse
        # kernel matrices have a condition of up to 1e4 with these ridges
        assert found == pytest.approx(left_out(X, y, features, gamma), rel=1e-12, abs=0)
    for gamma in grid * 1.07:  # between two of them
        found = data.predict(np.inf, data.P, kernel_ridge=gamma, stderr=False).mse
        assert found == pytest.approx(left_out(X, y, features, gamma), rel=1e-5, abs=0)


@pytest.mark.filterwarnings(IGNORED)
def test_equal_leverages_are_generalised_cross_validation():
    X, y = samples()
    data = rf.measure(X, y)
    x, labels = X - X.mean(0), y - y.mean(0)
    gamma = data.curves(leverages=False).pool.delta[110] * data.P
    hat = x @ np.linalg.solve(x.T @ x + gamma * np.eye(12), x.T) + 1 / data.P  # with the mean
    residuals = np.sum((labels - hat @ labels) ** 2, axis=1)
    expected = np.mean(residuals) / (1 - np.trace(hat) / data.P) ** 2
    found = data.predict(np.inf, data.P, kernel_ridge=gamma, leverages=False, stderr=False).mse
    assert found == pytest.approx(expected, rel=1e-12, abs=0)
    exact = np.mean(residuals / (1 - np.diag(hat)) ** 2)
    assert abs(found / exact - 1) > 0.05  # these samples have leverages that differ


@pytest.mark.parametrize("leverages", [True, False])
def test_pools_of_gaussian_samples_say_what_the_model_of_the_population_does(leverages):
    """On average over 60 pools of 150; with a ridge of their own, at most 2 percent off.

    The bias is of relative order 1/P.
    """
    M, noise = 30, 0.5
    eigenvalues = np.arange(1.0, M + 1) ** -1.5
    w = np.random.default_rng(1).standard_normal(M)
    model = rf.ScalingModel(
        rf.Eigenvalues(eigenvalues),
        sigma_u=np.sqrt(M),
        sigma_eps=noise,
        teacher=rf.Teacher.weights(np.abs(w)),
    )
    at = [8, 8, 40], [15, 60, 60], [0.1, 3.0, 3.0]
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((150, M)) * np.sqrt(eigenvalues)
        data = rf.measure(X, X @ w + noise * rng.standard_normal(150))
        found.append(data.predict(*at, leverages=leverages, stderr=False).mse)
    expected = 2 * rf.predict(model, *at).test + noise**2
    mean = np.mean(found, axis=0) / expected
    stderr = np.std(found, axis=0) / expected / np.sqrt(60)
    assert np.all(stderr < 0.02)  # an error of 7 percent would be seen
    assert np.all(np.abs(mean - 1) < 3 * stderr + 0.02)


def test_compare_predicts_from_the_samples_that_are_not_held_out():
    data = measured(90, pool=40)
    split = {"holdout": 0.4, "seed": 3, "split": 2}
    part = data.without_held_out(**split)
    _, held_out = rows_of_split(90, 0.4, 3, 2)
    assert not set(part.pool) & set(held_out)
    assert part.P == 40
    found = rf.compare(data, [3, 6], 15, draws=2, **split).prediction
    assert found.mse.tolist() == part.predict([3, 6], 15, stderr=False).mse.tolist()
