"""Profiles of parameters: against scans by another solver, and what they say of M."""

import matplotlib as mpl

mpl.use("agg")

import numpy as np
import pytest
from scipy.optimize import brentq, least_squares
from scipy.stats import f as fisher

import rfscale as rf


def bound_of(name, values):
    """The profile of M, its fit, and the largest N."""
    table = rf.published_losses(name)
    fit = rf.fit_losses(table, law="random-features M", intervals="sandwich")
    return rf.profile(fit, "M", level=0.9, values=values), fit, table.N.max()


@pytest.fixture(scope="module")
def openlm():
    return bound_of("openlm-redpajama", np.geomspace(1e10, 1e12, 3))


def test_ends_are_those_of_a_scan_by_scipy():
    """Four digits of sum r^2, held at alpha, by trust regions on the published form of the law."""
    table = rf.published_losses("openlm-redpajama")
    N, T, L = table.N / 1e8, table.T / 1e10, table.loss

    def squares(alpha):
        def residuals(p):
            return np.log(L) - np.log(p[0] + p[1] * N**-alpha + p[2] * T ** -p[3])

        return 2 * least_squares(residuals, [1.8, 0.5, 0.5, 0.3], xtol=1e-14, ftol=1e-14).cost

    fit = rf.fit_losses(table, loss="squares", intervals="sandwich")
    best = squares(fit["alpha"].value)
    scale = best / (table.rows - 5)
    limit = fisher.ppf(0.95, 1, table.rows - 5)
    ends = [
        brentq(lambda a: (squares(a) - best) / scale - limit, fit["alpha"].value, end, xtol=1e-9)
        for end in (0.05, 1.0)
    ]
    shown = rf.profile(fit, "alpha", values=[0.2, 0.3])
    assert (shown.interval.low, shown.interval.high) == pytest.approx(ends, rel=1e-4, abs=0)
    assert shown.limit == pytest.approx(limit)
    said = [(squares(a) - best) / scale for a in (0.2, 0.3)]
    assert shown.rise == pytest.approx(said, rel=1e-4, abs=1e-4)


def check_bound(profile, fit):
    """A global fit with M held there, from its own starts, is as much worse as the limit says."""
    low = profile.interval.low
    held = rf.fit_losses(
        fit.table, law=fit.law, hold={"M": low}, delta=fit.delta, intervals="sandwich"
    )
    inside = np.clip(fit.residuals, -fit.delta, fit.delta)
    is_inside = np.abs(fit.residuals) <= fit.delta
    rows = fit.table.rows
    scale = np.sum(inside**2) / (rows - fit.free) / np.mean(is_inside)
    rise = 2 * (held.objective - fit.objective) / scale
    assert rise == pytest.approx(profile.limit, rel=1e-3, abs=0)
    assert profile.interval.high == np.inf
    assert np.all(np.diff(profile.rise) < 0)


def test_a_table_bounds_M_from_below(openlm):
    profile, fit, largest = openlm
    check_bound(profile, fit)
    assert 2 < profile.interval.low / largest < 4


@pytest.mark.slow
def test_another_table_bounds_M_far_above_its_sizes():
    profile, fit, largest = bound_of("chinchilla", np.geomspace(1e14, 1e16, 3))
    check_bound(profile, fit)
    assert profile.interval.low > 3000 * largest


def test_a_floor_and_M_are_said_to_look_alike(openlm):
    _, fit, _ = openlm
    assert "floor-or-M" in [note.code for note in fit.notes]
    held = rf.fit_losses(fit.table, law="random-features M", hold={"E": 0}, intervals="sandwich")
    assert "floor-or-M" not in [note.code for note in held.notes]


def test_M_is_found_where_sizes_come_near_it():
    """E held at 0, N and T up to .1 M, 1 percent of noise: within 40 percent, from all sides."""
    M = 10**9  # so large that the law's limit of large sizes is exact to 1e-6
    sizes = [part.ravel() for part in np.meshgrid(*[np.geomspace(1e6, 1e8, 6)] * 2)]
    noise = np.exp(0.01 * np.random.default_rng(1).standard_normal(36))
    L = rf.optimal_ridge(rf.ScalingModel(rf.PowerLaw(0.3, M)), *sizes).test * noise
    held = {"E": 0, "r": 1}
    fit = rf.fit_losses(*sizes, L, "random-features M", hold=held, intervals="sandwich")
    one = rf.profile(fit, "M", values=[1e9]).interval
    assert one.low < M < one.high
    assert one.high < 1.4 * one.value
    assert one.low > one.value / 1.4


def test_a_floor_may_end_at_0():
    """Of a law without one, E at 0 is inside, and the end of the range."""
    N, T = (
        part.ravel() for part in np.meshgrid(np.geomspace(1e7, 1e9, 6), np.geomspace(1e9, 1e11, 6))
    )
    noise = np.exp(0.01 * np.random.default_rng(2).standard_normal(36))
    fit = rf.fit_losses(N, T, (480 / N**0.35 + 2100 / T**0.37) * noise, intervals="sandwich")
    shown = rf.profile(fit, "E", values=[0.0])
    assert shown.interval.low == 0.0
    assert shown.rise[0] < shown.limit
    assert shown.interval.value < shown.interval.high < 1.0


def test_a_term_that_may_not_be_there_ends_at_0():
    """Held at 0 it leaves its exponent open, which is no error; also in units of T, as B."""
    N = np.repeat(np.geomspace(2e7, 2e9, 6), 6)
    T = np.tile(np.geomspace(1e9, 8e10, 6), 6)
    L = (1.8 + 480 / N**0.35) * np.exp(0.01 * np.random.default_rng(0).standard_normal(36))
    fit = rf.fit_losses(N, T, L, intervals="sandwich")
    for name in ("B_share", "B"):
        found = rf.profile(fit, name)
        assert found.interval.low == 0
        assert np.isfinite(found.values).all()
        assert found.rise.min() < found.limit
    with pytest.raises(ValueError, match=r"values must be finite, in \[0, inf\] and > 0"):
        rf.profile(fit, "B", values=[0.0, 400.0])


def test_it_refuses_what_it_cannot_profile(openlm):
    _, fit, _ = openlm
    held = rf.fit_losses(fit.table, hold={"alpha": 0.3}, intervals="sandwich")
    for wrong, options in (
        ("parameter must be one of", {"parameter": "gamma"}),
        ("parameter must be one of", {"parameter": "alpha"}),
        (r"level must be a number in \(0, 1\)", {"parameter": "beta", "level": 1.0}),
    ):
        with pytest.raises(ValueError, match=wrong):
            rf.profile(held, **options)
    tukey = rf.fit_losses(fit.table, loss="tukey", intervals="sandwich")
    with pytest.raises(ValueError, match=r"fit\.cost must be"):
        rf.profile(tukey, "alpha")


def test_its_picture_shows_the_limit_and_an_open_end(openlm):
    axes = rf.plotting.profile(openlm[0])
    assert axes.get_xscale() == "log"
    assert r"$\infty$" in axes.get_legend().get_texts()[0].get_text()
    assert [line.get_marker() for line in axes.lines][-2:] == ["|", ">"]
    with pytest.raises(ValueError, match="profile must be"):
        rf.plotting.profile(openlm[1])
