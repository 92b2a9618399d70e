"""The best stopping time: known answers, where it lies, several minima."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import rfscale as rf

INF = np.inf
ALPHA = np.array([0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0])[:, None]
RATIOS = np.array([1.0, 1.25, 2.0, 4.0, 16.0])  # T/N
# Loss over that of the best ridge, and tau/N^(1 + alpha) at T/N = 1 and 4, without label noise
OVER_BEST_RIDGE = [
    [0.9917, 0.9917, 0.9923, 0.9941, 0.9980],
    [0.9994, 0.9994, 0.9996, 1.0000, 1.0003],
    [1.0071, 1.0070, 1.0063, 1.0044, 1.0011],
    [1.0135, 1.0133, 1.0114, 1.0069, 1.0012],
    [1.0229, 1.0223, 1.0176, 1.0087, 1.0010],
    [1.0293, 1.0282, 1.0205, 1.0085, 1.0008],
    [1.0374, 1.0351, 1.0215, 1.0068, 1.0005],
    [1.0455, 1.0399, 1.0175, 1.0039, 1.0002],
]
TAU = [
    [0.0429, 0.0989],
    [0.0996, 0.266],
    [0.167, 0.505],
    [0.245, 0.825],
    [0.430, 1.72],
    [0.656, 2.97],
    [1.23, 6.45],
    [2.84, 16.6],
]


def test_the_table_of_power_laws():
    N = 1e4
    best = rf.optimal_time(rf.ScalingModel(rf.PowerLaw(ALPHA, 1e15)), N, N * RATIOS)
    # half a unit of the last digit, and what N is short of infinity, of order 1/N
    assert_allclose(best.over_best_ridge, OVER_BEST_RIDGE, rtol=0, atol=0.6e-4)
    at_1_and_4 = best.tau[:, [0, 3]] / N ** (1 + ALPHA)
    assert_allclose(at_1_and_4, TAU, rtol=4.1e-3)  # three digits: half a unit of 1.23
    assert np.all(best.location == "interior")


def test_the_closed_form_of_alpha_one():
    N = 1e6
    best = rf.optimal_time(rf.ScalingModel(rf.PowerLaw(1.0, 1e15)), N, N)
    # finite N adds terms of order 1/N, finite M of order N/M
    tau = N**2 / (np.pi**2 * (np.sqrt(2) - 1))
    assert_allclose(best.tau, tau, rtol=5e-6)
    ratio = 0.5 + np.sqrt((2 * np.sqrt(2) - 2) / np.pi)
    assert_allclose(best.over_best_ridge, ratio, rtol=2e-6)
    assert_allclose(best.time, tau * 1e15 / N**2, rtol=5e-6)


def test_early_stopping_wins_below_alpha_0_518():
    model = rf.ScalingModel(rf.PowerLaw([0.517, 0.519], 1e15))
    ratio = rf.optimal_time(model, 1e4, 1e4).over_best_ridge - 1
    assert ratio[0] < 0 < ratio[1]  # the slope in alpha, 0.031, is 2e4 times the error of the loss


def test_label_noise():
    N, M = 1e4, 1e15
    for alpha, ratio in [(0.5, 0.9996), (1.0, 1.0147), (2.0, 1.0311)]:
        model = rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_eps=np.sqrt(N**-alpha / M))
        found = rf.optimal_time(model, N, N).over_best_ridge
        assert_allclose(found, ratio, rtol=0, atol=0.6e-4)  # four digits, and order 1/N


@pytest.mark.parametrize(
    ("model", "N", "T", "ridge"),
    [
        (rf.ScalingModel(rf.PowerLaw(0.3, 60), sigma_eps=0.05), 15, 23, 0.0),
        (rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_eps=0.1), 20, 30, 0.0),  # M < N, T
        (rf.ScalingModel(rf.PowerLaw(1.0, 20), sigma_eps=0.1), 20, 20, 0.0),
        (rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1), 20, 20, 0.1),
        (
            rf.ScalingModel(
                rf.PowerLaw(1.0, 60),
                sigma_eps=0.1,
                teacher=rf.SourceCondition(0.7),
                test_spectrum=rf.PowerLaw(0.3, 60),
            ),
            30,
            20,
            0.01,
        ),
        (rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=30.0), 20, 30, 0.0),
        (rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.1), INF, 30, 0.0),
    ],
)
def test_the_loss_is_least_there(model, N, T, ridge):
    best = rf.optimal_time(model, N, T, ridge=ridge)
    assert best.location == "interior"

    def test(factor):
        flow = rf.GradientFlow(tau=best.tau * factor, ridge=ridge)
        return rf.predict(model, N, T, training=flow).test

    least = test(1.0)
    assert least == best.prediction.test
    everywhere = test(np.geomspace(1e-6, 1e6, 500))
    assert everywhere.min() >= least * (1 - 1e-11)  # what times that share a contour are known to
    # L(x) - L(0) = k x^2/2 + O(x^3) in log tau: the difference of both sides over their sum is
    # O(x), but for rounding, 1e-13 over the 1e-2 k x^2 of the flattest
    x = 0.02
    left, right = (test(np.exp(e)) - least for e in (-x, x))
    assert left > 0
    assert right > 0
    assert abs(left - right) < 3 * x * (left + right)


def test_where_the_best_time_is_not_interior():
    noise = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_w=0.0, sigma_eps=0.3)
    nothing = rf.optimal_time(noise, 20, [30, INF])
    assert_array_equal(nothing.location, ["zero", "zero"])
    assert_array_equal(nothing.tau, [0, 0])
    plain = rf.ScalingModel(rf.PowerLaw(1.0, 200))
    longer = rf.optimal_time(plain, [20, INF, INF, 300], [INF, 20, INF, 400])
    assert_array_equal(longer.location, ["infinity"] * 4)
    assert_array_equal(longer.time, [INF] * 4)
    ends = rf.predict(plain, longer.prediction.N, longer.prediction.T).test
    assert_allclose(longer.prediction.test, ends, rtol=1e-14, atol=0)
    little = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=1e8)  # to be learned beside noise
    assert rf.optimal_time(little, 20, 30).location == "zero"
    noisy = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
    strong = rf.optimal_time(noisy, 20, 20, ridge=1.0)  # more than the best one
    assert strong.location == "infinity"
    assert_allclose(strong.prediction.test, rf.predict(noisy, 20, 20, 1.0).test, rtol=1e-14)


def test_the_deepest_of_two_minima():
    """Between them noise alone is learned, in directions without signal."""
    eigenvalues = np.r_[np.ones(5), np.full(100, 1e-2), np.full(3, 1e-5)]
    early = []
    for late_weight in (10.0, 60.0):
        weights = np.r_[np.ones(5), np.zeros(100), np.full(3, late_weight)]
        model = rf.ScalingModel(
            rf.Eigenvalues(eigenvalues), teacher=rf.GivenWeights(weights), sigma_eps=0.3
        )
        tau = np.geomspace(0.1, 3e6, 500)  # later on they differ by rounding
        loss = rf.predict(model, 2000, 400, training=rf.GradientFlow(tau=tau)).test
        is_least = (loss[1:-1] < loss[:-2]) & (loss[1:-1] < loss[2:])
        assert np.sum(is_least) == 2
        best = rf.optimal_time(model, 2000, 400)
        assert best.prediction.test <= loss.min()
        early.append(best.tau < 100)
    assert early == [True, False]


def test_all_arguments_broadcast():
    model = rf.ScalingModel(rf.PowerLaw([0.5, 1.0], [60, 80]), sigma_eps=0.1)
    N = np.array([10.0, 20.0, INF])[:, None, None]
    ridge = np.array([0.0, 0.01])[:, None]
    best = rf.optimal_time(model, N, 15, ridge=ridge)
    assert best.tau.shape == best.over_best_ridge.shape == best.prediction.test.shape == (3, 2, 2)
    one = rf.optimal_time(rf.ScalingModel(rf.PowerLaw(1.0, 80), sigma_eps=0.1), 20, 15, ridge=0.01)
    assert_allclose(best.tau[1, 1, 1], one.tau, rtol=1e-5)  # other times were tried
    assert_allclose(best.prediction.test[1, 1, 1], one.prediction.test, rtol=1e-12)
    assert best.columns()["location"].size == 12


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"N": -1, "T": 3}, "N must be"),
        ({"N": 3, "T": np.nan}, "T must be"),
        ({"N": 3, "T": 3, "ridge": -1.0}, "ridge must be finite and >= 0, got -1"),
        ({"N": 3, "T": 3, "ridge": INF}, "ridge must be finite and >= 0, got inf"),
        ({"N": [3, 4], "T": [3, 4, 5]}, "shapes must broadcast together"),
        ({"N": np.ones(10**7), "T": 3}, "optimal time at 10000000 points"),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises((ValueError, MemoryError), match=said):
        rf.optimal_time(rf.ScalingModel(rf.PowerLaw(1.0, 60)), **arguments)
