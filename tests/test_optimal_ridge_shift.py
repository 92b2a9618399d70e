"""How finite sizes shift the best ridge: orders in 1/size, simulation, exact answers, no shift."""

import dataclasses
import warnings

import numpy as np
import pytest

import rfscale as rf

MODELS = {
    "plain": {},
    "general": {"teacher": rf.Teacher.power_law(1.5), "test_spectrum": 0.4},
}


def scaled(name, size):
    """A model, N and T that are all `size` times as large, noise and ridge of the same strength."""
    options = dict(MODELS[name])
    if "test_spectrum" in options:
        options["test_spectrum"] = rf.PowerLaw(options["test_spectrum"], 30 * size)
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30 * size), sigma_eps=0.2 / size, **options)
    return model, 6 * size, 15 * size


def least(model, N, T, around, order):
    """log of the ridge with the least loss over `around`, by a polynomial through losses there."""
    steps = np.linspace(-0.6, 0.6, 13)
    losses = rf.predict(model, N, T, around * np.exp(steps), order=order).test
    slopes = np.polynomial.Polynomial.fit(steps, losses, 12).deriv().roots()
    return slopes[np.argmin(np.abs(slopes))].real


@pytest.mark.parametrize("name", MODELS)
def test_it_is_that_of_the_least_loss_to_one_loop(name):
    """Up to the next order: the gap to the least one-loop loss falls as 1/size^2, the shift as
    1/size.
    """
    shifts = []
    gaps = []
    for size in (8, 16):
        point = scaled(name, size)
        best = rf.optimal_ridge(*point, order="one-loop")
        ridge = rf.optimal_ridge(*point).ridge
        direct = least(*point, ridge, "one-loop") - least(*point, ridge, "planar")
        shifts.append(best.shift)
        gaps.append(best.shift - direct)
    # the next order is of 1/(6 size) = 1/48, and for the power 1.5 of the teacher up to five times
    # that, of which doubling the size leaves a half
    assert shifts[0] / shifts[1] == pytest.approx(2, rel=0.1, abs=0)
    assert gaps[0] / gaps[1] == pytest.approx(4, rel=0.2, abs=0)
    assert abs(gaps[0]) < abs(shifts[0]) / 48


PLAIN = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
CORNER = rf.ScalingModel(rf.PowerLaw(1.0, 20), sigma_eps=0.05)
STEEP = rf.ScalingModel(rf.PowerLaw(2.0, 60), sigma_eps=0.1)
FLAT = rf.ScalingModel(rf.PowerLaw(0.5, 200), sigma_eps=0.1)
NOISY = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=1.0)
SMOOTH = dataclasses.replace(PLAIN, teacher=rf.Teacher.power_law(1.5))
SHIFTED = dataclasses.replace(PLAIN, test_spectrum=rf.PowerLaw(0.4, 60))

# Model, N, T; the shift by `simulated` with 4000 draws (700 at N = 400) and 20 seeds, its error.
SIMULATED = [
    (PLAIN, 20, 20, -0.0176, 0.0005),
    (PLAIN, 12, 30, -0.0275, 0.0006),
    (PLAIN, 30, 12, -0.0127, 0.0005),
    (CORNER, 20, 24, 0.0683, 0.0017),
    (STEEP, 10, 10, -0.0545, 0.0019),
    (FLAT, 20, 20, -0.0103, 0.0003),
    (NOISY, 20, 20, 0.016, 0.001),
    (SMOOTH, 20, 30, -0.0574, 0.0007),
    (SHIFTED, 20, 30, -0.0027, 0.0003),
    (PLAIN, 4, 8, -0.001, 0.0015),
    (STEEP, 6, 6, -0.0624, 0.0022),
    (SMOOTH, 400, 20, -0.0315, 0.001),
]


def simulated(model, N, T, draws, seeds):
    """The shift in simulations and its error: the least of a quartic through mean losses at ridges
    around the planar optimum, less that of the quartic through planar losses.
    """
    steps = np.linspace(-1, 1, 5)
    ridge = rf.optimal_ridge(model, N, T).ridge * np.exp(steps)

    def least_of(losses):
        roots = np.polynomial.Polynomial.fit(steps, losses, 4).deriv().roots()
        return roots[np.argmin(np.abs(roots))].real

    batches = [
        rf.simulate(model, N, T, ridge, draws=draws, seed=seed, workers=1).test.mean
        for seed in seeds
    ]
    without_one = [
        least_of(np.mean(np.delete(batches, k, axis=0), axis=0)) for k in range(len(seeds))
    ]
    stderr = (len(seeds) - 1) * np.std(without_one) / np.sqrt(len(seeds) - 1)
    shift = least_of(np.mean(batches, axis=0)) - least_of(rf.predict(model, N, T, ridge).test)
    return shift, stderr


@pytest.mark.parametrize(("model", "N", "T", "shift", "stderr"), SIMULATED)
def test_simulations_have_the_same_shift_within_the_stated_error(model, N, T, shift, stderr):
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        best = rf.optimal_ridge(model, N, T, order="one-loop")
    assert abs(best.shift - shift) < best.shift_error + 4 * stderr
    if abs(best.shift) > best.shift_error:
        assert best.shift * shift > 0
    if min(N, T) >= 10:  # it says something: the square of some 5/size
        assert best.shift_error < (5 / np.sqrt(N * T)) ** 2


@pytest.mark.slow
@pytest.mark.parametrize(("model", "N", "T", "shift", "stderr"), SIMULATED[:2])
def test_the_simulated_shifts_are_found_again(model, N, T, shift, stderr):
    again, error = simulated(model, N, T, 1000, range(20))
    assert abs(again - shift) < 4 * np.hypot(error, stderr)


def test_none_where_the_best_ridge_is_that_of_the_posterior_mean():
    """N = infinity, isotropic teacher: sigma_eps^2 M/sigma_w^2 for each draw (14.11)."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_w=0.5, sigma_eps=0.3)
    best = rf.optimal_ridge(model, np.inf, [7, 30], order="one-loop")
    # derivatives are off by 1e-10 of the loss, whose curvature is above a tenth of it
    np.testing.assert_allclose(best.shift, 0, atol=1e-8)
    np.testing.assert_allclose(best.kernel_ridge, 0.3**2 * 60 / 0.5**2, rtol=1e-8)
    assert best.ridge.tolist() == [np.inf] * 2


@pytest.mark.parametrize("options", [{}, {"teacher": rf.Teacher.power_law(1.5)}])
def test_infinitely_many_features_are_the_limit_of_many(options):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3, **options)
    infinite = rf.optimal_ridge(model, np.inf, 30, order="one-loop")
    many = rf.optimal_ridge(model, 1e9, 30, order="one-loop")
    # 1/N, and what the search for a general teacher leaves
    assert infinite.shift == pytest.approx(float(many.shift), abs=1e-7)
    assert infinite.kernel_ridge == pytest.approx(float(many.kernel_ridge), rel=1e-7, abs=0)
    assert infinite.prediction.test == pytest.approx(float(many.prediction.test), rel=1e-7, abs=0)


def test_the_losses_are_those_at_the_shifted_ridge():
    model = rf.ScalingModel(rf.PowerLaw([[0.5], [1.0]], 60), sigma_eps=0.1)
    planar = rf.optimal_ridge(model, [12, 20], 30)
    best = rf.optimal_ridge(model, [12, 20], 30, order="one-loop")
    np.testing.assert_allclose(best.ridge, planar.ridge * np.exp(best.shift), rtol=1e-14)
    again = rf.predict(model, [12, 20], 30, best.ridge, order="one-loop")
    assert best.prediction.order == "one-loop"
    np.testing.assert_allclose(best.prediction.test, again.test, rtol=1e-13)
    np.testing.assert_allclose(best.kernel_ridge, again.kernel_ridge, rtol=1e-14)
    at_planar = rf.predict(model, [12, 20], 30, planar.ridge, order="one-loop")
    assert np.all(best.prediction.test < at_planar.test)
    assert planar.shift is None
    assert {"shift", "shift_error"} <= best.columns().keys()
    assert "shift" not in planar.columns()


def test_none_without_an_optimum_in_the_interior():
    clean = rf.ScalingModel(rf.PowerLaw(1.0, 20))
    only_noise = rf.ScalingModel(rf.PowerLaw(1.0, 20), sigma_w=0.0, sigma_eps=0.1)
    for model, N, T in ((clean, 20, 25), (clean, np.inf, 10), (only_noise, 10, 15)):
        best = rf.optimal_ridge(model, N, T, order="one-loop")
        assert best.location in ("zero", "infinity")
        assert (best.shift, best.shift_error) == (0, np.inf)
        assert best.ridge == rf.optimal_ridge(model, N, T).ridge


def test_it_warns_where_sizes_are_too_small():
    model = rf.ScalingModel(rf.PowerLaw(2.0, 3))
    with pytest.warns(rf.RegimeWarning, match="off by more than 20% at 1 of 2 points"):
        best = rf.optimal_ridge(model, [2, 1.0], [14, np.inf], order="one-loop")
    assert best.shift[0] == -1  # at most a factor of e
    with pytest.raises(ValueError, match="order must be"):
        rf.optimal_ridge(model, 2, 14, order="two-loop")
