"""Power laws fitted to spectra of samples: unbiased, with errors that are true, and judged."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from spectra_shared import eigenvalues_of_samples, law

import rfscale as rf
from rfscale.measured.samples.inversion import Curve
from rfscale.measured.samples.judge import BENT, EXPONENTIAL, POWER_LAW, TOO_SLOW
from rfscale.measured.samples.pool_power_law import power_law_of_pool


def checked_row(alpha, M, T, draws, seed):
    """alpha without bias, its stated error, what a line gives, and the end M."""
    rng = np.random.default_rng(seed)
    fits, lines = [], []
    for _ in range(draws):
        values = eigenvalues_of_samples(rng, law(alpha, M), T)
        fits.append(rf.fit_spectrum(values, T))
        lines.append(rf.spectrum_shape(values, (5, 0.6 * min(M, T))).alpha)
    alphas, errors = np.array([(fit.alpha, fit.stderr) for fit in fits]).T
    inside = [fit.M_interval[0] <= M <= fit.M_interval[1] for fit in fits]
    z = (alphas - alpha) / errors
    return z, np.array(inside), alphas.std(ddof=1) / np.std(lines, ddof=1), fits


def test_alpha_of_samples_is_unbiased_with_the_error_that_is_stated():
    """Of 24 spectra: alpha off by 0.9 of its stated error would show, and that error off by half.

    z has mean 0 and variance 1: its mean scatters by 0.20, its square by 0.29.
    """
    z, inside, _, fits = checked_row(1.0, 1000, 60, 24, 4)
    assert abs(z.mean()) < 4 * 0.2
    assert 1 - 3 * 0.29 < np.mean(z**2) < 1 + 3 * 0.29
    assert inside.sum() >= 20  # of 24; with 95 percent each, 20 or more in 99.7 percent of cases
    assert all(fit.verdict == POWER_LAW for fit in fits)


def test_a_line_through_the_eigenvalues_has_a_bias_that_the_fit_has_not():
    """alpha = 0.3: the line says 0.22, ten of the fit's errors off."""
    values = eigenvalues_of_samples(np.random.default_rng(7), law(0.3, 1000), 200)
    fit = rf.fit_spectrum(values, 200)
    assert abs(fit.alpha - 0.3) < 4 * fit.stderr < 0.03
    assert_allclose(fit.loss_ratio, 1, rtol=0.05)  # the inverted spectrum is off by 1 to 3 percent
    assert rf.spectrum_shape(values, (5, 120)).alpha < 0.27


def test_M_is_found_from_a_third_of_it_and_has_no_upper_end_from_a_hundredth():
    rng = np.random.default_rng(6)
    near = rf.fit_spectrum(eigenvalues_of_samples(rng, law(1.0, 360), 120), 120)
    assert near.M_interval[0] <= 360 <= near.M_interval[1] < 1.5 * near.M_interval[0]
    far = rf.fit_spectrum(eigenvalues_of_samples(rng, law(2.0, 4000), 40), 40)
    assert far.M_interval[1] == np.inf
    assert far.M_interval[0] > 40


def test_a_known_M_is_kept_and_all_M_beside_it_is_fitted():
    values = eigenvalues_of_samples(np.random.default_rng(3), law(1.0, 300), 100)
    fit = rf.fit_spectrum(values, 100, M=300)
    assert fit.directions == fit.spectrum.M == 300
    assert fit.M_interval[0] <= 300 <= fit.M_interval[1]
    assert abs(fit.alpha - 1.0) < 4 * fit.stderr


def test_a_fit_is_stored_and_shown(tmp_path):
    values = eigenvalues_of_samples(np.random.default_rng(6), law(1.0, 90), 60)
    fit = rf.fit_spectrum(values, 60)
    fit.save(tmp_path / "fit.npz")
    again = rf.PowerLawFit.load(tmp_path / "fit.npz")
    assert again.M_interval == fit.M_interval
    assert again.columns().keys() == fit.columns().keys()
    assert f"alpha {fit.alpha:.3f} +- " in repr(fit)
    assert "degrees of freedom" in str(fit)
    assert "power law, alpha" in repr(rf.spectrum_shape(law(1.0, 90)))


def test_units_and_order_of_eigenvalues_do_not_matter():
    values = eigenvalues_of_samples(np.random.default_rng(5), law(1.0, 200), 60)
    one, other = rf.fit_spectrum(values, 60), rf.fit_spectrum(1e6 * values[::-1], 60)
    assert other.alpha == pytest.approx(one.alpha, rel=1e-5, abs=0)  # the optimiser stops at 1e-8
    assert other.scale == pytest.approx(1e6 * one.scale, rel=1e-5, abs=0)


@pytest.mark.parametrize(
    ("spectrum", "verdict"),
    [
        (np.exp(-(np.log(np.arange(1.0, 601)) ** 2) / 3), BENT),
        (np.exp(-np.arange(1.0, 601) / 10), EXPONENTIAL),
        (law(0.2, 600), POWER_LAW),
    ],
)
def test_verdicts_on_spectra_of_200_samples(spectrum, verdict):
    values = eigenvalues_of_samples(np.random.default_rng(9), spectrum, 200)
    fit = rf.fit_spectrum(values, 200)
    assert fit.verdict == verdict
    assert (fit.p_value < 1e-3) == (verdict in (BENT, EXPONENTIAL))


def test_a_spectrum_that_falls_more_slowly_than_1_over_J_has_no_power_law():
    values = eigenvalues_of_samples(np.random.default_rng(9), law(-0.3, 600), 200)
    fit = rf.fit_spectrum(values, 200)
    assert fit.verdict == TOO_SLOW
    assert fit.p_value > 1e-3
    assert abs(fit.alpha + 0.3) < 4 * fit.stderr
    assert np.isnan(fit.loss_ratio[1])
    with pytest.raises(ValueError, match="alpha must be a finite number > 0"):
        _ = fit.spectrum


def test_equal_eigenvalues_have_no_error_of_alpha():
    """df1 knows (1 + alpha)^2 alone, which is 0: its sampling error says nothing of alpha."""
    fit = rf.fit_spectrum(np.ones(50), 900)
    assert fit.alpha == pytest.approx(-1.0, abs=0.03)  # (1 + alpha)^2 < 1e-3: df1 to 1e-3
    assert fit.stderr == np.inf
    assert fit.M_interval[0] <= 50 <= fit.M_interval[1]
    assert "alpha is at its bound -1" in str(fit)


@pytest.mark.parametrize(("M", "T"), [(100, 300), (300, 100)])
def test_isotropic_samples_have_no_error_of_alpha(M, T):
    """With M fitted: 60 of 60 draws of either size have none, and 57 or more the true M inside."""
    fit = rf.fit_spectrum(eigenvalues_of_samples(np.random.default_rng(0), np.ones(M), T), T)
    assert fit.stderr == np.inf
    assert fit.M_interval[0] <= M <= fit.M_interval[1] < 1.2 * M


good = np.geomspace(1, 0.01, 30)
short = Curve(np.geomspace(0.01, 1, 20), np.geomspace(10, 1, 20))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rf.fit_spectrum(good[:20], 50), "eigenvalues must be a .* at least 24 finite"),
        (lambda: rf.fit_spectrum(good, 29), "T must be at least the number of eigenvalues.* 30"),
        (lambda: rf.fit_spectrum(good, np.inf), "T must be a finite number > 0, got inf"),
        (lambda: rf.fit_spectrum(-good, 40), "eigenvalues must be >= 0, got -1"),
        (lambda: rf.fit_spectrum([good, good], 40), "eigenvalues must be a one-dimensional"),
        (lambda: rf.fit_spectrum(good, 40, window=(5, 50)), "window must be two numbers.*high <="),
        (lambda: rf.fit_spectrum(good, 40, M=20), "M must be an integer >= 30, got 20"),
        (lambda: rf.fit_spectrum(good, 40, head=-1), "head must be an integer >= 0, got -1"),
        (lambda: rf.fit_spectrum(good, 900, head=7), "head must leave at least 24.* most 6, got 7"),
        (lambda: rf.fit_spectrum(good, 40, misfit=-0.1), "misfit must be a finite number >= 0"),
        (lambda: power_law_of_pool(short, 50, good[:10]), "a power law needs at least 24.* got 10"),
        (lambda: power_law_of_pool(short, 50, good), "got a spectrum that shows 10 at the weakest"),
        (lambda: rf.spectrum_shape(good, (5, 10)), "window must hold at least 12 ranks"),
        (lambda: rf.spectrum_shape(good[:9]), "eigenvalues must be a one-dimensional array of at"),
        (lambda: rf.sample_spectrum(good, 40, 1.0), "spectrum must be a Spectrum"),
        (lambda: rf.sample_spectrum(rf.PowerLaw([1, 2], 9), 40, 1.0), "spectrum must be a single"),
        (lambda: rf.sample_spectrum(rf.PowerLaw(1.0, 9), 40, 0.0), "ridge must be a finite number"),
        (lambda: rf.sample_spectrum(rf.PowerLaw(1.0, 9), 40, [[1.0]]), "ridge must be a number or"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("alpha", "M", "T"),
    [
        (0.3, 1000, 200),
        (1.0, 1000, 200),
        (2.0, 1000, 200),
        (1.0, 200, 1000),
        (0.3, 5000, 200),
        (1.0, 5000, 200),
        (1.0, 1000, 60),
    ],
)
def test_alpha_and_M_of_a_hundred_spectra(alpha, M, T):
    """Bias below a third of the scatter, of which 100 spectra show 0.1; coverage 0.90 to 0.99."""
    z, inside, ratio, fits = checked_row(alpha, M, T, 100, 23)
    assert abs(z.mean()) < 1 / 3
    assert 0.90 <= np.mean(np.abs(z) < 1.96) <= 0.99
    assert inside.mean() >= 0.90
    assert ratio <= 0.6
    assert np.mean([fit.verdict == POWER_LAW for fit in fits]) >= 0.95
    assert np.mean([fit.p_value > 0.05 for fit in fits]) >= 0.88
