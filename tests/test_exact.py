"""`exact.predict` against the 50-digit oracle of the tests, which shares no code with it, against
`predict`, and at its corners.
"""

import mpmath as mp
import numpy as np
import oracle
import pytest

import rfscale as rf
from rfscale import exact
from rfscale.exact import solution

FIELDS = ("delta", "df1", "df2", "signal", "noise", "train")
SIGMAS = 1.5, 0.75, 0.25  # of teacher, features and label noise


def model_of(alpha, M, scale=1.0, **more):
    return rf.ScalingModel(rf.PowerLaw(alpha, M, scale), *SIGMAS, **more)


def assert_same(found, expected, digits):
    for name in FIELDS:
        assert abs(getattr(found, name) - expected[name]) <= mp.mpf(10) ** -digits * abs(
            expected[name]
        ), name


# --- against the oracle


@pytest.mark.parametrize(
    ("alpha", "M", "N", "T", "ridge"),
    [
        (1.0, 1, 1, 1, 1.0),
        (1.0, 100, 20, 30, 1e-3),
        (0.1, 60, 200, 30, 1e-2),
        (5.0, 40, 10, 12, 1e-8),
        (1.0, 50, 20, 20, 1e-12),
        (1.0, 50, 50, 80, 1e-20),
        (1.0, 50, 50, 50, 1e-15),
        (0.5, 30, 7.5, 1000, 1e3),
        (2.0, 50, 30 * (1 + 2.0**-40), 30, 1e-25),
        (1.0, 30, 90, 70, 1e-30),
    ],
)
def test_forty_digits_of_the_oracle(alpha, M, N, T, ridge):
    """The oracle subtracts df1 from N and T: of its 120 digits at most 60 cancel."""
    with mp.workdps(120):
        eigenvalues = oracle.power_law(alpha, M, 3.0, digits=120)
        expected = oracle.losses(eigenvalues, N, T, ridge, *SIGMAS, digits=120)
        assert_same(exact.predict(model_of(alpha, M, 3.0), N, T, ridge), expected, 40)


@pytest.mark.parametrize(("N", "T", "ridge"), [(300, 500, 1e-6), (3000, 40, 1e-3)])
def test_forty_digits_where_the_oracle_does_not_sum_one_by_one(N, T, ridge):
    with mp.workdps(80):
        expected = oracle.losses_of_power_law(1.3, 3000, N, T, ridge, *SIGMAS, digits=80)
        assert_same(exact.predict(model_of(1.3, 3000), N, T, ridge), expected, 40)


def test_given_eigenvalues():
    values = [2.0, 0.7, 0.7, 1e-6]
    with mp.workdps(100):
        lam = [mp.mpf(x) for x in values]
        expected = oracle.losses(lam, 2.5, 3, 1e-4, *SIGMAS, digits=100)
        model = rf.ScalingModel(rf.Eigenvalues(values), *SIGMAS)
        assert_same(exact.predict(model, 2.5, 3, 1e-4), expected, 40)


# --- against predict


def points():
    """Sizes small and large, near each other and near M, infinite ones, ridges of all sizes."""
    rng = np.random.default_rng(2)
    for _ in range(60):
        M = int(10 ** rng.uniform(0, 2.5))
        alpha = float(np.exp(rng.uniform(np.log(0.05), np.log(8))))
        N = 10 ** rng.uniform(-0.5, np.log10(M) + 1)
        T = N * rng.choice([1.0, 1.0 + 2.0**-20, 1.5, 10 ** rng.uniform(-4, 4), np.inf])
        if rng.random() < 0.3:
            N = M * rng.choice([1.0, 1.0 - 2.0**-10, 1.0 + 2.0**-10])
        ridge = 0.0 if rng.random() < 0.3 else 10 ** rng.uniform(-20, 20)
        yield alpha, M, float(N), float(T), ridge


def kinds(alpha, M):
    """A plain model, a source condition, given weights, and other test data."""
    rng = np.random.default_rng(M)
    yield {}
    yield {"teacher": rf.Teacher.power_law(0.75)}
    yield {"teacher": rf.Teacher.weights(rng.uniform(0.1, 2.0, M))}
    yield {"test_spectrum": rf.PowerLaw(alpha / 2, M, 2.0)}
    yield {
        "teacher": rf.Teacher.weights(rng.uniform(0.1, 2.0, M)),
        "test_spectrum": rng.uniform(0.0, 2.0, M),
    }


@pytest.mark.parametrize("kind", range(5))
def test_eleven_digits_of_predict(kind):
    """Its documented error, 1e-11; what is below 1e-300 may be denormal."""
    for alpha, M, N, T, ridge in list(points())[kind::5] * (1 if kind else 3):
        model = model_of(alpha, M, **list(kinds(alpha, M))[kind])
        found = exact.predict(model, N, T, ridge, digits=20)
        expected = rf.predict(model, N, T, ridge)
        for name in (*FIELDS, "test"):
            value = float(getattr(expected, name))
            assert float(getattr(found, name)) == pytest.approx(value, rel=1e-11, abs=1e-300), (
                name,
                (alpha, M, N, T, ridge),
            )


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize(
    ("N", "T"),
    [
        (30, 30),
        (30, 50),
        (50, 30),
        (50, 60),
        (30, np.inf),
        (np.inf, 30),
        (np.inf, np.inf),
        (20, 20),
        (20, np.inf),
        (np.inf, 20),
        (np.inf, 50),
    ],
)
def test_no_ridge_is_the_limit_of_a_small_one(N, T, kind):
    """N = T = M, min(N, T) = M, N = T < M and infinite sizes: eigenvalues are above 1e-3, and what
    diverges does so at least as 1/sqrt(ridge).
    """
    model = model_of(1.0, 30, **list(kinds(1.0, 30))[kind])
    corner = exact.predict(model, N, T)
    near = exact.predict(model, N, T, "1e-60")
    plain = rf.predict(model, N, T)
    for name in (*FIELDS, "test"):
        there = getattr(corner, name)
        limit = getattr(near, name)
        assert float(there) == pytest.approx(float(getattr(plain, name)), rel=1e-11, abs=0), name
        if mp.isinf(there):
            assert limit > 1e9, name
        elif there == 0:
            assert limit < 1e-15, name
        else:
            assert float(limit / there) == pytest.approx(1.0, abs=1e-15), name


@pytest.mark.parametrize("size", [20, 30, 40])
def test_what_is_not_there_does_not_diverge(size):
    """Without teacher there is no signal, without label noise none is learned, at the peak too."""
    spectrum = rf.PowerLaw(1.0, 30)
    no_teacher = exact.predict(rf.ScalingModel(spectrum, sigma_w=0.0, sigma_eps=0.5), size, size)
    no_noise = exact.predict(rf.ScalingModel(spectrum), size, size)
    assert no_teacher.signal == no_noise.noise == 0
    assert no_teacher.test == no_teacher.noise > 0
    assert no_noise.test == no_noise.signal


def test_an_infinite_ridge_learns_nothing():
    model = model_of(1.0, 30, test_spectrum=rf.PowerLaw(0.5, 30))
    found = exact.predict(model, 20, 30, "inf")
    near = exact.predict(model, 20, 30, "1e40")
    assert (found.delta, found.df1, found.df2, found.noise) == (mp.inf, 0, 0, 0)
    assert found.signal > 0
    assert float(near.signal / found.signal) == pytest.approx(1.0, abs=1e-15)
    assert float(near.train / found.train) == pytest.approx(1.0, abs=1e-15)


# --- digits


def test_digits_are_as_many_as_asked_for():
    model = model_of(1.0, 40)
    best = exact.predict(model, 20, 30, "1e-3", digits=200)
    for digits in (1, 15, 100):
        found = exact.predict(model, 20, 30, "1e-3", digits=digits)
        for name in FIELDS:
            with mp.workdps(210):
                error = abs(getattr(found, name) / getattr(best, name) - 1)
            assert error < mp.mpf(10) ** (1 - digits), name


def test_a_float_is_binary_and_a_string_decimal():
    model = model_of(1.0, 40)
    decimal = exact.predict(model, 20, 30, "0.1")
    binary = exact.predict(model, 20, 30, 0.1)
    assert binary.delta > decimal.delta  # 0.1 in float64 is 5.6e-18 above
    assert abs(binary.delta / decimal.delta - 1) < 1e-16
    same = exact.predict(model, 20, 30, mp.mpf(0.1))
    assert same == binary
    assert exact.predict(model, np.int64(20), np.float64(30), np.float32(0.5)) == exact.predict(
        model, "20", mp.mpf(30), "0.5"
    )
    with mp.workdps(200):
        size = mp.mpf("20." + "0" * 100 + "1")
    near = exact.predict(model, "20." + "0" * 100 + "1", 20)
    assert exact.predict(model, size, 20) == near
    assert 1e99 < near.signal < mp.inf


def test_more_digits_of_work_where_groups_of_eigenvalues_are_far_apart():
    """df1 = 1/(1 + Delta) + l/(l + Delta) = 1 at Delta = sqrt(l), where its slope is 2 sqrt(l)."""
    small = 1e-200
    found = exact.predict(rf.ScalingModel(rf.Eigenvalues([1.0, small], rcond=0.0)), 1, "inf")
    with mp.workdps(60):
        assert abs(found.delta / mp.sqrt(mp.mpf(small)) - 1) < mp.mpf(10) ** -49


@pytest.mark.parametrize("side", [-1, 1])
def test_a_wrong_root_is_noticed(monkeypatch, side):
    root = solution._root

    def wrong(*arguments):
        z, slope = root(*arguments)
        return z + side * mp.mpf(10) ** -50, slope

    monkeypatch.setattr(solution, "_root", wrong)
    with pytest.raises(ArithmeticError, match="50 digits were not reached"):
        exact.predict(model_of(1.0, 40), 20, 30, 1e-3)


@pytest.mark.parametrize("ridge", [0, 1e-12, 1e-3, 10.0])
def test_the_search_is_newtons_in_the_end(monkeypatch, ridge):
    """Digits double: some ten halvings and steps to the first, eight doublings to 200, and two more
    sums for the signs. Halvings alone, or a wrong slope, need hundreds.
    """
    mismatch = solution._mismatch
    evaluated = []

    def counted(*arguments):
        evaluated.append(arguments)
        return mismatch(*arguments)

    monkeypatch.setattr(solution, "_mismatch", counted)
    exact.predict(model_of(1.0, 40), 20, 30, ridge, digits=200)
    assert len(evaluated) <= 20


def test_it_can_be_read():
    text = str(exact.predict(model_of(1.0, 40), 20, 30, 1e-3, digits=12))
    assert text.splitlines()[0] == "ExactPrediction to 12 digits"
    assert [line.split()[0] for line in text.splitlines()[1:]] == [
        "delta",
        "df1",
        "df2",
        "test",
        "signal",
        "noise",
        "train",
    ]


def test_names_are_imported_when_they_are_used():
    assert {"exact", "symbolic"} <= set(dir(rf))
    with pytest.raises(AttributeError, match="module 'rfscale' has no attribute 'inexact'"):
        _ = rf.inexact


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0, 1), r"^N must be > 0 \(inf is allowed\), got 0"),
        ((1, -1), r"^T must be > 0 \(inf is allowed\), got -1"),
        ((1, np.nan), r"^T must be > 0"),
        ((1, 1, -1), r"^ridge must be >= 0, got -1"),
        ((1, "inf", "inf"), r"^ridge must be finite where N or T is inf"),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises(ValueError, match=said):
        exact.predict(model_of(1.0, 10), *arguments)


def test_bad_models():
    with pytest.raises(ValueError, match=r"^model must have M <= 100000 here, .* M = 100001"):
        exact.predict(model_of(1.0, 100_001), 1, 1)
    with pytest.raises(ValueError, match=r"^model must have a single spectrum"):
        exact.predict(rf.ScalingModel(rf.PowerLaw([1.0, 2.0], 10)), 1, 1)
    with pytest.raises(ValueError, match=r"^digits must be an integer >= 1, got 0"):
        exact.predict(model_of(1.0, 10), 1, 1, digits=0)
