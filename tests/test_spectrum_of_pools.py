"""Power laws of pools of real samples, and of samples of unequal leverage."""

import re

import numpy as np
import pytest
import real_sets
from spectra_shared import law

import rfscale as rf
from rfscale.measured.samples.fit_curve import fit_power_law
from rfscale.measured.samples.inversion import Curve
from rfscale.measured.samples.judge import BENT, POWER_LAW, TOO_SLOW
from rfscale.measured.samples.pool_power_law import power_law_of_pool


def pool_of(x, leverages=True):
    """kappa and df1 from the leverages of samples left out, and the positive eigenvalues."""
    P = len(x)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    values = s**2 / P
    u, values = (part[..., values > 1e-13 * values[0]] for part in (u, values))
    ridges = np.geomspace(values[0] * 1e-9, values[0] * 100, 96)
    f = values / (values + ridges[:, None])
    hat = f @ (u**2).T if leverages else np.tile(f.mean(1)[:, None] * values.size / P, P)
    df1 = f.sum(1)
    kappa = ridges * P * np.mean(hat / (1 - hat), axis=1) / df1
    kept = df1 < 0.95 * P
    return Curve(kappa[kept], df1[kept]), values


@pytest.mark.filterwarnings("ignore:.* samples repeat")
def test_sparse_counts_have_a_power_law_fitted():
    """Poisson counts of equal rates, whose curves repeat kappa: the covariance is isotropic."""
    x = np.random.default_rng(0).poisson(0.02, (300, 40))
    fit = rf.measure(x).power_law()
    assert fit.verdict == TOO_SLOW
    assert fit.stderr == np.inf


def test_alpha_of_a_pool_is_near_where_eigenvalues_fall_slowly():
    """Over six sets it is 0.031 low and scatters by 0.009; from 5 degrees of freedom 0.14 low."""
    x = np.random.default_rng(1).standard_normal((300, 400)) * np.sqrt(law(-0.3, 400))
    fit = rf.measure(x).power_law()
    assert fit.window[0] > 10
    assert abs(fit.alpha + 0.3) < 0.06


def test_beside_a_head_M_of_equal_eigenvalues_is_unknown():
    """The first five are no head: M would be 103 of 100, and with more samples that is too sure."""
    curve, values = pool_of(np.random.default_rng(3).standard_normal((300, 100)))
    fit = power_law_of_pool(curve, 300, values, directions=100)
    assert fit.stderr == np.inf
    assert fit.M_interval == (1.0, np.inf)


def test_heavy_tails_make_alpha_too_large_unless_leverages_are_seen():
    """Each sample is scaled by a Student t: alpha is off by 0.1, with leverages by 0.015 at most.

    At T = 300 one alpha scatters by 0.006 and one ln M by 0.03, but for pools with one sample of
    most of the variance: the median of five by half of it.
    """
    rng = np.random.default_rng(4)
    found = {True: [], False: []}
    for _ in range(5):
        scale = np.sqrt(2 / rng.chisquare(4, 300))[:, None]
        x = rng.standard_normal((300, 1000)) * np.sqrt(law(1.0, 1000)) * scale
        for leverages, rows in found.items():
            curve, values = pool_of(x, leverages)
            fit = fit_power_law(curve, 300, values, window=(0.5, 270))
            rows.append([fit.alpha, np.log(fit.M / 1000)])
    alpha, log_M = np.median(found[True], axis=0)
    assert abs(alpha - 1) < 0.015
    assert abs(log_M) < 0.08
    assert np.median(found[False], axis=0)[0] > 1.06


@pytest.mark.parametrize(
    ("name", "verdict", "alpha"),
    [("flower8", POWER_LAW, 0.75), ("china8", TOO_SLOW, -0.03), ("digits", BENT, 0.40)],
)
def test_the_verdicts_on_pictures(name, verdict, alpha):
    x, _ = getattr(real_sets, name)()
    shape = rf.spectrum_shape(np.linalg.eigvalsh(np.cov(x.T)))
    assert shape.verdict == verdict
    assert shape.alpha == pytest.approx(alpha, abs=0.1)  # 6000 patches: 0.05


def test_the_spectrum_of_text_falls_more_slowly_than_1_over_J():
    """Of the docstrings of numpy: 8 letters, each as a row with one 1."""
    names = [name for name in dir(np) if isinstance(getattr(np, name).__doc__, str)]
    text = " ".join(getattr(np, name).__doc__.lower() for name in names)
    letters = np.frombuffer(re.sub("[^a-z]+", "{", text).encode(), np.uint8) - ord("a")
    starts = np.random.default_rng(1).integers(0, letters.size - 8, 9000)
    x = np.eye(27)[letters[starts[:, None] + np.arange(8)]].reshape(9000, -1)
    shape = rf.spectrum_shape(np.linalg.eigvalsh(np.cov(x.T))[-208:])
    assert shape.verdict == TOO_SLOW
    assert shape.alpha < -0.2  # 0.4 below 0 in the text of the standard library


def test_alpha_of_128_patches_is_near_that_of_all():
    """The mean of five pools is 0.13 below the same fit to 10 000 patches, and scatters by 0.05.

    A line through their eigenvalues is 1.5 off.
    """
    x, _ = real_sets.patches(real_sets.grey("flower.jpg"), 10_000, 0, size=16)
    x -= x.mean(axis=0)
    window = (5, 64)
    full = power_law_of_pool(*_arguments(x), directions=256, window=window)
    assert full.head == 5
    pools = np.split(x[: 5 * 128], 5)
    few = [power_law_of_pool(*_arguments(pool), directions=256, window=window) for pool in pools]
    assert abs(np.mean([fit.alpha for fit in few]) - full.alpha) < 0.13 + 2.5 * 0.05
    lines = [rf.spectrum_shape(np.linalg.eigvalsh(p @ p.T / 128), (5, 64)).alpha for p in pools]
    assert np.mean(lines) > full.alpha + 1.0


def _arguments(x):
    curve, values = pool_of(x)
    return curve, len(x), values
