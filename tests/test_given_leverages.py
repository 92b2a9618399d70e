"""Leverages as users give them: what is refused, stored and said, and a comparison with theory."""

import dataclasses
import json
import pickle
import re

import numpy as np
import pytest
from sweeps_shared import PlainNumpy, assert_same, forget

import rfscale as rf
from rfscale.comparison import compare_results
from rfscale.model.leverages import checked_leverages
from rfscale.simulation.options import Options

TAU = np.array([0.2, 0.4, 0.7, 1.2, 2.5])
MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_w=1.3, sigma_u=0.7, sigma_eps=0.1)
GRID = {"N": [5, 9], "T": [7, 12], "ridge": [1e-3, 0.1], "draws": 6, "seed": 3, "progress": False}


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


@pytest.mark.parametrize(
    ("leverages", "options", "said"),
    [
        ([2.0, 3.0], {}, "leverages must have mean 1, got numbers with mean 2.5"),
        (TAU, {"order": "one-loop"}, "order must be planar with leverages, got one-loop"),
        (TAU, {"order": "resummed"}, "order must be planar with leverages"),
        (TAU, {"ridge": "best"}, 'ridge must be numbers >= 0 or "optimal", got a str'),
        (TAU, {"kernel_ridge": -1.0}, "kernel_ridge must be"),
        (TAU, {"training": rf.GradientFlow(1.0)}, "training and leverages must not both be given"),
        (TAU, {"training": rf.Ridge(1.0)}, "training and leverages must not both be given"),
    ],
)
def test_predict_refuses_what_it_does_not_know_with_leverages(leverages, options, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        rf.predict(MODEL, 4, 5, leverages=leverages, **options)


def test_results_say_which_leverages(tmp_path):
    path = tmp_path / "result.npz"
    grid = rf.sweep(MODEL, **GRID, leverages=TAU)
    of_samples = "\nsamples scaled by leverages of variance 0.676"
    for result, said in [
        (rf.predict(MODEL, [4, 9], 14, 0.2, leverages=TAU[::-1]), "leverages of variance 0.676"),
        (rf.simulate(MODEL, 9, 12, 0.1, draws=3, seed=1, leverages=TAU[::-1]), of_samples),
        (grid, of_samples),
        (grid.estimate(), of_samples),
    ]:
        columns = result.columns()
        assert set(columns["leverage_variance"]) == {np.var(TAU)}
        assert "leverages" not in columns
        assert said in str(result)
        result.save(path)
        loaded = type(result).load(path)
        assert loaded.leverages.tolist() == TAU.tolist()
        np.testing.assert_equal(loaded.columns(), columns)


def test_results_without_leverages_do_not_speak_of_them():
    for result in (rf.simulate(MODEL, 5, 12, 0.1, draws=3, seed=1), rf.sweep(MODEL, **GRID)):
        assert result.leverages is None
        assert not {"leverages", "leverage_variance"} & result.columns().keys()
        assert "leverages" not in str(result)


def test_a_sweep_has_the_same_bits_from_a_store(tmp_path):
    path = tmp_path / "sweep.db"
    serial = rf.sweep(MODEL, **GRID, workers=1, leverages=TAU)
    at = [[[5]], [[9]]], [[7], [12]], [1e-3, 0.1]
    alone = rf.simulate(MODEL, *at, draws=6, seed=3, workers=2, leverages=TAU)
    assert np.array_equal(serial.test.mean[0], alone.test.mean)
    assert_same(rf.sweep(MODEL, **GRID, store=path, leverages=TAU[::-1]), serial)
    forget(path, "cell in (1, 2)")
    resumed = rf.resume_sweep(path, progress=False)
    assert_same(resumed, serial)
    assert resumed.leverages.tolist() == resumed.estimate().leverages.tolist() == TAU.tolist()
    with pytest.raises(ValueError, match=r"another sweep: leverages = .*0\.4.* there, null here"):
        rf.sweep(MODEL, **GRID, store=path)
    with pytest.raises(ValueError, match=r"another sweep: leverages = \[0\.2, 0\.4, 0\.7, "):
        rf.sweep(MODEL, **GRID, store=path, leverages=TAU / 2 + 0.5)


def test_options_with_leverages_are_stored_and_compared():
    options = Options(draws=7, seed=3, leverages=TAU[::-1])
    assert Options.from_parameters(json.loads(json.dumps(options.parameters()))) == options
    assert options != Options(draws=7, seed=3)
    experiment = pickle.loads(pickle.dumps(options.experiment(MODEL, 9, 12)))  # as executors do
    assert experiment.leverages.tolist() == TAU.tolist()


def test_an_estimator_of_a_user_draws_its_own_data():
    with pytest.raises(
        ValueError, match=r"leverages must not be given .*PlainNumpy draws its data"
    ):
        rf.simulate(MODEL, 5, 7, 0.1, draws=2, leverages=TAU, estimator=PlainNumpy())


def test_theory_and_simulation_are_compared():
    """And a theory with other leverages is refused."""
    model = rf.ScalingModel(rf.PowerLaw(0.5, 80), sigma_eps=0.3)
    options = {"draws": 100, "seed": 1, "workers": 1}
    found = rf.compare(model, [20, 40], 60, [[0.5], [2.0]], leverages=TAU, **options)
    assert found.judged.all()
    assert found.agrees.all()
    assert set(found.columns()["leverage_variance"]) == {np.var(TAU)}
    for text in ("leverages of variance 0.676", "4 of 4 points", "signals, noises"):
        assert text in str(found)
    wide = np.array([0.01, 0.02, 2.97])
    estimate = rf.simulate(model, 40, 60, 0.5, leverages=wide, **options)
    predicted = rf.predict(model, 40, 60, 0.5, leverages=TAU)
    assert compare_results(predicted, None, dataclasses.replace(estimate, leverages=TAU)).disagrees
    plain = rf.predict(model, 40, 60, 0.5)
    for theory in ((predicted, None), (plain, plain)):
        with pytest.raises(ValueError, match="prediction must have the leverages of estimate"):
            compare_results(*theory, estimate)
    with pytest.raises(ValueError, match="training and leverages must not both be given"):
        rf.compare(model, 4, 5, training=rf.GradientFlow(1.0), leverages=TAU)
