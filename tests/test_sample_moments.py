"""Moments of samples that are read in blocks: exact wherever the mean is, and however they come."""

import re
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rfscale.measured.samples import moments as module
from rfscale.measured.samples.moments import sample_moments
from rfscale.support import progress_bar

RNG = np.random.default_rng(3)
X = RNG.standard_normal((500, 6)) * [5, 4, 3, 2, 1, 0.5]
Y = X[:, :2] + RNG.standard_normal((500, 2))
ROUNDING = np.finfo(float).eps


def two_passes(inputs, labels):
    """Covariance and cross covariance with 64 bits of mantissa, where the machine has them."""
    about = inputs.astype(np.longdouble) - inputs.astype(np.longdouble).mean(axis=0)
    of_labels = labels.astype(np.longdouble) - labels.astype(np.longdouble).mean(axis=0)
    products = (about.T @ about / len(inputs), about.T @ of_labels / len(inputs))
    return [array.astype(float) for array in (*products, np.square(of_labels).mean(axis=0).sum())]


@pytest.mark.parametrize("offset", [0.0, 1e9])
@pytest.mark.parametrize("drift", [0.0, 1e3])
@pytest.mark.parametrize("block", [1, 7, 250, 4096])
def test_moments_are_exact_wherever_the_mean_is_and_goes(offset, drift, block):
    """However rows are sorted: with the drift each row is a step further.

    A sum of n = 500 products is off by at most n roundings of the sum of their sizes, which
    n C_ii C_jj bounds; a few of them are in use, and 500 are allowed. Sums that are not about the
    mean lose offset^2 / C = 1e17 times as much.
    """
    inputs = offset + drift * np.arange(500)[:, None] + X
    labels = Y - offset + drift * np.arange(500)[:, None]
    moments = sample_moments(inputs, labels, block=block)
    covariance, cross, variance = two_passes(inputs, labels)
    sizes = np.sqrt(np.diag(covariance))
    of_labels = np.std(labels, axis=0)
    assert np.all(
        np.abs(moments.covariance - covariance) <= 500 * ROUNDING * np.outer(sizes, sizes)
    )
    assert np.all(
        np.abs(moments.cross_covariance - cross) <= 500 * ROUNDING * np.outer(sizes, of_labels)
    )
    assert moments.label_variance == pytest.approx(variance, rel=500 * ROUNDING, abs=0)
    np.testing.assert_array_equal(moments.covariance, moments.covariance.T)
    # of numbers of one size: a mean of n is off by n roundings of the largest at most
    limit = 500 * ROUNDING * np.abs(inputs).max()
    np.testing.assert_allclose(moments.mean, inputs.mean(axis=0), rtol=0, atol=2 * limit)
    np.testing.assert_allclose(moments.label_mean, labels.mean(axis=0), rtol=0, atol=2 * limit)


def test_small_eigenvalues_of_single_precision_are_kept():
    """Products of float64 are off by 1e-16 n^(1/2) = 5e-15 of the largest, 5e-5 of the least here;
    those of float32 by 6e-8 of it, 600 times the least.
    """
    inputs = (RNG.standard_normal((2000, 4)) * [1, 1e-2, 1e-4, 1e-5]).astype(np.float32)
    about = inputs.astype(float) - inputs.mean(axis=0, dtype=float)
    expected = np.linalg.svd(about, compute_uv=False) ** 2 / 2000
    np.testing.assert_allclose(sample_moments(inputs).eigenvalues, expected, rtol=5e-5)


def test_eigenvalues_are_sorted_and_not_negative():
    flat = sample_moments(X[:, [0, 0, 0, 1]])
    assert np.all(np.diff(flat.eigenvalues) <= 0)
    assert np.all(flat.eigenvalues >= 0)
    assert flat.eigenvalues.sum() == pytest.approx(np.trace(flat.covariance), rel=1e-13, abs=0)


class OnDisk:
    """An array that gives no more than so many rows at a time."""

    def __init__(self, array, most):
        self.array = array
        self.most = most
        self.shape = array.shape
        self.dtype = array.dtype

    def __getitem__(self, part):
        found = self.array[part]
        assert len(found) <= self.most
        return found

    def __len__(self):
        return len(self.array)

    def __array__(self, *how):
        raise AssertionError("it is read as a whole")


def blocks(lengths, labels=None):
    ends = np.cumsum(lengths)
    for start, end in zip(ends - lengths, ends, strict=True):
        yield X[start:end] if labels is None else (X[start:end], labels[start:end])


SAME = {
    "an array on disk": lambda: (OnDisk(X, 64), OnDisk(Y, 64)),
    "frames": lambda: (pd.DataFrame(X), pd.DataFrame(Y)),
    "lists": lambda: (X.tolist(), Y.tolist()),
    "pairs": lambda: (blocks([200, 300], Y),),
    "blocks of all lengths": lambda: (blocks([1, 0, 99, 400], Y),),
    "an iterable": lambda: (SimpleIterable(blocks([200, 300], Y)),),
}


class SimpleIterable:
    def __init__(self, iterator):
        self.iterator = iterator

    def __iter__(self):
        return self.iterator


@pytest.mark.parametrize("name", SAME)
def test_samples_may_come_in_many_ways(name):
    """Sums in another order differ by their rounding, see above."""
    expected = sample_moments(X, Y)
    found = sample_moments(*SAME[name](), block=64)
    assert found.P == 500
    for part in ("covariance", "cross_covariance", "mean", "label_mean", "label_variance"):
        np.testing.assert_allclose(
            getattr(found, part), getattr(expected, part), rtol=0, atol=500 * ROUNDING * 25
        )


def test_true_and_false_are_1_and_0_in_inputs_not_in_labels():
    """As for `measure`; sums of zeros and ones are exact but for the mean's rounding."""
    flags = X > 0
    expected = sample_moments(flags.astype(float)).covariance
    cut = (flags[start : start + 100] for start in range(0, 500, 100))
    for given in (flags, OnDisk(flags, 64), pd.DataFrame(flags), flags.tolist(), cut):
        found = sample_moments(given, block=64).covariance
        np.testing.assert_allclose(found, expected, rtol=0, atol=500 * ROUNDING)
    mixed = sample_moments(pd.DataFrame(X).assign(**{"0": flags[:, 0]})[["0", 1, 2]])
    assert mixed.mean[0] == pytest.approx(flags[:, 0].mean(), rel=500 * ROUNDING, abs=0)
    for labels in (flags[:, 0], flags[:, 0].tolist()):
        with pytest.raises(ValueError, match="y must be real numbers in an array"):
            sample_moments(X, labels)


def test_labels_may_be_absent_or_one():
    assert sample_moments(X).cross_covariance.shape == (6, 0)
    assert sample_moments(X).label_variance == 0
    assert sample_moments(X, Y[:, 0]).cross_covariance.shape == (6, 1)
    assert sample_moments(blocks([250, 250])).label_mean.shape == (0,)


def test_constant_columns_are_counted():
    """0.1 many times has a mean that is rounded, and not the same in each block."""
    varied = np.arange(10_000.0)
    same = np.column_stack([varied] + [np.full(10_000, value) for value in (0.1, 1e9 / 3, 0)])
    barely = np.column_stack([varied, np.full(10_000, 1.0)])
    barely[5000, -1] += ROUNDING
    assert sample_moments(same).constant_columns == 3
    assert sample_moments(barely).constant_columns == 0


def with_item(place, value, kind=float):
    array = X.astype(kind)
    array[place] = value
    return array


def wide(columns):
    return np.broadcast_to(np.zeros(1), (30, columns))


INF = with_item((299, 5), np.inf, np.float32)
BAD = {
    "nan": ((with_item((431, 2), np.nan),), "but 1 row holds others; the first is X[431, 2] = nan"),
    "inf in float32": ((INF,), "the first is X[299, 5] = inf"),
    "nan in a stream": ((iter([X[:300], INF[299:]]),), "the first is X[300, 5] = inf"),
    "label": ((X, np.where(np.arange(500) == 77, np.nan, Y[:, 0])), "the first is y[77, 0] = nan"),
    "large": ((with_item((431, 2), 1e200),), "X must hold finite numbers up to 1e+150"),
    "few": ((X[:19],), "X must hold at least 20 samples (rows), got 19"),
    "empty": ((iter([]),), "X must hold at least 20 samples (rows), got 0"),
    "no rows": ((X[:0],), "X must have two dimensions, samples by inputs, got an array of shape"),
    "one dimension": ((X[:, 0],), "got an array of shape (500,)"),
    "number": ((3.0,), "got an array of shape ()"),
    "word": (("data.npy",), "X must be real numbers in an array or a frame of pandas, got a str"),
    "text": ((X.astype(str),), "X must be real numbers in an array or a frame of pandas"),
    "text in a stream": ((iter([X.astype(str)]),), "X must be real numbers in an array"),
    "constant": ((np.full((50, 2), 0.1),), "X must hold different inputs, but all rows are the sa"),
    "constant labels": ((X, np.full(500, 0.1)), "y must hold different labels, but all of them ar"),
    "labels": ((X, Y[:499]), "y must hold a label for each of the 500 rows of X, got an array of"),
    "labels of a stream": ((iter([X]), Y), "y must be None where X is an iterable: let it"),
    "labels of a block": ((iter([(X, Y[:3])]),), "each block of y must hold a label for each of t"),
    "flat block": ((iter([X[0]]),), "each block of X must have two dimensions, got shape (6,)"),
    "another width": ((iter([X, X[:, :4]]),), "6 inputs and 0 outputs as the first, got 4 and"),
    "labels once": ((iter([(X, Y), X]),), "6 inputs and 2 outputs as the first, got 6 and 0 at r"),
    "columns": ((wide(20_001),), "X must have at most 20000 columns for their cov"),
    "block": ((X, None, 0), "block must be an integer >= 1, got 0"),
    "progress": ((X, None, 100, "yes"), "progress must be True or False, got a str: 'yes'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_says_why(name):
    arguments, said = BAD[name]
    with pytest.raises(ValueError, match=re.escape(said)):
        sample_moments(*arguments)


def test_more_than_memory_holds_is_refused(monkeypatch):
    def refused(needed, purpose):
        raise ValueError(f"{needed / 8} for {purpose}")

    monkeypatch.setattr(module, "require_memory", refused)
    with pytest.raises(ValueError, match=r"5040.0 for the covariance of 6 inputs"):
        sample_moments(X, Y, block=204)  # 3 x 6 (6 + 2) + 4 x 204 x 6


def test_progress_is_shown_where_it_can_be_seen(monkeypatch, capsys):
    sample_moments(X, progress=True)
    assert capsys.readouterr().err == ""
    shell = SimpleNamespace(config={"IPKernelApp": {}})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(progress_bar, "find_spec", lambda name: None)
    sample_moments(X, progress=True)
    assert "samples 100%" in capsys.readouterr().err
    sample_moments(blocks([100, 400]), progress=True)
    assert "500" in capsys.readouterr().err
