"""`predict(..., training=)`: identities, known answers, and an oracle in 30 digits."""

import re

import numpy as np
import pytest
import time_oracle
from numpy.testing import assert_allclose

import rfscale as rf
from rfscale.model.training import mixtures
from rfscale.theory import trained_rows
from rfscale.theory.equations.edges import lower_edge
from rfscale.traces.complex_sums import wide_power_law

INF = np.inf

# N, T, M, alpha, gamma, t, beta of the teacher, and traces: signal, noise, training signal and
# noise. In units of unit variances and lambda_+ = 1; t = T t or N t where N or T is infinite. From
# double contours in 36 digits with 52 nodes, and from a time integral or spectral densities.
KNOWN = [
    (10, 20, 60, 1.0, 0, 1.0, 0, 0.313649843002058, 0.58561294111856, 0.104622563266445, 0.533057597308836),  # noqa: E501
    (20, 10, 60, 1.0, 0, 0.1, 0, 0.319115082762805, 0.382392464753689, 0.0832388231484674, 0.394987502703026),  # noqa: E501
    (15, 15, 60, 1.0, 0, 1e3, 0, 3.51449338646808, 28.1903509715747, 0.00112999539082317, 0.00938810818534252),  # noqa: E501
    (80, 90, 60, 1.0, 0, 0.25, 0, 0.0220451524824816, 0.424613095816084, 0.00779269186657933, 0.550139079470033),  # noqa: E501
    (30, 100, 400, 0.5, 0, 0.05, 0, 0.667277475626268, 0.268717592912781, 0.377025157428072, 0.719391348389153),  # noqa: E501
    (100, 30, 400, 2.0, 0, 0.5, 0, 0.00528864136133443, 0.40782005980475, 0.00172082467220346, 0.505203128644164),  # noqa: E501
    (500, 300, 4000, 1.0, 0, 0.01, 0, 0.0230631450701695, 0.131959502276828, 0.0144098382835389, 0.735453771028699),  # noqa: E501
    (12, 25, 100, 0.8, 0, 0.3, 0.7, 0.139515189434947, 0.434304838930581, 0.0552763345539278, 0.575598824464394),  # noqa: E501
    (20, INF, 200, 1.0, 0, 10.0, 0, 0.116364308507585, 0.0, 0.116364308507585, 1.0),
    (INF, 20, 200, 1.0, 0, 10.0, 0, 0.116364308507585, 0.607820264184685, 0.00789090283454092, 0.137213663876673),  # noqa: E501
    (20, 10, 60, 1.0, 0.1, 10.0, 0, 0.352199243206908, 1.72142678022091, 0.000758788581676195, 0.00591660170399886),  # noqa: E501
    (35, 20, 30, 0.6, 0.5, 0.4, 0, 0.280629283443819, 1.10756899731886, 0.0167891300809317, 0.148745458114579),  # noqa: E501
    (10, 300, 30, 0.6, 20.0, 0.01, 0, 0.467889503429766, 0.0201148835720478, 0.444996264751784, 0.971163026843923),  # noqa: E501
]  # fmt: skip


def unit_model(spectrum, beta=0.0, tested=None):
    """Losses are traces: signal S, noise V, train 2 (S_train + V_train)."""
    M = spectrum.M
    return rf.ScalingModel(
        spectrum,
        sigma_w=np.sqrt(2 * M),
        sigma_u=np.sqrt(M),
        sigma_eps=np.sqrt(2),
        teacher=rf.SourceCondition(beta),
        test_spectrum=tested,
    )


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: "-".join(map(str, case[:3])))
def test_known_answers(case):
    N, T, M, alpha, ridge, t, beta, *traces = case
    model = unit_model(rf.PowerLaw(alpha, M), beta)
    if INF in (N, T):
        flow = rf.GradientFlow(tau=t * min(N, T))
    else:
        flow = rf.GradientFlow(time=t, ridge=ridge)
    found = rf.predict(model, N, T, training=flow)
    # the contour has e^(-1.36 24) = 7e-15 times weights of e^5; the answers have 15 digits
    assert_allclose(found.signal, traces[0], rtol=3e-12)
    assert_allclose(found.noise, traces[1], rtol=3e-12)
    assert_allclose(found.train, 2 * (traces[2] + traces[3]), rtol=3e-12)


@pytest.mark.parametrize(
    ("N", "T", "alpha", "M", "beta", "tested", "ridge", "time"),
    [
        (3, 5, 0.7, 3, 0.8, 0.2, 0.0, 0.3),
        (6, 4, 1.6, 3, -0.5, 2.5, 0.4, 2.0),  # M < N, T
        (2, 2, 0.3, 4, 1.9, None, 0.0, 50.0),
    ],
)
def test_any_teacher_and_test_spectrum_against_the_oracle(
    N, T, alpha, M, beta, tested, ridge, time
):
    J = np.arange(1.0, M + 1)
    other = None if tested is None else rf.PowerLaw(tested, M)
    model = unit_model(rf.PowerLaw(alpha, M), beta, other)
    weights = J ** -(1 + (alpha if tested is None else tested))
    traces = time_oracle.gradient_flow(J ** -(1 + alpha), J**-beta, weights, N, T, ridge, time)
    found = rf.predict(model, N, T, training=rf.GradientFlow(time, ridge))
    expected = [traces[0], traces[1], 2 * (traces[2] + traces[3])]
    assert_allclose([found.signal, found.noise, found.train], expected, rtol=1e-11)


def test_a_decayed_signal_keeps_its_relative_accuracy():
    model = unit_model(rf.PowerLaw(1.0, 60))
    assert_allclose(
        rf.predict(model, 80, 90, training=rf.GradientFlow(100.0)).signal,
        2.92574225891981e-6,
        rtol=1e-11,
    )
    # further on it falls as e^(-2 t s_min) times a power of t
    late = rf.predict(model, 80, 90, training=rf.GradientFlow([4e3, 8e3])).signal
    s_min = 3.2390257072e-6 * 80 * 90
    assert 0 < late[1] < late[0] * np.exp(-2 * 4e3 * s_min) < 1e-80


def test_the_signal_is_that_of_features_and_samples_exchanged():
    """Duality (2.10): at any time and ridge."""
    model = unit_model(rf.PowerLaw(0.8, 500))
    flow = rf.GradientFlow(tau=[3.0, 300.0, 1e5])
    one = rf.predict(model, 40, 70, training=flow).signal
    assert_allclose(one, rf.predict(model, 70, 40, training=flow).signal, rtol=1e-12)


def test_the_ends_of_training():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    start = rf.predict(model, 20, 30, training=rf.GradientFlow(0.0))
    untrained = rf.predict(model, 20, 30, ridge=INF)
    assert (start.test, start.train) == (untrained.test, untrained.train)
    for ridge in (0.0, 0.01):
        at_ridge = rf.predict(model, 20, 30, ridge)
        for time in (1e6, INF):
            end = rf.predict(model, 20, 30, training=rf.GradientFlow(time, ridge))
            assert_allclose(end.test, at_ridge.test, rtol=1e-13)
            assert_allclose(end.train, at_ridge.train, rtol=1e-13)


def test_early_times():
    """S = l1 - 2 t N T l2 + t^2 N T [...], V = t^2 N T (l1^2 + N l2), each to its next power."""
    N, T = 6, 9
    model = unit_model(rf.PowerLaw(1.0, 30))
    l1, l2, l3 = (np.sum(np.arange(1.0, 31) ** (-2 * k)) for k in (1, 2, 3))
    second = (N + T) * l1 * l2 + 2 * N * T * l3 + l1**3 + N * l1 * l2 + T * l1 * l2
    gaps = []
    for t in (1e-4, 1e-5):
        found = rf.predict(model, N, T, training=rf.GradientFlow(t))
        S = l1 - 2 * t * N * T * l2 + t**2 * N * T * second
        gaps.append([found.signal / S - 1, found.noise / (t**2 * N * T * (l1**2 + N * l2)) - 1])
    falls = np.log10(np.abs(np.divide(*gaps)))
    assert_allclose(falls, [3, 1], atol=0.03)  # powers of t; the next is 1e-4 N T l1 of it
    tiny = rf.predict(model, N, T, training=rf.GradientFlow(1e-40)).noise
    assert_allclose(tiny, 1e-80 * N * T * (l1**2 + N * l2), rtol=1e-11)


def test_infinite_sizes():
    """N = T = infinity: each direction by itself."""
    model = unit_model(rf.PowerLaw(1.0, 100))
    tau = np.array([0.1, 3.0, 1e3])
    found = rf.predict(model, INF, INF, training=rf.GradientFlow(tau=tau))
    lam = model.spectrum.eigenvalues
    assert_allclose(found.signal, np.exp(-2 * np.outer(tau, lam)) @ lam, rtol=1e-12)
    near = rf.predict(model, 1e12, 1e13, training=rf.GradientFlow(tau=tau))
    assert_allclose(near.test, found.test, rtol=1e-9)


def test_many_dimensions_cost_nothing_and_times_share_contours():
    model = unit_model(rf.PowerLaw(1.0, 10**12))
    tau = 1e6 * np.geomspace(1, 256, 60)
    curve = rf.predict(model, 1000, 2000, training=rf.GradientFlow(tau=tau))
    single = [rf.predict(model, 1000, 2000, training=rf.GradientFlow(tau=t)).test for t in tau[::7]]
    assert_allclose(curve.test[::7], single, rtol=1e-10)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rf.GradientDescent(1, 1e-3), rf.HeavyBall(1, 1e-3, 0.7)),
        (rf.GradientDescent(2, 1e-3), rf.HeavyBall(2, 1e-3, 1e-14)),
        (rf.IteratedRidge(0.3, 1), rf.RidgeMixture([0.3, 0.4], [1.0, 0.0])),
    ],
)
def test_trainings_that_are_the_same(one, other):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    first, second = (rf.predict(model, 20, 30, training=how) for how in (one, other))
    for name in ("signal", "noise", "train"):
        assert_allclose(getattr(first, name), getattr(second, name), rtol=1e-11)


def test_small_steps_are_gradient_flow():
    """With halved steps the gap halves: order 1."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    flow = rf.predict(model, 20, 30, training=rf.GradientFlow(4.0)).test
    gaps = [
        rf.predict(model, 20, 30, training=rf.GradientDescent(k, 4.0 / k)).test / flow - 1
        for k in (50, 100, 200)
    ]
    assert_allclose(np.log2(np.divide(gaps[:-1], gaps[1:])), 1, atol=0.05)


def test_many_small_steps_are_gradient_flow_to_rounding():
    """They differ by t s/k, 1e-10 at most here; (1 + z/k)^k taken as it stands by 1e-16 k."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    flow = rf.predict(model, 20, 30, training=rf.GradientFlow(4.0))
    steps = rf.GradientDescent(10**12, 4e-12)
    ball = rf.HeavyBall(10**12, 4e-13, 0.9)
    for how in (steps, ball):
        found = rf.predict(model, 20, 30, training=how)
        for name in ("signal", "noise", "train"):
            assert_allclose(getattr(found, name), getattr(flow, name), rtol=1e-9)


@pytest.mark.parametrize(
    ("make", "few", "many"),
    [
        (lambda k: rf.HeavyBall(k, 0.05, 0.5), 239, 240),
        (lambda k: rf.GradientDescent(k, 0.05), 119, 120),
        (lambda k: rf.IteratedRidge(1.0, k), 399, 400),
    ],
)
def test_few_and_many_steps_meet(make, few, many):
    """Third differences over the change of contour: those of a smooth curve, (1/k)^3 of it."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    ks = np.array([few - 1, few, many, many + 1])
    for name in ("signal", "noise", "train"):
        values = getattr(rf.predict(model, 20, 30, training=make(ks)), name)
        assert abs(np.diff(values, 3)[0]) < 3 * values[0] / few**3


def test_more_ridges_than_memory():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    with pytest.raises(ValueError, match="a training that mixes 20000000064 ridges needs"):
        rf.predict(model, 20, 30, training=rf.HeavyBall(10**10, 0.01, 1 - 1e-9))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("time", [5e-324, 1e-300, 1e-150])
def test_times_near_nothing_are_the_start(time):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    start = rf.predict(model, 20, 30, training=rf.GradientFlow(0.0))
    for flow in (rf.GradientFlow(time), rf.GradientFlow(tau=time)):
        early = rf.predict(model, 20, 30, training=flow)
        assert (early.test, early.train) == (start.test, start.train)


@pytest.mark.parametrize(
    ("training", "said"),
    [
        (rf.GradientDescent(10, 1e3), "step_size must be at most"),
        ("flow", "training must be a Training"),
        (rf.GradientFlow, "training must be a Training"),
    ],
)
def test_bad_trainings(training, said):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    with pytest.raises(ValueError, match=said):
        rf.predict(model, 20, 30, training=training)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: rf.GradientFlow(-1.0), "time must be >= 0, got -1"),
        (lambda: rf.GradientFlow(np.nan), "time must be >= 0, got nan"),
        (lambda: rf.GradientFlow(), "one of time and tau"),
        (lambda: rf.GradientFlow(1.0, tau=1.0), "one of time and tau"),
        (lambda: rf.GradientFlow([]), "time is empty"),
        (lambda: rf.GradientDescent(1.5, 0.1), "steps must be integers >= 0, got 1.5"),
        (lambda: rf.GradientDescent(3, 0.0), "step_size must be finite and > 0, got 0"),
        (lambda: rf.HeavyBall(3, 0.1, 1.0), "momentum must be in [0, 1), got 1"),
        (lambda: rf.IteratedRidge(0.0), "ridge must be finite and > 0, got 0"),
        (lambda: rf.Filter(lambda s: s * np.nan), "finite numbers"),
        (lambda: rf.Filter(lambda s: 1.0), "shape of its argument"),
        (lambda: rf.Filter(3), "function must be a function"),
    ],
)
def test_bad_fields(make, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


@pytest.mark.filterwarnings("error")
def test_a_polynomial_filter_may_be_finite_on_the_spectrum_alone():
    """s of phi phi^T is below 300 here, and the function is tried up to 1e12."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    own = rf.predict(model, 20, 30, training=lambda s: (1 - (1 - 1e-3 * s) ** 200) / s)
    descent = rf.predict(model, 20, 30, training=rf.GradientDescent(200, 1e-3))
    assert_allclose(own.test, descent.test, rtol=1e-8)  # of the integral, see delta_error
    with pytest.raises(ValueError, match="function must return finite numbers"):
        rf.predict(model, 20, 30, training=lambda s: s * np.nan)


def test_infinite_sizes_have_no_corrections():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    assert rf.predict(model, INF, INF, training=rf.GradientFlow(tau=1.0)).order_error == 0.0


def test_steps_need_finite_sizes():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    with pytest.raises(ValueError, match="N and T must be finite where a training is in steps"):
        rf.predict(model, 20, INF, training=rf.GradientDescent(10, 0.1))


def test_a_ridge_and_a_training_are_not_both_given():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    with pytest.raises(ValueError, match="ridge and training must not both be given"):
        rf.predict(model, 20, 30, 0.1, training=rf.GradientFlow(1.0))
    with pytest.raises(ValueError, match="order must be planar with a training"):
        rf.predict(model, 20, 30, training=rf.GradientFlow(1.0), order="one-loop")
    with pytest.raises(ValueError, match=r"training\.time"):
        rf.predict(model, [20, 30, 40], 30, training=rf.GradientFlow([1.0, 2.0]))


def test_the_lower_edge_is_below_all_latents():
    """At M < N, T it is -Delta y_N y_T with 0 < -Delta < lambda_M and 0 < y < 1.

    The bracket from which it is halved ends near the pole at -lambda_M, where the slope has the
    sign that it has before the edge.
    """
    for M in range(3, 60):
        wide = wide_power_law(2.0, float(M))
        for T in (1.5 * M, 5.0 * M + 16.0, 40.0 * M):
            for N in (T, 3.5 * T):
                assert 0.0 < lower_edge(wide, N, T, 0.0) < M**-3.0, (M, N, T)


def largest_step(model, N, T):
    """The largest stable step of descent, from the error that says it."""
    with pytest.raises(ValueError, match="step_size must be at most") as refused:
        rf.predict(model, N, T, training=rf.GradientDescent(500, 1.0))
    return float(re.search(r"at most ([\d.]+)", str(refused.value))[1])


@pytest.mark.parametrize("share", [0.949, 0.951, 0.9999])
def test_many_steps_near_the_largest_stable_one(share, monkeypatch):
    """By the filter above .95 of it, by the contour below, against circles of any steps."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    descent = rf.GradientDescent(200, share * largest_step(model, 20, 30))
    found = rf.predict(model, 20, 30, training=descent)
    monkeypatch.setattr(mixtures, "MANY", 10**9)
    monkeypatch.setattr(trained_rows, "MANY", 10**9)
    circle = rf.predict(model, 20, 30, training=descent)
    for name in ("signal", "noise", "train"):  # circles lose some 4 digits, 10^(14 k/n)
        assert_allclose(getattr(found, name), getattr(circle, name), rtol=2e-9)


def test_many_steps_near_the_largest_stable_one_on_another_test_spectrum_are_said_to_be_rough():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), test_spectrum=rf.PowerLaw(0.5, 60))
    step = largest_step(model, 20, 30)
    rf.predict(model, 20, 30, training=rf.GradientDescent(500, 0.94 * step))
    rf.predict(model, 20, 30, training=rf.GradientDescent(20, 0.99 * step))
    with pytest.warns(rf.RegimeWarning, match="known to 1e-3 alone at 1 of 1"):
        rf.predict(model, 20, 30, training=rf.GradientDescent(500, 0.99 * step))
