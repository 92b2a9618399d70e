"""Random features trained on samples: against a plain twin, and against the simulated model."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from experiments_shared import X, Y, gaussian

import rfscale as rf
from rfscale.measured.samples.features import ReluSampleFeatures
from rfscale.measured.samples.splits import rows_of_split


def positive_part(values):
    return np.maximum(values, 0)


def twin(X, y, N, T, ridge, draws, phi, seed=1, holdout=0.3, split=0):
    """The same draws in plain numpy: mean squared errors of each draw, and those of each sample.

    `phi` is the nonlinearity, None of linear features. Without ridge the solution of least norm.
    """
    pool, held_out = rows_of_split(len(X), holdout, seed, split)
    X = X - X[pool].mean(axis=0)
    y = y - y[pool].mean(axis=0)
    tests, trains, errors = [], [], []
    for draw in range(draws):
        streams = [
            np.random.Generator(
                np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(split, N, T, draw, k)))
            )
            for k in range(2)
        ]
        rows = pool[streams[0].choice(len(pool), T, replace=False)]
        u = streams[1].standard_normal((X.shape[1], N))
        features = X @ u if phi is None else phi(X @ u)
        F = features[rows]
        if ridge == 0:
            theta = np.linalg.lstsq(F, y[rows], rcond=1e-10)[0]
        else:
            theta = np.linalg.solve(F.T @ F + ridge * np.eye(N), F.T @ y[rows])
        squared = ((features @ theta - y) ** 2).sum(axis=1)
        tests.append(squared[held_out].mean())
        trains.append(squared[rows].mean())
        errors.append(squared[held_out])
    return np.array(tests), np.array(trains), np.mean(errors, axis=0)


@pytest.mark.parametrize(("name", "phi"), [("linear", None), ("relu", positive_part)])
@pytest.mark.parametrize(("N", "T"), [(5, 20), (30, 20), (6, 6)])
def test_the_numbers_are_those_of_a_plain_loop(name, phi, N, T):
    X, y = gaussian(80)
    ridge = [0.01, 1.0, 50.0]
    found = rf.experiment(X, y, N, T, ridge, features=name, draws=4, split=2, workers=1)
    for k, gamma in enumerate(ridge):
        tests, trains, errors = twin(X, y, N, T, gamma, 4, phi, split=2)
        # the squares of F have a condition of at most 1e6 there, and eps 1e6 = 2e-10
        near = {"rel": 1e-8, "abs": 0}
        assert found.mse_draws[:, k] == pytest.approx(tests, **near)
        assert found.train_mse_draws[:, k] == pytest.approx(trains, **near)
        assert found.sample_errors[:, k] == pytest.approx(errors, **near)
        assert found.mse.mean[k] == pytest.approx(tests.mean(), **near)
        assert found.mse.stderr[k] == pytest.approx(tests.std(ddof=1) / 2, **near)
        assert found.holdout_stderr[k] == pytest.approx(
            errors.std(ddof=1) / np.sqrt(found.held_out), **near
        )
    assert (found.pool, found.held_out, found.inputs, found.outputs) == (56, 24, 12, 2)


@pytest.mark.parametrize(("N", "T"), [(3, 30), (20, 30), (40, 30)])
def test_without_ridge_the_solution_has_the_least_norm(N, T):
    """Also where features are linearly dependent: 9 of the 12 inputs vary."""
    X, y = gaussian(100)
    X[:, :3] = 1.0
    found = rf.experiment(X, y, N, T, 0.0, draws=3, workers=1)
    tests, trains, _ = twin(X, y, N, T, 0.0, 3, None)
    # eigenvalues within a factor 1e4 of the largest: eps 1e4, and the same for the twin
    assert found.mse_draws == pytest.approx(tests, rel=1e-9, abs=0)
    assert found.train_mse_draws == pytest.approx(trains, rel=1e-9, abs=0)


def test_gaussian_samples_have_the_losses_of_the_simulated_model():
    """In the unit of the model's ridge: mse = 2 test + sigma_eps^2, and the same training error.

    Each point is known to 2 to 4 %: an error of a factor of 1.2 would be seen.
    """
    spectrum = rf.PowerLaw(alpha=1.0, M=20)
    weights = np.random.default_rng(5).standard_normal(20)
    model = rf.ScalingModel(
        spectrum,
        sigma_w=1.0,
        sigma_u=np.sqrt(20),
        sigma_eps=0.3,
        teacher=rf.Teacher.weights(weights),
    )
    rng = np.random.default_rng(6)
    X = rng.standard_normal((20_000, 20)) * np.sqrt(spectrum.eigenvalues)
    y = X @ weights + 0.3 * rng.standard_normal(20_000)
    at = {"N": [8, 8, 30], "T": [15, 15, 10], "ridge": [0.3, 10.0, 1.0]}
    samples = rf.experiment(X, y, **at, draws=100)
    drawn = rf.simulate(model, **at, draws=200, seed=2)
    gap = samples.mse.mean - (2 * drawn.test.mean + 0.3**2)
    error = np.sqrt(samples.mse.stderr**2 + samples.holdout_stderr**2 + 4 * drawn.test.stderr**2)
    assert np.all(error < 0.05 * samples.mse.mean)
    assert np.all(np.abs(gap) < 4 * error)
    gap = samples.train_mse.mean - drawn.train.mean
    error = np.hypot(samples.train_mse.stderr, drawn.train.stderr)
    assert np.all(error < 0.1 * samples.train_mse.mean)
    assert np.all(np.abs(gap) < 4 * error)


def test_what_learns_nothing_has_the_variance_and_its_error_is_stated():
    """Over splits the deviation of the mean is the stated error, but for the finite population."""
    X, y = gaussian(1000)
    found = [
        rf.experiment(X, y, 1, 1, np.inf, draws=2, holdout=0.1, split=k, workers=1)
        for k in range(100)
    ]
    mse = np.array([each.mse.mean for each in found])
    assert mse == pytest.approx([each.variance for each in found], rel=1e-12, abs=0)
    assert [float(each.learned) for each in found] == pytest.approx(np.zeros(100), abs=1e-12)
    assert not any(each.mse.stderr for each in found)
    stated = np.mean([each.holdout_stderr for each in found])
    # a deviation over 100 splits is known to 1/sqrt(200), heavier tails of squares to twice that
    assert mse.std(ddof=1) / (stated * np.sqrt(0.9)) == pytest.approx(1, abs=4 * 0.1)


class NotCentred(ReluSampleFeatures):
    """Neurons that see where the origin is."""

    centred = False


@pytest.mark.parametrize("features", ["linear", "relu", NotCentred()])
def test_means_do_not_matter_unless_the_features_say_so(features):
    at = {"N": 6, "T": 20, "ridge": 0.5, "features": features, "draws": 3, "workers": 1}
    found = rf.experiment(X, Y, **at).mse.mean
    # rounding of means of 100
    assert rf.experiment(X, Y + 100, **at).mse.mean == pytest.approx(found, rel=1e-10, abs=0)
    moved = rf.experiment(X + 100, Y, **at).mse.mean
    is_centred = features in ("linear", "relu")
    assert (moved == pytest.approx(found, rel=1e-10, abs=0)) == is_centred


@dataclass(frozen=True)
class Wrong(rf.SampleFeatures):
    """Features that are none."""

    how: str

    def kernel(self, X, Z):
        return X @ Z.T

    def draw(self, rng, N, inputs):
        if self.how == "nan":
            return lambda X: np.full((len(X), N), np.nan)
        return lambda X: X[:, :2]


SAID = "the function that Wrong.draw returns must return features that are finite numbers"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"N": 2.5}, "N must be integers >= 1, got 2.5"),
        ({"N": np.inf}, "N must be integers >= 1, got inf"),
        ({"N": 0}, "N must be integers >= 1, got 0"),
        ({"T": 43}, "T must be at most 42, the samples that are not held out, got 43"),
        ({"T": [3, 4, 5], "N": [1, 2]}, "shapes must broadcast together, got N (2,), T (3,)"),
        ({"ridge": -1.0}, "ridge must be >= 0, got -1"),
        ({"ridge": "optimal"}, "ridge must be numbers >= 0, got a str: 'optimal'; theory"),
        ({"holdout": 0.0}, "holdout must be a number in (0, 1), got 0.0"),
        ({"holdout": 1.0}, "holdout must be a number in (0, 1), got 1.0"),
        ({"holdout": 0.02}, "holdout must leave at least 2 of the 60 samples on either side"),
        ({"split": -1}, "split must be an integer >= 0, got -1"),
        ({"seed": None}, "seed must be an integer >= 0, got None"),
        ({"draws": 1}, "draws must be an integer >= 2, got 1"),
        ({"features": "tanh"}, 'features must be "linear", "relu", a SampleFeatures, or a kernel'),
        ({"features": np.dot}, 'features must be "linear", "relu" or a SampleFeatures, which can'),
        ({"features": Wrong("nan")}, f"{SAID} of shape (2, 1), got nan among them"),
        ({"features": Wrong("shape")}, f"{SAID} of shape (2, 1), got an array of float64 and sh"),
        ({"y": None}, "y must be labels, of shape (P,) or (P, outputs), got None"),
        ({"y": np.ones(59)}, "y must hold a label for each of the 60 rows of X, got 59"),
        ({"X": np.full((60, 2), np.nan)}, "X must hold finite numbers"),
        ({"workers": 0}, "workers must be an integer >= 1, got 0"),
        ({"executor": 3}, "executor must be a concurrent.futures.Executor, got 3"),
        ({"store": ""}, "store must be the name of a file"),
    ],
)
def test_bad_input_says_what_is_allowed(changed, said):
    good = {"X": X, "y": Y, "N": 3, "T": 8, "ridge": 0.5, "draws": 2}
    with pytest.raises(ValueError, match="^" + re.escape(said)):
        rf.experiment(**good | changed)
