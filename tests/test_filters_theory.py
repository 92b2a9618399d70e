"""The losses of filters by the measures of the kernel's spectrum, against mixtures of ridges."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rfscale as rf


@dataclass(frozen=True, eq=False)
class Flow(rf.Training):
    """Gradient flow, of which theory knows no more than its filter."""

    time: float

    def filter(self, s):
        return -np.expm1(-self.time * s) / s


@dataclass(frozen=True, eq=False)
class Cut(rf.Training):
    """Principal components, without a word where the filter jumps."""

    cutoff: float

    def filter(self, s):
        return np.where(s >= self.cutoff, 1 / s, 0.0)


@dataclass(frozen=True, eq=False)
class Steps(rf.Training):
    """Descent with momentum step by step: what is left of a direction."""

    steps: int
    step_size: float
    momentum: float

    def filter(self, s):
        return (1.0 - self.residual(s)) / s

    def residual(self, s):
        before = now = np.ones_like(s)
        for _ in range(int(self.steps)):
            step = -self.step_size * s * now + self.momentum * (now - before)
            before, now = now, now + step
        return now


@dataclass(frozen=True, eq=False)
class Again(rf.Training):
    """Ridges some times over, one after the other."""

    ridge: float
    times: int

    def filter(self, s):
        return (1.0 - self.residual(s)) / s

    def residual(self, s):
        return np.prod([self.ridge / (s + self.ridge)] * int(self.times), axis=0)


CASES = [  # alpha, M, N, T, beta: one band and many, atoms on both sides and none, a hard edge
    (1.0, 60, 20, 10, 0.0),
    (0.6, 30, 10, 300, 0.0),
    (0.6, 30, 35, 20, 0.5),
    (1.0, 60, 80, 90, 0.0),  # M < N, T
    (1.0, 60, 15, 15, 0.0),
    (2.0, 10**5, 30, 40, 2.5),
]


@pytest.mark.parametrize(("alpha", "M", "N", "T", "beta"), CASES)
def test_a_filter_is_what_it_is_as_a_mixture(alpha, M, N, T, beta):
    teacher = rf.SourceCondition(beta)
    model = rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_eps=0.3, teacher=teacher)
    time = 30.0 * M / (N * T)
    flow = rf.predict(model, N, T, training=rf.GradientFlow(time))
    found = rf.predict(model, N, T, training=Flow(time))
    assert found.delta_error < 1e-6
    for name in ("signal", "noise", "train"):
        # the double exponential rule's error is about the square of its last change
        assert_allclose(getattr(found, name), getattr(flow, name), rtol=1e-10)


@pytest.mark.parametrize(
    ("training", "plain"),
    [
        (rf.GradientDescent(60, 0.03), Steps(60, 0.03, 0.0)),
        (rf.GradientDescent(300, 0.03), Steps(300, 0.03, 0.0)),
        (rf.HeavyBall(60, 0.05, 0.7), Steps(60, 0.05, 0.7)),
        (rf.HeavyBall(900, 0.05, 0.7), Steps(900, 0.05, 0.7)),
        (rf.IteratedRidge(1.0, 3), Again(1.0, 3)),
        (rf.IteratedRidge(10.0, 700), Again(10.0, 700)),
    ],
)
def test_few_and_many_steps_are_their_filters(training, plain):
    """A circle and a contour, against the integral over the kernel's spectrum."""
    model = rf.ScalingModel(rf.PowerLaw(0.6, 30), sigma_eps=0.3)
    found = rf.predict(model, 20, 35, training=training)
    own = rf.predict(model, 20, 35, training=plain)
    for name in ("signal", "noise", "train"):
        # of the integral, as above; a circle loses some digits
        assert_allclose(getattr(found, name), getattr(own, name), rtol=1e-9)


def test_principal_components_are_known_to_what_is_stated():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    cutoff = 0.05
    found = rf.predict(model, 20, 30, training=rf.PrincipalComponents(cutoff))
    with pytest.warns(rf.RegimeWarning, match="`breaks` is to say"):
        rough = rf.predict(model, 20, 30, training=Cut(cutoff))
    assert found.delta_error < 1e-6
    assert_allclose(rough.test, found.test, rtol=rough.delta_error)
    assert rough.delta_error < 0.3
    none = rf.predict(model, 20, 30, training=rf.PrincipalComponents([0.0, 1e9]))
    ends = rf.predict(model, 20, 30, [0.0, np.inf])
    assert_allclose(none.test, ends.test, rtol=1e-6)


def test_principal_components_of_draws_approach_them_by_order():
    """All sizes grow together, eigenvalues repeated: the gap halves."""
    lam = np.arange(1.0, 13) ** -1.7
    gaps, errors = [], []
    for k in (1, 2, 4):
        model = rf.ScalingModel(rf.Eigenvalues(np.repeat(lam, k)), sigma_w=np.sqrt(12 * k))
        how = rf.PrincipalComponents(0.2 * 54 * k / 12)
        theory = rf.predict(model, 6 * k, 9 * k, training=how).signal
        drawn = rf.simulate(model, 6 * k, 9 * k, training=how, draws=6000 // k**2, seed=1).signal
        gaps.append(drawn.mean / theory - 1)
        errors.append(drawn.stderr / theory)
    falls = np.log2(np.divide(gaps[:-1], gaps[1:]))
    spread = np.hypot(np.divide(errors[:-1], gaps[:-1]), np.divide(errors[1:], gaps[1:])) / np.log(
        2
    )
    assert np.all(np.abs(falls - 1) < 0.3 + 3 * spread), (gaps, errors)
    assert np.all(spread < 0.5)


@pytest.mark.parametrize("size", ["N", "T"])
def test_an_infinite_size_is_refused_of_a_filter(size):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    sizes = {"N": 20, "T": 30} | {size: np.inf}
    with pytest.raises(ValueError, match="N and T must be finite"):
        rf.predict(model, **sizes, training=Flow(1.0))


def test_another_test_spectrum_is_refused_of_a_filter():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), test_spectrum=rf.PowerLaw(0.5, 60))
    with pytest.raises(ValueError, match="test_spectrum must be that of training"):
        rf.predict(model, 20, 30, training=Flow(1.0))


@dataclass(frozen=True, eq=False)
class Picky(rf.Training):
    """Takes a number alone, which it checks as its author would."""

    time: float

    def __post_init__(self):
        if np.ndim(self.time) == 0 and self.time < 0:
            raise ValueError("time")
        assert np.ndim(self.time) <= 1

    def filter(self, s):
        assert isinstance(self.time, float)
        return -np.expm1(-self.time * s) / s


def test_a_users_class_is_made_with_numbers():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.3)
    times = np.array([0.5, 2.0])
    found = rf.predict(model, [[10], [20]], 30, training=Picky(times))
    flow = rf.predict(model, [[10], [20]], 30, training=rf.GradientFlow(times))
    assert_allclose(found.test, flow.test, rtol=1e-10)


def test_a_training_that_is_no_dataclass_is_refused():
    class Bare(rf.Training):
        def filter(self, s):
            return 1 / s

    with pytest.raises(ValueError, match="training must be a dataclass, got Bare"):
        rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 60)), 10, 20, training=Bare())


@pytest.mark.parametrize(("M", "N", "T"), [(1, 5, 7), (1, 2, 2), (3, 5, 5)])
def test_where_all_is_learned_nothing_is_left(M, N, T):
    """Not even rounding, as of a ridge of 0."""
    found = rf.predict(
        rf.ScalingModel(rf.PowerLaw(1.0, M)), N, T, training=rf.PrincipalComponents(1e-3)
    )
    assert (found.test, found.train) == (0, 0)


@pytest.mark.parametrize(("M", "N"), [(1, 2), (3, 5)])
def test_as_many_samples_as_latents_and_more_features(M, N):
    """The spectrum reaches 0, where the signal's density vanishes and that of the noise does not.

    What a filter integrates is right to 1e-9; see `delta_error`.
    """
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.3)
    own = rf.predict(model, N, M, training=lambda s: 1 / (s + 0.1))
    ridge = rf.predict(model, N, M, 0.1)
    for name in ("signal", "noise", "train"):
        assert_allclose(getattr(own, name), getattr(ridge, name), rtol=1e-9)
