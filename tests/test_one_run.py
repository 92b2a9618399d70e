"""The test error from one training run: identities of the estimate, and draws."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rfscale as rf
from rfscale.theory.one_run import interlacing

SIZES = [(30, 20), (20, 30), (20, 20)]


def draw(rng, N, T, spectrum, sigma_eps=0.02):
    """(spectrum, teacher, features, samples' labels) and the kernel of one run, by its SVD."""
    M = spectrum.size
    u = rng.normal(size=(N, M)) / np.sqrt(M)
    x = np.sqrt(spectrum)[:, None] * rng.normal(size=(M, T))
    w = rng.normal(size=M) / np.sqrt(M)
    y = w @ x + sigma_eps * rng.normal(size=T)
    left, singular, right = np.linalg.svd(u @ x)
    return (spectrum, w, u, y, sigma_eps), (left, singular, right)


def test_error(run, kernel, training):
    """On noisy labels, for given features, samples, teacher and training noise."""
    spectrum, w, u, y, sigma_eps = run
    left, singular, right = kernel
    n = singular.size
    h = training.filter(singular**2)
    theta = left[:, :n] @ (h * singular * (right[:n] @ y))
    return (w - theta @ u) ** 2 @ spectrum + sigma_eps**2


test_error.__test__ = False


def one_run(N, T, seed=0):
    rng = np.random.default_rng(seed)
    run, kernel = draw(rng, N, T, np.arange(1.0, 61.0) ** -2)
    return run, kernel, kernel[1] ** 2, kernel[2] @ run[3]


@pytest.mark.parametrize(("N", "T"), SIZES)
def test_it_is_generalised_cross_validation_for_a_ridge(N, T):
    _, _, s, projections = one_run(N, T)
    ridges = np.array([1e-4, 1e-2, 1.0])
    found = rf.estimate_test_loss(s, projections, rf.Ridge(ridges))
    residual = ridges[:, None] / (np.append(s, np.zeros(T - s.size)) + ridges[:, None])
    train = (projections**2 * residual**2).mean(axis=1)
    assert_allclose(found.train, train, rtol=1e-12)
    # the poles are known to rounding, times 1/u with u above 1e-3 here
    assert_allclose(found.test_mse, train / residual.mean(axis=1) ** 2, rtol=1e-11)


@pytest.mark.parametrize(("N", "T"), SIZES)
@pytest.mark.parametrize(
    "training",
    [
        rf.GradientFlow(3.0),
        rf.GradientFlow(300.0, ridge=1e-3),
        rf.IteratedRidge(0.01, 3),
        rf.RidgeMixture([0.01, 0.03], [1.5, -0.5]),
        rf.GradientDescent(40, 0.1),
    ],
)
def test_it_is_the_mixture_of_the_cross_validations_of_ridges(N, T, training):
    """(19.17): each ridge of a mixture over its own u."""
    _, _, s, projections = one_run(N, T)
    mixtures = training.flat((1,)).mixtures(np.zeros(1, dtype=int))
    g = mixtures.ridges[0]
    all_s = np.append(s, np.zeros(T - s.size))
    shares = g / (all_s[:, None] + g)
    seen = 2 * np.real((shares / shares.mean(axis=0)) @ mixtures.weights[0])
    found = rf.estimate_test_loss(s, projections, training)
    # contours have 1e-11 of the largest term
    assert_allclose(found.test_mse, np.mean((projections * seen) ** 2), rtol=1e-9)


@pytest.mark.parametrize(("N", "T"), SIZES)
def test_the_residuals_are_those_of_the_theory(N, T):
    """r~ = r - sum_j nu_j [r(s) - r(s_j)]/(s - s_j) (19.8), and masses that are known."""
    _, _, s, projections = one_run(N, T)
    s = np.sort(s)
    poles = interlacing(s, T)
    flow = rf.GradientFlow(30.0)
    assert_allclose(poles.nu.sum(), s.sum() / T, rtol=1e-12)  # tr C
    inner = poles.s if s.size < T else poles.s[1:]
    assert np.all(inner < s[-inner.size :])
    assert np.all(inner[1:] > s[-inner.size : -1])
    r = flow.residual(s)
    slope = (r[:, None] - flow.residual(poles.s)) / (s[:, None] - poles.s)
    seen = r - slope @ poles.nu
    zeros = T - s.size
    if zeros:
        at_zero = 1 - ((1 - flow.residual(poles.s)) / -poles.s) @ poles.nu
        seen = np.append(seen, np.full(zeros, at_zero))
    order = np.append(np.argsort(one_run(N, T)[2]), np.arange(s.size, T))
    found = rf.estimate_test_loss(one_run(N, T)[2], projections, flow)
    assert_allclose(found.test_mse, np.mean((projections[order] * seen) ** 2), rtol=1e-10)


def test_without_ridge_it_is_the_leave_one_out_residual_of_interpolation():
    """At T < N: (1/T) sum (y . v_i)^2/s_i^2 over ((1/T) sum 1/s_i)^2."""
    _, _, s, projections = one_run(30, 20)
    found = rf.estimate_test_loss(s, projections, rf.Ridge(0.0))
    assert_allclose(found.test_mse, np.mean((projections / s) ** 2) / np.mean(1 / s) ** 2)
    assert found.train == 0


def test_one_draw_along_the_training_path():
    """300 features of 200 samples: the usual estimate fails where training errors are small."""
    rng = np.random.default_rng(2)
    run, kernel = draw(rng, 300, 200, np.arange(1.0, 1001.0) ** -2, sigma_eps=0.0)
    s = kernel[1] ** 2
    flow = rf.GradientFlow(10.0 ** np.arange(1, 6))
    found = rf.estimate_test_loss(s, kernel[2] @ run[3], flow)
    true = [test_error(run, kernel, one) for one in flow.each(flow.shape)]
    learned = [np.sum(s * one.filter(s)) for one in flow.each(flow.shape)]
    usual = found.train / (1 - np.divide(learned, 200)) ** 2
    ratio = found.test_mse / true
    spread = found.stderr / found.test_mse
    assert found.train[0] / found.train[-1] > 1e5
    assert np.all(np.abs(np.log(ratio)) < 2 * spread)  # two standard errors, of 10 to 25 percent
    assert np.all((spread > np.sqrt(2 / 200) * 0.9) & (spread < 0.35))
    assert (usual / true)[-1] > 10


def ratios(N, T, size, draws):
    """Estimate, test error, usual estimate, and distance on a log scale, of draws; and times."""
    rng = np.random.default_rng(5)
    spectrum = np.repeat(np.arange(1.0, 61.0) ** -2, size)
    flow = rf.GradientFlow(np.array([2.0, 200.0, 2000.0]) / size)
    rows = []
    for _ in range(draws):
        run, kernel = draw(rng, N * size, T * size, spectrum)
        s = kernel[1] ** 2
        found = rf.estimate_test_loss(s, kernel[2] @ run[3], flow)
        true = [test_error(run, kernel, one) for one in flow.each(flow.shape)]
        learned = [np.sum(s * one.filter(s)) for one in flow.each(flow.shape)]
        usual = found.train / (1 - np.divide(learned, T * size)) ** 2
        off = np.log(found.test_mse / true) * found.test_mse / found.stderr
        rows.append([found.test_mse, true, usual, off])
    return np.array(rows)


def test_means_and_spread_over_draws():
    spreads = []
    for size, draws in ((1, 400), (4, 100)):
        rows = ratios(30, 20, size, draws)
        estimate, true, usual, off = np.moveaxis(rows, 1, 0)
        gap = estimate - true
        error = gap.std(axis=0) / np.sqrt(draws)
        # a bias of relative order 1/T, and three standard errors of 2 to 6 percent
        assert np.all(np.abs(gap.mean(axis=0)) < true.mean(axis=0) / (20 * size) + 3 * error)
        assert usual.mean(axis=0)[-1] > 2.5 * true.mean(axis=0)[-1]
        inside = np.mean(np.abs(off) < 2, axis=0)
        # 75 to 93 percent in 1600 draws; of 100 draws that is known to 4 percent
        assert np.all((inside > 0.7) & (inside < 0.99))
        spreads.append(np.log(estimate / true).std(axis=0))
    # 1/sqrt(T) for four times the size is a half; a spread of 100 draws is known to 7 percent
    assert_allclose(np.divide(*spreads), 2, rtol=0.25)


def test_eigenvalues_that_are_zero_or_fewer_than_samples():
    _, _, s, projections = one_run(20, 30)
    given = [s, np.append(s, np.zeros(10)), np.append(s, -1e-17 * np.ones(10))]
    found = [rf.estimate_test_loss(one, projections, rf.GradientFlow(9.0)) for one in given]
    assert found[0].test_mse == found[1].test_mse == found[2].test_mse
    nothing = rf.estimate_test_loss(np.zeros(4), [1.0, 2.0, 3.0, 4.0], rf.GradientFlow(9.0))
    assert (nothing.test_mse, nothing.train) == (7.5, 7.5)
    # twice the same eigenvalue, the limit of two that are near
    twice = rf.estimate_test_loss([1.0, 1.0, 3.0], [1.0, 2.0, 3.0], rf.GradientFlow(0.5))
    near = rf.estimate_test_loss([1.0, 1.0 + 1e-9, 3.0], [1.0, 2.0, 3.0], rf.GradientFlow(0.5))
    assert_allclose(twice.test_mse, near.test_mse, rtol=1e-8)


def test_a_filter_of_ones_own_and_the_order_do_not_matter():
    _, _, s, projections = one_run(30, 20)
    ridge = rf.estimate_test_loss(s, projections, rf.Ridge(0.1))
    own = rf.estimate_test_loss(s[::-1], projections[::-1], lambda s: 1 / (s + 0.1))
    assert_allclose(own.test_mse, ridge.test_mse, rtol=1e-11)
    assert_allclose(own.stderr, ridge.stderr, rtol=1e-11)
    assert "test_mse" in ridge.columns()
    assert "OneRunEstimate" in str(ridge)


@pytest.mark.parametrize(
    ("eigenvalues", "projections", "training", "said"),
    [
        ([1.0, -0.1], [1.0, 2.0], rf.Ridge(0.1), "kernel_eigenvalues must be >= 0, got -0.1"),
        ([-1.0], [1.0, 2.0], rf.Ridge(0.1), "kernel_eigenvalues must be >= 0, got -1"),
        ([1.0, np.nan], [1.0, 2.0], rf.Ridge(0.1), "kernel_eigenvalues must be .* got nan"),
        ([1.0, 2.0], [1.0, np.inf], rf.Ridge(0.1), "label_projections must be .* got inf"),
        ([1.0, 2.0, 3.0], [1.0, 2.0], rf.Ridge(0.1), "at most as many as label_projections, 2"),
        ([[1.0, 2.0]], [1.0, 2.0], rf.Ridge(0.1), "kernel_eigenvalues must be a one-dimensional"),
        ([], [1.0], rf.Ridge(0.1), "kernel_eigenvalues must be a one-dimensional"),
        ([1.0, 2.0], [1.0, 2.0], lambda s: 1.0, "shape of its argument"),
        ([1.0, 2.0], [1.0, 2.0], "ridge", "filter must be a Training"),
        ([1.0, 2.0], [1.0, 2.0], rf.GradientFlow(tau=1.0), "time must be given"),
        ([1.0, 2.0], [1.0, 2.0], rf.GradientDescent(5, 3.0), "step_size must be at most"),
    ],
)
def test_bad_input(eigenvalues, projections, training, said):
    with pytest.raises(ValueError, match=said):
        rf.estimate_test_loss(eigenvalues, projections, training)
