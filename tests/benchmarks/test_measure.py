"""The time of a pool, which may take ten seconds, and of predictions from it: 10^4 in a second."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import rfscale as rf

P, INPUTS, OUTPUTS = 2000, 784, 10
ROW = f"{P} x {INPUTS}, {OUTPUTS} outputs"
N, T = np.geomspace(10, 900, 100)[:, None], np.geomspace(11, 910, 100)


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((P, INPUTS)) / np.arange(1, INPUTS + 1) ** 0.6
    X /= np.sqrt(rng.chisquare(5, (P, 1)) / 5)
    return X, X @ rng.standard_normal((INPUTS, OUTPUTS)) + 0.3 * rng.standard_normal((P, OUTPUTS))


def measure(benchmark, column, points, function, rounds=3):
    benchmark.extra_info.update(table="measure", row=ROW, column=column, points=points)
    with threadpool_limits(1):
        return benchmark.pedantic(function, rounds=rounds, iterations=1, warmup_rounds=1)


@pytest.mark.parametrize("features", ["linear", "relu"])
def test_pool(benchmark, samples, features):
    """Eigenvectors, and leaving out each sample at 192 ridges."""
    run = lambda: rf.measure(*samples, features).df1  # noqa: E731
    measure(benchmark, f"pool, {features}", 1, run)


@pytest.mark.parametrize(("name", "ridge"), [("best ridge", "optimal"), ("weak ridge", 1e-3)])
def test_predict(benchmark, samples, name, ridge):
    """With the sums over samples for each T, but not the pool."""
    data = rf.measure(*samples)
    curves = data.curves(leverages=True)

    def run():
        for known in (curves._sides, curves._near, curves._close_sides):
            known.clear()
        return data.predict(N, T, ridge, stderr=False)

    measure(benchmark, f"predict, {name}", N.size * T.size, run, 2)
