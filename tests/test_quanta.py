"""The quantization model: exact sums, laws and their errors, slopes, the best share, and draws."""

import mpmath as mp
import numpy as np
import pytest
from sums_twin import twin

import rfscale as rf
from rfscale.neighbours import Quanta
from rfscale.neighbours.ranks import Ranks, Whole

neighbours = rf.neighbours
INF = np.inf


def first_terms(tau):
    """Q(tau, y) of a whole tau: the first terms of the exponential series."""
    return lambda y: mp.exp(-y) * mp.fsum(y**j / mp.factorial(j) for j in range(tau))


@pytest.mark.parametrize("alpha", [0.05, 0.4, 2.0])
@pytest.mark.parametrize(
    ("first", "last"), [(0, INF), (0, 7), (10, 10**6), (5000, INF), (10**6, 10**9)]
)
def test_sums_of_powers_are_those_of_zeta(alpha, first, last):
    with mp.workdps(30):
        exact = mp.zeta(1 + mp.mpf(alpha), first + 1)
        exact -= 0 if last == INF else mp.zeta(1 + mp.mpf(alpha), last + 1)
    # rounding of some sums of 2,000 terms, pairwise: a few ulp
    assert Ranks(alpha).total(Whole(), first, last) == pytest.approx(float(exact), rel=5e-15, abs=0)


@pytest.mark.parametrize(
    ("alpha", "tau", "D", "K"),
    [
        (0.3, 1, 1e4, None),
        (0.5, 5, 1e4, None),
        (1.5, 3, 1e5, None),
        (2.0, 1, 1e3, None),
        (0.4, 2, 1e6, 30_000),  # more than the head
        (0.4, 1, 1e3, 50),  # fewer
    ],
)
def test_the_loss_of_data_is_exact(alpha, tau, D, K):
    exact = twin(first_terms(tau), alpha, D, K)
    # the stated 1e-14; the twin has 25 digits
    found = Quanta(alpha, K or INF, tau).loss(D=D)
    assert found == pytest.approx(exact, rel=1e-14, abs=0)


@pytest.mark.parametrize(("tau", "head"), [(2.5, 50), (1e3, 2000), (1e3, 5931), (1e6, 2000)])
def test_a_sharp_threshold_is_summed_as_well_as_a_soft_one(tau, head):
    """Term by term to 1e6, beyond which nothing is learned.

    The threshold is where a soft one is no longer summed by terms, or where this one is not.
    """
    quanta = Quanta(0.5, tau=tau)
    D = tau / float(quanta.ranks.frequency(head + 0.5))
    k = np.arange(1.0, 1e6 + 1)
    learned = 1 - quanta.task_loss(k, D)
    exact = 1 - np.sum((quanta.probability(k) * learned)[::-1])
    # 1e6 terms that are rounded to 1e-16 each; beyond, (y/tau)^tau of the loss is below 1e-15
    assert quanta.loss(D=D) == pytest.approx(exact, rel=2e-14, abs=0)


def test_both_sizes_together():
    """Every pair of n and D, at a few quanta, by hand."""
    quanta = Quanta(0.6, K=6, tau=2)
    n, D = np.arange(7)[:, None], np.array([0.0, 3.0, 40.0, INF])
    p = quanta.probability(np.arange(1, 7))
    y = np.multiply.outer(p, np.array([0.0, 3.0, 40.0, 1e6]))
    left = np.exp(-y) * (1 + y)
    exact = [[p[k:].sum() + p[:k] @ left[:k, i] for i in range(4)] for k in range(7)]
    # a sum of six numbers, and e^-1e6 is 0
    assert quanta.loss(n, D) == pytest.approx(np.array(exact), rel=1e-15, abs=1e-15)
    assert quanta.loss() == 0
    assert quanta.loss(n=0) == 1
    assert quanta.step_loss(5, [2, 8], n=3) == pytest.approx(quanta.loss(3, [10, 40]), abs=0)
    exactly = Quanta(0.6, K=6).loss(n=2, D=7, counts="binomial")
    assert exactly == pytest.approx(p[2:].sum() + p[:2] @ (1 - p[:2]) ** 7, rel=1e-15)


def test_of_exactly_D_samples():
    """(1 - p)^D to 25 digits, with the integral of a head of 2,000 and without; p_1 = 1."""
    for alpha, D, K in ((0.5, 3e3, None), (1.2, 50, None), (0.4, 100, 60)):
        exact = twin(lambda y, D=D: (1 - y / D) ** D, alpha, D, K)
        found = Quanta(alpha, K or INF).loss(D=D, counts="binomial")
        assert found == pytest.approx(exact, rel=1e-14, abs=0)
        assert rf.neighbours.one_hot_loss(D, alpha, K or INF) == found
    single = Quanta(1.0, K=1)
    assert list(single.loss(D=[0, 1, 5], counts="binomial")) == [1, 0, 0]


@pytest.mark.parametrize("K", [INF, 10**7])
@pytest.mark.parametrize("tau", [1.0, 7.5])
def test_the_errors_of_asymptotes_hold_and_are_not_needlessly_large(tau, K):
    quanta = Quanta(0.5, K, tau)
    D = np.array([1e3, 1e5, 1e7])
    n = np.array([10, 1000])
    for sizes in ({"D": D}, {"n": n}):
        error = quanta.asymptote_error(**sizes)
        with pytest.warns(rf.RegimeWarning) if np.any(error > 0.1) else _nothing():
            law = quanta.asymptote(**sizes)
        gap = np.abs(quanta.loss(**sizes) / law - 1)
        assert np.all(gap <= error)
    assert np.all(error < 4 * gap)  # of n: the first neglected order is half of it


class _nothing:
    def __enter__(self):
        return None

    def __exit__(self, *details):
        return None


def test_the_law_of_data():
    """The last digit of the specification: 1.00000 at D >= 1e4 for tau <= 5."""
    for tau in (1, 5):
        quanta = Quanta(0.4, tau=tau)
        assert quanta.asymptote(D=[1e4, 1e6]) == pytest.approx(quanta.loss(D=[1e4, 1e6]), rel=1e-5)
    with pytest.warns(rf.RegimeWarning, match="its error may be"):
        Quanta(2.0, tau=30).asymptote(D=100)


def test_exponents():
    a = np.array([0.1, 0.5, 2.0])
    exponents = neighbours.quanta_exponents(a)
    assert 1 / exponents.in_D == pytest.approx(1 / exponents.in_n + 1, rel=1e-15)
    assert exponents.in_S is exponents.in_D
    # L(n) and L(D) are as large at the best share: n^-a ~ D^-a/(1+a)
    assert exponents.n_of_C * exponents.in_n == pytest.approx(exponents.in_C, rel=1e-15)
    assert exponents.D_of_C * exponents.in_D == pytest.approx(exponents.in_C, rel=1e-15)
    assert exponents.n_of_C + exponents.D_of_C == pytest.approx(1, rel=1e-15)


def test_the_best_share_is_the_least_loss_and_has_its_exponents():
    quanta = Quanta(0.5, tau=3)
    best = neighbours.optimal_quanta(quanta, [1e4, 1e8, 1e12])
    n = np.arange(1, 400)
    losses = quanta.loss(n, 1e4 / n)
    assert best.loss[0] == losses.min()
    assert best.n[0] == n[np.argmin(losses)]
    exponents = neighbours.quanta_exponents(0.5)
    slope = -np.log(best.loss[2] / best.loss[1]) / np.log(1e4)
    # L/its law - 1 is of the order 1/n, 1/1300 at 1e8, over log 1e4 = 9.2
    assert slope == pytest.approx(exponents.in_C, abs=1e-4)
    assert np.log(best.n[2] / best.n[1]) / np.log(1e4) == pytest.approx(exponents.n_of_C, abs=1e-4)
    assert neighbours.optimal_quanta(Quanta(0.5, K=20), 1e12).n == 20


SLOPES = [0.365, 0.338, 0.342, 0.352, 0.367, 0.385, 0.404, 0.420]  # in D, alpha = .1 to .8
SLOPES_IN_N = [0.50, 0.48, 0.48, 0.50, 0.54, 0.58, 0.63, 0.68]


def test_finitely_many_quanta_have_steeper_slopes():
    """500 quanta, tau = 1000, losses from 0.1 to 0.8: the slope in D is nearly that of one alpha.

    Measured once on a grid over nine decades, of which 200 to 400 points were in the window: that
    moves the third digit by one.
    """
    alphas = np.arange(1, 9) / 10
    fits = [neighbours.fitted_quanta_slope(Quanta(a, 500, 1000)) for a in alphas]
    assert fits == pytest.approx(SLOPES, abs=1.5e-3)
    fits = [neighbours.fitted_quanta_slope(Quanta(a, 500), "n") for a in alphas]
    assert fits == pytest.approx(SLOPES_IN_N, abs=0.5e-2)
    for K, slope in ((100, 0.417), (400, 0.359), (10**4, 0.303), (INF, 0.282)):
        assert neighbours.fitted_quanta_slope(Quanta(0.4, K, 1000)) == pytest.approx(
            slope, abs=1e-3
        )


def test_local_slopes():
    quanta = Quanta(0.4, K=500, tau=3)
    ends = quanta.loss(n=[99, 101])
    # a difference over 2 percent: the third derivative is a few units of L, 2e-4 beside it
    found = neighbours.quanta_slope(quanta, n=100)
    assert found == pytest.approx(-np.log(ends[1] / ends[0]) / np.log(101 / 99), rel=5e-4)
    D = np.array([30.0, 1e3])
    k = np.arange(1, 501)
    p = quanta.probability(k)
    y = np.multiply.outer(D, p)
    slope = (p * y**3 * np.exp(-y) / 2).sum(-1) / quanta.loss(D=D)  # y dQ/dy = -y^tau e^-y/Gamma
    assert neighbours.quanta_slope(quanta, D=D) == pytest.approx(slope, rel=1e-9)
    assert neighbours.quanta_slope(Quanta(0.4), n=10**6) == pytest.approx(0.4, abs=1e-6)
    assert neighbours.quanta_slope(Quanta(0.4), D=1e9) == pytest.approx(2 / 7, abs=1e-9)


def test_draws_agree_with_the_sums():
    """At 9 points, in both ways to count: means within 4 standard errors, which are not too large.

    The chance that one of 10 is outside 4 is 6e-4.
    """
    quanta = Quanta(0.6, tau=5)
    estimate = neighbours.simulate_quanta(quanta, n=[30, INF], D=[[100], [3000]], draws=60, seed=3)
    z = (estimate.mean - quanta.loss(estimate.n, estimate.D)) / estimate.stderr
    assert np.all(np.abs(z) < 4)
    few = Quanta(0.6, K=40)
    estimate = neighbours.simulate_quanta(few, D=[3, 30], draws=1000, counts="binomial")
    z = (estimate.mean - few.loss(D=[3, 30], counts="binomial")) / estimate.stderr
    assert np.all(np.abs(z) < 4)
    poisson = (estimate.mean - few.loss(D=[3, 30])) / estimate.stderr
    assert abs(poisson[0]) > 4  # the two ways differ at few samples
    assert np.all(estimate.stderr < 0.02 * estimate.mean)


def test_a_draw_is_the_same_alone():
    quanta = Quanta(0.6, K=100)
    both = neighbours.simulate_quanta(quanta, D=[10, 30], draws=2, seed=1)
    assert neighbours.simulate_quanta(quanta, D=10, draws=2, seed=1).mean == both.mean[0]
    assert neighbours.simulate_quanta(quanta, D=10, draws=2, seed=2).mean != both.mean[0]


def test_results_are_stored_and_quanta_compared(tmp_path):
    quanta = Quanta(0.6, K=100, tau=2)
    assert quanta == Quanta(0.6, 100.0, 2)
    assert quanta != Quanta(0.6, 100)
    for k, result in enumerate(
        [
            neighbours.simulate_quanta(quanta, D=[10, 30], draws=2),
            neighbours.optimal_quanta(quanta, [1e3, 1e5]),
            neighbours.simulate_sparse([5, 9], INF, 1.0, 20, draws=2),
        ]
    ):
        result.save(tmp_path / f"{k}.npz")
        again = type(result).load(tmp_path / f"{k}.npz")
        assert str(again) == str(result)
        assert getattr(again, "quanta", None) == getattr(result, "quanta", None)


def test_samples_of_one_quantum_are_steps_and_of_many_smooth():
    quanta = Quanta(0.6, K=1000, tau=100)
    D = np.array([300.0, 3000.0])
    for rule in ("additive", "all"):
        curves = neighbours.sample_losses(quanta, D, 4, rule, samples=4000, seed=2)
        stderr = curves.std(0, ddof=1) / np.sqrt(4000)
        mean = neighbours.mean_sample_loss(quanta, D, 4, rule)
        assert np.all(np.abs(curves.mean(0) - mean) < 4 * stderr)
    few = Quanta(0.1, K=3)  # of which most draws of infinitely many are refused
    curves = neighbours.sample_losses(few, 5.0, samples=4000)
    assert abs(curves.mean() - few.loss(D=5.0)) < 4 * curves.std(ddof=1) / np.sqrt(4000)
    one, many = (neighbours.sample_losses(quanta, 3000.0, r, samples=4000) for r in (1, 16))
    assert np.mean((one > 0.1) & (one < 0.9)) < 0.1
    # variances of 4,000 draws, to 3 percent each
    assert many.var() == pytest.approx(one.var() / 16, rel=0.2)
    law = neighbours.mean_sample_loss(Quanta(0.6), 1e12, 7, "all")
    # 1 - (1 - L)^r is r L (1 - 3 L), L = 2e-5
    assert law == pytest.approx(7 * Quanta(0.6).loss(D=1e12), rel=1e-3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Quanta(0), "alpha must be a finite number > 0, got 0"),
        (lambda: Quanta("1"), "alpha must be a finite number > 0, got a str: '1'"),
        (lambda: Quanta(1.0, K=2.5), "K must be an integer from 1 to .* or numpy.inf, got 2.5"),
        (lambda: Quanta(1.0, K=10**20), "K must be an integer from 1 to .* or numpy.inf, got 1"),
        (lambda: Quanta(1e300), "alpha must be from 0.001 to 20, got 1"),
        (lambda: Quanta(1.0, K=0), "K must be an integer from 1 to .* or numpy.inf, got 0"),
        (lambda: Quanta(1.0, tau=0.5), "tau must be from 1 to .*, got 0.5"),
        (lambda: Quanta(1.0, tau=True), "tau must be a finite number > 0, got True"),
        (lambda: Quanta(1.0, K=9).loss(n=10), "n must be integers from 0 to 9 .*, got 10"),
        (lambda: Quanta(1.0).loss(n=2.5), "n must be integers from 0 to .*, got 2.5"),
        (lambda: Quanta(1.0).loss(D=-1), "D must be numbers >= 0 .*, got -1"),
        (lambda: Quanta(1.0).loss(D=[1, np.nan]), "D must be numbers >= 0 .*, got nan"),
        (lambda: Quanta(1.0).loss(D=[]), "D is empty"),
        (lambda: Quanta(1.0).loss(D=1j), "D must be numbers >= 0 .*, got a complex"),
        (lambda: Quanta(1.0).loss(n=[True]), "n must be integers from 0 to .*, got a list"),
        (lambda: Quanta(1.0).loss(n=[1, 2], D=[1, 2, 3]), r"n \(2,\), D \(3,\)"),
        (lambda: Quanta(1.0).loss(counts="normal"), "counts must be one of poisson, binomial"),
        (lambda: Quanta(1.0, tau=2).loss(counts="binomial"), "counts must .* got tau = 2"),
        (lambda: Quanta(1.0).step_loss(-1, 2), "S must be >= 0, got -1"),
        (lambda: Quanta(1.0).step_loss(1, "2"), "batch must be numbers >= 0, got a str"),
        (lambda: Quanta(1.0, K=5).task_loss(0, 1), "k must be integers from 1 to 5, got 0"),
        (lambda: Quanta(1.0).asymptote(), "one of n and D must be given"),
        (lambda: Quanta(1.0).asymptote(D=0), "D must be finite numbers > 0, got 0"),
        (lambda: neighbours.quanta_exponents(-1), "alpha must be"),
        (lambda: neighbours.quanta_slope(Quanta(1.0, K=5), n=5), "n must be .* 1 to 4, got 5"),
        (lambda: neighbours.quanta_slope(3, n=5), "quanta must be a Quanta, got 3"),
        (lambda: neighbours.fitted_quanta_slope(Quanta(1.0), high=0.05), "high must be"),
        (lambda: neighbours.fitted_quanta_slope(Quanta(1.0), of="T"), "of must be one of D, n"),
        (lambda: neighbours.fitted_quanta_slope(Quanta(1.0), "n", 0.79), "losses of two n"),
        (lambda: neighbours.optimal_quanta(Quanta(1.0), 0), "C must be finite numbers > 0"),
        (lambda: neighbours.simulate_quanta(Quanta(1.0, tau=1.5), D=1), "tau must be an integer"),
        (lambda: neighbours.simulate_quanta(Quanta(1.0)), "D must be numbers from 0 to 1e18"),
        (lambda: neighbours.simulate_quanta(Quanta(1.0), D=1, draws=1), "draws must be"),
        (lambda: neighbours.simulate_quanta(Quanta(1.0), D=1, seed=-1), "seed must be"),
        (
            lambda: neighbours.simulate_quanta(Quanta(1.0), D=1.5, counts="binomial"),
            "D must be whole numbers",
        ),
        (lambda: neighbours.sample_losses(Quanta(1.0), 1, 0), "quanta_per_sample must be"),
        (lambda: neighbours.mean_sample_loss(Quanta(1.0), 1, 2, "any"), "rule must be one of"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_a_loss_that_has_vanished_falls_infinitely_fast():
    slopes = neighbours.quanta_slope(Quanta(0.4, K=10), D=[1e3, 1e9])
    assert 18 < slopes[0] < 20
    assert slopes[1] == np.inf
