"""The simulation of trainings against plain loops and an integrated flow on the same draws, and
against the planar theory by the order in 1/size.
"""

import numpy as np
import pytest
import reference
import reference_training as plain
from test_simulation import generator, latent_draws

import rfscale as rf
from rfscale.simulation.one_draw import blocks, linear_features
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.linear_features import LinearFeatures

MODEL = rf.ScalingModel(rf.PowerLaw(0.6, 20), sigma_w=1.7, sigma_u=0.4, sigma_eps=0.3)
STEP = 0.25  # stable: the largest eigenvalue of the draws below is under 8

# each training, the plain one, and how far they may be apart: the integrator's tolerance is 1e-12,
# relative to the largest entry; the others are exact to rounding, times a condition up to 1e4
TRAININGS = [
    (rf.GradientFlow(time=0.3), lambda phi: plain.flow(phi, 0.3), 1e-8),
    (rf.GradientFlow(time=30.0), lambda phi: plain.flow(phi, 30.0), 1e-8),
    (rf.GradientFlow(time=20.0, ridge=0.05), lambda phi: plain.flow(phi, 20.0, 0.05), 1e-8),
    (rf.GradientDescent(1, STEP), lambda phi: plain.descent(phi, 1, STEP), 1e-10),
    (rf.GradientDescent(40, STEP, 0.1), lambda phi: plain.descent(phi, 40, STEP, 0, 0.1), 1e-10),
    (rf.HeavyBall(25, STEP, 0.7), lambda phi: plain.descent(phi, 25, STEP, 0.7), 1e-10),
    (rf.HeavyBall(9, STEP, 0.4, 0.2), lambda phi: plain.descent(phi, 9, STEP, 0.4, 0.2), 1e-10),
    (rf.IteratedRidge(0.1, 3), lambda phi: plain.iterated_ridge(phi, 0.1, 3), 1e-10),
    (rf.PrincipalComponents(0.2), lambda phi: plain.principal_components(phi, 0.2), 1e-10),
    (lambda s: 1 / (s + 0.1), lambda phi: plain.iterated_ridge(phi, 0.1, 1), 1e-10),
]
LOSSES = ("signal", "noise", "train")


def model_of(M):
    return rf.ScalingModel(rf.PowerLaw(0.6, M), sigma_w=1.7, sigma_u=0.4, sigma_eps=0.3)


@pytest.mark.parametrize(("N", "T", "M"), [(5, 8, 20), (8, 5, 20), (6, 6, 20), (9, 8, 4)])
@pytest.mark.parametrize("how", ["batches", "one by one", "several blocks"])
def test_matches_plain_training_on_the_same_draws(N, T, M, how, monkeypatch):
    streams = {"batches": (None, 64), "one by one": (), "several blocks": (16,)}[how]
    if how != "batches":
        monkeypatch.setattr(linear_features, "SMALL", 0)
    if how == "several blocks":
        monkeypatch.setattr(blocks, "LARGEST_BLOCK", 16)
    model = model_of(M)
    draws = list(latent_draws(model, N, T, 11, 3, *streams))
    for training, trained, tolerance in TRAININGS:
        estimate = rf.simulate(model, N, T, training=training, draws=3, seed=11)
        found = [
            reference.losses_of(
                trained(u @ x), u, x, model.spectrum.eigenvalues, model.sigma_w, model.sigma_eps
            )
            for u, x in draws
        ]
        for name, values in zip(LOSSES, zip(*found, strict=True), strict=True):
            mean = getattr(estimate, name).mean
            # plain signals subtract what is learned: their rounding is that of the total
            floor = 1e-13 * float(model.units.signal) * M
            assert mean == pytest.approx(np.mean(values), rel=tolerance, abs=floor), (
                name,
                training,
            )


def test_matches_plain_training_on_an_explicit_test_set():
    N, T, M = 6, 9, 20
    sigma = MODEL.sigma_w / np.sqrt(M)
    draws = list(latent_draws(MODEL, N, T, 11, 2))
    for training, trained, tolerance in TRAININGS:
        estimate = rf.simulate(MODEL, N, T, training=training, draws=2, seed=11, test_points=7)
        found = []
        for number, (u, x) in enumerate(draws):
            test = generator(MODEL, N, T, 11, number, 1)
            w = test.standard_normal(M) * sigma
            x_test = np.sqrt(MODEL.spectrum.eigenvalues)[:, None] * test.standard_normal((M, 7))
            eps = generator(MODEL, N, T, 11, number, 2).standard_normal(T) * MODEL.sigma_eps
            P = trained(u @ x)
            found.append(reference.explicit_losses_of(P, u, x, w, eps, x_test))
        for name, values in zip(("test", "train"), zip(*found, strict=True), strict=True):
            mean = getattr(estimate, name).mean
            assert mean == pytest.approx(np.mean(values), rel=tolerance, abs=1e-13)


@pytest.mark.parametrize(
    ("training", "ridge"),
    [
        (rf.Ridge([0.0, 1e-6, 0.1, np.inf]), [0.0, 1e-6, 0.1, np.inf]),
        (rf.GradientFlow(time=np.inf, ridge=[0.0, 0.1]), [0.0, 0.1]),
        (rf.GradientFlow(time=[0.0, np.inf]), [np.inf, 0.0]),
        (rf.GradientDescent([0, 0], [1e-3, 1e-2]), np.inf),
        (rf.IteratedRidge([1e-6, 0.1], times=1), [1e-6, 0.1]),
        (rf.PrincipalComponents(0.0), 0.0),
        (rf.Filter(lambda s: 1 / (s + 0.1)), 0.1),
    ],
)
@pytest.mark.parametrize(("N", "T"), [(10, 20), (30, 25)])
@pytest.mark.parametrize("test_points", [None, 9])
def test_what_is_a_ridge_has_its_numbers(training, ridge, N, T, test_points):
    """On the same draws, to rounding: 1e-16 times a condition below 1e6 of these draws."""
    arguments = {"draws": 70, "seed": 3, "test_points": test_points}
    ours = rf.simulate(MODEL, N, T, training=training, **arguments)
    theirs = rf.simulate(MODEL, N, T, ridge, **arguments)
    for name in ("test", "signal", "noise", "train"):
        for statistic in ("mean", "std", "q05", "median"):
            found, expected = (getattr(getattr(e, name), statistic) for e in (ours, theirs))
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15, err_msg=name)


def test_a_decayed_signal_keeps_its_relative_accuracy():
    """Fewer latents than features and samples: it vanishes exponentially."""
    model = rf.ScalingModel(rf.PowerLaw(0.5, 4))
    times = np.array([1.0, 50.0, 400.0])
    experiment = Experiment(model, 9, 8, 5)
    found = LinearFeatures().trained_losses(
        experiment, range(2), tuple(rf.GradientFlow(time=times).each(times.shape))
    )
    draws = latent_draws(model, 9, 8, 5, 2, batch=64)
    for losses, (u, x) in zip(found, draws, strict=True):
        for i, time in enumerate(times):
            exact = plain.decayed_signal(u, x, model.spectrum.eigenvalues, time)
            signal, rounding = losses[:, 1, i]
            # the exponent t s is known to eps times a condition below 100, and is below 100
            assert signal == pytest.approx(exact, rel=1e-11, abs=0)
            assert abs(signal - exact) < rounding < 1e-11 * exact
    assert np.all(found[:, 0, 1, -1] < 1e-13 * found[:, 0, 1, 0])


def test_tau_is_the_time_in_units_of_the_model():
    """tau = t N T sigma_u^2 lambda_+/M."""
    model = rf.ScalingModel(rf.PowerLaw(0.6, 20, 3.0), sigma_u=0.4)
    N = np.array([[5], [8]])
    tau = np.array([1.0, 30.0])
    time = tau / (N * 7 * 0.4**2 * 3.0 / 20)
    by_tau = rf.simulate(model, N, 7, training=rf.GradientFlow(tau=tau), draws=4, seed=1)
    by_time = rf.simulate(model, N, 7, training=rf.GradientFlow(time=time), draws=4, seed=1)
    np.testing.assert_allclose(by_tau.test.mean, by_time.test.mean, rtol=1e-12)


def test_many_trainings_in_portions_are_those_of_one_by_one(monkeypatch):
    times = np.geomspace(1e-2, 1e4, 7)
    trainings = tuple(rf.GradientFlow(time=times).each(times.shape))
    experiment = Experiment(MODEL, 6, 9, 1)
    losses = LinearFeatures().trained_losses
    whole = losses(experiment, range(3, 10), trainings)
    monkeypatch.setattr("rfscale.simulation.one_draw.trained.AT_ONCE", 1)
    one_by_one = losses(experiment, range(3, 10), trainings)
    np.testing.assert_allclose(whole, one_by_one, rtol=1e-14)
    assert np.ptp(whole[:, 0, 0], axis=1).min() > 0.05


@pytest.mark.parametrize("at_once", [2**16, 2**9])
def test_a_part_of_a_batch_has_the_same_bits(at_once, monkeypatch):
    monkeypatch.setattr("rfscale.simulation.one_draw.trained.AT_ONCE", at_once)
    trainings = tuple(rf.GradientFlow(time=np.geomspace(1e-2, 1e4, 7)).each((7,)))
    experiment = Experiment(MODEL, 6, 9, 1)
    losses = LinearFeatures().trained_losses
    whole = losses(experiment, range(60), trainings)
    np.testing.assert_array_equal(losses(experiment, range(13, 20), trainings), whole[13:20])


# S and V of (18.3), (18.4) at eigenvalues J^-1.7, J = 1..12, in unit traces, by a 24-node contour:
# N, T, ridge, t, S, V, S_train/T, V_train/T. Repeating each eigenvalue k times at k N, k T, k^2
# ridge, t/k^2 multiplies S by k and leaves V.
PLANAR = [
    (6, 9, 0.0, 0.01, 1.15738930471, 0.0268798200346, 0.959723603294, 0.864906048296),
    (6, 9, 0.0, 0.1, 0.679943880357, 0.231422398286, 0.332831220177, 0.627229954415),
    (6, 9, 0.0, 1.0, 0.644604103918, 0.776839613411, 0.147004837324, 0.415096804299),
    (6, 9, 0.0, 20.0, 0.93306768579, 1.91055444946, 0.106955665951, 0.333692474603),
    (8, 8, 0.3, 0.01, 1.08810281203, 0.0360407993545, 0.849986870568, 0.828163150607),
    (8, 8, 0.3, 0.1, 0.618407769159, 0.282194957252, 0.244444701297, 0.538841108259),
    (8, 8, 0.3, 1.0, 0.541158378149, 0.88653151964, 0.0750817403786, 0.277280395623),
    (8, 8, 0.3, 20.0, 0.568783643354, 1.36370313624, 0.0448757231656, 0.186503071335),
]


@pytest.mark.parametrize(("N", "T", "ridge"), [(6, 9, 0.0), (8, 8, 0.3)])
def test_the_planar_theory_is_the_limit(N, T, ridge):
    """Twice the gap at four times the size is that at twice the size, to the second order.

    With gaps c/size + d/size^2 the difference is d/8; d is about the square of c, for a signal gap
    of 10 % at twice the size up to 1 %. A planar loss that is wrong by 3 % fails for each of signal
    and noise, by 1 % for the training loss.
    """
    rows = np.array([row[3:] for row in PLANAR if row[:3] == (N, T, ridge)])
    M = 12
    base = np.arange(1, M + 1) ** -1.7
    # noise beside a signal of the same size, in units of 1/(2 M)
    gaps = []
    errors = []
    for k in (1, 2, 4):
        model = rf.ScalingModel(rf.Eigenvalues(np.repeat(base, k)), sigma_eps=1.0)
        training = rf.GradientFlow(time=rows[:, 0] * M / k, ridge=ridge * k / M)
        estimate = rf.simulate(
            model, N * k, T * k, training=training, draws=16000 // k**2, seed=2, workers=1
        )
        S, V, S_train, V_train = rows[:, 1:].T
        train = S_train / M + V_train
        planar = np.array([S / (2 * M), V / 2, train])
        found = [getattr(estimate, name) for name in LOSSES]
        gaps.append(np.array([loss.mean for loss in found]) / planar - 1)
        errors.append(np.array([loss.stderr for loss in found]) / planar)
    statistical = np.hypot(2 * errors[2], errors[1])  # below 1 %, of the training loss 0.4 %
    assert np.all(np.abs(2 * gaps[2] - gaps[1]) < 4 * statistical + gaps[1] ** 2)
    assert np.all(gaps[0][0] > 10 * errors[0][0])  # those of the signal are seen clearly
