"""Predictions from a pool where there is hardly a ridge, and sizes near the number of inputs."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.samples import pool
from rfscale.measured.samples.curve import sample_side
from rfscale.measured.samples.pool import interpolated
from rfscale.measured.samples.reading import best

RNG = np.random.default_rng(1)
INPUTS = 30
X = RNG.standard_normal((200, INPUTS)) / np.arange(1, INPUTS + 1)
DATA = rf.measure(X, X.sum(axis=1) + 0.3 * RNG.standard_normal(200))


@pytest.mark.parametrize("leverages", [True, False])
def test_more_features_than_inputs_are_least_squares_without_ridge(leverages):
    """Whatever the features are, as they span the inputs.

    At N = 31 to 37 degrees of freedom end below N, but above 0.8 N. A ridge of 1e-12 on top of the
    least eigenvalue, 1e-3, shifts the loss by 1e-9 times N/(N - 30), and splines are good to 1e-5;
    what the pool left out before were 5 to 10 percent.
    """
    point = {"kernel_ridge": 1e-12, "stderr": False, "leverages": leverages}
    found = DATA.predict([31, 32, 34, 36, 37, 60], 60, **point).mse
    np.testing.assert_allclose(found, DATA.predict(np.inf, 60, **point).mse, rtol=1e-5)


def test_ridges_between_are_joined_without_steps():
    """The loss rises with ever weaker ridges here, on all parts of the curve."""
    ridges = np.geomspace(1e-12, 1e-4, 25)
    mse = DATA.predict(np.array([[31], [34], [36]]), 60, kernel_ridge=ridges, stderr=False).mse
    # splines are off by less than 1e-5
    assert np.all(np.diff(np.log(mse)) < 1e-5)
    assert np.all(mse[:, 0] > 1.01 * mse[:, -1])


@pytest.mark.parametrize("share", [0.45, 0.75, 0.95])
def test_sums_over_samples_are_read_off_the_curve_of_as_many_samples(share):
    """Near df1 = N < T they are not computed anew. Polynomials are off by less than 1e-5."""
    curves = DATA.curves(leverages=True)
    T = 25.0
    n = share * T
    found = curves._close_side(n, T)
    near = curves._near_at(n)
    known = interpolated(curves.pool, np.exp(near.log_delta), near.rows.df1)
    expected = sample_side(known, T)
    assert np.all(near.rows.df1 < n)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


COPIES = pytest.mark.filterwarnings("ignore:.* of 500 samples repeat an earlier one")


def categories(seed=0):
    """Samples of 30 categories, some of which are rare, each a column of 0 and 1."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(30, 500, p=rng.dirichlet(np.full(30, 0.5)))
    values = rng.standard_normal(30)
    return rf.measure(np.eye(30)[kinds], values[kinds] + 0.3 * rng.standard_normal(500))


@COPIES
def test_a_category_that_occurs_once_leaves_a_weak_ridge_unknown():
    """Its leverage grows as 1/ridge: the predicted error was 290181, the measured one is 0.15."""
    found = rf.compare(categories(), 60, 100, [0.0, 0.01, 1.0], draws=4)
    assert np.all(np.abs(found.gap) < 3 * found.stderr)
    assert np.all(found.stderr < 75)  # percent: of four draws alone 50
    assert list(np.isinf(found.prediction.order_error)) == [True, True, False]
    assert list(found.judged) == [False, False, True]
    for result in (found, found.prediction):
        assert "ridges weaker than the pool knows at 2 of 3 points" in result.remarks()[-1]
        assert (
            "alone in a direction, or far larger than all others there: 1" in result.remarks()[-1]
        )


@COPIES
def test_where_the_pool_knows_nothing_does_not_depend_on_the_grid(monkeypatch):
    at = {"N": [60, np.inf], "T": 100, "kernel_ridge": 0.0, "stderr": False}
    found = categories().predict(**at)
    monkeypatch.setattr(pool, "LOWEST", 1e-7)
    monkeypatch.setattr(pool, "BELOW", 1e-3)
    # the loss is a polynomial at the end of the grid, the end a root to 1e-12
    np.testing.assert_allclose(categories().predict(**at).mse, found.mse, rtol=1e-9)


def test_samples_of_one_kind_have_no_such_end():
    assert DATA.predict(60, 60, 0.0, stderr=False).alone == 0
    assert np.isfinite(DATA.predict(60, 60, 0.0, stderr=False).order_error)
    assert len(DATA.predict(60, 60, 0.0, stderr=False).remarks()) == 1


def test_a_sample_far_larger_than_all_others_is_counted():
    """Others agree again at weaker ridges: it counts where they do not."""
    X = np.random.default_rng(0).standard_normal((400, 10))
    X[7] *= 1000
    y = X[:, 0] * (np.abs(X[:, 0]) < 10) + 0.1 * np.random.default_rng(1).standard_normal(400)
    found = rf.measure(X, y).predict(5, 40, 0.0, stderr=False)
    assert found.alone == 1
    assert np.isinf(found.order_error)


@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")  # more than half of the pool
@pytest.mark.parametrize(("inputs", "seed"), [(94, 1), (92, 3)])
def test_hardly_more_samples_than_inputs_are_left_out_exactly(inputs, seed):
    """Where B is below 0: with B = 0 the error was 2.2 and 1.3 times as large."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((100, inputs))
    y = rng.standard_normal(100)
    Q = np.linalg.qr(np.column_stack([np.ones(100), X]))[0]
    left_out = (y - Q @ (Q.T @ y)) / (1 - (Q**2).sum(axis=1))
    found = rf.measure(X, y).predict(np.inf, 100, kernel_ridge=0.0, stderr=False)
    # polynomials between ridges, and the end of the grid at 1e-4 of the least eigenvalue
    assert found.mse == pytest.approx(np.mean(left_out**2), rel=5e-4)


@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")  # more than half of the pool
@pytest.mark.parametrize("inputs", [60, 90])
def test_as_many_features_as_samples_are_the_peak_up_to_the_whole_pool(inputs):
    """It ended at 0.95 P degrees of freedom: 148 times the labels' variance, then 16 times."""
    samples = np.random.default_rng(0).standard_normal((60, inputs))
    data = rf.measure(samples, samples[:, 0])
    assert np.all(np.isinf(data.predict([56, 58, 60], [56, 58, 60], 0.0, stderr=False).mse))
    assert np.all(np.isfinite(data.predict([56, 60, 61], [57, 59, 60], 0.0, stderr=False).mse))


@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")
@pytest.mark.parametrize("ridge", [0.0, 0.1, 1.0])
def test_without_ridge_all_samples_of_a_pool_give_the_error_of_leaving_one_out(ridge):
    """Of 60 samples of 90 inputs, which was 9 percent off where degrees of freedom are 0.95 P."""
    rng = np.random.default_rng(0)
    samples = rng.standard_normal((60, 90))
    labels = samples[:, 0] + rng.standard_normal(60)
    errors = []
    for i in range(60):
        rest = np.delete(samples, i, axis=0)
        known = np.delete(labels, i)
        A = rest - rest.mean(0)
        weights = np.linalg.lstsq(
            np.vstack([A, np.sqrt(ridge) * np.eye(90)]),
            np.append(known - known.mean(), np.zeros(90)),
            rcond=1e-10,
        )[0]
        errors.append(labels[i] - known.mean() - (samples[i] - rest.mean(0)) @ weights)
    data = rf.measure(samples, labels)
    found = data.predict(np.inf, 60, kernel_ridge=ridge, stderr=False)
    # the grid begins at 1e-4 of the least eigenvalue, which is as none to 1e-4; reading: 1e-5
    assert found.mse == pytest.approx(np.mean(np.square(errors)), rel=1e-4, abs=0)
    assert np.isfinite(found.order_error)


@pytest.mark.parametrize(("deeper", "at"), [(0.005, 5.0), (0.015, -5.0)])
def test_of_minima_that_are_equal_to_a_percent_the_stronger_ridge_is_the_best(deeper, at):
    """Errors from 1 to 1.5, with minima at two ridges: the weaker one is deeper."""
    log_ridge = np.linspace(-10.0, 10.0, 201)
    wells = [np.exp(-((log_ridge - place) ** 2)) for place in (-5.0, 5.0)]
    losses = np.ones((6, 201))
    losses[0] = np.exp(log_ridge)
    losses[1] = 1.5 - (0.5 + deeper) * wells[0] - 0.5 * wells[1]
    # the other well shifts it by exp(-100), parabolas through logarithms 0.05 apart by 1e-6
    assert np.log(best(losses)) == pytest.approx(at, rel=1e-4, abs=0)


def test_the_best_of_errors_below_0_is_within_the_curve():
    """A search for what is at most 1.01 of a negative number ran out of the array."""
    losses = np.ones((6, 201))
    log_ridge = np.linspace(-10.0, 10.0, 201)
    losses[0] = np.exp(log_ridge)
    losses[1] = -np.exp(-((log_ridge - 5.0) ** 2))
    # its neighbours, where errors are read off as none at all, are 0.1 apart
    assert np.log(best(losses)) == pytest.approx(5.0, abs=0.1)
