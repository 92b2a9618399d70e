"""Each formula of `rfscale.symbolic` against the function that it names, at random points of its
regime; how it is shown, and what it refuses.
"""

import importlib
import re
import warnings
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from formulas_of_time import CASES_OF_TIME

import rfscale as rf
from rfscale import asymptotics as closed
from rfscale.cli import main
from rfscale.symbolic import layout
from rfscale.symbolic.notation import QUANTITIES, SYMBOLS, TEX, F, hypergeometric

ROOT = Path(__file__).parents[1]
POINTS = 20
# float64 functions state 1e-11 or better; what is subtracted in the formula costs at most a digit
TOLERANCE = 1e-10


# --- points: what the formula is given, and what the package's function returns


def model_of(rng, M=(20, 60), noise=True):
    spectrum = rf.PowerLaw(rng.uniform(0.4, 2.0), int(rng.integers(*M)), rng.uniform(0.5, 3.0))
    sigma_w, sigma_u, sigma_eps = rng.uniform(0.3, 2.0, 3)
    return rf.ScalingModel(spectrum, sigma_w, sigma_u, sigma_eps if noise else 0.0)


def scales(model, *names):
    in_spectrum = {"alpha": "alpha", "lambda_plus": "scale", "lambda_J": "eigenvalues"}
    return {
        name: getattr(model.spectrum, in_spectrum[name])
        if name in in_spectrum
        else getattr(model, name)
        for name in names
    }


def traces(model, delta, *orders):
    return {"Delta": delta} | {f"df{k}": model.spectrum.df(k, delta) for k in orders}


def degrees_of_freedom(rng):
    model = model_of(rng)
    k = int(rng.integers(1, 5))
    delta = 10 ** rng.uniform(-4, 1)
    return scales(model, "lambda_J") | {"k": k, "Delta": delta}, model.spectrum.df(k, delta)


def at_a_ridge(rng):
    """N, T and a ridge at which 1 - df1/n is not small, so that N - df1 keeps its digits."""
    model = model_of(rng)
    N, T = rng.uniform(0.3, 1.5, 2) * model.M
    ridge = 10 ** rng.uniform(-2.5, 0) * model.sigma_u**2 * model.spectrum.scale / model.M
    return model, N, T, ridge, rf.predict(model, N, T, ridge)


def fixed_point(rng):
    model, N, T, ridge, p = at_a_ridge(rng)
    return scales(model, "lambda_J", "sigma_u") | {"N": N, "T": T, "gamma": ridge}, p.delta


def planar(result, *names):
    def draw(rng):
        model, N, T, _, p = at_a_ridge(rng)
        values = scales(model, *names) | traces(model, p.delta, 1, 2) | {"N": N, "T": T}
        if "M" not in names:
            del values["Delta"]
        return values, getattr(p, result)

    return draw


def planar_determinant(rng):
    """By the signal: D = (sigma_w^2/2M) Delta N T (df1 - df2)/L_signal."""
    model, N, T, _, p = at_a_ridge(rng)
    s = model.spectrum.df1_minus_df2(p.delta)
    found = model.sigma_w**2 / (2 * model.M) * p.delta * N * T * s / p.signal
    dfs = traces(model, p.delta, 1, 2)
    return {"N": N, "T": T, "df1": dfs["df1"], "df2": dfs["df2"]}, found


def training_loss(rng):
    model, _, T, _, p = at_a_ridge(rng)
    df1 = model.spectrum.df(1, p.delta)
    return scales(model, "sigma_eps") | {"T": T, "df1": df1, "L": p.test}, p.train


def general(rng):
    """A model with given weights and test variances, its prediction and its sums."""
    base = model_of(rng)
    weights, shift = rng.uniform(0.2, 2.0, (2, base.M))
    test = shift * base.spectrum.eigenvalues
    model = rf.ScalingModel(
        base.spectrum,
        base.sigma_w,
        base.sigma_u,
        base.sigma_eps,
        rf.Teacher.weights(weights),
        test,
    )
    N, T = rng.uniform(0.3, 1.5, 2) * model.M
    ridge = 0.1 * model.sigma_u**2 * model.spectrum.scale / model.M
    prediction = rf.predict(model, N, T, ridge)
    p = base.spectrum.eigenvalues / (base.spectrum.eigenvalues + prediction.delta)
    W = model.M * weights**2
    q = 1 - p
    sums = {"sum_pq": p * q, "sum_rho_p": shift * p, "sum_rho_pp": shift * p * p}
    sums |= {"sum_rho_pq": shift * p * q, "sum_W_p": W * p, "sum_W_pp": W * p * p}
    sums |= {"sum_W_pq": W * p * q, "sum_rho_W_pq": shift * W * p * q}
    values = {name: terms.sum() for name, terms in sums.items()} | {"N": N, "T": T, "df1": p.sum()}
    return values | scales(model, "M", "sigma_w", "sigma_eps"), prediction


def general_signal(rng):
    values, prediction = general(rng)
    del values["sigma_eps"]
    return values | {"Delta": prediction.delta}, prediction.signal


def general_noise(rng):
    values, prediction = general(rng)
    needed = ("N", "T", "sigma_eps", "df1", "sum_pq", "sum_rho_p", "sum_rho_pp")
    return {name: values[name] for name in needed}, prediction.noise


def apart(rng, infinite=True):
    """A model with N and T of which the smaller is below M, and Delta where df1 is that."""
    model = model_of(rng)
    n, m = np.sort(rng.uniform(0.1, 0.9, 2)) * model.M
    m = max(m, n + 2.0) if rng.random() < 0.8 or not infinite else np.inf
    delta = rf.predict(model, n, np.inf).delta
    return model, n, m, delta


def ridgeless_signal(rng):
    model, n, m, delta = apart(rng)
    N, T = (n, m) if rng.random() < 0.5 else (m, n)
    values = scales(model, "M", "sigma_w") | {"n": n, "m": m, "Delta": delta}
    return values, closed.ridgeless(model, N, T)[0]


def ridgeless_signal_square(rng):
    model = model_of(rng)
    values = scales(model, "M", "sigma_w") | {"inverse_trace": model.spectrum.trace(-1.0)}
    return values, closed.ridgeless(model, model.M, model.M)[0]


def ridgeless_noise_features(rng):
    model, n, m, _ = apart(rng)
    values = scales(model, "M", "sigma_eps") | {"N": n, "T": m}
    return values, closed.ridgeless(model, n, m)[1]


def ridgeless_noise_data(rng):
    model, n, m, delta = apart(rng)
    values = scales(model, "M", "sigma_eps") | {"N": m, "T": n, "df2": model.spectrum.df(2, delta)}
    return values, closed.ridgeless(model, m, n)[1]


def ridgeless_noise_latent(rng):
    model = model_of(rng)
    N = model.M * (1 + rng.uniform(0, 2))
    T = model.M * rng.uniform(1.1, 3)
    return scales(model, "M", "sigma_eps") | {"N": N, "T": T}, closed.ridgeless(model, N, T)[1]


def ridgeless_finite_size_signal(rng):
    model, n, m, delta = apart(rng, infinite=False)
    values = scales(model, "M", "sigma_w") | {"n": n, "m": m} | traces(model, delta, 2, 3)
    return values, closed.ridgeless_finite_size_signal(model, n, m)


def ridgeless_finite_size_noise_features(rng):
    model = model_of(rng)
    N = rng.uniform(0.2, 2.0) * model.M
    T = min(N, model.M) + rng.uniform(2.0, 50.0)
    values = scales(model, "M", "sigma_eps") | {"N": N, "T": T}
    return values, closed.ridgeless_finite_size_noise(model, N, T)


def ridgeless_finite_size_noise_data(rng):
    model, n, m, delta = apart(rng)
    values = scales(model, "M", "sigma_eps") | {"N": m, "T": n, "df2": model.spectrum.df(2, delta)}
    values |= {"sum_pqq": model.spectrum.moment(1, 2, delta)}
    values |= {"sum_ppqq": model.spectrum.moment(2, 2, delta)}
    return values, closed.ridgeless_finite_size_noise(model, m, n)


def plateau_features(rng):
    model, n, _, delta = apart(rng)
    values = scales(model, "M", "sigma_w") | {"N": n, "Delta": delta}
    return values, closed.plateau_features(model, n)


def plateau_data(rng):
    model, n, _, delta = apart(rng)
    values = scales(model, "M", "sigma_w", "sigma_eps") | {"T": n} | traces(model, delta, 2)
    return values, closed.plateau_data(model, n)


def peak(rng):
    model, n, _, delta = apart(rng)
    ridge = 10 ** rng.uniform(-14, -9)
    values = scales(model, "M", "sigma_w", "sigma_u") | {"N": n, "gamma": ridge, "Delta": delta}
    return values, closed.peak(model, n, ridge)


def power_law(function, M, share, *more):
    """Closed forms of a power law at n: M up to 10^`M`, n/M between two powers of 10."""

    def draw(rng):
        alpha = rng.uniform(0.3, 3.0)
        scale = rng.uniform(0.5, 3.0)
        size = int(10 ** rng.uniform(1.5, M))
        n = min(max(1.0, size * 10 ** rng.uniform(*share)), size - 1.0)
        spectrum = rf.PowerLaw(alpha, size, scale)
        given = {"alpha": alpha, "n": n, "M": size, "lambda_plus": scale}
        return {name: given[name] for name in ("alpha", "n", *more)}, function(spectrum, n)

    return draw


def linear_end(rng):
    """n near M."""
    spectrum = rf.PowerLaw(
        rng.uniform(0.3, 3.0), int(rng.integers(200, 2000)), rng.uniform(0.5, 3.0)
    )
    n = spectrum.M - rng.uniform(0.1, 0.02 * spectrum.M)
    given = {"alpha": spectrum.alpha, "M": spectrum.M, "lambda_plus": spectrum.scale, "n": n}
    return given, closed.delta_linear(spectrum, n)


def power_law_constant(rng):
    alpha = 10 ** rng.uniform(-2, 1.5)
    return {"alpha": alpha}, closed.power_law_constant(alpha)


def scaling_function(rng):
    alpha = 10 ** rng.uniform(-1, 1)
    nu = rng.uniform(0.01, 0.99)
    return {"alpha": alpha, "nu": nu}, closed.scaling_function(alpha, nu)


def best(rng):
    model = model_of(rng, noise=False)
    N, T = rng.uniform(0.1, 0.8, 2) * model.M
    return model, N, T, rf.optimal_ridge(model, N, T)


def optimal_ridge_condition(rng):
    model, N, T, found = best(rng)
    return scales(model, "lambda_J") | {"N": N, "T": T}, found.prediction.delta


def optimal_ridge(rng):
    model, _, _, found = best(rng)
    dfs = traces(model, found.prediction.delta, 1, 2, 3)
    return scales(model, "M", "sigma_u") | dfs, found.ridge


def at_the_best_ridge(result, *names):
    def draw(rng):
        model = rf.ScalingModel(
            rf.PowerLaw(rng.uniform(0.6, 2.5), 10**12, rng.uniform(0.5, 3.0)),
            *rng.uniform(0.3, 2.0, 2),
        )
        N, T = 10 ** rng.uniform(2.5, 4, 2)
        found = closed.optimal_ridge_power_law(model, N, T)
        return scales(model, *names) | {"N": N, "T": T}, result(model, found)

    return draw


def df1_of_the_ridge(model, found):
    """a, from the ridge that the function returns: its power is known."""
    kappa = 2 / (model.spectrum.alpha * (1 + model.spectrum.alpha))
    unit = model.sigma_u**2 * model.spectrum.scale / model.M * kappa
    unit *= closed.power_law_constant(model.spectrum.alpha)
    return (found[0] / unit) ** (1 / (1 - model.spectrum.alpha))


def loss_exponents(which):
    def draw(rng):
        alpha = rng.uniform(0.2, 3.0)
        beta = rng.uniform(-alpha, 4 + alpha)
        return {"alpha": alpha, "beta": beta}, closed.loss_exponents(alpha, beta)[which]

    return draw


def source_phases_variance(rng):
    alpha = rng.uniform(0.2, 3.0)
    beta = rng.uniform(1.1, 4 + alpha)
    N, T, M = rng.uniform(10, 1e4, 3)
    _, variance, _ = closed.source_phases(alpha, beta)
    loss = variance.amplitude * N**-variance.in_N * T**-variance.in_T / (2 * M)
    values = {"alpha": alpha, "beta": beta, "N": N, "T": T, "M": M}
    return values, loss


def source_compute_optimal(rng):
    alpha = rng.uniform(0.2, 3.0)
    beta = rng.uniform(1.1, 4 + alpha)
    return {"alpha": alpha, "beta": beta}, closed.source_compute_optimal(alpha, beta)[1]


POWERS = ("alpha", "lambda_plus")
CASES = {
    "degrees_of_freedom": degrees_of_freedom,
    "fixed_point": fixed_point,
    "planar_determinant": planar_determinant,
    "planar_signal": planar("signal", "M", "sigma_w"),
    "planar_noise": planar("noise", "sigma_eps"),
    "training_loss": training_loss,
    "general_signal": general_signal,
    "general_noise": general_noise,
    "ridgeless_signal": ridgeless_signal,
    "ridgeless_signal_square": ridgeless_signal_square,
    "ridgeless_noise_features": ridgeless_noise_features,
    "ridgeless_noise_data": ridgeless_noise_data,
    "ridgeless_noise_latent": ridgeless_noise_latent,
    "ridgeless_finite_size_signal": ridgeless_finite_size_signal,
    "ridgeless_finite_size_noise_features": ridgeless_finite_size_noise_features,
    "ridgeless_finite_size_noise_data": ridgeless_finite_size_noise_data,
    "plateau_features": plateau_features,
    "plateau_data": plateau_data,
    "peak": peak,
    "power_law_constant": power_law_constant,
    "delta_power_law": power_law(closed.delta_power_law, 12, (-8, -3), "lambda_plus"),
    "delta_infinite_M": power_law(closed.delta_infinite_M, 12, (-8, -3), "lambda_plus"),
    "delta_finite_M": power_law(closed.delta_finite_M, 4, (-1.5, -0.01), "M", "lambda_plus"),
    "scaling_function": scaling_function,
    "delta_scaling": power_law(closed.delta_scaling, 5, (-1.5, -0.01), "M", "lambda_plus"),
    "delta_linear": linear_end,
    "delta_breakdown": power_law(closed.delta_breakdown, 5, (-3, -0.5), "M", "lambda_plus"),
    "delta_uniform": power_law(closed.delta_uniform, 5, (-1.5, -0.01), "M", "lambda_plus"),
    "cutoff_error": power_law(closed.cutoff_error, 6, (-4, -1), "M"),
    "discreteness_error": power_law(closed.discreteness_error, 3, (-3, -0.5), "M"),
    "uniform_error": power_law(closed.uniform_error, 4, (-2, -0.01), "M"),
    "optimal_ridge_condition": optimal_ridge_condition,
    "optimal_ridge": optimal_ridge,
    "optimal_ridge_power_law_df1": at_the_best_ridge(df1_of_the_ridge, "alpha"),
    "optimal_ridge_power_law": at_the_best_ridge(
        lambda model, found: found[0], *POWERS, "M", "sigma_u"
    ),
    "optimal_ridge_power_law_loss": at_the_best_ridge(
        lambda model, found: found[1], *POWERS, "M", "sigma_w"
    ),
    "loss_exponents_in_N": loss_exponents(0),
    "loss_exponents_in_T": loss_exponents(1),
    "source_phases_variance": source_phases_variance,
    "source_compute_optimal": source_compute_optimal,
    **CASES_OF_TIME,
}
APART = {"one_loop", "optimal_share"}  # have tests of their own, below


def in_regime(draw, rng):
    """A random point at which the function does not warn."""
    for _ in range(200):
        with warnings.catch_warnings(action="error", category=rf.RegimeWarning):
            try:
                return draw(rng)
            except rf.RegimeWarning:
                pass
    raise AssertionError("there is no point in the regime")


NO_CLOSED_FORM = {
    "population_flow": "an integral over the kernel's spectrum (20.16)",
    "kernel_flow": "two of them (20.16), (20.17)",
    "compute_optimal_constants": "the least value of such an integral, or of a contour's (20.25)",
}


def test_every_formula_is_compared_with_a_function():
    assert set(CASES) | APART == set(rf.symbolic)
    functions = {formula.function.split(".")[-1] for formula in rf.symbolic.values()}
    assert set(closed.__all__) - functions == set(NO_CLOSED_FORM)


@pytest.mark.parametrize("name", CASES)
def test_formula_is_what_the_function_computes(name):
    rng = np.random.default_rng(list(rf.symbolic).index(name))
    few = name in CASES_OF_TIME or "lambda_J" in rf.symbolic[name].symbols
    for _ in range(3 if few else POINTS):
        values, expected = in_regime(CASES[name], rng)
        found = float(rf.symbolic[name].evaluate(**values))
        assert found == pytest.approx(float(expected), rel=TOLERANCE, abs=0), values


def slope(expression):
    """Delta d/dDelta: df_k has -k (df_k - df_(k+1))."""
    dfs = [SYMBOLS[f"df{k}"] for k in (1, 2, 3)] + [sp.Symbol("df4")]
    changes = (-k * (dfs[k - 1] - dfs[k]) * sp.diff(expression, dfs[k - 1]) for k in (1, 2, 3))
    return sum(changes) + SYMBOLS["Delta"] * sp.diff(expression, SYMBOLS["Delta"])


def test_one_loop_is_what_predict_adds():
    """F_1 is differentiated by the sources, (6.8) and (6.14), as the losses (6.15) are.

    predict works in sums of positive terms; the derivatives of sympy cancel, and have 40 digits.
    """
    N, T, df1, u, v, Delta = (SYMBOLS[name] for name in ("N", "T", "df1", "u", "v", "Delta"))
    F1 = rf.symbolic["one_loop"].expression
    a = T - u * df1
    b = N - v * df1
    sources = [a * (1 / u - 1), b * (1 / v - 1), sp.log(Delta * a * b / (u * v))]
    jacobian = sp.Matrix([[sp.diff(f, u), sp.diff(f, v), slope(f)] for f in sources])
    inverse = jacobian.adjugate().T / jacobian.det()

    def derivative(i, expression):
        changes = sp.diff(expression, u), sp.diff(expression, v), slope(expression)
        return sum(inverse[i, j] * changes[j] for j in range(3))

    in_s = derivative(0, F1)
    signal = Delta * a * b / (u * v) * derivative(1, in_s)
    noise = in_s + derivative(2, in_s)
    dfs = [SYMBOLS[f"df{k}"] for k in (1, 2, 3)]
    names = [N, T, u, v, Delta, *dfs, sp.Symbol("df4")]
    function = sp.lambdify(names, [signal, noise, derivative(2, F1)], modules="mpmath", cse=True)
    rng = np.random.default_rng(6)
    for _ in range(5):
        model, n, t, ridge, planar = at_a_ridge(rng)
        looped = rf.predict(model, n, t, ridge, order="one-loop")
        delta = rf.exact.predict(model, n, t, ridge).delta
        with mp.workdps(40):
            p = [mp.mpf(lam) / (mp.mpf(lam) + delta) for lam in model.spectrum.eigenvalues]
            traces = [mp.fsum(x**k for x in p) for k in (1, 2, 3, 4)]
            added = function(*map(mp.mpf, (n, t, 1, 1)), delta, *traces)
        units = model.sigma_w**2 / (2 * model.M), model.sigma_eps**2 / 2, -1
        found = [float(x) * unit for x, unit in zip(added, units, strict=True)]
        expected = [looped.signal - planar.signal, looped.noise - planar.noise]
        expected.append(looped.df1 - planar.df1)
        # a change of some percent is a difference of numbers of twelve digits
        np.testing.assert_allclose(found, expected, rtol=TOLERANCE)


def test_optimal_share_is_that_of_the_least_loss():
    rng = np.random.default_rng(13)
    for _ in range(3):
        sigma_eps = 10 ** rng.uniform(-2.5, -1.5)
        model = rf.ScalingModel(rf.PowerLaw(rng.uniform(0.5, 1.5), 3000), sigma_eps=sigma_eps)
        budget = 10 ** rng.uniform(2.5, 4)
        found = rf.compute_optimal(model, budget, "optimal")
        share = rf.symbolic["optimal_share"].evaluate(L=found.test, sigma_eps=model.sigma_eps)
        assert found.N > 1.01
        assert share > 1.01
        # compute_optimal finds log(N/T) to 1e-6 of log(budget); L is stationary there
        assert float(share) == pytest.approx(found.T / found.N, rel=1e-6 * np.log(budget), abs=0)


# --- digits


def test_digits_are_right():
    """Known answers at alpha = 1: C = (pi/2)^2, nu = arctan(sqrt(tau))/sqrt(tau)."""
    with mp.workdps(60):
        half_pi_squared = mp.pi**2 / 4
        nu = mp.mpf("0.3")
        constant = mp.mpf(rf.symbolic["power_law_constant"].evaluate(digits=50, alpha=1))
        tau = mp.mpf(rf.symbolic["scaling_function"].evaluate(digits=50, alpha=1, nu="0.3"))
        assert abs(constant / half_pi_squared - 1) < mp.mpf(10) ** -49
        assert abs(mp.atan(mp.sqrt(tau)) / mp.sqrt(tau) / nu - 1) < mp.mpf(10) ** -49


def test_digits_that_cancel_are_made_up_for():
    """1/n - 1/M at n = M - 1e-30, to 20 digits."""
    found = rf.symbolic["delta_linear"].evaluate(20, alpha=1, M=10**6, n="999999." + "9" * 30)
    assert found == sp.Float("3e-48", 20)


def test_a_float_is_binary_and_a_string_decimal():
    linear = rf.symbolic["optimal_share"]
    assert str(linear.evaluate(25, L="0.1", sigma_eps="0.1")) == "1.050000000000000000000000"
    assert str(linear.evaluate(25, L=0.5, sigma_eps=0.1)) == "1.010000000000000001110223"


def test_infinite_sizes():
    values = {"sigma_eps": 0.5, "M": 100, "N": 10, "T": np.inf}
    assert rf.symbolic["ridgeless_noise_features"].evaluate(**values) == 0


# --- how it is shown


@pytest.mark.parametrize("name", rf.symbolic)
def test_formula_can_be_read(name):
    formula = rf.symbolic[name]
    latex = formula.latex()
    text = str(formula)
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    # no symbol by its keyword, no product with a bare 1, nothing that sympy could not write
    assert not re.search(r"[a-zA-Z]_\{?[a-zA-Z]{2,}|operatorname|1 \\frac|Unevaluated", latex)
    assert formula._repr_latex_() == rf"$\displaystyle {latex}$"
    assert name in repr(formula)
    assert set(formula.symbols) <= set(QUANTITIES)
    assert all(f"({tag})" in text for tag in formula.tags)
    for said in (formula.title, formula.function, *formula.symbols, layout.plain(formula.regime)):
        assert said in text
    assert not re.search(r"\\|\$", text.split("regime")[1])


@pytest.mark.parametrize("name", rf.symbolic)
def test_what_is_displayed_is_what_is_evaluated(name):
    """Both are parsed from one text; with the abbreviations put in they are equal."""
    formula = rf.symbolic[name]
    shown = formula.equation.lhs - formula.equation.rhs if formula.unknown else formula.equation.rhs
    for symbol, meaning in formula.definitions.items():
        shown = shown.xreplace({symbol: meaning})
    shown = shown.replace(sp.UnevaluatedExpr, lambda group: group).replace(F, hypergeometric)
    groups = set().union(
        *(e.atoms(sp.UnevaluatedExpr) for e in (formula.equation, *formula.definitions.values()))
    )
    assert not any(group.args[0].is_Add for group in groups)  # it is written without brackets
    rng = np.random.default_rng(1)
    names = sorted(
        (symbol for symbol in formula.expression.free_symbols if symbol.name in QUANTITIES), key=str
    )
    if any(symbol.name == "lambda_J" for symbol in names):
        assert sp.simplify(shown - formula.expression) == 0
        return
    numbers = {symbol: sp.Rational(int(rng.integers(11, 99)), 10) for symbol in names}
    assert abs(sp.N((shown - formula.expression).subs(numbers), 30)) < 1e-20


@pytest.mark.parametrize("name", rf.symbolic)
def test_function_and_equations_exist(name):
    formula = rf.symbolic[name]
    thing = importlib.import_module("rfscale")
    for part in formula.function.split(".")[1:]:
        thing = getattr(thing, part)
    derivations = "".join(p.read_text() for p in (ROOT / "derivations").glob("[0-9]*.py"))
    for tag in formula.tags:
        assert rf"\tag{{{tag}}}" in derivations, tag


def test_every_formula_is_in_the_book():
    assert sorted(name for names, _ in in_the_book() for name in names) == sorted(rf.symbolic)


def in_the_book():
    """The names of each directive, and the abbreviations that are said to be defined above it."""
    page = (ROOT / "book" / "formulas.md").read_text()
    pattern = r"^```\{formula\} (.*)\n(?::defined: (.*)\n)?```$"
    return [(a.split(), b.split()) for a, b in re.findall(pattern, page, re.MULTILINE)]


def test_abbreviations_that_the_book_leaves_out_are_defined_above():
    sums = rf.symbolic["degrees_of_freedom"].right
    above = {f"df{k}": sums.replace("**k", f"**{k}") for k in (2, 3)}
    term = "lambda_J[J]/(lambda_J[J] + Delta)"
    above["df1"] = sums.replace(f"({term})**k", term)
    for names, left_out in in_the_book():
        for name in names:
            formula = rf.symbolic[name]
            for abbreviation in set(left_out) & set(formula.where):
                assert formula.where[abbreviation] == above[abbreviation], (name, abbreviation)
            above |= {formula.left: formula.right, **formula.where}


def test_every_symbol_is_written_its_own_way():
    assert len(TEX) == len(QUANTITIES)
    given = [quantity for quantity in QUANTITIES.values() if quantity.meaning]
    assert len({quantity.tex or quantity.name for quantity in given}) == len(given)


# --- names


def test_it_is_a_mapping():
    assert "peak" in rf.symbolic
    assert "pique" not in rf.symbolic
    assert len(rf.symbolic) == len(list(rf.symbolic)) == len(rf.symbolic.keys())
    assert rf.symbolic.get("pique") is None
    assert rf.symbolic == rf.symbolic
    assert hash(rf.symbolic)


@pytest.mark.parametrize(
    ("name", "near"),
    [("delta_finit", "delta_finite_M"), ("noise", "planar_noise"), ("ridgeless", "ridgeless_sig")],
)
def test_an_unknown_name_is_told_its_neighbours(name, near):
    with pytest.raises(KeyError, match=f"no formula '{name}'; near are .*{near}"):
        rf.symbolic[name]


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("delta_finite_M", {"alpha": 1}, r"needs M, n; its symbols are M, n, alpha, lambda_plus"),
        ("delta_finite_M", {"alpha": 1, "M": 9, "n": 20}, r"needs n < M, got n = 20, M = 9"),
        ("delta_finite_M", {"beta": 1}, r"has no symbol 'beta'; its symbols are M, n, alpha"),
        ("delta_power_law", {"alpha": -1, "n": 2}, r"^alpha must be > 0, got -1"),
        ("delta_power_law", {"alpha": np.nan, "n": 2}, r"^alpha must be > 0, got nan"),
        ("scaling_function", {"alpha": 1, "nu": 1}, r"^nu must be in \(0, 1\), got 1"),
        ("loss_exponents_in_N", {"alpha": 1, "beta": -2}, r"needs 0 < alpha \+ beta"),
        (
            "degrees_of_freedom",
            {"lambda_J": 3, "Delta": 1, "k": 1},
            r"^lambda_J must be a list of numbers > 0, got 3",
        ),
        (
            "degrees_of_freedom",
            {"lambda_J": [1.0], "Delta": 1, "k": 1.5},
            r"^k must be an integer >= 1, got 1.5",
        ),
        (
            "optimal_ridge_condition",
            {"lambda_J": [1.0, 0.5], "N": 3, "T": 4},
            r"optimal_ridge_condition has no root for these values",
        ),
        (
            "planar_noise",
            {"N": 9, "T": 9, "df1": 9, "df2": 9, "sigma_eps": 1},
            r"planar_noise divides by zero at N = 9, T = 9",
        ),
    ],
)
def test_bad_values(name, values, said):
    with pytest.raises(ValueError, match=said):
        rf.symbolic[name].evaluate(**values)


def test_bad_digits():
    with pytest.raises(ValueError, match=r"^digits must be an integer >= 1, got 0"):
        rf.symbolic["power_law_constant"].evaluate(digits=0, alpha=1)


# --- on the command line


def test_the_command_lists_all_names(capsys):
    assert main(["formulas"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(rf.symbolic)
    assert all(len(line) <= 120 for line in lines)


def test_the_command_shows_one_formula(capsys):
    assert main(["formulas", "delta_power_law"]) == 0
    text = capsys.readouterr().out
    assert "Δ = λ₊⋅C⋅n" in text
    for said in ("1 + α ≪ n ≪ M", "asymptotics.delta_power_law", "(9.16), (9.17)", "> 0, 1 by"):
        assert said in text
    assert main(["formulas", "delta_power_law", "--latex"]) == 0
    assert capsys.readouterr().out == rf.symbolic["delta_power_law"].latex() + "\n"


def test_the_command_knows_no_such_formula(capsys):
    assert main(["formulas", "peek"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("rfscale: error: there is no formula 'peek'; near are peak")
