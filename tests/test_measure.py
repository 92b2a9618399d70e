"""Predictions from a pool: against refits without each sample, and what they do not depend on."""

from dataclasses import dataclass

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.samples import pool as pool_module
from rfscale.measured.samples.features import checked_features
from rfscale.measured.samples.measured_prediction import MeasuredPrediction

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


def samples(P=60, inputs=12, outputs=2):
    """Of lengths that fluctuate, with a mean, and labels with a mean and noise."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((P, inputs)) / np.arange(1, inputs + 1) ** 0.7
    X = X / np.sqrt(rng.chisquare(3.0, (P, 1)) / 3.0) + 0.5
    w = rng.standard_normal((inputs, outputs))
    return X, X @ w + 0.5 * rng.standard_normal((P, outputs)) + 3.0


def measured(*shape, features="linear"):
    return rf.measure(*samples(*shape), features)


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
    grid = data.curves(leverages=True).pool.delta[[-132, -102, -72, -42]] * data.P
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


def again(data):
    return rf.measure(data.X, data.y, data.features)


@pytest.mark.parametrize("features", ["linear", "relu"])
def test_losses_between_the_ridges_of_the_grid(features, monkeypatch):
    """Against a grid of 3000: near the peak and without ridge, at the best ridge, and elsewhere."""
    data = measured(150, 40, features=features)
    rng = np.random.default_rng(3)
    sizes = 10 ** rng.uniform(0.5, 1.8, (2, 40))
    at = [
        (*sizes, 10 ** rng.uniform(-4, 2, 40)),
        (*sizes, "optimal"),
        (20, [20, 20.01, 30], 1e-6),
        ([20, 60], 20, 0.0),
        (70, 70, 1e-6),  # more than the rank of linear features
    ]
    found = [data.predict(*point, stderr=False) for point in at]
    monkeypatch.setattr(pool_module, "ROWS", 3000)
    many = again(data)
    for point, here in zip(at, found, strict=True):
        exact = many.predict(*point, stderr=False)
        assert here.mse == pytest.approx(exact.mse, rel=1e-5, abs=0)
        if not isinstance(point[2], str):
            assert here.df1 == pytest.approx(exact.df1, rel=1e-5, abs=0)
            assert here.train == pytest.approx(exact.train, rel=1e-3, abs=1e-5 * data.variance)
        else:  # the loss is flat there
            assert here.ridge == pytest.approx(exact.ridge, rel=1e-2, abs=0)


def test_the_best_ridge_has_the_least_loss():
    data = measured(150, 40)
    best = data.predict([10, 30], [[20], [60]], stderr=False)
    for factor in (0.9, 1.1):
        beside = data.predict([10, 30], [[20], [60]], factor * best.ridge, stderr=False)
        assert np.all(beside.mse > best.mse)


def test_points_broadcast_and_the_two_ridges_are_one():
    data = measured()
    grid = data.predict([4, 9], 20, [[0.1], [3.0]])
    assert grid.mse.shape == grid.stderr.shape == grid.T.shape == (2, 2)
    alone = data.predict(9, 20, 3.0)
    assert (alone.mse, alone.stderr) == (grid.mse[1, 1], grid.stderr[1, 1])
    again = data.predict(9, 20, kernel_ridge=3.0 / 9)
    assert again.mse == pytest.approx(alone.mse, rel=1e-13, abs=0)
    assert again.ridge == pytest.approx(3.0, rel=1e-15, abs=0)
    assert np.all(grid.learned == data.variance - grid.mse)
    kernel = data.predict(np.inf, 20, kernel_ridge=0.3, stderr=False)
    many = data.predict(1e9, 20, kernel_ridge=0.3, stderr=False)
    assert many.mse == pytest.approx(kernel.mse, rel=1e-7, abs=0)
    assert np.isinf(kernel.ridge)
    assert data.predict(4, 20, 0.1, stderr=False).stderr == 0


def test_outputs_add_up():
    X, y = samples(outputs=3)
    at = [4, 30], 20, 0.7
    whole = rf.measure(X, y)
    parts = [rf.measure(X, y[:, k]) for k in range(3)]
    total = sum(part.predict(*at).mse for part in parts)
    # B and A - B are sums; that of a part is cut off at 0 where it would be negative
    assert whole.predict(*at).mse == pytest.approx(total, rel=1e-6, abs=0)
    assert whole.variance == pytest.approx(sum(part.variance for part in parts), rel=1e-13)
    column = rf.measure(X, y[:, :1]).predict(*at)
    assert np.array_equal(column.mse, parts[0].predict(*at).mse)


def test_units_and_constant_columns_change_nothing():
    X, y = samples()
    at = [4, 30], 20
    plain = rf.measure(X, y).predict(*at, 0.7)
    scaled = rf.measure(10 * X - 3, -5 * y + 1).predict(*at, 70.0)
    assert scaled.mse == pytest.approx(25 * plain.mse, rel=1e-9, abs=0)
    wider = rf.measure(np.c_[X, np.full(len(X), 7.0)], y).predict(*at, 0.7)
    assert wider.mse == pytest.approx(plain.mse, rel=1e-9, abs=0)


def test_the_stated_error_is_that_of_leaving_out_tenths():
    data = measured()
    at = {"N": 5, "T": 15, "ridge": 1.0}
    found = data.predict(**at)
    logs = []
    for block in range(10):
        kept = data.pool[np.arange(60) % 10 != block]
        part = rf.measure(data.X[kept], data.y[kept])
        logs.append(np.log(part.predict(**at, stderr=False).mse))
    assert found.stderr == pytest.approx(found.mse * np.sqrt(9 * np.var(logs)), rel=1e-9, abs=0)


def test_results_are_shown_and_stored(tmp_path):
    data = measured()
    found = data.predict([4, 9], 20)
    comparison = rf.compare(data, 4, [10, 20], draws=3, workers=1)
    for result, columns, said in [
        (data, {"df1", "delta", "dispersion"}, "60 samples of 12 inputs, 2 outputs, linear"),
        (found, {"mse", "stderr", "learned", "order_error"}, "a pool of 60 samples"),
        (comparison, {"predicted", "measured", "pool_stderr_percent"}, "standard errors: pool"),
    ]:
        path = tmp_path / "result.npz"
        result.save(path)
        loaded = type(result).load(path)
        assert columns <= loaded.columns().keys()
        frames = [each.to_frame() for each in (result, loaded)]
        assert frames[0].equals(frames[1])
        assert said in " ".join(str(loaded).split())
        assert repr(loaded) == repr(result)
        assert "object at 0x" not in repr(result)
    assert isinstance(comparison.prediction, MeasuredPrediction)
    data.save(path)
    stored = type(data).load(path).predict([4, 9], 20)
    assert np.array_equal(stored.mse, found.mse)
    assert np.array_equal(stored.stderr, found.stderr)
