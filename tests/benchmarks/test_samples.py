"""The time of reading samples from disk, on one core: 10^6 x 10^3 may take a minute on two."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import rfscale as rf

P, INPUTS, BLOCK = 40_000, 1000, 4000
ROW = f"{P} x {INPUTS}, float32"


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory):
    path = tmp_path_factory.mktemp("samples") / "x.npy"
    np.save(path, np.random.default_rng(1).standard_normal((P, INPUTS), dtype=np.float32))
    return np.load(path, mmap_mode="r")


def measure(benchmark, column, points, function):
    benchmark.extra_info.update(table="samples", row=ROW, column=column, points=points)
    with threadpool_limits(1):
        return benchmark.pedantic(function, rounds=3, iterations=1, warmup_rounds=1)


def test_products(benchmark, on_disk):
    """Of float64, already in memory: what cannot be saved."""
    block = on_disk[:BLOCK].astype(float)
    measure(benchmark, "products", BLOCK, lambda: block.T @ block)


def test_sample_moments(benchmark, on_disk):
    moments = measure(benchmark, "sample_moments", P, lambda: rf.sample_moments(on_disk))
    assert moments.eigenvalues[0] < 2  # (1 + sqrt(inputs/P))^2 = 1.34
