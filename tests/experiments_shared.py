"""Samples, a grid and a comparison that the tests of experiments on samples share."""

import numpy as np

GRID = {"N": [[4], [30]], "T": [8, 20], "ridge": 0.5, "draws": 3, "workers": 1}


def gaussian(P):
    """Samples with a mean, and two labels of a linear teacher with a mean and noise."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((P, 12)) / np.sqrt(np.arange(1, 13)) + 0.7
    w = rng.standard_normal((12, 2))
    return X, X @ w + 0.3 * rng.standard_normal((P, 2)) - 2


def assert_same(one, other):
    columns = other.columns()
    for name, column in one.columns().items():
        assert np.array_equal(column, columns[name]), name
    assert np.array_equal(one.sample_errors, other.sample_errors)


X, Y = gaussian(60)
