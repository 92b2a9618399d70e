"""The one-loop theory: its generating function differentiated with many digits, limits, and order
in 1/size.
"""

import dataclasses
import warnings

import numpy as np
import pytest
from generating import Generating

import rfscale as rf
from rfscale.theory.equations.one_loop import one_loop_terms
from rfscale.theory.equations.planar import planar_terms, saddle_of
from rfscale.traces.quadrature import WeightedMoments, weighted_moments

PARTS = ("signal", "noise", "train", "test")


def one_loop(model, N, T, ridge=0.0):
    """The prediction, without the warning that some of these sizes deserve."""
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        return rf.predict(model, N, T, ridge, order="one-loop")


CASES = [
    (3, 5, 6, 1e-2, True),
    (5, 3, 6, 1e-2, True),
    (4, 4, 6, 1e-1, False),
    (4, 4, 6, 1e-4, True),  # at the peak
    (8, 7, 5, 1.0, True),
    (8, 7, 5, 1e-12, True),  # all is learned, to 1e-12
    (5, 20, 6, 1e-14, True),  # just less than all
    (20, 5, 6, 1e-30, False),
    (3, 10**12, 6, 1e-4, True),
    (9, 3, 6, 1e3, True),
    (4, 6, 5, 1e12, True),  # hardly anything is learned
]


@pytest.mark.parametrize(("N", "T", "M", "gamma", "general"), CASES)
def test_all_derivatives_against_the_generating_function(N, T, M, gamma, general):
    """Planar and one-loop terms of every loss, for any teacher and test spectrum, to twelve digits
    of the loss.
    """
    lam = np.arange(1.0, M + 1) ** -1.7
    rho, W = np.random.default_rng(3).uniform(0.0, 3.0, (2, M)) if general else np.ones((2, M))
    function = Generating(lam, rho, W, N, T, gamma)
    delta, y_N, y_T = (float(value) for value in (function.delta, function.b / N, function.a / T))
    weights = np.ones(M), rho, W, rho * W
    roots = 1 / np.sqrt(lam)
    moments = WeightedMoments(*(weighted_moments(roots, w, np.sqrt(delta)) for w in weights))
    saddle = saddle_of(moments.one.s, y_N, y_T, float(N), float(T))
    planar = np.array([float(value) for value in function.losses(0)])
    for loops, terms in enumerate(f(moments, saddle) for f in (planar_terms, one_loop_terms)):
        df1 = terms.df1 if loops else moments.one.df1
        found = (
            delta * terms.signal,
            terms.noise,
            y_T**2 * delta * terms.train_signal,
            y_T**2 * terms.train_noise,
            df1,
        )
        expected = np.array([float(value) for value in function.losses(loops)])
        # a correction that is small beside the loss by a factor may lose so many digits
        assert np.all(np.abs(found - expected) <= 1e-11 * np.abs(expected) + 1e-13 * planar)


# M, N, T, alpha, ridge, and signal and noise over planar, all sigma 1
TABLE = [
    (60, 10, 20, 1.0, 1e-4, 1.09427, 1.09622),
    (60, 10, 20, 1.0, 1e-2, 1.05683, 1.01642),
    (60, 20, 10, 1.0, 1e-2, 1.05683, 1.03626),
    (60, 15, 15, 1.0, 1e-2, 1.05114, 1.01473),
    (60, 15, 15, 1.0, 1e-1, 1.04812, 1.00888),
    (60, 15, 15, 0.5, 1e-3, 1.02886, 1.00695),
    (40, 50, 60, 1.0, 1e-2, 1.05660, 1.00795),
]


@pytest.mark.parametrize(("M", "N", "T", "alpha", "ridge", "signal", "noise"), TABLE)
def test_known_answers(M, N, T, alpha, ridge, signal, noise):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_eps=1.0)
    planar, loop = rf.predict(model, N, T, ridge), one_loop(model, N, T, ridge)
    assert loop.signal / planar.signal == pytest.approx(signal, rel=0, abs=5.1e-6)
    assert loop.noise / planar.noise == pytest.approx(noise, rel=0, abs=5.1e-6)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.0])
@pytest.mark.parametrize(
    ("N", "T"), [(20, 60), (60, 20), (399, 450), (450, 399), (30, np.inf), (np.inf, 30), (39.5, 47)]
)
def test_ridgeless_limit(N, T, alpha):
    """The closed forms; n = 399 of M = 400 is where terms of the order of 1/q have to cancel."""
    model = rf.ScalingModel(rf.PowerLaw(alpha, 400), sigma_eps=0.7)
    planar, loop = rf.predict(model, N, T), one_loop(model, N, T)
    n, m, spectrum = min(N, T), max(N, T), model.spectrum
    df2, unknown = spectrum.df(2, planar.delta), spectrum.moment(1, 1, planar.delta)
    spread = df2 * unknown - n * spectrum.moment(2, 1, planar.delta)  # n df3 - df2^2
    signal = 1 + (1 / (m - n) - 1 / m if m < np.inf else 0.0) + spread / (n * unknown**2)
    assert loop.signal / planar.signal == pytest.approx(signal, rel=1e-10, abs=0)
    if N < T:
        noise = planar.noise * (1 + 1 / (T - N))
    else:
        with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
            noise = rf.asymptotics.ridgeless_finite_size_noise(model, np.inf, T)
        if np.inf > N:  # of (7.25) what is of the order of one loop
            b = N - T
            noise += 0.7**2 / 2 * ((T + df2 / unknown) / b + T / b**2)
    assert loop.noise == pytest.approx(noise, rel=1e-10, abs=0)
    assert loop.df1 == pytest.approx(n, rel=1e-12, abs=0)
    if T < N:
        assert loop.train == 0


def test_known_noise_where_N_is_M():
    """min(N, T) = M < T without ridge: n/(T - n - 1) to its first order, in training 1 - M/T."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30), sigma_w=0.0, sigma_eps=2.0)
    loop = one_loop(model, 30, 300)
    assert loop.noise == pytest.approx(2 * 30 / 270 * (1 + 1 / 270), rel=1e-13, abs=0)
    assert loop.train == pytest.approx(4 * (1 - 30 / 300), rel=1e-13, abs=0)
    assert 0 < loop.order_error < 1e-3
    shifted = dataclasses.replace(model, test_spectrum=2 * model.spectrum.eigenvalues)
    assert one_loop(shifted, 30, 300).noise == pytest.approx(
        2 * float(loop.noise), rel=1e-13, abs=0
    )


def test_hopeless_points_say_so():
    """N = T or N = M with the weakest ridges: no negative loss, no negative error."""
    ridges = 10.0 ** -np.arange(2, 300, 3.0)
    for M, N, T in [
        (10, 2, 2),
        (40, 12, 12),
        (4000, 20, 20),
        (30, 30, 40),
        (30, 40, 30),
        (30, 30, 30),
    ]:
        loop = one_loop(rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.5), N, T, ridges)
        assert np.all(loop.test > 0)
        assert np.all(loop.order_error >= 0)
        assert np.all(
            np.isinf(loop.order_error[loop.test == rf.predict(loop.model, N, T, ridges).test])
        )
    large = one_loop(
        rf.ScalingModel(rf.PowerLaw(1.0, 50), sigma_w=0.0, sigma_eps=1.0), 3, 53, [1e6, 1e14, 1e30]
    )
    np.testing.assert_allclose(
        large.noise / rf.predict(large.model, 3, 53, large.ridge).noise, 1.1838174, rtol=1e-5
    )
    assert rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 30)), 30, 30).order_error == np.inf


def test_what_is_exact_at_any_size():
    """Without ridge, N < T: the label noise in training is (1 - N/T) sigma_eps^2; nothing is added
    to the bare loss.
    """
    noise_alone = rf.ScalingModel(rf.PowerLaw(1.0, 50), sigma_w=0.0, sigma_eps=1.0)
    assert one_loop(noise_alone, 10, 25).train == pytest.approx(0.6, rel=1e-13, abs=0)
    nothing_learned = one_loop(rf.ScalingModel(rf.PowerLaw(1.0, 50)), 10, 25, np.inf)
    assert nothing_learned.test == pytest.approx(
        rf.PowerLaw(1.0, 50).trace() / 100, rel=1e-13, abs=0
    )


def test_duality():
    """The signal does not change if N and T, teacher and test spectrum change places."""
    spectrum, ratio = rf.PowerLaw(1.2, 60), np.linspace(0.2, 2.0, 60) ** 2
    shift = rf.ScalingModel(spectrum, test_spectrum=ratio * spectrum.eigenvalues)
    teacher = rf.ScalingModel(spectrum, teacher=rf.Teacher.weights(np.sqrt(ratio / 60)))
    for N, T, ridge in [(10, 30, 0.0), (25, 25, 1e-3), (70, 90, 0.1)]:
        a, b = one_loop(shift, N, T, ridge), one_loop(teacher, T, N, ridge)
        assert a.signal == pytest.approx(b.signal, rel=1e-12, abs=0)
        assert a.signal != pytest.approx(rf.predict(shift, N, T, ridge).signal, rel=1e-3, abs=0)


def test_units():
    """Losses scale with sigma_w^2 lambda_+, sigma_eps^2; ridges with sigma_u^2 lambda_+."""
    small = one_loop(rf.ScalingModel(rf.PowerLaw(1.0, 50), 1.0, 1.0, 1.0), 10, 30, 1e-2)
    model = rf.ScalingModel(
        rf.PowerLaw(1.0, 50, scale=3.0), sigma_w=2.0, sigma_u=0.5, sigma_eps=4.0
    )
    large = one_loop(model, 10, 30, 1e-2 * 3.0 * 0.25)
    assert large.signal == pytest.approx(12 * small.signal, rel=1e-13, abs=0)
    assert large.noise == pytest.approx(16 * small.noise, rel=1e-13, abs=0)
    assert large.df1 == pytest.approx(float(small.df1), rel=1e-13, abs=0)


def test_broadcasting_and_spectra():
    models = rf.ScalingModel(rf.PowerLaw([[0.5], [1.0]], 300), sigma_eps=0.3)
    loop = one_loop(models, [20, 30, 40], 60, 1e-3)
    assert loop.test.shape == loop.order_error.shape == (2, 3)
    eigenvalues = rf.ScalingModel(rf.Eigenvalues(rf.PowerLaw(0.5, 300).eigenvalues), sigma_eps=0.3)
    for part in (*PARTS, "df1", "order_error"):
        same = getattr(one_loop(eigenvalues, [20, 30, 40], 60, 1e-3), part)
        np.testing.assert_allclose(getattr(loop, part)[0], same, rtol=1e-12)
        alone = one_loop(rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=0.3), 30, 60, 1e-3)
        assert getattr(loop, part)[1, 1] == pytest.approx(
            float(getattr(alone, part)), rel=1e-12, abs=0
        )


def test_planar_and_corrections_vanish_for_large_sizes():
    for M in (10**12, 10**17):
        model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=1.0)
        planar, loop = (
            rf.predict(model, 1e8, [1e6, 1e10], 1e-12),
            one_loop(model, 1e8, [1e6, 1e10], 1e-12),
        )
        assert np.all(np.abs(loop.test / planar.test - 1) < 1e-5)
        assert np.all(loop.order_error < 1e-9)


def test_order_and_its_error():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.1)
    assert rf.predict(model, 20, 50).order == "planar"
    with pytest.raises(
        ValueError, match=r"^order must be one of planar, one-loop, resummed, got 'two-loop'"
    ):
        rf.predict(model, 20, 50, order="two-loop")
    with pytest.warns(
        rf.RegimeWarning, match=r"one loop may be off by more than 20% at 2 of 3 points"
    ):
        loop = rf.predict(model, 30, [20, 29, 30], [0.0, 1e-12, 0.0], order="one-loop")
    assert loop.order_error[0] < 0.2 < 1 < loop.order_error[1]
    assert loop.order_error[2] == np.inf
    assert loop.test[2] == np.inf
    with warnings.catch_warnings(action="error"):
        assert rf.predict(model, 30, 30, 1.0, order="one-loop").order_error < 0.05
    planar, ten = (
        rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 200 * s)), 20 * s, 50 * s).order_error
        for s in (1, 10)
    )
    # df2/df1 and the like differ by 1/size
    assert planar / ten == pytest.approx(10, rel=1 / 20, abs=0)


@pytest.mark.parametrize(
    ("N", "T"), [(20, 20), (20, 30), (30, 20), (25, 25), (15, 15), (np.inf, 20), (20, np.inf)]
)
@pytest.mark.parametrize("ridge", [0.0, 1e-300, 1e300, np.inf])
def test_no_nan_where_all_is_learned_or_nothing(N, T, ridge):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 20), sigma_eps=0.5)
    if np.isinf(ridge) and np.isinf(max(N, T)):
        return
    loop = one_loop(model, N, T, ridge)
    assert not any(np.isnan(getattr(loop, name)) for name in (*PARTS, "df1", "order_error"))


def test_optimal_ridge_and_infinite_sizes():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.1)
    best = one_loop(model, [20, 30], 50, "optimal")
    np.testing.assert_array_equal(best.ridge, rf.optimal_ridge(model, [20, 30], 50).ridge)
    around = one_loop(model, 30, 50, best.ridge[1] * np.array([0.9, 1.0, 1.1]))
    # planar and one-loop optimum differ by order 1/size
    assert around.test[1] / around.test.min() - 1 < 1e-3
    infinite = one_loop(model, np.inf, 50, "optimal")
    assert infinite.N == infinite.ridge == np.inf
    assert infinite.test == pytest.approx(
        float(one_loop(model, 1e12, 50, "optimal").test), rel=1e-9, abs=0
    )


def gaps(base, ridge, scales, draws):
    """(simulated - predicted)/planar at sizes s times the base, for planar theory and one loop, and
    standard errors.

    Ridge and label noise go with the size such that gamma M/(N T Delta) and noise over signal stay
    (alpha = 1).
    """
    found = []
    for s, count in zip(scales, draws, strict=True):
        N, T, M = (s * size for size in base)
        point = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.1 / s), N, T, ridge / s
        test, planar, loop = (
            rf.simulate(*point, draws=count, seed=5).test,
            rf.predict(*point).test,
            one_loop(*point).test,
        )
        found.append(
            [(test.mean - planar) / planar, (test.mean - loop) / planar, test.stderr / planar]
        )
    return np.array(found, dtype=float).T


BASES = [((5, 10, 20), 1e-2), ((11, 5, 20), 0.0), ((6, 6, 15), 0.1), ((10, 13, 5), 1e-2)]


def check_orders(base, ridge, scales, draws):
    scales = np.array(scales)
    planar, loop, error = gaps(base, ridge, scales, draws) * scales
    assert np.all(planar > 10 * error)  # there is a gap, ...
    last = planar[-1]
    # ... of relative order 1/size: constant up to what the next order leaves
    assert np.all(np.abs(planar - last) < 4 * error + 0.5 * last / scales)
    # the one-loop gap times size^2 is bounded by that at the smallest size, itself a fraction of
    # the planar one
    assert abs(loop[0]) < 0.5 * planar[0]
    assert np.all(
        np.abs(loop) * scales < 1.5 * abs(loop[0]) + 4 * error * scales + 0.05 * planar[0]
    )
    # nothing is left of relative order 1/size once 1/size^2 is extrapolated away, but for some
    # 1/size^3
    left, error = 2 * loop[-1] - loop[-2], np.hypot(2 * error[-1], error[-2])
    assert abs(left) < 4 * error + abs(loop[0]) / scales[-2] ** 2
    assert 4 * error < 0.22 * last  # the power: a one-loop term wrong by a quarter is found


@pytest.mark.parametrize(("base", "ridge"), BASES[:3])
def test_gaps_by_order(base, ridge):
    """Planar theory is off by order 1/size, one loop by 1/size^2; 10^5 draws at the least size."""
    check_orders(base, ridge, [1, 2, 4], [100_000, 50_000, 10_000])


@pytest.mark.slow
@pytest.mark.parametrize(("base", "ridge"), BASES)
def test_gaps_by_order_with_more_draws(base, ridge):
    check_orders(base, ridge, [1, 2, 4, 8], [400_000, 400_000, 100_000, 20_000])
