"""`compare(..., training=)`: a right theory is not refused, a wrong one is."""

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rfscale as rf
from rfscale.comparison import compare_results
from rfscale.comparison.verdict import _unjudged

TAU = 10.0 ** np.arange(-1, 5)
MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)


def test_a_right_theory_is_not_refused():
    """In at most one of a hundred runs: of these, in none."""
    rng = np.random.default_rng(1)
    judged = 0
    for _ in range(60):
        M, N, T = (int(n) for n in rng.integers([6, 4, 4], [60, 40, 40]))
        spectrum = rf.PowerLaw(float(np.exp(rng.uniform(-1, 1))), M)
        model = rf.ScalingModel(spectrum, sigma_eps=float(rng.choice([0.0, 0.1, 1.0])))
        flow = rf.GradientFlow(tau=TAU)
        draws = int(rng.choice([8, 32]))
        compared = rf.compare(model, N, T, training=flow, draws=draws, seed=1)
        assert not compared.disagrees.any(), (M, N, T, draws)
        judged += compared.judged.sum()
    assert judged > 60 * TAU.size / 2


@pytest.mark.parametrize("wrong", [0.9, 1.1])
def test_a_theory_that_is_ten_percent_off_is_refused(wrong):
    """The estimate of 1/size is at most 3 percent here, and the standard error 1."""
    flow = rf.GradientFlow(tau=TAU[1:])
    right = rf.predict(MODEL, 40, 30, training=flow)
    estimate = rf.simulate(MODEL, 40, 30, training=flow, draws=200, seed=1)
    assert compare_results(right, None, estimate).agrees.all()
    off = dataclasses.replace(right, test=wrong * right.test)
    assert compare_results(off, None, estimate).disagrees.all()


def test_the_estimate_is_of_order_one_over_the_size():
    """Eigenvalues repeated, all sizes grow together, tau lambda_+ as it is."""
    lam = np.arange(1.0, 13) ** -1.7
    errors = []
    for k in (2, 4, 8):
        model = rf.ScalingModel(rf.Eigenvalues(np.repeat(lam, k)), sigma_eps=0.1 / np.sqrt(k))
        flow = rf.GradientFlow(tau=[1.0, 30.0])
        errors.append(rf.predict(model, 6 * k, 9 * k, training=flow).order_error)
    assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 1, atol=0.35)


def test_at_infinite_sizes_there_is_no_correction():
    flow = rf.GradientFlow(tau=[0.1, 10.0])
    found = rf.predict(MODEL, np.inf, np.inf, training=flow)
    assert found.order_error.tolist() == [0.0, 0.0]
    # what a ridge and flow that leave the same training signal do is the same: all is seen
    assert_allclose(found.equivalent.test, found.test, rtol=1e-4)


def test_the_equivalent_ridge_of_a_ridge_is_itself():
    ridge = np.array([1e-3, 0.1, 10.0])
    alike = rf.predict(MODEL, 20, 30, training=rf.IteratedRidge(ridge, times=1)).equivalent
    assert_allclose(alike.ridge, ridge, rtol=1e-4)  # 600/2^24 of its logarithm


def test_results_have_the_columns_of_the_training(tmp_path):
    compared = rf.compare(
        MODEL, 20, [[30], [40]], training=rf.GradientFlow(tau=TAU), draws=4, seed=1
    )
    columns = compared.columns()
    assert columns["tau"].tolist() == TAU.tolist() * 2
    assert set(columns["training"]) == {"GradientFlow"}
    compared.save(tmp_path / "a.npz")
    assert rf.Comparison.load(tmp_path / "a.npz").verdict == compared.verdict
    as_ridge = rf.compare(MODEL, 20, 30, training=rf.Ridge(0.3), draws=4, seed=1)
    assert as_ridge.gap == rf.compare(MODEL, 20, 30, 0.3, draws=4, seed=1).gap
    with pytest.raises(ValueError, match="ridge and training must not both be given"):
        rf.compare(MODEL, 20, 30, 0.3, training=rf.GradientFlow(1.0))


def test_the_noise_of_one_pass_has_an_error_of_its_own():
    """That of the signal, as there is no noise at T = infinity to tell it from."""
    how = rf.SGD([5, 50], 2, 0.3)
    parts = {"sigma_eps": 0.0}, {"sigma_w": 0.0}, {}
    errors = [
        rf.predict(dataclasses.replace(MODEL, **part), 20, 200, training=how).order_error
        for part in parts
    ]
    assert np.all(np.array(errors) == errors[0])
    assert np.all(errors[0] > 1e-3)


@pytest.mark.parametrize(
    ("judged", "by_train", "words"),
    [
        ([True, True], [False, False], ""),
        ([True, False], [False, False], ", 1 not judged"),
        ([True, False], [False, True], ", 1 more judged by the training loss alone"),
        (
            [True, False, False],
            [False, False, True],
            ", 1 more judged by the training loss alone, 1 not judged",
        ),
    ],
)
def test_a_verdict_counts_each_point_once(judged, by_train, words):
    assert _unjudged(np.array(judged), np.array(by_train)) == words
