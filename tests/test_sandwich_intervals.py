"""Intervals from slopes where slopes say least: at bounds, near E, and at a narrow delta."""

import numpy as np
import pytest
from scipy.stats import t as student

import rfscale as rf

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
