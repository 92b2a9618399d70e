"""Profiles of parameters: against scans by another solver, and what they say of M."""

import matplotlib as mpl

mpl.use("agg")

import numpy as np
import pytest
from scipy.optimize import brentq, least_squares
from scipy.stats import f as fisher

import rfscale as rf


@pytest.fixture(scope="module")
def of_M():
    """Profiles of M, and the largest N."""
    found = {}
    for name in ("chinchilla", "openlm-redpajama"):
        table = rf.published_losses(name)
        fit = rf.fit_losses(table, law="random-features M", intervals="sandwich")
        found[name] = rf.profile(fit, "M", level=0.9), fit, table.N.max()
    return found


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


def test_tables_bound_M_from_below(of_M):
    """At 95 percent, over the largest N; ends by a bisection of global fits, to three digits."""
    for name, bound in (("chinchilla", 7639), ("openlm-redpajama", 3.232)):
        profile, _, largest = of_M[name]
        assert profile.interval.low / largest == pytest.approx(bound, rel=1e-3, abs=0)
        assert profile.interval.high == np.inf
        assert np.all(np.diff(profile.rise[profile.values > profile.interval.low]) < 1e-6)


def test_a_floor_and_M_are_said_to_look_alike(of_M):
    _, fit, _ = of_M["openlm-redpajama"]
    assert "floor-or-M" in [note.code for note in fit.notes]
    held = rf.fit_losses(fit.table, law="random-features M", hold={"E": 0}, intervals="sandwich")
    assert "floor-or-M" not in [note.code for note in held.notes]


def test_M_is_found_where_sizes_come_near_it():
    """E held at 0, N and T up to .1 M: within a factor 1.1 at the median of tables."""
    model = rf.ScalingModel(rf.PowerLaw(0.3, 100_000))
    N, T = (part.ravel() for part in np.meshgrid(*[np.geomspace(100, 10_000, 8)] * 2))
    noise = np.exp(0.01 * np.random.default_rng(1).standard_normal(N.size))
    L = rf.optimal_ridge(model, N, T).test * noise
    held = {"E": 0, "r": 1}
    fit = rf.fit_losses(N, T, L, "random-features M", hold=held, intervals="sandwich")
    one = rf.profile(fit, "M", values=[1e5]).interval
    assert one.low < 100_000 < one.high
    assert one.high < 1.5 * one.low


def test_ends_of_ranges_are_ends(of_M):
    """E of Kaplan's law on this table is at 0, its bound, where the law fits best."""
    fit = rf.fit_losses(of_M["chinchilla"][1].table, law="kaplan", intervals="sandwich")
    low, high = (0.0, np.inf) if fit["E"].value == 0 else (None, None)
    shown = rf.profile(fit, "E", values=[0.0])
    if low is not None:
        assert shown.interval.low == low
    assert shown.interval.high < high or high is None


def test_it_refuses_what_it_cannot_profile(of_M):
    _, fit, _ = of_M["openlm-redpajama"]
    held = rf.fit_losses(fit.table, hold={"alpha": 0.3}, intervals="sandwich")
    for wrong, options in (
        ("parameter must be one of", {"parameter": "gamma"}),
        ("parameter must be one of", {"parameter": "alpha"}),
        ("level must be in", {"parameter": "beta", "level": 1.0}),
    ):
        with pytest.raises(ValueError, match=wrong):
            rf.profile(held, **options)
    tukey = rf.fit_losses(fit.table, loss="tukey", intervals="sandwich")
    with pytest.raises(ValueError, match="fit.cost must be"):
        rf.profile(tukey, "alpha")


def test_its_picture_shows_the_limit_and_an_open_end(of_M):
    axes = rf.plotting.profile(of_M["openlm-redpajama"][0])
    assert axes.get_xscale() == "log"
    assert r"$\infty$" in axes.get_legend().get_texts()[0].get_text()
    assert [line.get_marker() for line in axes.lines][-2:] == ["|", ">"]
    with pytest.raises(ValueError, match="profile must be"):
        rf.plotting.profile(of_M["chinchilla"][1])
