"""Leverages in the simulation: a scale of each training sample, drawn from given values."""

import re

import numpy as np
import pytest

from rfscale.model.leverages import checked_leverages


def test_checked_leverages_are_a_sorted_frozen_copy():
    given = np.array([1.5, 0.25, 1.25])
    tau = checked_leverages(given)
    assert tau.tolist() == [0.25, 1.25, 1.5]
    assert given.tolist() == [1.5, 0.25, 1.25]
    assert not tau.flags.writeable
    assert checked_leverages([1]).dtype == np.float64
    assert checked_leverages([1 - 0.9e-8]).size == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([2.0, 3.0], "leverages must have mean 1, got numbers with mean 2.5: divide them by their"),
        ([1 + 1.1e-8], "mean 1.000000011"),
        ([1e308, 1e308, 1e308], "mean 1e+308"),
        (
            [2.0, 0.0],
            "leverages must be a list of finite numbers > 0 with mean 1, got 0 at index 1",
        ),
        ([-1.0, 3.0], "got -1 at index 0"),
        ([1.0, np.nan], "got nan at index 1"),
        ([1.0, np.inf], "got inf at index 1"),
        (1.0, "leverages must be a list of finite numbers > 0 with mean 1, got "),
        ([[1.0]], "leverages must be a list of finite numbers > 0 with mean 1, got "),
        ([], "leverages must be a list"),
        (["1"], "leverages must be a list"),
        ([True], "leverages must be a list"),
        ("ones", "leverages must be a list"),
    ],
)
def test_what_leverages_must_be(given, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        checked_leverages(given)
