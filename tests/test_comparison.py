"""Theory beside simulation: the finite-size bound, the verdict, and that a wrong theory is found out."""

import dataclasses

import numpy as np
import pytest

import rfscale as rf
from rfscale.comparison import compare_results, finite_size_bound, verdict

# M, N, T, alpha, ridge, and the relative finite-size correction of signal and noise (Monte Carlo)
CORRECTIONS = [
    (60, 10, 20, 1.0, 1e-4, 0.1009, 0.1063),
    (60, 10, 20, 1.0, 1e-2, 0.0542, 0.0149),
    (60, 20, 10, 1.0, 1e-2, 0.0577, 0.0382),
    (60, 15, 15, 1.0, 1e-2, 0.0489, 0.0150),
    (60, 15, 15, 1.0, 1e-1, 0.0472, 0.0108),
    (60, 15, 15, 0.5, 1e-3, 0.0553, 0.0413),
    (40, 50, 60, 1.0, 1e-2, 0.0549, 0.0082),
]


@pytest.mark.parametrize(("M", "N", "T", "alpha", "ridge", "signal", "noise"), CORRECTIONS)
def test_finite_size_bound_covers_what_the_theory_lists(M, N, T, alpha, ridge, signal, noise):
    bound = finite_size_bound(rf.predict(rf.ScalingModel(rf.PowerLaw(alpha, M)), N, T, ridge))
    assert max(signal, noise) < bound
    assert bound < 10 * max(signal, noise) or bound == np.inf  # too small to be judged


@pytest.mark.parametrize("alpha", [1.0, 3.0])
@pytest.mark.parametrize(("N", "T"), [(20, 60), (60, 20), (100, 400), (35, 50), (20, 100_000)])
def test_finite_size_bound_covers_the_closed_form_and_falls_as_one_over_the_size(N, T, alpha):
    bounds = []
    for s in (1, 10):
        model = rf.ScalingModel(rf.PowerLaw(alpha, 1000 * s))
        bound = finite_size_bound(rf.predict(model, s * N, s * T))
        exact = rf.asymptotics.ridgeless_finite_size_signal(model, s * N, s * T)
        assert exact / rf.asymptotics.ridgeless(model, s * N, s * T)[0] - 1 < bound
        bounds.append(bound / (1 + bound))  # the first-order part
    assert bounds[0] / bounds[1] == pytest.approx(10, rel=0.05, abs=0)  # corrections of relative order 1/N


def test_gap_and_z_by_hand():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200))
    comparison = rf.compare(model, [10, 20], 50, 1e-3, draws=20, seed=4)
    planar, test = comparison.prediction.test, comparison.estimate.test
    np.testing.assert_allclose(comparison.gap, 100 * (test.mean / planar - 1), rtol=1e-10)
    np.testing.assert_allclose(comparison.z, (test.mean - planar) / test.stderr, rtol=1e-12)
    np.testing.assert_allclose(comparison.stderr, 100 * test.stderr / planar, rtol=1e-12)
    again = rf.simulate(model, [10, 20], 50, 1e-3, draws=20, seed=4)
    assert np.array_equal(test.mean, again.test.mean)


def test_theory_and_simulation_agree_over_regimes():
    model = rf.ScalingModel(rf.PowerLaw(0.8, 60), sigma_eps=0.1)
    comparison = rf.compare(model, [10, 30, 50, 100], [[30], [90]], [[[1e-3]], [[1e-1]]], draws=40, seed=1)
    assert comparison.agrees.shape == (2, 2, 4)
    assert comparison.agrees.all()
    assert comparison.verdict.startswith("theory and simulation agree: ")


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_theory_that_is_ten_percent_off_is_found_out(factor):
    comparison = rf.compare(rf.ScalingModel(rf.PowerLaw(1.0, 500)), [50, 300], 120, 1e-3, draws=40, seed=1)
    assert comparison.agrees.all()
    wrong = dataclasses.replace(comparison.prediction, test=factor * comparison.prediction.test)
    assert not compare_results(wrong, comparison.estimate).agrees.any()
    assert "DISAGREE: 0 of 2 points" in compare_results(wrong, comparison.estimate).verdict


def test_points_where_planar_theory_diverges_or_vanishes():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 20))
    comparison = rf.compare(model, [10, 100], [10, 200], draws=4, seed=1)  # the peak; everything learned
    assert comparison.gap.tolist() == [-100.0, 0.0]
    assert comparison.z.tolist() == [-np.inf, 0.0]
    assert comparison.agrees.all()
    assert "1 of 1 points" in comparison.verdict
    assert "1 not judged" in comparison.verdict
    alone = rf.compare(model, 10, 10, draws=4, seed=1)
    assert "cannot be compared" in alone.verdict


def test_one_verdict_for_several_comparisons():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100))
    parts = [rf.compare(model, N, 40, 1e-2, draws=10, seed=1) for N in ([10, 20], 15)]
    assert "3 of 3 points" in verdict(parts)


def test_optimal_ridges_of_both():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.05)
    comparison = rf.compare(model, [20, 40], 40, "optimal", draws=40, seed=1)
    assert comparison.agrees.all()
    # the curvature at the optimum is of order one: a loss known to 1 percent fixes the ridge to about 10 to 20
    assert np.all(np.abs(np.log(comparison.estimate.ridge / comparison.prediction.ridge)) < 0.3)
