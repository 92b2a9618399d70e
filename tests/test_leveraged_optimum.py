"""The best ridge for samples of unequal leverage: the plain one for equal ones, and a root of the
slope in many digits.
"""

import mpmath as mp
import numpy as np
import pytest
from leverage_oracle import equations
from test_leverages import TAU, general

import rfscale as rf

ONES = [1.0, 1.0]
RIDGE = 1e-8  # relative: 5e-13, measured, over the loss's relative curvature of 1e-4 and more here
CLEAN = rf.ScalingModel(rf.PowerLaw(1.0, 300))
NOISY = rf.ScalingModel(rf.PowerLaw(0.5, 40), 1.3, 0.7, 0.3)


@pytest.mark.parametrize("model", [CLEAN, NOISY])
def test_equal_leverages_have_the_plain_optimum(model):
    """As derivatives find it: values alone would leave 1e-7."""
    at = model, [[2], [10], [39], [100], [np.inf]], [3, 10, 40, 200], "optimal"
    plain = rf.predict(*at)
    found = rf.predict(*at, leverages=ONES)
    np.testing.assert_allclose(found.kernel_ridge, plain.kernel_ridge, rtol=RIDGE, atol=0)
    np.testing.assert_allclose(found.ridge, plain.ridge, rtol=RIDGE, atol=0)
    np.testing.assert_allclose(found.test, plain.test, rtol=1e-12, atol=0)
    assert np.array_equal(found.N, plain.N)


@pytest.mark.parametrize(("N", "T"), [(9, 14), (30, 6), (8, 8)])
def test_the_slope_vanishes_in_forty_digits(N, T):
    """For a teacher and a test spectrum of their own, with the equations of the derivation."""
    rng = np.random.default_rng(1)
    numbers = {"eigenvalues": np.arange(1, 13) ** -1.8, "weights": rng.uniform(0.2, 2.0, 12)}
    numbers["test"] = np.arange(1, 13) ** -1.4
    sigmas = 1.3, 0.7, 0.4
    model = rf.ScalingModel(
        rf.Eigenvalues(numbers["eigenvalues"]),
        *sigmas,
        teacher=rf.Teacher.weights(numbers["weights"]),
        test_spectrum=rf.Eigenvalues(numbers["test"]),
    )
    found = rf.predict(model, N, T, "optimal", leverages=TAU)

    def exact(z):
        return equations(**numbers, N=N, T=T, delta=mp.exp(z), sigmas=sigmas, tau=TAU)

    with mp.workdps(40):
        step = mp.mpf(10) ** -8  # the slope is off by its square
        start = mp.log(float(found.delta))
        root = mp.findroot(
            lambda z: (exact(z + step)["test"] - exact(z - step)["test"]) / step,
            (start, start + mp.mpf("1e-4")),
            tol=1e-24,
        )
        best = exact(root)
    assert found.ridge == pytest.approx(float(best["ridge"]), rel=RIDGE, abs=0)
    assert found.test == pytest.approx(float(best["test"]), rel=1e-11, abs=0)
    plain = rf.predict(model, N, T, "optimal").ridge
    assert abs(plain / found.ridge - 1) > 1e-3  # so leverages matter


@pytest.mark.parametrize("model", [CLEAN, NOISY, general()])
def test_no_other_ridge_is_better(model):
    """By more than rounding, over forty decades, for points of all models and sizes at once."""
    N = np.array([3, 12, 40, np.inf])[:, None]
    found = rf.predict(model, N, [3, 12, 40, 500], "optimal", leverages=TAU)
    strengths = np.concatenate([[0.0], np.geomspace(1e-30, 1e10, 401), [np.inf]])
    kernel_ridge = strengths[:, None, None]
    others = rf.predict(model, N, [3, 12, 40, 500], kernel_ridge=kernel_ridge, leverages=TAU)
    assert np.all(found.test <= others.test.min(axis=0) * (1 + 1e-12))


def test_the_ends_are_those_of_equal_leverages():
    """No ridge where all is learned; any number of samples of a plain model; noise alone."""
    all_learned = rf.predict(CLEAN, [300, 400, np.inf], 400, "optimal", leverages=TAU)
    assert all_learned.ridge.tolist() == all_learned.test.tolist() == [0, 0, 0]
    for model in (CLEAN, NOISY, rf.ScalingModel(rf.PowerLaw(0.5, 40), 0.0, sigma_eps=0.3)):
        endless = rf.predict(model, [5, np.inf], np.inf, "optimal", leverages=TAU)
        plain = rf.predict(model, [5, np.inf], np.inf, "optimal")
        assert endless.ridge.tolist() == plain.ridge.tolist() == [0, 0]
        np.testing.assert_allclose(endless.test, plain.test, rtol=1e-12, atol=1e-28)
    noise = rf.predict(model, [3, 40, np.inf], 40, "optimal", leverages=TAU)
    assert noise.ridge.tolist() == noise.kernel_ridge.tolist() == [np.inf] * 3
    assert noise.test.tolist() == [0, 0, 0]
    kernel = rf.predict(NOISY, np.inf, 10, "optimal", leverages=TAU)
    assert kernel.ridge == kernel.N == np.inf
    again = rf.predict(NOISY, np.inf, 10, kernel_ridge=kernel.kernel_ridge, leverages=TAU)
    assert again.test == pytest.approx(float(kernel.test), rel=1e-13, abs=0)


def test_the_simulation_has_a_best_ridge_of_its_own():
    """A minimum over ridges that few draws know: its loss is that of theory to second order."""
    model = rf.ScalingModel(rf.PowerLaw(0.5, 80), sigma_eps=0.3)
    found = rf.compare(model, [20, 40], 60, "optimal", leverages=TAU, draws=200, seed=1, workers=1)
    assert found.judged.all()
    assert found.agrees.all()
    predicted = rf.predict(model, [20, 40], 60, "optimal", leverages=TAU)
    assert np.array_equal(found.prediction.ridge, predicted.ridge)
    assert np.all(found.estimate.ridge != predicted.ridge)
    assert np.all(np.abs(np.log(found.estimate.ridge / predicted.ridge)) < 0.3)
