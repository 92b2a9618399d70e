"""Dimensionality of features and samples: by all pairs, bounds, polygons, repeats, bad input."""

import numpy as np
import pytest

import rfscale as rf

dimensionality = rf.neighbours.dimensionality
sample_dimensionality = rf.neighbours.sample_dimensionality


def by_pairs(vectors):
    """As it is written down, pair by pair."""
    found = []
    for w in vectors.T:
        length = np.sqrt(w @ w)
        shared = sum((w / length @ other) ** 2 for other in vectors.T) if length else 1
        found.append(length**2 / shared)
    return found


@pytest.mark.parametrize("shape", [(1, 7), (2, 40), (5, 3), (6, 6)])
def test_it_is_the_sum_over_pairs(shape):
    rng = np.random.default_rng(shape[1])
    W = rng.standard_normal(shape) * rng.random(shape[1]) ** 3
    W[:, 1] = 0
    # sums of at most 40 squares
    np.testing.assert_allclose(dimensionality(W), by_pairs(W), rtol=1e-13)
    np.testing.assert_allclose(dimensionality(1e-200 * W), by_pairs(W), rtol=1e-13)
    np.testing.assert_allclose(dimensionality(1e200 * W), by_pairs(W), rtol=1e-13)
    assert dimensionality(W)[1] == 0


def test_it_is_at_most_a_leverage_and_sums_to_at_most_the_rank():
    rng = np.random.default_rng(1)
    for shape in ((2, 30), (3, 3), (4, 100)):
        W = rng.standard_normal(shape) * rng.random(shape[1]) ** 4
        D = dimensionality(W)
        leverage = np.sum(W * np.linalg.solve(W @ W.T, W), axis=0)
        assert np.all(D > 0)
        assert np.all(leverage * (1 + 1e-12) > D)  # rounding of the inverse
        assert np.sum(D) < shape[0] * (1 + 1e-12)


@pytest.mark.parametrize("k", [3, 5, 8])
def test_of_a_polygon_it_is_two_over_k(k):
    angles = 2 * np.pi * np.arange(k) / k
    corners = 2.5 * np.array([np.cos(angles), np.sin(angles)])
    with_more = np.hstack([corners, np.zeros((2, 4))])
    # k cosines
    np.testing.assert_allclose(dimensionality(with_more), [2 / k] * k + [0] * 4, atol=1e-15)
    apart = np.diag([1.0, 1e-3, 1e-160])  # as small as they are, each has a dimension
    np.testing.assert_allclose(dimensionality(apart), 1, rtol=1e-15)
    assert np.all(dimensionality(np.zeros((2, 3))) == 0)


def test_samples_that_are_repeated_count_once():
    rng = np.random.default_rng(2)
    W = rng.standard_normal((2, 9))
    X = rng.random((5, 9))
    once = sample_dimensionality(W, X)
    np.testing.assert_allclose(once, by_pairs(W @ X.T), rtol=1e-13)
    places = [3, 0, 3, 1, 4, 2, 3, 0]
    np.testing.assert_allclose(sample_dimensionality(W, X[places]), once[places], rtol=1e-13)
    assert np.all(sample_dimensionality(np.zeros((2, 9)), X) == 0)
    T = 5  # the toy's samples, as they are remembered
    disjoint = np.eye(T)
    angles = 2 * np.pi * np.arange(T) / T
    pentagon = np.array([np.cos(angles), np.sin(angles)])
    np.testing.assert_allclose(sample_dimensionality(pentagon, disjoint), 2 / T, rtol=1e-14)


def test_it_takes_no_table_of_all_pairs():
    """10^6 features: pairs would take 8 TB."""
    W = np.ones((2, 10**6))
    # 10^6 equal vectors share one dimension
    np.testing.assert_allclose(dimensionality(W), 1e-6, rtol=1e-9)


BAD = [
    [],
    [1.0, 2.0],
    [[]],
    [[np.nan, 1]],
    [[np.inf, 1]],
    [[True, False]],
    "W",
    None,
    [[1], [2, 3]],
]


@pytest.mark.parametrize("bad", [*BAD, 3.0, np.ones((2, 2, 2)), [["1", "2"]], [[1j]]])
def test_bad_tables(bad):
    with pytest.raises(ValueError, match=r"^vectors must be a table of finite numbers"):
        dimensionality(bad)
    with pytest.raises(ValueError, match=r"^weights must be a table of finite numbers"):
        sample_dimensionality(bad, np.eye(2))
    with pytest.raises(ValueError, match=r"^samples must be a table of finite numbers"):
        sample_dimensionality(np.eye(2), bad)


def test_tables_that_do_not_go_together():
    with pytest.raises(ValueError, match=r"got weights \(2, 3\) and samples \(5, 2\)$"):
        sample_dimensionality(np.ones((2, 3)), np.ones((5, 2)))
