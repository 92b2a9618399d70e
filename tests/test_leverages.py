"""The planar theory of samples of unequal leverage: that of equal ones where they are, and its own
equations solved in many digits.
"""

import re

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rfscale as rf
from rfscale.theory.leveraged import LeveragedPrediction

LOSSES = ("test", "signal", "noise", "train")
TRACES = ("delta", "df1", "df2")
ONES = [1.0, 1.0, 1.0]
TAU = np.array([0.2, 0.4, 0.7, 1.2, 2.5])

spectra = st.one_of(
    st.builds(rf.PowerLaw, st.sampled_from([0.05, 0.5, 2.0]), st.integers(1, 40)),
    st.lists(st.floats(-6, 3).map(lambda e: 10.0**e), min_size=1, max_size=12).map(
        lambda values: rf.Eigenvalues(values, rcond=0.0)
    ),
)
sizes = st.one_of(
    st.integers(1, 50).map(float), st.floats(-1, 5).map(lambda e: 10.0**e), st.just(np.inf)
)
ridges = st.one_of(st.just(0.0), st.floats(-30, 30).map(lambda e: 10.0**e))


@st.composite
def models(draw):
    """With teachers and test spectra of all kinds."""
    spectrum = draw(spectra)
    M = spectrum.M
    teacher = draw(
        st.sampled_from([None, rf.Teacher.power_law(0.7), rf.Teacher.weights(1.0 + np.arange(M))])
    )
    test = draw(st.sampled_from([None, rf.Eigenvalues(np.linspace(3.0, 0.1, M))]))
    return rf.ScalingModel(spectrum, 1.3, 0.7, 0.4, teacher=teacher, test_spectrum=test)


def assert_equal(found, expected, rel):
    """In all losses and traces, at one point."""
    for name in (*LOSSES, *TRACES):
        one, other = (getattr(each, name) for each in (found, expected))
        assert one == other or one == pytest.approx(other, rel=rel, abs=1e-290), name


@settings(max_examples=300, deadline=None, derandomize=True)
@given(models(), sizes, sizes, ridges)
def test_leverages_of_one_are_the_model_without(model, N, T, ridge):
    """To the digits that the arguments determine: N - df1 close to 0 has fewer, which `predict`
    states for Delta as `delta_error`.
    """
    plain = rf.predict(model, N, T, ridge)
    found = rf.predict(model, N, T, ridge, leverages=ONES)
    assert_equal(found, plain, 1e-12 + 100 * plain.delta_error)
    assert found.effective_samples == T
    assert found.regime == plain.regime


@pytest.mark.parametrize("ridge", [0.0, 1e-300, 1e-3, 1e300, np.inf])
@pytest.mark.parametrize(
    ("N", "T"), [(12, 12), (20, 12), (12, 20), (5, 5), (7, 6), (6, 7), (0.3, 40)]
)
def test_corners_of_the_model_without(N, T, ridge):
    """M = 12."""
    model = rf.ScalingModel(rf.PowerLaw(0.8, 12), 1.3, 0.7, 0.4, teacher=rf.Teacher.power_law(1.0))
    plain = rf.predict(model, N, T, ridge)
    found = rf.predict(model, N, T, ridge, leverages=ONES)
    assert_equal(found, plain, 1e-12)


def equations(eigenvalues, weights, test, N, T, delta, sigmas, tau):
    """Steps (22.3) to (22.9) as they stand, with chi, in as many digits as mpmath is set to.

    The twin of `predict`, with the ridge as a function of Delta. q = 1/(1 + tau chi), and g is the
    sum of tau q over samples.
    """
    arrays = (eigenvalues, weights, test, tau)
    lam, W, lam_test, tau = ([mp.mpf(float(x)) for x in array] for array in arrays)
    N, T, delta, sigma_w, sigma_u, sigma_eps = map(mp.mpf, (N, T, delta, *sigmas))
    M = len(lam)

    def over_samples(f):
        return T * mp.fsum(map(f, tau)) / len(tau)

    df1 = mp.fsum(x / (x + delta) for x in lam)
    low, high = mp.mpf(-100), mp.mpf(100)
    while high - low > mp.mpf(10) ** -(mp.mp.dps - 5):
        middle = (low + high) / 2
        used = over_samples(lambda t: 1 / (1 + mp.exp(-middle) / t))
        low, high = (middle, high) if used < df1 else (low, middle)
    chi = mp.exp(low)
    p = [x / (x + delta) for x in lam]
    rho = [b / a for a, b in zip(lam, lam_test, strict=True)]
    df2 = mp.fsum(x**2 for x in p)
    s = df1 - df2
    D = 1 - df1 / N + s / N

    def bias(rho):  # (15.3) at T = infinity
        own = mp.fsum(r * w**2 * x * (1 - x) for r, w, x in zip(rho, W, p, strict=True))
        seen = mp.fsum(w**2 * x**2 for w, x in zip(W, p, strict=True))
        spread = mp.fsum(r * x * (1 - x) for r, x in zip(rho, p, strict=True))
        return delta * (own + seen * spread / (N * D))

    def degrees(rho):  # (15.4), T times its value at T = infinity
        one = mp.fsum(r * x for r, x in zip(rho, p, strict=True))
        two = mp.fsum(r * x**2 for r, x in zip(rho, p, strict=True))
        return (two * (1 - df1 / N) + one * s / N) / D

    g = over_samples(lambda t: t / (1 + t * chi))
    with_tau = over_samples(lambda t: t**2 / (1 + t * chi) ** 2) / g**2
    without = over_samples(lambda t: t / (1 + t * chi) ** 2) / g**2
    ones = [mp.mpf(1)] * M
    d = degrees(ones)
    h = 1 - d * with_tau
    of_signal = sigma_w**2 / 2  # of given weights
    of_noise = sigma_eps**2 / 2

    def losses(rho):
        per = degrees(rho) / h
        signal = of_signal * (bias(rho) + per * with_tau * bias(ones))
        return signal, of_noise * per * without

    signal, noise = losses(rho)
    error = mp.fsum(losses(ones))
    train = mp.fsum((2 * t * error + sigma_eps**2) / (1 + t * chi) ** 2 for t in tau) / len(tau)
    return {
        "ridge": delta * (N - df1) * df1 / chi * sigma_u**2 / M,  # (22.4)
        "delta": delta,
        "df1": df1,
        "df2": df2,
        "signal": signal,
        "noise": noise,
        "test": signal + noise,
        "train": train,
        "effective_samples": df1 * (1 + chi) / chi,
    }


def random_problem(seed):
    """A model, sizes, Delta and leverages of wide spread."""
    rng = np.random.default_rng(seed)
    M = int(rng.integers(1, 12))
    given = {
        "eigenvalues": np.sort(10.0 ** rng.uniform(-3, 1, M))[::-1],
        "weights": rng.uniform(0.2, 2.0, M),
        "test": np.sort(10.0 ** rng.uniform(-3, 1, M))[::-1],
    }
    tau = np.exp(rng.uniform(0, 2.5) * rng.standard_normal(rng.integers(2, 7)))
    delta = 10.0 ** rng.uniform(-4, 1)
    df1 = np.sum(given["eigenvalues"] / (given["eigenvalues"] + delta))
    N, T = df1 * (1 + 10.0 ** rng.uniform(-2, 1, 2))
    return given, N, T, delta, np.sort(tau / tau.mean())


@pytest.mark.parametrize("seed", range(60))
def test_the_equations_of_the_derivation_in_forty_digits(seed):
    given, N, T, delta, tau = random_problem(seed)
    sigmas = 1.3, 0.7, 0.4
    with mp.workdps(40):
        exact = equations(**given, N=N, T=T, delta=delta, sigmas=sigmas, tau=tau)
    model = rf.ScalingModel(
        rf.Eigenvalues(given["eigenvalues"]),
        *sigmas,
        teacher=rf.Teacher.weights(given["weights"]),
        test_spectrum=rf.Eigenvalues(given["test"]),
    )
    found = rf.predict(model, N, T, float(exact["ridge"]), leverages=tau)
    for name, value in exact.items():
        # N - df1 is at least a hundredth of N, and so is T_eff - df1 or more with chi: 1e-13 of them
        assert getattr(found, name) == pytest.approx(float(value), rel=1e-11, abs=0), name
