"""Predictions from a pool where there is hardly a ridge, and sizes near the number of inputs."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.samples.curve import sample_side
from rfscale.measured.samples.pool import interpolated

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
    pool = interpolated(curves.pool, np.exp(near.log_delta), near.rows.df1)
    expected = sample_side(pool, T)
    assert np.all(near.rows.df1 < n)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
