"""The closed forms against the exact solution: a table of their errors, the warning outside their
regimes.
"""

import warnings

import numpy as np
import pytest

import rfscale as rf
from rfscale import asymptotics as closed
from rfscale.theory.solution import solve

ALPHAS = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 20.0]
SIZES = [10, 100, 1000, 10_000]


def exact_delta(spectrum, n):
    model, n = rf.ScalingModel(spectrum), np.asarray(n, dtype=float)
    return spectrum.scale * np.exp(
        solve(model, n, np.full(n.shape, np.inf), np.zeros(n.shape)).log_delta
    )


def counts(M):
    return np.unique(
        [
            n
            for n in (1, 3, 10, 30, 0.1 * M, 0.3 * M, 0.5 * M, 0.9 * M, 0.99 * M, M - 1)
            if 1 <= n < M
        ]
    )


def measure(formula, spectrum, n):
    """Relative error, and whether the formula warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = formula(spectrum, n)
    assert all(issubclass(w.category, rf.RegimeWarning) for w in caught)
    return float(value / exact_delta(spectrum, n) - 1), bool(caught)


# The largest error inside the regime that each docstring states: its warning's limit, 10 percent or
# 1/3. The estimate is of first order, and its square may come on top.
FORMULAS = {
    closed.delta_power_law: 0.1,
    closed.delta_infinite_M: 0.1,
    closed.delta_finite_M: 0.1,
    closed.delta_scaling: 0.1,
    closed.delta_linear: 0.1,
    closed.delta_breakdown: 1 / 3,
    closed.delta_uniform: 1 / 3,
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_error_inside_the_regime_is_as_stated(formula):
    limit, inside, outside, worst = FORMULAS[formula], 0, 0, 0.0
    print(
        f"\n{formula.__name__}: relative error; * where it warns\n  alpha      M  "
        + "error at n = 1 ... M - 1"
    )
    for alpha in ALPHAS:
        for M in SIZES:
            cells = [(n, *measure(formula, rf.PowerLaw(alpha, M, scale=3.0), n)) for n in counts(M)]
            print(
                f"{alpha:7g} {M:6d}  " + "  ".join(f"{n:g}: {e:+.1e}{'*' * w}" for n, e, w in cells)
            )
            errors = [abs(e) for _, e, warned in cells if not warned]
            inside, outside = inside + len(errors), outside + len(cells) - len(errors)
            worst = max([worst, *errors])
    print(f"worst error inside the regime {worst:.3f}, of {inside} points; {outside} points warn")
    assert worst <= limit + limit**2
    assert min(inside, outside) > 5


# What the docstrings state, as functions of alpha, M, n and the two errors.
STATED = {
    closed.delta_power_law: lambda a, M, n, cutoff, discrete: (1 + a) / (2 * n) + cutoff,
    closed.delta_infinite_M: lambda a, M, n, cutoff, discrete: (
        cutoff * (1 + 0.5 / n) ** a + discrete
    ),
    closed.delta_finite_M: lambda a, M, n, cutoff, discrete: discrete,
    closed.delta_scaling: lambda a, M, n, cutoff, discrete: (2 + a) / (2 * n),
    closed.delta_linear: lambda a, M, n, cutoff, discrete: (
        (1 - n / M) * (2 + a) ** 2 / (3 + 2 * a) + (2 + a) / (2 * M)
    ),
}


@pytest.mark.parametrize("formula", STATED)
def test_stated_errors_hold_point_by_point(formula):
    for alpha in [*ALPHAS, 1.5]:
        for M in [*SIZES, 30]:
            spectrum = rf.PowerLaw(alpha, M)
            for n in [*counts(M), 5, 7]:
                error, warned = measure(formula, spectrum, n)
                errors = closed.cutoff_error(spectrum, n), closed.discreteness_error(spectrum, n)
                # rounding: 1e-13 in the search for the root
                assert (
                    warned or abs(error) < 1.25 * STATED[formula](alpha, M, n, *errors) + 1e-12
                ), (alpha, M, n)


def test_the_regime_is_not_needlessly_small():
    """Most points that are accurate to a tenth of the limit do not warn."""
    for formula, limit in FORMULAS.items():
        warned = [
            w
            for alpha in ALPHAS
            for M in SIZES
            for n in counts(M)
            for e, w in [measure(formula, rf.PowerLaw(alpha, M), n)]
            if abs(e) < limit / 10
        ]
        assert np.mean(warned) < 0.35, formula.__name__


def test_breakdown_table_of_the_theory():
    """Known answers: the talk's form over the exact one, M = 1000, n/M = .1, .5, .9, .99."""
    table = {
        0.25: [1.93, 4.00, 15.1, 86],
        0.5: [1.30, 2.01, 4.73, 15],
        1.0: [0.991, 0.910, 0.840, 0.825],
        2.0: [0.829, 0.323, 0.048, 0.0045],
    }
    n = np.array([100, 500, 900, 990])
    for alpha, row in table.items():
        spectrum = rf.PowerLaw(alpha, 1000)
        with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
            ratio = closed.delta_breakdown(spectrum, n) / exact_delta(spectrum, n)
            uniform = closed.delta_uniform(spectrum, n) / exact_delta(spectrum, n)
        # printed to two or three digits: half a unit of the last
        np.testing.assert_allclose(ratio, row, rtol=0.02)
        assert np.all((uniform > 0.68) & (uniform < 1.16))


def test_scaling_function_at_alpha_one_is_an_arctangent():
    tau = closed.scaling_function(1.0, [0.01, 0.5, 0.99, 1 - 1e-6])
    np.testing.assert_allclose(
        np.arctan(np.sqrt(tau)) / np.sqrt(tau), [0.01, 0.5, 0.99, 1 - 1e-6], rtol=1e-12
    )


@pytest.mark.parametrize(("alpha", "nu"), [(1.0, 1e-150), (20.0, 1e-14), (5.0, 1e-40)])
def test_scaling_function_of_a_small_argument_is_the_pure_power_law(alpha, nu):
    """tau = C nu^-(1+alpha) to relative order nu^alpha."""
    power = closed.power_law_constant(alpha) * nu ** -(1 + alpha)
    first_order = (1 + alpha) / (alpha * closed.power_law_constant(alpha)) * nu**alpha
    assert closed.scaling_function(alpha, nu) == pytest.approx(
        power / (1 + first_order), rel=first_order**2 + 1e-11, abs=0
    )


def test_power_law_constant():
    assert closed.power_law_constant(1.0) == pytest.approx((np.pi / 2) ** 2, rel=1e-15, abs=0)
    # 1/alpha as alpha -> 0
    assert closed.power_law_constant(1e-3) == pytest.approx(1e3, rel=0.01, abs=0)
    assert closed.power_law_constant(1e6) == pytest.approx(1.0, rel=1e-5, abs=0)


@pytest.mark.parametrize("alpha", [0.25, 0.5, 1.0, 2.0])
def test_discreteness_error_is_all_that_the_hypergeometric_law_misses(alpha):
    for n in (3, 10, 30, 95):
        spectrum = rf.PowerLaw(alpha, 100)
        error, _ = measure(closed.delta_finite_M, spectrum, n)
        assert abs(error) < 1.1 * closed.discreteness_error(spectrum, np.float64(n))


@pytest.mark.parametrize(("alpha", "n"), [(0.05, 30), (0.1, 10), (0.25, 3), (0.8, 10), (3.0, 4)])
def test_discreteness_error_is_not_much_larger_either(alpha, n):
    """There is no pole for alpha < 1: its term would be several times to hundreds of times what is
    missed.
    """
    spectrum = rf.PowerLaw(alpha, 10_000)
    error, _ = measure(closed.delta_finite_M, spectrum, n)
    assert abs(error) > 0.2 * closed.discreteness_error(spectrum, np.float64(n))


def test_ridgeless_is_the_planar_theory_without_ridge():
    model = rf.ScalingModel(rf.PowerLaw(0.7, 40), sigma_w=1.3, sigma_eps=0.4)
    N, T = np.meshgrid([3, 10, 39.5, 40, 60, np.inf], [3, 10, 30, 40, 50, np.inf])
    signal, noise = closed.ridgeless(model, N, T)
    p = rf.predict(model, N, T)
    np.testing.assert_allclose(signal, p.signal, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(noise, p.noise, rtol=1e-12, atol=1e-300)


def test_finite_size_forms_of_the_theory():
    """Known answers: the four ratios to the planar signal that simulation confirmed."""
    for (M, N, T, alpha), ratio in {
        (400, 10, 20, 1.0): 1.1013,
        (400, 10, 40, 0.5): 1.0303,
        (400, 40, 10, 2.0): 1.0999,
        (300, 20, 30, 1.0): 1.0997,
    }.items():
        model = rf.ScalingModel(rf.PowerLaw(alpha, M))
        found = closed.ridgeless_finite_size_signal(model, N, T) / closed.ridgeless(model, N, T)[0]
        assert found == pytest.approx(ratio, abs=6e-5)


# From inside the regimes to far outside: (alpha, M, N, T, ridge).
POINTS = [
    (a, 1000, *p)
    for a in (0.5, 1.0, 2.0)
    for p in ((30, 3000, 0.0), (100, 400, 0.0), (300, 400, 0.0), (400, 30, 0.0))
]
PEAKS = [(1.0, 1000, N, N, ridge) for N in (30, 300) for ridge in (1e-14, 1e-9, 1e-5, 1e-2)]


def _plateau(model, N, T, ridge):
    formula = closed.plateau_features if N < T else closed.plateau_data
    sizes = (N, T) if N < T else (T, N)
    return formula(model, *sizes), rf.predict(model, N, T).test, max(N, T) / abs(N - T) - 1


def _peak(model, N, T, ridge):
    delta = exact_delta(model.spectrum, float(N))
    h = np.sqrt(ridge * model.M / delta)
    return (
        closed.peak(model, N, ridge),
        rf.predict(model, N, T, ridge).signal,
        h / model.spectrum.moment(1, 1, delta),
    )


def _ridgeless(model, N, T, ridge):
    return closed.ridgeless(model, N, T)[0], rf.predict(model, N, T).signal, 1e-12


@pytest.mark.parametrize(
    ("form", "points"), [(_plateau, POINTS), (_peak, PEAKS), (_ridgeless, POINTS)]
)
def test_table_of_the_errors_of_the_ridgeless_forms(form, points):
    print(f"\n{form.__name__}: alpha, M, N, T, ridge: error, stated; * where it warns")
    warned = []
    for alpha, M, N, T, ridge in points:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found, exact, stated = form(rf.ScalingModel(rf.PowerLaw(alpha, M)), N, T, ridge)
        error = exact / found - 1
        star = "*" * bool(caught)
        print(f"{alpha:5g} {M} {N:5g} {T:5g} {ridge:7g}: {error:+.2e}, {stated:.2e}{star}")
        warned.append(bool(caught))
        assert caught or abs(error) <= 1.1 * stated  # first order, stated <= 10 percent
        assert bool(caught) == (stated > 0.1)
    assert form is _ridgeless or 0 < sum(warned) < len(warned)


def test_finite_size_forms_approach_the_planar_ones():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10_000), sigma_eps=0.2)
    for N, T in [(200, 600), (600, 200)]:
        signal = (
            closed.ridgeless_finite_size_signal(model, N, T) / closed.ridgeless(model, N, T)[0] - 1
        )
        assert 0 < signal < 3 / 200  # of order 1/200
    noise = closed.ridgeless_finite_size_noise(model, [200, np.inf, 300], [600, 30_000, np.inf])
    np.testing.assert_allclose(noise, 0.02 * np.array([200 / 399, 10_000 / 19_999, 0]), rtol=1e-14)
    few_samples = (
        closed.ridgeless_finite_size_noise(model, 600, 200) / closed.ridgeless(model, 600, 200)[1]
        - 1
    )
    assert 0 < few_samples < 3 / 200


def test_finite_size_forms_diverge_where_the_mean_does_not_exist():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100), sigma_eps=0.2)
    assert closed.ridgeless_finite_size_signal(model, 20, 21) == np.inf
    assert closed.ridgeless_finite_size_noise(model, [20, 21], [21, 20]).tolist() == [np.inf] * 2
    assert np.isfinite(closed.ridgeless_finite_size_noise(model, [20, 22], [22, 20])).all()
    assert closed.ridgeless_finite_size_signal(model, 200, 150) == 0


def test_plateaus_are_the_limits_and_warn_away_from_them():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=0.1)
    clean = rf.ScalingModel(rf.PowerLaw(1.0, 300))
    assert closed.plateau_features(model, 50) == pytest.approx(
        rf.predict(model, 50, np.inf).test, rel=1e-14, abs=0
    )
    assert closed.plateau_data(model, 50) == pytest.approx(
        rf.predict(model, np.inf, 50).test, rel=1e-14, abs=0
    )
    assert closed.plateau_features(model, 300) == 0
    # at T = 20 N the loss is 1/(1 - 1/20) times the plateau, as stated
    assert rf.predict(clean, 50, 1000).test == pytest.approx(
        closed.plateau_features(clean, 50, T=1000) * 20 / 19
    )
    with pytest.warns(
        rf.RegimeWarning, match=r"plateau_features holds for N << T; here its error is about 50%"
    ):
        closed.plateau_features(clean, 50, T=150)
    with pytest.warns(rf.RegimeWarning):  # with noise the signal's factor is not all
        closed.plateau_data(rf.ScalingModel(rf.PowerLaw(0.5, 500), sigma_eps=0.3), 20, N=250)
    with pytest.warns(rf.RegimeWarning, match="more than 100%"):
        closed.plateau_data(model, 50, N=50)


def test_noise_floor_of_the_data_plateau():
    """Ridgeless, T << N, M -> infinity: sigma_eps^2 alpha/2."""
    for alpha in (0.5, 1.0, 2.0):
        model = rf.ScalingModel(rf.PowerLaw(alpha, 30_000), sigma_w=0.0, sigma_eps=1.0)
        # as that of Delta
        correction = closed.cutoff_error(model.spectrum, 100) + (1 + alpha) / (2 * 100)
        assert closed.plateau_data(model, 100) == pytest.approx(
            alpha / 2, rel=float(correction), abs=0
        )


def test_peak_height():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 1000), sigma_u=0.5)
    for ridge in (1e-10, 1e-12, 1e-14):
        found = rf.predict(model, 100, 100, ridge).signal / closed.peak(model, 100, ridge) - 1
        delta = exact_delta(model.spectrum, 100.0)
        stated = np.sqrt(ridge * 1000 / 0.5**2 / delta) / model.spectrum.moment(1, 1, delta)
        assert abs(found - stated) < stated**2  # of first order, its square is next
    with pytest.warns(rf.RegimeWarning):
        closed.peak(model, 100, 1e-2)
    with pytest.raises(ValueError, match=r"^N must be below M"):
        closed.peak(model, 1000, 1e-10)
    with pytest.raises(ValueError, match=r"^ridge must be finite and > 0, got 0"):
        closed.peak(model, 100, 0.0)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_optimal_ridge_closed_form_has_the_stated_error(alpha):
    model = rf.ScalingModel(rf.PowerLaw(alpha, 20_000))
    for N, T in [(100, 100), (100, 1000), (3000, 300), (300, 1e6), (1e5, 200)]:
        with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
            ridge, test = closed.optimal_ridge_power_law(model, N, T)
        best = rf.optimal_ridge(model, N, T)
        df1 = best.prediction.df1
        discrete, cutoff = (1 + alpha) / (2 * df1), closed.cutoff_error(model.spectrum, df1)
        found = (test / best.prediction.test - 1, ridge / best.ridge - 1)
        print(f"alpha {alpha} N {N} T {T}: error of the loss {found[0]:+.4f},", end=" ")
        print(f"of the ridge {found[1]:+.4f}")
        print(f"    stated {1.25 * discrete + 2 * cutoff:.4f}, {2 * discrete + 7 * cutoff:.4f}")
        assert abs(test / best.prediction.test - 1) < 1.25 * discrete + 2 * cutoff
        assert abs(ridge / best.ridge - 1) < 2 * discrete + 7 * cutoff


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s: closed.delta_uniform(s, 10), r"^n must be in \[1, M = 10\), got 10"),
        (lambda s: closed.delta_uniform(s, 0), r"^n must be > 0"),
        (lambda s: closed.delta_finite_M(s, 0.5), r"^n must be in \[1, M = 10\), got 0.5"),
        (
            lambda s: closed.delta_finite_M(rf.Eigenvalues([1.0]), 0.5),
            r"^spectrum must be a PowerLaw",
        ),
        (lambda s: closed.scaling_function(1.0, 1.0), r"^nu must be in \(0, 1\), got 1"),
        (
            lambda s: closed.scaling_function(-2.0, 0.5),
            r"^alpha must be a finite number > 0, got -2.0",
        ),
        (lambda s: closed.uniform_error(rf.Eigenvalues([1.0]), 5), r"^spectrum must be a PowerLaw"),
        (lambda s: closed.power_law_constant(0), r"^alpha must be a finite number > 0, got 0"),
    ],
)
def test_bad_input(call, said):
    with pytest.raises(ValueError, match=said):
        call(rf.PowerLaw(1.0, 10))
