"""Estimators from outside the package, on everything that runs the one that is built in."""

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import pytest
from sweeps_shared import MODELS, PlainNumpy, assert_same

import rfscale as rf
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.one_draw import linear_features
from rfscale.simulation.options import Options

MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 40, 0.5), sigma_w=1.3, sigma_u=0.7, sigma_eps=0.2)
SMALL_GRID = {"N": [4, 9], "T": [6, 12], "ridge": [1e-3, 0.1], "draws": 5, "seed": 3}


def test_a_plain_learner_gives_what_linear_features_give(monkeypatch):
    """On the same draws, to rounding: losses, standard errors and the best ridge."""
    monkeypatch.setattr(linear_features, "SMALL", 0)  # each draw has a stream of its own
    for ridge in ([1e-3, 0.1], "optimal"):
        points = ([[5], [8]], 7, ridge)
        ours = rf.simulate(MODEL, *points, draws=6, seed=2)
        theirs = rf.simulate(MODEL, *points, draws=6, seed=2, estimator=PlainNumpy())
        # normal equations lose the condition number of phi^T phi + ridge, below 1e5 here. The best
        # ridge is where the slope vanishes: it is known to xatol = 1e-6 of its logarithm, and the
        # losses there to the same
        tolerance = 1e-10 if ridge != "optimal" else 1e-5
        np.testing.assert_allclose(theirs.ridge, ours.ridge, rtol=tolerance)
        for name in Estimate.LOSSES:
            for statistic in ("mean", "stderr", "median"):
                a, b = (getattr(getattr(e, name), statistic) for e in (theirs, ours))
                np.testing.assert_allclose(a, b, rtol=tolerance, err_msg=name)


def test_its_parameters_are_its_own():
    four = rf.simulate(MODEL, 5, 7, 0.01, draws=3, seed=1, estimator=PlainNumpy(4.0))
    ridge = rf.simulate(MODEL, 5, 7, 4 * 0.01, draws=3, seed=1, estimator=PlainNumpy())
    assert four.test.mean == ridge.test.mean
    assert four.test.mean != rf.simulate(MODEL, 5, 7, 0.01, draws=3, seed=1).test.mean


def test_draws_are_added_until_a_target_is_met():
    arguments = {"draws": 8, "target_stderr": 0.02, "seed": 1, "estimator": PlainNumpy()}
    met = rf.simulate(MODEL, [5, 9], 7, 0.1, **arguments)
    assert np.all(met.test.stderr <= 0.02 * met.test.mean)
    assert np.all(met.draws > 8)
    fixed = {"draws": int(met.draws[0]), "seed": 1, "estimator": PlainNumpy()}
    assert rf.simulate(MODEL, 5, 7, 0.1, **fixed).test.mean == met.test.mean[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: ThreadPoolExecutor(2),
        lambda: ProcessPoolExecutor(2, mp_context=get_context("forkserver")),
    ],
    ids=["threads", "forkserver"],
)
def test_the_same_bits_over_an_executor_and_from_a_store(make, tmp_path):
    path = tmp_path / "sweep.db"
    other = PlainNumpy(4.0)
    serial = rf.sweep(MODEL, **SMALL_GRID, estimator=other)
    alone = rf.simulate(
        MODEL, 9, [[6], [12]], [1e-3, 0.1], draws=5, seed=3, workers=2, estimator=other
    )
    assert np.array_equal(serial.test.mean[0, 1], alone.test.mean)
    with make() as executor:
        assert_same(
            rf.sweep(MODEL, **SMALL_GRID, estimator=other, executor=executor, store=path), serial
        )
    assert_same(rf.resume_sweep(path), serial)
    for estimator, said in [
        (rf.LinearFeatures(), "estimator is sweeps_shared.PlainNumpy there, LinearFeatures here"),
        (PlainNumpy(), "estimator.factor = 4.0 there, 1.0 here"),
    ]:
        with pytest.raises(ValueError, match=f"is the store of another sweep: {said}$"):
            rf.sweep(MODEL, **SMALL_GRID, estimator=estimator, store=path)


def test_a_store_of_a_class_that_is_not_defined_says_so(tmp_path):
    path = tmp_path / "sweep.db"
    rf.sweep(MODEL, **SMALL_GRID, estimator=PlainNumpy(), store=path)
    code = f"import rfscale as rf; rf.resume_sweep({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "the class PlainNumpy of module sweeps_shared is not defined here" in done.stderr


def test_options_are_stored_and_read():
    options = Options(draws=7, seed=3, test_points=4, estimator=PlainNumpy(2.0))
    assert Options.from_parameters(json.loads(json.dumps(options.parameters()))) == options


@dataclass(frozen=True)
class Misshapen(rf.Estimator):
    def losses(self, experiment, draws, ridge):
        return np.zeros((len(draws), 4, ridge.size))


def test_what_is_no_estimator_is_refused():
    said = r"^Misshapen.losses must return the shape \(1, 2, 4, 1\), got \(1, 4, 1\)"
    with pytest.raises(ValueError, match=said):
        rf.simulate(MODELS["one"], 5, 7, draws=2, estimator=Misshapen())


@dataclass(frozen=True)
class Constant(rf.Estimator):
    """The same losses and rounding errors in all draws but one, draw 2 at N = 5."""

    last: tuple = (1.0, 1.0, 1.0, 1.0)
    rounding: tuple = (0.0, 0.0, 0.0, 0.0)

    def losses(self, experiment, draws, ridge):
        found = np.ones((len(draws), 2, 4, ridge.size))
        found[:, 1] = 0.0
        for i, draw in enumerate(draws):
            if (draw, experiment.N) == (2, 5):
                found[i, 0, :, -1] = self.last
                found[i, 1, :, -1] = self.rounding
        return found

    def batch_size(self, experiment):
        return 2


NONE = (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Constant((np.nan, 1.0, 1.0, 1.0)), "nan as test loss"),
        (Constant((1.0, 1.0, 1.0, np.nan)), "nan as train loss"),
        (Constant(NONE, (0.0, np.nan, 0.0, 0.0)), "nan as rounding error of the signal loss"),
        (Constant((-0.5, 1.0, 1.0, 1.0)), "-0.5 as test loss"),
        (Constant((-0.5, 0.0, 0.0, 0.0)), "-0.5 as test loss"),
        (Constant((1.0, 1.0, -0.5, 1.0), (1.0, 1.0, 0.4, 1.0)), "-0.5 as noise loss"),
    ],
)
def test_losses_that_are_none_are_refused(other, said):
    where = r"loss at N = 5, T = 7, ridge = 0.1 in draw 2$"
    start = r"^Constant.losses must return losses >= 0, or inf, and their rounding errors, got "
    with pytest.raises(ValueError, match=rf"{start}{said.removesuffix('loss')}{where}"):
        rf.simulate(MODEL, [[6], [5]], 7, [0.0, 0.1], draws=4, seed=1, estimator=other)


@pytest.mark.parametrize(
    "other",
    [
        Constant((np.inf, np.inf, 1.0, 1.0)),
        Constant((-0.5, 0.0, 0.0, 0.0), (0.6, 0.0, 0.0, 0.0)),
        Constant((1e9, 1e9, -1.0, 0.0)),  # 1e-9 of the largest
        Constant((-1e-10, -1e-10, 0.0, 0.0)),  # the model's scale is 0.04/2, that of the noise
    ],
)
def test_infinite_losses_and_rounding_below_zero_are_allowed(other):
    estimate = rf.simulate(MODEL, 5, 7, 0.1, draws=4, seed=1, estimator=other)
    assert estimate.test.mean == (3 + other.last[0]) / 4


def test_infinite_parts_of_opposite_signs_are_infinite_for_linear_features():
    """1e400 of noise, and a cross term of 1e200 times either sign of a power of the same size."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 40), sigma_w=1e200, sigma_eps=1e200)
    with np.errstate(all="ignore"):
        estimate = rf.simulate(model, 5, 9, draws=20, seed=1, test_points=3)
    assert np.isinf(estimate.test.mean)
