"""`predict` against the same equations in 60-digit arithmetic over hard random points, and where it
is ill-conditioned.

The error asserted is the one that is documented, 1e-11. Points are drawn with a fixed seed.
"""

import mpmath as mp
import numpy as np
import oracle
import pytest

import rfscale as rf
from rfscale.theory.solution import solve

FIELDS = ("delta", "df1", "df2", "signal", "noise", "train")


def hard_points(count):
    """alpha from 0.01 to 20, M to 1e18, sizes near each other and near M, ridges from nothing to
    everything.
    """
    rng = np.random.default_rng(3)
    for _ in range(count):
        alpha = float(rng.choice([0.01, 1.0, 20.0, np.exp(rng.uniform(np.log(0.01), np.log(20)))]))
        M = int(10 ** rng.uniform(0, 18 if rng.random() < 0.7 else 3))
        N = 10 ** rng.uniform(-0.5, np.log10(M) + 1)
        T = N * rng.choice([1.0, 1.0 + 2.0**-20, 1.5, 10 ** rng.uniform(-6, 6)])
        if rng.random() < 0.3:
            N = M * rng.choice([1.0, 1.0 - 2.0**-10, 1.0 + 2.0**-10])
        ridge = 10 ** (
            rng.uniform(-40, 40)
            if rng.random() < 0.3
            else rng.uniform(-1, 1) * (1 + alpha) * np.log10(M + 9)
        )
        yield alpha, float(M), float(N), float(T), float(np.clip(ridge, 1e-300, 1e300))


@pytest.mark.parametrize(
    "point",
    list(hard_points(40)),
    ids=lambda p: "{:.3g},M={:.3g},N={:.3g},T={:.3g},ridge={:.3g}".format(*p),
)
def test_all_losses_to_eleven_digits(point):
    alpha, M, N, T, ridge = point
    prediction = rf.predict(rf.ScalingModel(rf.PowerLaw(alpha, M), 1.5, 0.7, 0.3), N, T, ridge)
    exact = oracle.losses_of_power_law(alpha, M, N, T, ridge, 1.5, 0.7, 0.3)
    for name in FIELDS:
        if exact[name] > 1e-300:
            assert getattr(prediction, name) == pytest.approx(
                float(exact[name]), rel=1e-11, abs=0
            ), name


def test_near_the_peak_the_error_is_that_of_the_sizes():
    """L ~ 1/(1 - N/T) without ridge: T off by eps T changes L by eps/(1 - N/T), but T - N is exact
    in float64.
    """
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10**6))
    for k in (10, 30, 48):
        N, T = 2.0**10, 2.0**10 * (1 + 2.0**-k)
        exact = oracle.losses_of_power_law(1.0, 1e6, N, T, 1e-200)
        assert rf.predict(model, N, T).signal == pytest.approx(
            float(exact["signal"]), rel=1e-11, abs=0
        )
        moved = rf.predict(model, N, np.nextafter(T, np.inf)).signal
        change = 2.0**-52 / (1 - N / T)  # what one unit in the last place of T does to 1 - N/T
        assert 0.3 * change < abs(float(moved / exact["signal"]) - 1) < 3 * change + 1e-14


def test_near_M_the_error_is_that_of_the_sizes():
    """L ~ M - n without ridge: n off by eps n changes L by eps n/(M - n), but M - n is exact in
    float64.
    """
    M = 2.0**40
    model = rf.ScalingModel(rf.PowerLaw(1.0, int(M)))
    for k in (4, 20, 38):
        N = M - 2.0 ** (40 - k)
        exact = oracle.losses_of_power_law(1.0, M, N, 4 * M, 1e-200, digits=90)
        assert rf.predict(model, N, 4 * M).signal == pytest.approx(
            float(exact["signal"]), rel=1e-11, abs=0
        )


@pytest.mark.parametrize(
    ("M", "n", "t", "ridge"),
    [
        (58095300533146072.0, 1, 1, 1e-100),
        (float(2**53 + 2), 2, 1, 1e-60),
        (float(2**53 + 2), 1, 4, 1e-150),
    ],
)
def test_sizes_equal_to_a_huge_M_are_exact(M, n, t, ridge):
    N = n * M
    T = t * M
    prediction = rf.predict(rf.ScalingModel(rf.PowerLaw(2.3, int(M)), sigma_eps=1.0), N, T, ridge)
    exact = oracle.losses_of_power_law(2.3, M, N, T, ridge, 1.0, 1.0, 1.0, digits=130)
    for name in FIELDS:
        found = getattr(prediction, name)
        assert found == pytest.approx(float(exact[name]), rel=1e-11, abs=0), name


def test_sizes_just_below_M_equal_eigenvalues():
    """Ten equal eigenvalues, n = 10 - 2^-49: Delta = (M - n)/n."""
    prediction = rf.predict(rf.ScalingModel(rf.Eigenvalues([1.0] * 10)), 10 - 2.0**-49, 20)
    assert prediction.delta == pytest.approx(2.0**-49 / 10, rel=1e-12, abs=0)


def test_few_evaluations():
    """What a prediction costs: three or four sums over a power law, four or five over other
    spectra, never many.
    """
    rng = np.random.default_rng(5)
    spectra = [rf.PowerLaw(alpha, M) for alpha in (0.1, 1.0, 5.0) for M in (1000, 10**6, 10**12)]
    spectra += [
        rf.Eigenvalues(10 ** -rng.uniform(0, 12, 300)),
        rf.Eigenvalues(np.repeat([1.0, 1e-4, 1e-9], [5, 50, 100])),
    ]
    for spectrum in spectra:
        size = np.geomspace(1, 10 * spectrum.M, 30)
        for ridge in (0.0, 1e-9, 1e-3, 1.0):
            point = solve(rf.ScalingModel(spectrum), size[:, None], size * 1.03, np.asarray(ridge))
            power_law = isinstance(spectrum, rf.PowerLaw)
            assert point.evaluations.mean() <= (4.1 if power_law else 5), (spectrum, ridge)
            assert point.evaluations.max() <= (10 if power_law else 30), (spectrum, ridge)
            assert point.delta_error.max() <= 1e-12


@pytest.mark.parametrize("sigma_eps", [0.0, 1e-6, 0.1])
@pytest.mark.parametrize("M", [4000, 10**12])
def test_few_evaluations_of_the_optimum(M, sigma_eps):
    size = np.geomspace(1, 10 * M, 30)
    best = rf.optimal_ridge(
        rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=sigma_eps), size[:, None], size * 1.03
    )
    assert 5 < best.prediction.evaluations.mean() < 11
    assert best.prediction.evaluations.max() < 40


def test_a_single_point_and_a_grid_on_all_cores_are_the_same_bits():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10**6), sigma_eps=0.1)
    N, T = np.geomspace(1, 1e7, 120)[:, None], np.geomspace(1.1, 1.1e7, 130)
    for ridge in (0.0, 1e-6, "optimal"):
        grid = rf.predict(model, N, T, ridge)
        for i, j in [(0, 0), (7, 99), (60, 60), (119, 129), (100, 3)]:
            single = rf.predict(model, N[i, 0], T[j], ridge)
            for name in ("test", "delta", "train", "delta_error", "regime"):
                assert getattr(single, name) == getattr(grid, name)[i, j]


@pytest.mark.parametrize("ridge", [0.0, 1e-3, "optimal"])
def test_arrays_of_spectra_broadcast_with_sizes(ridge):
    alpha, M, scale = np.array([0.3, 1.0, 2.0])[:, None, None], np.array([7, 10**6])[:, None], 2.0
    models = rf.ScalingModel(rf.PowerLaw(alpha, M, scale), 1.3, 0.7, 0.1)
    N = np.array([5.0, 50.0, 1e7, np.inf])
    grid = rf.predict(models, N, 40.0, ridge)
    assert grid.test.shape == grid.N.shape == (3, 2, 4)
    for a, J, n in np.ndindex(3, 2, 4):
        model = rf.ScalingModel(
            rf.PowerLaw(float(alpha[a, 0, 0]), int(M[J, 0]), scale), 1.3, 0.7, 0.1
        )
        single = rf.predict(model, N[n], 40.0, ridge)
        for name in ("ridge", "test", "signal", "noise", "train", "delta", "df2", "regime"):
            assert getattr(single, name) == getattr(grid, name)[a, J, n], name
    frame = grid.to_frame()
    assert frame["alpha"].tolist() == np.repeat([0.3, 1.0, 2.0], 8).tolist()
    assert (
        frame["M"].tolist() == [7] * 4 + [10**6] * 4 + [7] * 4 + [10**6] * 4 + [7] * 4 + [10**6] * 4
    )


def test_arrays_of_spectra_where_one_is_needed():
    models = rf.ScalingModel(rf.PowerLaw([0.5, 1.0], 50))
    with pytest.raises(
        ValueError, match=r"^model must have a single spectrum here, got an array of shape \(2,\)"
    ):
        rf.simulate(models, 5, 9)
    with pytest.raises(
        ValueError, match=r"^spectrum must be a single PowerLaw here, got an array of shape \(2,\)"
    ):
        rf.asymptotics.delta_power_law(models.spectrum, 5)
    with pytest.raises(
        ValueError,
        match=r"^shapes must broadcast together, got N \(3,\), T \(\), ridge \(\), spectrum \(2,\)",
    ):
        rf.predict(models, [1, 2, 3], 4)


def test_the_law_at_the_size_of_language_models():
    """alpha = 1, M = 1e18, N = 1e12, T = 2e13 without ridge: Delta = lambda_+ (pi/2)^2/(N + 1/2)^2,
    up to N/M.
    """
    p = rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 10**18)), 1e12, 2e13)
    law = mp.pi**2 / 4 * 1e12 / (1e12 + 0.5) ** 2 / (1 - 1e12 / 2e13) / 2e18
    assert p.test == pytest.approx(float(law), rel=3e-6, abs=0)  # the next term is 8 N/(pi^2 M)
    assert p.test != pytest.approx(float(law), rel=1e-7, abs=0)
