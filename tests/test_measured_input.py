"""Whatever an analyst brings to `measure`: other units, no signal, copies, too few samples, kernels
that are none.
"""

import re

import numpy as np
import pytest

import rfscale as rf

RNG = np.random.default_rng(2)
X = RNG.standard_normal((300, 12))
Y = X[:, :6].sum(axis=1) + 0.3 * RNG.standard_normal(300)


def in_units(factor):
    scaled = X.copy()
    scaled[:, -1] *= factor
    return scaled


def test_an_input_in_other_units_leaves_the_others_their_ridge():
    """Least squares knows no units: the loss without ridge is the same for any.

    A grid of ridges that ends at 1e-10 of the largest eigenvalue gave 25 times the loss.
    """
    plain = rf.measure(X, Y).predict(60, 150, kernel_ridge=1e-12, stderr=False).mse
    with pytest.warns(UserWarning, match=r"input 11 has .* of the variance of all 12 inputs"):
        data = rf.measure(in_units(1e6), Y)
    found = data.predict(60, 150, kernel_ridge=1e-12, stderr=False).mse
    # 1e-12 is a share of 3e-15 of the least eigenvalue here, 300; splines are good to 1e-5
    assert found == pytest.approx(plain, rel=1e-5, abs=0)


def test_the_experiment_keeps_directions_of_small_units():
    """The products of features know 1e-16 of the largest: the other eleven inputs were lost."""
    point = {"N": 60, "T": 150, "ridge": 0.0, "draws": 4}
    plain = rf.experiment(X, Y, **point).mse.mean
    found = rf.experiment(in_units(1e6), Y, **point).mse.mean
    assert found == pytest.approx(plain, rel=1e-4, abs=0)


def test_the_peak_without_ridge_is_infinite():
    data = rf.measure(X, Y)
    found = data.predict([8, 8, 60], [8, 9, 60], 0.0)
    assert list(np.isinf(found.mse)) == list(np.isinf(found.stderr)) == [True, False, False]


def test_an_infinite_prediction_is_compared_without_a_number_that_is_none():
    with np.errstate(all="raise"):
        comparison = rf.compare(rf.measure(X, Y), [8, 8], [8, 40], [0.0, 1.0], draws=2)
    assert not comparison.judged[0]
    assert comparison.gap[0] == -100
    assert np.isfinite(comparison.gap[1])
    assert comparison.pool_stderr[0] == comparison.stderr[0] == np.inf


def test_without_a_signal_the_model_has_noise_alone():
    """Of 60 samples with 200 inputs, half of the seeds leave no power of the teacher."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        model = rf.measure(rng.standard_normal((60, 200)), rng.standard_normal(60)).model()
        assert 0 < model.sigma_eps**2 < 2  # the labels have variance 1, a part may fit a teacher
        assert model.sigma_w in (0.0, 1.0)


@pytest.mark.parametrize(
    ("kernel", "said"),
    [
        (lambda A, B: -A @ B.T, "negative squares"),
        (lambda A, B: 0 * (A @ B.T), "that is 0 for all samples"),
        (lambda A, B: A @ B.T + np.arange(len(B)), r"k\(x, z\) != k\(z, x\)"),
        (lambda A, B: np.abs(A @ B.T) - 2 * (A @ B.T), "negative squares|eigenvalue"),
    ],
)
def test_kernels_that_are_none_are_refused(kernel, said):
    with pytest.raises(ValueError, match=f"^features must have a kernel that is .*{said}"):
        rf.measure(X, Y, kernel).predict(5, 50)


@pytest.mark.parametrize("name", ["X", "y"])
@pytest.mark.parametrize("factor", [1e-145, 1e145])
def test_scales_beyond_squares_of_squares_are_refused(name, factor):
    given = {"X": X, "y": Y}
    given[name] = given[name] * factor
    with pytest.raises(ValueError, match=f"^{name} must vary by 1e-140 to 1e\\+140, got"):
        rf.measure(**given)


def test_copies_are_warned_of():
    with pytest.warns(UserWarning, match="12 of 312 samples repeat an earlier one"):
        rf.measure(np.r_[X, X[:12]], np.r_[Y, Y[:12]])


def test_a_pool_is_at_least_as_large_as_what_is_predicted():
    data = rf.measure(X[:60], Y[:60])
    with pytest.warns(rf.RegimeWarning, match="T is up to 31, more than half of the 60 samples"):
        data.predict(4, [10, 31], stderr=False)
    for call, said in [
        (lambda: data.predict(4, 61), "T must be at most 60, the samples of the pool, got 61"),
        (lambda: data.predict(4, np.inf), "T must be at most 60"),
        (lambda: data.predict(0, 10), "N must be"),
        (lambda: data.predict(4, 10, -1.0), "ridge must be"),
        (lambda: data.predict(np.inf, 10, 1.0), "ridge must be given as kernel_ridge = ridge/N"),
        (lambda: data.predict(4, 10, leverages=1), "leverages must be"),
        (lambda: rf.measure(X).predict(4, 10), "y must be given to `measure` for a"),
        (lambda: rf.measure(X).model(), "y must be given to `measure` for a model"),
        (lambda: rf.measure(X, Y, pool=10), "pool must be"),
    ]:
        with pytest.raises(ValueError, match=re.escape(said)):
            call()


def test_a_pool_is_drawn_from_more_samples():
    data = rf.measure(X, Y, pool=60, seed=4)
    assert data.P == np.unique(data.pool).size == 60
    own = rf.measure(X[data.pool], Y[data.pool], pool=60)
    at = {"N": 5, "T": 20, "ridge": 1.0, "stderr": False}
    assert own.predict(**at).mse == pytest.approx(data.predict(**at).mse, rel=1e-9, abs=0)
    assert not np.array_equal(data.pool, rf.measure(X, Y, pool=60, seed=5).pool)


def test_a_large_array_is_read_in_part():
    many = np.tile(X, (5, 1)) + 1e-3 * RNG.standard_normal((1500, 12))
    data = rf.measure(many, np.tile(Y, 5), most=400, pool=100)
    assert data.X.shape == (400, 12)
    assert data.P == 100
    again = rf.measure(many, np.tile(Y, 5), most=400, pool=100)
    np.testing.assert_array_equal(data.X, again.X)


def test_what_is_not_known_is_not_judged():
    """Samples of Cauchy's law, of which ten say nothing of the others."""
    wild = RNG.standard_cauchy((60, 3))
    comparison = rf.compare(rf.measure(wild, wild.sum(axis=1)), [2, 3], 10, draws=2)
    assert not np.any(comparison.agrees & (comparison.stderr > 50))
    with pytest.raises(ValueError, match=r"^holdout must leave at least 20 of the 300 samples"):
        rf.compare(rf.measure(X, Y), 5, 10, holdout=0.95)


def test_the_verdict_says_what_it_would_have_refused():
    comparison = rf.compare(rf.measure(X, Y), [6, 12], 60, draws=4)
    bounds = 3 * comparison.stderr + comparison.order_error
    assert f"{bounds.min():.2g} % would be refused" in comparison.verdict


def test_labels_without_noise_agree_to_rounding():
    """An input as the label: the prediction without ridge ends at 1e-19, an experiment at 1e-29."""
    data = rf.measure(X, X[:, 0])
    comparison = rf.compare(data, 40, [30, 100], [0.0, 1e-7], draws=2)
    assert np.all(comparison.judged)
    assert np.all(comparison.gap < -90)
    assert np.all(comparison.agrees)
