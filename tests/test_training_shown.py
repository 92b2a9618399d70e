"""How trainings show themselves: reprs and columns of tables; and lists as fields of one's own."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

import rfscale as rf

SMALL = rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_eps=0.1)
MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)


@dataclass(frozen=True, eq=False)
class Landweber(rf.Training):
    step_size: Any
    steps: Any = 7

    def filter(self, s):
        return (1 - (1 - self.step_size * s) ** self.steps) / s


@dataclass(frozen=True, eq=False)
class Polynomial(rf.Training):
    """With one value, of several numbers, at all points."""

    coefficients: tuple[float, ...]

    def filter(self, s):
        return np.polyval(self.coefficients, s)


def test_rows_of_mixtures_tell_them_apart():
    two = rf.RidgeMixture([[0.02, 0.01], [0.1, 0.2]], [[-1.0, 2.0], [0.5, 0.5]])
    found = rf.predict(MODEL, [20, 30], 40, training=two)
    for columns in (found.columns(), found.short_columns()):
        assert columns["mixture"].tolist() == [0, 1]
        assert columns["ridges"].tolist() == ["[0.02, 0.01]", "[0.1, 0.2]"]
        assert columns["weights"].tolist() == ["[-1, 2]", "[0.5, 0.5]"]
    assert found.to_frame()["ridges"][1] == "[0.1, 0.2]"
    many = rf.RidgeMixture(np.geomspace(1e-5, 1e3, 41), np.full(41, 1 / 41), mixture=[0, 0])
    columns = rf.predict(MODEL, [20, 30], 40, training=many).columns()
    assert columns["ridges"].tolist() == ["1e-05 to 1000"] * 2
    assert rf.predict(MODEL, 20, 30, training=many.changed(mixture=0)).columns()["ridges"].size == 1


@pytest.mark.parametrize(
    ("training", "text"),
    [
        (rf.GradientDescent([120.0, 130], 0.1), "GradientDescent(steps=[120, 130], step_size=0.1)"),
        (rf.HeavyBall(120.0, 0.1), "HeavyBall(steps=120, step_size=0.1)"),
        (rf.IteratedRidge(0.1, [2, 3]), "IteratedRidge(ridge=0.1, times=[2, 3])"),
        (rf.SGD([1, 2], [3, 4], 0.1), "SGD(steps=[1, 2], batch=[3, 4], step_size=0.1)"),
        (rf.GradientDescent([1e20, 1], 0.1), "GradientDescent(steps=[1e+20, 1.0], step_size=0.1)"),
        (rf.Filter(lambda s: 1 / s), "Filter(function=<lambda>)"),
        (rf.Filter(partial(np.add, 1.0)), "Filter(function=functools.partial(<ufunc 'add'>, 1.0))"),
        (rf.Filter(Landweber(0.1).filter), "Filter(function=Landweber.filter)"),
    ],
)
def test_reprs_are_short_and_the_same_in_every_run(training, text):
    assert repr(training) == text


def test_an_object_without_a_repr_shows_its_class():
    class Inverse:
        def __call__(self, s):
            return 1 / s

    assert repr(rf.Filter(Inverse())) == "Filter(function=<Inverse>)"


def test_a_list_in_a_field_of_ones_own_is_an_array():
    lists = Landweber([0.01, 0.02], steps=[5, 10])
    arrays = Landweber(np.array([0.01, 0.02]), steps=np.array([5, 10]))
    for run in (rf.predict, partial(rf.simulate, draws=3, seed=1)):
        found, expected = (run(SMALL, 5, 9, training=how).columns() for how in (lists, arrays))
        assert all(np.array_equal(found[name], expected[name]) for name in expected)
    for how in (lists, arrays):
        assert rf.predict(SMALL, 5, 9, training=how).training.steps.dtype.kind == "i"
    one = rf.predict(SMALL, 5, 9, training=Polynomial((0.0, 0.1)))  # no axis
    assert one.test.shape == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a"], r"training\.step_size must be numbers .*, got a list with a str: 'a'"),
        ([[1.0], [2.0, 3.0]], r"training\.step_size must be numbers .*, got a ragged list"),
        ([0.1, 0.2, 0.3], r"got N \(2,\), T \(\), training.*\(3,\)"),
    ],
)
def test_a_list_that_is_none_of_numbers_is_named(given, said):
    for run in (rf.predict, partial(rf.simulate, draws=3, seed=1)):
        with pytest.raises(ValueError, match=said):
            run(MODEL, [20, 30], 30, training=Landweber(given))


def test_optima_have_the_test_loss():
    for find in (rf.optimal_ridge, rf.optimal_time, rf.best_filter):
        best = find(MODEL, [5, 6], 9)
        assert (
            best.test.tolist() == best.prediction.test.tolist() == best.columns()["test"].tolist()
        )
