"""The phases of a source condition: exponents, amplitudes and boundaries against `predict`.

Each is also held by step 15 of the derivations, with the order at which it is approached.
"""

import dataclasses
import itertools

import numpy as np
import pytest

import rfscale as rf
from rfscale import asymptotics as closed

CASES = [(0.8, -0.2), (0.8, 0.4), (0.8, 2.2), (0.8, 4.4), (1.6, 2.5), (0.4, 1.8)]
OPTIONS = [
    {},
    {"best_ridge": True},
    {"noise": 0.3},
    {"noise": 0.3, "best_ridge": True},
]


def loss(alpha, beta, N, T, best_ridge=False, noise=0.0):
    """In units of sigma_w^2 lambda_+/(2M), at M = 10^18."""
    M = 10**18
    spectrum, teacher = rf.PowerLaw(alpha, M, scale=2.0), rf.SourceCondition(beta)
    # sigma_w^2 lambda_+/(2M) = 1, and sigma_eps^2 M/(sigma_w^2 lambda_+) = noise
    model = rf.ScalingModel(spectrum, sigma_w=np.sqrt(M), sigma_eps=np.sqrt(2 * noise))
    model = dataclasses.replace(model, teacher=teacher)
    if best_ridge:
        return rf.optimal_ridge(model, N, T).prediction.test
    return rf.predict(model, N, T).test


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize(("alpha", "beta"), CASES)
def test_each_phase_is_the_loss_between_its_boundaries(alpha, beta, options):
    """In the middle of each phase, on a logarithmic scale, at two T: the relative gap is small and
    falls, so that amplitude and both exponents are right: an exponent that is 0.02 off would change
    the ratio by 10^(0.02 * 2) = 10 percent in N or T of a hundred times the size.
    """
    phases = closed.source_phases(alpha, beta, **options)
    ends = [*(phase.above for phase in phases[1:]), phases[-1].above + 1]
    for phase, end in zip(phases, ends, strict=True):
        T = np.array([1e12, 1e14]) if len(options) == 2 else np.array([1e7, 1e9])
        # of a high power of T so many features that N = infinity is meant
        N = T ** ((phase.above + end) / 2)
        term = phase.amplitude * N**-phase.in_N * T**-phase.in_T
        gaps = np.abs(loss(alpha, beta, N, T, **options) / term - 1)
        said = (phase, gaps)
        assert gaps[1] < 0.3, said
        # once the gap is below the cutoff (n/M)^(alpha+beta) it need not fall
        assert gaps[1] < 0.75 * gaps[0] or gaps[1] < 1e-3, said


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize(("alpha", "beta"), CASES)
def test_the_exponents_are_continuous_at_the_boundaries(alpha, beta, options):
    phases = closed.source_phases(alpha, beta, **options)
    for left, right in itertools.pairwise(phases):
        at_left, at_right = (p.in_N * right.above + p.in_T for p in (left, right))
        assert at_left == pytest.approx(at_right, rel=0, abs=1e-13)
        assert left.above < right.above


@pytest.mark.parametrize(("beta", "exponents"), [(2.0, (1.23, 2.15, 3.0)), (4.0, (0.99, 1.02, 4))])
def test_known_answers_at_a_thousand_samples(beta, exponents):
    """Measured: the local exponents in T at alpha = 1, N = 100 T, 1000 T and infinity. Far from N_*
    they are those of the phases, 1 or min(1 + beta, 4), and between them in between.
    """
    T = np.array([1000.0, 1010.0])
    found = []
    for N in (1e5, 1e6, np.inf):
        losses = loss(1.0, beta, N, T)
        found.append(np.log(losses[0] / losses[1]) / np.log(1.01))
    # of a step of 1 percent, of curvatures of order 1: 0.005 and the digits of what was measured
    np.testing.assert_allclose(found, exponents, atol=0.05)
    _, variance, data = closed.source_phases(1.0, beta)
    assert (variance.in_T, data.in_T) == (1.0, exponents[-1])
    assert variance.above < data.above == min(beta, 3.0)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("beta", [-0.2, 0.5, 1.5, 3.1, 6.0])
def test_the_ends_are_the_exponents_of_infinite_sizes(alpha, beta):
    in_N, in_T = closed.loss_exponents(alpha, beta)
    for best_ridge in (False, True):
        phases = closed.source_phases(alpha, beta, best_ridge=best_ridge)
        found = [(phase.in_N, phase.in_T) for phase in (phases[0], phases[-1])]
        # sums and products with a few roundings
        np.testing.assert_allclose(found, [(in_N, 0.0), (0.0, in_T)], rtol=1e-14, atol=1e-15)
        assert len(phases) == (3 if beta > 1 else 2)


def test_isotropic_and_known_limits():
    """beta = 0: N^-alpha and T^-alpha with C of the power law, the floor alpha of the noise, and
    the optimum of N T at (N T)^(-alpha/2), with noise at the exponent alpha/(2 + alpha).
    """
    C = rf.asymptotics.power_law_constant(1.0)
    assert [p.amplitude for p in closed.source_phases(1.0, 0.0)] == pytest.approx(
        [C, C], rel=1e-13, abs=0
    )
    assert closed.source_phases(1.0, 0.0, noise=0.5)[-1].amplitude == 0.5
    assert closed.source_compute_optimal(1.0, 0.0) == (0.5, 0.5)
    noisy = closed.source_compute_optimal(1.0, 0.0, noise=0.1, best_ridge=True)
    assert noisy == pytest.approx((1 / 3, 1 / 3), rel=1e-13, abs=0)


def test_at_the_crossings_amplitudes_are_infinite():
    with pytest.warns(rf.RegimeWarning, match="exponents other than 1 and 2"):
        at_one = closed.source_phases(1.0, 1.0)
    with pytest.warns(rf.RegimeWarning, match="error is more than 100%"):
        at_three = closed.source_phases(1.0, 3.0)
    assert at_one[0].amplitude == np.inf
    assert at_three[-1].amplitude == np.inf
    assert np.isfinite(at_one[-1].amplitude)
    for phase in (at_one[0], at_three[-1]):
        assert phase.error([1e9, np.inf], 1e5).tolist() == [np.inf, np.inf]
        with pytest.warns(rf.RegimeWarning, match=f'^the phase "{phase.name}" holds for'):
            phase.loss(1e9, 1e5)
    assert closed.source_compute_optimal(1.0, 1.0) == (0.5, 1.0)
    with pytest.warns(rf.RegimeWarning, match="large budgets N T"):
        closed.source_compute_optimal(1.0, 1.0, budget=1e6)
    with pytest.warns(rf.RegimeWarning, match="more than 100%"):  # a power of it overflows
        closed.source_compute_optimal(0.01, 300.0, budget=1e300)


@pytest.mark.parametrize("beta", [0.9, 2.9, 1.05])
def test_known_gaps_near_the_crossings_warn(beta):
    """At alpha = 1 and a thousand times ten thousand a phase is 1.7 and 3.4 times too large."""
    phases = closed.source_phases(1.0, beta)
    phase, N, T = (phases[-1], 1e16, 1e3) if beta > 2 else (phases[0], 1e3, 1e7)
    with pytest.warns(rf.RegimeWarning):
        found = phase.loss(N, T)
    ratio = found / loss(1.0, beta, N, T)
    assert ratio > 1.5
    assert phase.error(N, T) > 0.4


def test_what_is_given_of_a_phase():
    features, variance, data = closed.source_phases(1.0, 2.5)
    assert repr(data).startswith("Phase(name='data', amplitude=")
    assert "Term" not in repr(data)
    N = np.array([2e5, 1e6])
    assert variance.loss(N, 1e4).shape == variance.error(N, 1e4).shape == (2,)
    # at N = infinity the other part of the bias is left, T^-1/2, beside 2/T and M = infinity
    other = abs(float(data.neglected[0].at(np.asarray(np.inf), np.asarray(1e6))))
    assert data.error(np.inf, 1e6) == pytest.approx(other, rel=5e-3, abs=0)
    assert features.error(np.inf, 1e6) == np.inf
    with pytest.raises(ValueError, match=r"^N must be > 0"):
        data.loss(-1, 100)


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((0.0, 1.0), {}, r"^alpha must be a finite number > 0"),
        ((1.0, -1.0), {}, r"^exponent must be > -alpha, got -1 with alpha = 1"),
        ((1.0, np.inf), {}, r"^exponent must be a finite number"),
        ((1.0, 1.5), {"noise": -1.0}, r"^noise must be a finite number >= 0, got -1.0"),
        ((1.0, 1.5), {"best_ridge": "yes"}, r"^best_ridge must be"),
        ((1.0, 1.5), {"M": -3}, r"^M must be > 0"),
        ((1.0, 1.5), {"M": [3, 4]}, r"^M must be a number > 0"),
    ],
)
def test_bad_input(arguments, options, said):
    for function in (closed.source_phases, closed.source_compute_optimal):
        with pytest.raises(ValueError, match=said):
            function(*arguments, **options)
