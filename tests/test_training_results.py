"""Simulations of trainings: their results, stores, moments, rounding errors and bad input."""

import pickle
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
from sweeps_shared import PlainNumpy

import rfscale as rf
from rfscale.simulation.cell import Cell, memory, run_cell
from rfscale.simulation.estimate import Estimate, Sweep
from rfscale.simulation.options import Options

# at the end of training without ridge
pytestmark = pytest.mark.filterwarnings("ignore:the test loss has no variance")

MODEL = rf.ScalingModel(rf.PowerLaw(0.6, 20), sigma_w=1.7, sigma_u=0.4, sigma_eps=0.3)
QUICK = {"draws": 4, "seed": 1}
TIMES = np.array([0.0, 0.3, 20.0, np.inf])


@dataclass(frozen=True, eq=False)
class Landweber(rf.Training):
    """Gradient descent, as a user of the package would write it."""

    step_size: Any
    steps: Any = 7

    def filter(self, s):
        return (1 - (1 - self.step_size * s) ** self.steps) / s


class NoDataclass(rf.Training):
    def filter(self, s):
        return s


@dataclass(frozen=True, eq=False)
class Broken(rf.Training):
    """Returns what is no filter; where it is asked for eigenvalues below 1e-3 if `late`."""

    returned: str

    def filter(self, s):
        return {"nan": s * np.nan, "scalar": 1.0, "late": np.where(s < 1e-3, np.nan, 1.0)}[
            self.returned
        ]


def test_arrays_broadcast_with_sizes_and_columns_say_how_it_was_trained():
    flow = rf.GradientFlow(time=TIMES, ridge=[[[0.0]], [[0.1]]])
    estimate = rf.simulate(MODEL, [[5], [8], [5]], 7, training=flow, **QUICK)
    assert estimate.test.mean.shape == (2, 3, 4)
    assert estimate.ridge is None
    assert estimate.kernel_ridge is None
    assert estimate.training == flow
    np.testing.assert_array_equal(estimate.test.mean[:, 0], estimate.test.mean[:, 2])
    columns = estimate.columns()
    assert set(columns["training"]) == {"GradientFlow"}
    assert columns["time"].tolist() == np.tile(TIMES, 6).tolist()
    assert columns["ridge"].tolist() == [0.0] * 12 + [0.1] * 12
    assert not {"kernel_ridge", "tau"} & set(columns)
    assert list(estimate.short_columns())[:6] == ["M", "N", "T", "training", "time", "ridge"]
    assert estimate.to_frame().shape[0] == 24
    for i, ridge in enumerate([0.0, 0.1]):  # each point alone
        one = rf.simulate(MODEL, 8, 7, training=rf.GradientFlow(time=0.3, ridge=ridge), **QUICK)
        assert one.test.mean == pytest.approx(estimate.test.mean[i, 1, 1], rel=1e-13, abs=0)


def test_a_users_class_with_a_name_that_is_taken_keeps_both():
    @dataclass(frozen=True, eq=False)
    class Named(rf.Training):
        N: Any

        def filter(self, s):
            return 1 / (s + self.N)

    columns = rf.simulate(MODEL, 5, 7, training=Named(np.array([0.1, 0.2])), **QUICK).columns()
    assert columns["N"].tolist() == [5, 5]
    assert columns["training_N"].tolist() == [0.1, 0.2]


@pytest.mark.parametrize(
    "training",
    [
        rf.GradientFlow(tau=TIMES),
        rf.HeavyBall([0, 3, 9], 0.1, 0.5),
        Landweber(np.array([0.1, 0.2])),
        rf.IteratedRidge(0.1),
    ],
)
def test_results_and_trainings_are_saved_and_loaded(training, tmp_path):
    estimate = rf.simulate(MODEL, 5, 7, training=training, **QUICK)
    estimate.save(tmp_path / "a.npz")
    loaded = Estimate.load(tmp_path / "a.npz")
    assert loaded.training == training
    old, new = loaded.columns(), estimate.columns()
    assert list(old) == list(new)
    assert all(np.array_equal(old[name], new[name]) for name in old)


def test_a_users_class_is_as_good_as_ours():
    ours = rf.simulate(MODEL, 8, 7, training=rf.GradientDescent(7, [0.1, 0.2]), **QUICK)
    theirs = rf.simulate(MODEL, 8, 7, training=Landweber(np.array([0.1, 0.2])), **QUICK)
    # one difference of 1 and what is left of a direction
    np.testing.assert_allclose(theirs.test.mean, ours.test.mean, rtol=1e-12)
    np.testing.assert_allclose(theirs.train.mean, ours.train.mean, rtol=1e-12)


GRID = {"N": [5, 8], "T": [6, 7], "draws": 5, "seed": 3, "progress": False}


@pytest.mark.parametrize(
    "training", [rf.GradientFlow(tau=TIMES), Landweber(np.array([0.1, 0.2])), Landweber(0.1)]
)
def test_a_sweep_has_an_axis_of_trainings_and_a_store_of_it(training, tmp_path):
    path = tmp_path / "sweep.db"
    model = {"a": MODEL}
    swept = rf.sweep(model, training=training, store=path, **GRID)
    assert swept.test.mean.shape == (1, 2, 2, *(training.shape or (1,)))
    assert swept.ridge is None
    assert "model, N, T, training" in repr(swept)
    simulated = rf.simulate(
        MODEL,
        np.array([5, 8])[:, None, None],
        np.array([6, 7])[:, None],
        training=training,
        draws=5,
        seed=3,
    )
    estimate = swept.estimate("a")
    expected = np.reshape(simulated.test.mean, estimate.test.mean.shape)
    np.testing.assert_array_equal(estimate.test.mean, expected)
    assert estimate.columns()["training"][0] == type(training).__name__
    along = swept.estimate(along="N")
    np.testing.assert_array_equal(along.test.mean, np.moveaxis(estimate.test.mean, 0, -1))
    for name, values in estimate.columns().items():  # rows of the one are rows of the other
        assert sorted(map(str, values)) == sorted(map(str, along.columns()[name]))
        assert sorted(map(str, values)) == sorted(map(str, swept.columns()[name]))
    resumed = rf.resume_sweep(path, progress=False)
    assert resumed.training == swept.training
    np.testing.assert_array_equal(resumed.test.mean, swept.test.mean)
    rf.sweep(model, training=training, store=path, **GRID)
    swept.save(tmp_path / "a.npz")
    assert Sweep.load(tmp_path / "a.npz").training == swept.training
    with pytest.raises(ValueError, match=r"another sweep: training.* there, .* here"):
        rf.sweep(model, training=rf.PrincipalComponents([0.1]), store=path, **GRID)
    with pytest.raises(ValueError, match=r"another sweep: .*training = .* there, null here"):
        rf.sweep(model, ridge=0.1, store=path, **GRID)


def test_it_runs_on_executors():
    here = rf.sweep(MODEL, training=Landweber(np.array([0.1, 0.2])), **GRID)
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as executor:
        there = rf.sweep(MODEL, training=Landweber(np.array([0.1, 0.2])), executor=executor, **GRID)
    np.testing.assert_array_equal(here.test.mean, there.test.mean)


def test_a_function_is_no_part_of_a_file(tmp_path):
    estimate = rf.simulate(MODEL, 5, 7, training=lambda s: 1 / (s + 0.1), **QUICK)
    assert estimate.columns()["training"].tolist() == ["Filter"]
    for write in (
        lambda: estimate.save(tmp_path / "a.npz"),
        lambda: rf.sweep(MODEL, training=estimate.training, store=tmp_path / "a.db", **GRID),
    ):
        with pytest.raises(
            ValueError, match=r"^training must be a class .* rfscale.Training to be"
        ):
            write()
    assert not list(tmp_path.iterdir())


def test_moments_are_missing_only_at_the_end_of_training():
    flow = rf.GradientFlow(tau=[0.0, 1e6, np.inf])
    estimate = rf.simulate(MODEL, [[7], [12]], 7, training=flow, **QUICK)
    assert estimate.has_no_mean().tolist() == [[False, False, True], [False] * 3]
    assert np.all(np.isinf(estimate.tail_exponent()[:, :2]))
    assert any("no mean" in remark for remark in estimate.remarks())
    swept = rf.sweep(MODEL, [7, 12], 7, training=flow, progress=False, **QUICK)
    assert swept.has_no_mean()[0, :, 0].tolist() == estimate.has_no_mean().tolist()
    cut = rf.simulate(MODEL, 7, 7, training=rf.PrincipalComponents([0.0, 0.1]), **QUICK)
    assert cut.has_no_mean().tolist() == [True, False]


def test_draws_are_added_until_a_target_is_met_at_all_times():
    flow = rf.GradientFlow(time=[0.3, 20.0])
    met = rf.simulate(MODEL, 8, 12, training=flow, draws=8, target_stderr=0.02, seed=1)
    assert np.all(met.test.stderr <= 0.02 * met.test.mean)
    count = int(met.draws[0])
    assert count > 8
    fixed = rf.simulate(MODEL, 8, 12, training=flow, draws=count, seed=1)
    np.testing.assert_array_equal(met.test.mean, fixed.test.mean)


@pytest.mark.parametrize("sizes", [(6, 9), (9, 6)])
def test_any_law_of_the_latents_any_number_of_workers(sizes):
    flow = rf.GradientFlow(time=TIMES[:3])
    for latents in ("gaussian", "rademacher"):
        arguments = {"training": flow, "draws": 130, "seed": 1, "latents": latents}
        one = rf.simulate(MODEL, *sizes, workers=1, **arguments)
        three = rf.simulate(MODEL, *sizes, workers=3, **arguments)
        np.testing.assert_array_equal(one.test.mean, three.test.mean)


def test_what_rounding_hides_is_said_as_of_ridges():
    """Singular values fall below eps of the largest: noise is not determined once they are learned,
    and is while they are not.
    """
    model = rf.ScalingModel(rf.PowerLaw(40.0, 30), sigma_eps=0.3)
    at_end = rf.simulate(model, 10, 12, [0.0, 1e-3], **QUICK)
    assert np.isinf(at_end.noise.stderr).tolist() == [True, False]
    flow = rf.simulate(model, 10, 12, training=rf.GradientFlow(time=[0.0, 1e3, np.inf]), **QUICK)
    assert np.isinf(flow.noise.stderr).tolist() == [False, False, True]
    ridges = rf.Ridge([0.0, 1e-40, 1e-3])
    as_training = rf.simulate(model, 10, 12, training=ridges, **QUICK)
    as_ridge = rf.simulate(model, 10, 12, ridges.ridge, **QUICK)
    for name in ("noise", "train", "signal"):
        found, expected = (getattr(e, name).stderr for e in (as_training, as_ridge))
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    for training in (lambda s: 1 / s, rf.PrincipalComponents(0.0)):
        assert np.isinf(rf.simulate(model, 10, 12, training=training, **QUICK).noise.stderr)
    kept = rf.simulate(model, 10, 12, training=rf.PrincipalComponents(1e-3), **QUICK)
    assert np.isfinite(kept.noise.stderr)


def test_nothing_is_warned_of_and_nothing_is_nan():
    """Filters at eigenvalues from 1e-32 of the largest on, and numbers out of range between."""
    model = rf.ScalingModel(rf.PowerLaw(40.0, 30), sigma_eps=0.3)
    for training in (
        rf.GradientFlow(time=[0.0, 1e300, np.inf], ridge=[[0.0], [1e-300], [1e300]]),
        rf.GradientDescent([0, 1, 1000], [1e-300, 1e-3, 1e-2]),
        rf.IteratedRidge([1e-300, 1.0, 1e300], 50),
        rf.PrincipalComponents([0.0, 1e-30, 1e300]),
        rf.Ridge([0.0, 1e-300, np.inf]),
        lambda s: np.minimum(1e3, 1 / s),
        lambda s: s,
        lambda s: 0 * s,
    ):
        with np.errstate(all="raise", under="ignore"):
            estimate = rf.simulate(model, 10, 12, training=training, **QUICK)
        for name in ("test", "signal", "noise", "train"):
            assert not np.any(np.isnan(getattr(estimate, name).mean))
            assert not np.any(np.isnan(getattr(estimate, name).stderr))


FLOW = rf.GradientFlow(time=1.0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"ridge": 0.0, "training": FLOW}, "^ridge and training must not both .* ridge = 0.0 and"),
        ({"ridge": "optimal", "training": FLOW}, "^ridge and training must not both be given"),
        ({"kernel_ridge": 1, "training": FLOW}, "^kernel_ridge and training must not both"),
        ({"training": 0.1}, "^training must be a Training, .* or a filter, .* got 0.1"),
        ({"training": rf.GradientFlow}, "^training must be a Training, .* the class GradientFlow"),
        ({"training": "flow"}, "^training must be a Training, .*'flow'"),
        ({"training": lambda s: s * np.nan}, "^function must return finite numbers"),
        ({"training": lambda s: 1.0}, "^function must return an array of the shape"),
        ({"training": Broken("nan")}, "^Broken.filter must return finite numbers"),
        ({"training": Broken("scalar")}, "^Broken.filter must return an array of the shape"),
        ({"training": Broken("late")}, "^Broken.filter must return finite numbers.* at s = "),
        (
            {"training": rf.GradientDescent(10, 100.0)},
            r"^step_size must be at most [\d.]+.* largest eigenvalue .* got 100",
        ),
        ({"training": NoDataclass()}, "^training must be a dataclass, got NoDataclass"),
        (
            {"training": FLOW, "estimator": PlainNumpy()},
            "^training must not be given with an estimator of your own, as PlainNumpy",
        ),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises(ValueError, match=said):
        rf.simulate(MODEL, [5, 8], 7, **QUICK, **arguments)
    with pytest.raises(ValueError, match=said):
        rf.sweep(MODEL, [5, 8], 7, progress=False, **QUICK, **arguments)


def test_a_filter_that_is_none_is_refused_before_any_work(monkeypatch):
    monkeypatch.setattr("rfscale.simulation.running.runner.run_cell", None)
    for returned in ("nan", "scalar"):
        with pytest.raises(ValueError, match=r"^Broken.filter must return"):
            rf.simulate(MODEL, 5, 7, training=Broken(returned), **QUICK)


def test_shapes_must_broadcast():
    flow = rf.GradientFlow(time=[1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"got N \(2,\), T \(\), training \(3,\)"):
        rf.simulate(MODEL, [5, 8], 7, training=flow, **QUICK)


def test_what_is_wrong_in_a_sweep_alone():
    for time, said in (
        ([1.0, 2.0, 1.0], "^training must not repeat a value, got time"),
        ([[1.0, 2.0]], r"^training must have numbers, .*got the shape \(1, 2\)"),
    ):
        with pytest.raises(ValueError, match=said):
            rf.sweep(MODEL, 5, 7, training=rf.GradientFlow(time=time), **QUICK)


def test_the_bound_of_a_step_is_the_one_that_is_said():
    """At the bound it says it runs; a bit above it does not."""
    with pytest.raises(ValueError, match=r"at most ([\d.]+)") as error:
        rf.simulate(MODEL, 5, 7, training=rf.GradientDescent(10, 100.0), **QUICK)
    bound = float(str(error.value).split("at most ")[1].split()[0].rstrip(","))
    rf.simulate(MODEL, 5, 7, training=rf.GradientDescent(10, 0.9999 * bound), **QUICK)
    with pytest.raises(ValueError, match="step_size"):
        rf.simulate(MODEL, 5, 7, training=rf.GradientDescent(10, 1.0001 * bound), **QUICK)


def test_times_that_do_not_fit_in_memory_are_refused_before_any_work(monkeypatch):
    times = np.linspace(0, 1, 10**5)
    N = np.ones((10**6, 1))
    with pytest.raises(ValueError, match="a simulation at 100000000000 points needs"):
        rf.simulate(MODEL, N, 7, training=rf.GradientFlow(time=times), **QUICK)
    monkeypatch.setattr("rfscale.support.machine.available_memory", lambda: 1e8)
    for call in (rf.simulate, rf.sweep):
        with pytest.raises(ValueError, match=r"a simulation at N = 5, T = 7 .* needs .* GB"):
            call(MODEL, 5, 7, training=rf.GradientFlow(time=times), draws=100, seed=1)


def test_memory_is_what_is_asked_for():
    options = Options(draws=64, seed=1)
    flow = rf.GradientFlow(time=np.linspace(0, 1, 3000))
    cell = Cell(options.experiment(MODEL, 5, 7), np.full(3000, np.nan), flow)
    run_cell(cell, options, map, lambda count: None)  # compiles
    tracemalloc.start()
    run_cell(cell, options, map, lambda count: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < memory(cell, options, workers=1) < 4 * peak


def test_units_out_of_range_are_refused():
    model = rf.ScalingModel(rf.PowerLaw(0.6, 20), sigma_u=1e-100)
    with pytest.raises(ValueError, match=r"^sigma_u.2 times the largest eigenvalue over M must be"):
        rf.simulate(model, 5, 7, training=FLOW, **QUICK)


def test_trainings_are_pickled():
    for training in (FLOW, Landweber(0.1)):
        assert pickle.loads(pickle.dumps(training)) == training
