"""One-pass SGD: theory against exact recursions, simulation against the mean over samples."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2

import rfscale as rf
from rfscale.simulation.one_draw import blocks, kernels
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.sgd import sgd_losses as simulated
from rfscale.simulation.one_draw.sgd import unstable
from rfscale.theory.asymptotics.sgd import _error, _share
from rfscale.theory.equations.sgd import contours
from rfscale.theory.sgd_losses import largest_sgd_step, sgd_losses

BASE = np.arange(1.0, 13.0) ** -2.0
INF = np.array(np.inf)


def unit_model(lam, W=None, **options):
    """Its losses are traces: sigma_w^2/2M = sigma_eps^2/2 = sigma_u^2/M = 1."""
    M = len(lam)
    options["sigma_eps"] = options.get("sigma_eps", np.sqrt(2))
    teacher = rf.Isotropic() if W is None else rf.GivenWeights(np.sqrt(W / M))
    return rf.ScalingModel(
        rf.Eigenvalues(lam),
        sigma_w=np.sqrt(2 * M),
        sigma_u=np.sqrt(M),
        teacher=teacher,
        **options,
    )


def given_features(lam, u, step, batch, steps, W, noise):
    """(w - theta u) Lambda (w - theta u)^T after some steps: the mean over samples, label noise and
    teachers of variances W, for features u of Gaussian data, by Wick's theorem.
    """
    c, axes = np.linalg.eigh((u * lam) @ u.T)
    squares = (axes.T @ (u * lam)) ** 2 @ W
    rho = squares / c**2
    rest = lam @ W - np.sum(squares / c)
    kappa = (1 - step * c) ** 2 + (step * c) ** 2 / batch
    losses = []
    for _ in range(max(steps) + 1):
        losses.append(c @ rho + rest)
        rho = kappa * rho + step**2 / batch * c * (losses[-1] + noise)
    return np.array(losses)[list(steps)]


def parts(lam, u, step, batch, steps, W=None):
    """Signal and noise of the recursion, (2, steps)."""
    W = np.ones(len(lam)) if W is None else W
    return np.stack(
        [
            given_features(lam, u, step, batch, steps, W, 0.0),
            given_features(lam, u, step, batch, steps, 0 * W, 1.0),
        ]
    )


@pytest.mark.parametrize(("step", "batch"), [(0.3, 1), (0.9, 3), (1e-4, 1), (1.2, 50)])
@pytest.mark.parametrize("beta", [0.0, 0.7])
def test_infinitely_many_features_are_an_exact_recursion(step, batch, beta):
    """u^T u/N is the identity. Signals below 1e-3 of the first have lost digits to it: 1e-11 is
    1e-14 over that."""
    W = np.arange(1.0, 13.0) ** -beta
    steps = [0, 1, 2, 15, 16, 40, 300, 3000]
    exact = parts(BASE, np.eye(12), step, batch, steps, W)
    model = unit_model(BASE, None if beta == 0 else W)
    found = sgd_losses(model, INF, INF, rf.SGD(steps, batch, relative_step=step))
    large = exact[0] > 1e-3 * exact[0, 0]
    assert found.signal[large] == pytest.approx(exact[0][large], rel=1e-11, abs=0)
    assert found.noise == pytest.approx(exact[1], rel=1e-11, abs=0)
    assert found.train == pytest.approx(2 * (found.signal + found.noise + 1), rel=1e-14, abs=0)


def test_the_mean_over_features_is_approached_as_one_over_the_size():
    """N = 7k, B = 2k: the gaps halve with each doubling. Standard errors of the gaps are about
    0.1 and 0.3 % of the loss, gaps at k = 2 and 8 about 4 and 1 % of the signal: their ratio, 4,
    is known to 0.5, that of the noise, 5.5 and 0.6 %, to 40 %, so that it is only bounded.
    """
    steps = [5, 20, 80]
    gaps = []
    rng = np.random.default_rng(3)
    for k in (2, 8):
        lam = np.repeat(BASE, k)
        draws = 20000 // k**2
        u = rng.standard_normal((draws, 7 * k, 12 * k))
        mean = np.mean([parts(lam, one, 0.05 / k, 2 * k, steps) for one in u], axis=0)
        theory = sgd_losses(unit_model(lam), np.array(7.0 * k), INF, rf.SGD(steps, 2 * k, 0.05 / k))
        gaps.append(mean / [theory.signal, theory.noise] - 1)
    assert gaps[0][0] / gaps[1][0] == pytest.approx([4, 4, 4], rel=0.4)
    assert np.all(np.abs(gaps[1][1]) < 0.3 * np.abs(gaps[0][1]) + 0.01)


def test_a_simulation_is_the_recursion_on_average_over_samples():
    """For the features of each draw; errors of the means are 0.1 to 2.5 %, so that one of 15 % is
    seen everywhere, and one of 1 % at the last step."""
    model = unit_model(BASE)
    training = rf.SGD([2, 20, 80], 3, 0.02)
    experiment = Experiment(model, 7, 240, seed=1)
    draws = range(1000)
    found = simulated(experiment, draws, training.each(training.shape))[:, 0]
    features = [kernels.standard_normals(experiment.generator(draw), 7, 12) for draw in draws]
    exact = np.array([parts(BASE, u, 0.02, 3, [2, 20, 80]) for u in features])
    off = found[:, 1:3] - exact
    error = off.std(axis=0) / np.sqrt(len(draws))
    assert np.all(np.abs(off.mean(axis=0)) < 4 * error)
    assert np.all(error < [[0.0075, 0.003, 0.0015], [0.025, 0.01, 0.01]] * exact.mean(axis=0))
    assert found[:, 0] == pytest.approx(found[:, 1] + found[:, 2], rel=1e-14, abs=0)
    assert found[:, 3] == pytest.approx(2 * (found[:, 0] + 1), rel=1e-14, abs=0)


def by_definition(experiment, draw, step, batch, steps):
    """The same run in plain numpy, sample by sample, with one teacher a direction."""
    model = experiment.model
    M = model.M
    generator = experiment.generator(draw, blocks.TRAINING)
    u = generator.standard_normal((experiment.N, M)) * model.sigma_u / np.sqrt(M)
    root = np.sqrt(model.spectrum.eigenvalues)
    theta = np.zeros((M, experiment.N))
    w = np.eye(M) * model.sigma_w / np.sqrt(M)
    for _ in range(steps):
        x = generator.standard_normal((batch, M)).T * root[:, None]
        phi = u @ x
        theta -= step / batch * (theta @ phi - w @ x) @ phi.T
    return 0.5 * np.sum(((theta @ u - w) * root) ** 2)


@pytest.mark.parametrize(("batch", "steps"), [(1, 30), (4, 11)])
def test_a_run_is_that_of_the_definition(batch, steps, monkeypatch):
    """Also where samples come in blocks that end within a batch."""
    model = rf.ScalingModel(rf.PowerLaw(0.7, 20), sigma_w=1.3, sigma_u=0.6)
    experiment = Experiment(model, 5, 200, seed=2)
    training = rf.SGD([steps, 0, steps], batch, 0.4)
    found = simulated(experiment, range(3, 5), training.each(training.shape))
    for i, draw in enumerate(range(3, 5)):
        expected = by_definition(experiment, draw, 0.4, batch, steps)
        assert found[i, 0, 1] == pytest.approx(
            [expected, model.sigma_w**2 / 40 * model.spectrum.trace(), expected], rel=1e-12, abs=0
        )
    monkeypatch.setattr("rfscale.simulation.one_draw.sgd.NUMBERS_PER_BLOCK", 3 * (5 + 20 + 64))
    again = simulated(experiment, range(3, 5), training.each(training.shape))
    assert again == pytest.approx(found, rel=1e-12, abs=0)


def test_drawn_teachers_and_label_noises_have_the_right_mean():
    """M = 40 directions are more than the replicas; at no step, the mean over draws of teachers is
    tr W Lambda, known to sqrt(2 sum lambda^2)/sqrt(32 * 200)/sum lambda = 1.1 %.
    """
    lam = np.arange(1.0, 41.0) ** -2.0
    W = np.arange(1.0, 41.0) ** 0.5
    model = unit_model(lam, W)
    experiment = Experiment(model, 5, 10, seed=4)
    found = simulated(experiment, range(200), [rf.SGD(0, 1, 0.1)])[:, 0, :, 0].mean(axis=0)
    assert found[1] == pytest.approx(lam @ W, rel=0.044)
    assert found[2] == 0
    assert found[3] == pytest.approx(2 * (found[1] + 1), rel=1e-12, abs=0)


def test_small_steps_are_gradient_flow():
    """The distance falls with the step: SGD at eta is flow/(1 - x), x = eta tr C/2B, at N = inf to
    first order of the step, once most is learned."""
    model = unit_model(BASE)
    flow = BASE @ np.exp(-2 * BASE * 3.0)
    far = []
    for step in (1e-2, 1e-3, 1e-4):
        steps = round(3.0 / step)
        found = sgd_losses(model, INF, INF, rf.SGD(steps, 1, relative_step=step))
        far.append(found.signal / flow - 1)
    assert far[0] / far[1] == pytest.approx(10, rel=0.05)
    assert far[1] / far[2] == pytest.approx(10, rel=0.005)


def test_finitely_many_features_at_small_steps_are_gradient_flow():
    model = unit_model(BASE)
    flow = rf.predict(model, 7, np.inf, training=rf.GradientFlow(tau=7.0)).signal
    far = []
    for step in (1e-3, 1e-4):
        training = rf.SGD(round(7.0 / step), 1, relative_step=step)
        far.append(sgd_losses(model, np.array(7.0), INF, training).signal / flow - 1)
    assert far[0] / far[1] == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize(("N", "batch"), [(7, 1), (200, 1), (3, 50), (200, 1000)])
def test_steps_are_stable_up_to_the_largest(N, batch):
    model = unit_model(BASE)
    largest = largest_sgd_step(model, N, batch)
    with pytest.warns(rf.RegimeWarning, match="not stable in up to"):
        below = sgd_losses(
            model, np.array(float(N)), INF, rf.SGD([20000, 40000], batch, 0.99 * largest)
        )
    # it has settled: the slowest mode decays by 1 - 1e-3 or so a step
    assert below.noise[1] == pytest.approx(below.noise[0], rel=1e-3)
    with pytest.raises(ValueError, match=f"step_size must be below {largest:.6g} = "):
        sgd_losses(model, np.array(float(N)), INF, rf.SGD(10, batch, 1.0001 * largest))


@pytest.mark.parametrize(("N", "batch"), [(40, 1), (200, 4), (10, 1)])
def test_the_largest_step_is_that_of_large_matrices(N, batch):
    """G = 1 for the eigenvalues of one matrix of 10 times the size: its largest step is off by
    fluctuations of 1/(10 N), times a few."""
    lam = np.repeat(np.arange(1.0, 61.0) ** -2.0, 10)
    u = np.random.default_rng(1).standard_normal((10 * N, 600))
    c = np.linalg.svd(u * np.sqrt(lam), compute_uv=False) ** 2 / (10 * N)
    z = 2 * batch / (batch + 1)

    def excess(step):
        return np.sum(c / (z / step - c)) / 10 - (batch + 1)

    finite = brentq(excess, 1e-9, z / c.max() * (1 - 1e-12))
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_u=np.sqrt(60))
    assert largest_sgd_step(model, N, batch) * N == pytest.approx(finite, rel=3 / N)


def test_the_share_of_unstable_draws_is_that_of_a_simulation():
    """Counted in 4000 draws: 2 to 30 %, to 4 standard errors and 10 % for the approximation."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_u=0.7)
    training = rf.SGD(10, 1, relative_step=[0.3, 0.4, 0.5])
    with pytest.warns(rf.RegimeWarning, match="at 3 of 3 points"):
        share = sgd_losses(model, np.array(10.0), INF, training).unstable
    experiment = Experiment(model, 10, 100, seed=1)
    counted = unstable(experiment, range(4000), training.each((3,))).mean(axis=0)
    error = 4 * np.sqrt(share / 4000)
    assert np.all(np.abs(counted - share) < error + 0.1 * share)
    assert np.all(share > 2 * error)


def test_the_share_of_unstable_draws_is_its_formula():
    """(21.11) with plain sums and one root."""
    rest = np.arange(2.0, 101.0) ** -1.3
    N, batch, step = 10.0, 2, 0.35
    z = 2 * batch / (step * (batch + 1))

    def learned(delta):
        return np.sum(rest / (delta - rest))

    delta = brentq(lambda delta: delta * (1 + learned(delta) / N) - z, 1.0, z)
    slope = 1 - np.sum((rest / (delta - rest)) ** 2) / N
    left = batch + 1 - learned(delta)
    share = chi2.sf(N * delta / (1 + z / (left * delta * slope)), N)
    model = rf.ScalingModel(rf.PowerLaw(0.3, 100))
    with pytest.warns(rf.RegimeWarning):
        found = sgd_losses(model, np.array(N), INF, rf.SGD(1, batch, relative_step=step))
    assert found.unstable == pytest.approx(share, rel=1e-9, abs=0)


def test_contours_agree():
    """Talbot's and a circle, on a function with poles on the cut and one at x = 1."""
    steps = np.array([*np.arange(1.0, 20.0), 40.0, 900.0])
    y = np.array([0.34, 0.9, 0.999, 1.0])
    for own, contour in contours(steps):
        values = np.sum(1 / (1 - y[:, None] / (1 - contour.lost)), axis=0)
        found = 2 * (contour.weights @ values).real
        assert found == pytest.approx(np.sum(y ** steps[own, None], axis=1), rel=1e-11, abs=0)


def test_points_are_as_single_ones():
    models = rf.ScalingModel(rf.PowerLaw([0.5, 1.0], [1000, 10**15]), sigma_eps=0.1)
    N = np.array([[100.0], [200.0]])
    training = rf.SGD(np.array([[[10]], [[700]]]), 1, 1e-2)
    many = sgd_losses(models, N, INF, training)
    one = sgd_losses(
        rf.ScalingModel(rf.PowerLaw(1.0, 10**15), sigma_eps=0.1),
        np.array(200.0),
        INF,
        rf.SGD(700, 1, 1e-2),
    )
    assert many.signal.shape == (2, 2, 2)
    for all_of, single in zip(many, one, strict=True):
        assert all_of[1, 1, 1] == pytest.approx(single, rel=1e-13, abs=0)


def test_simulate_and_predict_take_it_alike():
    """N = 60: the gap of 1/N is below 3 %, at no step only the replicas of teachers scatter."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30), sigma_eps=0.1, sigma_u=0.8)
    training = rf.SGD(steps=[0, 10, 100], batch=2, relative_step=0.05)
    estimate = rf.simulate(model, 60, 200, training=training, draws=100, seed=1)
    prediction = rf.predict(model, 60, 200, training=training)
    assert estimate.test.mean.shape == prediction.test.shape == (3,)
    for name in ("test", "signal", "train"):
        found = getattr(estimate, name)
        gap = np.abs(found.mean - getattr(prediction, name))
        assert np.all(gap <= 0.03 * found.mean + 4 * found.stderr), name
    assert estimate.test.mean[0] == pytest.approx(prediction.test[0], rel=1e-12, abs=0)
    with pytest.raises(ValueError, match="T must be at least"):
        rf.simulate(model, 60, 199, training=training, draws=2, seed=1)
    with pytest.raises(ValueError, match="training must be a filter of the kernel here, got SGD"):
        training.filter(np.ones(2))


def test_memory_does_not_grow_with_the_samples():
    """1e12 samples would take 10^15 bytes; so few steps see few of them."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 30))
    training = rf.SGD(10, 1, relative_step=0.05)
    estimate = rf.simulate(model, 60, 10**12, training=training, draws=2, seed=1)
    assert np.isfinite(estimate.test.mean)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": -1}, "steps must be integers >= 0, got -1"),
        ({"steps": 1.5}, "steps must be integers"),
        ({"steps": np.inf}, "steps must be integers"),
        ({"steps": []}, "steps is empty"),
        ({"batch": 0}, "batch must be integers >= 1, got 0"),
        ({"batch": np.nan}, "batch must be integers"),
        ({"step_size": 0.0}, "step_size must be finite and > 0, got 0"),
        ({"step_size": np.nan}, "step_size must be finite and > 0, got nan"),
        ({"step_size": np.inf}, "step_size must be finite and > 0, got inf"),
        ({"step_size": "large"}, "step_size must be numbers"),
        ({"step_size": None}, "one of step_size and relative_step must be given"),
        ({"relative_step": 1.0}, "one of step_size and relative_step must be given"),
    ],
)
def test_wrong_trainings_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        rf.SGD(**{"steps": 10, "batch": 1, "step_size": 0.1} | arguments)


def test_wrong_points_are_errors():
    model = unit_model(BASE)
    seven = np.array(7.0)
    with pytest.raises(ValueError, match=r"T must be at least .* 60, .* got 59"):
        sgd_losses(model, seven, np.array(59.0), rf.SGD([10, 20], 3, 1e-3))
    assert sgd_losses(model, seven, np.array(60.0), rf.SGD([10, 20], 3, 1e-3)).train.shape == (2,)
    with pytest.raises(ValueError, match="N must be finite where SGD has a step_size"):
        sgd_losses(model, INF, INF, rf.SGD(10, 1, 1e-3))
    shifted = rf.ScalingModel(rf.PowerLaw(1.0, 12), test_spectrum=rf.PowerLaw(0.5, 12))
    with pytest.raises(ValueError, match="test_spectrum must be None"):
        sgd_losses(shifted, seven, INF, rf.SGD(10, 1, 1e-3))
    with pytest.raises(ValueError, match="test_points must be None"):
        simulated(Experiment(model, 7, 60, 1, test_points=5), range(2), [rf.SGD(10, 1, 1e-3)])


@pytest.mark.parametrize(("alpha", "batch"), [(0.5, 1), (1.0, 10), (2.0, 1)])
def test_the_law_of_a_power_law_has_the_error_that_it_states(alpha, batch):
    """Which is to first order: within 1.5 times of it where small, and 0.02 % of single
    directions."""
    model = rf.ScalingModel(rf.PowerLaw(alpha, 10**9))
    for N, steps in ((1e4, 3000), (1e6, 3000), (1e6, 300_000)):
        training = rf.SGD(steps, batch, relative_step=0.3)
        exact = rf.predict(model, N, np.inf, training=training).test
        error = abs(rf.asymptotics.sgd_power_law(model, N, training) / exact - 1)
        steps_and_more = [np.array(float(v)) for v in (N, steps, 0.3, batch)]
        G = _share(model.spectrum, *steps_and_more[2:])
        assert error < 1.5 * _error(model.spectrum, *steps_and_more, G) + 2e-4


def test_the_law_has_label_noise_and_warns():
    """Noise alone in the end: G/(1 - G), at N = 1e9 to 1e-9."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10**6), sigma_w=1e-9, sigma_eps=1.0)
    training = rf.SGD(10**5, 2, relative_step=0.3)
    exact = rf.predict(model, 1e9, np.inf, training=training)
    law = rf.asymptotics.sgd_power_law(model, 1e9, training)
    assert law == pytest.approx(exact.noise, rel=3e-3)
    with pytest.warns(rf.RegimeWarning, match="sgd_power_law holds for"):
        rf.asymptotics.sgd_power_law(model, 30, training)
    with pytest.raises(ValueError, match="step_size must be such that G < 1"):
        rf.asymptotics.sgd_power_law(model, 1e9, rf.SGD(10, 2, relative_step=1.2))
    with pytest.raises(ValueError, match="steps must be >= 1"):
        rf.asymptotics.sgd_power_law(model, 1e9, rf.SGD(0, 2, relative_step=0.1))
    with pytest.raises(ValueError, match="sigma_eps = 0"):
        rf.asymptotics.best_sgd_step(model, 10)


def test_the_best_step_is_the_best():
    """On a grid of steps 1 % apart around it, at the least of which the loss is flat."""
    model = unit_model(BASE, sigma_eps=0.3)
    best = rf.optimal_sgd_step(model, N=300, T=[20, 300], batch=2)
    for step, least, samples in zip(best.step_size, best.test, (20, 300), strict=True):
        training = rf.SGD(samples // 2, 2, step * np.array([0.99, 1.0, 1.01]))
        losses = rf.predict(model, 300, samples, training=training).test
        assert losses[1] == pytest.approx(least, rel=1e-11, abs=0)
        assert np.all(losses[[0, 2]] > least)
    with pytest.raises(ValueError, match="at least the batch, 4, got 3"):
        rf.optimal_sgd_step(model, 7, 3, batch=4)
    with pytest.raises(ValueError, match="N must be finite"):
        rf.optimal_sgd_step(model, np.inf, 3)


def test_the_asymptotic_best_step_is_that_of_many_samples():
    """At alpha = 1 the gap, of N and of directions, is below 1e-3; x = 1/3 would be off by half."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10**12))
    for batch in (1, 10, 100):
        best = rf.optimal_sgd_step(model, 1e7, 1e7, batch).step_size
        closed = rf.asymptotics.best_sgd_step(model, 1e7, batch)
        assert closed == pytest.approx(best, rel=1e-3)


def test_a_simulation_says_where_draws_are_not_stable():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    stable = {"draws": 8, "seed": 1, "training": rf.SGD(20, 1, 0.3)}
    rf.simulate(model, 7, 20, **stable)  # warns of nothing
    loud = stable | {"training": rf.SGD([5, 20], 1, [0.3, 12.0])}
    with pytest.warns(rf.RegimeWarning, match="not stable in up to .* at 1 of 2 points"):
        rf.simulate(model, 7, 20, **loud)
    with pytest.warns(rf.RegimeWarning, match="at 1 of 2 points"):
        rf.sweep(model, 7, 20, progress=False, **loud)
