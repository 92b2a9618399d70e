"""The peak at finite size: the law of the hard edge, and one loop resummed by it."""

import warnings

import mpmath as mp
import numpy as np
import pytest

import rfscale as rf
from rfscale.theory.equations.hard_edge import FAR, hard_edge, to_one_loop


def resummed(model, N, T, ridge=0.0, order="resummed"):
    """The prediction, without the warning that some of these sizes deserve."""
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        return rf.predict(model, N, T, ridge, order=order)


def edge(nu, w):
    """(8.18) in mpmath's precision."""
    nu, w = mp.mpf(nu), mp.mpf(w)

    def integrand(u):
        return mp.cosh(nu * u) / mp.cosh(u) * mp.exp(-w * mp.cosh(u))

    far = mp.asinh(max(nu, 100) / w) + 3
    tail = mp.quad(integrand, mp.linspace(0, far, 40))
    first, second = mp.besseli(nu, w), mp.besselk(nu, w)
    slope = mp.besseli(nu - 1, w) - nu / w * first
    return mp.hypot(nu, w) * (first * second + (slope + first / w) * tail)


LAW = [
    (0, 1e-3),
    (0, 3),
    (0, 50),
    (1e-3, 1e-6),
    (1, 0.5),
    (2.5, 1),
    (3, 1e-20),
    (30, 20),
    (300, 0.1),
    (20, 40),
]


@pytest.mark.parametrize(("nu", "w"), LAW)
def test_the_law_in_many_digits(nu, w):
    with mp.workdps(30):
        expected = float(edge(nu, w))
    # sums of positive terms; w/(nu + w ratio) costs some 100 roundings at large nu
    assert hard_edge(float(nu), float(w)) == pytest.approx(expected, rel=3e-13, abs=0)


def test_the_law_without_ridge_and_its_limits():
    assert [hard_edge(nu, 0.0) for nu in (0.0, 1.0, 2.0, 3.5)] == [np.inf, np.inf, 2.0, 1.4]
    # E - pi/2 is of the order of w log w: 2e-8 at 1e-9
    assert hard_edge(0.0, 1e-9) == pytest.approx(np.pi / 2, rel=1e-7, abs=0)
    assert to_one_loop(5.0, 0.0) == pytest.approx(1 / 5, rel=1e-15, abs=0)


@pytest.mark.parametrize("t", [0.0, 0.3, 0.7, 1.0])
def test_the_expansion_takes_over_smoothly(t):
    """The fourth term, at most 4/omega^4, is what it leaves out: 4e-12."""
    w = np.sqrt(1 - t**2)
    inside, outside = (
        hard_edge(t * omega, w * omega) for omega in (FAR * (1 - 1e-12), FAR * (1 + 1e-12))
    )
    assert inside == pytest.approx(outside, rel=5e-12, abs=0)


MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.7)


@pytest.mark.parametrize(("N", "T"), [(20, 22), (20, 23), (20, 40), (60, 63), (80, 62), (100, 300)])
def test_noise_without_ridge_is_that_of_an_inverse_wishart_matrix(N, T):
    """Exact for T > min(N, M), to the rounding of one loop, of the order of 1e-14."""
    n = min(N, 60)
    expected = 0.7**2 / 2 * n / (T - n - 1)
    assert resummed(MODEL, N, T).noise == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(("N", "T"), [(20, 22), (23, 20), (10, 30), (50, 41), (20, np.inf)])
def test_signal_without_ridge_is_the_closed_form(N, T):
    """(7.22), of which (8.21) is a product written in another way."""
    signal_only = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        expected = rf.asymptotics.ridgeless_finite_size_signal(signal_only, N, T)
    assert resummed(signal_only, N, T).signal == pytest.approx(expected, rel=1e-11, abs=0)


def test_no_mean_is_infinite():
    """Where |N - T| <= 1 without ridge, the noise where |min(N, M) - T| <= 1; not with a ridge."""
    assert np.all(np.isinf(resummed(MODEL, [19, 20, 21], 20).signal))
    assert np.isinf(resummed(MODEL, 80, 61).noise)
    assert np.isinf(resummed(MODEL, 60, 60.5).noise)
    assert resummed(MODEL, 80, 61).signal == 0
    weak = resummed(MODEL, [19, 20, 21], 20, 1e-12)
    assert np.all(np.isfinite(weak.test))
    assert np.all(np.isfinite(weak.order_error))


def test_duality_of_the_signal():
    sizes = np.array([18.0, 20.0, 20.5, 25.0, 70.0])
    ridge = np.array([[1e-6], [1e-2], [1.0]])
    assert resummed(MODEL, sizes, 20, ridge).signal == pytest.approx(
        resummed(MODEL, 20, sizes, ridge).signal, rel=1e-12, abs=0
    )


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.0, 1.25, 2.0])
def test_one_loop_to_its_order(ratio):
    """As sizes double the gap falls by four, up to the next order: a tenth at these sizes.

    At N = T, where one loop has no term of the pole, too.
    """
    gaps = []
    for size in (400, 800):
        model = rf.ScalingModel(rf.PowerLaw(1.0, 4 * size), sigma_eps=3.0 / size)
        ridge = 0.036 / size  # N - df1 and T - df1 stay the same shares of the sizes
        pair = (
            resummed(model, ratio * size, size, ridge, order) for order in ("one-loop", "resummed")
        )
        first, second = (np.array([p.signal, p.noise]) for p in pair)
        gaps.append(np.abs(second / first - 1))
    assert gaps[0] / gaps[1] == pytest.approx(4, rel=0.1)


# N, T, gamma, then signal and noise with their standard errors from 20,000 draws of a simulator of
# its own, all in the units of the traces
SIMULATED = [
    (20, 20, 4.142475e-04, 3.4487, 0.016, 39.46, 0.16),
    (20, 20, 4.142475e-03, 1.016, 0.0024, 10.886, 0.023),
    (20, 21, 1.242742e-03, 1.4655, 0.0052, 16.182, 0.05),
    (20, 23, 1.242742e-03, 0.76487, 0.0026, 8.0026, 0.026),
    (22, 20, 4.142475e-04, 1.2804, 0.0069, 16.038, 0.082),
    (23, 20, 4.142475e-03, 0.62421, 0.0014, 7.6658, 0.016),
    (10, 12, 1.911824e-03, 1.593, 0.0092, 6.9655, 0.038),
    (40, 40, 1.698519e-04, 1.0005, 0.0034, 42.431, 0.12),
]


@pytest.mark.parametrize(("N", "T", "ridge", "S", "S_stderr", "V", "V_stderr"), SIMULATED)
def test_simulated_values_in_the_window(N, T, ridge, S, S_stderr, V, V_stderr):
    """Planar losses are 6 to 40 percent off here, one loop up to 18; measured are gaps up to 2."""
    unit = {"sigma_w": np.sqrt(120), "sigma_u": np.sqrt(60), "sigma_eps": np.sqrt(2)}
    found = resummed(rf.ScalingModel(rf.PowerLaw(1.0, 60), **unit), N, T, ridge)
    for value, mean, stderr in ((found.signal, S, S_stderr), (found.noise, V, V_stderr)):
        assert abs(value / mean - 1) <= 0.02 + 3 * stderr / mean
    for part, mean, stderr in (("sigma_eps", S, S_stderr), ("sigma_w", V, V_stderr)):
        alone = rf.ScalingModel(rf.PowerLaw(1.0, 60), **{**unit, part: 0.0})
        at = resummed(alone, N, T, ridge)
        assert abs(at.test / mean - 1) <= at.order_error + 3 * stderr / mean
        assert at.order_error < 0.15  # it says something


def test_only_test_losses_change():
    one, two = (resummed(MODEL, 20, 22, 1e-3, order) for order in ("one-loop", "resummed"))
    assert (one.train, one.df1, one.df2, one.delta) == (two.train, two.df1, two.df2, two.delta)
    assert two.test != pytest.approx(one.test, rel=1e-3, abs=0)


def test_large_errors_warn():
    with pytest.warns(rf.RegimeWarning, match=r"^resummed losses may be off by more than 20%"):
        rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 16)), 16, 24, 1e-6, order="resummed")


def test_nothing_is_not_a_number():
    """At all limits of sizes and ridge, for both parts and the error."""
    sizes = np.array([0.3, 1.0, 20.0, 60.0, 61.0, 1e6, np.inf])
    ridges = np.array([0.0, 1e-300, 1e-12, 1.0, 1e300])
    found = resummed(MODEL, sizes, sizes[:, None], np.where(ridges, ridges, 0.0)[:, None, None])
    assert not any(np.any(np.isnan(x)) for x in (found.signal, found.noise, found.order_error))
    assert np.all(found.signal >= 0)
    assert np.all(found.noise >= 0)
