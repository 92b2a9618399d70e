"""The compute-optimal path: known answers, no other share does better, exchange of N and T, bad
input.
"""

import numpy as np
import pytest

import rfscale as rf


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.0])
def test_known_shares_of_a_power_law(alpha):
    """Without ridge N/T = alpha/(2 + alpha), at the optimal ridge N = T; corrections are of order
    1/N and N/M.
    """
    model = rf.ScalingModel(rf.PowerLaw(alpha, 10**16))
    ridgeless, optimal = (
        rf.compute_optimal(model, [1e10, 1e12], ridge) for ridge in (0.0, "optimal")
    )
    np.testing.assert_allclose(
        ridgeless.N / ridgeless.T, alpha / (2 + alpha), rtol=3e-3 if alpha < 1 else 2e-4
    )
    np.testing.assert_allclose(optimal.N / optimal.T, 1, rtol=1e-6)
    np.testing.assert_allclose(ridgeless.N * ridgeless.T, [1e10, 1e12], rtol=1e-14)


@pytest.mark.parametrize("ridge", [0.0, 1e-3, "optimal"])
@pytest.mark.parametrize("sigma_eps", [0.0, 0.1])
def test_no_other_share_does_better(ridge, sigma_eps):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=sigma_eps)
    for budget in (1.0, 30.0, 1e4, 1e7):
        best = rf.compute_optimal(model, budget, ridge)
        N = np.geomspace(1, budget, 3001)
        assert best.test <= rf.predict(model, N, budget / N, ridge).test.min() * (1 + 1e-12)
        assert best.N >= 1
        assert best.T >= 1 - 1e-15


def test_where_N_and_T_may_be_exchanged_there_are_fewer_features():
    best = rf.compute_optimal(rf.ScalingModel(rf.PowerLaw(0.7, 1000)), np.geomspace(10, 1e5, 20))
    assert np.all(best.N <= best.T)


def test_where_nothing_is_lost_it_is_the_square():
    best = rf.compute_optimal(rf.ScalingModel(rf.PowerLaw(1.0, 10)), 1e4)
    assert best.N == best.T == 100
    assert best.test == 0


def test_budgets_ridges_and_spectra_broadcast():
    models = rf.ScalingModel(rf.PowerLaw([0.5, 1.0], [[100], [10**6]]), sigma_eps=0.01)
    best = rf.compute_optimal(models, 1e5, np.array([0.0, 1e-3])[:, None, None])
    assert best.test.shape == (2, 2, 2)
    single = rf.compute_optimal(rf.ScalingModel(rf.PowerLaw(1.0, 10**6), sigma_eps=0.01), 1e5, 1e-3)
    assert best.test[1, 1, 1] == single.test


@pytest.mark.parametrize("budget", [0.5, np.inf, [1.0, np.nan], "a", []])
def test_bad_budgets(budget):
    with pytest.raises(ValueError, match=r"^budget (must be|is empty)"):
        rf.compute_optimal(rf.ScalingModel(rf.PowerLaw(1.0, 10)), budget)


def test_bad_ridge():
    with pytest.raises(ValueError, match=r"^ridge must be >= 0"):
        rf.compute_optimal(rf.ScalingModel(rf.PowerLaw(1.0, 10)), 10.0, -1)


# --- with the time of training --------------------------------------------------------------------


@pytest.mark.parametrize("cost", ["N tau", "N T tau"])
def test_the_share_of_time_is_that_of_the_law(cost):
    """Of relative order 1/N, N above 1000; the searched N is as good as the loss is flat, 1e-3."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10**14))
    best = rf.compute_optimal(model, [1e11, 1e13], cost=cost)
    law = rf.asymptotics.compute_optimal_time(model, [1e11, 1e13], cost)
    np.testing.assert_allclose(best.test, law.signal, rtol=2e-3)
    np.testing.assert_allclose(best.N, law.N, rtol=5e-3)
    np.testing.assert_allclose(best.T, law.T, rtol=5e-3)
    np.testing.assert_allclose(best.training.tau, law.tau, rtol=1e-2)


def test_no_other_share_of_time_does_better():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=0.1)
    for budget in (1.0, 30.0, 1e6):
        N = np.geomspace(1, budget, 60)[:, None]
        for cost, T in (("N tau", np.inf), ("N T tau", np.geomspace(1, budget, 60))):
            best = rf.compute_optimal(model, budget, cost=cost)
            tau = budget / N / (1 if cost == "N tau" else T)
            tried = rf.predict(model, N, T, training=rf.GradientFlow(tau=tau))
            assert best.test <= tried.test.min() * (1 + 1e-9)
            assert best.test.shape == ()


def test_bad_costs():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 300))
    with pytest.raises(ValueError, match="cost must be one of N T, N tau, N T tau, got 'tau'"):
        rf.compute_optimal(model, 10, cost="tau")
    for ridge in ({"ridge": 0.1}, {"ridge": "optimal"}, {"kernel_ridge": 0.1}):
        with pytest.raises(ValueError, match=r"ridge must not be given with the cost N tau"):
            rf.compute_optimal(model, 10, **ridge, cost="N tau")
