"""Intervals from slopes where slopes say least: at bounds, near E, and at a narrow delta."""

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

import rfscale as rf
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.spread import Sandwich

SIZES = [
    part.ravel() for part in np.meshgrid(np.geomspace(1e7, 1e9, 6), np.geomspace(1e9, 1e11, 6))
]
x, y = SIZES[0] / 1e8, SIZES[1] / 1e10


def without_floor(seed):
    """A law with E = 0 and known exponents, whose coefficients alone are fitted."""
    L = 0.9 * x**-0.35 + 0.9 * y**-0.37 + 0.01 * np.random.default_rng(seed).standard_normal(36)
    options = {"residual": "linear", "hold": {"alpha": 0.35, "beta": 0.37}}
    return rf.fit_losses(*SIZES, L, loss="squares", intervals="sandwich", **options), L


def test_a_coefficient_at_0_has_the_error_of_a_free_one():
    """HC3 of a linear regression, at its constrained best; the prior adds sigma^2/range^2, 1e-5
    of the least curvature, which is that of E: some 1 in a row, and sigma/range is .003.
    """
    fit, L = next(found for found in map(without_floor, range(20)) if found[0]["E"].value == 0)
    X = np.stack([np.ones(36), x**-0.35, y**-0.37], axis=1)
    residuals = L - X @ fit.best[:3]
    inverse = np.linalg.inv(X.T @ X)
    leverages = np.einsum("np,pq,nq->n", X, inverse, X)
    scores = X * (residuals / (1 - leverages))[:, None]
    covariance = inverse @ scores.T @ scores @ inverse
    reach = student.ppf(0.975, 33) * np.sqrt(covariance[0, 0])
    assert fit["E"].high == pytest.approx(reach, rel=1e-3, abs=0)
    assert fit["E"].low == 0
    at_centre = fit.predict(1e8, 1e10)  # all terms are 1, and that of E has the slope of a chord
    loss = at_centre.value
    slopes = np.array([np.log1p(reach / loss) / reach, 1 / loss, 1 / loss])
    said = np.log(at_centre.high / loss) / student.ppf(0.975, 33)
    assert said == pytest.approx(np.sqrt(slopes @ covariance @ slopes), rel=1e-3, abs=0)


def test_a_term_that_is_not_seen_has_an_upper_end():
    """B = 0, or more: the best sizes are open on one side, and the loss by what it may add."""
    noise = np.exp(0.01 * np.random.default_rng(3).standard_normal(36))
    fit = rf.fit_losses(*SIZES, (1.8 + 0.9 * x**-0.35) * noise, intervals="sandwich")
    assert "B_share" in fit.at_lower
    assert fit["B_share"].low == 0 < fit["B_share"].high
    assert fit["B"].low == 0 < fit["B"].high
    found = fit.allocate(1e22)
    assert found.N.value == found.N.high == np.inf
    assert np.isfinite(found.N.low)
    assert found.T.low == found.T.value == 0 < found.T.high
    assert found.loss.low < found.loss.value < found.loss.high < 2


def test_a_coefficient_at_0_has_the_slope_of_a_chord():
    """The root of p, up to p = 2 t: without a slope at 0, and with no value below it."""
    spread = Sandwich(covariance=np.array([[4.0]]), freedom=10, level=0.95)
    found = spread.interval(lambda p: np.sqrt(p[:, 0]), np.zeros(1))
    assert found.high == pytest.approx(np.sqrt(2 * student.ppf(0.975, 10)), rel=1e-12, abs=0)


def test_a_narrow_delta_counts_by_the_density_of_residuals():
    """2 delta/sqrt(2 pi) of normal ones; less by z^2/6 = .7 percent within z = 2 n^(-1/3) = .2."""
    residuals = norm.ppf((np.arange(1000) + 0.5) / 1000)
    mean = Robust("huber", 1e-3).curvature(residuals, np.ones(1000)).mean()
    assert mean == pytest.approx(2e-3 * norm.pdf(0) * (1 - 0.2**2 / 6), rel=0.01, abs=0)
    is_inside = np.abs(residuals) < 1.345
    wide = Robust("huber", 1.345).curvature(residuals, np.ones(1000))
    np.testing.assert_array_equal(wide, is_inside)


def test_a_narrow_delta_leaves_intervals_wide():
    """As wide as those of medians: they were 25 times too narrow, and held the truth in 12 percent.

    Errors of medians are (pi/2)^(1/2) = 1.25 times those of means; 36 rows give .5 to 2.4 times the
    width of squares, in eight tables, and these 1.25 times.
    """
    L = (1.8 + 0.9 * x**-0.35 + 0.9 * y**-0.37) * np.exp(
        0.01 * np.random.default_rng(0).standard_normal(36)
    )
    widths = [
        one.high - one.low
        for one in (
            rf.fit_losses(*SIZES, L, delta=delta, intervals="sandwich")["alpha"]
            for delta in (1e-5, 1.0)
        )
    ]
    assert 1.25 / 2 < widths[0] / widths[1] < 1.25 * 2


def test_a_budget_ends_where_its_loss_is_an_end_of_the_best_one():
    """To 1e-8 of the loss in its log, of roots; and at inf from where E may be above the loss."""
    noise = np.exp(0.005 * np.random.default_rng(1).standard_normal(36))
    L = (1.8 + 0.4 * x**-0.35 + 0.4 * y**-0.37) * noise
    fit = rf.fit_losses(*SIZES, L, intervals="sandwich")
    E = fit["E"]
    said = fit.budget_for([2.2, E.high * 0.9999, E.value])
    best = fit.allocate([said.C.low[0], said.C.high[0]])
    assert best.loss.low[0] == pytest.approx(2.2, rel=1e-8, abs=0)
    assert best.loss.high[1] == pytest.approx(2.2, rel=1e-8, abs=0)
    for ends in (said.C, said.N, said.T):
        assert ends.low[0] < ends.value[0] < ends.high[0]
        assert ends.high[1:].tolist() == [np.inf, np.inf]
        assert np.isfinite(ends.low).all()
        assert np.isfinite(ends.value[1])
    assert fit.allocate(said.C.low[2]).loss.low == pytest.approx(E.value, rel=1e-8, abs=0)
    assert fit.allocate(said.C.low[2]).N.value == pytest.approx(said.N.low[2], rel=1e-6, abs=0)
