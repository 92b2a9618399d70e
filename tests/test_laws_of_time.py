"""The laws of training time: closed forms against 60 digits and each other, and the stated errors
against `predict` along the path of training.

Each is also held by step 20 of the derivations.
"""

import dataclasses
import warnings

import mpmath as mp
import numpy as np
import pytest
from test_stated_errors import called, hard_spectrum, inside

import rfscale as rf
from rfscale import asymptotics as closed
from rfscale.theory.asymptotics import flow_at_alpha_one, flow_one_resource

ROUNDING = 2e-9  # of `predict` in time where V is a small difference, and at late times


def power_law(alpha, M=10**18, noise=0.0, **options):
    """Losses are traces over M: the signal in units of sigma_w^2 lambda_+/(2M)."""
    sigmas = {"sigma_w": np.sqrt(2.0 * M), "sigma_eps": np.sqrt(2 * noise)}
    return rf.ScalingModel(rf.PowerLaw(alpha, M), **sigmas, **options)


def trained(model, N, T, tau):
    """Planar signal and noise at tau."""
    found = rf.predict(model, N, T, training=rf.GradientFlow(tau=tau))
    return found.signal, found.noise


# --- alpha = 1 ------------------------------------------------------------------------------------


def at_alpha_one(N, T, tau):
    """S and V from E and its integral K, (20.10) and (20.11), in 90 digits, as they stand."""
    with mp.workdps(90):
        N, T, tau = (mp.mpf(float(value)) for value in (N, T, tau))
        h = mp.pi / 2
        B = h / 2 * abs(1 / N - 1 / T)

        def E(t):
            return B * mp.erf(B * mp.sqrt(t)) + mp.exp(-(B**2) * t) / mp.sqrt(mp.pi * t)

        def K(t):
            y = B * mp.sqrt(t)
            last = mp.erf(y) / (2 * y) if y else 1 / mp.sqrt(mp.pi)
            return mp.sqrt(t) * (y * mp.erf(y) + mp.exp(-(y**2)) / mp.sqrt(mp.pi) + last)

        V = h / T * (2 * K(tau) - K(2 * tau))
        return h * (h / 2 * (1 / N + 1 / T) + E(2 * tau)) + h**2 / N * V, V


def test_alpha_one_loses_no_digits():
    """N near T, N = T, and y from 1e-15 to 1e5; each term is positive, of a few roundings."""
    rng = np.random.default_rng(20)
    for _ in range(300):
        N = 10 ** rng.uniform(0, 8)
        T = N * float(rng.choice([1.0, 1 + 10 ** rng.uniform(-15, 0), 10 ** rng.uniform(-6, 6)]))
        tau = N**2 * 10 ** rng.uniform(-12, 12)
        S, V = at_alpha_one(N, T, tau)
        assert float(flow_at_alpha_one.flow_signal(N, T, tau) / S - 1) == pytest.approx(
            0, abs=3e-15
        )
        assert float(flow_at_alpha_one.flow_noise(N, T, tau) / V - 1) == pytest.approx(0, abs=3e-15)


def test_infinite_sizes_are_limits():
    tau = np.array([1e3, 1e6])
    model = power_law(1.0, noise=1.0)
    for sizes, other in (((300, np.inf), (300, 1e13)), ((np.inf, 300), (1e13, 300))):
        # of relative order 300/1e13
        exact = closed.flow_alpha_one(model, *sizes, tau)
        near = closed.flow_alpha_one(model, *other, tau)
        np.testing.assert_allclose(exact, near, rtol=1e-10, atol=1e-10)
    both = closed.flow_alpha_one(model, np.inf, np.inf, tau)
    np.testing.assert_allclose(both[0], np.pi / 2 / np.sqrt(2 * np.pi * tau), rtol=1e-14)
    assert np.all(both[1] == 0)
    # the integrals over the spectrum, exact to 1e-13
    np.testing.assert_allclose(
        closed.population_flow(model, 300, tau),
        closed.flow_alpha_one(model, 300, np.inf, tau)[0],
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        closed.kernel_flow(model, 300, tau),
        closed.flow_alpha_one(model, np.inf, 300, tau),
        rtol=1e-12,
    )


def test_best_time_of_alpha_one():
    """A minimum of the closed form, known at N = T without noise."""
    rng = np.random.default_rng(21)
    for _ in range(60):
        N = 10 ** rng.uniform(2, 6)
        T = N * float(rng.choice([1.0, 1 + 10 ** rng.uniform(-8, 0), 10 ** rng.uniform(-3, 3)]))
        model = power_law(1.0, noise=float(rng.choice([0.0, 10 ** rng.uniform(-3, 0) / N])))
        tau, loss = closed.best_time_alpha_one(model, N, T)
        around = np.add(*closed.flow_alpha_one(model, N, T, tau * np.array([0.9, 1.0, 1.1])))
        assert around[1] == pytest.approx(loss, rel=1e-14, abs=0)
        # the curvature in log tau is of order 1: a tenth costs more than 1e-9
        assert around[0] > loss * (1 + 1e-9)
        assert around[2] > loss * (1 + 1e-9)
    tau, loss = closed.best_time_alpha_one(power_law(1.0), 1e6, 1e6)
    best = rf.optimal_ridge(power_law(1.0), 1e6, 1e6).prediction.test
    # 1/N and the search for the ridge
    assert tau / 1e12 == pytest.approx(1 / (np.pi**2 * (np.sqrt(2) - 1)), rel=1e-5, abs=0)
    assert loss / best == pytest.approx(0.5 + np.sqrt((8**0.5 - 2) / np.pi), rel=1e-6, abs=0)
    assert closed.best_time_alpha_one(power_law(1.0), 100, np.inf)[0] == np.inf
    assert closed.best_time_alpha_one(power_law(1.0), np.inf, 100)[0] == np.inf
    assert closed.best_time_alpha_one(power_law(1.0, noise=1e-3), np.inf, 100)[0] < 1e6


# --- infinitely many samples ----------------------------------------------------------------------


def series(alpha, x, terms=400):
    """N^alpha S at tau = x N^(1+alpha), by Lagrange's inversion (20.18)."""
    with mp.workdps(80):
        s = 1 / (1 + mp.mpf(alpha))
        c = mp.pi * s / mp.sin(mp.pi * s)
        u = c * (2 * mp.mpf(x)) ** s
        return mp.fsum(
            (-1) ** (k - 1) * mp.binomial(s * k - 2, k - 1) / k * u**k * mp.rgamma(s * k)
            for k in range(1, terms)
        ) / (2 * mp.mpf(x))


@pytest.mark.parametrize("alpha", [0.1, 0.5, 1.0, 2.5, 8.0])
def test_the_integral_is_the_series(alpha):
    for x in (1e-9, 1e-4, 0.02, 0.5):
        found = flow_one_resource.scaled_signal(alpha, np.array(x))
        assert float(found / series(alpha, x)) == pytest.approx(1, rel=1e-12, abs=0)


# --- stated errors --------------------------------------------------------------------------------


def hard_point(rng, alpha, infinite, largest=17):
    """A power law with label noise, N and T above 1 and below M, and a time from early to late."""
    model = power_law(alpha, int(10 ** rng.uniform(1.5, largest)), noise=1.0)
    n = 10 ** rng.uniform(0, np.log10(model.M) - 0.5)
    ratio = float(rng.choice(infinite or [1.0, 10 ** rng.uniform(0, 1), 10 ** rng.uniform(0, 3)]))
    sizes = (n, n * ratio) if rng.random() < 0.5 else (n * ratio, n)
    tau = n ** (1 + alpha) * 10 ** rng.uniform(-1.5 * (1 + alpha), 3)
    return model, sizes, max(tau, 10 ** rng.uniform(-1, 1.5))


def stated(signal_error, V, T, model):
    """Of signal and noise: `kernel_flow` says how the latter follows."""
    few = 0.0 if np.isinf(T) else 1 / (T * max(V, 1e-300))
    noise_error = 4 * (1 + 1 / model.spectrum.alpha) * (1 + few) * signal_error
    return signal_error, noise_error


def flow_error(model, N, T, tau, S):
    """As `population_flow` states it."""
    alpha, M, a = model.spectrum.alpha, float(model.M), 1 + model.spectrum.alpha
    N_, T_ = N + 0.5, T + 0.5
    late = tau * (1 if np.isinf(N) else N_ / N) * (1 if np.isinf(T) else T_ / T)
    s = 1 / a
    c = closed.power_law_constant(alpha) ** s
    n, x = min(N_, T_), min(N_, T_) / max(N_, T_)
    relaxed = np.inf
    if x < 1:
        root = np.sqrt((1 - s) ** 2 * (1 + x) ** 2 - 4 * (1 - 2 * s) * x)
        d = 2 / ((1 - s) * (1 + x) + root)
        relaxed = 1 / ((c / (n * d)) ** a * (d - 1) * (1 - d * x))
    cutoff = M**-alpha / alpha * (a / S + min(late, relaxed) * (1 / N_ + 1 / T_))
    place = (a * late / (2 * np.pi)) ** (1 / (a + 1))
    early = 6 * np.exp(-2 * np.pi * (1 + 1 / a) * np.sin(np.pi / (2 * a + 2)) * place)
    return cutoff + early + float(closed.discreteness_error(model.spectrum, min(N, T)))


def judged(formula, model, sizes, tau, extra=lambda S, V: (0.0, 0.0)):
    """Whether it was silent, as its stated error says; its losses are then inside of that."""
    (S, V), warned = called(formula, model, *sizes, tau)
    base = flow_error(model, *sizes, tau, float(S))
    noisy = np.array([1.0, bool(model.sigma_eps)])
    errors = noisy * np.add(stated(base, float(V), sizes[1], model), extra(S, V))
    said = (formula.__name__, model, sizes, tau, S, V, errors)
    # the twin of the error is a few roundings, or second derivatives, off
    assert (np.max(errors) > 0.099) if warned else (np.max(errors) < 0.101), said
    if not warned:
        for found, true, error in zip((S, V), trained(model, *sizes, tau), errors, strict=True):
            assert inside(found, true, error + ROUNDING) or found == true == 0, (said, true)
    return not warned


def test_the_error_of_alpha_one():
    rng = np.random.default_rng(22)
    points = [hard_point(rng, 1.0, None) for _ in range(150)]
    assert sum(judged(closed.flow_alpha_one, *point) for point in points) > 60


@pytest.mark.parametrize("formula", [closed.kernel_flow, closed.population_flow])
def test_the_error_with_one_resource(formula):
    rng = np.random.default_rng(23)
    features = formula is closed.population_flow

    def both(model, N, T, tau):
        if features:
            return formula(model, N, tau), 0.0
        return formula(model, T, tau)

    silent = 0
    for _ in range(150):
        alpha = 10 ** rng.uniform(-1.2, 0.9)
        model, sizes, tau = hard_point(rng, alpha, [np.inf])
        sizes = (min(sizes), np.inf) if features else (np.inf, min(sizes))
        model = dataclasses.replace(model, sigma_eps=2**0.5 * (not features))
        silent += judged(both, model, sizes, tau)
    assert silent > 50


def test_the_error_of_undertrained_loss():
    rng = np.random.default_rng(24)
    silent = 0
    for _ in range(200):
        alpha = 10 ** rng.uniform(-1.2, 0.9)
        model, sizes, tau = hard_point(rng, alpha, None)
        tau = max(10.0, tau / 1e3)
        s = 1 / (1 + alpha)
        shared = 1 / (sizes[0] + 0.5) + 1 / (sizes[1] + 0.5)
        later = tau * (1 + 0.5 / sizes[0]) * (1 + 0.5 / sizes[1])
        u = closed.power_law_constant(alpha) ** s * later**s * shared
        r = u * (1 - s) * 2**s * float(mp.gamma(s) / mp.gamma(2 * s))
        more = (0.75 * r**2 + 0.1 * u**2, 1.5 * u**2)
        silent += judged(closed.undertrained_loss, model, sizes, tau, lambda S, V, more=more: more)
    assert silent > 30


def test_the_error_of_a_source_condition():
    rng = np.random.default_rng(25)
    silent = 0
    for _ in range(240):
        alpha = 10 ** rng.uniform(-0.7, 0.5)
        model, (N, T), tau = hard_point(rng, alpha, None, largest=15)
        beta = rng.uniform(-0.8 * alpha, 2.0)
        model = dataclasses.replace(model, teacher=rf.SourceCondition(beta), sigma_eps=0.0)
        tau = max(10.0, tau / 1e4)
        (found, _), warned = called(closed.undertrained_loss, model, N, T, tau)
        if warned:
            continue
        s = 1 / (1 + alpha)
        u = closed.power_law_constant(alpha) ** s * tau**s * (1 / N + 1 / T)
        base = flow_error(model, N, T, tau, float(found))
        base += (1 + alpha) * model.M ** -(alpha + beta) / (alpha + beta) / found
        error = 2 * u * (2 + s * np.log(tau)) * tau ** (s * max(beta - 1, 0.0)) + base + ROUNDING
        assert inside(found, trained(model, N, T, tau)[0], error), (model, N, T, tau)
        silent += 1
    assert silent > 10


def test_the_error_of_plateau_approach():
    """As stated, with the terms of the law from two times: what is missing falls as it says."""
    rng = np.random.default_rng(26)
    silent = 0
    for _ in range(200):
        alpha = 10 ** rng.uniform(-1.2, 0.9)
        model, (N, T), _ = hard_point(rng, alpha, [10 ** rng.uniform(0.01, 3), np.inf])
        model = dataclasses.replace(model, sigma_eps=2**0.5 * rng.integers(2))
        late, slow, square, noise, plateau = of_the_edge(alpha, N + 0.5, T + 0.5)
        x = 10 ** rng.uniform(-0.3, 1.3)
        tau = x / late * (1 / (1 + 0.5 / N)) * (1 / (1 + 0.5 / T))
        by_law = np.exp(-x) / x**1.5
        first = 2 * slow * by_law
        second = square * np.exp(-2 * x) / (2 * x) ** 1.5
        either = np.isinf(max(N, T))
        signal = 3 / x * first + (3 / x if either else 2 + 1 / x) * second
        learned = 2 * noise * by_law / plateau * 3 / x if plateau else 0.0
        silent += judged(
            closed.plateau_approach,
            model,
            (N, T),
            tau,
            lambda S, V, more=(1.01 * signal, 1.01 * learned + 1e-9): more,
        )
    assert silent > 30


def of_the_edge(alpha, N, T):
    """sigma, and the amplitudes of (x^-3/2 e^-x) in the signal, in units of its plateau, of the
    square, and in the noise, with the plateau of the latter, by a numerical second derivative.
    """
    s = 1 / (1 + alpha)
    with mp.workdps(40):
        n, m = (mp.mpf(float(size)) for size in (min(N, T), max(N, T)))
        c = mp.mpf(closed.power_law_constant(alpha)) ** s

        def ridge(z):  # of log Delta, over N T
            d = c * mp.exp(-s * z)
            return mp.exp(z) * (1 - d / n) * (1 - d / m)

        rise = mp.mpf(0) if m == mp.inf else n / m
        root = mp.sqrt(((1 - s) * (1 + rise)) ** 2 - 4 * (1 - 2 * s) * rise)
        d = 2 * n / ((1 - s) * (1 + rise) + root)
        z = (1 + alpha) * mp.log(c / d)
        sigma = -ridge(z)
        # d of the eigenvalue sigma + y has the imaginary part s d sqrt(2 y/curvature)
        in_d = s * d * mp.sqrt(2 * sigma / mp.diff(ridge, z, 2)) / (2 * mp.sqrt(mp.pi))
        of_m = 0 if m == mp.inf else in_d * m / (m - d) ** 2
        of_T = of_m if N <= T else in_d * n / (n - d) ** 2
        signal = (1 - rise) * of_m if m < mp.inf else 0
        share = 0 if m == mp.inf else rise / (1 - rise)
        square = in_d * sigma * n / (n - d) ** 2 * n / (c ** (1 + alpha) * n**-alpha)
        plateau = share + (alpha if T < N else 0)
        return tuple(float(v) for v in (sigma, signal, square * (1 - rise), of_T, plateau))


def test_the_error_of_peak_growth():
    rng = np.random.default_rng(27)
    silent = 0
    for _ in range(200):
        spectrum = hard_spectrum(rng)
        model = rf.ScalingModel(spectrum, sigma_w=np.sqrt(2.0 * spectrum.M), sigma_eps=np.sqrt(2))
        N = int(rng.integers(1, spectrum.M))
        delta = float(rf.predict(model, N, np.inf).delta)
        z = 10 ** rng.uniform(0, 2)
        tau = (z * N / spectrum.moment(1, 1, delta)) ** 2 * spectrum.largest / delta
        (S, V), warned = called(closed.peak_growth, model, N, tau)
        assert (z < 2.01) if warned else (z > 1.99)  # 0.4/z^2 = 0.1
        if warned:
            continue
        true = trained(model, N, N, tau)
        assert inside(S, true[0], 0.2 / z**2 + ROUNDING), (model, N, tau)
        assert inside(1 + V, 1 + true[1], 0.4 / z**2 + ROUNDING), (model, N, tau)
        silent += 1
    assert silent > 50


@pytest.mark.parametrize("cost", ["N tau", "N T tau"])
def test_the_error_of_the_best_use_of_compute(cost):
    """Against the least of `predict` over N, within a factor of 2 of the best one."""
    rng = np.random.default_rng(28)
    silent = 0
    for _ in range(12):
        alpha = 10 ** rng.uniform(-0.7, 0.7)
        model = power_law(alpha, int(10 ** rng.uniform(3, 17)))
        x, _ = closed.compute_optimal_constants(alpha, cost)
        N = min(10 ** rng.uniform(1, 5), model.M / 10)
        compute = x * N ** (alpha + (2 if cost == "N tau" else 3))
        best, warned = called(closed.compute_optimal_time, model, compute, cost)
        stated = (2 + 2 * alpha) / best.N + 4 * float(closed.cutoff_error(model.spectrum, best.N))
        assert warned == (stated > 0.1)
        assert best.T == best.N or (cost == "N tau" and np.isinf(best.T))
        if warned:
            continue
        tried = best.N * 2 ** np.linspace(-1, 1, 33)
        T = np.inf if cost == "N tau" else tried
        tau = compute / tried / (1 if cost == "N tau" else tried)
        losses = trained(model, tried, T, tau)[0]
        # steps of 4 percent in N, half of which may be missed, cost 5e-4
        assert inside(best.signal, losses.min(), stated + 5e-4), (model, compute)
        assert 0 < np.argmin(losses) < 32
        silent += 1
    assert silent > 5


# From an independent program, to the digits that it gave.
KNOWN = {  # alpha: y, k of N tau; k of N T tau
    0.25: (0.040303, 4.83681, 6.0879),
    0.5: (0.047455, 2.66683, 3.8466),
    1.0: (0.038126, 1.54581, 2.7166),
    1.5: (0.025117, 1.15133, 2.3442),
    2.0: (0.015465, 0.940682, 2.1535),
    3.0: (0.0054278, 0.708494, 1.9365),
}


@pytest.mark.parametrize("alpha", KNOWN)
def test_known_constants_of_compute(alpha):
    """To the digits that are known."""
    y, k, k_full = KNOWN[alpha]
    found = closed.compute_optimal_constants(alpha)
    assert found == pytest.approx((y, k), rel=4e-5, abs=0)
    full = closed.compute_optimal_constants(alpha, "N T tau")
    assert full[1] == pytest.approx(k_full, rel=3e-5, abs=0)


def test_the_ends_of_alpha():
    """The constants vary smoothly up to both ends of the range."""
    for cost in ("N tau", "N T tau"):
        for first, last in ((0.01, 0.011), (18.0, 20.0)):
            x, k = closed.compute_optimal_constants(first, cost)
            x_2, k_2 = closed.compute_optimal_constants(last, cost)
            assert 0.7 < k / k_2 < 1.5
            assert 0.5 < x / x_2 < 50


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("tau", [0.0, -1.0, np.inf, np.nan, [], [1.0, 0.0], "late", None])
def test_bad_times(tau):
    model = power_law(1.0)
    for formula, sizes in (
        (closed.flow_alpha_one, (10, 20)),
        (closed.undertrained_loss, (10, 20)),
        (closed.plateau_approach, (10, 20)),
        (closed.population_flow, (10,)),
        (closed.kernel_flow, (10,)),
        (closed.peak_growth, (10,)),
    ):
        with pytest.raises(ValueError, match="tau"):
            formula(model, *sizes, tau)
    with pytest.raises(ValueError, match="compute"):
        closed.compute_optimal_time(model, tau)


def test_bad_models():
    for model in (rf.ScalingModel(rf.Eigenvalues([1.0, 0.5, 0.1])), 3):
        for call in (
            lambda m: closed.flow_alpha_one(m, 10, 20, 1e3),
            lambda m: closed.best_time_alpha_one(m, 10, 20),
            lambda m: closed.undertrained_loss(m, 10, 20, 1e3),
            lambda m: closed.plateau_approach(m, 10, 20, 1e3),
            lambda m: closed.population_flow(m, 10, 1e3),
            lambda m: closed.kernel_flow(m, 10, 1e3),
            lambda m: closed.compute_optimal_time(m, 1e3),
        ):
            with pytest.raises(ValueError, match="model must"):
                call(model)
    with pytest.raises(ValueError, match="alpha = 1"):
        closed.flow_alpha_one(power_law(2.0), 10, 20, 1e3)
    with pytest.raises(ValueError, match="N and T must differ"):
        closed.plateau_approach(power_law(2.0), 10, 10, 1e3)
    with pytest.raises(ValueError, match="N must be below M"):
        closed.peak_growth(power_law(2.0, 10), 10, 1e3)
    with pytest.raises(ValueError, match="beta > -alpha"):
        closed.undertrained_loss(power_law(1.0, teacher=rf.SourceCondition(-2.0)), 10, 20, 1e3)
    with pytest.raises(ValueError, match="isotropic"):
        closed.flow_alpha_one(power_law(1.0, teacher=rf.SourceCondition(0.5)), 10, 20, 1e3)
    for arguments, match in (
        ((1.0, "tau"), "cost"),
        ((0.0,), "alpha"),
        ((50.0,), "alpha must be in"),
    ):
        with pytest.raises(ValueError, match=match):
            closed.compute_optimal_constants(*arguments)


def test_arrays_broadcast():
    model = power_law(1.0, noise=0.1)
    tau = np.array([1e3, 1e4, 1e5])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for formula in (closed.flow_alpha_one, closed.undertrained_loss, closed.plateau_approach):
            signal, noise = formula(model, np.array([[30], [40]]), 300, tau)
            assert signal.shape == noise.shape == (2, 3)
            assert signal[1, 2] == pytest.approx(formula(model, 40, 300, 1e5)[0], rel=1e-14)
        assert closed.population_flow(model, np.array([[30], [np.inf]]), tau).shape == (2, 3)
        assert closed.compute_optimal_time(model, tau).N.shape == (3,)
