"""How losses scatter over teachers that are drawn, beside features and samples."""

import numpy as np
import pytest

import rfscale as rf


def test_a_drawn_teacher_where_all_is_learned():
    """Losses go with the square of a weak ridge: the next term is 1.5e-7 at 1e-6."""
    of = rf.ScalingModel(rf.PowerLaw(0.5, 5))
    ridges = np.array([1e-12, 1e-9, 1e-6])
    found = rf.loss_covariance(of, 33, 70, ridges).teacher / ridges**4
    np.testing.assert_allclose(found, found[0], rtol=1e-6)


def test_a_drawn_teacher_scatters_the_losses_more():
    """tr(W H W H') of draws of any teacher and test spectrum, and between ridges, by order: the
    gap falls as 1/size, at four times the size to a quarter, .058.

    Allowed are three standard errors, .02 of so many draws, and 15 % for the next order.
    """
    rng = np.random.default_rng(5)
    gaps = []
    stderrs = []
    for size in (1, 4):
        lam = np.repeat([1.0, 0.5, 0.2, 0.1, 0.05], size)
        test = np.repeat([0.5, 0.8, 0.1, 0.2, 0.01], size)
        weights = np.repeat([1.0, 0.3, 1.5, 1.0, 2.0], size)
        M = lam.size
        of = rf.ScalingModel(
            rf.Eigenvalues(lam), teacher=rf.Teacher.weights(weights), test_spectrum=test
        )
        ridges = 0.2 * size, 2.0 * size
        found = rf.loss_covariance(of, 4 * size, 6 * size, *ridges).teacher
        drawn = []
        for _ in range(20_000 // size**2):
            u = rng.standard_normal((4 * size, M))
            x = np.sqrt(lam)[:, None] * rng.standard_normal((M, 6 * size))
            one, other = (_spread_of_weights(u, x, test, gamma * M) for gamma in ridges)
            drawn.append(np.sum(weights[:, None] ** 2 * one * weights**2 * other) / 2)
        gaps.append(np.mean(drawn) / found - 1)
        stderrs.append(np.std(drawn) / np.sqrt(len(drawn)) / found)
    allowed = 3 * np.hypot(stderrs[0] / 4, stderrs[1]) + 0.15 * gaps[0] / 4
    assert abs(gaps[1] - gaps[0] / 4) <= allowed < 0.03


def test_a_drawn_teacher_in_simulation():
    """The std of 400 draws is known to 3.5 % for kurtosis 3, three of which are allowed, and 1/size
    of theory: 1/T is 2 %.
    """
    of = rf.ScalingModel(rf.PowerLaw(1.0, 300))
    drawn = rf.simulate(of, 40, 60, 1e-3, draws=400, seed=1, test_points=3000)
    averaged = rf.loss_covariance(of, 40, 60, 1e-3)
    std = np.sqrt(averaged.test + averaged.teacher)
    assert drawn.test.std == pytest.approx(std, rel=0.12, abs=0)
    assert averaged.teacher > 5 * averaged.test


def _spread_of_weights(u, x, test, gamma):
    """H of one draw: the loss is w^T H w/2."""
    phi = u @ x
    predictor = np.linalg.solve(gamma * np.eye(len(u)) + phi @ phi.T, phi).T
    error = np.eye(len(x)) - x @ predictor @ u
    return (error * test) @ error.T
