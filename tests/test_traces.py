"""Power laws at any M against 50-digit arithmetic: Euler-Maclaurin, its weights, its integral, what
cancels.
"""

from fractions import Fraction

import mpmath as mp
import numpy as np
import oracle
import pytest

from rfscale import PowerLaw
from rfscale.traces.continued_fraction import coefficients, phi
from rfscale.traces.nodes import END_WEIGHTS, power_law_nodes
from rfscale.traces.sums import traces_kernel

ORDERS = [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (0, 1), (1, 1), (2, 1)]

# alpha, M and log10(Delta/lambda_+): every part of the sum, with its switches, and the ends of the
# ranges
POINTS = [
    (0.01, 10**18, -300.0),
    (0.01, 10**18, -9.0),
    (0.01, 10**18, 300.0),
    (0.01, 50, -1.5),
    (0.3, 99, -2.0),  # the largest M that is summed
    (0.3, 100, -2.0),  # the smallest that is not
    (20.0, 600, -58.3),
    (1.0, 10**12, -24.0),  # near lambda_M
    (1.0, 10**12, -23.9),
    (1.0, 10**12, -2.8),  # near lambda_K
    (1.0, 10**12, 0.3),
    (1.0, 4000, -6.0),
    (2.5, 10**15, -40.0),
    (7.0, 300, -12.0),
    (20.0, 192, -47.9),
    (20.0, 10**18, -46.7),
    (20.0, 10**18, -300.0),
    (20.0, 10**18, 290.0),
    (20.0, 1000, 300.0),
    (0.01, 10**18, -180.0),  # M sum q^2 is 1e-288
    (0.01, 10**18, 291.0),
]


def relative_error(found, exact):
    return abs(float(mp.mpf(float(found)) / exact - 1))


def test_end_weights_take_the_first_eight_derivatives_exactly():
    bernoulli = [
        Fraction(1, 6),
        Fraction(-1, 30),
        Fraction(1, 42),
        Fraction(-1, 30),
        Fraction(5, 66),
    ]
    bernoulli += [Fraction(-691, 2730), Fraction(7, 6), Fraction(-3617, 510)]
    for k, B in enumerate(bernoulli, start=1):
        found = sum(2 * Fraction(g) * j ** (2 * k - 1) for j, g in enumerate(END_WEIGHTS, start=1))
        rounding = (
            sum(2 * abs(g) * float(j) ** (2 * k - 1) for j, g in enumerate(END_WEIGHTS, start=1))
            * 2.0**-53
        )
        assert abs(found - B / (2 * k)) <= rounding


@pytest.mark.parametrize("b", [0.0099, 0.5, 0.99, 1.05, 1.5, 1.99, 5.5])
@pytest.mark.parametrize("w", [1e-300, 1e-8, 0.1, 0.5, 1.0])
def test_continued_fraction(b, w):
    exact = mp.hyp2f1(1, b, 1 + mp.mpf(b), -mp.mpf(w)) / mp.mpf(b)
    assert relative_error(phi(coefficients(b), w), exact) < 2e-15


def test_the_oracle_agrees_with_a_plain_sum():
    for alpha, tau in [(0.01, "1e-3"), (1.0, "1e-6"), (20.0, "1e-50")]:
        p = [1 / (1 + mp.mpf(tau) * mp.mpf(J) ** (1 + mp.mpf(alpha))) for J in range(1, 2001)]
        with mp.workdps(50):
            exact = mp.fsum(v**2 * (1 - v) for v in p)
        assert relative_error(1.0, oracle.moment(alpha, 2000, tau, 2, 1) / exact) < 1e-14


@pytest.mark.parametrize(("alpha", "M", "log10_tau"), POINTS)
def test_degrees_of_freedom_and_traces(alpha, M, log10_tau):
    """The worst measured over 1000 random points of these ranges is 1e-13."""
    tau = 10.0**log10_tau
    spectrum, log_tau = PowerLaw(alpha, M), float(mp.log(mp.mpf(tau)))
    traces = traces_kernel(spectrum.nodes, log_tau)
    in_the_solver = {(1, 0): "df1", (2, 0): "df2", (1, 1): "df1_minus_df2", (2, 1): "df2_minus_df3"}
    for i, j in ORDERS:
        exact = oracle.moment(alpha, M, tau, i, j)
        if exact < 1e-290:  # smaller numbers have fewer digits in float64
            continue
        assert relative_error(spectrum.moment(i, j, tau), exact) < 1e-13, (i, j)
        if (i, j) in in_the_solver:  # which knows Delta by its logarithm, of up to 700
            error = relative_error(getattr(traces, in_the_solver[i, j]), exact)
            assert error < 1e-13 + 1e-16 * abs(log_tau), (i, j)


@pytest.mark.parametrize(("alpha", "M", "log10_tau"), POINTS)
def test_what_cancels_is_summed_as_such(alpha, M, log10_tau):
    """df1 - df2 and M - df1, and N - df1 as the solver has it, from `above` and `excess`."""
    tau, digits = 10.0**log10_tau, 60 + int(2 * abs(log10_tau))
    spectrum = PowerLaw(alpha, M)
    df1, q, pq = (oracle.moment(alpha, M, tau, i, j, digits) for i, j in ((1, 0), (0, 1), (1, 1)))
    for found, exact in ((spectrum.moment(0, 1, tau), q), (spectrum.df1_minus_df2(tau), pq)):
        assert exact < 1e-290 or relative_error(found, exact) < 5e-13
    traces = traces_kernel(spectrum.nodes, np.log(tau))
    for N in (float(M), 2.0 * M, 0.5 * M, 1.0):
        with mp.workdps(digits):
            exact = mp.mpf(N) - df1
        # a rounding of log Delta moves df1 by 1e-16 |log Delta| (df1 - df2)
        bound = (
            1e-13 * abs(exact)
            + (1e-15 + 2e-16 * abs(np.log(tau))) * pq
            + mp.mpf(2) ** -52 * min(N, df1) * (N < M)
        )
        assert abs((N - traces.above) - traces.excess - exact) <= bound, N


def test_M_beyond_the_whole_numbers_of_float64():
    """All of M is above a small Delta, to the last unit."""
    spectrum = PowerLaw(1.01, 10**16 + 2)
    expected = float(oracle.moment(1.01, 10**16 + 2, 1e-280, 0, 1))
    traces = traces_kernel(spectrum.nodes, np.log(1e-280))
    assert traces.above == 1e16 + 2
    assert -traces.excess == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    "spectrum", [PowerLaw(1.0, 1000), PowerLaw(1.0, 40), PowerLaw(20.0, 10**18)]
)
def test_infinite_delta_learns_nothing(spectrum):
    assert spectrum.df(1, np.inf) == spectrum.df1_minus_df2(np.inf) == 0
    assert spectrum.moment(0, 1, np.inf) == spectrum.M


@pytest.mark.parametrize(
    ("alpha", "M"), [(0.01, 10**18), (0.5, 60), (1.0, 10**6), (3.0, 10**4), (20.0, 10**5)]
)
@pytest.mark.parametrize("power", [-2.0, -1.0, 0.0, 0.5, 1.0, 2.0])
def test_traces_of_powers(alpha, M, power):
    exact = oracle.power_sum((1 + mp.mpf(alpha)) * mp.mpf(power), M)
    if exact < 1e300:
        assert relative_error(PowerLaw(alpha, M).trace(power), exact) < 1e-13


def test_traces_of_extreme_powers():
    assert PowerLaw(1.0, 10**18).trace(1e6) == 1.0
    assert PowerLaw(1.0, 10**18).trace(-1e6) == np.inf
    assert PowerLaw(1.0, 100).trace(-50) == pytest.approx(
        sum(float(J) ** 100 for J in range(1, 101)), rel=1e-13, abs=0
    )


def test_high_moments_are_summed_over_all_eigenvalues():
    spectrum = PowerLaw(1.0, 3000)
    p = 1 / (1 + 1e-4 * np.arange(1.0, 3001) ** 2)
    assert spectrum.moment(20, 0, 1e-4) == pytest.approx(np.sum(p**20), rel=1e-13, abs=0)
    assert spectrum.moment(3, 9, 1e-4) == pytest.approx(
        np.sum(p**3 * (1 - p) ** 9), rel=1e-12, abs=0
    )


def test_the_cost_does_not_grow_with_M():
    sizes = [power_law_nodes(1.0, float(M)).roots.size for M in (10**3, 10**6, 10**18)]
    assert sizes == [sizes[0]] * 3
    assert sizes[0] < 60
    assert power_law_nodes(20.0, 1e18).roots.size < 250


def test_arrays_of_spectra_are_the_single_ones():
    alpha, M, scale = (
        np.array([[0.5], [1.0]]),
        np.array([10, 10**6, 10**12]),
        np.array([1.0, 2.0, 3.0]),
    )
    spectra, delta = PowerLaw(alpha, M, scale), np.array([1e-9, 1e-3, 1.0])
    assert spectra.shape == (2, 3)
    for a, J in np.ndindex(2, 3):
        single = PowerLaw(float(alpha[a, 0]), int(M[J]), float(scale[J]))
        assert spectra.trace()[a, J] == single.trace()
        assert spectra.df(2, delta)[a, J] == single.df(2, delta[J])
    with pytest.raises(
        ValueError,
        match=r"a single spectrum is needed here, but alpha, M and scale have shape \(2, 3\)",
    ):
        _ = spectra.eigenvalues
    with pytest.raises(
        ValueError, match=r"^shapes must broadcast together, got alpha \(2,\), M \(3,\), scale \(\)"
    ):
        PowerLaw([1.0, 2.0], [1, 2, 3])
    assert spectra == PowerLaw(alpha, M, scale)
    assert spectra != PowerLaw(alpha, M, 1.0)
    assert hash(spectra) == hash(PowerLaw(alpha, M, scale))
    with pytest.raises(ValueError, match="read-only"):
        spectra.alpha[0] = 2.0
    alpha[0] = 7.0  # the caller's array stays the caller's
    assert spectra.alpha[0, 0] == 0.5
