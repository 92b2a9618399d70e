"""The ridge in the kernel's convention, delta = gamma M/(sigma_u^2 N): also where N is infinite."""

import dataclasses
import warnings

import numpy as np
import pytest

import rfscale as rf

FIELDS = ("test", "signal", "noise", "train", "delta", "df1", "df2")
SPECTRUM = rf.PowerLaw(1.0, 60)
MODELS = {
    "plain": rf.ScalingModel(SPECTRUM, 1.3, 0.7, 0.2),
    "clean": rf.ScalingModel(SPECTRUM, 1.3, 0.7),
    "general": rf.ScalingModel(
        SPECTRUM,
        1.3,
        0.7,
        0.2,
        teacher=rf.SourceCondition(0.8),
        test_spectrum=rf.PowerLaw(0.4, 60),
    ),
    "eigenvalues": rf.ScalingModel(rf.Eigenvalues([3.0, 1.0, 1.0, 0.1]), 1.3, 0.7, 0.2),
}


def of(function, *point, **options):
    """A result without the warning that some of these sizes deserve."""
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        return function(*point, **options)


@pytest.mark.parametrize("N", [1e15, np.inf])
@pytest.mark.parametrize(
    ("kernel_ridge", "test", "decimals"),
    [(0.0, 0.0455, 4), (1e-3, 0.0420, 4), (1.0, 0.0033, 4), (1e3, 0.00019, 5)],
)
def test_known_answers(N, kernel_ridge, test, decimals):
    """Kernel ridge regression; those with N = 1e15 were printed before there was this keyword."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 4000), sigma_eps=0.3)
    found = rf.predict(model, N, 100, kernel_ridge=kernel_ridge).test
    assert found == pytest.approx(test, rel=0, abs=0.5 * 10.0**-decimals)


@pytest.mark.parametrize("order", ["planar", "one-loop"])
@pytest.mark.parametrize("name", MODELS)
def test_it_is_the_same_ridge_at_finite_N(name, order):
    """delta is rounded once and its logarithm, at most 40, once: eps 40 = 9e-15 in Delta."""
    model = MODELS[name]
    N, T = np.array([3.0, 20.0, 59.0, 200.0])[:, None, None], np.array([2.0, 31.0, 90.0])[:, None]
    delta = np.array([0.0, 1e-9, 1e-3, 1.0, 1e6, np.inf])
    gamma = delta * model.sigma_u**2 * N / model.M
    ours = of(rf.predict, model, N, T, kernel_ridge=delta, order=order)
    theirs = of(rf.predict, model, N, T, gamma, order=order)
    for field in (*FIELDS, "ridge", "kernel_ridge"):
        np.testing.assert_allclose(getattr(ours, field), getattr(theirs, field), rtol=1e-13)
    np.testing.assert_array_equal(ours.kernel_ridge, np.broadcast_to(delta, (4, 3, 6)))
    np.testing.assert_array_equal(theirs.ridge, np.broadcast_to(gamma, (4, 3, 6)))
    if order == "planar":
        split = rf.bias_variance(model, N, T, kernel_ridge=delta)
        np.testing.assert_allclose(split.test, ours.test, rtol=1e-12)
        np.testing.assert_array_equal(split.kernel_ridge, ours.kernel_ridge)


@pytest.mark.parametrize("order", ["planar", "one-loop"])
@pytest.mark.parametrize("name", MODELS)
def test_infinitely_many_features_are_the_limit_of_many(name, order):
    """Corrections are of relative order T/N."""
    model, T = MODELS[name], np.array([[2.0], [31.0], [90.0]])
    delta = np.array([1e-6, 1e-2, 1.0])
    limit, many = (
        of(rf.predict, model, N, T, kernel_ridge=delta, order=order) for N in (np.inf, 1e14)
    )
    for field in FIELDS:
        np.testing.assert_allclose(getattr(many, field), getattr(limit, field), rtol=1e-11)
    assert np.all(np.isinf(limit.ridge))
    assert np.all(np.isfinite(many.ridge))
    assert np.all(np.diff(limit.test, axis=1) != 0)  # it has an effect


def test_where_it_has_no_effect():
    """Where T is infinite, as a finite gamma where N is."""
    model = MODELS["plain"]
    samples = rf.predict(model, [20, np.inf], np.inf, kernel_ridge=[[0.0], [1.0]])
    np.testing.assert_array_equal(samples.test[0], samples.test[1])
    np.testing.assert_array_equal(samples.ridge[:, 1], [0.0, np.inf])
    features = rf.predict(model, np.inf, 20, [0.0, 1.0])
    assert features.test[0] == features.test[1]
    np.testing.assert_array_equal(features.kernel_ridge, [0.0, 0.0])
    nothing = rf.predict(model, np.inf, 20, kernel_ridge=np.inf)
    assert nothing.df1 == 0


@pytest.mark.parametrize("name", MODELS)
def test_the_best_one_can_be_fed_back(name):
    """exp and log of numbers up to 100: 2e-14 in Delta, about which the loss is stationary; its
    parts are not, nor is the training loss.
    """
    model = MODELS[name]
    N, T = [20.0, 1e6, np.inf], [[7.0], [30.0], [120.0]]
    best = rf.optimal_ridge(model, N, T)
    again = rf.predict(model, N, T, kernel_ridge=best.kernel_ridge)
    for field in FIELDS:
        expected = getattr(best.prediction, field)
        np.testing.assert_allclose(getattr(again, field), expected, rtol=1e-12)
    np.testing.assert_array_equal(best.kernel_ridge, best.prediction.kernel_ridge)
    assert np.all(np.isfinite(best.kernel_ridge))
    noisy = model.sigma_eps > 0
    assert np.all(np.isinf(best.ridge[:, 2]) if noisy else best.ridge[:, 2] == 0)
    at = of(rf.predict, model, N, T, "optimal", order="one-loop")
    loop = of(rf.predict, model, N, T, kernel_ridge=best.kernel_ridge, order="one-loop")
    np.testing.assert_allclose(loop.test, at.test, rtol=1e-12)
    np.testing.assert_array_equal(at.kernel_ridge, best.kernel_ridge)


def test_the_best_one_of_kernel_regression():
    """N = infinity: it is sigma_eps^2 M/sigma_w^2, for any T (14.11)."""
    model = MODELS["plain"]
    best = rf.optimal_ridge(model, np.inf, [10, 100])
    np.testing.assert_allclose(best.kernel_ridge, 0.2**2 * 60 / 1.3**2, rtol=1e-13)


def test_a_budget_at_a_kernel_ridge():
    model = MODELS["plain"]
    best = rf.compute_optimal(model, [1e3, 1e5], kernel_ridge=1e-2)
    around = np.array([[0.8], [0.9], [1.0], [1.1], [1.25]])
    losses = rf.predict(model, best.N * around, best.T / around, kernel_ridge=1e-2).test
    np.testing.assert_array_equal(np.argmin(losses, axis=0), [2, 2])
    np.testing.assert_allclose(best.N * best.T, [1e3, 1e5], rtol=1e-13)
    np.testing.assert_allclose(best.ridge, 1e-2 * 0.7**2 * best.N / 60, rtol=1e-14)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ridge": 0.1, "kernel_ridge": 0.2}, r"^ridge and kernel_ridge must not both be given"),
        ({"ridge": "optimal", "kernel_ridge": 0.2}, r"^ridge and kernel_ridge must not both"),
        ({"kernel_ridge": -1.0}, r"^kernel_ridge must be >= 0, got -1"),
        ({"kernel_ridge": np.nan}, r"^kernel_ridge must be >= 0, got nan"),
        ({"kernel_ridge": []}, r"^kernel_ridge is empty"),
        ({"kernel_ridge": [1.0, 2.0, 3.0]}, r"^shapes must broadcast .* kernel_ridge \(3,\)"),
    ],
)
@pytest.mark.parametrize("function", [rf.predict, rf.bias_variance])
def test_errors(function, options, message):
    with pytest.raises(ValueError, match=message):
        function(MODELS["plain"], [10, 20], 30, **options)


def test_infinite_ridges_beside_infinite_sizes():
    model = MODELS["plain"]
    with pytest.raises(
        ValueError, match=r"^ridge must be finite where N or T is inf.*kernel_ridge"
    ):
        rf.predict(model, np.inf, 30, np.inf)
    with pytest.raises(ValueError, match=r"^kernel_ridge must be finite where T is inf, got inf"):
        rf.predict(model, 10, np.inf, kernel_ridge=np.inf)


def test_results_store_it_and_those_of_earlier_versions_load(tmp_path):
    model = MODELS["plain"]
    best = rf.optimal_ridge(model, [20, np.inf], 30)
    best.save(tmp_path / "best.npz")
    loaded = rf.OptimalRidge.load(tmp_path / "best.npz")
    np.testing.assert_array_equal(loaded.kernel_ridge, best.kernel_ridge)
    np.testing.assert_array_equal(best.columns()["kernel_ridge"], best.kernel_ridge)
    early = dataclasses.replace(best.prediction, kernel_ridge=None)
    early.save(tmp_path / "early.npz")
    assert rf.Prediction.load(tmp_path / "early.npz").kernel_ridge is None
    assert "kernel_ridge" not in early.columns()


def test_arrays_of_spectra():
    models = rf.ScalingModel(rf.PowerLaw([0.5, 1.0, 2.0], 60, 2.0), 1.3, 0.7, 0.2)
    grid = rf.predict(models, [[20.0], [np.inf]], 30, kernel_ridge=1e-2)
    for i, alpha in enumerate([0.5, 1.0, 2.0]):
        model = dataclasses.replace(models, spectrum=rf.PowerLaw(alpha, 60, 2.0))
        single = rf.predict(model, [20.0, np.inf], 30, kernel_ridge=1e-2)
        for field in (*FIELDS, "ridge", "kernel_ridge"):
            np.testing.assert_array_equal(getattr(grid, field)[:, i], getattr(single, field))
