"""What is not allowed: the error names the argument, and says the type of what it got."""

import copy
import dataclasses
import pickle
import re
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import mpmath as mp
import numpy as np
import pandas as pd
import pytest
import sympy

import rfscale as rf
from rfscale import asymptotics, plotting
from rfscale.cli.eigenvalue_files import read_npy
from rfscale.comparison import compare_results
from rfscale.simulation.options import Options
from rfscale.support.described import LONGEST, described, shortened

SPECTRUM = rf.PowerLaw(1.0, 20)
MODEL = rf.ScalingModel(SPECTRUM)
MASKED = np.ma.array([5.0, 6.0], mask=[True, False])
PREDICTION = rf.predict(MODEL, [4, 6], 8, 0.1)
ESTIMATE = rf.simulate(MODEL, [4, 6], 8, 0.1, draws=2, seed=1)
GRID = rf.predict(MODEL, [[4, 6]], [[4], [6]], 0.1)
COMPARISON = rf.compare(MODEL, 4, [8, 9], 0.1, draws=2, seed=1)
SWEEP = rf.sweep(MODEL, [4, 6], 8, 0.1, draws=2, seed=1, progress=False)


class Hostile:
    def __repr__(self):
        raise RuntimeError("no repr")

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array")


class Long:
    def __repr__(self):
        return "long\n" * 10**5


def _ridge_formula(**values):
    return rf.symbolic["power_law_constant"].evaluate(**values)


NUMBERS = {  # every door through which numbers come in, by what errors call them
    "predict N": lambda v: rf.predict(MODEL, v, 8),
    "predict T": lambda v: rf.predict(MODEL, 4, v),
    "predict ridge": lambda v: rf.predict(MODEL, 4, 8, v),
    "predict kernel_ridge": lambda v: rf.predict(MODEL, 4, 8, kernel_ridge=v),
    "optimal_ridge N": lambda v: rf.optimal_ridge(MODEL, v, 8),
    "bias_variance N": lambda v: rf.bias_variance(MODEL, v, 8),
    "compute_optimal budget": lambda v: rf.compute_optimal(MODEL, v),
    "compute_optimal ridge": lambda v: rf.compute_optimal(MODEL, 9.0, v),
    "simulate N": lambda v: rf.simulate(MODEL, v, 8, draws=2),
    "simulate ridge": lambda v: rf.simulate(MODEL, 4, 8, v, draws=2),
    "simulate draws": lambda v: rf.simulate(MODEL, 4, 8, draws=v),
    "simulate workers": lambda v: rf.simulate(MODEL, 4, 8, draws=2, workers=v),
    "compare T": lambda v: rf.compare(MODEL, 4, v, draws=2),
    "sweep N": lambda v: rf.sweep(MODEL, v, 8, draws=2, progress=False),
    "PowerLaw alpha": lambda v: rf.PowerLaw(v, 20),
    "PowerLaw M": lambda v: rf.PowerLaw(1.0, v),
    "PowerLaw scale": lambda v: rf.PowerLaw(1.0, 20, v),
    "Eigenvalues array": rf.Eigenvalues,
    "GivenWeights array": rf.GivenWeights,
    "Teacher.weights array": rf.Teacher.weights,
    "SourceCondition beta": rf.SourceCondition,
    "ScalingModel sigma_eps": lambda v: rf.ScalingModel(SPECTRUM, sigma_eps=v),
    "ScalingModel test_spectrum": lambda v: rf.ScalingModel(rf.PowerLaw(1.0, 2), test_spectrum=v),
    "df delta": lambda v: SPECTRUM.df(1, v),
    "moment i": lambda v: SPECTRUM.moment(v, 1, 0.1),
    "trace power": SPECTRUM.trace,
    "relative_trace power": SPECTRUM.relative_trace,
    "relative_trace of eigenvalues power": rf.Eigenvalues([2.0, 1.0]).relative_trace,
    "units.ridge kernel_ridge": lambda v: MODEL.units.ridge(v, 4),
    "units.ridge N": lambda v: MODEL.units.ridge(0.1, v),
    "units.kernel_ridge ridge": lambda v: MODEL.units.kernel_ridge(v, 4),
    "units.kernel_ridge N": lambda v: MODEL.units.kernel_ridge(0.1, v),
    "units.log_ridge ridge": MODEL.units.log_ridge,
    "units.log_ridge per": lambda v: MODEL.units.log_ridge(0.1, per=(v,)),
    "units.log_kernel_ridge kernel_ridge": MODEL.units.log_kernel_ridge,
    "ridgeless N": lambda v: asymptotics.ridgeless(MODEL, v, 8),
    "plateau_data T": lambda v: asymptotics.plateau_data(MODEL, v),
    "peak ridge": lambda v: asymptotics.peak(MODEL, 4, v),
    "delta_uniform n": lambda v: asymptotics.delta_uniform(SPECTRUM, v),
    "cutoff_error n": lambda v: asymptotics.cutoff_error(SPECTRUM, v),
    "scaling_function nu": lambda v: asymptotics.scaling_function(1.0, v),
    "loss_exponents exponent": lambda v: asymptotics.loss_exponents(1.0, v),
    "power_law_constant alpha": asymptotics.power_law_constant,
    "optimal_ridge_power_law N": lambda v: asymptotics.optimal_ridge_power_law(MODEL, v, 8),
    "exact.predict N": lambda v: rf.exact.predict(MODEL, v, 8),
    "exact.predict digits": lambda v: rf.exact.predict(MODEL, 4, 8, digits=v),
    "evaluate alpha": lambda v: _ridge_formula(alpha=v),
    "evaluate lambda_J": lambda v: rf.symbolic["degrees_of_freedom"].evaluate(
        lambda_J=v, Delta=1, k=1
    ),
}
NOT_NUMBERS = [
    (MASKED, r"a masked array"),
    (np.ma.array([5.0, 6.0]), r"a masked array"),  # nothing is masked: the rule stays simple
    ([5, np.ma.masked], r"a list with masked values"),
    ([MASKED, MASKED], r"a list with masked values"),
    ({5}, r"a set: \{5\}"),
    ({"N": 5}, r"a dict: \{'N': 5\}"),
    (lambda: 5, r"a function: <function"),
    (Hostile(), r"a Hostile: <Hostile"),
    (Long(), r"a Long: long long .*\.\.\."),
    (int, r"the class int"),
    (1j, r"a complex: 1j"),
    (np.array([1j]), r"an array of complex128 and shape \(1,\)"),
    (True, r"True"),
    (np.array([True]), r"an array of bool and shape \(1,\)"),
    (pd.Timestamp(0), r"a Timestamp: Timestamp\("),
    (np.array(["2020"], dtype="M8[D]"), r"an array of datetime64\[D\]"),
    (pd.NA, r"a NAType: <NA>"),
    (b"5", r"a bytes: b'5'"),
]
LISTS = [  # `exact` and `symbolic` say of these that they are lists
    ([[1], [2, 3]], r"a ragged list: \[\[1\], \[2, 3\]\]"),
    (["x", "y"], r"a list with a str: 'x'"),
    ([5, None], r"a list with None"),
    ([5, pd.NA], r"a list with a NAType: <NA>"),
    ([Fraction(1, 3)], r"a list with a Fraction: Fraction\(1, 3\)"),
    ([10**400, True], r"a list with True"),
]


@pytest.fixture(autouse=True)
def _strict():
    with warnings.catch_warnings(action="error"):
        yield
    plt.close("all")


def refused(call, value, said):
    with pytest.raises(ValueError, match=said) as caught:
        call(value)
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("door", NUMBERS)
def test_what_is_not_numbers_is_told_its_type(door):
    name = door.split()[-1]
    for value, said in NOT_NUMBERS:
        refused(NUMBERS[door], value, rf"^{name} must be .*, got {said}")
    if door.split()[0] not in ("exact.predict", "evaluate"):
        for value, said in LISTS:
            refused(NUMBERS[door], value, rf"^{name} must be .*, got {said}")
        refused(NUMBERS[door], "x" * 10**6, rf"^{name} must be .*, got a str: 'xxx.*\.\.\.x*'$")
        refused(NUMBERS[door], 10**400, rf"^{name} must be |^model needs")


def test_numbers_in_other_clothes_are_numbers():
    test = PREDICTION.test
    for N in (
        pd.Series([4, 6], dtype="Int64"),
        np.array([4, 6.0], dtype=object),
        (np.float32(4), np.int8(6)),
        range(4, 7, 2),
    ):
        np.testing.assert_array_equal(rf.predict(MODEL, N, 8, 0.1).test, test)
    with pytest.raises(ValueError, match=r"^N must be > 0 .* got nan"):
        rf.predict(MODEL, pd.Series([4, None]), 8)


def test_numbers_that_are_exact_stay_exact():
    third = mp.nstr(rf.exact.predict(MODEL, 4, 8, Fraction(1, 3), digits=30).test, 30)
    assert third == mp.nstr(rf.exact.predict(MODEL, 4, 8, "1/3", digits=30).test, 30)
    assert third == mp.nstr(rf.exact.predict(MODEL, 4, 8, sympy.Rational(1, 3), digits=30).test, 30)
    tenth = _ridge_formula(alpha="0.1", digits=30)
    assert _ridge_formula(alpha=Decimal("0.1"), digits=30) == tenth
    assert _ridge_formula(alpha=sympy.Float("0.1", 60), digits=30) == tenth
    assert _ridge_formula(alpha=0.1, digits=30) != tenth
    assert _ridge_formula(alpha=np.array(0.1), digits=9) == _ridge_formula(alpha=0.1, digits=9)


def test_values_are_shown_in_one_short_line():
    for value in (
        "x" * 10**6,
        list(range(10**5)),
        [["x" * 999] * 999],
        10**5000,
        Long(),
        Hostile(),
    ):
        for text in (shortened(value), described(value)):
            assert 0 < len(text) <= 2 * LONGEST
            assert "\n" not in text


RIDGE = r'^ridge must be numbers >= 0 or "optimal", got a str: '
OBJECTS = [  # call, what it gets, what the error says
    (lambda v: rf.predict(MODEL, 4, 8, v), "best", RIDGE + "'best'"),
    (lambda v: rf.simulate(MODEL, 4, 8, v), "0.1", RIDGE + "'0.1'"),
    (lambda v: rf.sweep(MODEL, 4, 8, v), "best", RIDGE + "'best'"),
    (lambda v: rf.predict(v, 4, 8), "x", r"^model must be a ScalingModel, got a str: 'x'"),
    (lambda v: rf.compare(v, 4, 8), SPECTRUM, r"^model must be a ScalingModel, got a PowerLaw"),
    (lambda v: rf.exact.predict(v, 4, 8), 3, r"^model must be a ScalingModel, got 3"),
    (lambda v: rf.predict(MODEL, 4, 8, order=v), 3, r"^order must be one of planar, .* got 3"),
    (lambda v: rf.sweep(v, 4, 8), 3, r"^models must be .* a dictionary of them, got 3"),
    (lambda v: rf.sweep(v, 4, 8), b"x", r"^models must be .* them, got a bytes: b'x'"),
    (lambda v: rf.sweep(MODEL, 4, 8, executor=v), 5, r"^executor must be a concurrent.* got 5"),
    (
        lambda v: rf.sweep(MODEL, 4, 8, executor=v),
        ThreadPoolExecutor,
        r"^executor .* got the class ThreadPoolExecutor",
    ),
    (lambda v: rf.sweep(MODEL, 4, 8, store=v), 5, r"^store must be the name of a file, got 5"),
    (rf.resume_sweep, "x" * 9999, r"^store must be the name of a file, got a str: 'xxx"),
    (lambda v: rf.simulate(MODEL, 4, 8, workers=v), 1.5, r"^workers must be an integer .* 1.5"),
    (
        lambda v: rf.simulate(MODEL, 4, 8, progress=v),
        "yes",
        r"^progress must be True or False, got a str: 'yes'",
    ),
    (
        lambda v: rf.simulate(MODEL, 4, 8, estimator=v),
        rf.LinearFeatures,
        r"^estimator must be an Estimator, got the class LinearFeatures",
    ),
    (rf.ScalingModel, rf.PowerLaw, r"^spectrum must be a Spectrum, got the class PowerLaw"),
    (
        lambda v: rf.ScalingModel(SPECTRUM, teacher=v),
        "flat",
        r"^teacher must be a Teacher, got",
    ),
    (lambda v: asymptotics.cutoff_error(v, 5), "x", r"^spectrum must be a PowerLaw, got a str"),
    (SWEEP.estimate, [0], r"^label must be one of 0, or a place, got a list: \[0\]"),
    (SWEEP.estimate, np.array([0, 1]), r"^label must be one of 0, or a place, got an array"),
    (lambda v: SWEEP.estimate(0, v), MASKED, r"^along must be one of N, T, ridge, got a masked"),
    (PREDICTION.save, 5, r"^path must be the name of a file, got 5"),
    (rf.Prediction.load, 0, r"^path must be the name of a file, got 0"),  # a file descriptor
    (
        lambda v: compare_results(v, v, ESTIMATE),
        5,
        r"^prediction must be a Prediction or a Trained",
    ),
    (lambda v: compare_results(v, v, v), PREDICTION, r"^estimate must be an Estimate, got a Pred"),
    (
        lambda v: compare_results(v, PREDICTION, ESTIMATE),
        rf.predict(rf.ScalingModel(rf.PowerLaw(2.0, 20)), [4, 6], 8, 0.1),
        r"^prediction must be of the model of estimate, ScalingModel.* got .*alpha=2",
    ),
    (lambda v: compare_results(PREDICTION, v, ESTIMATE), GRID, r"^planar must be at the points"),
]


@pytest.mark.parametrize(("call", "value", "said"), OBJECTS)
def test_objects_of_another_kind_are_told_what_they_have_to_be(call, value, said):
    refused(call, value, said)


PLOTS = [
    (plotting.loss_curve, 5, r"^prediction must be a Prediction or a .*, got 5"),
    (plotting.loss_curve, ESTIMATE, r"^prediction must be a .*Prediction, got an Estimate"),
    (lambda v: plotting.loss_curve(PREDICTION, v), PREDICTION, r"^estimate must be an Estimate"),
    (lambda v: plotting.loss_curve(PREDICTION, dashed=v), 5, r"^dashed must be a Prediction or "),
    (lambda v: plotting.loss_curve(PREDICTION, ax=v), "x", r"^ax must be an Axes, got a str: 'x'"),
    (lambda v: plotting.loss_curve(PREDICTION, x=v), "Q", r"^x must be one of N, T, ridge, got"),
    (lambda v: plotting.loss_curve(PREDICTION, x=v), ["N"], r"^x must be one .* a list with a str"),
    (lambda v: plotting.loss_curve(PREDICTION, suffix=v), 5, r"^suffix must be a str, got 5"),
    (
        lambda v: plotting.loss_curve(PREDICTION, labels=v),
        ["a", "b"],
        r"^labels must be 1 strings, one a curve, got 2",
    ),
    (lambda v: plotting.loss_curve(PREDICTION, labels=v), "a", r"^labels must be .* a str: 'a'"),
    (lambda v: plotting.loss_curve(PREDICTION, labels=v), [5], r"^labels .* got 5 among them"),
    (
        lambda v: plotting.loss_curve(PREDICTION, first_colour=v),
        1.5,
        r"^first_colour must be an integer >= 0, got 1.5",
    ),
    (plotting.double_descent, None, r"^prediction must be a Prediction, got None"),
    (
        lambda v: plotting.double_descent(PREDICTION, x=v),
        "ridge",
        r"^x must be one of N, T, got 'ridge'",
    ),
    (plotting.breakdown, 5, r"^prediction must be a Prediction, got 5"),
    (lambda v: plotting.breakdown(PREDICTION, None, v), [1], r"^closed_forms must be a Mapping, "),
    (
        lambda v: plotting.breakdown(PREDICTION, None, {"talk": v}),
        MASKED,
        r"^closed_forms\['talk'\] must be losses, got a masked array",
    ),
    (
        lambda v: plotting.breakdown(PREDICTION, None, {"talk": v}),
        [1.0, 2.0, 3.0],
        r"^shapes must broadcast together, got prediction \(2,\), closed_forms\['talk'\] \(3,\)",
    ),
    (plotting.loss_map, ESTIMATE, r"^prediction must be a Prediction, got an Estimate"),
    (lambda v: plotting.loss_map(GRID, v), 5, r"^path must be a Prediction, got 5"),
    (lambda v: plotting.loss_map(GRID, ax=v), 5, r"^ax must be an Axes, got 5"),
    (plotting.corrections, PREDICTION, r"^comparison must be a Comparison, got a Prediction"),
    (lambda v: plotting.corrections(COMPARISON, x=v), 5, r"^x must be one of N, T, ridge, got 5"),
]


@pytest.mark.parametrize(("call", "value", "said"), PLOTS)
def test_figures_say_what_they_take(call, value, said):
    refused(call, value, said)
    assert not plt.get_fignums(), "nothing is begun before it is refused"


def test_max_draws_is_not_ignored():
    for function in (rf.simulate, rf.sweep):
        with pytest.raises(
            ValueError, match=r"^max_draws must be given with target_stderr, got 5 without it"
        ):
            function(MODEL, 4, 8, draws=32, max_draws=5)
    assert Options(draws=32, target_stderr=0.1).max_draws == 10_000
    assert Options(draws=32).most_draws == 32
    stored = Options(draws=4, seed=1).parameters()
    assert Options.from_parameters(stored) == Options(draws=4, seed=1)


@dataclass(frozen=True, eq=False)
class MaskedSpectrum(rf.Spectrum):
    @property
    def eigenvalues(self):
        return np.ma.array([2.0, 1.0], mask=[False, True])


@dataclass(frozen=True, eq=False)
class WordySpectrum(rf.Spectrum):
    M: str = "five"

    @property
    def eigenvalues(self):
        return np.ones(2)


@dataclass(frozen=True, eq=False)
class MaskedTeacher(rf.Teacher):
    kind: type = float

    def relative(self, start, stop):
        return np.ma.array(np.ones(stop - start, dtype=self.kind), mask=True)


@dataclass(frozen=True)
class MaskedLosses(rf.Estimator):
    def losses(self, experiment, draws, ridge):
        return np.ma.ones((len(draws), 2, 4, ridge.size))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: rf.ScalingModel(MaskedSpectrum()), r"^MaskedSpectrum.eigenvalues must be .* mask"),
        (lambda: rf.ScalingModel(WordySpectrum()), r"^WordySpectrum.M must be .* a str: 'five'"),
        (
            lambda: rf.ScalingModel(SPECTRUM, teacher=MaskedTeacher()),
            r"^MaskedTeacher.relative must be finite numbers, got a masked array",
        ),
        (
            lambda: rf.ScalingModel(SPECTRUM, teacher=MaskedTeacher(bool)),
            r"^MaskedTeacher.relative must be finite numbers, got a masked array",
        ),
        (
            lambda: rf.simulate(MODEL, 4, 8, draws=2, estimator=MaskedLosses()),
            r"^MaskedLosses.losses must be losses >= 0, or inf, got a masked array",
        ),
    ],
)
def test_classes_of_users_do_not_lose_masks(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def _foreign(folder):
    """Files that others wrote, and what is said of each."""
    np.save(folder / "array.npy", np.ones(3))
    np.save(folder / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(folder / "other.npz", a=np.ones(3))
    np.savez(folder / "header.npz", header=np.array("hello"))
    np.savez(folder / "pickled.npz", header=np.array([{}], dtype=object))
    (folder / "pickle").write_bytes(pickle.dumps({"a": 1}))
    (folder / "text.csv").write_text("N,T\n1,2\n")
    (folder / "empty").touch()
    (folder / "folder").mkdir()
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("header", "{}")
    return {
        "array.npy": "it is a single numpy array",
        "objects.npy": "it is a single numpy array",
        "other.npz": "it is another archive, without a header",
        "header.npz": "it is damaged, or of another program",
        "pickled.npz": "it is another kind of file",
        "pickle": "it is another kind of file",
        "text.csv": "it is another kind of file",
        "empty": "it is empty",
        "folder": "it is a folder",
        "a.zip": "it is damaged, or of another program",
    }


def test_other_files_are_no_results_and_are_not_to_be_trusted(tmp_path):
    for name, said in _foreign(tmp_path).items():
        start = re.escape(f"{tmp_path / name} is not a saved result of rfscale: ")
        with pytest.raises(ValueError, match=rf"^{start}{said}") as caught:
            rf.Prediction.load(tmp_path / name)
        assert "pickle" not in str(caught.value).replace(str(tmp_path / name), "")


@pytest.mark.parametrize("name", ["objects.npy", "pickle", "text.csv", "empty"])
def test_other_files_hold_no_eigenvalues(name, tmp_path):
    _foreign(tmp_path)
    with pytest.raises(ValueError, match=r"is not a .npy file of numbers: it is ") as caught:
        read_npy(str(tmp_path / name))
    assert "pickle" not in str(caught.value).replace(str(tmp_path / name), "")


@dataclass(frozen=True, eq=False)
class OwnSpectrum(rf.Spectrum):
    """Holds an array that is read-only, and one that is not."""

    values: np.ndarray
    scratch: np.ndarray

    def __post_init__(self):
        values = np.array(self.values)
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    @property
    def eigenvalues(self):
        return self.values


def arrays(value):
    """All arrays in a result, and what they are views of; not those for compiled sums."""
    if isinstance(value, np.ndarray):
        yield value
        yield from arrays(value.base)
    elif isinstance(value, tuple):
        for item in value:
            yield from arrays(item)
    elif dataclasses.is_dataclass(value):
        for name, item in vars(value).items():
            if name not in ("nodes", "scratch"):
                yield from arrays(item)


def _reloaded(result, folder):
    result.save(folder / "result")
    return type(result).load(folder / "result")


AGAIN = {
    "itself": lambda result, _: result,
    "pickle": lambda result, _: pickle.loads(pickle.dumps(result)),
    "deepcopy": lambda result, _: copy.deepcopy(result),
    "copy": lambda result, _: copy.copy(result),
    "replace": lambda result, _: dataclasses.replace(result),
    "load": _reloaded,
}
SEVERAL = rf.ScalingModel(rf.PowerLaw([0.5, 1.0], [50, 60], [1.0, 2.0]))
GIVEN = rf.ScalingModel(
    rf.Eigenvalues(np.arange(20.0, 0.0, -1)),
    teacher=rf.GivenWeights(np.ones(20)),
    test_spectrum=np.ones(20),
)
OWN = rf.ScalingModel(OwnSpectrum(np.array([2.0, 1.0]), np.ones(3)))
RESULTS = {
    "several": lambda N: rf.predict(SEVERAL, N, 8.0),
    "given": lambda N: rf.predict(GIVEN, N, 8.0),
    "own": lambda N: rf.predict(OWN, N, 8.0),
    "best": lambda N: rf.optimal_ridge(MODEL, N, 8.0),
    "split": lambda N: rf.bias_variance(MODEL, N, 8.0),
    "compute": lambda N: rf.compute_optimal(MODEL, N, "optimal"),
    "comparison": lambda N: rf.compare(GIVEN, N, [8], 0.1, draws=2, seed=1),
    "sweep": lambda N: rf.sweep(GIVEN, N, [8, 9], 0.1, draws=2, seed=1, progress=False),
    "estimate": lambda N: SWEEP.estimate(0, "N"),
}


@pytest.mark.parametrize("way", AGAIN)
@pytest.mark.parametrize("name", RESULTS)
def test_results_are_read_only_wherever_they_come_from(name, way, tmp_path):
    N = np.array([4.0, 6.0])
    result = AGAIN[way](RESULTS[name](N), tmp_path)
    found = list(arrays(result))
    assert len(found) > 8
    assert not any(array.flags.writeable for array in found)
    assert N.flags.writeable
    assert not any(np.shares_memory(N, array) for array in found)
    with pytest.raises(AttributeError):
        result.N = 5  # type: ignore[misc]


@pytest.mark.parametrize("way", ["pickle", "deepcopy", "copy"])
def test_own_classes_keep_which_of_their_arrays_may_be_written(way, tmp_path):
    again = AGAIN[way](OWN.spectrum, tmp_path)
    assert not again.values.flags.writeable
    assert again.scratch.flags.writeable
    assert vars(again).keys() == {"values", "scratch"}


def test_models_do_not_change_with_the_arrays_that_they_are_made_from():
    given = np.array([2.0, 1.0])
    model = rf.ScalingModel(
        rf.Eigenvalues(given), teacher=rf.GivenWeights(given), test_spectrum=given
    )
    alphas = rf.PowerLaw(given, 9)
    given[:] = 7.0
    for array in (model.spectrum.array, model.teacher.array, model.test_spectrum.array):
        assert array.tolist() == [2.0, 1.0]
    assert alphas.alpha.tolist() == [2.0, 1.0]
