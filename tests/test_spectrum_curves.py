"""The parts of fits to spectra: sums over power laws, and fits to curves that have no scatter."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from spectra_shared import law

import rfscale as rf
from rfscale.measured.samples.fit_curve import fit_power_law
from rfscale.measured.samples.inversion import Curve, eigenvalues_of_curve, spectrum_model
from rfscale.measured.samples.judge import BENT, EXPONENTIAL, POWER_LAW, TOO_SLOW
from rfscale.measured.samples.power_law_points import Shape, population


@pytest.mark.parametrize(("alpha", "M"), [(1.0, 60), (0.3, 5000), (-1.0, 700)])
def test_a_real_number_of_directions_is_the_sum_at_whole_ones(alpha, M):
    lam, kappa = law(alpha, M), np.array([1e-3, 0.1, 2.0])
    sums = population(Shape(alpha, 0.0, np.log(M)), kappa, head=5)
    p = lam[5:] / (lam[5:] + kappa[:, None])
    assert_allclose(sums.df1, p.sum(1), rtol=1e-12)
    assert_allclose(sums.learned, p @ p.T, rtol=1e-12)


@pytest.mark.parametrize("M", [60.0, 400.0])
def test_it_grows_with_M_as_by_one_more_eigenvalue(M):
    """One integer would have no slope: half a direction more is half of one, to its curvature."""
    df1 = [population(Shape(1.0, 0.0, np.log(m)), np.array([1e-4])).df1 for m in (M, M + 0.5)]
    last = M**-2 / (M**-2 + 1e-4)
    assert_allclose(df1[1] - df1[0], last / 2, rtol=0.02)  # p falls by 2/M of itself at most


def test_the_covariance_of_samples_falls_to_that_of_many():
    """-2 log(1 - S/T) is 2 S/T for many samples, so that T C is twice the sum of (p q)^2."""
    spectrum, ridge = rf.PowerLaw(1.0, 500), [0.01, 0.1]
    shown = rf.sample_spectrum(spectrum, 1e9, ridge)
    lam = spectrum.eigenvalues
    pq = (lam * np.array(ridge)[:, None]) / (lam + np.array(ridge)[:, None]) ** 2
    assert_allclose(shown.covariance * 1e9, 2 * pq @ pq.T, rtol=1e-6)  # 500/T
    assert_allclose(shown.df1, shown.population, rtol=1e-6)


def test_sums_over_a_long_power_law_are_those_over_its_eigenvalues():
    ranks = rf.PowerLaw(0.7, 3000, scale=2.0)
    one = rf.sample_spectrum(ranks, 80, [1e-3, 0.1])
    other = rf.sample_spectrum(rf.Eigenvalues(ranks.eigenvalues), 80, [1e-3, 0.1])
    assert_allclose(one.covariance, other.covariance, rtol=1e-10)
    assert_allclose(one.df1, other.df1, rtol=1e-10)


KAPPA = np.geomspace(1e-5, 3, 100)


def test_the_curve_of_a_mean_sample_gives_alpha_and_M():
    """No draws: (23.10) is what 60 samples show on average, M without it would be 13 percent off.

    What is left are terms of relative order 1/T.
    """
    shown = rf.sample_spectrum(rf.PowerLaw(1.0, 1000), 60, KAPPA)
    curve = Curve(KAPPA / (1 - shown.df1 / 60), shown.df1)
    fit = fit_power_law(curve, 60, law(1.0, 1000))
    assert fit.alpha == pytest.approx(1.0, rel=1e-3, abs=0)
    assert pytest.approx(1000, rel=1 / 60, abs=0) == fit.M


def test_points_that_repeat_others_do_not_count():
    """As where the samples resolve all directions: ridges differ, kappa and df1 no longer do."""
    df1 = rf.Eigenvalues(law(1.0, 300)).df(1, KAPPA)
    curve = Curve(np.append(KAPPA[0], KAPPA), np.append(df1[0], df1))
    block = Curve(np.append(KAPPA[0] * (1 - 1e-15), KAPPA), np.append(df1[0], df1))
    kept = fit_power_law(Curve(KAPPA, df1), 120, law(1.0, 300))
    assert fit_power_law(curve, 120, law(1.0, 300)).alpha == kept.alpha
    fit_power_law(curve, 120, law(1.0, 300), blocks=[block, curve])


@pytest.mark.parametrize(("head", "least", "most"), [(5, 0.0, 0.02), (0, 0.15, 0.3)])
def test_a_free_head_keeps_alpha_of_the_rest(head, least, most):
    """Of an exact curve, whose five largest eigenvalues are four times too large.

    What is left of a head beyond kappa^2 makes 0.008; without kappa^2 it would be 0.04.
    """
    spectrum = law(1.0, 300) * np.where(np.arange(300) < 5, 4.0, 1.0)
    curve = Curve(KAPPA, rf.Eigenvalues(spectrum).df(1, KAPPA))
    fit = fit_power_law(curve, 120, spectrum, window=(5, 100), head=head)
    assert least <= abs(fit.alpha - 1.0) < most


def test_the_shape_of_exact_spectra():
    J = np.arange(1.0, 301)
    shape = rf.spectrum_shape(3 * J**-1.5)
    assert shape.verdict == POWER_LAW
    assert shape.alpha == pytest.approx(0.5, rel=1e-10, abs=0)
    assert shape.scale == pytest.approx(3.0, rel=1e-10, abs=0)
    assert_allclose(shape.thirds, 0.5, rtol=1e-9)
    assert rf.spectrum_shape(np.exp(-J / 20)).verdict == EXPONENTIAL
    assert rf.spectrum_shape(np.exp(-(np.log(J) ** 2))).verdict == BENT
    assert rf.spectrum_shape(J**-0.8).verdict == TOO_SLOW
    assert rf.spectrum_shape(J**-1.05).verdict == BENT  # too near to 1/J to call it one


def test_inversion_gives_back_df1_the_trace_and_the_teacher():
    """From exact curves of 60 directions: the grid of 200 resolves them to 1e-3 of df1 and A."""
    lam, weights = law(0.8, 60), 1 / np.arange(1.0, 61)
    kappa = np.geomspace(1e-3, 100, 80)
    df1 = rf.Eigenvalues(lam).df(1, kappa)
    A = np.sum(lam * weights**2 * kappa[:, None] / (lam + kappa[:, None]), axis=1) + 0.1
    found = spectrum_model(kappa, df1, A, lam.sum(), 60, lam[0])
    again = found.eigenvalues / (found.eigenvalues + kappa[:, None])
    assert found.eigenvalues.size == 60
    assert np.sum(found.eigenvalues) == pytest.approx(lam.sum(), rel=1e-3, abs=0)
    assert_allclose(again.sum(1), df1, rtol=5e-3)  # quantiles of 200 counts
    powers = found.eigenvalues * found.weights**2
    assert_allclose(np.sum(powers * (1 - again), axis=1) + found.noise, A, rtol=5e-3)
    assert found.noise == pytest.approx(0.1, rel=0.02, abs=0)  # down to kappa = 1e-3
    alone = eigenvalues_of_curve(Curve(kappa, df1), lam.sum(), lam[0])
    assert_allclose(np.sum(alone), lam.sum(), rtol=1e-3)
