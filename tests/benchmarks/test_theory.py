"""The time of a prediction, for the table that `make bench` prints. Every case computes the same
losses.

A case says in `extra_info` in which row and column of the table it belongs, and how many points it
computes.
"""

import warnings

import numpy as np
import pytest
from baseline import signal

import rfscale as rf
from rfscale.support import compiled

RIDGE = 1e-6
SIZES = {"4000": 4000, "10^5": 10**5, "10^7": 10**7, "10^12": 10**12}
POINTS = {4000: 10, 10**5: 3, 10**7: 1}  # of the baseline


def grid(M, points):
    """N and T from 10 to about M, never equal."""
    return np.geomspace(10, 0.9 * M, points)[:, None], np.geomspace(11, 0.95 * M, points)


def measure(benchmark, row, column, points, function, rounds):
    benchmark.extra_info.update(table="theory", row=row, column=column, points=points)
    function()  # compiled before it is timed
    return benchmark.pedantic(function, rounds=rounds, iterations=1)


@pytest.mark.parametrize("name", SIZES)
def test_grid(benchmark, name):
    model, (N, T) = rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name])), grid(SIZES[name], 1000)
    measure(
        benchmark,
        name,
        "predict, 1000 x 1000",
        N.size * T.size,
        lambda: rf.predict(model, N, T, RIDGE),
        3,
    )


@pytest.mark.parametrize("name", SIZES)
def test_grid_on_one_core(benchmark, name, monkeypatch):
    monkeypatch.setattr(compiled, "available_cores", lambda: 1)
    model, (N, T) = rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name])), grid(SIZES[name], 1000)
    measure(
        benchmark, name, "on one core", N.size * T.size, lambda: rf.predict(model, N, T, RIDGE), 2
    )


@pytest.mark.parametrize("name", SIZES)
def test_one_loop(benchmark, name):
    model, (N, T) = rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name])), grid(SIZES[name], 1000)

    def run():
        # there are some points near N = T
        with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
            rf.predict(model, N, T, RIDGE, order="one-loop")

    measure(benchmark, name, "one loop", N.size * T.size, run, 3)


@pytest.mark.parametrize("name", SIZES)
def test_std(benchmark, name):
    """Of predictions that are there: each computes its standard deviation once."""
    model, (N, T) = rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name])), grid(SIZES[name], 30)
    predictions = (rf.predict(model, N, T, RIDGE) for _ in range(10))
    measure(benchmark, name, "std", N.size * T.size, lambda: next(predictions).std, 2)


@pytest.mark.parametrize("name", SIZES)
def test_loss_covariance(benchmark, name):
    model, (N, T) = rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name])), grid(SIZES[name], 30)
    measure(
        benchmark,
        name,
        "loss_covariance",
        N.size * T.size,
        lambda: rf.loss_covariance(model, N, T, RIDGE, 10 * RIDGE),
        2,
    )


@pytest.mark.parametrize("name", SIZES)
def test_optimal_ridge(benchmark, name):
    model, (N, T) = rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name])), grid(SIZES[name], 1000)
    measure(
        benchmark, name, "optimal_ridge", N.size * T.size, lambda: rf.optimal_ridge(model, N, T), 2
    )


@pytest.mark.parametrize("name", SIZES)
def test_small_grid(benchmark, name):
    model, (N, T) = rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name])), grid(SIZES[name], 30)
    measure(
        benchmark,
        name,
        "predict, 30 x 30",
        N.size * T.size,
        lambda: rf.predict(model, N, T, RIDGE),
        10,
    )


@pytest.mark.parametrize("name", ["4000", "10^5", "10^7"])
def test_eigenvalues(benchmark, name):
    M = SIZES[name]
    model, (N, T) = rf.ScalingModel(rf.Eigenvalues(np.arange(1.0, M + 1) ** -2)), grid(M, 4)
    measure(
        benchmark,
        name,
        "predict, Eigenvalues",
        N.size * T.size,
        lambda: rf.predict(model, N, T, RIDGE),
        1,
    )


@pytest.mark.parametrize("name", ["4000", "10^5", "10^7"])
def test_baseline(benchmark, name):
    M = SIZES[name]
    eigenvalues, sizes = np.arange(1.0, M + 1) ** -2, np.geomspace(20, M / 2, POINTS[M])
    model = rf.ScalingModel(rf.PowerLaw(1.0, M))

    def run():
        return [signal(eigenvalues, N, 1.3 * N, RIDGE) for N in sizes]

    found = measure(benchmark, name, "numpy + brentq", sizes.size, run, 1)
    np.testing.assert_allclose(
        found, rf.predict(model, sizes, 1.3 * sizes, RIDGE).signal, rtol=1e-8
    )
