"""The law of the random-feature model at counts N, T and M: against theory, tables, simulations."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.losses.discrete_features import discrete_loss

LAW = "random-features exact"
NO_NOISE = {"log_noise": -40.0}


def table_of(model, sizes):
    N, T = (part.ravel() for part in np.meshgrid(sizes, sizes))
    return N, T, rf.optimal_ridge(model, N, T)


@pytest.mark.parametrize(("alpha", "sigma_eps"), [(0.3, 0.1), (1.0, 1e-9)])
def test_it_is_the_planar_loss_at_the_optimal_ridge(alpha, sigma_eps):
    """At whole M the same numbers, to rounding; between them a line."""
    M = 150
    noise = sigma_eps**2 * M
    for m, share in ((M, 1.0), (M + 1, 0.0), (M + 0.25, 0.75)):
        N, T, best = table_of(rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_eps=sigma_eps), [8, 90])
        above = rf.ScalingModel(rf.PowerLaw(alpha, M + 1), sigma_eps=np.sqrt(noise / (M + 1)))
        loss = (
            share * 2 * M * best.test + (1 - share) * 2 * (M + 1) * table_of(above, [8, 90])[2].test
        )
        assert discrete_loss(N, T, m, alpha, noise) == pytest.approx(loss, rel=1e-12, abs=0)


def test_a_table_of_theory_gives_its_parameters_back():
    """Without noise the minimum is 0: parameters follow to the square root of rounding, times the
    condition of k, alpha and M, some 100.
    """
    M, alpha, sigma_eps = 300, 0.6, 0.05
    N, T, best = table_of(
        rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_eps=sigma_eps), [20, 60, 180]
    )
    fit = rf.fit_losses(N, T, best.test, LAW, loss="squares", intervals="sandwich")
    s = 1 / (1 + alpha)
    k = (np.pi * s / np.sin(np.pi * s)) ** (1 + alpha) / (2 * M)
    found = [fit[name].value for name in ("alpha", "M", "k", "sigma_eps")]
    assert found == pytest.approx([alpha, M, k, sigma_eps], rel=1e-5, abs=0)
    assert dict(fit.held) == {"r": 1.0, "unit": 1.0}


def test_simulated_losses_tell_alpha_and_M():
    """Sixteen points of 8 draws each, N and T of 50 to 400: means known to .1 to .7 percent, beside
    1/size of the planar theory. Intervals reach 5 percent of alpha and 15 percent of M from the
    estimate, at most: a law that is off by more than 10 percent in alpha or 30 in M is found out.
    """
    M, alpha = 800, 0.5
    model = rf.ScalingModel(rf.PowerLaw(alpha, M))
    N, T, best = table_of(model, [50, 100, 200, 400])
    drawn = rf.simulate(model, N, T, best.ridge, draws=8, seed=3).test
    fit = rf.fit_losses(N, T, drawn.mean, LAW, hold=NO_NOISE, intervals="sandwich")
    for name, true, reach in (("alpha", alpha, 0.05), ("M", M, 0.15)):
        one = fit[name]
        assert one.low < true < one.high
        assert one.value * (1 - reach) < one.low
        assert one.high < one.value * (1 + reach)
