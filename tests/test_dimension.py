"""Dimensions: of Gaussian data by theory, and of samples by their neighbours."""

import sys
import warnings

import numpy as np
import pytest
import skdim
from scipy.optimize import brentq
from scipy.special import digamma
from scipy.stats import t as student

import rfscale as rf
from rfscale.measured.samples import dimension
from rfscale.traces.log_determinant import log_determinant

TARGET = 0.15  # of the dimension: what theory may be off by


def by_sums(lam, T, k):
    """2 df1 - df2, from sums over all eigenvalues and bisection."""

    def p_of(z):
        return 1 / (1 + np.exp(z - np.log(lam)))

    def excess(z):
        df1, df2, df3 = (np.sum(p_of(z) ** power) for power in (1, 2, 3))
        exponent = (np.logaddexp(0, np.log(lam) - z).sum() - df1 + df2) / 2
        return exponent + np.log(2 * np.pi * (1.5 * df2 - df3)) / 2 - np.log(T) + digamma(k)

    z = brentq(excess, np.log(lam[-1]) - 200, np.log(lam[0]) + 20, xtol=1e-14)
    return np.sum(p_of(z) * (2 - p_of(z)))


@pytest.mark.parametrize(
    ("spectrum", "T", "k"),
    [
        (rf.PowerLaw(0.5, 300), 1e4, 1),
        (rf.PowerLaw(2.0, 200, scale=1e-200), 20.0, 3.7),
        (rf.PowerLaw(0.01, 250), 500, 1e-3),
        (rf.Eigenvalues([3.0, 0.2, 1.0, 1e-7]), 7.5, 7),
        (rf.Eigenvalues([5.0]), 1e30, 2),
    ],
)
def test_the_dimension_is_that_of_sums_and_bisection(spectrum, T, k):
    # log Delta is rounded to eps |log Delta|, 1e-13 here, and the slope of log d is below 1
    direct = by_sums(spectrum.eigenvalues, T, k)
    assert rf.apparent_dimension(spectrum, T, k) == pytest.approx(direct, rel=1e-12, abs=0)


@pytest.mark.parametrize("alpha", [0.01, 1.0, 20.0])
@pytest.mark.parametrize("log_delta", [-300.0, -30.0, -3.0, 0.0, 30.0])
def test_the_sum_of_logarithms_of_a_power_law_is_that_of_its_eigenvalues(alpha, log_delta):
    law = rf.PowerLaw(alpha, 20_000)
    assert law.nodes.K > 0  # there is an integral
    exact = np.logaddexp(0, law.log_eigenvalues[::-1] - log_delta).sum()
    # the nodes are good to 1e-14, and sums of 2e4 terms to 1e-13
    found = log_determinant(law.nodes, np.exp(log_delta / 2))
    assert found == pytest.approx(exact, rel=1e-12, abs=0)


def test_the_dimension_broadcasts_and_ends_at_the_rank():
    law = rf.PowerLaw([[1.0], [2.0]], 10**18)
    found = rf.apparent_dimension(law, [10.0, 1e300, np.inf], k=2)
    assert found.shape == (2, 3)
    assert np.all(np.diff(found) > 0)
    assert found[:, 2].tolist() == [1e18, 1e18]
    alone = rf.apparent_dimension(rf.PowerLaw(2.0, 10**18), 10.0, 2)
    assert found[1, 0] == alone
    # all p are 1 there: log(T)/(rank/2) is the log of 1/Delta, beyond 1e-40 here
    assert rf.apparent_dimension(rf.Eigenvalues([1.0, 0.5, 0.0]), 1e40) == pytest.approx(
        2, rel=1e-15
    )


def test_the_dimension_has_no_scale_and_knows_no_order():
    lam = np.arange(1.0, 50) ** -1.7
    first = rf.apparent_dimension(rf.Eigenvalues(lam), 300)
    again = rf.apparent_dimension(rf.Eigenvalues(7e90 * lam[::-1]), 300)
    assert again == pytest.approx(first, rel=1e-12, abs=0)  # rounding of the eigenvalues


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((rf.PowerLaw(1.0, 9), 3, 3), "T must be > k, got T = 3 with k = 3"),
        ((rf.PowerLaw(1.0, 9), 5, [1, 7]), "T must be > k, got T = 5 with k = 7"),
        ((rf.PowerLaw(1.0, 9), np.nan), "T must be > 0"),
        ((rf.PowerLaw(1.0, 9), 5, 0), "k must be > 0"),
        (([1.0, 0.5], 5), "spectrum must be a Spectrum, got a list"),
        ((rf.PowerLaw([1.0, 2.0], 9), [5, 6, 7]), r"shapes must broadcast together"),
    ],
)
def test_bad_arguments_of_the_theory_are_named(arguments, said):
    with pytest.raises(ValueError, match=said):
        rf.apparent_dimension(*arguments)


def gaussian(alpha, M, T, seed):
    """Samples of a power law."""
    x = np.random.default_rng(seed).standard_normal((T, M))
    return x * np.arange(1.0, M + 1) ** (-(1 + alpha) / 2)


@pytest.mark.parametrize(
    ("T", "alpha"),
    [
        *[(T, alpha) for T in (500, 2000) for alpha in (0.5, 2.0)],
        *[
            pytest.param(T, alpha, marks=pytest.mark.slow)
            for T, alpha in [(500, 1.0), (2000, 1.0), (8000, 0.5), (8000, 1.0), (8000, 2.0)]
        ],
    ],
)
def test_theory_says_what_neighbours_show(T, alpha):
    """Its formula lacks a term of order 1, at most 1/alpha or 7 %; the rest of the 15 % is for the
    scatter of one set of samples, 5 % at T = 500.
    """
    x = gaussian(alpha, 300, T, seed=19)
    spectrum = rf.PowerLaw(alpha, 300)
    for method, k in (("two-nn", 1), ("mle", 20 / np.e + 0.3)):
        found = rf.intrinsic_dimension(x, method)
        said = rf.apparent_dimension(spectrum, T, k)
        assert said == pytest.approx(found.value, rel=TARGET, abs=0)
        assert said < found.value + 2 * found.stderr  # the term is positive


def test_the_estimates_are_those_of_scikit_dimension():
    x = gaussian(1.0, 30, 200, seed=3)
    one = x[:, :1]
    with np.errstate(divide="ignore"):  # in what TwoNN would draw
        two = skdim.id.TwoNN(method="mle", discard_fraction=0).fit(x)
    direct = {
        "two-nn": two,
        "mle": skdim.id.MLE().fit(x, n_neighbors=20),
        "corr-int": skdim.id.CorrInt(k1=10, k2=20).fit(x),
    }
    for method, fit in direct.items():
        found = rf.intrinsic_dimension(x + 1e3, method)
        # a shift by 1e3 rounds x to 1e-13, and distances over x by as much over r
        assert found.value == pytest.approx(fit.dimension_, rel=1e-9, abs=0)
        assert (found.T, found.k, found.method) == (200, 2 if method == "two-nn" else 20, method)
        # one dimension: bias of order k/T and a scatter of 1/sqrt(T) each, 5 %, four times
        assert rf.intrinsic_dimension(one, method).value == pytest.approx(1, rel=0.3, abs=0)
    assert rf.intrinsic_dimension(x, "mle", k=5).value == pytest.approx(
        skdim.id.MLE().fit(x, n_neighbors=5).dimension_, rel=1e-9, abs=0
    )


@pytest.mark.parametrize("size", [0.0, 1e-12])
def test_copies_are_left_out_and_said(size):
    x = gaussian(1.0, 5, 300, seed=4)
    with pytest.warns(UserWarning, match="40 of 340 samples repeat others"):
        found = rf.intrinsic_dimension(np.vstack([x, x[:40] * (1 + size)]), "mle")
    assert found.duplicates == 40
    assert found.value == rf.intrinsic_dimension(x, "mle").value


def test_near_copies_and_lattices_are_pointed_at():
    x = gaussian(1.0, 5, 300, seed=4)
    with pytest.warns(UserWarning, match="80 of 340 samples have a neighbour that is nearly a"):
        assert rf.intrinsic_dimension(np.vstack([x, x[:40] * (1 + 1e-8)])).near == 80
    lattice = np.stack(np.meshgrid(*[np.arange(7.0)] * 3), -1).reshape(-1, 3)
    with pytest.warns(UserWarning, match="343 of 343 samples have their nearest two at the same"):
        assert rf.intrinsic_dimension(lattice).value > 1e6  # infinity, but for rounding


def test_a_dimension_of_0_or_infinity_has_an_infinite_error():
    wide = gaussian(1.0, 50, 300, seed=4)  # sums over 50 inputs lose 1e-8: distances of 0
    square = np.stack(np.meshgrid(np.arange(8.0), np.arange(8.0)), -1).reshape(-1, 2)
    for x, method, value in ((np.vstack([wide, wide * (1 + 1e-8)]), "mle", 0.0),
                             (square, "two-nn", np.inf)):  # fmt: skip
        with pytest.warns(UserWarning, match="samples have"):
            found = rf.intrinsic_dimension(x, method)
        assert (found.value, found.stderr) == (value, np.inf)


def test_the_error_holds_the_mean():
    """Of 40 sets in 95 % of the cases: all but 7 at most, with a probability of 99.9 %. An error
    that is stated half as large leaves out 14 of them.
    """
    found = [rf.intrinsic_dimension(gaussian(1.0, 20, 200, seed)) for seed in range(40)]
    values = np.array([one.value for one in found])
    bounds = student.ppf(0.975, 9) * np.array([one.stderr for one in found])
    assert np.count_nonzero(np.abs(values - values.mean()) > bounds) <= 7
    few = rf.intrinsic_dimension(gaussian(1.0, 20, 60, 1), "mle")
    assert np.isnan(few.stderr)  # two parts would have fewer than 2 k samples each


def test_a_part_of_the_samples_is_drawn_by_the_seed():
    x = gaussian(1.0, 20, 300, seed=5)
    first, again, other = (rf.intrinsic_dimension(x, T=100, seed=seed) for seed in (1, 1, 2))
    assert first.T == 100
    assert (first.value, first.stderr) == (again.value, again.stderr)
    assert other.value != first.value


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((np.ones((30, 2)),), {}, "X must hold different inputs"),
        ((np.full((30, 2), np.nan),), {}, "X must hold finite numbers"),
        ((gaussian(1.0, 5, 39, 1), "mle"), {}, "at least 2 k = 40 different samples .* got 39"),
        ((gaussian(1.0, 5, 50, 1), "knn"), {}, "method must be one of two-nn, mle, corr-int"),
        ((gaussian(1.0, 5, 50, 1),), {"k": 3}, 'k must be 2 for "two-nn", got 3'),
        ((gaussian(1.0, 5, 50, 1), "corr-int"), {"k": 2}, "k must be an integer >= 4, got 2"),
        ((gaussian(1.0, 5, 50, 1),), {"T": 51}, "T must be at most the 50 different samples"),
        ((gaussian(1.0, 5, 50, 1),), {"T": 3}, "T must be an integer >= 4, got 3"),
        ((gaussian(1.0, 5, 50, 1),), {"seed": -1}, "seed must be an integer >= 0, got -1"),
    ],
)
def test_bad_arguments_of_the_measurement_are_named(arguments, options, said):
    with pytest.raises(ValueError, match=said):
        rf.intrinsic_dimension(*arguments, **options)


def test_without_scikit_dimension_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "skdim", None)
    with pytest.raises(ImportError, match=r'pip install "rfscale\[data\]"'):
        rf.intrinsic_dimension(gaussian(1.0, 5, 50, 1))


def test_its_import_silences_no_warnings(monkeypatch, tmp_path):
    """That of scikit-dimension does."""
    folder = tmp_path / "skdim"
    folder.mkdir()
    (folder / "__init__.py").write_text("import warnings\nwarnings.filterwarnings('ignore')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "skdim")
    before = list(warnings.filters)
    dimension._skdim()
    assert warnings.filters == before
