"""The covariance of losses over draws: against mpmath, against simulation, and where it ends."""

import re
from functools import cache, partial

import mpmath as mp
import numpy as np
import pytest

import rfscale as rf
from rfscale.model.heavy_tails import tail_exponent

LAMBDA = [1.0, 0.5, 0.1]
TEST = [0.8, 0.9, 0.05]
WEIGHTS = [1.0, 0.5, 2.0]
PAIR = {"signal": (1, 1), "noise": (0, 0), "signal_noise": (1, 0), "noise_signal": (0, 1)}


@cache
def saddle(N, T, gamma, s, t):
    """A p, B p and r of each direction (17.3), from the saddle point as it is stated."""

    def traces(a, b):
        alpha = [a * x + s * y for x, y in zip(LAMBDA, TEST, strict=True)]
        beta = [b + t * w**2 for w in WEIGHTS]
        k = [gamma + x * y for x, y in zip(alpha, beta, strict=True)]
        Ap = [a * x * y / z for x, y, z in zip(LAMBDA, beta, k, strict=True)]
        Bp = [b * x / z for x, z in zip(alpha, k, strict=True)]
        return Ap, Bp, [mp.sqrt(x * a * b * gamma) / z for x, z in zip(LAMBDA, k, strict=True)]

    def equations(log_a, log_b):
        a, b = mp.exp(log_a), mp.exp(log_b)
        Ap, Bp, _ = traces(a, b)
        return a - T + mp.fsum(Ap), b - N + mp.fsum(Bp)

    start = rf.predict(model(), N, T, float(gamma) / 3)
    guess = mp.log(T - float(start.df1)), mp.log(N - float(start.df1))
    log_a, log_b = mp.findroot(equations, guess)
    return traces(mp.exp(log_a), mp.exp(log_b))


def model(**more):
    """M = 3 and sigma_u = 1: gamma M/sigma_u^2 is 3 gamma; sigma_w^2/M is 1/3."""
    spectrum = rf.Eigenvalues(LAMBDA)
    teacher = rf.Teacher.weights(np.array(WEIGHTS) / np.sqrt(3))
    return rf.ScalingModel(spectrum, teacher=teacher, test_spectrum=TEST, sigma_eps=1.0, **more)


def cumulant(N, T, g, s, t, g2, s2, t2):
    """-2 log(P Q - R^2) (17.3)."""
    one = saddle(N, T, mp.exp(g), s, t)
    other = saddle(N, T, mp.exp(g2), s2, t2)
    pairs = zip(one, other, strict=True)
    sums = [mp.fsum(x * y for x, y in zip(u, v, strict=True)) for u, v in pairs]
    return -2 * mp.log((1 - sums[0] / T) * (1 - sums[1] / N) - sums[2] ** 2 / (N * T))


@pytest.mark.parametrize(
    ("N", "T", "ridge", "other"),
    [(4, 2, 0.1, 2.0), (2, 5, 1e-8, 1e-8), (6, 2, 1e-9, 0.1)],
)
def test_against_numerical_derivatives(N, T, ridge, other):
    """Derivatives of order 4 by differences: 100 digits leave more than 20."""
    found = rf.loss_covariance(model(), N, T, ridge, other)
    with mp.workdps(100):
        g, g2 = mp.log(3 * mp.mpf(ridge)), mp.log(3 * mp.mpf(other))
        at = (g, 0, 0, g2, 0, 0)

        def derivative(first, second):
            return mp.diff(partial(cumulant, N, T), at, first + second, h=mp.mpf(10) ** -18)

        signal = [((0, 1, 1), mp.exp(g) / 2 / 3)]  # sigma_w^2/2M gamma d_s d_t
        for name, (i, j) in PAIR.items():
            one, two = [
                [(orders, unit if k == 0 else mp.exp(g2) / 2 / 3) for orders, unit in signal]
                if is_signal
                else [((0, 1, 0), mp.mpf(1) / 2), ((1, 1, 0), mp.mpf(1) / 2)]
                for k, is_signal in enumerate((i, j))
            ]
            expected = mp.fsum(
                u * v * derivative(orders, others) for orders, u in one for others, v in two
            )
            assert float(getattr(found, name)) == pytest.approx(float(expected), rel=1e-9, abs=0)


def test_equal_ridges_and_duality():
    """The signal's covariance is the same with N and T exchanged, and symmetric in the ridges."""
    plain = rf.ScalingModel(rf.PowerLaw(1.0, 50))
    ridges = np.array([1e-6, 1e-3, 0.3])
    found = rf.loss_covariance(plain, 20, 33, ridges[:, None], ridges).signal
    np.testing.assert_allclose(found, found.T, rtol=1e-12)
    dual = rf.loss_covariance(plain, 33, 20, ridges[:, None], ridges).signal
    np.testing.assert_allclose(found, dual, rtol=1e-9)
    assert np.all(np.linalg.eigvalsh(found) > 0)


def test_simulation_approaches_it_by_order():
    """The relative gap of std/mean falls as 1/size, by (17.3): at twice the size to .5 of it.

    With 4000 draws the error of a standard deviation is 1/sqrt(8000) = 1.1 %, for kurtosis 3.
    """
    gaps = []
    for size in (1, 4):
        spectrum = rf.Eigenvalues(np.repeat(np.arange(1.0, 11) ** -2, size))
        at = {"N": 6 * size, "T": 8 * size, "ridge": 0.1 * size}
        of = rf.ScalingModel(spectrum, sigma_eps=0.3)
        drawn = rf.simulate(of, **at, draws=4000, seed=17).test
        predicted = rf.predict(of, **at)
        gaps.append(float(drawn.std / drawn.mean / (predicted.std / predicted.test) - 1))
        assert abs(gaps[-1]) < predicted.std_error
    assert abs(gaps[1]) < abs(gaps[0]) / 2
    assert abs(gaps[1]) < 0.05


def test_correlation_between_ridges_is_that_of_simulated_draws():
    """1000 draws of both ridges: an error of (1 - r^2)/sqrt(1000), and 1/size of the theory."""
    of = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.1)
    ridges = np.array([1e-4, 1e-1])
    cov = rf.loss_covariance(of, 60, 90, ridges[:, None], ridges).test
    theory = cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])
    rng = np.random.default_rng(0)
    losses = []
    for _ in range(1000):
        u = rng.standard_normal((60, 200))
        x = np.sqrt(of.spectrum.eigenvalues)[:, None] * rng.standard_normal((200, 90))
        losses.append([_loss(u, x, of.spectrum.eigenvalues, gamma) for gamma in ridges * 200])
    assert np.corrcoef(np.transpose(losses))[0, 1] == pytest.approx(theory, abs=0.08)
    assert abs(theory) < 0.9


def _loss(u, x, lam, gamma):
    """Signal and noise of one draw, sigma_u^2 = M."""
    phi = u @ x
    predictor = np.linalg.solve(gamma * np.eye(60) + phi @ phi.T, phi).T
    error = np.eye(200) - x @ predictor @ u
    noise = (predictor @ u) ** 2 * lam
    return np.sum(error**2 * lam) / 400 + 0.1**2 / 2 * np.sum(noise)


def test_no_variance_where_the_tail_is_heavy():
    plain = rf.ScalingModel(rf.PowerLaw(1.0, 50), sigma_eps=0.1)
    N = [16, 17, 20, 23, 24]
    assert np.isinf(rf.predict(plain, N, 20).std).tolist() == [False, True, True, True, False]
    with pytest.warns(rf.RegimeWarning, match="at 2 of 5 points"):  # next to it
        draws = rf.draws_needed(plain, N, 20)
    assert np.isinf(draws).tolist() == [False, True, True, True, False]
    assert np.all(np.isfinite(rf.predict(plain, N, 20, 1e-3).std))
    assert tail_exponent(plain, N, 20, 0.0).tolist() == [2.5, 2.0, 0.5, 2.0, 2.5]
    both = rf.loss_covariance(plain, 23, 20, 0.0, [0.0, 1e-2]).test  # a ridge tames one of both
    assert np.isinf(both).tolist() == [True, False]
    assert np.isinf(rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 9)), 9, 9).std)  # rare draws
    only_noise = rf.predict(plain, [50, 60, 1000], 54).std  # all is learned: features do not matter
    assert only_noise[0] == only_noise[1] == only_noise[2] > 0


def test_draws_that_are_needed_give_the_error():
    """The standard error is at most that asked for, and less by no more than twice std_error.

    3 % more are for the 205 draws, whose own scatter is not known better than to 5 %.
    """
    of = rf.ScalingModel(rf.PowerLaw(1.0, 500))
    draws = int(rf.draws_needed(of, 40, 60, 1e-3, relative_error=0.003))
    test = rf.simulate(of, 40, 60, 1e-3, draws=draws, seed=3).test
    unsure = rf.predict(of, 40, 60, 1e-3, order="resummed").std_error
    assert 0.003 / (1 + unsure) ** 2 / 1.05 < test.stderr / test.mean < 0.003 * 1.05
    assert rf.draws_needed(of, 1e6, 1e6, 1.0) == 2
    with pytest.warns(rf.RegimeWarning, match="known to no better than 100 %"):
        rf.draws_needed(rf.ScalingModel(rf.PowerLaw(1.0, 13)), 22, 46, 1e-6)


def test_columns_of_the_scatter_are_there_when_asked_for():
    found = rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 50)), [10, 20], 30, 0.1)
    assert not {"std", "std_error"} & found.columns().keys()
    assert found.columns(std=True)["std"].tolist() == found.std.tolist()
    frame = found.to_frame(std=True)
    assert frame["std_error"].tolist() == found.std_error.tolist()
    assert frame.columns[:-2].tolist() == found.to_frame().columns.tolist()


def test_in_every_limit_it_is_a_number():
    for M in (20, 1000):
        for sigma_eps in (0.0, 0.3):
            of = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=sigma_eps)
            for ridge in (0.0, 1e-12, 1.0, 1e10, 1e100, 1e300):
                at = {"N": [20, 30, 30, 10, np.inf], "T": [30, 20, 26, 30, 40], "ridge": ridge}
                assert not np.any(np.isnan(rf.predict(of, **at).std))
                assert not np.any(np.isnan(rf.loss_covariance(of, **at).train))
    with pytest.raises(ValueError, match=r"^relative_error must be a finite number > 0, got 0"):
        rf.draws_needed(of, 10, 20, relative_error=0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"other_ridge": 0.1, "other_kernel_ridge": 0.2}, "other_ridge and other_kernel_ridge mus"),
        ({"ridge": 0.1, "kernel_ridge": 0.2}, "ridge and kernel_ridge must not both be given"),
        ({"other_ridge": -1}, 'other_ridge must be >= 0 (or "optimal"), got -1'),
        ({"other_kernel_ridge": -1}, "other_kernel_ridge must be >= 0, got -1"),
        (
            {"ridge": [1.0, 2.0], "other_ridge": [1.0, 2.0, 3.0]},
            "shapes must broadcast together, got N (), T (), ridge (2,), other_ridge (3,)",
        ),
    ],
)
def test_errors_name_the_ridge_that_is_wrong(given, said):
    of = rf.ScalingModel(rf.PowerLaw(1.0, 20))
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        rf.loss_covariance(of, 10, 20, **given)


def test_doors_for_ridges_are_those_of_predict():
    """The kernel's ridge and the best one name the same points: equal to rounding."""
    of = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3, teacher=rf.Teacher.power_law(3.0))
    N = np.array([20, 50, np.inf])
    best = rf.predict(of, N, 40, "optimal")
    found = rf.loss_covariance(of, N, 40, "optimal", 0.1)
    by_kernel = rf.loss_covariance(
        of, N, 40, kernel_ridge=best.kernel_ridge, other_kernel_ridge=0.1 * 60 / N
    )
    np.testing.assert_allclose(found.test, by_kernel.test, rtol=1e-9)
    np.testing.assert_allclose(found.kernel_ridge, best.kernel_ridge, rtol=1e-12)
    assert found.ridge.tolist() == best.ridge.tolist()
    std = np.sqrt(rf.loss_covariance(of, N, 40, "optimal").test)
    np.testing.assert_allclose(std, best.std, rtol=1e-9)
    grows = rf.predict(of, 50, np.inf, "optimal")  # with T, and so does its kernel's
    assert grows.kernel_ridge == np.inf
    assert 0 < grows.std < grows.test
