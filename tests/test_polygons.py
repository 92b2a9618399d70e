"""Polygons of the ReLU-output toy: remembered samples, features, constants, and the linear toy."""

import itertools

import numpy as np
import pytest

import rfscale as rf
from rfscale.neighbours.toy_inputs import mean_input, sizes_if_alone, some_on, sum_of_squares

toy = rf.neighbours


def drawn(n, S, T, seed):
    """Inputs of the toy as it is written down, without the empty ones."""
    rng = np.random.default_rng(seed)
    x = np.where(rng.random((T, n)) < S, 0.0, rng.random((T, n)))
    x = x[x.any(axis=1)]
    return x / np.linalg.norm(x, axis=1, keepdims=True)


# --- samples --------------------------------------------------------------------------------------


def test_norms_of_remembered_samples():
    """The numbers of the specification, to the digits that it has."""
    found = toy.sample_polygon([5, 6, 8, 15, 30])
    np.testing.assert_allclose(found.radius, [1.203, 1.414, 1.848, 3.40, 6.77], atol=0.006)
    assert found.weight_norm[-1] == pytest.approx(37, abs=0.5)
    assert found.bias_norm[-1] == pytest.approx(245, abs=0.5)
    few = toy.sample_polygon([1, 2, 3, 4])
    # b alone; two at a right angle; 120 and 90 degrees. A rounding of 2e-16 in each
    np.testing.assert_allclose(few.radius**2, [0, 1 / 2, 2 / 3, 1], atol=1e-15)
    np.testing.assert_allclose(few.bias_norm, [1, 2**-0.5, 3**-0.5, 0], atol=1e-15)


@pytest.mark.parametrize("T", [2, 5, 13])
def test_samples_are_recalled_at_the_radius_and_at_no_smaller_one(T):
    """By the network itself, sample by sample, feature by feature."""
    rng = np.random.default_rng(T)
    X = np.zeros((T, 3 * T))
    for a in range(T):
        X[a, 3 * a : 3 * a + 3] = rng.random(3)
        X[a] /= np.linalg.norm(X[a])
    polygon = toy.sample_polygon(T)
    for factor, recalled in ((1, True), (1.5, True), (0.999, False)):
        radius = factor * polygon.radius
        angles = 2 * np.pi * np.arange(T) / T
        W = radius * np.array([np.cos(angles), np.sin(angles)]) @ X
        b = (1 - radius**2) * X.sum(0)
        output = np.maximum(X @ W.T @ W + b, 0)
        # sums of terms up to radius^2; a radius that is 0.1 % smaller leaks 0.2 %
        assert (np.max(np.abs(output - X)) < 1e-14 * (1 + radius**2)) == recalled
        if factor == 1:
            assert np.linalg.norm(W) == pytest.approx(polygon.weight_norm, rel=1e-14, abs=0)
            assert np.linalg.norm(b) == pytest.approx(polygon.bias_norm, rel=1e-13, abs=1e-14)


def test_norms_of_many_samples():
    """pi^2/6 and 5 pi^2/3 over T^2, up to 1/T^4."""
    T = np.array([50, 1000, 10**6])
    exact = toy.sample_polygon(T)
    law = toy.sample_polygon_limit(T)
    y = 1 / T**2.0
    assert np.all(
        np.abs(exact.weight_norm / law.weight_norm - 1 - np.pi**2 / 6 * y) < 20 * y**2 + 1e-15
    )
    assert np.all(
        np.abs(exact.bias_norm / law.bias_norm - 1 + 5 * np.pi**2 / 3 * y) < 99 * y**2 + 1e-15
    )


# --- inputs ---------------------------------------------------------------------------------------


def test_the_best_constant():
    found = toy.toy_constant_loss([500, 1000, 10_000], [0.98, 0.99, 0.999])
    said = np.array([0.985, 0.9926, 0.99926])
    assert np.all(np.abs(found - said) < [5e-4, 5e-5, 5e-6])  # its last digits
    two = 1 - 2 * ((2**0.5 + np.arcsinh(1) - 1) / 2) ** 2  # the integral over a square
    assert toy.toy_constant_loss(2, 0) == pytest.approx(two, rel=1e-12, abs=0)
    assert toy.toy_constant_loss(1, 0.3) == pytest.approx(0, abs=1e-12)
    # n features, all on: u over the root of n/3, up to 1/n
    assert toy.toy_constant_loss(10**6, 0) == pytest.approx(0.25, abs=3e-6)


@pytest.mark.parametrize(("n", "S"), [(6, 0.5), (25, 0.9)])
def test_the_law_of_a_size_is_that_of_draws(n, S):
    X = drawn(n, S, 80_000, seed=n)
    stderr = X.mean(1).std() / np.sqrt(len(X))
    assert X.mean() == pytest.approx(mean_input(np.array(n), np.array(S)), abs=4 * stderr)
    x, weights = sizes_if_alone(n, S, n - 1)
    assert weights.sum() == pytest.approx(1, rel=1e-12, abs=0)
    second = some_on(np.array(n), np.array(S)) / (n * (1 - S))  # as x has length 1
    # the lattice: a step of 1e-4, and rarely a single other feature, whose square is as small
    assert weights @ x**2 == pytest.approx(second, rel=1e-4, abs=0)
    assert weights @ x == pytest.approx(
        mean_input(np.array(n), np.array(S)) * some_on(np.array(n), np.array(S)) / (1 - S),
        rel=1e-4,
        abs=0,
    )


@pytest.mark.parametrize("count", [0, 3, 1000, 10**6])
def test_sums_of_squares_have_their_moments(count):
    squares, law = sum_of_squares(count, 0.9)
    mean = law @ squares
    p = 0.1
    # the lattice keeps means; it adds at most a quarter of a step squared to each variance
    step = np.min(np.diff(squares), initial=1)
    assert mean == pytest.approx(count * p / 3, rel=1e-9, abs=1e-12)
    variance = law @ (squares - mean) ** 2
    exact = count * (p / 5 - p**2 / 9)
    assert exact * (1 - 1e-9) <= variance + 1e-12 <= exact + count * p * step**2 / 4 + 1e-9


# --- features -------------------------------------------------------------------------------------


def test_gains_are_those_of_the_specification():
    """Its gains are from 4,000 draws, with an error of a percent."""
    best = toy.feature_polygon([4, 5, 6, 7], 1000, 0.99)
    alone = [4, 4.72, 4.95, 4.87]
    np.testing.assert_allclose(best.gain, alone, rtol=0.01)
    np.testing.assert_allclose(best.gain[0], 4, rtol=1e-9)
    np.testing.assert_allclose(best.gain_together, [3.98, 4.68, 4.89, 4.78], rtol=0.005)
    assert np.all(best.gain_together < best.gain)
    assert best.k[np.argmax(best.gain)] == best.k[np.argmin(best.test)] == 6
    assert best.gain[1] / best.gain[2] > 0.95  # five and six
    assert best.test[2] == pytest.approx(0.9877, abs=1e-4)
    paper = toy.feature_polygon(6, 10_000, 0.999)
    assert paper.constant == pytest.approx(0.99926, abs=5e-6)
    assert paper.test == pytest.approx(0.99877, abs=1e-5)


def test_features_of_one_size_cost_nothing():
    """S -> 1: all sizes are 1, and (27.1) returns them."""
    best = toy.feature_polygon([5, 12], 12, 1 - 1e-10)
    np.testing.assert_allclose(best.gain, [5, 12], rtol=1e-4)  # what the search leaves


def network_loss(X, k, r, b, m):
    """Loss of the network with a polygon of k features and constants, input by input, by loops."""
    losses = np.zeros(len(X))
    for i in range(X.shape[1]):
        output = m
        if i < k:
            hidden = sum(X[:, j] * np.cos(2 * np.pi * (i - j) / k) for j in range(k))
            output = np.maximum(r * hidden + b, 0)
        losses += (X[:, i] - output) ** 2
    return losses


@pytest.mark.parametrize(("k", "n", "S"), [(5, 20, 0.9), (7, 21, 0.95), (3, 6, 0.5)])
def test_the_loss_is_that_of_the_network(k, n, S):
    X = drawn(n, S, 100_000, seed=k)
    best = toy.feature_polygon(k, n, S)
    m = mean_input(np.array(n), np.array(S))
    losses = network_loss(X, k, best.squared_radius, best.bias, m)
    others = network_loss(X, 0, 0, 0, m)
    # against the constant predictor on the same inputs, which scatters less; 1e-3 as stated
    gained = others - losses
    stderr = gained.std() / np.sqrt(len(X))
    error = abs(gained.mean() - (best.constant - best.test))
    assert error < 4 * stderr + 1e-3 * best.gain_together / n
    for change in ((0.03, 0), (-0.03, 0), (0, 0.03), (0, -0.03)):  # nothing near it is better
        r = best.squared_radius + change[0]
        near = network_loss(X[:20_000], k, r, min(best.bias + change[1], 0), m)
        assert near.mean() > losses[:20_000].mean() - 1e-4
    everything = toy.feature_polygon(1, n, S)
    assert everything.gain == pytest.approx(1, rel=1e-9, abs=0)


def test_all_patterns_of_features_are_counted():
    """Where most are on at once: S = 0.2, by the sum over which of three are on."""
    n, S = 3, 0.2
    best = toy.feature_polygon(3, n, S)
    u = (np.arange(60) + 0.5) / 60
    loss = 0.0
    for is_on in itertools.product((0, 1), repeat=3):
        chance = np.prod([1 - S if one else S for one in is_on]) / (1 - S**3)
        if any(is_on):
            grid = np.array(np.meshgrid(*(u if one else [0.0] for one in is_on))).reshape(3, -1)
            x = (grid / np.linalg.norm(grid, axis=0)).T
            loss += chance * network_loss(x, 3, best.squared_radius, best.bias, 0).mean()
    # the midpoint rule with 60 nodes, and 8192 points: 1e-3 of the gain, which is the smaller
    assert best.test == pytest.approx(loss, abs=2e-3)


# --- without the ReLU -----------------------------------------------------------------------------


def test_the_linear_toy_on_its_own_inputs():
    """Four digits, as measured at n = 1000, where empty inputs are left 0."""
    trace = toy.toy_constant_loss(1000, 0.99) - 0.99**1000
    found = toy.toy_linear_loss([200, 500, 1000], 1000, trace=trace)
    # the same test inputs, 20,000 of them, whose mean is known to 1e-4
    np.testing.assert_allclose(found, [0.9955, 0.9925, 0.9915], atol=1e-4, rtol=0)
    assert toy.toy_linear_loss(3, 1000, trace=trace) == pytest.approx(1.3207, abs=1e-4)
    assert np.all(np.diff(toy.toy_linear_loss(np.arange(3, 4000), 1000)) < 0)  # no peak
    assert toy.toy_linear_loss(1, 10, 4) == 2  # the sample itself
    assert toy.toy_linear_loss(3, 10, 4) == toy.toy_linear_loss(3, 10, 2)  # the rank of three


def test_the_linear_toy_is_principal_components():
    """Trained by its singular vectors and tested on fresh inputs of any law; n = 40."""
    n, S, m, T = 40, 0.9, 3, 25
    fresh = drawn(n, S, 20_000, seed=1)
    losses = []
    for seed in range(60):
        X = drawn(n, S, T + 9, seed=100 + seed)[:T]
        c = X.mean(0)
        V = np.linalg.svd(X - c)[2][:m]
        error = fresh - c - (fresh - c) @ V.T @ V
        losses.append(np.mean(np.sum(error**2, axis=1)))
    law = toy.toy_linear_loss(T, n, m, toy.toy_constant_loss(n, S))
    stderr = np.std(losses) / np.sqrt(60)
    assert np.mean(losses) == pytest.approx(law, abs=4 * stderr + law / T / 10)
    assert stderr < 0.005 * law  # 2 % off would be seen


# --- bad input ------------------------------------------------------------------------------------

BAD_COUNTS = [0, -1, 2.5, np.nan, np.inf, True, "5", None, [], [3, 0]]


@pytest.mark.parametrize("T", BAD_COUNTS)
@pytest.mark.parametrize("function", [toy.sample_polygon, toy.sample_polygon_limit])
def test_numbers_of_samples_are_checked(function, T):
    with pytest.raises(ValueError, match=r"^T "):
        function(T)


@pytest.mark.parametrize("S", [-0.1, 1, 1.5, np.nan, True, "0.9", None, [], [0.5, 1]])
def test_sparsities_are_checked(S):
    for call in (lambda: toy.toy_constant_loss(10, S), lambda: toy.feature_polygon(2, 10, S)):
        with pytest.raises(ValueError, match=r"^S "):
            call()


@pytest.mark.parametrize("bad", BAD_COUNTS)
def test_numbers_of_features_are_checked(bad):
    with pytest.raises(ValueError, match=r"^n "):
        toy.toy_constant_loss(bad, 0.5)
    with pytest.raises(ValueError, match=r"^k "):
        toy.feature_polygon(bad, 100, 0.5)
    for name in ("T", "n", "m"):
        arguments = {"T": 5, "n": 6, "m": 2} | {name: bad}
        with pytest.raises(ValueError, match=rf"^{name} "):
            toy.toy_linear_loss(**arguments)


def test_sizes_that_do_not_go_together_are_errors():
    with pytest.raises(ValueError, match=r"^n must be >= k, got n = 4 with k = 5$"):
        toy.feature_polygon(5, 4, 0.9)
    with pytest.raises(ValueError, match=r"^k must be an integer from 1 to 20, got 21$"):
        toy.feature_polygon(21, 100, 0.9)
    with pytest.raises(ValueError, match=r"^m must be <= n, got m = 3, n = 2$"):
        toy.toy_linear_loss(10, 2, 3)
    with pytest.raises(ValueError, match=r"^n \(1 - S\) must be <= 1e\+06, got 9e\+06$"):
        toy.feature_polygon(5, 9_000_001, 0)
    with pytest.raises(ValueError, match=r"^shapes must broadcast"):
        toy.toy_constant_loss([1, 2], [0.1, 0.2, 0.3])
    for trace in (-1, np.nan, np.inf, True, "1", []):
        with pytest.raises(ValueError, match=r"^trace "):
            toy.toy_linear_loss(10, 20, 3, trace)
