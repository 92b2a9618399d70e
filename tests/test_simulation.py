"""The simulation against plain numpy and exact answers, its random streams, bad input."""

import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import reference
import threadpoolctl

import rfscale as rf
from rfscale.simulation.cell import Cell, memory
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.one_draw import blocks, linear_features
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.linear_features import LinearFeatures, parts_of_losses
from rfscale.simulation.options import Options
from rfscale.simulation.running import threads

RIDGES = [0.0, 1e-4, 1e-2, 1.0, 1e3]  # below 1e-4 the plain N x N solve loses more than 1e-10
QUANTITIES = ("signal", "noise", "train")
LINEAR = LinearFeatures()


def generator(model, N, T, seed, draw, purpose, block=0):
    """The stream of a block, as documented."""
    key = (N, T, model.M, draw, purpose, block)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


def latent_draws(model, N, T, seed, draws, block=None, batch=1):
    """Features u (N, M) and latent data x (M, T) of each draw, in the model's own normalisation."""
    block = block or model.M
    for number in range(draws):
        if number % batch == 0:
            streams = [
                generator(model, N, T, seed, number, 0, i) for i in range(-(-model.M // block))
            ]
        u = []
        x = []
        for i, stream in enumerate(streams):
            size = min(block, model.M - i * block)
            u.append(stream.standard_normal((N, size)))
            x.append(stream.standard_normal((size, T)))
        yield (
            np.hstack(u) * model.sigma_u / np.sqrt(model.M),
            np.vstack(x) * np.sqrt(model.spectrum.eigenvalues)[:, None],
        )


def standard_error_of(ratio, *estimates):
    return ratio * np.sqrt(sum((e.stderr / e.mean) ** 2 for e in estimates))


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.parametrize(
    ("N", "T", "M"),
    [
        (5, 8, 20),
        (8, 5, 20),
        (6, 6, 20),
        (10, 12, 4),
        (12, 10, 4),
        (4, 9, 4),
        (9, 4, 4),
        (4, 4, 4),
        (1, 1, 1),
        (3, 7, 50),
    ],
)
@pytest.mark.parametrize("how", ["batches", "batches, one ridge", "one by one", "several blocks"])
@pytest.mark.parametrize("scale", [1.0, 1e-3])
def test_matches_plain_numpy_on_the_same_draws(N, T, M, scale, how, monkeypatch):
    if not how.startswith("batches"):
        monkeypatch.setattr(linear_features, "SMALL", 0)
    if how == "several blocks":
        monkeypatch.setattr(blocks, "LARGEST_BLOCK", 16)
    model = rf.ScalingModel(rf.PowerLaw(0.6, M, scale), sigma_w=1.7, sigma_u=0.4, sigma_eps=0.3)
    draws = list(
        latent_draws(
            model, N, T, 11, 3, *{"several blocks": (16,), "one by one": ()}.get(how, (None, 64))
        )
    )
    together = rf.simulate(model, N, T, RIDGES, draws=3, seed=11)
    for i, ridge in enumerate(RIDGES):
        estimate, at = (
            (rf.simulate(model, N, T, ridge, draws=3, seed=11), ())
            if "one ridge" in how
            else (together, i)
        )
        plain = [
            reference.losses(u, x, model.spectrum.eigenvalues, ridge, 1.7, 0.3) for u, x in draws
        ]
        # the plain formulas subtract: their rounding is that of the total variance, over the
        # conditioning of phi
        floor = (
            1e-13
            * np.array([model.units.signal, model.units.noise, model.units.signal])
            * M
            * max(N, T)
        )
        for name, values, absolute in zip(QUANTITIES, zip(*plain, strict=True), floor, strict=True):
            found = getattr(estimate, name)
            assert found.mean[at] == pytest.approx(np.mean(values), rel=1e-10, abs=absolute), (
                name,
                ridge,
            )
            spread = np.std(values, ddof=1) / np.sqrt(3)
            assert found.stderr[at] == pytest.approx(spread, rel=1e-8, abs=absolute), (name, ridge)


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.parametrize(("N", "T", "M"), [(5, 8, 20), (8, 5, 20), (10, 12, 4), (3, 7, 50)])
def test_explicit_test_sets_match_plain_numpy_on_the_same_draws(N, T, M, monkeypatch):
    monkeypatch.setattr(blocks, "LARGEST_BLOCK", 16)  # several blocks of latents
    model = rf.ScalingModel(rf.PowerLaw(0.6, M, 0.01), sigma_w=1.7, sigma_u=0.4, sigma_eps=0.3)
    estimate = rf.simulate(model, N, T, RIDGES, draws=2, seed=11, test_points=9)
    plain = []
    for i, (u, x) in enumerate(latent_draws(model, N, T, 11, 2, block=16)):
        w = []
        x_test = []
        for block, start in enumerate(range(0, M, 16)):
            stream = generator(model, N, T, 11, i, 1, block)
            size = min(16, M - start)
            w.append(stream.standard_normal(size))
            x_test.append(stream.standard_normal((size, 9)))
        w = np.concatenate(w) * 1.7 / np.sqrt(M)
        x_test = np.vstack(x_test) * np.sqrt(model.spectrum.eigenvalues)[:, None]
        eps = 0.3 * generator(model, N, T, 11, i, 2).standard_normal(T)
        plain.append([reference.explicit_losses(u, x, w, eps, x_test, ridge) for ridge in RIDGES])
    test, train = np.mean(plain, axis=0).T
    np.testing.assert_allclose(estimate.test.mean, test, rtol=1e-10)
    np.testing.assert_allclose(estimate.train.mean, train, rtol=1e-10, atol=1e-16)


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.parametrize(
    ("N", "T", "M"), [(15, 20, 100), (60, 80, 1000), (20, 30, 10), (50, 60, 20)]
)
@pytest.mark.parametrize("ridge", [0.0, [0.0, 0.1]])
def test_same_seed_same_bits_for_any_workers_grid_order_and_number_of_draws(N, T, M, ridge):
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.1)
    points = np.array([N, N + 5, N + 7]).reshape(3, *[1] * np.ndim(ridge))
    shape = np.shape(ridge)
    base, parallel, other = (
        rf.simulate(model, points, T, ridge, draws=130, seed=seed, workers=workers)
        for seed, workers in [(3, 1), (3, 3), (4, 3)]
    )
    reordered = rf.simulate(model, points[[2, 0]], T, ridge, draws=130, seed=3)
    for name in Estimate.LOSSES:
        mean = getattr(base, name).mean
        assert mean.shape == (3, *shape)
        assert np.array_equal(mean, getattr(parallel, name).mean)
        assert np.array_equal(mean[[2, 0]], getattr(reordered, name).mean)
    assert not np.any(other.test.mean == base.test.mean)
    experiment, ridge = Experiment(model, N, T, 3), np.atleast_1d(ridge)
    some = LINEAR.batch_size(experiment)  # the draws of a batch, and the last of them alone
    assert np.array_equal(
        LINEAR.losses(experiment, range(some), ridge)[-1:],
        LINEAR.losses(experiment, range(some - 1, some), ridge),
    )


def test_without_a_seed_the_result_says_which_was_drawn():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10))
    first, second = (rf.simulate(model, 3, 8, draws=2) for _ in range(2))
    assert first.seed != second.seed
    assert rf.simulate(model, 3, 8, draws=2, seed=first.seed).test.mean == first.test.mean


def test_draws_are_independent():
    """No two draws, purposes, blocks or cells share random numbers."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 5000))
    numbers = []
    for N, i in [(2, 0), (2, 1), (3, 0)]:
        experiment = Experiment(model, N, 2, 0, test_points=2)
        for block, (roots, u, x) in enumerate(blocks.blocks(experiment, i)):
            w, x_test = blocks.teacher_and_test_block(experiment, i, block, roots)
            root = roots.train
            numbers += [u.ravel(), (x / root[:, None]).ravel(), w, (x_test / root[:, None]).ravel()]
        numbers.append(blocks.label_noise(experiment, i))
    flat = np.round(np.concatenate(numbers), 9)
    # 1e5 normals in bins of 1e-9 collide a handful of times by chance; shared streams would by
    # thousands
    assert flat.size - np.unique(flat).size < 50


def test_small_draws_are_independent():
    """In a batch, across batches, and in number: 200 draws have 200 different losses."""
    experiment = Experiment(rf.ScalingModel(rf.PowerLaw(1.0, 200)), 20, 20, 0)
    losses = [LINEAR.losses(experiment, range(i, i + 8), np.array([0.1])) for i in range(0, 200, 8)]
    assert np.unique(np.concatenate(losses)[:, 0, 0, 0]).size == 200


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_no_ridge_is_the_limit_of_a_small_ridge():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 12), sigma_eps=0.5)
    for N, T in [(3, 8), (8, 3), (5, 5), (12, 20), (20, 12), (20, 30), (30, 20), (20, 20)]:
        none, small = (rf.simulate(model, N, T, ridge, draws=3, seed=2) for ridge in (0.0, 1e-20))
        for name in Estimate.LOSSES:
            a = getattr(none, name).mean
            b = getattr(small, name).mean
            # the difference is ridge/s^2 relative to the smallest singular value, s^2 > 1e-12 in
            # these draws
            assert b == pytest.approx(a, rel=1e-8, abs=1e-16)


def test_enough_features_and_samples_recover_the_teacher_exactly():
    estimate = rf.simulate(
        rf.ScalingModel(rf.PowerLaw(1.0, 12)), [12, 15, 30], [12, 40, 15], draws=3, seed=2
    )
    assert np.all(estimate.test.mean == 0)
    assert np.all(estimate.train.mean < 1e-16)


@pytest.mark.parametrize("ridge", [1e-300, 1e300, np.inf])
@pytest.mark.parametrize("alpha", [0.01, 20.0])
@pytest.mark.parametrize(("N", "T", "M"), [(1, 1, 1), (4, 4, 4), (3, 6, 9), (6, 3, 2)])
def test_extremes_are_finite(ridge, alpha, N, T, M):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M, scale=1e-200), sigma_eps=0.1)
    with np.errstate(all="raise", under="ignore"):
        estimate = rf.simulate(model, N, T, ridge, draws=2, seed=1)
    for name in Estimate.LOSSES:
        assert np.isfinite(getattr(estimate, name).mean)
        assert np.isfinite(getattr(estimate, name).stderr)
    if ridge >= 1e300:
        nothing_learned = model.units.signal * model.spectrum.relative_trace(1.0)
        assert estimate.signal.mean == pytest.approx(float(nothing_learned), rel=1e-12, abs=0)


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1e160, 1e300])
def test_standard_errors_at_any_scale(scale):
    with np.errstate(all="raise", under="ignore"):
        one, scaled = (
            rf.simulate(rf.ScalingModel(rf.PowerLaw(1.0, 50, s)), 10, 15, 0.0, draws=5, seed=1)
            for s in (1.0, scale)
        )
    for name in ("test", "signal", "train"):
        a = getattr(one, name)
        b = getattr(scaled, name)
        assert b.mean / scale == pytest.approx(a.mean, rel=1e-12, abs=0)
        assert b.stderr / scale == pytest.approx(a.stderr, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("M", "N", "T", "ridge", "sigma_eps"),
    [
        (100, 200, 300, 0.0, 1.0),
        (50, 40, 80, 0.0, 1.0),
        (40, 60, 90, 1e-40, 0.0),
        (60, 30, 45, 0.0, 0.0),
    ],
)
def test_directions_that_float64_cannot_resolve_are_in_the_standard_error(
    M, N, T, ridge, sigma_eps
):
    """alpha = 20: singular values below eps of the largest are noise, and so are their losses."""
    model = rf.ScalingModel(rf.PowerLaw(20.0, M), sigma_eps=sigma_eps)
    estimate = rf.simulate(model, N, T, ridge, draws=10, seed=3)
    exact = rf.predict(model, N, T, ridge)
    assert abs(estimate.test.mean - exact.test) < 4 * estimate.test.stderr
    # nothing is known of the noise, all of the rest
    assert np.isinf(estimate.noise.stderr) == (sigma_eps > 0)
    assert estimate.signal.stderr < 1e-15


def test_singular_values_that_underflow():
    for sigma_eps, test_points in [(0.0, None), (0.1, None), (0.1, 9)]:
        model = rf.ScalingModel(rf.PowerLaw(400.0, 10), sigma_eps=sigma_eps)
        with np.errstate(all="raise", under="ignore"):
            estimate = rf.simulate(
                model, 20, 30, [0.0, 1e-3], draws=3, seed=1, test_points=test_points
            )
        assert np.all(np.isfinite(estimate.signal.mean))
        assert not np.any(np.isnan(estimate.test.stderr))
        assert np.isfinite(estimate.test.stderr[1])


def test_rounding_is_in_the_standard_error():
    """alpha = 20: the loss of 1e-33 is far below what float64 resolves."""
    model = rf.ScalingModel(rf.PowerLaw(20.0, 60))
    estimate = rf.simulate(model, 30, 45, draws=5, seed=1)
    exact = rf.predict(model, 30, 45)
    assert exact.test < 1e-30
    assert abs(estimate.test.mean - exact.test) < 10 * estimate.test.stderr < 1e-15


def test_label_noise_left_in_the_training_set_without_ridge():
    """N < T, M: the fit removes N of T dimensions of the noise, in every draw."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 50), sigma_w=0.0, sigma_eps=0.7)
    estimate = rf.simulate(model, 10, 25, draws=3, seed=2)
    assert estimate.train.mean == pytest.approx(0.49 * 15 / 25, rel=1e-13, abs=0)
    assert estimate.train.stderr < 1e-14


def test_optimal_is_the_best_ridge_of_the_mean_loss():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100), sigma_eps=0.05)
    best = rf.simulate(model, [10, 20], [20, 15], "optimal", draws=20, seed=5)
    again = rf.simulate(model, [10, 20], [20, 15], best.ridge, draws=20, seed=5)
    assert np.array_equal(best.test.mean, again.test.mean)
    for i in range(2):
        around = best.ridge[i] * np.exp(np.linspace(-0.3, 0.3, 601))
        losses = rf.simulate(model, best.N[i], best.T[i], around, draws=20, seed=5).test.mean
        # the spline puts the minimum within 1e-3 on the logarithmic scale: second order in the loss
        assert abs(np.log(around[losses.argmin()] / best.ridge[i])) < 2e-3
        assert best.test.mean[i] <= losses.min() * (1 + 1e-6)


def test_the_ridge_of_the_kernel():
    """delta = gamma M/(sigma_u^2 N), with M that of the model, not the rank."""
    spectrum = rf.Eigenvalues(np.arange(1.0, 31) ** -2, M=50)
    model = rf.ScalingModel(spectrum, sigma_u=0.7, sigma_eps=0.1)
    N = np.array([[8], [20]])
    T = 12
    delta = np.array([0.0, 3e-3, 0.4, np.inf])
    kernel = rf.simulate(model, N, T, kernel_ridge=delta, draws=4, seed=1)
    gamma = rf.simulate(model, N, T, delta * model.sigma_u**2 * N / model.M, draws=4, seed=1)
    assert np.array_equal(kernel.ridge, gamma.ridge)
    for name in Estimate.LOSSES:
        assert np.array_equal(getattr(kernel, name).mean, getattr(gamma, name).mean)
        assert np.array_equal(getattr(kernel, name).stderr, getattr(gamma, name).stderr)
    # where sigma_u^2 is beyond float64 the ridge need not be
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30), sigma_u=1e200)
    found = rf.simulate(model, 10, 12, kernel_ridge=3e-300, draws=2, seed=1).ridge
    assert found == pytest.approx(1e100, rel=1e-14, abs=0)


def test_warnings_are_about_the_line_of_the_user():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100))
    options = {"draws": 10, "target_stderr": 1e-3, "max_draws": 12, "seed": 1}
    for run in (rf.simulate, rf.sweep):
        with pytest.warns(UserWarning, match="not reached") as caught:
            run(model, 10, 20, **options)
        assert [warning.filename for warning in caught] == [__file__]


def test_optimal_may_be_at_the_ends():
    clean = rf.ScalingModel(rf.PowerLaw(1.0, 5))
    only_noise = rf.ScalingModel(rf.PowerLaw(1.0, 5), sigma_w=0.0, sigma_eps=1.0)
    assert rf.simulate(clean, 8, 9, "optimal", draws=4, seed=1).ridge == 0
    assert rf.simulate(only_noise, 8, 9, "optimal", draws=4, seed=1).ridge == np.inf


@pytest.mark.parametrize("draws", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_noise_of_an_inverse_wishart_matrix(draws):
    """Exact at finite size: N/(T - N - 1) for N < T, M, and M/(T - M - 1) for M < N, T."""
    for N, T, M in [(5, 20, 60), (30, 20, 6), (20, 45, 200)]:
        model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_w=0.0, sigma_eps=1.0)
        noise = rf.simulate(model, N, T, draws=draws, seed=1).noise
        # the check sees errors of 4 percent, the slow one of 1.3
        assert noise.stderr < noise.mean / np.sqrt(draws)
        exact = rf.asymptotics.ridgeless_finite_size_noise(model, N, T)
        planar = rf.predict(model, N, T).noise
        assert abs(noise.mean - exact) < 4 * noise.stderr
        assert abs(noise.mean - planar) > 4 * noise.stderr  # the check would see an error of 1/size


def test_signal_at_finite_size_beyond_the_planar_theory():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 400))
    signal = rf.simulate(model, 20, 60, draws=2000, seed=1).signal
    planar = rf.predict(model, 20, 60).signal
    corrected = rf.asymptotics.ridgeless_finite_size_signal(model, 20, 60)
    next_order = (corrected / planar - 1) ** 2 * planar
    assert abs(signal.mean - corrected) < 4 * signal.stderr + next_order
    assert abs(signal.mean - planar) > 4 * signal.stderr + next_order  # planar alone must fail


@pytest.mark.parametrize("ridge", [0.0, 0.02])
def test_duality_of_the_signal_at_finite_size(ridge):
    """E signal is the same for (N, T) and (T, N), at any size and ridge."""
    model = rf.ScalingModel(rf.PowerLaw(0.5, 40))
    one, other = (
        rf.simulate(model, N, T, ridge, draws=20_000, seed=1).signal for N, T in [(6, 12), (12, 6)]
    )
    ratio = one.mean / other.mean
    assert abs(ratio - 1) < 4 * standard_error_of(ratio, one, other)
    assert standard_error_of(ratio, one, other) < 0.01  # finds a violation of 4 percent


def test_exact_averages_agree_with_explicit_test_sets():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
    averaged, explicit = (
        rf.simulate(model, 8, 20, [0.0, 0.01], draws=3000, seed=1, test_points=points)
        for points in (None, 50)
    )
    for name in Estimate.LOSSES:
        a = getattr(averaged, name)
        b = getattr(explicit, name)
        assert np.all(abs(b.mean - a.mean) < 4 * b.stderr), name
        assert np.all(a.stderr < b.stderr), name  # the exact averages have the least variance


@pytest.mark.parametrize("effort", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_planar_gap_falls_as_one_over_the_size_and_the_corrected_one_faster(effort):
    """No ridge, sizes s (10, 20, M = 400), s = 1, 2, 4: the gap is 0.1/s + O(1/s^2).

    The next order is taken to be below c^2/s^2: this is the only slack beside the statistical
    error.
    """
    for s, draws in [(1, 2500), (2, 1500), (4, 600)]:
        model = rf.ScalingModel(rf.PowerLaw(1.0, 400 * s))
        signal = rf.simulate(model, 10 * s, 20 * s, draws=effort * draws, seed=1).signal
        planar = rf.predict(model, 10 * s, 20 * s).signal
        corrected = rf.asymptotics.ridgeless_finite_size_signal(model, 10 * s, 20 * s)
        gap = signal.mean / planar - 1
        rest = (signal.mean - corrected) / planar
        error = signal.stderr / planar
        print(f"s = {s}: planar gap x s = {s * gap:.4f},", end=" ")
        print(f"corrected gap {rest:+.5f}, standard error {error:.5f}")
        predicted = corrected / planar - 1
        next_order = predicted**2
        assert abs(rest) < 4 * error + next_order
        # c, whose own next order is 1/(10 s)
        assert s * predicted == pytest.approx(0.1, rel=0.03, abs=0)
        assert gap > 4 * error + next_order  # planar alone fails


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"N": 2.5}, r"^N must be integers >= 1, got 2.5"),
        ({"T": 0}, r"^T must be integers >= 1, got 0"),
        ({"N": np.inf}, r"^N must be integers >= 1, got inf"),
        ({"N": []}, r"^N is empty"),
        ({"ridge": -1.0}, r"^ridge must be >= 0 .* got -1"),
        ({"kernel_ridge": -1.0}, r"^kernel_ridge must be >= 0, got -1"),
        ({"kernel_ridge": np.nan}, r"^kernel_ridge must be >= 0, got nan"),
        ({"kernel_ridge": []}, r"^kernel_ridge is empty"),
        (
            {"ridge": 0.1, "kernel_ridge": 0.2},
            r"^ridge and kernel_ridge .* got ridge = 0.1 and kernel_ridge = 0.2",
        ),
        ({"ridge": "optimal", "kernel_ridge": 0.2}, r"^ridge and kernel_ridge must not both"),
        (
            {"N": [1, 2], "kernel_ridge": [1, 2, 3]},
            r"^shapes must broadcast together, .* kernel_ridge \(3,\)",
        ),
        ({"draws": 1}, r"^draws must be an integer >= 2, got 1"),
        ({"draws": 2.5}, r"^draws must be an integer >= 2, got 2.5"),
        ({"seed": -1}, r"^seed must be an integer >= 0, got -1"),
        ({"test_points": 0}, r"^test_points must be an integer >= 1, got 0"),
        ({"workers": 0}, r"^workers must be an integer >= 1, got 0"),
        ({"target_stderr": 0.0}, r"^target_stderr must be .* got 0.0"),
        ({"target_stderr": np.nan}, r"^target_stderr must be .* got nan"),
        ({"target_stderr": 0.1, "max_draws": 1}, r"^max_draws must be >= draws = 2, got 1"),
        ({"target_stderr": 0.1, "max_draws": 2.5}, r"^max_draws must be an integer >= 1, got 2.5"),
        ({"N": [1, 2], "T": [1, 2, 3]}, r"^shapes must broadcast together"),
        (
            {"N": np.arange(1, 10**5)[:, None], "T": np.arange(1, 10**5)},
            r"^a simulation at \d+ points needs .* but only",
        ),
        (
            {"N": 10**6, "T": 10**6, "model": rf.ScalingModel(rf.PowerLaw(1.0, 10**6))},
            r"^a simulation at N = 1000000, T = 1000000 .* needs .* GB of memory, but only .* GB",
        ),
    ],
)
def test_bad_input(arguments, said):
    arguments = {
        "model": rf.ScalingModel(rf.PowerLaw(1.0, 10)),
        "N": 4,
        "T": 5,
        "draws": 2,
    } | arguments
    with pytest.raises(ValueError, match=said):
        rf.simulate(**arguments)


@pytest.mark.parametrize(
    ("N", "T", "M", "ridges", "test_points"),
    [
        (200, 300, 500, 1, None),
        (300, 200, 5000, 1, None),
        (300, 400, 60, 5, None),
        (30, 40, 90, 2000, None),
        (60, 50, 900, 3, 700),
    ],
)
def test_memory_is_what_is_asked_for(N, T, M, ridges, test_points, monkeypatch):
    """The peak of numpy's allocations stays below the estimate, and not far below."""
    monkeypatch.setattr(linear_features, "SMALL", 0)
    model = rf.ScalingModel(rf.PowerLaw(1.0, M))
    experiment = Experiment(model, N, T, 0, test_points)
    LINEAR.losses(experiment, range(1), np.ones(2))  # compiles
    tracemalloc.start()
    LINEAR.losses(experiment, range(1), np.geomspace(1e-3, 1, ridges))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert LINEAR.memory(experiment, ridges) / 3 < peak < LINEAR.memory(experiment, ridges)


@pytest.mark.parametrize("ridge", [np.geomspace(1e-4, 1, 200), "optimal"], ids=["path", "optimal"])
def test_memory_of_a_cell_is_what_is_asked_for(ridge):
    """With many small draws the losses of all of them take most of it."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30), sigma_eps=0.1)
    rf.simulate(model, 5, 8, ridge, draws=70, seed=1, workers=1)  # compiles
    tracemalloc.start()
    rf.simulate(model, 5, 8, ridge, draws=1500, seed=1, workers=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    options = Options(draws=1500, seed=1)
    needed = memory(Cell(options.experiment(model, 5, 8), ridge), options, workers=1)
    assert needed / 2 < peak < needed


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_losses_beyond_float64_are_infinite_not_nan():
    for sigma_w, sigma_eps, test_points in [
        (1.0, 1e200, None),
        (1.0, 1e200, 9),
        (1e160, 0.0, None),
        (1e160, 1.0, 9),
    ]:
        model = rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_w, sigma_eps=sigma_eps)
        with np.errstate(all="raise", under="ignore"):
            estimate = rf.simulate(model, 3, 5, draws=2, seed=1, test_points=test_points)
            assert rf.predict(model, 3, 5).test == np.inf
        assert np.isinf(estimate.test.mean)
        assert np.isinf(estimate.test.stderr)


def test_memory_does_not_grow_with_M():
    small, large = (
        LINEAR.memory(Experiment(rf.ScalingModel(rf.PowerLaw(1.0, M)), 50, 60, 0), 1)
        for M in (4096, 65_536)
    )
    # the logarithms of the spectrum and a copy, nothing else
    assert large - small == 2 * 8 * (65_536 - 4096)


@pytest.mark.parametrize("M", [3000, 100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_memory_of_a_process_does_not_grow_with_M(M):
    """Seen from outside: compiled allocations too."""
    code = f"""
import resource, rfscale as rf
rf.simulate(rf.ScalingModel(rf.PowerLaw(1.0, 10)), 300, 300, draws=2, seed=1)  # loads and compiles
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rf.simulate(rf.ScalingModel(rf.PowerLaw(1.0, {M})), 300, 300, draws=2, seed=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300_000  # kB; u and x alone would be 480 MB at M = 10^5


def test_a_stop_in_the_middle_drops_what_has_not_started():
    started = []

    def task(i):
        started.append(i)
        time.sleep(1e-3)
        return i

    with threads.workers_map(2) as mapped:
        results = mapped(task, range(10_000))
        assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert len(started) < 10_000


def test_workers_are_the_cores_by_default(monkeypatch):
    monkeypatch.setattr(threads, "available_cores", lambda: 7)
    assert threads.worker_count(None) == 7
    assert threads.worker_count(2) == 2


def blas_threads():
    return [
        pool["num_threads"]
        for pool in threadpoolctl.threadpool_info()
        if pool["user_api"] == "blas"
    ]


def test_blas_stays_at_one_thread_until_the_last_simulation_ends():
    threads.blas_controller()  # loads BLAS
    with threadpoolctl.threadpool_limits(2):
        before = blas_threads()
        assert 2 in before
        first = threads.single_threaded_blas()
        second = threads.single_threaded_blas()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)  # not in the order in which they began
        assert set(blas_threads()) == {1}
        second.__exit__(None, None, None)
        assert blas_threads() == before


def test_any_thread_may_be_the_first_and_any_other_the_last():
    """threadpoolctl lets only one thread control BLAS, and ignores others without a word."""
    with (
        threadpoolctl.threadpool_limits(2),
        ThreadPoolExecutor(1) as one,
        ThreadPoolExecutor(1) as other,
    ):
        before = blas_threads()
        for a, b in [(one, other), (other, one), (one, one)]:
            first = threads.single_threaded_blas()
            second = threads.single_threaded_blas()
            a.submit(first.__enter__).result()
            assert set(blas_threads()) == {1}
            b.submit(second.__enter__).result()
            a.submit(first.__exit__, None, None, None).result()
            assert set(blas_threads()) == {1}
            b.submit(second.__exit__, None, None, None).result()
            assert blas_threads() == before


def test_target_of_the_standard_error():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.1)
    points = np.array([[5], [20]])
    ridge = [1e-3, 0.1]
    met = rf.simulate(model, points, 20, ridge, draws=10, target_stderr=0.01, seed=1, workers=2)
    assert np.all(met.test.stderr <= 0.01 * met.test.mean)
    assert np.all(met.draws >= 10)
    assert np.all(met.draws[:, 0] == met.draws[:, 1])  # the path of an (N, T) shares its draws
    assert met.draws[0, 0] != met.draws[1, 0]
    serial = rf.simulate(model, points, 20, ridge, draws=10, target_stderr=0.01, seed=1, workers=1)
    assert np.array_equal(met.draws, serial.draws)
    for i in range(2):  # as if one had asked for so many draws
        fixed = rf.simulate(model, points[i], 20, ridge, draws=int(met.draws[i, 0]), seed=1)
        for name in Estimate.LOSSES:
            assert np.array_equal(getattr(met, name).mean[i], getattr(fixed, name).mean)
            assert np.array_equal(getattr(met, name).stderr[i], getattr(serial, name).stderr[i])
    # not many more than needed: the error found at these draws is not far below the target
    assert np.all((met.test.stderr / met.test.mean).max(axis=1) > 0.006)
    enough = rf.simulate(model, 10, 20, 0.1, draws=10, target_stderr=0.9, seed=1)
    assert enough.draws == 10


def test_target_with_the_best_ridge_and_with_large_draws():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 1500))
    best = rf.simulate(model, 30, 20, "optimal", draws=10, target_stderr=0.01, seed=1)
    assert best.test.stderr <= 0.01 * best.test.mean
    assert best.ridge == rf.simulate(model, 30, 20, "optimal", draws=10, seed=1).ridge
    fixed = rf.simulate(model, 30, 20, best.ridge, draws=int(best.draws), seed=1)
    assert fixed.test.mean == best.test.mean


def test_a_target_that_is_not_reached_is_said():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100))
    with pytest.warns(
        UserWarning,
        match=r"^target_stderr = 0.001 was not reached at 1 \(N, T\) with max_draws = 50",
    ):
        estimate = rf.simulate(model, 10, 20, draws=10, target_stderr=1e-3, max_draws=50, seed=1)
    assert estimate.draws == 50
    # what no number of draws resolves
    steep = rf.ScalingModel(rf.PowerLaw(20.0, 100), sigma_eps=1.0)
    with pytest.warns(UserWarning, match="not reached"):
        assert rf.simulate(steep, 30, 40, draws=10, target_stderr=0.01, seed=1).draws == 10


def test_progress_bar(capsys, monkeypatch):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10))
    rf.simulate(model, 3, 8, draws=2, seed=1, progress=True)
    assert capsys.readouterr().err == ""  # quiet where standard error is not a terminal
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    rf.simulate(model, 3, 8, draws=2, seed=1, progress=True)
    shown = capsys.readouterr().err
    assert "0 of 1 cells   0%" in shown
    assert "1 of 1 cells 100%" in shown


@pytest.mark.parametrize("options", [{}, {"test_points": 5}])
def test_distribution_over_draws(options):
    """Standard deviation and quantiles are those of the draws' losses."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30), sigma_w=2.0, sigma_eps=0.3)
    found = rf.simulate(model, 8, [10, 20], [[1e-3], [1e-1]], draws=101, seed=3, **options)
    for i, T in enumerate([10, 20]):
        experiment = Experiment(model, 8, T, 3, options.get("test_points"))
        reduced = np.exp(model.units.log_ridge([1e-3, 1e-1]))
        size = LINEAR.batch_size(experiment)
        batches = [
            parts_of_losses(experiment, range(k, min(k + size, 101)), reduced)
            for k in range(0, 101, size)
        ]
        parts = np.concatenate(batches)[:, 0]
        signal = model.units.signal * parts[:, 0]
        np.testing.assert_allclose(found.signal.std[:, i], signal.std(axis=0, ddof=1), rtol=1e-12)
        np.testing.assert_allclose(
            found.signal.median[:, i], np.sort(signal, axis=0)[50], rtol=1e-12
        )
        np.testing.assert_allclose(found.signal.q05[:, i], np.sort(signal, axis=0)[5], rtol=1e-12)
        np.testing.assert_allclose(found.signal.q25[:, i], np.sort(signal, axis=0)[25], rtol=1e-12)
        np.testing.assert_allclose(found.signal.q75[:, i], np.sort(signal, axis=0)[75], rtol=1e-12)
        np.testing.assert_allclose(found.signal.q95[:, i], np.sort(signal, axis=0)[95], rtol=1e-12)
    for loss in (found.test, found.noise, found.train):
        assert np.all(loss.q05 < loss.q25)
        assert np.all(loss.q25 < loss.median)
        assert np.all(loss.median < loss.q75)
        assert np.all(loss.q75 < loss.q95)
        np.testing.assert_allclose(loss.std, loss.stderr * np.sqrt(101), rtol=1e-6)


def test_the_distribution_narrows_with_the_size_faster_than_the_mean_moves():
    """Relative spreads of one draw's loss fall as 1/size: it averages over many directions."""
    spreads = []
    for s in (1, 4):
        model = rf.ScalingModel(rf.PowerLaw(1.0, 60 * s))
        test = rf.simulate(model, 20 * s, 30 * s, 0.01 / s, draws=4000 // s, seed=1).test
        spreads.append(test.std / test.mean)
    # the spread of 1000 draws is known to 1/sqrt(2000), three times which is 7 percent; 1/20 for
    # the next order
    assert spreads[0] / spreads[1] == pytest.approx(4, rel=0.12, abs=0)
