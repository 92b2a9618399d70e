"""Theory beside simulation: both orders, the verdict, and that a wrong theory is found out."""

import dataclasses

import numpy as np
import pytest

import rfscale as rf
from rfscale.comparison import compare_results, verdict


def test_gap_and_z_by_hand():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200))
    comparison = rf.compare(model, [10, 20], 50, 1e-3, draws=20, seed=4)
    planar = comparison.planar.test
    one_loop = comparison.prediction.test
    test = comparison.estimate.test
    np.testing.assert_array_equal(planar, rf.predict(model, [10, 20], 50, 1e-3).test)
    np.testing.assert_array_equal(
        one_loop, rf.predict(model, [10, 20], 50, 1e-3, order="one-loop").test
    )
    np.testing.assert_allclose(comparison.gap, 100 * (test.mean / one_loop - 1), rtol=1e-10)
    np.testing.assert_allclose(comparison.z, (test.mean - one_loop) / test.stderr, rtol=1e-12)
    np.testing.assert_allclose(comparison.stderr, 100 * test.stderr / one_loop, rtol=1e-12)
    np.testing.assert_allclose(comparison.planar_gap, 100 * (test.mean / planar - 1), rtol=1e-10)
    np.testing.assert_allclose(comparison.planar_z, (test.mean - planar) / test.stderr, rtol=1e-12)
    np.testing.assert_allclose(
        comparison.order_error, 100 * comparison.prediction.order_error, rtol=1e-12
    )
    again = rf.simulate(model, [10, 20], 50, 1e-3, draws=20, seed=4)
    assert np.array_equal(test.mean, again.test.mean)


def test_one_loop_agrees_where_planar_does_not():
    comparison = rf.compare(
        rf.ScalingModel(rf.PowerLaw(1.0, 60)), [20, 40], [[30], [90]], 1e-2, draws=5000, seed=1
    )
    assert comparison.agrees.all()
    assert np.all(comparison.planar_z > 8)
    assert np.all(np.abs(comparison.z) < 4)
    assert "planar theory alone: 0 within 4 standard errors" in comparison.verdict


def test_theory_and_simulation_agree_over_regimes():
    model = rf.ScalingModel(rf.PowerLaw(0.8, 60), sigma_eps=0.1)
    comparison = rf.compare(
        model, [10, 30, 50, 100], [[30], [90]], [[[1e-3]], [[1e-1]]], draws=40, seed=1
    )
    assert comparison.agrees.shape == (2, 2, 4)
    assert comparison.agrees.all()
    assert comparison.verdict.startswith("theory and simulation agree: ")


@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_a_theory_that_is_two_percent_off_is_found_out(factor):
    comparison = rf.compare(
        rf.ScalingModel(rf.PowerLaw(1.0, 500)), [50, 300], 120, 1e-3, draws=200, seed=1
    )
    assert comparison.agrees.all()
    wrong = dataclasses.replace(comparison.prediction, test=factor * comparison.prediction.test)
    judged = compare_results(wrong, comparison.planar, comparison.estimate)
    assert not judged.agrees.any()
    assert "DISAGREE: 0 of 2 points" in judged.verdict


def test_points_where_planar_theory_diverges_or_vanishes():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 20))
    # the peak; everything learned
    comparison = rf.compare(model, [10, 100], [10, 200], draws=4, seed=1)
    assert comparison.gap.tolist() == [-100.0, 0.0]
    assert comparison.z.tolist() == [-np.inf, 0.0]
    assert comparison.agrees.tolist() == [False, True]  # the peak is not judged
    assert not comparison.disagrees.any()
    assert comparison.columns()["agrees"].tolist() == [None, True]
    assert "agree: 1 of 1 judged points" in comparison.verdict
    assert "1 not judged" in comparison.verdict
    alone = rf.compare(model, 10, 10, draws=4, seed=1)
    assert "neither agree nor disagree" in alone.verdict
    short = comparison.short_columns()
    assert [short[name][0] for name in ("simulated", "stderr", "gap/%", "agrees")] == [None] * 4
    assert short["simulated"][1] == comparison.estimate.test.mean[1]


def test_one_verdict_for_several_comparisons():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100))
    parts = [rf.compare(model, N, 40, 1e-2, draws=10, seed=1) for N in ([10, 20], 15)]
    assert "3 of 3 points" in verdict(parts)


def test_optimal_ridges_of_both():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.05)
    comparison = rf.compare(model, [20, 40], 40, "optimal", draws=40, seed=1)
    assert comparison.agrees.all()
    # the curvature at the optimum is of order one: a loss known to 1 percent fixes the ridge to
    # about 10 to 20
    assert np.all(np.abs(np.log(comparison.estimate.ridge / comparison.prediction.ridge)) < 0.3)


def test_what_is_allowed_is_four_standard_errors_and_the_order_error():
    """By hand, at the edge; and what is judged."""
    comparison = rf.compare(
        rf.ScalingModel(rf.PowerLaw(1.0, 60)), [20, 30, 40], 50, 1e-3, draws=100, seed=1
    )
    prediction = comparison.prediction
    planar = comparison.planar
    estimate = comparison.estimate

    def agrees(factor):
        allowed = 4 * estimate.test.stderr + prediction.order_error * prediction.test
        moved = dataclasses.replace(estimate.test, mean=prediction.test + factor * allowed)
        return compare_results(prediction, planar, dataclasses.replace(estimate, test=moved)).agrees

    assert agrees(0.99).all()
    assert agrees(-0.99).all()
    assert not agrees(1.01).any()
    assert not agrees(-1.01).any()
    unsure = dataclasses.replace(
        prediction, test=2 * prediction.test, order_error=np.array([0.19, 0.21, np.inf])
    )
    found = compare_results(unsure, planar, estimate)
    assert found.judged.tolist() == [True, False, False]
    assert found.agrees.tolist() == [False, False, False]
    assert found.disagrees.tolist() == [True, False, False]
    assert found.columns()["judged"].tolist() == [True, False, False]
