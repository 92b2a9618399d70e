"""The stated size of the next order in 1/size: a bound of the one-loop term, and of the gap to
simulations that it was calibrated with.
"""

import warnings

import numpy as np
import pytest

import rfscale as rf

# spectrum, exponent of the teacher, N, T, ridge; signal and noise of 20 000 draws with seed 17, all
# sigma 1, and their standard errors: N = M, T = M and N = T = M, the peak, a few large eigenvalues
STORED = [
    (rf.PowerLaw(1.0, 16), 0, 16, 24, 0.00094, 0.000805034, 3.2e-06, 0.7228607, 0.00086),
    (rf.PowerLaw(1.0, 16), 0, 16, 24, 0.01, 0.001587217, 3.1e-06, 0.4285608, 0.00038),
    (rf.PowerLaw(1.0, 16), 0, 16, 24, 1e-6, 4.310853e-05, 1.3e-06, 1.111156, 0.0021),
    (rf.PowerLaw(0.5, 20), 0, 20, 30, 0.01, 0.002718957, 5.5e-06, 0.5599769, 0.00044),
    (rf.PowerLaw(1.0, 12), 0, 20, 12, 0.03, 0.003157136, 6.5e-06, 0.699232, 0.00095),
    (rf.PowerLaw(2.0, 10), 1, 10, 16, 0.0001, 6.229088e-05, 7e-07, 0.7162867, 0.0015),
    (rf.PowerLaw(1.0, 14), 0, 14, 14, 0.01, 0.003940153, 8.7e-06, 0.7430483, 0.001),
    (rf.PowerLaw(1.0, 30), 0, 10, 10, 0.01, 0.007168217, 1.1e-05, 0.6234787, 0.00096),
    (rf.PowerLaw(1.0, 60), 0, 20, 20, 0.001, 0.002836349, 3.1e-06, 1.407181, 0.0014),
    (rf.PowerLaw(1.0, 40), 1, 12, 20, 0.001, 0.001046716, 2.9e-06, 0.6944978, 0.00088),
    (rf.PowerLaw(1.0, 40), 0, 20, 10, 0, 0.004823249, 7.8e-06, 1.260072, 0.0028),
    (rf.PowerLaw(1.0, 8), 0, 24, 20, 0.01, 8.227722e-06, 6.3e-08, 0.3474378, 0.00047),
    (rf.Eigenvalues([1] * 2 + [1e-2] * 5), 0, 12, 7, 0.5, 0.007006552, 2.9e-05, 0.1926725, 5.4e-4),
    (rf.Eigenvalues([1] * 6 + [1e-3] * 12), 0, 14, 18, 0.01, 7.100113e-4, 1.3e-06, 0.3496517, 5e-4),
    (rf.PowerLaw(0.3, 25), 4, 25, 12, 0.1, 0.001043595, 4.5e-06, 0.5477308, 0.00049),
]  # fmt: skip


def one_loop(model, N, T, ridge=0.0, **options):
    """The prediction, without the warning that some of these sizes deserve."""
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        return rf.predict(model, N, T, ridge, order="one-loop", **options)


def stored_model(spectrum, beta, sigma_eps):
    return rf.ScalingModel(spectrum, sigma_eps=sigma_eps, teacher=rf.Teacher.power_law(float(beta)))


def gaps(order):
    """Stated error, gap to the stored means and its standard error, for five label noises."""
    found = []
    for spectrum, beta, N, T, ridge, signal, signal_error, noise, noise_error in STORED:
        for sigma_eps in (0.0, 0.01, 0.1, 1.0, 10.0):
            model = stored_model(spectrum, beta, sigma_eps)
            theory = one_loop(model, N, T, ridge) if order else rf.predict(model, N, T, ridge)
            gap = (signal + sigma_eps**2 * noise) / theory.test - 1
            error = (signal_error + sigma_eps**2 * noise_error) / theory.test
            found.append((theory.order_error, abs(gap), error))
    return np.array(found, dtype=float).T


def test_one_loop_covers_stored_simulations():
    """Also where N = M or T = M, and there not absurdly far: it can be judged by."""
    stated, gap, error = gaps(1)
    judged = stated <= 0.2
    assert np.mean(judged) > 0.85
    assert np.all(gap[judged] <= stated[judged] + 3 * error[judged])
    measurable = judged & (gap > 4 * error)
    assert np.sum(measurable) > 10
    assert np.median(stated[measurable] / gap[measurable]) < 6


def test_planar_covers_stored_simulations():
    """That of a plain model bounds one-loop terms alone: for M < N, T the gap is 1.1 times it."""
    stated, gap, error = gaps(0)
    assert np.all(gap <= 1.2 * stated + 3 * error)
    assert np.mean(gap <= stated + 3 * error) > 0.95


@pytest.mark.slow
def test_the_stored_simulations_again():
    """The same draws: 1e-6 is what seven printed digits leave."""
    for spectrum, beta, N, T, ridge, signal, signal_error, noise, noise_error in STORED:
        model = stored_model(spectrum, beta, 1.0)
        found = rf.simulate(model, N, T, ridge, draws=20_000, seed=17)
        assert found.signal.mean == pytest.approx(signal, rel=1e-6, abs=0)
        assert found.noise.mean == pytest.approx(noise, rel=1e-6, abs=0)
        # two digits
        assert found.signal.stderr == pytest.approx(signal_error, rel=0.05, abs=0)
        assert found.noise.stderr == pytest.approx(noise_error, rel=0.05, abs=0)


def test_where_all_is_learned_it_can_be_judged():
    """N = M, M = 16: what b can do is large, and the loss hardly depends on b."""
    spectrum, _, N, T, ridge, *_ = STORED[0]
    stated = one_loop(stored_model(spectrum, 0, 0.1), N, T, ridge).order_error
    assert 0.01 < stated < 0.1
    weaker = one_loop(stored_model(spectrum, 0, 1.0), N, T, [1e-4, 1e-6, 1e-8, 0.0]).order_error
    assert np.all(weaker < 0.2)


def hard_spectra():
    for alpha in (0.2, 1.0, 3.0, 8.0):
        for M in (3, 30, 300, 10**8, 10**15):
            yield rf.PowerLaw(alpha, M)
    for high, low, ratio in ((4, 7, 1e-3), (1, 30, 1e-3), (30, 3, 1e-2), (3, 1, 1e-4)):
        yield rf.Eigenvalues([1.0] * high + [ratio] * low)
    yield rf.Eigenvalues(np.ones(40))
    yield rf.Eigenvalues(np.concatenate([[1e4, 300.0], np.arange(1.0, 60) ** -1.5]))


def hard_points(spectrum, rng, count):
    """Sizes from 2 up, also M, infinity and N = T; ridges of the kernel from none to huge."""
    M = spectrum.M
    largest = np.log(min(30.0 * M, 1e7))
    N, T = np.round(np.exp(rng.uniform(np.log(2), largest, (2, count))))
    special = rng.integers(0, 8, count)
    N = np.select([special == 0, special == 1, special == 2], [M, M, np.inf], N)
    T = np.select([special == 1, special == 3, special == 4, special == 5], [M, M, N, np.inf], T)
    T = np.where(np.isinf(N) & np.isinf(T), 5.0, T)
    smallest = rf.predict(rf.ScalingModel(spectrum), N, T).delta
    unit = np.maximum(smallest, spectrum.scale * 1e-30) * np.where(np.isinf(T), 1.0, T)
    ridge = np.where(rng.random(count) < 0.2, 0.0, unit * 10.0 ** rng.uniform(-8, 3, count))
    return N, T, ridge


def relative_changes(model, N, T, kernel_ridge):
    """Planar prediction, and the terms of one loop over the planar signal, noise and loss."""
    at = {"kernel_ridge": kernel_ridge}
    planar, loop = rf.predict(model, N, T, **at), one_loop(model, N, T, None, **at)
    known = np.isfinite(loop.test) & (planar.signal > 0)
    with np.errstate(invalid="ignore"):
        names = ("signal", "noise", "test")
        changes = [getattr(loop, name) / getattr(planar, name) - 1 for name in names]
    return planar, known, np.nan_to_num(np.abs(changes))


@pytest.mark.parametrize("spectrum", list(hard_spectra()), ids=lambda s: repr(s)[:40])
def test_planar_errors_bound_the_one_loop_term(spectrum):
    """Of signal and noise each, so for any label noise; a general teacher's is of the loss alone.

    Losses are known to 1e-11, as far as M - N and N - T are to 1e-16.
    """
    rng = np.random.default_rng(1)
    N, T, ridge = hard_points(spectrum, rng, 400)
    planar, known, changes = relative_changes(rf.ScalingModel(spectrum, sigma_eps=1), N, T, ridge)
    assert np.mean(known) > 0.4
    assert np.all(changes[:2, known] <= planar.order_error[known] * (1 + 1e-9) + 1e-13)
    if spectrum.M > 10**4:
        return
    for beta in (1.0, 3.0, 6.0):
        model = rf.ScalingModel(spectrum, sigma_eps=0.1, teacher=rf.Teacher.power_law(beta))
        planar, known, changes = relative_changes(model, N, T, ridge)
        assert np.all(changes[2, known] <= planar.order_error[known] * (1 + 1e-9) + 1e-13)


def test_a_smooth_teacher_has_the_term_itself():
    model = rf.ScalingModel(rf.PowerLaw(0.5, 1000), teacher=rf.Teacher.power_law(6.0))
    planar, loop = rf.predict(model, 10_000, 400, 100.0), one_loop(model, 10_000, 400, 100.0)
    change = loop.test / planar.test - 1
    assert change == pytest.approx(7.06e-3, rel=1e-3, abs=0)
    rest = loop.order_error * loop.test / planar.test
    assert planar.order_error == pytest.approx(change + rest, rel=1e-9, abs=0)


def test_where_all_is_learned_without_ridge_it_is_that_of_an_inverse_wishart_matrix():
    """The noise is M/(T - M - 1): for plain and general models, at N = M and above."""
    for M, T in ((16, 24.0), (10, 13.0), (7, 100.0)):
        N = np.array([M, M + 1.0, 3.0 * M, np.inf])
        plain = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.1)
        general = rf.ScalingModel(rf.PowerLaw(1.0, M), 1.0, 1.0, 0.1, rf.Teacher.power_law(2.0))
        planar = rf.predict(plain, N, T)
        exact = M / (T - M - 1) / 200
        needed = exact / planar.test - 1
        assert np.all((needed < planar.order_error) & (planar.order_error < 1.5 * needed))
        np.testing.assert_allclose(
            planar.order_error, rf.predict(general, N, T).order_error, rtol=1e-12
        )
        loop = one_loop(plain, N, T)
        needed = exact / loop.test - 1
        assert np.all((needed < loop.order_error) & (loop.order_error < 2 * needed))
    assert rf.predict(plain, 7, 8.0).order_error == np.inf  # where the mean is infinite


def test_the_order_error_by_hand():
    """(6.18) to (6.20), from the eigenvalues."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.05)
    planar, loop = rf.predict(model, 12, 30, 1e-3), one_loop(model, 12, 30, 1e-3)
    p = model.spectrum.eigenvalues / (model.spectrum.eigenvalues + planar.delta)
    df1, df2, s = p.sum(), np.sum(p**2), np.sum(p * (1 - p))
    a, b = 30 - df1, 12 - df1
    hessian = np.array([[30 - df2, s], [s, 12 - df2]])
    C_a, C_b = np.diag(np.linalg.inv(hessian))
    steepness = 1 + 3 * (df2 / df1) ** 4
    h, share = s * b / (b + s), b / (b + s)
    bent = np.sum(p**2 * (1 - p))
    g = h / (a + h) + (s * (1 - share) + 2 * share * bent) / (df1 - share * s)
    held = 1 - a * b / np.linalg.det(hessian)
    of_noise = (C_a**2 + g * C_b**2 / (1 + held * C_b)) / 2
    v = np.array([steepness**2 * (C_a**2 + C_b**2) / 4, of_noise])
    parts = np.array([planar.signal, planar.noise])
    changes = np.array([loop.signal, loop.noise]) / parts - 1
    x = np.sqrt(changes**2 + v)
    rest = x**2 / (1 + held * x)
    beyond = parts @ rest / (planar.test - parts @ np.abs(changes)) * planar.test / loop.test
    assert loop.order_error == pytest.approx(beyond, rel=1e-10, abs=0)
    assert planar.order_error == pytest.approx((C_a + C_b) * steepness, rel=1e-10, abs=0)
    nothing = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_w=0.0)
    assert one_loop(nothing, 12, 30).order_error == 0


def order_error_and_gap(models, seed, draws):
    """At random sizes and ridges: the stated error, the one found, and its standard error."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(models):
        N, T, M = np.exp(rng.uniform(np.log(4), np.log(50), 3)).astype(int)
        T = N if rng.random() < 0.2 else T
        alpha, sigma_eps = np.exp(rng.uniform(np.log(0.3), np.log(3))), rng.choice([0.0, 0.05, 1.0])
        model = rf.ScalingModel(
            rf.PowerLaw(alpha, 6 * M),
            sigma_eps=sigma_eps,
            teacher=rf.Teacher.power_law(rng.normal()),
        )
        delta = rf.predict(model, N, T).delta
        ridge = rng.choice(
            [0.0, np.exp(rng.uniform(np.log(1e-6), np.log(10))) * N * T * delta / model.M]
        )
        loop = one_loop(model, N, T, ridge)
        if 0 < loop.order_error < 2 and loop.test > 0:
            test = rf.simulate(model, N, T, ridge, draws=draws, seed=1).test
            found.append(
                (loop.order_error, abs(test.mean / loop.test - 1), test.stderr / loop.test)
            )
    return np.array(found).T


def check_order_error(models, draws):
    """The true gap is inside, and where it can be measured not absurdly far."""
    stated, gap, error = order_error_and_gap(models, 4, draws)
    assert stated.size > models / 2
    assert np.mean(gap <= stated + 3 * error) > 0.99
    measurable = gap > 4 * error
    assert np.median(stated[measurable] / gap[measurable]) < 12


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_the_order_error_covers_the_gap():
    check_order_error(40, 2000)


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.slow
def test_the_order_error_covers_the_gap_of_many():
    check_order_error(150, 20_000)
