"""How experiments on samples run: alike on any workers, kept in a store, and with more draws."""

import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from experiments_shared import GRID, X, Y, assert_same

import rfscale as rf
from rfscale.measured.samples.experiment_cell import SampleCell, SampleTask
from rfscale.simulation.running.runner import run_task

COMPUTE = SampleCell.compute


def test_any_number_of_workers_any_executor_and_any_grid_give_the_same_numbers():
    serial = rf.experiment(X, Y, **GRID)
    assert_same(rf.experiment(X, Y, **{**GRID, "workers": 3}), serial)
    with ThreadPoolExecutor(2) as executor:
        assert_same(rf.experiment(X, Y, **GRID, executor=executor), serial)
    alone = rf.experiment(X, Y, 30, 8, 0.5, draws=3, workers=1)
    assert np.array_equal(alone.mse_draws, serial.mse_draws[:, 1, 0])
    other = rf.experiment(X, Y, **GRID, seed=2)
    assert not (other.mse.mean == serial.mse.mean).any()


def noted_cells(monkeypatch, most=np.inf):
    """A list of the cells that are computed from now on, and Ctrl-C after so many."""
    cells = []

    def compute(cell, *rest):
        if len(cells) == most:
            raise KeyboardInterrupt
        cells.append(cell)
        return COMPUTE(cell, *rest)

    monkeypatch.setattr(SampleCell, "compute", compute)
    return cells


def test_a_cell_is_computed_the_same_in_another_process(monkeypatch):
    """Where it arrives as bytes."""
    cells = noted_cells(monkeypatch)
    here = rf.experiment(X, Y, 5, 9, 0.5, features="relu", draws=3, workers=1)
    sent = pickle.loads(pickle.dumps(SampleTask(cells[0], 1)))
    assert np.array_equal(run_task(sent).errors[:, 0], here.sample_errors)


def test_nothing_is_lost_when_an_experiment_is_interrupted(tmp_path, monkeypatch):
    whole = rf.experiment(X, Y, **GRID)
    path = tmp_path / "experiment.db"
    kept = noted_cells(monkeypatch, most=2)
    with pytest.raises(KeyboardInterrupt) as error:
        rf.experiment(X, Y, **GRID, store=path)
    assert "2 of 4 cells are in" in error.value.__notes__[0]
    assert "the same call of rfscale.experiment" in error.value.__notes__[0]
    others = noted_cells(monkeypatch)
    assert_same(rf.experiment(X, Y, **GRID, store=path), whole)
    assert len({(cell.N, cell.T) for cell in kept + others}) == len(kept + others) == 4
    monkeypatch.setattr(SampleCell, "compute", None)
    assert_same(rf.experiment(X, Y, **GRID, store=path), whole)  # all is there


def test_a_store_is_of_one_experiment(tmp_path):
    path = tmp_path / "experiment.db"
    rf.experiment(X, Y, **GRID, store=path)
    other = X.copy()
    other[7, 3] += 1e-9
    for changed, said in [
        ({"X": other}, "samples = "),
        ({"features": "relu"}, "features is LinearSampleFeatures there, ReluSampleFeatures here"),
        ({"ridge": 0.6}, "ridge = "),
        ({"draws": 4}, "draws = 3 there, 4 here"),
        ({"T": [8, 21]}, re.escape("T = [8, 20, 8, 20] there, [8, 21, 8, 21] here")),
    ]:
        with pytest.raises(ValueError, match=f"is the store of another experiment: .*{said}"):
            rf.experiment(**{"X": X, "y": Y, **GRID, "store": path, **changed})
    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=20))
    rf.sweep(model, 3, 4, 0.1, draws=2, seed=1, store=tmp_path / "sweep.db", workers=1)
    with pytest.raises(ValueError, match="is not the store of an experiment"):
        rf.experiment(X, Y, **GRID, store=tmp_path / "sweep.db")
    with pytest.raises(ValueError, match="is not the store of a sweep"):
        rf.resume_sweep(path)


def test_draws_are_added_until_the_error_is_small():
    at = {"X": X, "y": Y, "N": 5, "T": 20, "ridge": 0.5, "workers": 1}
    found = rf.experiment(**at, draws=4, target_stderr=0.02)
    count = int(found.draws)
    assert count > 4
    assert found.mse.stderr <= 0.02 * found.mse.mean
    assert_same(rf.experiment(**at, draws=count), found)
    with pytest.warns(UserWarning, match=r"target_stderr = 0.001 was not reached at 1 \(N, T\) "):
        few = rf.experiment(**at, draws=4, target_stderr=0.001, max_draws=9)
    assert int(few.draws) == 9


def test_draws_that_were_not_made_are_missing():
    at = {"N": [1, 12], "T": 20, "ridge": 0.5, "workers": 1}
    found = rf.experiment(X, Y, **at, draws=4, target_stderr=0.05)
    made = (~np.isnan(found.mse_draws)).sum(axis=0)
    assert np.array_equal(made, found.draws)
    assert made.min() < made.max() == len(found.mse_draws)


def test_an_estimate_is_saved_shown_and_a_table(tmp_path):
    found = rf.experiment(X, Y, **GRID, features="relu")
    found.save(tmp_path / "found.npz")
    loaded = rf.ExperimentEstimate.load(tmp_path / "found.npz")
    assert_same(loaded, found)
    assert loaded.features == found.features
    columns = found.columns()
    assert {len(column) for column in columns.values()} == {4}
    assert np.array_equal(columns["mse_mean"], found.mse.mean.ravel())
    assert "relu features of 12 inputs, 2 outputs; trained on samples out of 42" in str(found)
    assert "without 1/2" in str(found)
    assert not found.sample_errors.flags.writeable
