"""Every closed form on hard inputs: the true error is inside the stated one, or it warns.

Spectra with few equal eigenvalues above a negligible rest, two plateaus, spikes and power laws from
flat to steep; sizes from 1 to M - 1. A function that is added to `rfscale.asymptotics` has to be
added here.
"""

import itertools
import warnings

import mpmath as mp
import numpy as np
import pytest

import rfscale as rf
from rfscale import asymptotics as closed

ROUNDING = 1e-10  # of the search for a root, and of sums


def called(formula, *arguments):
    """The value, and whether it warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = formula(*arguments)
    assert all(issubclass(w.category, rf.RegimeWarning) for w in caught)
    return value, bool(caught)


def inside(found, true, stated):
    """Whether the relative error is at most as stated, beside rounding."""
    found, true = np.broadcast_arrays(found, true)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(found == true, 0.0, np.abs(found / true - 1))
    return bool(np.all(error <= stated + ROUNDING))


def hard_spectrum(rng):
    """Few equal eigenvalues, two plateaus, spikes above a power law, or a power law."""
    few = int(rng.integers(1, 9))
    rest = int(rng.integers(2, 40))
    small = 10 ** rng.uniform(-6, -0.5)
    kind = rng.integers(4)
    if kind == 0:
        return rf.Eigenvalues([1.0] * few + [small] * rest)
    if kind == 1:
        return rf.Eigenvalues([1.0] * (4 * few) + [small] * rest)
    if kind == 2:
        spikes = 10 ** rng.uniform(1, 4, few)
        return rf.Eigenvalues([*spikes, *np.arange(1.0, rest + 1) ** -rng.uniform(0, 2)])
    return rf.PowerLaw(10 ** rng.uniform(-1, 1), few + rest)


def hard_power_law(rng):
    """A power law of any steepness and length, and n from 1 to M - 1, both ends well covered."""
    while True:
        spectrum = rf.PowerLaw(10 ** rng.uniform(-1.7, 1.5), int(10 ** rng.uniform(0.4, 15.5)))
        M = spectrum.M
        near = int(10 ** rng.uniform(0, np.log10(M)))
        n = float(rng.choice([near, M - near, M * rng.uniform(0.01, 0.99), rng.uniform(1, 30)]))
        if 1 <= n < M:
            delta = float(rf.predict(rf.ScalingModel(spectrum), n, np.inf).delta)
            if delta > 1e-290:  # else of few digits
                return spectrum, n, delta


# --- the resolution of a power law ----------------------------------------------------------------


def errors_of(spectrum, n):
    """(1+alpha)/n, and the errors that have functions of their own."""
    return (
        (1 + spectrum.alpha) / n,
        float(closed.cutoff_error(spectrum, n)),
        float(closed.discreteness_error(spectrum, n)),
        float(closed.uniform_error(spectrum, n)),
    )


def of_breakdown(spectrum, n):
    nu = n / spectrum.M
    return abs((1 - nu) ** spectrum.alpha / (1 - nu**spectrum.alpha) - 1)


def of_linear(spectrum, n):
    alpha = spectrum.alpha
    return (1 - n / spectrum.M) * (2 + alpha) ** 2 / (3 + 2 * alpha)


# As the docstrings state them.
DELTAS = {
    closed.delta_power_law: lambda s, n, first, cut, discrete, uniform: first / 2 + cut,
    closed.delta_infinite_M: lambda s, n, first, cut, discrete, uniform: (
        closed.cutoff_error(s, n + 0.5) + discrete
    ),
    closed.delta_finite_M: lambda s, n, first, cut, discrete, uniform: discrete,
    closed.delta_scaling: lambda s, n, first, cut, discrete, uniform: (2 + s.alpha) / (2 * n),
    closed.delta_linear: lambda s, n, first, cut, discrete, uniform: (
        of_linear(s, n) + (2 + s.alpha) / (2 * s.M)
    ),
    closed.delta_breakdown: lambda s, n, first, cut, discrete, uniform: (
        of_breakdown(s, n) + uniform
    ),
    closed.delta_uniform: lambda s, n, first, cut, discrete, uniform: uniform,
}


@pytest.fixture(scope="module")
def power_laws():
    rng = np.random.default_rng(17)
    return [hard_power_law(rng) for _ in range(500)]


@pytest.mark.parametrize("formula", DELTAS, ids=lambda formula: formula.__name__)
def test_of_the_resolution(formula, power_laws):
    silent = 0
    for spectrum, n, delta in power_laws:
        found, warned = called(formula, spectrum, n)
        stated = 1.25 * DELTAS[formula](spectrum, n, *errors_of(spectrum, n))
        assert warned or inside(found, delta, stated), (spectrum, n)
        silent += not warned
    assert silent > 50


@pytest.mark.parametrize("left", [1, 2, 7])
def test_near_M_no_digits_are_lost(left):
    """Delta = (M - n)(2 + alpha) lambda_+ M^-(2+alpha), to relative order (M - n)/M and 1/M."""
    M = 10**15
    spectrum = rf.PowerLaw(1.0, M)
    for formula in (closed.delta_finite_M, closed.delta_scaling, closed.delta_linear):
        assert inside(formula(spectrum, M - left), 3.0 * left * 1e-45, 0.0)
    # what the ratio of the talk's form is there: 4.8 percent less than 1 in front
    assert inside(closed.delta_uniform(spectrum, M - left), np.pi**2 / 4 * left * 1e-45, 0.0)


def test_of_the_scaling_function():
    rng = np.random.default_rng(1)
    with mp.workdps(30):
        for _ in range(100):
            alpha = 10 ** rng.uniform(-1.5, 1.0)
            nu = float(rng.choice([rng.uniform(0, 1), 1 - 10 ** rng.uniform(-12, -1)]))
            tau = mp.mpf(float(closed.scaling_function(alpha, nu)))
            s = 1 / (1 + mp.mpf(alpha))
            left = 1 - mp.hyp2f1(1, s, 1 + s, -tau)
            assert abs(left / (1 - mp.mpf(nu)) - 1) < ROUNDING, (alpha, nu)


def test_of_the_constant():
    for alpha in (1e-6, 0.3, 1.0, 7.0, 1e6):
        with mp.workdps(30):
            c = mp.pi / (1 + mp.mpf(alpha)) / mp.sin(mp.pi / (1 + mp.mpf(alpha)))
            assert inside(closed.power_law_constant(alpha), float(c ** (1 + mp.mpf(alpha))), 0.0)


def test_of_the_optimal_ridge():
    rng = np.random.default_rng(12)
    silent = 0
    for _ in range(500):
        alpha = 10 ** rng.uniform(-1, 1.35)
        model = rf.ScalingModel(rf.PowerLaw(alpha, int(10 ** rng.uniform(1, 15))))
        N = 10 ** rng.uniform(0, np.log10(model.M) + 0.5)
        T = N * float(rng.choice([1.0, 10 ** rng.uniform(-2, 2)]))
        (ridge, test), warned = called(closed.optimal_ridge_power_law, model, N, T)
        if warned or test < 1e-290:
            continue
        kappa = 2 / (alpha * (1 + alpha))
        a = 2 * N * T / (N + T + np.sqrt((N - T) ** 2 + 4 * kappa * N * T))
        discrete, cutoff = (1 + alpha) / (2 * a), float(closed.cutoff_error(model.spectrum, a))
        best = rf.optimal_ridge(model, N, T)
        assert inside(test, best.prediction.test, 1.25 * discrete + 2 * cutoff), (model, N, T)
        # the search for the optimum knows it to 1e-7
        assert inside(ridge, best.ridge, 2 * discrete + 7 * cutoff + 1e-7), (model, N, T)
        silent += 1
    assert silent > 100


# --- a source condition ---------------------------------------------------------------------------


def hard_phase(rng):
    """A phase and sizes in it or at its edges, near the crossings beta = 1 and 2 + alpha too."""
    alpha = 10 ** rng.uniform(-0.7, 0.6)
    beta = rng.choice([rng.uniform(-alpha, 4 + alpha), rng.normal(1, 0.2), rng.normal(alpha, 0.2)])
    beta = max(beta + 2 if abs(beta - alpha) < 0.6 else beta, -0.95 * alpha)
    options = {
        "best_ridge": bool(rng.integers(2)),
        "noise": float(rng.choice([0.0, 10 ** rng.uniform(-3, 1)])),
        "M": int(10 ** rng.uniform(4, 18)),
    }
    phases = closed.source_phases(alpha, beta, **options)
    i = int(rng.integers(len(phases)))
    ends = [*(phase.above for phase in phases), phases[-1].above + 1.5]
    T = 10 ** rng.uniform(2, 8)
    N = T ** rng.uniform(ends[i] - 0.05, ends[i + 1] + 0.05)
    return alpha, beta, options, phases[i], N, T


def loss_of_source(alpha, beta, N, T, best_ridge, noise, M):
    """In units of sigma_w^2 lambda_+/(2M)."""
    model = rf.ScalingModel(
        rf.PowerLaw(alpha, M),
        sigma_w=np.sqrt(2 * M),
        sigma_eps=np.sqrt(2 * noise),
        teacher=rf.SourceCondition(beta),
    )
    if best_ridge:
        return float(rf.optimal_ridge(model, N, T).prediction.test)
    return float(rf.predict(model, N, T).test)


def test_of_the_phases_of_a_source_condition():
    rng = np.random.default_rng(1520)
    silent = []
    for _ in range(800):
        alpha, beta, options, phase, N, T = hard_phase(rng)
        if not 5 < N < 1e16:
            continue
        stated = float(phase.error(N, T))
        found, warned = called(phase.loss, N, T)
        assert warned == (stated > 0.1)
        if not warned:
            true = loss_of_source(alpha, beta, N, T, **options)
            assert inside(found, true, stated), (alpha, beta, options, phase, N, T)
            silent.append(stated / max(abs(found / true - 1), ROUNDING))
    assert len(silent) > 150
    # where half of the points are, it is no more than three times too large
    assert np.median(silent) < 3


def test_of_the_exponent_of_a_budget():
    """The local exponent of the least loss, without ridge: stated to 10 percent, or it warns."""
    shares = np.linspace(0.02, 0.98, 961)
    rng = np.random.default_rng(1531)
    silent = 0
    for _ in range(60):
        alpha = 10 ** rng.uniform(-0.5, 0.5)
        beta = rng.uniform(-0.9 * alpha, 4 + alpha)
        noise = float(rng.choice([0.0, 10 ** rng.uniform(-2, 1)]))
        budget = 10 ** rng.uniform(5, 16)
        options = {"noise": noise, "M": 10**18, "budget": budget}
        exponents, warned = called(
            lambda alpha, beta, options: closed.source_compute_optimal(alpha, beta, **options),
            alpha,
            beta,
            options,
        )
        if warned:
            continue
        model = rf.ScalingModel(
            rf.PowerLaw(alpha, 10**18),
            sigma_w=1e9,
            sigma_eps=np.sqrt(2 * noise),
            teacher=rf.SourceCondition(beta),
        )
        least = [
            rf.predict(model, whole**shares, whole ** (1 - shares)).test.min()
            for whole in (budget, 10 * budget)
        ]
        # the minimum of a grid in shares of 0.001 is known to (0.0005 log budget)^2 = 3e-4
        assert inside(exponents[1], np.log10(least[0] / least[1]), 0.1 + 1e-3), (
            alpha,
            beta,
            options,
        )
        silent += 1
    assert silent > 10


# --- without ridge, any spectrum ------------------------------------------------------------------


def hard_points(seed, count):
    """Models with and without label noise, N and T."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        spectrum = hard_spectrum(rng)
        noise = float(rng.choice([0.0, 1e-3, 0.1, 1.0]))
        N = int(rng.integers(1, 2 * spectrum.M))
        yield rf.ScalingModel(spectrum, sigma_eps=noise), N, int(10 ** rng.uniform(0, 4))


def test_of_the_planar_limit():
    for model, N, T in hard_points(1, 300):
        planar = rf.predict(model, N, T)
        for found, true in zip(
            closed.ridgeless(model, N, T), (planar.signal, planar.noise), strict=True
        ):
            assert inside(found, true, 0.0), (model, N, T)


def test_of_the_plateaus():
    silent = 0
    for model, N, T in hard_points(2, 500):
        true = rf.predict(model, N, T).test
        for formula, sizes in ((closed.plateau_features, (N, T)), (closed.plateau_data, (T, N))):
            plateau, warned = called(formula, model, *sizes)
            # the loss in units of the plateau, 10 percent of which is where it warns
            assert warned or inside(true, plateau, 0.1), (formula.__name__, model, N, T)
            silent += not warned
    assert silent > 200


def test_a_plateau_that_is_above_the_loss_warns():
    """With label noise and N << T, the plateau of T samples is far above the loss."""
    model = rf.ScalingModel(rf.Eigenvalues([1.0] * 4 + [1e-4] * 40), sigma_eps=0.1)
    assert rf.predict(model, 8, 474).test < closed.plateau_data(model, 30) / 4
    with pytest.warns(rf.RegimeWarning, match=r"T << N; here its error is about \d\d%"):
        closed.plateau_data(model, 30, N=8)


def test_of_the_peak():
    rng = np.random.default_rng(3)
    silent = 0
    for model, N, _ in hard_points(4, 400):
        if model.M <= N:
            continue
        ridge = 10 ** rng.uniform(-14, 0)
        found, warned = called(closed.peak, model, N, ridge)
        delta = float(rf.predict(model, N, np.inf).delta)
        stated = np.sqrt(ridge * model.M / delta) / model.spectrum.moment(1, 1, delta)
        true = rf.predict(model, N, N, ridge).signal
        # of first order, at most 0.1; in float64 the peak knows N - df1 to 1e-7 of h
        assert warned or inside(true, found, 1.1 * stated + 1e-7), (model, N, ridge)
        silent += not warned
    assert silent > 50


# --- at finite size, by simulation ----------------------------------------------------------------


def means(rng, lam, n, draws):
    """Means and standard errors over x (M, n) of tr (1 - Pi) Lambda, of tr x^+T x^+ Lambda, and of
    the first times tr (x^T x)^-1: what (7.17) and (7.25) leave to be averaged.
    """
    scale = np.sqrt(lam)[:, None]
    Q, R = np.linalg.qr(scale * rng.standard_normal((draws, lam.size, n)), mode="complete")
    inverse = np.linalg.inv(R[:, :n])
    left = np.sum((scale * Q[:, :, n:]) ** 2, axis=(1, 2))
    learned = np.sum((scale * (Q[:, :, :n] @ inverse.transpose(0, 2, 1))) ** 2, axis=(1, 2))
    drawn = np.stack([left, learned, left * np.sum(inverse**2, axis=(1, 2))])
    return drawn.mean(1), drawn.std(1, ddof=1) / np.sqrt(draws)


# (few, rest): spectra and n of which the first order is small by cancellation or large
SMALL = [
    (np.repeat([1.0, 1e-3], [4, 7]), (1, 3, 4, 5, 6)),
    (np.repeat([1.0, 1e-2], [8, 12]), (6, 8, 12, 15)),
    (np.repeat([1.0, 0.1], [10, 10]), (3, 10, 15, 17)),
    (np.repeat([1.0, 1e-2, 1e-4], [4, 4, 8]), (4, 8, 11)),
    (np.concatenate([[1e3, 30.0], np.ones(20)]), (2, 3, 8, 12, 17)),
    (np.arange(1.0, 21) ** -3, (1, 2, 8, 12, 15)),
    (np.arange(1.0, 41) ** -1.3, (1, 4, 20, 30, 36)),
    (np.ones(24), (2, 12, 18, 21)),
]


@pytest.mark.parametrize("lam", [lam for lam, _ in SMALL], ids=range(len(SMALL)))
def test_of_finite_sizes(lam):
    rng = np.random.default_rng(725)
    sizes = next(sizes for spectrum, sizes in SMALL if spectrum is lam)
    model = rf.ScalingModel(rf.Eigenvalues(lam), sigma_w=np.sqrt(2 * lam.size), sigma_eps=2**0.5)
    of_draws = {n: means(rng, lam, n, 3000) for n in sizes}
    for n, apart in itertools.product(sizes, (2, 3, 13, np.inf)):
        m = n + apart
        (left, learned, product), errors = of_draws[n]
        by_features = 0.0 if np.isinf(m) else 1 / (m - n - 1)
        factor = 1.0 if np.isinf(m) else (m - 1) * by_features
        delta = float(rf.predict(model, n, np.inf).delta)
        df2 = model.spectrum.df(2, delta)
        second = df2 / (n * (n - df2) ** 2)
        for formula, true, stderr, stated in (
            (closed.ridgeless_finite_size_signal, factor * left, factor * errors[0], second),
            (
                closed.ridgeless_finite_size_noise,
                learned + product * by_features,
                errors[1] + errors[2] * by_features,
                1.25 * second,
            ),
        ):
            found, warned = called(formula, model, m, n)
            said = (formula.__name__, n, m, found, true, stderr, stated)
            assert warned == (stated > 0.1), said
            assert warned or inside(true, found, stated + 4 * stderr / true), said
            if formula is closed.ridgeless_finite_size_signal:
                assert called(formula, model, n, m) == (found, warned)


def test_a_sum_that_cancels_does_not_hide_the_error():
    """The noise of 4 samples is 9.32 +- 0.03 in simulation, 17 features, which is far off."""
    model = rf.ScalingModel(rf.Eigenvalues([1.0] * 4 + [1e-3] * 7), sigma_eps=1.0)
    with pytest.warns(rf.RegimeWarning, match=r"T - df2 >> 1; here its error is more than 100%"):
        assert closed.ridgeless_finite_size_noise(model, 17, 4) == pytest.approx(6.82, abs=0.01)
    steep = rf.ScalingModel(rf.PowerLaw(2.0, 20), sigma_eps=1.0)
    for formula in (closed.ridgeless_finite_size_noise, closed.ridgeless_finite_size_signal):
        with pytest.warns(rf.RegimeWarning):
            formula(steep, 20, 1)


# --- all of them ----------------------------------------------------------------------------------

TESTED = {
    *(formula.__name__ for formula in DELTAS),
    *("cutoff_error", "discreteness_error", "uniform_error"),  # which those state
    *("scaling_function", "power_law_constant", "optimal_ridge_power_law"),
    *("ridgeless", "plateau_features", "plateau_data", "peak"),
    *("ridgeless_finite_size_signal", "ridgeless_finite_size_noise"),
    *("source_phases", "source_compute_optimal"),
    "loss_exponents",  # limits: test_phases.py
    *("flow_alpha_one", "best_time_alpha_one", "population_flow", "kernel_flow"),
    *("undertrained_loss", "plateau_approach", "peak_growth", "compute_optimal_time"),
    "compute_optimal_constants",  # and those before: test_laws_of_time.py
    *("sgd_power_law", "best_sgd_step"),  # test_sgd.py
}


def test_no_closed_form_is_left_out():
    assert set(closed.__all__) == TESTED
