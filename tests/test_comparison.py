"""Theory beside simulation: both orders, the verdict, and that a wrong theory is found out."""

import argparse
import dataclasses
from functools import partial

import numpy as np
import pytest
import scipy.stats

import rfscale as rf
from rfscale.cli.compare import _print_verdict
from rfscale.comparison import compare_results, verdict, what_disagrees
from rfscale.comparison.judgement import judge, skewed_limit, together
from rfscale.comparison.settled import mean_settles


def test_gap_and_z_by_hand():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200))
    comparison = rf.compare(model, [10, 20], 50, 1e-3, draws=20, seed=4)
    planar = comparison.planar.test
    one_loop = comparison.prediction.test
    test = comparison.estimate.test
    np.testing.assert_array_equal(planar, rf.predict(model, [10, 20], 50, 1e-3).test)
    np.testing.assert_array_equal(
        one_loop, rf.predict(model, [10, 20], 50, 1e-3, order="resummed").test
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
    assert not comparison.disagrees.any()
    assert comparison.judged.mean() > 0.9
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
    assert ": 0 of 2 points within" in judged.verdict


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
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


def test_what_is_allowed_is_students_quantile_and_the_order_error():
    """By hand, at the edge, with the larger of both standard errors; and what is judged."""
    comparison = rf.compare(
        rf.ScalingModel(rf.PowerLaw(1.0, 60)), [20, 30, 40], 50, 1e-3, draws=100, seed=1
    )
    prediction = comparison.prediction
    planar = comparison.planar
    estimate = comparison.estimate
    assert comparison.tests == 6  # three test losses, three training losses; signals are the same
    quantile = scipy.stats.t.ppf(1 - 1 / 200 / 2 / 6, 99)
    stderr = np.maximum(estimate.test.stderr, prediction.std / 10)

    def agrees(factor):
        allowed = quantile * stderr + prediction.order_error * prediction.test
        moved = dataclasses.replace(estimate.test, mean=prediction.test + factor * allowed)
        return compare_results(prediction, planar, dataclasses.replace(estimate, test=moved)).agrees

    assert agrees(0.999).all()
    assert agrees(-0.999).all()
    assert not agrees(1.001).any()
    assert not agrees(-1.001).any()
    unsure = dataclasses.replace(
        prediction, test=2 * prediction.test, order_error=np.array([0.19, 0.21, np.inf])
    )
    found = compare_results(unsure, planar, estimate)
    assert found.judged.tolist() == [True, False, False]
    assert found.agrees.tolist() == [False, False, False]
    assert found.disagrees.tolist() == [True, False, False]
    assert found.columns()["judged"].tolist() == [True, False, False]


def false_alarms(draw, draws, points, std, std_error=0.0, runs=2000):
    """The fraction of runs in which losses of mean 1 are refused, at a point or all together."""
    alarms = np.zeros(runs, dtype=bool)
    for run in range(runs):
        losses = draw((draws, points))
        found = judge(
            predicted=np.ones(points),
            error=np.zeros(points),
            mean=losses.mean(0),
            stderr=losses.std(0, ddof=1) / np.sqrt(draws),
            draws=np.full(points, draws),
            std=np.full(points, std),
            std_error=std_error,
        )
        mean = together([(found, np.arange(points))])
        alarms[run] = not (found.agrees(points).all() and mean.agrees)
    return alarms.mean()


@pytest.mark.parametrize(("draws", "shape"), [(2, 0.5), (4, 3.0), (8, 0.5), (32, 3.0), (32, 0.5)])
def test_false_alarms_are_rare_whatever_the_number_of_draws_and_points(draws, shape):
    """2000 runs of a right theory and losses as skewed as a chi-squared number of one or six.

    At most 1 % may be refused, by a point or by the mean of all; one in 200 each is the aim.
    """
    rng = np.random.default_rng(draws)
    for points in (1, 40):
        draw = partial(rng.gamma, shape, 1 / shape)
        assert false_alarms(draw, draws, points, shape**-0.5) <= 0.01


@pytest.mark.parametrize("draws", [2, 8])
def test_false_alarms_are_rare_where_the_scatter_is_larger_than_theory_has_it(draws):
    """By the error that theory states: all of it, with a few draws that say little themselves.

    2000 runs with the scatter twice that of theory. Without its error, more than 1 % are refused.
    """
    rng = np.random.default_rng(draws)
    draw = partial(rng.gamma, 0.5, 2.0)
    std = 0.5**-0.5 / 2
    assert false_alarms(draw, draws, 40, std, std_error=1.0) <= 0.01
    assert false_alarms(draw, draws, 40, std, std_error=0.0) > 0.01


@pytest.mark.parametrize("draws", [2, 8, 32])
def test_false_alarms_are_rare_with_the_tail_of_an_inverse_wishart_matrix(draws):
    """The noise at the edge of what is judged, T - M = 8: its fifth moment does not exist.

    Traces of 20,000 matrices, again and again, with the scatter and its error by theory.
    """
    rng = np.random.default_rng(draws)
    M = 10
    X = rng.standard_normal((20_000, M, M + 8))
    traces = np.sum(1 / np.linalg.eigvalsh(X @ X.transpose(0, 2, 1)), axis=1)
    traces /= traces.mean()
    of = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_w=0.0, sigma_eps=1.0)
    theory = rf.predict(of, 2 * M, M + 8, order="resummed")
    scatter = theory.std / theory.test
    assert scatter < traces.std() < scatter * (1 + theory.std_error)
    draw = partial(rng.choice, traces)
    for points in (1, 40):
        assert false_alarms(draw, draws, points, scatter, theory.std_error) <= 0.01


def test_an_error_that_all_points_share_is_found_by_their_mean():
    """A single point sees 1 % hardly ever; forty together do, and say that they would have."""
    rng = np.random.default_rng(0)
    draws = 64
    points = 40
    losses = 0.1 * rng.standard_normal((draws, points)) + 1.01
    found = judge(
        predicted=np.ones(points),
        error=np.zeros(points),
        mean=losses.mean(0),
        stderr=losses.std(0, ddof=1) / np.sqrt(draws),
        draws=np.full(points, draws),
        std=np.full(points, 0.1),
    )
    mean = together([(found, np.arange(points))])
    assert found.agrees(points).all()
    assert not mean.agrees
    stderr = 100 * 0.1 / np.sqrt(draws * points)
    assert mean.seen == pytest.approx((2.81 + 2) * stderr, rel=0.1, abs=0)  # normal, one in 200
    same_draws = together([(found, np.zeros(points))])
    assert same_draws.seen > 5 * mean.seen  # points of one cell count as one


def test_signal_noise_and_training_loss_are_judged_too():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.05)
    comparison = rf.compare(model, [30, 60], 90, 1e-2, draws=200, seed=1)
    assert comparison.agrees.all()
    assert comparison.tests == 8
    assert "with 6 signals, noises and training losses" in comparison.verdict
    for name in ("signal", "noise", "train"):
        wrong = 1.1 * getattr(comparison.prediction, name)
        prediction = dataclasses.replace(comparison.prediction, **{name: wrong})
        found = compare_results(prediction, comparison.planar, comparison.estimate)
        assert not found.agrees.any(), name
        assert found.disagrees.all(), name
        assert ": 0 of 2 points within" in found.verdict


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_where_the_loss_has_no_variance_the_mean_is_not_judged():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    comparison = rf.compare(model, [17, 20, 23, 28], 20, draws=8, seed=1)
    assert comparison.judged.tolist() == [False, False, False, True]
    rows = comparison.columns()
    assert [value is None for value in rows["stderr"]] == [True, True, True, False]
    assert len(comparison.remarks()) == 3
    assert np.all(rows["median"][:3] > 0)
    assert "median" in comparison.short_columns()
    corner = rf.compare(rf.ScalingModel(rf.PowerLaw(1.0, 9)), 9, 9, draws=2, seed=1)
    assert not corner.judged
    assert "the limit of a small ridge" in " ".join(corner.remarks())
    assert corner.z == -np.inf
    assert corner.columns()["z"].tolist() == [None]


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.parametrize(
    ("M", "N", "T", "sigma_eps", "draws"),
    [
        (60, 19, 20, 0.0, 2),
        (60, 18, 20, 0.1, 8),
        (40, 17, 20, 0.02, 32),
        (16, 9, 10, 0.3, 2),
        (16, 40, 17, 0.2, 8),
        (16, 40, 17, 0.2, 32),
    ],
)
def test_the_training_loss_is_judged_where_the_test_loss_has_no_variance(M, N, T, sigma_eps, draws):
    """A right theory in 20 runs, a wrong training loss in each: by three of the allowed gaps."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=sigma_eps)
    for seed in range(20):
        found = rf.compare(model, N, T, draws=draws, seed=seed)
        assert not found.judged
        assert found.judged_by_train
        assert not found.disagrees
        assert "agree in the training loss: 1 of 1 points" in found.verdict
        train = found.losses.train
        allowed = train.error + skewed_limit(1) * train.expected * (1 + train.expected_error)
        wrong = found.prediction.train * (1 + (3 * allowed + 1e-6) / 100)
        prediction = dataclasses.replace(found.prediction, train=wrong)
        off = compare_results(prediction, found.planar, found.estimate)
        assert off.disagrees
        assert what_disagrees([off]) == ["training loss at 1"]
        assert "DISAGREE (training loss at 1) in the training loss: 0 of 1" in off.verdict


def test_single_teachers_and_test_points_are_judged_by_their_own_scatter():
    """Theory's is of losses that are averaged over them: by it six of 60 runs were refused."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.05)
    at = [10, 15], 40, 1e-2
    runs = [rf.compare(model, *at, draws=4, seed=seed, test_points=30) for seed in range(40)]
    assert not any(run.disagrees.any() for run in runs)
    assert runs[0].estimate.test_points == 30
    assert set(runs[0].estimate.columns()["test_points"]) == {30}
    assert rf.sweep(model, 10, 40, 1e-2, draws=2, seed=1, test_points=30).test_points == 30


@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")
@pytest.mark.parametrize("omega", [4, 5, 8, 10])
def test_means_are_judged_where_a_right_theory_is_refused_in_one_run_of_a_hundred_at_most(omega):
    """The steepest law, 1/chi-squared, at the worst number of draws; 8000 runs know 1 % to .1 %."""
    model = rf.ScalingModel(rf.Eigenvalues([1.0]), sigma_eps=1.0)
    T = omega + 1  # samples of one direction
    planar = rf.predict(model, 3, T)
    scatter = planar.std / planar.test
    assert scatter == pytest.approx((2 * T) ** 0.5 / omega, rel=1e-12, abs=0)
    mean = 0.5 / (T - 2)  # half of that of 1/chi-squared
    draws = 512
    losses = 0.5 / np.random.default_rng(omega).chisquare(T, (8000, draws))
    found = judge(
        predicted=np.full(8000, mean),
        error=np.zeros(8000),
        mean=losses.mean(1),
        stderr=losses.std(1, ddof=1) / np.sqrt(draws),
        draws=draws,
        std=np.full(8000, mean * scatter),
        std_error=planar.std_error,
    )
    refused = np.mean(~found.agrees(1))
    assert mean_settles(planar) == (refused < 0.01)


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_the_training_loss_without_ridge_is_exact_in_T():
    """Least squares of N variables leaves 1 - N/T of what T = infinity leaves."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
    T = np.array([21, 22, 24, 40])
    found = rf.simulate(model, 20, T, draws=2000, seed=1).train
    with pytest.warns(rf.RegimeWarning):
        at_T = rf.predict(model, 20, T, order="one-loop").train
    fit = rf.predict(model, 20, np.inf, order="one-loop")
    np.testing.assert_allclose(at_T, (1 - 20 / T) * fit.train, rtol=1e-12)
    share = 1 - 0.1**2 / fit.train
    assert np.all(np.abs(found.mean / at_T - 1) < 4 * found.stderr / at_T + share * fit.order_error)
    above = rf.compare(model, 23, 20, draws=8, seed=1)  # it is 0
    assert not above.disagrees
    assert not above.judged_by_train
    assert "the training loss is 0" in " ".join(above.remarks())
    moved = dataclasses.replace(above.prediction, train=above.prediction.train + 1e-3)
    assert compare_results(moved, above.planar, above.estimate).disagrees


@pytest.mark.parametrize(
    ("M", "N", "T", "ridge", "sigma_eps"),
    [(16, 18, 17, 1e-12, 0.3), (16, 40, 17, 1e-6, 0.3), (60, 20, 22, 1e-7, 0.0)],
)
def test_a_weak_ridge_does_not_make_a_heavy_tail_settle(M, N, T, ridge, sigma_eps):
    """Up to 90 in 100 of such runs refused the right theory while they were judged."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=sigma_eps)
    assert not rf.compare(model, N, T, ridge, draws=8, seed=1).judged
    assert rf.compare(model, N, T, 1e-1, draws=8, seed=1).judged


def test_the_verdict_says_what_disagrees(capsys):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 400), sigma_eps=0.01)
    found = rf.compare(model, [40, 60, 80, 100], [[150], [200]], 1e-2, draws=300, seed=2)
    assert what_disagrees([found]) == []
    wrong = dataclasses.replace(found.prediction, noise=1.1 * found.prediction.noise)
    noisy = compare_results(wrong, found.planar, found.estimate)
    assert what_disagrees([noisy]) == ["noise at 8"]
    shifted = dataclasses.replace(found.prediction, test=1.008 * found.prediction.test)
    all_off = compare_results(shifted, found.planar, found.estimate)
    assert what_disagrees([all_off])[-1] == "mean of all points"
    assert "DISAGREE (" in all_off.verdict
    only_mean = dataclasses.replace(all_off, agrees=all_off.judged, losses=all_off.losses)
    status = _print_verdict(argparse.Namespace(output="x.csv", format=None), [only_mean])
    assert status == 1
