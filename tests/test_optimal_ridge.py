"""The optimal ridge: identities of the optimum, known answers, where it lies, several minima."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rfscale as rf
from rfscale.theory.asymptotics import optimal_ridge_power_law, power_law_constant

CASES = [
    (0.3, 60, 15, 23, 0.001),
    (1.0, 200, 50, 50, 0.0),
    (1.0, 70, 22, 3000, 0.1),
    (2.5, 400, 61, 16, 1e-6),
    (0.5, 15, 1500, 90, 0.1),  # M is the smallest
    (1.0, 5, 5, 5, 0.3),
    (1.0, 27, 27, 640, 3.0),
]


@pytest.mark.parametrize(("alpha", "M", "N", "T", "sigma_eps"), CASES)
def test_the_loss_is_least_there(alpha, M, N, T, sigma_eps):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_eps=sigma_eps)
    best = rf.optimal_ridge(model, N, T)
    assert best.location == "interior"
    again = rf.predict(model, N, T, best.ridge)
    assert again.test == pytest.approx(best.prediction.test, rel=1e-13, abs=0)
    assert again.delta == pytest.approx(best.prediction.delta, rel=1e-12, abs=0)
    everywhere = rf.predict(model, N, T, best.ridge * np.geomspace(1e-6, 1e6, 4001)).test
    assert everywhere.min() >= best.prediction.test * (1 - 1e-14)
    # The second derivative on a logarithmic scale, from both sides, puts the minimum where it is
    # said to be: L(x) - L(0) = k x^2/2 + O(x^3), so that the difference of the two sides over their
    # sum is O(x).
    x = 1e-3
    left, right = (
        rf.predict(model, N, T, best.ridge * np.exp(e)).test - best.prediction.test for e in (-x, x)
    )
    assert left > 0
    assert right > 0
    assert abs(left - right) < 10 * x * (left + right)


def test_optimum_without_noise_obeys_its_own_equation():
    """c (N - df1)(T - df1) = s^3 with s = df1 - df2, c = df2 - df3."""
    model = rf.ScalingModel(rf.PowerLaw(0.7, 300))
    p = rf.optimal_ridge(model, 40, [30, 40, 90]).prediction
    s, c = model.spectrum.moment(1, 1, p.delta), model.spectrum.moment(2, 1, p.delta)
    np.testing.assert_allclose(c * (40 - p.df1) * (p.T - p.df1), s**3, rtol=1e-12)


def test_infinitely_many_features_recover_kernel_ridge_regression():
    """N = infinity: the optimum is at Delta (T - df1) = sigma_eps^2 M/sigma_w^2."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 500), sigma_w=2.0, sigma_eps=0.3)
    best = rf.optimal_ridge(model, np.inf, [10, 100, 1000])
    p = best.prediction
    np.testing.assert_allclose(p.delta * (p.T - p.df1), 0.3**2 * 500 / 2.0**2, rtol=1e-13)
    assert best.location.tolist() == ["infinity"] * 3
    near = rf.optimal_ridge(model, 1e13, [10, 100, 1000])
    assert near.location.tolist() == ["interior"] * 3
    np.testing.assert_allclose(near.prediction.test, p.test, rtol=1e-10)


def test_where_the_optimum_lies():
    spectrum = rf.PowerLaw(1.0, 20)
    clean, noisy = rf.ScalingModel(spectrum), rf.ScalingModel(spectrum, sigma_eps=0.1)
    only_noise = rf.ScalingModel(spectrum, sigma_w=0.0, sigma_eps=0.1)
    nothing = rf.ScalingModel(spectrum, sigma_w=0.0)
    assert (
        rf.optimal_ridge(clean, [20, 30, np.inf, 10], [20, 25, 10, np.inf]).location.tolist()
        == ["zero"] * 4
    )
    assert rf.optimal_ridge(noisy, [10, 30], [np.inf, np.inf]).location.tolist() == ["zero"] * 2
    assert rf.optimal_ridge(noisy, 30, 25).location == "interior"
    best = rf.optimal_ridge(only_noise, [10, np.inf], 15)
    assert (best.location.tolist(), best.ridge.tolist()) == (["infinity"] * 2, [np.inf] * 2)
    assert np.all(best.prediction.test == 0)
    assert rf.optimal_ridge(nothing, 10, 15).prediction.test == 0


def test_no_ridge_can_be_best_with_label_noise():
    """N = M < T and weak noise: perfect features leave only variance, which no ridge improves."""
    model = rf.ScalingModel(rf.PowerLaw(2.1, 1), sigma_eps=0.001)
    best = rf.optimal_ridge(model, 1, 2)
    assert best.location == "zero"
    assert best.prediction.test <= rf.predict(model, 1, 2, np.geomspace(1e-12, 1, 100)).test.min()


@pytest.mark.parametrize("M", [1, 2, 5, 20])
def test_little_noise_at_the_square_corner(M):
    """N = T = M: Delta^2 -> 3 (sigma_eps/sigma_w)^2 A/B with A and B the sums of 1/lambda and
    1/lambda^2.
    """
    spectrum = rf.PowerLaw(1.0, M)
    small, smaller = (
        rf.optimal_ridge(rf.ScalingModel(spectrum, sigma_eps=sigma_eps), M, M)
        for sigma_eps in (1e-12, 1e-24)
    )
    A, B = spectrum.trace(-1), spectrum.trace(-2)
    for best, sigma_eps in ((small, 1e-12), (smaller, 1e-24)):
        delta = np.sqrt(3 * sigma_eps**2 * A / B)
        assert best.prediction.delta == pytest.approx(
            delta, rel=1e-6 if sigma_eps == 1e-12 else 1e-12, abs=0
        )
        assert rf.predict(best.prediction.model, M, M, best.ridge).test == pytest.approx(
            best.prediction.test, rel=1e-12, abs=0
        )


def test_groups_of_eigenvalues():
    """The loss has one minimum also where separate groups of eigenvalues make df1 a staircase."""
    rng = np.random.default_rng(7)
    for _ in range(40):
        groups = int(rng.integers(2, 5))
        heights = 10.0 ** -np.cumsum([0, *rng.uniform(0.1, 4, groups - 1)])
        spectrum = rf.Eigenvalues(np.repeat(heights, rng.integers(1, 40, groups)))
        N, T = np.round(10 ** rng.uniform(0, 2.5, 2))
        model = rf.ScalingModel(spectrum, sigma_eps=rng.choice([0.0, 10 ** rng.uniform(-4, 1)]))
        losses = rf.predict(model, N, T, np.geomspace(1e-12, 1e5, 500)).test
        best = rf.optimal_ridge(model, N, T).prediction.test
        assert best <= losses.min() * (1 + 1e-13)
        assert best >= losses.min() * (1 - 1e-3) or best < 1e-20  # the grid is 8 percent wide


@pytest.mark.parametrize("sigma_eps", [1e-30, 1e3, 1e150])
@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e100])
def test_extreme_noise(sigma_eps, scale):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10, scale), sigma_eps=sigma_eps)
    for N in (5, 10, 20, np.inf):
        best = rf.optimal_ridge(model, N, [7, 10, 30])
        null_loss = model.spectrum.trace() / 20
        assert np.all(best.prediction.test <= null_loss * (1 + 1e-12))
        again = rf.predict(model, N, [7, 10, 30], best.ridge) if np.isfinite(N) else best.prediction
        np.testing.assert_allclose(again.test, best.prediction.test, rtol=1e-11)


@pytest.mark.parametrize(("N", "T"), [(1, 4), (5, 3), (20, 30), (np.inf, 7)])
def test_overwhelming_noise_asks_for_a_ridge_in_proportion(N, T):
    """Far above all eigenvalues Delta is proportional to sigma_eps^2: at 1e50 searched, at 1e240 in
    closed form.
    """
    spectrum = rf.Eigenvalues([1.0, 0.5, 0.4, 0.1])
    deltas = [
        rf.optimal_ridge(rf.ScalingModel(spectrum, sigma_eps=sigma_eps), N, T).prediction.delta
        / sigma_eps**2
        for sigma_eps in (1e25, 1e120)
    ]
    assert deltas[1] == pytest.approx(deltas[0], rel=1e-12, abs=0)


def test_fixed_noise_slows_the_law_to_alpha_over_one_plus_alpha():
    """N = infinity, optimal ridge, L ~ T^(-alpha/(1+alpha))."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100_000), sigma_eps=1e-2)
    loss = rf.optimal_ridge(model, np.inf, [1e4, 1.05e4]).prediction.test
    # corrections: of order 1/df1 and df1/M, both below 0.5 percent here
    assert np.log(loss[1] / loss[0]) / np.log(1.05) == pytest.approx(-0.5, abs=0.01)


@pytest.mark.parametrize(
    ("alpha", "ratio"),
    [(0.25, 1.100), (0.5, 1.095), (1.0, 1.0), (1.5, 0.862), (2.0, 0.718), (3.0, 0.467)],
)
def test_how_wrong_the_phenomenological_law_is(alpha, ratio):
    """Known answers: L*/[k (1/N + 1/T)^alpha] at N = T, for M -> infinity."""
    model = rf.ScalingModel(rf.PowerLaw(alpha, 10**9))
    N = 1e4 if alpha == 0.25 else 1e5
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        _, test = optimal_ridge_power_law(model, N, N)
    law = model.units.signal * power_law_constant(alpha) * (2 / N) ** alpha
    assert test / law == pytest.approx(ratio, abs=5e-4)


models = st.builds(
    rf.ScalingModel,
    st.builds(rf.PowerLaw, st.floats(0.1, 3), st.integers(1, 40)),
    st.just(1.0),
    st.just(1.0),
    st.sampled_from([0.0, 1e-3, 0.1, 3.0]),
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(models, st.floats(0.5, 100), st.floats(0.5, 100), st.floats(-20, 10))
def test_no_other_ridge_does_better(model, N, T, log10_ridge):
    best = rf.optimal_ridge(model, N, T)
    assert best.prediction.test <= rf.predict(model, N, T, 10.0**log10_ridge).test * (1 + 1e-13)
    assert rf.predict(model, N, T, "optimal").test == best.prediction.test


@pytest.mark.parametrize("M", [4000, 10**12])
def test_at_any_size(M):
    """The optimum at sizes across M is that of a search over ridges."""
    rng = np.random.default_rng(2)
    for sigma_eps in (0.0, 1e-6, 0.1):
        model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=sigma_eps)
        N, T = np.exp(rng.uniform(0, np.log(10 * M), (2, 30)))
        best = rf.optimal_ridge(model, N, T)
        for factor in (0.0, 1e-3, 0.9, 0.999, 1.001, 1.1, 1e3):
            assert np.all(
                best.prediction.test
                <= rf.predict(model, N, T, factor * best.ridge).test * (1 + 1e-12)
            )


@pytest.mark.parametrize(
    ("M", "N", "T"), [(11, 11.000000000000002, 2.1e15), (10**12, 10**12 + 2.0**-11, 1e12)]
)
def test_just_above_M_the_prediction_is_that_at_the_ridge(M, N, T):
    """N - M is exact in float64 where 1 - M/N is not: nothing is lost with almost no noise."""
    model = rf.ScalingModel(rf.PowerLaw(0.1, M), sigma_eps=4e-27)
    best = rf.optimal_ridge(model, N, T)
    again = rf.predict(model, N, T, best.ridge)
    assert again.delta == pytest.approx(float(best.prediction.delta), rel=1e-10, abs=0)
    assert again.test == pytest.approx(float(best.prediction.test), rel=1e-10, abs=0)


def test_absurd_sizes_do_not_hang():
    model = rf.ScalingModel(rf.PowerLaw(0.0173, 1000), sigma_w=1.34e82, sigma_eps=7e41)
    assert rf.optimal_ridge(model, 1.15e-150, 999.9999999999998).prediction.test > 0


def test_bad_input():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10))
    with pytest.raises(ValueError, match=r"^N must be > 0"):
        rf.optimal_ridge(model, -1, 5)
    with pytest.raises(ValueError, match=r"^shapes must broadcast"):
        rf.optimal_ridge(model, [1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"^model must have a PowerLaw spectrum"):
        optimal_ridge_power_law(rf.ScalingModel(rf.Eigenvalues([1.0, 2.0])), 5, 5)
    with pytest.raises(ValueError, match=r"^N and T must be finite"):
        optimal_ridge_power_law(model, np.inf, 5)
