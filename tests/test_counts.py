"""Learning by counts: transforms and sums of each filter, and what random features do instead."""

from dataclasses import dataclass
from itertools import product

import mpmath as mp
import numpy as np
import pytest
from sums_twin import twin

import rfscale as rf
from rfscale.neighbours import sparse_draws

neighbours = rf.neighbours
INF = np.inf
M = 10**12
UNIT = 0.5 / M  # of the package's loss with sigma_w = 1, beside sum lambda f

FILTERS = {
    "threshold": neighbours.Threshold(2.0),
    "many": neighbours.Threshold(150.0, scale=0.3),
    "parity": neighbours.PARITY_NETWORK,
    "sharp": neighbours.SharpThreshold(2.5),
    "ridge": neighbours.FixedRidge(3.0),
    "best": neighbours.BestRidge(0.2),
    "pass": neighbours.OnePass(0.7),
}


@dataclass(frozen=True, eq=False)
class Copy(neighbours.CountFilter):
    """One of the others with all but f forgotten."""

    other: neighbours.CountFilter

    def unlearned(self, y):
        return self.other.unlearned(y)


def by_quadrature(f, s, start=-400, stop=400):
    """M_f(s) in t = log u, by another rule than the package's: mpmath's tanh-sinh."""
    middle = float(np.log(f.counts_until(0.5)))
    width = f.spread

    def value(t):
        return float(f.unlearned(np.array([np.exp(float(t))]))[0]) * mp.exp(s * t)

    places = [start, middle - 30, middle - 6 * width, middle, middle + 6 * width]
    return float(mp.quad(value, [*places, middle + 30, stop]))


@pytest.mark.parametrize("name", FILTERS)
def test_transforms_are_the_integrals(name):
    f = FILTERS[name]
    for s in (0.3, 0.7):
        assert f.mellin(s) == pytest.approx(by_quadrature(f, s), rel=1e-10, abs=0)
        for y in (0.1 * f.middle, 3.0 * f.middle):
            # no digits are lost: both parts are of the order of the whole
            assert f.below(s, y) + f.above(s, y) == pytest.approx(f.mellin(s), rel=1e-13, abs=0)


@pytest.mark.parametrize("name", [name for name in FILTERS if name != "sharp"])
def test_what_a_user_gives_is_as_exact(name):
    """f alone, by Gauss's rule: the stated 1e-11."""
    f = FILTERS[name]
    own = Copy(f)
    for s in (0.05, 0.5, 0.9):
        assert own.mellin(s) == pytest.approx(f.mellin(s), rel=1e-12, abs=0)
    T = np.array([10.0, 1e4, 1e9])
    for K in (INF, 10**6):
        assert own.loss(T, 0.6, K) == pytest.approx(f.loss(T, 0.6, K), rel=1e-11, abs=0)


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("ridge", lambda y: (1 + y / 3) ** -2),
        ("best", lambda y: 1 / (1 + 5 * y)),
        ("pass", lambda y: mp.exp(-1.4 * y)),
    ],
)
def test_sums_are_exact(name, left):
    for alpha, T, K in ((0.5, 1e4, None), (1.3, 1e6, 20_000)):
        exact = twin(left, alpha, T, K)
        # the decimal 0.7, 0.2 of the filters are rounded to 1e-16; the sums as stated
        found = FILTERS[name].loss(T, alpha, K or INF)
        assert found == pytest.approx(exact, rel=1e-14, abs=0)


def test_a_sharp_threshold_is_summed_over_what_is_not_learned():
    f = neighbours.SharpThreshold(3.0)
    p = np.arange(1, 201) ** -1.5
    p = p / p.sum()
    for T in (0.0, 10.0, 3 / p[6], 1e3, 1e9):
        exact = p[T * p < 3.0].sum()
        assert f.loss(T, 0.5, 200) == pytest.approx(exact, rel=1e-14, abs=0)
    assert f.loss(INF, 0.5) == 0


@pytest.mark.parametrize("name", FILTERS)
def test_errors_of_asymptotes_hold(name):
    f = FILTERS[name]
    T = np.array([3e2, 1e4, 1e6]) * f.middle
    for alpha, K in ((0.4, INF), (1.0, INF), (0.7, 10**6)):
        error = f.asymptote_error(T, alpha, K)
        law = f.law(neighbours.Quanta(alpha, K).ranks, T)
        assert np.all(np.abs(f.loss(T, alpha, K) / law - 1) <= error)
    # T^-1/(1+alpha) of infinitely many
    ratio = np.diff(np.log(f.asymptote_error(T, 1.0))) / np.diff(np.log(T))
    assert ratio == pytest.approx(-0.5, abs=1e-12)
    assert np.all(f.asymptote(T[1:], 1.0) == f.law(neighbours.Quanta(1.0).ranks, T[1:]))
    with pytest.warns(rf.RegimeWarning, match="more than 100%"):
        f.asymptote(0.1, 1.0)


def test_the_exponent_is_that_of_every_filter():
    """A stretched exponential between others; the gap is the next order of a sum, T^-p."""
    for name, f in FILTERS.items():
        T = np.array([1e12, 1e13]) * f.middle
        slope = -np.diff(np.log(f.loss(T, 1.0)))[0] / np.log(10)
        assert slope == pytest.approx(0.5, abs=1e-5), name


def test_how_sudden_learning_is():
    """The factors of the specification."""
    taus = {1: 22, 5: 3.3, 10: 2.3, 100: 1.3}
    for tau, factor in taus.items():
        found = neighbours.Threshold(tau).emergence()
        assert found == pytest.approx(factor, abs=0.5 if factor > 10 else 0.05)
    assert neighbours.FixedRidge(7.0).emergence() == pytest.approx(40, abs=0.5)
    assert neighbours.BestRidge(7.0).emergence() == pytest.approx(81, rel=1e-12)  # 9/(1/9)
    assert neighbours.SharpThreshold(2.0).emergence() == pytest.approx(1, rel=1e-10)


# --- beside random features -----------------------------------------------------------------------


def of_features(alpha, **options):
    return rf.ScalingModel(rf.PowerLaw(alpha=alpha, M=M), **options)


@pytest.mark.parametrize(
    ("alpha", "of_law"), [(1.0, (9.0e-3, 9e-4, 9e-5)), (0.4, (0.053, 0.014, 1e-3))]
)
def test_a_fixed_ridge_is_a_filter_of_counts(alpha, of_law):
    """Where df1 << T: the gap is 2 s df1/T, which falls as T^-s.

    kappa is g/(T - df1) and the loss has 1/(1 - df2/T), with df2 = s df1. The next order is the
    square of it.
    """
    N = 1e16
    g = 3.0
    T = np.array([1e4, 1e6, 1e8])
    planar = rf.predict(of_features(alpha), N, T, g * N / M).test
    gap = planar / (UNIT * neighbours.FixedRidge(g).loss(T, alpha, M, scale=1.0)) - 1
    p = 1 / (1 + alpha)
    s = alpha * p
    first = 2 * s * np.pi * p / np.sin(np.pi * p) * (T / g) ** p / T
    assert gap / first == pytest.approx(np.ones(3), abs=1.2 * first[0])
    assert np.log(gap[1] / gap[2]) / np.log(100) == pytest.approx(s, abs=0.01)
    # against the power law of infinitely many directions, with the digits of the specification
    law = UNIT * neighbours.FixedRidge(g).law(neighbours.ranks.Ranks(alpha), T)
    digit = 0.5e-3 if alpha < 1 else np.array([0.6e-4, 1e-5, 1e-6])
    assert np.all(np.abs(planar / law - 1 - np.array(of_law)) < digit)


def test_label_noise_at_the_best_ridge_is_a_filter_of_counts():
    T = np.array([1e4, 1e6, 1e8])
    for alpha, gaps in ((1.0, (4.6e-3, 5e-4, 5e-5)), (0.4, (0.058, 0.015, 1.6e-3))):
        model = of_features(alpha, sigma_eps=1e-3 / np.sqrt(M) * 1e3)
        f = neighbours.BestRidge(model.sigma_eps**2 * M)
        planar = rf.predict(model, INF, T, "optimal").test
        law = UNIT * f.law(neighbours.ranks.Ranks(alpha), T)
        # the specification's numbers have two to four digits
        assert planar / law - 1 == pytest.approx(np.array(gaps), rel=0.2)


def test_without_a_ridge_random_features_are_none():
    """There the exponent is alpha."""
    T = np.array([1e3, 1e4])
    planar = rf.predict(of_features(0.4), INF, T).test
    # the cutoff's part is (T/M)^0.4 = 3e-4 of it
    assert -np.diff(np.log(planar))[0] / np.log(10) == pytest.approx(0.4, abs=2e-3)


def test_random_features_that_a_quantum_costs():
    """C alpha = 2.443 at N = 100, 2.4672 at 1e4 of 2.4674; 1.738, 1.749 of 1.750 at alpha = 0.4."""
    N = np.array([1e2, 1e4])
    for alpha, ratios in ((1.0, (2.443, 2.4672)), (0.4, (1.738, 1.749))):
        features = rf.predict(of_features(alpha), N, INF).test
        law = UNIT * N**-alpha / alpha  # of the best features: quanta
        assert features / law == pytest.approx(np.array(ratios), abs=6e-4)
        ratio = neighbours.loss_ratio_of_features(alpha)
        # (N + 1/2)^-(1+alpha) (9.14), and of alpha = 0.4 the cutoff, (N/M)^0.4: 2e-4 and 1e-3
        gap = features / law / ratio - 1
        assert gap[0] == pytest.approx(-(1 + alpha) / 200, abs=3e-4)
        assert abs(gap[1]) < 1e-3
        many = neighbours.features_per_quantum(alpha)
        assert rf.predict(of_features(alpha), many * 1e4, INF).test == pytest.approx(
            law[1], rel=1e-3
        )
    assert neighbours.loss_ratio_of_features(1.0) == pytest.approx(np.pi**2 / 4, rel=1e-15)


def test_samples_of_one_direction_are_quanta_exactly():
    """All 3^5 sequences of 5 samples with their probabilities: the mean loss of the fit."""
    p = neighbours.Quanta(0.5, 3).probability([1, 2, 3])
    mean = 0.0
    for sequence in product(range(3), repeat=5):
        x = np.zeros((5, 3))
        x[range(5), sequence] = [1, -1, 1, 1, -1]
        mean += np.prod(p[list(sequence)]) * sparse_draws._loss(x, p)
    assert mean == pytest.approx(neighbours.one_hot_loss(5, 0.5, 3), rel=1e-12, abs=0)


def planar(alpha, K, T):
    """The package's loss of dense data without a ridge, the p_k normalised."""
    p = neighbours.Quanta(alpha, K).probability(np.arange(1.0, K + 1))
    model = rf.ScalingModel(rf.Eigenvalues(p), sigma_w=np.sqrt(2 * K))
    return rf.predict(model, INF, T).test


def test_sparse_data_are_between_one_hot_and_dense():
    """Draws with 600 directions: both ends agree with theory, the middle with the larger."""
    T = np.array([10, 40, 160])
    dense = planar(1.0, 600, T)
    one, some, all_ = (
        neighbours.simulate_sparse(T, s, 1.0, 600, draws=12, seed=1) for s in (1, 16, INF)
    )
    exact = neighbours.one_hot_loss(T, 1.0, 600)
    assert np.all(np.abs(one.mean - exact) < 4 * one.stderr)
    # finite T: planar is right to the order 1/T, here below 3 percent
    assert np.all(np.abs(all_.mean / dense - 1) < 0.03 + 4 * all_.stderr / dense)
    law = neighbours.sparse_loss(T, 16, lambda T: planar(1.0, 600, T), 1.0, 600)
    assert np.all(law == neighbours.sparse_loss(T, 16, dense, 1.0, 600))
    assert np.all((some.mean / law > 0.65) & (some.mean / law < 1.13))
    assert law[0] == dense[0]  # before the crossing, at 75
    assert law[2] == neighbours.one_hot_loss(160 * 16, 1.0, 600)  # and after


def test_the_crossing_is_where_the_laws_meet():
    for alpha in (0.5, 1.0, 1.7):
        s = np.array([1e2, 1e4])
        T = neighbours.sparse_crossing(s, alpha)
        assert np.log(T[1] / T[0]) / np.log(100) == pytest.approx(1 / alpha, rel=1e-12)
        quanta = neighbours.Quanta(alpha)
        dense = neighbours.loss_ratio_of_features(alpha) * quanta.ranks.scale * T**-alpha / alpha
        one_hot = neighbours.Threshold().law(quanta.ranks, s * T)
        assert dense == pytest.approx(one_hot, rel=1e-12)


def test_filters_in_closed_form_have_no_subclasses():
    with pytest.raises(TypeError, match=r"derive from rfscale\.neighbours\.CountFilter"):

        class Other(neighbours.OnePass):
            pass


class Wrong(neighbours.CountFilter):
    def __init__(self, f):
        object.__setattr__(self, "f", f)

    def unlearned(self, y):
        return self.f(y)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: neighbours.FixedRidge(0), "g must be a finite number > 0, got 0"),
        (lambda: neighbours.Threshold(0.9), "tau must be from 1 to .*, got 0.9"),
        (lambda: neighbours.Threshold(scale="1"), "scale must be"),
        (lambda: neighbours.OnePass(1).loss(-1, 1.0), "T must be numbers >= 0"),
        (lambda: neighbours.OnePass(1).loss(1, -1.0), "alpha must be"),
        (lambda: neighbours.OnePass(1).loss(1, 1.0, K=1.5), "K must be an integer"),
        (lambda: neighbours.OnePass(1).loss(1, 1.0, K=-INF), "K must be an integer"),
        (lambda: neighbours.OnePass(1).loss(1, 1.0, scale=0), "scale must be"),
        (lambda: neighbours.OnePass(1).mellin(1.0), r"s must be a number in \(0, 1\), got 1.0"),
        (lambda: neighbours.OnePass(1).counts_until(0), "left must be a number"),
        (lambda: Wrong(lambda y: 2 - y / (1 + y)).loss(1, 1.0), "unlearned.y. must be numbers"),
        (lambda: Wrong(lambda y: 0.5 + 0 * y).loss(1, 1.0), "f must fall from 1 through"),
        (lambda: Wrong(lambda y: (1 + y) ** -0.3).mellin(0.4), "f must fall faster than y"),
        (lambda: Wrong(lambda y: "f").loss(1, 1.0), "unlearned.y. must be numbers"),
        (lambda: neighbours.one_hot_loss(np.nan, 1.0), "T must be numbers >= 0"),
        (lambda: neighbours.sparse_loss(0, 1, 1.0, 1.0), "T must be finite numbers > 0"),
        (
            lambda: neighbours.sparse_loss(1, 0.5, 1.0, 1.0),
            "quanta_per_sample must be .* >= 1, got 0.5",
        ),
        (lambda: neighbours.sparse_loss(1, 1, -1.0, 1.0), "dense must be losses >= 0, got -1"),
        (lambda: neighbours.sparse_loss(1, 1, lambda T: "a", 1.0), "dense must be losses >= 0"),
        (lambda: neighbours.simulate_sparse(1.5, 1, 1.0, 9), "T must be an integer >= 1, got 1.5"),
        (
            lambda: neighbours.simulate_sparse(2, 1.5, 1.0, 9),
            "quanta_per_sample must be an integer from 1 to .* or",
        ),
        (lambda: neighbours.simulate_sparse(2, 1, 1.0, INF), "K must be an integer >= 1"),
        (lambda: neighbours.loss_ratio_of_features([]), "alpha"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
