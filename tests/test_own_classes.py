"""Spectra and teachers that are written outside of the package work in all of its rooms."""

import copy
import dataclasses
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import pytest

import rfscale as rf


@dataclass(frozen=True)
class ExponentialCutoff(rf.Spectrum):
    """A power law that ends at a scale of its own; far beyond it eigenvalues are 0 in float64."""

    alpha: float
    M: int
    cutoff: float
    scale: float = 1.0  # not the largest eigenvalue, which is smaller

    @property
    def eigenvalues(self):
        J = np.arange(1.0, self.M + 1)
        return self.scale * J ** -(1 + self.alpha) * np.exp(-J / self.cutoff)


@dataclass(frozen=True)
class Spiked(rf.Spectrum):
    """Spikes above a flat bulk, given as an array; M is not a field."""

    spikes: np.ndarray
    bulk: int

    @property
    def eigenvalues(self):
        return np.concatenate([self.spikes, np.full(self.bulk, 1e-2)])


@dataclass(frozen=True)
class FirstDirections(rf.Teacher):
    """The same weight on a few directions, none on the others."""

    count: int

    def relative(self, start, stop):
        return np.where(np.arange(start, stop) < self.count, 1.0, 0.0)


@dataclass(frozen=True)
class Waves(rf.Teacher):
    """Signs, and absolute weights: neither M nor sigma_w/sqrt(M) sets their size."""

    period: float

    largest = 2.0
    fixed = True

    def relative(self, start, stop):
        return np.cos(np.arange(start + 1, stop + 1) / self.period)


SPECTRA = [
    ExponentialCutoff(alpha=1.0, M=60, cutoff=20.0, scale=3.0),
    Spiked(np.array([9.0, 4.0, 1.0]), 40),
]
TEACHERS = [FirstDirections(3), Waves(2.5)]
MODELS = [
    rf.ScalingModel(spectrum, sigma_w=0.7, sigma_eps=0.1, teacher=teacher)
    for spectrum in SPECTRA
    for teacher in TEACHERS
]

NAMES = [f"{type(m.spectrum).__name__}-{type(m.teacher).__name__}" for m in MODELS]


def twin(model):
    """The same model out of the package's own classes."""
    spectrum = rf.Eigenvalues(model.spectrum.eigenvalues)
    weights = model.teacher.relative(0, spectrum.M)
    unit = 1 / np.sqrt(spectrum.M) if model.teacher.largest is None else model.teacher.largest
    teacher = rf.GivenWeights(weights * unit)
    return rf.ScalingModel(spectrum, model.sigma_w, model.sigma_u, model.sigma_eps, teacher)


def test_the_report_that_began_this():
    """A teacher of a user must not get the loss of the isotropic one."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200), teacher=FirstDirections(2))
    isotropic = rf.ScalingModel(rf.PowerLaw(1.0, 200))
    found = rf.compare(model, 20, 30, 1e-3, draws=400, seed=1)
    assert found.judged
    assert found.agrees
    assert found.estimate.test.stderr < 0.03 * found.estimate.test.mean
    assert rf.predict(isotropic, 20, 30, 1e-3).test > 2 * found.estimate.test.mean


@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_theory_is_that_of_the_same_numbers(model):
    sizes = [10.0, 30.0, np.inf], [[8.0], [25.0]]
    for order in ("planar", "one-loop"):
        found = rf.predict(model, *sizes, 1e-3, order=order)
        expected = rf.predict(twin(model), *sizes, 1e-3, order=order)
        for name in ("test", "signal", "noise", "train", "delta", "df1"):
            # the same sums of the same numbers, up to the rounding of their units
            np.testing.assert_allclose(
                getattr(found, name), getattr(expected, name), rtol=1e-12, err_msg=name
            )
    best, expected = (rf.optimal_ridge(m, 10, 25) for m in (model, twin(model)))
    np.testing.assert_allclose(best.prediction.test, expected.prediction.test, rtol=1e-10)
    exact = rf.exact.predict(model, 10, 25, 1e-3)
    np.testing.assert_allclose(float(exact.test), rf.predict(model, 10, 25, 1e-3).test, rtol=1e-12)
    parts = rf.bias_variance(model, 10, 25, 1e-3)
    np.testing.assert_allclose(parts.test, rf.predict(model, 10, 25, 1e-3).test, rtol=1e-12)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_theory_and_simulation_agree(model):
    """Errors of the theory beyond 4 standard errors and the next order would show: 3 % at most."""
    found = rf.compare(model, [12, 25], 40, [[1e-3], [0.3]], draws=400, seed=1)
    assert np.all(found.agrees)
    assert np.all(found.judged)
    assert np.all(found.stderr < 3)


def test_simulation_takes_blocks_of_directions():
    """More directions than fit into a block: the ranges of `relative` are put together."""
    spectrum = rf.PowerLaw(1.0, 5000)
    own = rf.ScalingModel(spectrum, teacher=Waves(700.0))
    given = rf.ScalingModel(spectrum, teacher=rf.GivenWeights(2 * Waves(700.0).relative(0, 5000)))
    found, expected = (rf.simulate(m, 6, 9, 1e-3, draws=2, seed=1) for m in (own, given))
    np.testing.assert_allclose(found.test.mean, expected.test.mean, rtol=1e-12)
    assert np.all(found.N == 6)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_files_stores_and_pickles_keep_the_model(model, tmp_path):
    rf.predict(model, 5, 9, 1e-3).save(tmp_path / "p.npz")
    assert rf.Prediction.load(tmp_path / "p.npz").model == model
    done = rf.sweep(model, [3, 4], 8, draws=2, seed=1, store=tmp_path / "s.db", progress=False)
    assert done.columns()["M"].tolist() == [model.M] * 2
    resumed = rf.resume_sweep(tmp_path / "s.db", progress=False)
    assert resumed.models == done.models == (model,)
    assert np.array_equal(resumed.test.mean, done.test.mean)
    copied = pickle.loads(pickle.dumps(model))
    assert copied == model
    assert copied != twin(model)
    assert "log_eigenvalues" not in vars(copied.spectrum)  # what is cached does not travel


def test_sweeps_run_in_other_processes():
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        model = rf.ScalingModel(ExponentialCutoff(1.0, 30, 9.0), teacher=FirstDirections(2))
        there = rf.sweep(model, 4, [8, 9], draws=2, seed=1, executor=pool, progress=False)
    here = rf.sweep(model, 4, [8, 9], draws=2, seed=1, progress=False)
    assert np.array_equal(there.test.mean, here.test.mean)


def test_a_class_that_is_not_defined_is_named(tmp_path, monkeypatch):
    model = rf.ScalingModel(SPECTRA[0])
    rf.predict(model, 5, 9).save(tmp_path / "p.npz")
    from rfscale.support import stored

    kept = {k: v for k, v in stored._kinds.items() if k[1] != "ExponentialCutoff"}
    monkeypatch.setattr(stored, "_kinds", kept)
    expected = f"the class ExponentialCutoff of module {__name__} is not defined here: import"
    with pytest.raises(ValueError, match=expected):
        rf.Prediction.load(tmp_path / "p.npz")


@dataclass(frozen=True)
class OfAScript(ExponentialCutoff):
    """A class whose name no other has, in whatever order tests run."""


def test_a_class_is_found_where_it_has_moved():
    """By its name, if no other has it: a script's class that became a module's."""
    model = rf.ScalingModel(OfAScript(1.0, 60, 20.0))
    packed = json.dumps(rf.support.stored.pack(model))
    moved = json.loads(packed.replace(f'"{__name__}"', '"gone_script"'))
    assert rf.support.stored.unpack(moved) == model


@pytest.mark.parametrize(
    "spectrum",
    [ExponentialCutoff(1.0, 3000, 2.0), rf.Eigenvalues([4.0, 1.0, 0.5, 0.1, 0.02], M=80)],
    ids=repr,
)
def test_directions_without_variance_count_in_M_alone(spectrum):
    """They are part of sigma_w^2/M and sigma_u^2/M, but neither drawn nor learned."""
    assert spectrum.rank < spectrum.M
    root = np.sqrt(spectrum.rank / spectrum.M)
    model = rf.ScalingModel(spectrum, sigma_w=2.0, sigma_u=1.5, sigma_eps=0.1)
    few = rf.Eigenvalues(spectrum.positive)
    same = rf.ScalingModel(few, sigma_w=2.0 * root, sigma_u=1.5 * root, sigma_eps=0.1)
    sizes = [3.0, 5.0, 9.0, 4000.0], [[4.0], [9.0]], 1e-3
    found, expected = (rf.predict(m, *sizes) for m in (model, same))
    for name in ("test", "train", "delta"):  # the units are rounded otherwise
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12)
    assert found.regime.tolist() == expected.regime.tolist()
    drawn, as_drawn = (rf.simulate(m, [3, 9], 7, 1e-3, draws=3, seed=1) for m in (model, same))
    np.testing.assert_allclose(drawn.test.mean, as_drawn.test.mean, rtol=1e-9)


class Rising(ExponentialCutoff):
    @property
    def eigenvalues(self):
        return np.arange(1.0, self.M + 1)


class Negative(ExponentialCutoff):
    @property
    def eigenvalues(self):
        return np.arange(2.0, 2.0 - self.M, -1)


class Square(ExponentialCutoff):
    @property
    def eigenvalues(self):
        return np.ones((2, 2))


class Few(ExponentialCutoff):
    @property
    def eigenvalues(self):
        return np.ones(self.M + 1)


class Method(ExponentialCutoff):
    def eigenvalues(self):
        return np.ones(self.M)


class Forgetful(FirstDirections):
    def relative(self, start, stop):
        return np.arange(1.0, stop - start + 1)


class TooMany(FirstDirections):
    def relative(self, start, stop):
        return np.ones(7)


class Endless(FirstDirections):
    def relative(self, start, stop):
        return np.full(stop - start, np.nan)


class Boastful(FirstDirections):
    power = 1.0


CUTOFF = (1.0, 4, 9.0)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: rf.ScalingModel(Rising(*CUTOFF)), "must be largest first, got 1 before 2"),
        (lambda: rf.ScalingModel(Negative(*CUTOFF)), "must be finite and >= 0, got -1"),
        (lambda: rf.ScalingModel(Square(*CUTOFF)), r"must be one-dimensional, got shape \(2, 2\)"),
        (lambda: rf.ScalingModel(Few(*CUTOFF)), "Few.M must be an integer >= its 5 eigenvalues"),
        (
            lambda: rf.ScalingModel(Method(*CUTOFF)),
            "Method.eigenvalues must be a property, got a method",
        ),
        (lambda: with_teacher(Forgetful(1)), "must give direction J the same weight in any range"),
        (lambda: with_teacher(TooMany(1)), r"relative\(0, 8\) must give 8 finite numbers"),
        (lambda: with_teacher(Endless(1)), r"relative\(0, 8\) must give 8 finite numbers"),
        (lambda: with_teacher(Boastful(1)), r"Boastful.power = 1.0 must be None, or the squares"),
    ],
)
def test_classes_that_do_not_give_what_they_must(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def with_teacher(teacher):
    return rf.ScalingModel(rf.PowerLaw(1.0, 9), teacher=teacher)


def test_teachers_of_many_spectra_need_a_power():
    with pytest.raises(ValueError, match=r"^teacher must have a power where the spectrum stands"):
        rf.ScalingModel(rf.PowerLaw([1.0, 2.0], 9), teacher=FirstDirections(2))


@pytest.mark.parametrize(
    ("base", "abstract"),
    [
        (rf.PowerLaw, "Spectrum"),
        (rf.Eigenvalues, "Spectrum"),
        (rf.Isotropic, "Teacher"),
        (rf.SourceCondition, "Teacher"),
        (rf.GivenWeights, "Teacher"),
        (rf.LinearFeatures, "Estimator"),
    ],
)
def test_what_has_formulas_of_its_own_has_no_subclasses(base, abstract):
    """They would go on to hold for what a subclass overrides."""
    with pytest.raises(TypeError, match=f"cannot derive from {base.__name__}.*{abstract}$"):
        type("Mine", (base,), {})


def test_abstract_classes_say_what_is_missing():
    with pytest.raises(TypeError, match="eigenvalues"):
        type("Nothing", (rf.Spectrum,), {})()
    with pytest.raises(TypeError, match="relative"):
        type("Nothing", (rf.Teacher,), {})()


def test_an_error_within_a_class_of_a_user_is_shown():
    class Misspelt(ExponentialCutoff):
        @property
        def eigenvalues(self):
            return self.eigenvalue  # no such attribute

    with pytest.raises(AttributeError, match="no attribute 'eigenvalue'"):
        rf.ScalingModel(Misspelt(*CUTOFF))


def test_models_are_equal_and_hash_by_value():
    one, other = (rf.ScalingModel(Spiked(np.array([2.0, 1.0]), 3)) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1
    assert one != rf.ScalingModel(Spiked(np.array([2.0, 1.5]), 3))
    assert one != rf.ScalingModel(rf.Eigenvalues(one.spectrum.eigenvalues))


def test_what_cannot_be_stored_is_named():
    @dataclass(frozen=True)
    class WithFunction(rf.Teacher):
        weight: object

        def relative(self, start, stop):
            return self.weight(np.arange(start, stop))

    model = with_teacher(WithFunction(np.sqrt))
    assert rf.predict(model, 3, 5, 0.1).test > 0
    with pytest.raises(ValueError, match=r"teacher.weight must be a number, a string, an array"):
        rf.support.stored.pack(model)


def test_names_of_the_abstract_classes_are_refused():
    """A field `rank` would take the place of the rank that the equations use."""
    for base, name in ((rf.Spectrum, "rank"), (rf.Spectrum, "shape"), (rf.Teacher, "is_isotropic")):
        with pytest.raises(TypeError, match=f"^Mine must not have {name}: rfscale"):
            type("Mine", (base,), {"__annotations__": {name: int}, name: 5})
        mixed = type("Mixed", (), {name: 5})
        with pytest.raises(TypeError, match=f"^Mine must not have {name}: rfscale"):
            type("Mine", (mixed, base), {})


def test_a_comparison_is_a_weight_of_one_or_zero():
    class Compared(FirstDirections):
        def relative(self, start, stop):
            return np.arange(start, stop) < self.count

    model, same = with_teacher(Compared(3)), with_teacher(FirstDirections(3))
    assert rf.predict(model, 4, 6, 0.1).test == rf.predict(same, 4, 6, 0.1).test


def test_a_power_is_tried_at_the_last_directions_too():
    class CutOff(FirstDirections):
        power = 1.0

        def relative(self, start, stop):
            J = np.arange(start + 1.0, stop + 1)
            return np.where(self.count > J, J**-0.5, 0.0)

    assert rf.ScalingModel(rf.PowerLaw(1.0, 90), teacher=CutOff(100)).M == 90
    with pytest.raises(ValueError, match=r"^CutOff.power = 1.0 must be None, or the squares"):
        rf.ScalingModel(rf.PowerLaw(1.0, 200), teacher=CutOff(100))


@dataclass(frozen=True)
class FromFile(rf.Spectrum):
    """A spectrum that depends on more than its fields say."""

    path: str

    def __post_init__(self):
        object.__setattr__(self, "values", np.load(self.path))

    @property
    def eigenvalues(self):
        return self.values


@dataclass(frozen=True)
class WithArgument(rf.Spectrum):
    """An argument that is no field."""

    scale: dataclasses.InitVar[float] = 1.0

    def __post_init__(self, scale):
        object.__setattr__(self, "unit", scale)

    @property
    def eigenvalues(self):
        return self.unit * np.arange(1.0, 20) ** -2.0


def test_files_and_stores_notice_what_the_fields_do_not_say(tmp_path):
    np.save(tmp_path / "v.npy", [2.0, 1.0, 0.5])
    model = rf.ScalingModel(FromFile(str(tmp_path / "v.npy")))
    store, file = tmp_path / "s.db", tmp_path / "p.npz"
    rf.sweep(model, 2, 6, draws=2, seed=1, store=store, progress=False)
    rf.predict(model, 2, 5).save(file)
    assert rf.Prediction.load(file).model.spectrum.eigenvalues.tolist() == [2.0, 1.0, 0.5]
    np.save(tmp_path / "v.npy", [2.0, 1.0, 0.25])
    again = rf.ScalingModel(FromFile(str(tmp_path / "v.npy")))
    with pytest.raises(ValueError, match=r"FromFile gives other numbers than the object that was"):
        rf.Prediction.load(file)
    with pytest.raises(ValueError, match=r"FromFile gives other numbers than the object that was"):
        rf.sweep(again, 2, 5, draws=2, seed=1, store=store, progress=False)
    with pytest.raises(ValueError, match=r"WithArgument gives other numbers"):
        rf.predict(rf.ScalingModel(WithArgument(3.0)), 2, 5).save(tmp_path / "w.npz")


def test_pickles_hold_more_than_the_fields():
    """As other processes compute with them."""
    spectrum = WithArgument(3.0)
    for copied in (pickle.loads(pickle.dumps(spectrum)), copy.deepcopy(spectrum)):
        assert np.array_equal(copied.eigenvalues, spectrum.eigenvalues)
