"""`rfscale sweep` as a user types it."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor

import cpu_limit
import numpy as np
import pytest
from cli_shared import assert_one_line, rows_of
from sweeps_shared import children_hear_ctrl_c

import rfscale as rf
from rfscale.cli import main, pictures, sweep_config
from rfscale.cli import sweep as sweep_command

CONFIG = """
N = "10:40:3log"
T = [15, 30]
ridge = [0.0, 1e-2]
draws = 8
seed = 1

[[model]]
name = "one"
alpha = 1.0
M = 300
sigma_eps = 0.1

[[model]]
eigenvalues = [1.0, 0.5, 0.25]
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def expected():
    models = {
        "one": rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=0.1),
        "1": rf.ScalingModel(rf.Eigenvalues([1, 0.5, 0.25])),
    }
    return rf.sweep(models, N=[10, 20, 40], T=[15, 30], ridge=[0.0, 1e-2], draws=8, seed=1)


def test_rows_are_those_of_sweep(config, tmp_path, capsys):
    store = tmp_path / "sweep.db"
    picture = tmp_path / "sweep.png"
    line = f"sweep {config} --store {store} --format csv --plot {picture}"
    assert main(line.split()) == 0
    first = capsys.readouterr().out
    rows = rows_of(first)
    assert [float(row["test_mean"]) for row in rows] == expected().test.mean.ravel().tolist()
    assert [row["model"] for row in rows] == ["one"] * 12 + ["1"] * 12
    assert picture.stat().st_size > 10_000
    assert main(["sweep", "--resume", str(store), "--format", "csv"]) == 0
    assert capsys.readouterr().out == first
    rf.resume_sweep(store)


def test_best_ridges_are_drawn(tmp_path, capsys):
    config = tmp_path / "config.toml"
    grid = 'N = [10, 20]\nT = 15\nridge = "optimal"\ndraws = 4\nseed = 1\n'
    config.write_text(grid + "[model]\nalpha = 1.0\nM = 100\n")
    picture = tmp_path / "sweep.svg"
    assert main(f"sweep {config} --store {tmp_path}/x.db --plot {picture}".split()) == 0
    assert "number of features" in picture.read_text()
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.filterwarnings("default")
def test_targets_that_are_not_reached_are_one_line(tmp_path, capsys):
    config = tmp_path / "config.toml"
    config.write_text(
        "N=10\nT=15\ndraws=4\ntarget_stderr=1e-4\nmax_draws=9\n[model]\nalpha=1\nM=100\n"
    )
    assert main(["sweep", str(config), "--store", str(tmp_path / "x.db")]) == 0
    assert capsys.readouterr().err == (
        "rfscale: warning: target_stderr = 0.0001 was not reached at 1 (N, T) with max_draws = 9\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("N = 10", "has no [model]"),
        ("N = 10\n[model]\nalpha = 1\nM = 5", "lacks T"),
        (
            "N = 10\nT = 5\nn_draws = 3\n[model]\nalpha = 1\nM = 5",
            "does not know n_draws: did you mean draws?",
        ),
        (
            "N = 10\nT = 5\n[model]\nalpha = 1\nM = 5\nsigma = 1",
            "model 1 does not know sigma: did you mean sigma_eps or sigma_u or sigma_w?",
        ),
        ("N = 10\nT = 5\n[model]\nalpha = 1", "model 1 lacks M"),
        (
            "N = 10\nT = 5\n[model]\neigenvalues = [1.0]\nscale = 5",
            "eigenvalues take the place of scale",
        ),
        ('N = "ten"\nT = 5\n[model]\nalpha = 1\nM = 5', "config.toml: N must be a LIST"),
        (
            "N = 10\nT = 5\n[model]\nalpha = -1\nM = 5",
            "config.toml, model 1: alpha must be a finite number > 0, got -1",
        ),
        (
            "N = 10\nT = 5" + 2 * '\n[[model]]\nname = "a"\nalpha = 1\nM = 5',
            "names of models",
        ),
        ("N = 10\nT = 5\nmodel = 3", "model must be a table"),
        ("N = [10", "is not a TOML file"),
        (
            "N = 10.5\nT = 5\n[model]\nalpha = 1\nM = 5",
            "config.toml: N must be integers >= 1, got 10.5",
        ),
        (
            "N = 10\nT = 5\ndraws = true\n[model]\nalpha = 1\nM = 5",
            "config.toml: draws must be an integer >= 2, got True",
        ),
    ],
)
def test_bad_files_are_one_line_and_status_2(text, said, tmp_path, capsys):
    config = tmp_path / "config.toml"
    config.write_text(text)
    assert_one_line(f"sweep {config} --store {tmp_path}/sweep.db", said, capsys)
    assert not (tmp_path / "sweep.db").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sweep", "give either a CONFIG.toml, with --store, or --resume STORE"),
        (f"sweep {__file__}", "--store is missing, the file that keeps what is finished: rfscale"),
        ("sweep --resume a.db --store b.db", "--store and --resume exclude each other"),
        ("sweep a.toml --store b.db --resume c.db", "give either a CONFIG.toml"),
        ("sweep /nowhere.toml --store b.db", "there is no file /nowhere.toml"),
        ("sweep --resume /nowhere.db", "there is no store /nowhere.db"),
        ("sweep --resume x.db --workers none", "--workers must be a whole number, got 'none'"),
        (
            "simulate --N 10 --T 10 --target-stderr -1",
            "--target-stderr must be a finite number > 0",
        ),
        ("compare --target-stderr 0.1", "--target-stderr needs --N and --T"),
    ],
)
def test_bad_lines_are_one_line_and_status_2(line, said, capsys):
    assert_one_line(line, said, capsys)


def test_dask_is_said_if_it_is_missing(config, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    line = f"sweep {config} --store {tmp_path}/x.db --dask tcp://localhost:1"
    assert main(line.split()) == 2
    assert 'pip install "rfscale[dask]"' in capsys.readouterr().err


def test_a_cluster_that_fails_is_one_line(config, tmp_path, capsys, monkeypatch):
    class Failing(ThreadPoolExecutor):
        def submit(self, *arguments):
            future = Future()
            future.cancel()
            return future

    @contextlib.contextmanager
    def cluster(address):
        with Failing(1) as executor:
            yield executor

    monkeypatch.setattr(sweep_command, "_executor", cluster)
    store = tmp_path / "sweep.db"
    assert main(["sweep", str(config), "--store", str(store), "--dask", "tcp://localhost:1"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("rfscale: error: the cluster failed, CancelledError")
    assert error.endswith(f"go on with: rfscale sweep --resume {store}\n")


def test_theory_is_drawn_beside_an_infinite_ridge(tmp_path, monkeypatch, capsys):
    config = tmp_path / "config.toml"
    grid = "N = [5, 10]\nT = 15\nridge = [0, 1e-3, 0.1, inf]\ndraws = 4\nseed = 1\n"
    config.write_text(grid + "[model]\nalpha = 1\nM = 50\n")
    drawn = []
    monkeypatch.setattr(pictures, "save", lambda figure, path: drawn.append(figure))
    assert main(f"sweep {config} --store {tmp_path}/x.db --plot {tmp_path}/x.png".split()) == 0
    lines = [line for line in drawn[0].axes[0].lines if len(line.get_xdata()) > 100]
    assert len(lines) == 2  # N = 5 and N = 10, along the ridge
    assert all(np.isfinite(line.get_ydata()).all() for line in lines)


def test_on_a_dask_cluster(config, tmp_path):
    """A scheduler and a worker started on the command line, as on a cluster."""
    scheduler_file = tmp_path / "scheduler.json"
    store = tmp_path / "sweep.db"
    dask = [sys.executable, "-m", "dask"]
    options = ["--scheduler-file", str(scheduler_file)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [*dask, "scheduler", "--port", "0", "--no-dashboard", *options], **silent
    )
    worker = subprocess.Popen(
        [*dask, "worker", "--nthreads", "2", "--no-dashboard", "--no-nanny", *options], **silent
    )
    try:
        while not scheduler_file.exists():
            assert scheduler.poll() is None
            time.sleep(0.05)
        address = json.loads(scheduler_file.read_text())["address"]
        options = f"sweep {config} --store {store} --dask {address}"
        line = [sys.executable, "-m", "rfscale", *options.split()]
        done = cpu_limit.run(line, 300)  # it takes 5, after 60 of compiling in a new installation
        assert done.returncode == 0, done.stderr
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait()
    assert np.array_equal(rf.resume_sweep(store).test.mean, expected().test.mean)


def test_interrupt_keeps_what_is_finished(tmp_path):
    config = tmp_path / "config.toml"
    store = tmp_path / "sweep.db"
    grid = "N = '10:100:16'\nT = 50\nridge = 0.01\ndraws = 30\nseed = 1\n"
    config.write_text(grid + "[model]\nalpha = 1.0\nM = 3000\n")
    line = [sys.executable, "-m", "rfscale", "sweep", str(config), "--store", str(store)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with children_hear_ctrl_c():
        process = subprocess.Popen(line, **pipes)
    while not store.exists() or rows_in(store) < 3:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=cpu_limit.ASLEEP)
    assert process.returncode == 130
    assert out == ""
    assert f"go on with: rfscale sweep --resume {store}\n" in error
    assert "Traceback" not in error
    assert 3 <= rows_in(store) < 16
    assert not list(tmp_path.glob("*-wal"))  # closed in order
    assert np.array_equal(
        rf.resume_sweep(store).test.mean, rf.sweep(**sweep_config.read(str(config))).test.mean
    )


def rows_in(store):
    with contextlib.closing(sqlite3.connect(store)) as file:
        return file.execute("select count(*) from cells").fetchone()[0]


def test_teachers_and_test_spectra_from_a_file(tmp_path):
    path = tmp_path / "config.toml"
    grid = "N = 5\nT = 7\n"
    path.write_text(
        grid + "[model]\nalpha = 1.0\nM = 3\nteacher_exponent = 0.5\ntest_alpha = 2.0\n"
    )
    model = sweep_config.read(str(path))["models"]["0"]
    spectrum = rf.PowerLaw(1.0, 3)
    assert model == rf.ScalingModel(
        spectrum, teacher=rf.Teacher.power_law(0.5), test_spectrum=rf.PowerLaw(2.0, 3)
    )
    path.write_text(
        grid
        + "[model]\nalpha = 1.0\nM = 3\nteacher_weights = [1, 2, 3]\ntest_variances = [0, 1, 2]\n"
    )
    model = sweep_config.read(str(path))["models"]["0"]
    assert model == rf.ScalingModel(
        spectrum, teacher=rf.Teacher.weights([1, 2, 3]), test_spectrum=[0, 1, 2]
    )
    path.write_text(
        grid + "[model]\nalpha = 1.0\nM = 3\ntest_alpha = 1\ntest_variances = [0, 1, 2]\n"
    )
    with pytest.raises(
        ValueError, match=r"model 1: test_alpha and test_variances exclude each other"
    ):
        sweep_config.read(str(path))


def test_a_sweep_at_ridges_of_the_kernel(tmp_path, capsys):
    """delta is the same for all N, gamma = delta sigma_u^2 N/M is not."""
    config = tmp_path / "config.toml"
    grid = "N = [5, 9]\nT = 8\nkernel_ridge = '0.1,0.5'\ndraws = 3\nseed = 1\n"
    config.write_text(grid + "[model]\nalpha = 1.0\nM = 50\nsigma_u = 2.0\n")
    store = tmp_path / "sweep.db"
    assert main(f"sweep {config} --store {store} --format csv".split()) == 0
    rows = rows_of(capsys.readouterr().out)
    expected = [0.1 * 4 * 5 / 50, 0.5 * 4 * 5 / 50, 0.1 * 4 * 9 / 50, 0.5 * 4 * 9 / 50]
    assert [float(row["ridge"]) for row in rows] == pytest.approx(expected, rel=1e-14, abs=0)
    model = rf.ScalingModel(rf.PowerLaw(1.0, 50), sigma_u=2.0)
    direct = rf.simulate(model, [[5], [9]], 8, kernel_ridge=[0.1, 0.5], draws=3, seed=1)
    found = [float(row["test_mean"]) for row in rows]
    assert found == pytest.approx(direct.test.mean.ravel().tolist(), rel=1e-12, abs=0)
    config.write_text("ridge = 0.1\n" + config.read_text())
    assert main(f"sweep {config} --store {tmp_path / 'other.db'}".split()) == 2
    assert "ridge and kernel_ridge must not both be given" in capsys.readouterr().err
