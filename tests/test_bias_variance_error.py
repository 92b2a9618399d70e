"""The stated error of the parts of bias and variance: measured parts, its order, its ends.

`data/bias_variance_parts.csv` holds what `measured` of `test_bias_variance` finds for these models
with 150 000/(N T) groups, or 2000 if that is more, of 3 features and data, and as seeds the points'
places from 1.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

import rfscale as rf

PARTS = ("bias", "features", "data", "features_data", "noise_data", "noise_features_data")
SLOW = rf.PowerLaw(1.0, 60)
MODELS = {
    "plain": rf.ScalingModel(SLOW, sigma_eps=0.1),
    "steep": rf.ScalingModel(rf.PowerLaw(2.0, 30), sigma_eps=0.1),
    "smooth": rf.ScalingModel(SLOW, sigma_eps=0.1, teacher=rf.Teacher.power_law(4.0)),
    "shifted": rf.ScalingModel(SLOW, sigma_eps=0.1, test_spectrum=rf.PowerLaw(0.4, 60)),
    "spikes": rf.ScalingModel(rf.Eigenvalues([1.0] * 2 + [0.01] * 40), sigma_eps=0.5),
    "corner": rf.ScalingModel(rf.PowerLaw(1.0, 8), sigma_eps=0.1),
}


def stored():
    """For each point the means of all parts and their standard errors."""
    points = {}
    with (Path(__file__).parent / "data" / "bias_variance_parts.csv").open() as file:
        for row in csv.DictReader(file):
            point = row["model"], float(row["N"]), float(row["T"]), float(row["ridge"])
            points.setdefault(point, {})[row["part"]] = float(row["mean"]), float(row["stderr"])
    return points


@pytest.mark.parametrize(("point", "parts"), stored().items())
def test_every_part_is_within_the_stated_error(point, parts):
    """Of itself by `order_error`, and of the whole loss by half of that of `predict`."""
    name, *sizes = point
    split = rf.bias_variance(MODELS[name], *sizes)
    whole = rf.predict(MODELS[name], *sizes)
    expected = np.array([getattr(split, part) for part in PARTS])
    means, stderrs = np.array([parts[part] for part in PARTS]).T
    gaps = np.abs(means - expected)
    assert np.all(gaps < split.order_error * expected + 4 * stderrs)
    assert np.all(gaps < 0.5 * whole.order_error * whole.test + 4 * stderrs)
    # it says something: at most 16 times the largest gap, at N = 4
    assert split.order_error < 20 * np.max(gaps / expected)


def test_it_falls_as_one_over_size():
    few, many = (
        rf.bias_variance(
            rf.ScalingModel(rf.PowerLaw(1.0, 100 * s), sigma_eps=0.3 / s), 20 * s, 30 * s, 0.1 / s
        ).order_error
        for s in (1, 10)
    )
    # the degrees of freedom differ from those of a power law by 1/size
    assert few / many == pytest.approx(10, rel=1 / 20, abs=0)


def test_one_direction_and_a_large_ridge():
    """The variance of x^2 is 2 where that of a pair is 1, and of u^2, so that (1 + 1)^2 stands for
    1 in `features_data`.
    """
    single = rf.ScalingModel(rf.PowerLaw(1.0, 1))
    found = rf.bias_variance(single, 1e9, 1e9, np.inf).order_error
    assert found == pytest.approx(3, rel=1e-8, abs=0)  # and a few times 1/N + 1/T


def test_infinite_without_a_mean():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.2)
    at_the_peak = rf.bias_variance(model, [19, 20, 21, 23], 20, 0.0).order_error
    assert np.isinf(at_the_peak).tolist() == [True, True, True, False]


def test_infinitely_many_features_and_the_table():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.2)
    infinite = rf.bias_variance(model, np.inf, [20, 30], "optimal")
    many = rf.bias_variance(model, 1e9, [20, 30], kernel_ridge=infinite.kernel_ridge)
    np.testing.assert_allclose(infinite.order_error, many.order_error, rtol=1e-6)
    shown = infinite.short_columns()["error/%"]
    np.testing.assert_allclose(shown, 100 * infinite.order_error, rtol=1e-15)
