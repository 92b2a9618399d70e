"""Tables of losses at random, the likely and the absurd: finite numbers, or one ValueError."""

import re

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.losses import known_laws
from rfscale.measured.losses.laws import defined

FAST = 60
SLOW = 10_000
PER_TEST = 20
NAMED = re.compile(r"\b(N|T|L|weights|groups|hold)\b")
LAWS = ("chinchilla", "tied", "kaplan", "talk", "coupled", "random-features",
        "random-features power", "ridgeless", "saturating")  # fmt: skip
OF_M = 1000  # of so many tables one is fitted at finite M, which takes a minute


def sizes(rng, rows):
    """Log-uniform, on a grid, on a budget, repeated, or with few values."""
    span = np.exp(rng.uniform(np.log(1.01), rng.choice([3.0, 7.0, 30.0])))
    if rng.random() < 0.3:
        values = np.geomspace(1, span, max(1, int(np.sqrt(rows))))
        return rng.choice(values, rows)
    return span ** rng.random(rows)


def losses(rng, N, T):
    """A law with noise, or none, an outlier, or nonsense."""
    kind = rng.integers(6)
    x = N / np.exp(np.mean(np.log(N)))
    y = T / np.exp(np.mean(np.log(T)))
    L = rng.uniform(0, 2) + x ** -rng.uniform(0, 1) + rng.uniform(0, 3) * y ** -rng.uniform(0, 1)
    noise = [0.0, 0.003, 0.1, 3.0, 0.01, 0.01][kind]
    L = L * np.exp(noise * rng.standard_normal(N.size))
    if kind == 4:
        L[rng.integers(N.size)] *= 10.0 ** rng.uniform(-20, 20)
    if kind == 5 and rng.random() < 0.5:
        L = np.full(N.size, L[0])
    return L


def spoiled(rng, values):
    """A bad number in one row."""
    values = values.copy()
    bad = rng.choice([0.0, -1.0, np.nan, np.inf, 1e300, 1e-300])
    values[rng.integers(values.size)] = bad
    return values


def table(seed):
    """Arguments of a fit."""
    rng = np.random.default_rng([20, seed])
    rows = int(rng.integers(1, 61))
    N = sizes(rng, rows)
    T = N**2 if rng.random() < 0.05 else sizes(rng, rows)
    T = 1 / N if rng.random() < 0.05 else T
    L = losses(rng, N, T)
    if rng.random() < 0.2 and rows > 3:
        again = rng.integers(rows, size=rows)
        N, T, L = N[again], T[again], L[again]
    given = [values * 10.0 ** rng.uniform(-30, 30) for values in (N, T, L)]
    if rng.random() < 0.1:
        place = rng.integers(3)
        given[place] = spoiled(rng, given[place])
    law = "random-features M" if seed % OF_M == OF_M - 1 else LAWS[seed % len(LAWS)]
    options = {"law": law}
    options["intervals"] = "sandwich" if rng.random() < 0.7 else "bootstrap"
    options["resamples"] = 20
    options["loss"] = str(rng.choice(["huber", "squares", "tukey"], p=[0.1, 0.8, 0.1]))
    options["residual"] = str(rng.choice(["log", "log", "linear"]))
    if rng.random() < 0.2:
        options["hold"] = {"E": 0.0}
    if rng.random() < 0.2:
        options["groups"] = rng.integers(rng.integers(1, 30), size=rows)
    if rng.random() < 0.2:
        options["weights"] = rng.random(rows) * (rng.random(rows) < 0.8)
    return given, options


def numbers(fit):
    """All that a fit says of its parameters and of a size."""
    intervals = [*fit.parameters.values(), *fit.at_centre.values()]
    yield from (end for one in intervals for end in (one.low, one.value, one.high))
    yield from (fit.objective, fit.sigma, *fit.spread.errors, *fit.residuals)
    for of in ("law", "run"):
        band = fit.predict(fit.table.N[:2], fit.table.T[:2], of=of)
        yield from (*band.value, *band.low, *band.high)


def check(seed):
    """One table."""
    given, options = table(seed)
    try:
        fit = rf.fit_losses(*given, **options)
    except ValueError as error:
        if not NAMED.search(str(error)):
            raise
        return False
    assert np.isfinite(list(numbers(fit))).all(), seed
    assert not re.search(r"\b(nan|inf)\b", " ".join(note.message for note in fit.notes)), seed
    return True


@pytest.mark.parametrize("first", range(0, FAST, PER_TEST))
def test_numbers_are_finite_or_an_error_names_the_argument(first):
    fitted = [check(seed) for seed in range(first, first + PER_TEST)]
    assert 0.3 < np.mean(fitted) < 0.95  # both kinds are there: some 0.7 are tables


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FAST, SLOW, 500))
def test_numbers_of_many_tables_are_finite(first):
    for seed in range(first, min(first + 500, SLOW)):
        check(seed)


def test_all_laws_of_the_package_are_fuzzed():
    package = {name for name, law in defined().items() if law in known_laws.LAWS}
    assert package == {*LAWS, "random-features M", "random-features exact"}


@pytest.mark.parametrize("law", ["chinchilla", "kaplan"])
@pytest.mark.parametrize("column", range(3))
def test_units_of_sizes_and_losses_change_scales_only(law, column):
    """Shares of the loss and exponents agree to 1e-6: minima are found to 1e-11 of the objective,
    so parameters to the root of that.
    """
    rng = np.random.default_rng(5)
    N = 10 ** rng.uniform(7, 9, 30)
    T = 10 ** rng.uniform(9, 11, 30)
    L = (1.8 + 480 / N**0.35 + 2100 / T**0.37) * np.exp(0.01 * rng.standard_normal(30))
    plain = rf.fit_losses(N, T, L, law, intervals="sandwich")
    for factor in (1e-8, 1e8):
        given = [N, T, L]
        given[column] = given[column] * factor
        fit = rf.fit_losses(*given, law, intervals="sandwich")
        units = [factor if column == 2 and n in plain.law.linear else 1.0 for n in plain.at_centre]
        assert fit.best / units == pytest.approx(plain.best, rel=1e-6, abs=0)
        errors = fit.spread.errors / units
        assert errors == pytest.approx(plain.spread.errors, rel=1e-5, abs=0)
        size = np.array([1e9, 1e11, 1.0])
        size[column] *= factor
        ratio = float(fit.predict(*size[:2]).value / plain.predict(1e9, 1e11).value)
        assert ratio == pytest.approx(size[2], rel=1e-6, abs=0)
