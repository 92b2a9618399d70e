"""The planar theory: identities, known answers, the whole valid domain."""

import numpy as np
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rfscale as rf
from rfscale.theory.equations.fixed_point import MAX_EVALUATIONS
from rfscale.theory.solution import solve

# In 40-digit arithmetic, as printed: alpha = 1, lambda_+ = sigma_w = sigma_u = 1, sigma_eps = 0.
KNOWN_ANSWERS = [
    (500, 300, 4000, 8e-8, "4.806211155915e-6"),
    (500, 300, 4000, 8e-6, "4.769846808026e-6"),
    (500, 300, 4000, 8e-4, "3.540580336770e-6"),
    (400, 400, 4000, 1e-12, "5.29965064701e-2"),
    (20, 20, 30, 1e-8, "1.53375547712"),
    (200, 300, 100, 1e-3, "7.60865645079e-7"),
]

LOSSES = ("test", "signal", "noise", "train")


@pytest.mark.parametrize(("N", "T", "M", "gamma_M_over_N", "answer"), KNOWN_ANSWERS)
def test_known_answers(N, T, M, gamma_M_over_N, answer):
    prediction = rf.predict(
        rf.ScalingModel(rf.PowerLaw(1.0, M)), N, T, ridge=gamma_M_over_N * N / M
    )
    decimals = len(answer.split("e")[0]) - 2
    half_of_last_digit = 0.5 * 10.0**-decimals / float(answer.split("e")[0])
    assert 2 * prediction.signal == pytest.approx(
        float(answer), rel=half_of_last_digit + 1e-14, abs=0
    )


SIZES = [(1, 1, 1), (3, 3, 3), (7, 2, 2), (7, 3, 5), (7, 7, 9), (7, 12, 9), (5, 0.4, 1e8)]
RIDGES = [(1e-300, 1.0), (1e-9, 1.0), (0.3, 1e-200), (0.3, 1e50), (1e300, 1.0)]
# each of the sizes meets each of the ridges, and each of both each of the exponents
EXTREMES = [
    ([0.01, 1.0, 20.0][(i + j) % 3], *sizes, *ridge)
    for i, sizes in enumerate(SIZES)
    for j, ridge in enumerate(RIDGES)
]


@pytest.mark.parametrize(("alpha", "M", "N", "T", "ridge", "scale"), EXTREMES)
def test_all_losses_to_twelve_digits_at_extreme_parameters(alpha, M, N, T, ridge, scale):
    digits = int(60 + abs(np.log10(ridge)) + abs(np.log10(scale)))
    eigenvalues = oracle.power_law(alpha, M, scale, digits)
    exact = oracle.losses(eigenvalues, N, T, ridge, 1.5, 0.7, 0.3, digits)
    prediction = rf.predict(
        rf.ScalingModel(rf.PowerLaw(alpha, M, scale), 1.5, 0.7, 0.3), N, T, ridge
    )
    for name, value in exact.items():
        if value > 1e-300:  # smaller numbers have fewer digits in float64
            assert getattr(prediction, name) == pytest.approx(float(value), rel=1e-12, abs=0), name


def test_the_formulas_as_they_are_usually_displayed():
    """The rearranged formulas are the displayed ones, where those do not cancel."""
    model = rf.ScalingModel(rf.Eigenvalues([3.0, 2.0, 1.0, 0.5, 0.1]), 1.3, 0.6, 0.4)
    N, T, ridge = 4.0, 3.0, 0.7
    p = rf.predict(model, N, T, ridge)
    df1, df2 = (model.spectrum.df(k, p.delta) for k in (1, 2))
    D = (N - df1) * (T - df1) + (N + T - 2 * df1) * (df1 - df2)
    assert p.delta * (N - df1) * (T - df1) == pytest.approx(ridge * 5 / 0.6**2, rel=1e-13, abs=0)
    assert p.signal == pytest.approx(
        1.3**2 / 10 * p.delta * N * T * (df1 - df2) / D, rel=1e-13, abs=0
    )
    assert p.noise == pytest.approx(
        0.4**2 / 2 * (N * df2 - 2 * df1 * df2 + df1**2) / D, rel=1e-13, abs=0
    )
    assert p.train == pytest.approx((1 - df1 / T) ** 2 * (2 * p.test + 0.4**2), rel=1e-13, abs=0)
    assert p.test == p.signal + p.noise


def test_no_ridge_is_the_limit_of_a_small_ridge():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 12), sigma_eps=0.5)
    N, T = np.meshgrid([1, 3.5, 11, 12, 13, 40, np.inf], [1, 3.5, 11, 12, 13, 40, np.inf])
    finite = (N != T) | (N > 12)
    small, none = rf.predict(model, N, T, 1e-290), rf.predict(model, N, T)
    for name in (*LOSSES, "delta", "df1", "df2"):
        a, b = getattr(small, name)[finite], getattr(none, name)[finite]
        # at min(N, T) = M the approach is slow, of relative order ridge^(1/3), or to 0 or infinity
        infinite = np.isinf(b)
        assert np.all(a[infinite] > 1e90), name
        np.testing.assert_allclose(a[~infinite], b[~infinite], rtol=1e-12, atol=1e-90, err_msg=name)


def test_no_ridge_at_the_peak_is_infinite():
    p = rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 12), sigma_eps=0.5), [3, 11.5], [3, 11.5])
    assert np.all(np.isinf(p.test) & np.isinf(p.signal) & np.isinf(p.noise))
    assert np.all(p.train == 0)


def test_no_ridge_with_enough_features_and_samples_learns_everything():
    p = rf.predict(
        rf.ScalingModel(rf.PowerLaw(1.0, 12), sigma_eps=0.5), [13, np.inf, 40], [40, 36, np.inf]
    )
    assert np.all(p.signal == 0)
    np.testing.assert_allclose(p.noise, 0.125 * 12 / np.array([28, 24, np.inf]), rtol=1e-15)
    assert p.regime.tolist() == ["latent"] * 3


def test_sizes_just_above_M_lose_no_digits():
    """T - M is exact in float64 where 1 - M/T is not."""
    for M, T in [(17, 17.000001), (10, 10 * (1 + 1e-13)), (20_000, 20_001)]:
        p = rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=1.0), 2 * M, T)
        assert p.noise == pytest.approx(0.5 * M / (T - M), rel=1e-14, abs=0)


@pytest.mark.parametrize(("scale", "sigma_w"), [(1e50, 1e-165), (1e-200, 1e160), (1e300, 1e-170)])
def test_units_beyond_the_range_of_their_factors(scale, sigma_w):
    one = rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 10)), 5, 8).test
    log_unit = np.log(scale) + 2 * np.log(sigma_w)
    found = rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 10, scale), sigma_w), 5, 8).test
    assert np.log(found) == pytest.approx(np.log(one) + log_unit, rel=1e-13, abs=0)


def test_square_corner_is_the_limit_of_a_small_ridge():
    """N = T = M without ridge: the planar signal tends to (sigma_w^2/2M) M^2/(3 sum 1/lambda), the
    noise diverges.
    """
    model = rf.ScalingModel(rf.PowerLaw(1.0, 5), sigma_eps=1.0)
    corner, near = rf.predict(model, 5, 5), rf.predict(model, 5, 5, 1e-200)
    assert corner.signal == pytest.approx(2.5 / (3 * (1 + 4 + 9 + 16 + 25)), rel=1e-14, abs=0)
    assert corner.signal == pytest.approx(float(near.signal), rel=1e-12, abs=0)
    assert np.isinf(corner.noise)
    assert near.noise > 1e60


def test_infinite_sizes_are_limits():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30), sigma_eps=0.5)
    for N, T in [(10, np.inf), (np.inf, 10), (np.inf, 50), (50, np.inf)]:
        limit = rf.predict(model, N, T)
        # corrections are of relative order 10/size
        near = rf.predict(model, min(N, 1e14), min(T, 1e14))
        for name in LOSSES:
            np.testing.assert_allclose(
                getattr(near, name), getattr(limit, name), rtol=1e-11, atol=1e-12
            )


def test_broadcasting_and_scalars():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30))
    grid = rf.predict(model, np.arange(1, 5)[:, None], [2.5, 7.0], ridge=1e-3)
    assert grid.test.shape == grid.N.shape == grid.regime.shape == (4, 2)
    for i in range(4):
        for j, T in enumerate([2.5, 7.0]):
            single = rf.predict(model, i + 1, T, 1e-3)
            assert np.ndim(single.test) == 0
            assert single.test == grid.test[i, j]


def test_regimes():
    regime = rf.predict(
        rf.ScalingModel(rf.PowerLaw(1.0, 100)), [10, 40, 50, 95, 200], [40, 10, 52, 50, 100]
    ).regime
    assert regime.tolist() == ["features", "data", "peak", "data", "latent"]


positive = st.floats(-3, 6).map(lambda e: 10.0**e)
sizes = st.one_of(st.integers(1, 60).map(float), positive, st.just(np.inf))
strengths = st.one_of(st.just(0.0), st.floats(-300, 300).map(lambda e: 10.0**e))
spectra = st.one_of(
    st.builds(
        rf.PowerLaw,
        st.floats(-2, 1.3).map(lambda e: 10.0**e),
        st.integers(1, 50),
        st.sampled_from([1.0, 1e-200, 1e20]),
    ),
    st.lists(st.floats(-12, 12).map(lambda e: 10.0**e), min_size=1, max_size=20).map(
        lambda values: rf.Eigenvalues(values, rcond=0.0)  # gaps and all
    ),
)
models = st.builds(
    rf.ScalingModel,
    spectra,
    st.sampled_from([0.0, 1.0, 10.0]),
    st.sampled_from([1e-3, 1.0]),
    st.sampled_from([0.0, 0.1, 1e3]),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(models, sizes, sizes, strengths)
def test_finite_or_infinite_never_nan_and_converged(model, N, T, ridge):
    with np.errstate(all="raise", under="ignore"):
        p = rf.predict(model, N, T, ridge)
    for name in (*LOSSES, "delta", "df1", "df2"):
        value = getattr(p, name)
        assert value >= 0, name  # false for NaN
    diverges = ridge == 0 or np.isinf(N) or np.isinf(T)
    assert diverges or np.isfinite(p.test)
    assert p.df2 <= p.df1 <= min(N, T, model.M) * (1 + 1e-13)
    assert p.delta_error <= 1e-12
    null_loss = model.sigma_w**2 * model.spectrum.trace() / (2 * model.M)
    if N < T / 2 or T < N / 2:
        assert p.signal <= null_loss * 2.0000001 or p.signal < 1e-290


@settings(max_examples=200, deadline=None, derandomize=True)
@given(models, sizes, sizes, strengths)
def test_duality_of_the_signal(model, N, T, ridge):
    """N <-> T: the teacher is one more feature, the test point one more sample."""
    assert rf.predict(model, N, T, ridge).signal == rf.predict(model, T, N, ridge).signal


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    models,
    sizes,
    sizes,
    st.floats(-30, 30).map(lambda e: 10.0**e),
    st.sampled_from([2.0**-40, 2.0**7, 2.0**90]),
)
def test_homogeneity(model, N, T, ridge, c):
    """(lambda, ridge) -> (c lambda, c ridge): the signal scales by c, the noise not at all; c is a
    power of 2.
    """
    scaled = rf.ScalingModel(
        rf.Eigenvalues(c * model.spectrum.eigenvalues, rcond=0.0),
        model.sigma_w,
        model.sigma_u,
        model.sigma_eps,
    )
    original = rf.ScalingModel(
        rf.Eigenvalues(model.spectrum.eigenvalues, rcond=0.0),
        model.sigma_w,
        model.sigma_u,
        model.sigma_eps,
    )
    a, b = rf.predict(original, N, T, ridge), rf.predict(scaled, N, T, c * ridge)
    # the rounding of c * eigenvalue is exact, but that of the logarithms is 1e-13 at 1e-300
    assert b.signal == pytest.approx(c * a.signal, rel=1e-11, abs=1e-290)
    assert b.noise == pytest.approx(a.noise, rel=1e-11, abs=1e-290)
    assert b.df1 == pytest.approx(a.df1, rel=1e-12, abs=0)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(models, sizes, sizes, strengths)
def test_monotone_where_the_theory_is(model, N, T, ridge):
    """Delta rises and df1 falls with the ridge; Delta falls with N and T."""
    base = rf.predict(model, N, T, ridge)
    more_ridge = rf.predict(model, N, T, 2 * ridge if 0 < ridge < 1e299 else max(ridge, 1.0))
    more_data = rf.predict(model, N, 2 * T, ridge)
    slack = 1 + 1e-12
    assert more_ridge.delta >= base.delta / slack or base.delta < 1e-300
    assert more_ridge.df1 <= base.df1 * slack
    assert more_data.delta <= base.delta * slack
    assert more_data.df1 >= base.df1 / slack


@settings(max_examples=100, deadline=None, derandomize=True)
@given(models, sizes, sizes)
def test_at_the_optimal_ridge_more_data_never_hurts(model, N, T):
    best, more = (
        rf.optimal_ridge(model, N, T).prediction,
        rf.optimal_ridge(model, N, 2 * T).prediction,
    )
    assert more.test <= best.test * (1 + 1e-11)


def test_the_solver_needs_few_evaluations():
    """A typical power-law grid: the mean number is part of the cost of every prediction."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 1000))
    N, T = (a.ravel() for a in np.meshgrid(np.geomspace(3, 3000, 12), np.geomspace(3, 3000, 12)))
    point = solve(model, N, T, np.full(N.shape, 1e-4))
    assert point.evaluations.max() < MAX_EVALUATIONS
    assert point.evaluations.mean() < 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"N": 0, "T": 5}, r"^N must be > 0 \(numpy.inf is allowed\), got 0"),
        ({"N": 5, "T": [3, -1]}, r"^T must be > 0 .* got -1"),
        ({"N": np.nan, "T": 5}, r"^N must be > 0 .* got nan"),
        ({"N": [], "T": 5}, r"^N is empty"),
        ({"N": 5, "T": 1e-310}, r"^T must be >= 1e-150, got 1e-310"),
        ({"N": 5, "T": 5, "ridge": -1e-9}, r"^ridge must be >= 0 .* got -1e-09"),
        ({"N": 5, "T": 5, "ridge": np.nan}, r"^ridge must be >= 0 .* got nan"),
        ({"N": np.inf, "T": 5, "ridge": np.inf}, r"^ridge must be finite where N or T is inf"),
        (
            {"N": [1, 2], "T": [1, 2, 3]},
            r"^shapes must broadcast together, got N \(2,\), T \(3,\), ridge \(\)",
        ),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises(ValueError, match=said):
        rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 10)), **arguments)


@pytest.mark.parametrize("name", ["sigma_w", "sigma_u", "sigma_eps"])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf, "a", None, [1.0, 2.0]])
def test_bad_model(name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be a finite number >=? 0, got "):
        rf.ScalingModel(rf.PowerLaw(1.0, 10), **{name: value})


def test_units_beyond_float64_do_not_warn():
    """Nothing is lost for N, T > M, also where sigma_w^2 overflows."""
    assert rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 10), 1e200), 20, 40).test == 0


def test_a_grid_that_does_not_fit_in_memory_is_refused():
    sizes = np.arange(1.0, 1e5)
    with pytest.raises(
        ValueError, match=r"^a prediction at \d+ points needs .* GB of memory, but only"
    ):
        rf.predict(
            rf.ScalingModel(rf.PowerLaw(1.0, 10)), sizes, sizes[:, None, None], np.ones((20, 1))
        )


def test_zero_is_allowed_for_teacher_and_noise_but_not_for_features():
    assert rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_w=0, sigma_eps=0).sigma_w == 0
    with pytest.raises(ValueError, match=r"^sigma_u must be a finite number > 0, got 0"):
        rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_u=0)
    with pytest.raises(ValueError, match=r"^spectrum must be"):
        rf.ScalingModel([1.0, 2.0])  # type: ignore[arg-type]


def test_the_model_is_frozen():
    with pytest.raises(AttributeError):
        rf.ScalingModel(rf.PowerLaw(1.0, 10)).sigma_w = 2.0  # type: ignore[misc]
