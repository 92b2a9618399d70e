"""The least loss of any filter, and the mixture of ridges near it."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import rfscale as rf
from rfscale.theory import spectral_measures
from rfscale.theory.filter_bound import least_error
from rfscale.theory.spectral_measures import all_bands, measures, spectrum_of

NOISY = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
LATENT = rf.ScalingModel(rf.PowerLaw(0.6, 30), sigma_eps=0.1)
OTHER = rf.ScalingModel(rf.PowerLaw(0.7, 50), sigma_eps=0.05, teacher=rf.SourceCondition(0.5))


@pytest.mark.parametrize(
    ("alpha", "ratio"),
    [(0.25, 0.9908), (0.5, 0.9969), (0.75, 0.9994), (1.5, 0.9988), (2.0, 0.9964), (5.0, 0.9845)],
)
def test_known_gains_over_the_best_ridge(alpha, ratio):
    best = rf.best_filter(rf.ScalingModel(rf.PowerLaw(alpha, 1e15)), 100, 100)
    assert best.error < 1e-7
    # half a unit of the last digit, and what N is short of infinity
    assert_allclose(1 / best.best_ridge_over_best, ratio, rtol=0, atol=0.6e-4)


def test_more_is_gained_where_latents_are_few():
    best = rf.best_filter(rf.ScalingModel(rf.PowerLaw(0.6, 30)), 35, 20)
    assert_allclose(best.best_ridge_over_best, 1.0337, atol=0.6e-4)
    assert best.best_time_over_best > best.best_ridge_over_best


@pytest.mark.parametrize(("N", "T"), [(30, 50), (50, 30), (40, 40)])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_a_ridge_is_best_at_alpha_one(N, T, noise):
    M = 10**7
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=noise * np.sqrt(1 / (M * N)))
    ratio = rf.best_filter(model, N, T).best_ridge_over_best
    # the label power is linear in s up to terms of relative order N/M = 5e-6, and to sums that are
    # no integrals, which add 1/N^2 with a factor of some 1e-2; at alpha = 1.5 it would be 1e-3
    assert 1 - 1e-7 < ratio < 1 + 1e-2 / min(N, T) ** 2


def weighted_losses(model, N, T):
    """Nodes with zero, label power, q, and the bound, in relative units."""
    spectrum = spectrum_of(model, model.spectrum.alpha, model.spectrum.M, N, T)
    found = measures(spectrum, all_bands(spectrum, np.empty(0)), 12.0)
    signal, noise = 2 * model.units.signal, model.sigma_eps**2
    return found, signal, noise, least_error(found, signal, noise)


@pytest.mark.parametrize(
    ("model", "N", "T"),
    [(NOISY, 20, 40), (NOISY, 40, 20), (NOISY, 20, 20), (LATENT, 35, 40), (OTHER, 20, 30)],
)
def test_the_bound_is_reached(model, N, T):
    """The best r~ = E dq/dP belongs to a filter, by the inverse of r -> r~ (19.10).

    r = q_0 r~ + int dq(s') [s' r~(s') - s r~(s)]/(s' - s), q_0 the mass of q at zero.
    """
    found, signal, noise, least = weighted_losses(model, N, T)
    inner, outer, nu0, p0, q0, _ = found
    good = outer.q > 1e-12  # at nodes near edges densities are rounding
    at_zero = least.noisy * q0 / (signal * p0 + noise * q0) if q0 else 0.0

    def best(grid):
        power = signal * grid.p + noise * grid.q
        return least.noisy * np.divide(grid.q, power, out=np.ones_like(power), where=power > 0)

    def residual(grid, other):
        tilde, tilde_other = best(grid), best(other)
        apart = other.s - grid.s[:, None]
        rise = other.s * tilde_other - (grid.s * tilde)[:, None]
        slope = np.divide(rise, apart, out=np.zeros_like(rise), where=apart != 0)
        return q0 * tilde + slope @ np.where(other.q > 1e-12, other.q, 0.0)

    # and back: r~ = r - int dnu(s') [r(s) - r(s')]/(s - s'), with r(0) = 1
    r = residual(outer, inner)
    r_inner = residual(inner, outer)
    apart = outer.s[:, None] - inner.s
    mass = np.where(inner.q > 1e-12, inner.nu, 0.0)
    rise = r[:, None] - r_inner
    slope = np.divide(rise, apart, out=np.zeros_like(rise), where=apart != 0)
    back = r - slope @ mass - nu0 * (r - 1.0) / outer.s
    # the double exponential rule with twelve times its least density is exact to about 1e-9 where
    # the divided differences are smooth
    weight = (signal * outer.p + noise * outer.q)[good]
    off = weight @ (back - best(outer))[good] ** 2
    assert off < 1e-9 * least.noisy
    if q0:
        back_at_zero = 1.0 + inner.nu @ ((1.0 - r_inner) / inner.s)
        assert_allclose(back_at_zero, at_zero, rtol=1e-5)


@pytest.mark.parametrize(
    ("model", "N", "T"),
    [(NOISY, 20, 40), (NOISY, 40, 20), (NOISY, 20, 20), (LATENT, 35, 40), (OTHER, 20, 30)],
)
def test_a_mixture_is_above_the_bound_by_what_it_is_short_of(model, N, T):
    """L = least + (1/2) int dP (r~ - E dq/dP)^2, for the mixture and for others."""
    found, signal, noise, least = weighted_losses(model, N, T)
    outer = found.outer
    q = np.append(found.q_at_zero, outer.q)
    power = signal * np.append(found.p_at_zero, outer.p) + noise * q
    s = np.append(0.0, outer.s)
    has = power > 0
    best = rf.best_filter(model, N, T)
    assert_allclose(best.least, least.test, rtol=1e-7)
    assert 0 < best.prediction.test / best.least - 1 < 2e-4
    unit = np.exp(-model.units.log_ridge(1.0, per=(N, T)))
    rng = np.random.default_rng(3)
    ridges, weights = best.training.ridges[0], best.training.weights[0]
    moves = 0.3 * rng.normal(size=(4, weights.size))
    moves[0] = 0
    for move in moves:
        mixture = rf.RidgeMixture(ridges, weights + move - move.mean())
        g = ridges / unit
        tilde = mixture.weights * g / (s[:, None] + g)
        inner = found.inner
        seen = 1 + (inner.nu / (inner.s + g[:, None])).sum(axis=1) + found.nu_at_zero / g
        short = (tilde @ seen)[has] - least.noisy * q[has] / power[has]
        above = 0.5 * power[has] @ short**2
        found_test = rf.predict(model, N, T, training=mixture).test
        assert found_test > least.test
        # masses to 1e-7, and sums over pairs of weights up to 500, to 1e-14 each
        assert_allclose(found_test, least.test + above, rtol=1e-6)


@pytest.mark.parametrize(("N", "T"), [(50, 400), (3000, 400)])
def test_each_direction_above_the_gaps_has_a_band_of_mass_one(N, T):
    spectrum = spectrum_of(rf.ScalingModel(rf.PowerLaw(3.0, 20)), 3.0, 20.0, float(N), float(T))
    bands = all_bands(spectrum, np.empty(0))
    assert np.count_nonzero([a[1] < b[0] for a, b in pairwise(bands)]) > 6
    for band in bands[-6:]:
        mass = T * measures(spectrum, [band], 6.0).outer.q.sum()
        # the double exponential rule at twice the density that leaves 1e-7
        assert_allclose(mass, 1, rtol=1e-10)


def test_narrow_bands_are_found():
    """At N = T = 10^8 they are 6e-4 of their eigenvalues wide, and semicircles."""
    N = 1e8
    spectrum = spectrum_of(rf.ScalingModel(rf.PowerLaw(3.0, 20)), 3.0, 20.0, N, N)
    bands = all_bands(spectrum, np.empty(0))
    assert len(bands) == 20
    for low, high in bands:
        middle = spectrum.densities(np.array([(low + high) / 2]))[2]
        # up to the square of the width
        assert_allclose(N * middle * (high - low), 4 / np.pi, rtol=1e-5)


def test_all_eigenvalues_are_found_at_a_hard_edge():
    """At N = T the density goes on to 0; at alpha = 5 and N = 1000 to 1e-18 and below."""
    spectrum = spectrum_of(rf.ScalingModel(rf.PowerLaw(5.0, 10**12)), 5.0, 1e12, 1e3, 1e3)
    found = measures(spectrum, all_bands(spectrum, np.empty(0)), 3.0)
    # measured, 5e-8: three times as many nodes leave 6e-11
    assert found.error < 2e-7


def test_masses_that_are_missing_are_said(monkeypatch):
    monkeypatch.setattr(spectral_measures, "HARD_EDGE", 1e-4)  # leaves out 2/pi 1e-2 of them
    with pytest.warns(rf.RegimeWarning, match=r"least loss of any filter is known to 0\.0\d alone"):
        found = rf.best_filter(NOISY, 20, 20)
    assert found.error > 1e-3


def test_no_filter_is_better():
    model, N, T = NOISY, 20, 40
    best = rf.best_filter(model, N, T)
    ridge = float(rf.optimal_ridge(model, N, T).ridge)
    best_time = rf.optimal_time(model, N, T).time
    cutoffs = np.geomspace(0.1, 100, 12) * ridge
    trainings = [
        rf.GradientFlow(best_time * np.geomspace(0.3, 3, 9)),
        rf.GradientFlow(best_time * np.geomspace(0.3, 100, 9), ridge=0.5 * ridge),
        rf.IteratedRidge(ridge * np.geomspace(1, 10, 9), 2),
        rf.PrincipalComponents(cutoffs),
    ]
    for how in trainings:
        assert rf.predict(model, N, T, training=how).test.min() > best.least
    assert_allclose(
        best.best_time_over_best, rf.optimal_time(model, N, T).prediction.test / best.least
    )


def test_the_ends():
    nothing = rf.best_filter(
        rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_w=0.0, sigma_eps=0.1), 5, 9
    )
    assert nothing.least == 0
    assert nothing.prediction.test == 0  # a ridge beyond all eigenvalues, by 1e200
    exact = rf.best_filter(rf.ScalingModel(rf.PowerLaw(1.0, 10)), 20, 30)  # all is learned
    assert exact.least == 0
    assert exact.prediction.test == 0
    assert (exact.best_ridge_over_best, exact.best_time_over_best) == (1, 1)


def test_arrays_of_spectra_and_sizes():
    spectra = rf.PowerLaw([0.5, 1.0], [50, 60])
    model = rf.ScalingModel(spectra, sigma_eps=0.1, teacher=rf.SourceCondition(0.5))
    found = rf.best_filter(model, [[5], [20]], 20)
    assert found.least.shape == found.prediction.test.shape == found.best_ridge_over_best.shape
    assert found.least.shape == (2, 2)
    one = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1, teacher=rf.SourceCondition(0.5))
    assert_allclose(found.least[1, 1], rf.best_filter(one, 20, 20).least, rtol=1e-9)
    assert found.training.shape == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"N": np.inf, "T": 3}, "N must be finite for best_filter"),
        ({"N": 3, "T": np.inf}, "T must be finite for best_filter"),
        ({"N": 0, "T": 3}, "N must be"),
        ({"N": [3, 4], "T": [3, 4, 5]}, "shapes must broadcast"),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises(ValueError, match=said):
        rf.best_filter(NOISY, **arguments)
    shifted = rf.ScalingModel(rf.PowerLaw(1.0, 60), test_spectrum=rf.PowerLaw(0.5, 60))
    with pytest.raises(ValueError, match="test_spectrum must be that of training"):
        rf.best_filter(shifted, 3, 4)


def test_mixtures_of_ridges_are_trainings():
    single = rf.RidgeMixture([0.01], [1.0])
    for name in ("test", "train"):
        assert_allclose(
            getattr(rf.predict(NOISY, [20, 30], 40, training=single), name),
            getattr(rf.predict(NOISY, [20, 30], 40, training=rf.Ridge(0.01)), name),
            rtol=1e-13,
        )
    mixture = rf.RidgeMixture([0.02, 0.01], [-1.0, 2.0])
    own = rf.predict(NOISY, 20, 40, training=mixture.filter)  # by the kernel's spectrum
    assert_allclose(rf.predict(NOISY, 20, 40, training=mixture).test, own.test, rtol=1e-7)
    # twice the same ridge, which has no weights, is the limit of two: to the square of their gap
    twice = rf.predict(NOISY, 20, 40, training=rf.IteratedRidge(1.0, 2)).test
    short = []
    for gap in (0.04, 0.02):
        weights = [(1 + gap) / (2 * gap), (gap - 1) / (2 * gap)]
        near = rf.RidgeMixture([1 - gap, 1 + gap], weights)
        short.append(rf.predict(NOISY, 20, 40, training=near).test / twice - 1)
    assert_allclose(short[0] / short[1], 4, rtol=0.01)  # the next power is gap^4
    sizes = np.array([20, np.inf]), np.array([np.inf, 40])
    assert_allclose(
        rf.predict(NOISY, *sizes, training=mixture).test, rf.predict(NOISY, *sizes).test, rtol=1e-12
    )
    several = rf.RidgeMixture([[0.01, 0.02], [0.02, 0.05], [0.3, 0.1]], [0.5, 0.5])
    assert several.shape == (3,)
    loss = rf.predict(NOISY, 20, [[30], [40]], training=several)
    second = rf.RidgeMixture([0.02, 0.05], [0.5, 0.5])
    assert_allclose(loss.test[1, 1], rf.predict(NOISY, 20, 40, training=second).test, rtol=1e-13)
    chosen = rf.RidgeMixture(several.ridges, [0.5, 0.5], mixture=[2, 2, 1])
    assert_array_equal(rf.predict(NOISY, 20, 40, training=chosen).test, loss.test[1, [2, 2, 1]])


@pytest.mark.parametrize(
    ("ridges", "weights", "said"),
    [
        ([0.0, 1.0], [0.5, 0.5], "ridges must be finite and > 0, got 0"),
        ([1.0, 2.0], [0.5, 0.6], "weights must be finite with sum 1, got the sum 1.1"),
        ([1.0, 2.0], [np.nan, 1.0], "weights must be finite with sum 1, got the sum nan"),
        ([1.0, 2.0], [0.2, 0.3, 0.5], "shapes must broadcast"),
        ([1.0], ["a"], "weights must be finite numbers"),
    ],
)
def test_bad_mixtures(ridges, weights, said):
    with pytest.raises(ValueError, match=said):
        rf.RidgeMixture(ridges, weights)


@pytest.mark.parametrize("mixture", [1, -1, 0.5])
def test_mixtures_that_are_not_there(mixture):
    with pytest.raises(ValueError, match="mixture must be"):
        rf.RidgeMixture([1.0, 2.0], [0.5, 0.5], mixture=mixture)
