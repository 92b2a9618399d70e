"""Samples are checked once: what is allowed, what is refused and how, and how copies are found."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from rfscale.measured.samples import samples as module
from rfscale.measured.samples.copies import copies_of_rows
from rfscale.measured.samples.samples import checked_samples

RNG = np.random.default_rng(5)
X = RNG.standard_normal((40, 3))
Y = RNG.standard_normal((40, 2))
CLASSES = np.array(["a", "b"])[(X[:, 0] > 0).astype(int)]


def with_item(place, value, kind=float):
    array = X.astype(kind)
    array[place] = value
    return array


def test_the_samples_are_copies_of_what_is_given():
    given = X.astype(np.float32)
    samples = checked_samples(given, Y[:, 0])
    assert samples.X.dtype == samples.y.dtype == np.float64
    assert (samples.P, samples.inputs, samples.outputs, samples.duplicates) == (40, 3, 1, 0)
    assert not np.shares_memory(checked_samples(X, Y).X, X)
    np.testing.assert_array_equal(samples.X, given)
    np.testing.assert_array_equal(samples.y, Y[:, :1])
    with pytest.raises(ValueError, match="read-only"):
        samples.X[0] = 1


def test_labels_may_be_absent_several_or_integers():
    assert checked_samples(X).outputs == 0
    assert checked_samples(X, Y).outputs == 2
    assert checked_samples(X, np.arange(40)).y[7, 0] == 7


def test_frames_are_taken_by_their_values():
    frame = pd.DataFrame({"a": np.arange(40), "b": X[:, 1]})
    samples = checked_samples(frame, frame["a"])
    np.testing.assert_array_equal(samples.X, np.column_stack([np.arange(40), X[:, 1]]))
    np.testing.assert_array_equal(samples.y[:, 0], np.arange(40))
    nullable = pd.DataFrame({"a": pd.array(range(40), dtype="Int64")})
    np.testing.assert_array_equal(checked_samples(nullable).X[:, 0], np.arange(40))
    counts = pd.DataFrame({"a": np.arange(40, dtype=object)})
    np.testing.assert_array_equal(checked_samples(counts).X[:, 0], np.arange(40))


def test_true_and_false_are_1_and_0_in_inputs():
    flags = X > 0
    items = np.where([True, False, False], flags, X.astype(object))
    expected = np.where([True, False, False], flags, X)
    frame = pd.DataFrame(X).assign(**{"0": flags[:, 0]})[["0", 1, 2]]
    for given in (items, frame, frame.astype({"0": "boolean"}), frame.astype({"0": object})):
        np.testing.assert_array_equal(checked_samples(given).X, expected)
    for given in (flags, pd.DataFrame(flags), flags.tolist()):
        np.testing.assert_array_equal(checked_samples(given).X, flags)


def test_constant_columns_are_counted_and_kept():
    samples = checked_samples(np.column_stack([X, np.full(40, 7.0), np.zeros(40)]))
    assert samples.inputs == 5
    assert samples.constant_columns == 2


FRAME = pd.DataFrame({"age": X[:, 0], "town": CLASSES, "new": X[:, 1] > 0})
ONE_HOT = "(labels[:, None] == numpy.unique(labels)).astype(float)"
DUMMIES = "pandas.get_dummies(labels, dtype=float)"
BAD = {
    "one dimension": (X[:, 0], "X must have two dimensions, samples by inputs, got an array of"),
    "three": (X[:, :, None], "got an array of shape (40, 3, 1)"),
    "no inputs": (X[:, :0], "got an array of shape (40, 0)"),
    "few": (X[:19], "X must hold at least 20 samples (rows), got 19"),
    "nan": (with_item(([4, 9], [1, 0]), np.nan), "but 2 rows hold others; the first is X[4, 1]"),
    "inf": (with_item((7, 2), -np.inf), "but 1 row holds others; the first is X[7, 2] = -inf"),
    "large": (with_item((7, 2), 1e151), "X must hold finite numbers up to 1e+150"),
    "constant": (np.ones((40, 3)), "X must hold different inputs, but all rows are the same"),
    "constant column": (np.full((40, 1), 2.5), "but all of them are 2.5"),
    "complex": (X + 0j, "X must be real numbers in an array or a frame of pandas, got an array of"),
    "missing": (with_item((3, 1), None, object), "but X[3, 1] is None"),
    "text": (with_item((3, 1), "n/a", object), "but X[3, 1] is a str: 'n/a'"),
    "masked": (np.ma.array(X, mask=X > 2), "the mask would be lost"),
    "ragged": ([[1.0, 2.0], [3.0]], "a ragged list"),
    "sparse": (sparse.csr_array(X), "got a sparse matrix: give X.toarray()"),
    "no columns": (pd.DataFrame(index=range(40)), "got an array of shape (40, 0)"),
    "text in a frame": (FRAME[["age", "town"]], "text or other objects in the columns 'town'"),
    "dates": (pd.DataFrame({"a": pd.to_datetime(["2020-01-01"] * 40)}), "dates in the columns 'a'"),
    "a missing value": (pd.DataFrame({"a": pd.array([1, None] * 20)}), "20 rows hold others"),
    "missing in text": (pd.DataFrame({"a": ["1", None] * 20}), "text or other objects"),
}


@pytest.mark.parametrize("name", BAD)
def test_inputs_that_are_refused_say_why(name):
    given, said = BAD[name]
    with pytest.raises(ValueError, match=re.escape(said)):
        checked_samples(given)


BAD_LABELS = {
    "constant": (np.zeros(40), "y must hold different labels, but all of them are 0"),
    "shorter": (Y[:39], "y must hold a label for each of the 40 rows of X, got 39"),
    "one number": (1.0, "y must be of shape (P,) or (P, outputs), got ()"),
    "no outputs": (Y[:, :0], "y must be of shape (P,) or (P, outputs), got (40, 0)"),
    "three": (Y[:, :, None], "got (40, 2, 1)"),
    "flags": (X[:, 0] > 0, f"got an array of bool and shape (40,); give numbers by .astype(float), "
              f"or classes by {ONE_HOT}"),
    "classes": (CLASSES, f"give a column of 0 and 1 for each class: {ONE_HOT}"),
    "a series": (FRAME["town"], f"give a column of 0 and 1 for each class: {DUMMIES}"),
    "flags in a series": (FRAME["new"], f"give numbers by .astype(float), or classes by {DUMMIES}"),
    "flags in a frame": (FRAME[["age", "new"]], "True and False in the columns 'new'; give num"),
    "flags that are missing": (pd.DataFrame({"a": pd.array([True, None] * 20)}), "columns 'a'"),
    "both": (FRAME, "True and False and text or other objects in the columns 'town', 'new'"),
    "complex": (Y + 1j, "got an array of complex128"),
    "nan": (np.where(np.arange(40) == 6, np.nan, Y[:, 0]), "the first is y[6, 0] = nan"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_LABELS)
def test_labels_that_are_refused_say_why(name):
    given, said = BAD_LABELS[name]
    with pytest.raises(ValueError, match=re.escape(said)):
        checked_samples(X, given)


def test_the_advice_on_classes_works():
    known = {"numpy": np, "pandas": pd}
    for advice, labels in ((ONE_HOT, CLASSES), (DUMMIES, FRAME["town"])):
        samples = checked_samples(X, eval(advice, known | {"labels": labels}))
        np.testing.assert_array_equal(samples.y, np.stack([CLASSES == "a", CLASSES == "b"], 1))


def test_more_than_memory_holds_is_refused(monkeypatch):
    def refused(needed, purpose):
        raise ValueError(f"{needed} for {purpose}")

    monkeypatch.setattr(module, "require_memory", refused)
    with pytest.raises(ValueError, match=r"1920.0 for X of 40 x 3 numbers"):
        checked_samples(X.astype(np.float16))


def test_many_copies_are_warned_of_where_one_is_left_out():
    twice = np.concatenate([X, X[:5]])
    labels = np.concatenate([Y, Y[:5]])
    with pytest.warns(UserWarning, match="5 of 45 samples repeat an earlier one") as caught:
        samples = checked_samples(twice, labels)
    assert caught[0].filename == __file__
    assert samples.duplicates == 5
    np.testing.assert_array_equal(np.flatnonzero(samples.copies), range(40, 45))
    with warnings.catch_warnings():  # as errors
        assert checked_samples(twice).duplicates == 5
        kept = np.sort(np.unique(twice, axis=0, return_index=True)[1])
        assert checked_samples(twice[kept], labels[kept]).duplicates == 0


def test_one_copy_in_a_hundred_is_not_warned_of():
    many = RNG.standard_normal((199, 3))
    assert checked_samples(np.concatenate([many, many[:1]]), np.arange(200)).duplicates == 1


@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_near_copies_are_found_to_1e_9(offset):
    """At 1e-9 of a row's distance from the mean, wherever the mean is.

    Rows are moved by .9e-9 and 1.1e-9 of that; with the offset, numbers near 1e3 are rounded by
    1.1e-13, which is 1e-4 of the gap.
    """
    rows = RNG.standard_normal((300, 20))
    distance = np.linalg.norm(rows - rows.mean(axis=0), axis=1)
    step = RNG.standard_normal((100, 20))
    step *= 1e-9 * distance[:100, None] / np.linalg.norm(step, axis=1, keepdims=True)
    for factor, count in ((0.9, 100), (1.1, 0)):
        copied = copies_of_rows(np.concatenate([rows, rows[:100] + factor * step]) + offset)
        assert np.flatnonzero(copied).tolist() == list(range(300, 300 + count))


def test_all_but_the_first_of_many_copies_are_marked():
    """On a lattice, too, where many rows are equally far from each other."""
    lattice = np.array(np.meshgrid(range(5), range(5), range(5))).reshape(3, -1).T.astype(float)
    order = RNG.permutation(np.repeat(np.arange(125), 3))
    first = np.unique(order, return_index=True)[1]
    copied = copies_of_rows(lattice[order])
    np.testing.assert_array_equal(np.flatnonzero(~copied), np.sort(first))
