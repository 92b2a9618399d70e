"""Sweeps: the numbers of `simulate`, on any executor, after any interruption."""

import io
import pickle
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import cpu_limit
import numpy as np
import pytest
import run_sweep
from sweeps_shared import GRID, MODELS, Deadly, PlainNumpy, assert_same, forget

import rfscale as rf
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.running import runner
from rfscale.simulation.running import store as stores

SCRIPTS = Path(__file__).parent / "scripts"
CPU_LIMIT = 300  # seconds; each takes 5, after 60 of compiling in a new installation


@pytest.fixture(scope="module")
def serial():
    return rf.sweep(MODELS, **GRID)


@pytest.fixture(scope="module")
def scripted():
    """The sweep of tests/scripts/run_sweep.py, without a store."""
    return rf.sweep(run_sweep.MODELS, **run_sweep.GRID)


def test_numbers_are_those_of_simulate(serial):
    for i, (label, model) in enumerate(MODELS.items()):
        alone = rf.simulate(
            model, np.array([10, 20, 60])[:, None, None], [[15], [30]], [0.0, 1e-2], draws=8, seed=1
        )
        for estimate in (serial.estimate(label), serial.estimate(i)):
            for name in Estimate.LOSSES:
                assert np.array_equal(getattr(estimate, name).mean, getattr(alone, name).mean)
                assert np.array_equal(getattr(estimate, name).stderr, getattr(alone, name).stderr)
            for name in ("N", "T", "ridge", "draws"):
                assert np.array_equal(getattr(estimate, name), getattr(alone, name))
    assert np.array_equal(
        serial.estimate("half", along="N").test.mean, np.moveaxis(serial.test.mean[1], 0, -1)
    )
    for label, along in [("two", "N"), (2, "N"), (True, "N"), (0.0, "N"), (0, "M")]:
        with pytest.raises(ValueError, match=r"^(label|along) must be one of"):
            serial.estimate(label, along)


def test_rows_say_what_they_are(serial, tmp_path):
    frame = serial.to_frame()
    assert len(frame) == 2 * 3 * 2 * 2
    row = frame[
        (frame.model == "half") & (frame.N == 20) & (frame["T"] == 30) & (frame.ridge == 0.01)
    ].iloc[0]
    assert row.test_mean == serial.test.mean[1, 1, 1, 1]
    assert (row.alpha, row.M, row.sigma_eps, row.draws, row.seed) == (0.5, 900, 0.0, 8, 1)
    serial.save(tmp_path / "sweep.npz")
    assert_same(rf.Sweep.load(tmp_path / "sweep.npz"), serial)
    mixed = rf.sweep(
        [MODELS["one"], rf.ScalingModel(rf.Eigenvalues([1.0, 0.5]))], N=2, T=9, draws=2, seed=1
    )
    assert mixed.columns()["alpha"].tolist() == [1.0, None]
    assert mixed.columns()["M"].tolist() == [300, 2]


def test_models_of_one_M_share_random_numbers():
    """So that differences between them are less noisy."""
    models = [rf.ScalingModel(rf.PowerLaw(alpha, 200)) for alpha in (1.0, 1.001)]
    sweep = rf.sweep(models, N=20, T=30, draws=10, seed=1)
    first, second = sweep.test.mean.ravel()
    assert abs(second / first - 1) < 0.2 * sweep.test.stderr.ravel()[0] / first


def test_best_ridges_and_targets():
    best = rf.sweep(MODELS, N=[5, 8], T=9, ridge="optimal", draws=8, seed=1)
    assert best.ridge.shape == (2, 2, 1, 1)
    assert (
        best.ridge[1, 0, 0, 0]
        == rf.simulate(MODELS["half"], 5, 9, "optimal", draws=8, seed=1).ridge
    )
    met = rf.sweep(MODELS["one"], N=[5, 20], T=20, ridge=0.1, draws=10, target_stderr=0.02, seed=1)
    assert np.all(met.test.stderr <= 0.02 * met.test.mean)
    assert met.draws.shape == (1, 2, 1, 1)
    assert (
        met.draws[0, 1, 0, 0]
        == rf.simulate(MODELS["one"], 20, 20, 0.1, draws=10, target_stderr=0.02, seed=1).draws
    )
    with pytest.warns(UserWarning, match=r"^target_stderr = 0.001 was not reached at 2 "):
        rf.sweep(
            MODELS["one"],
            N=[5, 20],
            T=20,
            ridge=0.1,
            draws=10,
            target_stderr=1e-3,
            max_draws=20,
            seed=1,
        )


def loky():
    from loky import ProcessPoolExecutor

    return ProcessPoolExecutor(2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ThreadPoolExecutor(3),
        lambda: ProcessPoolExecutor(2, mp_context=get_context("fork")),
        lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
        lambda: ProcessPoolExecutor(2, mp_context=get_context("forkserver")),
        lambda: loky(),
    ],
    ids=["threads", "fork", "spawn", "forkserver", "loky"],
)
def test_same_bits_on_any_executor(make, serial):
    with make() as executor:
        assert_same(rf.sweep(MODELS, **GRID, executor=executor), serial)
        assert_same(rf.sweep(MODELS, **GRID, executor=executor, workers=2), serial)
        assert executor.submit(pow, 2, 3).result() == 8  # it is not shut down


def test_same_bits_on_a_dask_cluster_that_loses_a_worker(scripted, tmp_path):
    done = run("sweep_on_dask.py", tmp_path / "store.db", tmp_path / "result.npz")
    assert done.returncode == 0, done.stderr
    cells = int(done.stdout.split()[-2])
    assert 0 < cells < 24, "the worker was not killed in the middle"
    assert_same(rf.Sweep.load(tmp_path / "result.npz"), scripted)
    assert_same(rf.resume_sweep(tmp_path / "store.db"), scripted)


def test_what_is_sent_to_an_executor_is_small():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10**6))
    before = len(pickle.dumps(model))
    assert model.spectrum.log_eigenvalues.size == 10**6
    assert len(pickle.dumps(model)) == before < 500
    assert pickle.loads(pickle.dumps(model)) == model
    eigenvalues = rf.Eigenvalues([0.5, 1.0])
    assert pickle.loads(pickle.dumps(eigenvalues)) == eigenvalues


def test_an_error_in_a_cell_stops_the_sweep_and_what_is_done_is_kept(tmp_path, monkeypatch, serial):
    path = tmp_path / "sweep.db"
    run_cell = runner.run_cell
    computed = []

    def fails(cell, *rest):
        if (cell.experiment.N, cell.experiment.model) == (20, MODELS["half"]):
            raise MemoryError("no room")
        computed.append(cell)
        return run_cell(cell, *rest)

    monkeypatch.setattr(runner, "run_cell", fails)
    with pytest.raises(MemoryError, match="no room"):
        rf.sweep(MODELS, **GRID, store=path)
    assert len(computed) == 8
    computed.clear()
    with ThreadPoolExecutor(1) as executor, pytest.raises(MemoryError, match="no room"):
        rf.sweep(MODELS, **GRID, store=path, executor=executor)
    assert len(computed) <= 2
    monkeypatch.setattr(runner, "run_cell", run_cell)
    assert_same(rf.resume_sweep(path), serial)


class Broken(ThreadPoolExecutor):
    """Loses its workers after five tasks: all others fail."""

    tasks = 0

    def submit(self, function, /, *arguments):
        self.tasks += 1
        if self.tasks <= 5:
            return super().submit(function, *arguments)
        self.shutdown(wait=True)
        return self.refused(BrokenExecutor("a worker died"))

    def refused(self, error):
        future = Future()
        future.set_exception(error)
        return future


class Refusing(Broken):
    """The same, but takes no more tasks, as a process pool does."""

    def refused(self, error):
        raise error


@pytest.mark.parametrize("broken", [Broken, Refusing])
def test_an_executor_that_breaks_leaves_a_store_to_go_on_with(broken, tmp_path, serial):
    path = tmp_path / "sweep.db"
    with broken(2) as executor, pytest.raises(BrokenExecutor, match="a worker died") as caught:
        rf.sweep(MODELS, **GRID, store=path, executor=executor)
    assert f"; 5 of 12 cells are in {path}: go on with " in str(caught.value)
    assert_same(rf.sweep(MODELS, **GRID, store=path), serial)
    with broken(2) as executor, pytest.raises(BrokenExecutor, match="no cell is kept: with store="):
        rf.sweep(MODELS, **GRID, executor=executor)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_worker_that_is_killed_leaves_what_was_done_before(method, tmp_path):
    path = tmp_path / "sweep.db"
    trigger = tmp_path / "trigger"
    trigger.touch()
    # in the order of their operations N T M: (20, 45), (20, 30), (5, 45), (5, 30)
    grid = {"N": [5, 20], "T": [30, 45], "ridge": 0.1, "draws": 3, "seed": 1}
    arguments = grid | {"estimator": Deadly(trigger=str(trigger)), "store": path}
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    with (
        ProcessPoolExecutor(1, mp_context=get_context(method)) as executor,
        pytest.raises(BrokenProcessPool, match="terminated abruptly") as caught,
    ):
        rf.sweep(model, **arguments, executor=executor)
    said = f"1 of 4 cells are in {path}: go on with rfscale.resume_sweep({str(path)!r}, executor="
    assert said in str(caught.value)
    assert isinstance(caught.value.__cause__, BrokenProcessPool)
    assert list(stores.Store(path, None, {}).outcomes) == [3]
    trigger.unlink()
    with ProcessPoolExecutor(1, mp_context=get_context(method)) as executor:
        resumed = rf.resume_sweep(path, executor=executor)
    assert_same(resumed, rf.sweep(model, **grid, estimator=PlainNumpy()))


def test_ctrl_c_keeps_what_is_finished_and_says_so(scripted, tmp_path):
    path = tmp_path / "sweep.db"
    error = run("run_sweep.py", path, "SIGINT", 3, 0.01).stderr
    stored = len(stores.Store(path, None, {}).outcomes)
    assert 3 <= stored < 24
    assert "KeyboardInterrupt" in error
    assert f"{stored} of 24 cells are in {path}" in error
    assert not Path(f"{path}-wal").exists()  # it was closed
    assert_same(rf.resume_sweep(path), scripted)


def run(script, *arguments, **options):
    return cpu_limit.run([sys.executable, SCRIPTS / script, *arguments], CPU_LIMIT, **options)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_killed_at_random_times_it_ends_with_the_same_bits(seed, scripted, tmp_path):
    path = tmp_path / "sweep.db"
    times = random.Random(seed)
    counts = [0]
    while counts[-1] < 24:
        cells, seconds = times.randint(0, 6), times.uniform(0, 0.03)
        done = run("run_sweep.py", path, "SIGPROF", cells, seconds)
        assert done.returncode in (0, -signal.SIGPROF), done.stderr
        counts.append(len(stores.Store(path, None, {}).outcomes) if path.exists() else 0)
    assert counts == sorted(counts)
    assert any(0 < count < 24 for count in counts), counts
    assert_same(rf.resume_sweep(path), scripted)


def test_several_processes_on_one_store(scripted, tmp_path):
    path = tmp_path / "sweep.db"
    command = cpu_limit.limited([sys.executable, SCRIPTS / "run_sweep.py", path], CPU_LIMIT)
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)
    ]
    for process in processes:
        errors = process.communicate(timeout=cpu_limit.ASLEEP)[1]
        assert process.returncode == 0, errors
    assert_same(rf.resume_sweep(path), scripted)


def test_memory_is_asked_for_where_it_is_needed():
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(ValueError, match=r"^a simulation at N = 1099511627776, .* GB"),
    ):
        rf.sweep(MODELS["one"], N=2**40, T=3, draws=2, seed=1, executor=executor)


def test_progress_bar(capsys, monkeypatch, tmp_path):
    path = tmp_path / "sweep.db"
    rf.sweep(MODELS, **GRID, store=path)
    assert capsys.readouterr().err == ""  # quiet where standard error is not a terminal
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    rf.sweep(MODELS, **GRID, progress=False)
    assert capsys.readouterr().err == ""
    forget(path, "cell > 8")
    rf.resume_sweep(path)
    shown = capsys.readouterr().err
    assert "9 of 12 cells" in shown
    assert "100%" in shown
    assert "12 of 12 cells" in shown
    with ThreadPoolExecutor(2) as executor:
        rf.sweep(MODELS, **(GRID | {"ridge": "optimal"}), executor=executor)
    assert "12 of 12 cells" in capsys.readouterr().err


def test_the_bar_shows_that_time_passes(monkeypatch):
    """A cell that ends when a second has been shown: it ends on a busy machine, too."""
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(runner, "HEARTBEAT", 0.05)
    run_cell = runner.run_cell

    def slow(*arguments):
        given_up = time.monotonic() + cpu_limit.ASLEEP
        while not re.search(r"0 of 1 cells .*\[00:0[1-9]<", terminal.getvalue()):
            assert time.monotonic() < given_up, terminal.getvalue()
            time.sleep(0.05)
        return run_cell(*arguments)

    monkeypatch.setattr(runner, "run_cell", slow)
    with ThreadPoolExecutor(1) as executor:
        rf.sweep(MODELS["one"], N=5, T=9, draws=4, seed=1, executor=executor)
    assert "1 of 1 cells 100%" in terminal.getvalue()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"models": []}, r"^models is empty"),
        ({"models": [3]}, r"^model must be a ScalingModel, got 3"),
        ({"models": {1: MODELS["one"]}}, r"^models must have strings as labels, got 1"),
        (
            {"models": rf.ScalingModel(rf.PowerLaw([1.0, 2.0], 10))},
            r"^model must have a single spectrum",
        ),
        ({"N": [[1, 2]]}, r"^N must be a number or a list, .* shape \(1, 2\)"),
        ({"N": [5, 6, 5]}, r"^N must not repeat a value, got 5, 6, 5"),
        ({"T": 2.5}, r"^T must be integers >= 1, got 2.5"),
        ({"T": []}, r"^T is empty"),
        ({"ridge": [0.1, 0.1]}, r"^ridge must not repeat a value"),
        ({"ridge": -1}, r"^ridge must be >= 0"),
        ({"draws": 1}, r"^draws must be an integer >= 2, got 1"),
        ({"workers": 0}, r"^workers must be an integer >= 1, got 0"),
        ({"seed": -1}, r"^seed must be an integer >= 0, got -1"),
        ({"N": 10**6, "T": 10**6}, r"^a simulation at N = 1000000, T = 1000000 .* needs .* GB"),
    ],
)
def test_bad_input(arguments, said):
    with pytest.raises(ValueError, match=said):
        rf.sweep(**({"models": MODELS} | GRID | arguments))
