"""The store of a sweep: what it keeps, what it refuses, and that it leaves that as it is."""

import contextlib
import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sweeps_shared import GRID, MODELS, PlainNumpy, assert_same, forget

import rfscale as rf
from rfscale.simulation import sweep as sweeps
from rfscale.simulation.options import Options
from rfscale.simulation.ridges import GivenRidge
from rfscale.simulation.running import difference, runner
from rfscale.simulation.running import store as stores
from rfscale.simulation.running.plan import Plan
from rfscale.simulation.running.threads import blas_controller
from rfscale.support.stored import pack


@pytest.fixture(scope="module")
def serial():
    return rf.sweep(MODELS, **GRID)


def test_a_store_is_not_computed_again(tmp_path, monkeypatch, serial):
    path = tmp_path / "sweep.db"
    assert_same(rf.sweep(MODELS, **GRID, store=path), serial)
    monkeypatch.setattr(runner, "run_cell", None)
    assert_same(rf.sweep(MODELS, **GRID, store=str(path)), serial)
    seedless = GRID | {"seed": None}  # it takes the seed of the file
    assert_same(rf.sweep(MODELS, **seedless, store=path), serial)
    assert_same(rf.resume_sweep(path), serial)


def test_only_what_is_missing_is_computed(tmp_path, monkeypatch, serial):
    path = tmp_path / "sweep.db"
    run_cell = runner.run_cell
    computed = []
    rf.sweep(MODELS, **GRID, store=path)
    forget(path, "cell in (2, 7)")

    def noted(cell, *rest):
        computed.append((cell.experiment.N, cell.experiment.T))
        return run_cell(cell, *rest)

    monkeypatch.setattr(runner, "run_cell", noted)
    assert_same(rf.resume_sweep(path), serial)
    assert computed == [(20, 15), (10, 30)]


def test_reading_a_store_without_the_package(tmp_path, serial):
    path = tmp_path / "sweep.db"
    rf.sweep(MODELS, **GRID, store=path)
    query = "select model, N, T, ridge, test_mean from cells where N = 20 and T = 30 order by cell"
    with contextlib.closing(sqlite3.connect(path)) as file:
        rows = file.execute(query).fetchall()
        header = dict(file.execute("select * from sweep where name != 'digest'"))
    assert rows[1][:3] == ("half", 20, 30)
    assert json.loads(rows[1][3]) == [0.0, 0.01]
    assert json.loads(rows[1][4]) == serial.test.mean[1, 1, 1].tolist()
    assert json.loads(header["parameters"])["seed"] == 1
    assert json.loads(header["versions"])["numpy"] == np.__version__


OTHERS = [
    ({"draws": 9}, "draws = 8 there, 9 here"),
    ({"seed": 2}, "seed = 1 there, 2 here"),
    ({"N": [10, 20]}, r"N = \[10, 20, 60\] there, \[10, 20\] here"),
    ({"ridge": "optimal"}, r'ridge = \[0.0, 0.01\] there, "optimal" here'),
    ({"target_stderr": 0.1}, "target_stderr = null there, 0.1 here"),
    ({"models": MODELS["one"]}, r'models = \["one", "half"\] there, \["0"\] here'),
    ({"models": dict(reversed(MODELS.items()))}, r"models = .* there, \[\"half\", \"one\"\] here"),
]


@pytest.mark.parametrize(
    ("change", "said"), OTHERS, ids=[next(iter(change)) for change, _ in OTHERS]
)
def test_a_store_of_another_sweep_is_refused(change, said, tmp_path):
    path = tmp_path / "sweep.db"
    rf.sweep(MODELS, **GRID, store=path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=rf"^{path} is the store of another sweep: .*{said}"):
        rf.sweep(**({"models": MODELS} | GRID | change), store=path)
    assert path.read_bytes() == before


@dataclass(frozen=True)
class Nested(rf.Estimator):
    """Fields of all kinds that are packed; it computes nothing."""

    gain: float = 1.0
    inner: object = (1, rf.Isotropic())
    table: object = ()

    def losses(self, experiment, draws, ridge):
        raise NotImplementedError


LONG = np.arange(40.0)
POWERS = rf.PowerLaw(1.0, 300)
NOISY = rf.ScalingModel(POWERS, sigma_eps=0.1)


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        (NOISY, rf.ScalingModel(rf.PowerLaw(1.1, 300), sigma_eps=0.1), "spectrum.alpha = 1.0|1.1"),
        (
            rf.ScalingModel(POWERS, teacher=rf.SourceCondition(0.5)),
            rf.ScalingModel(POWERS),
            "teacher is SourceCondition|Isotropic",
        ),
        (
            NOISY,
            rf.ScalingModel(POWERS, sigma_eps=0.1, test_spectrum=rf.PowerLaw(2.0, 300)),
            "test_spectrum = null|PowerLaw",
        ),
        (
            rf.ScalingModel(rf.Eigenvalues([3.0, 2.0])),
            rf.ScalingModel(rf.Eigenvalues([3.0, 1.0])),
            "spectrum.array = [3.0, 2.0]|[3.0, 1.0]",
        ),
    ],
)
def test_it_is_said_where_models_differ(there, here, said):
    before, after = said.split("|")
    expected = [f"model a: {before} there, {after} here"]
    assert difference.of_models(*([["a", pack(model)]] for model in (there, here))) == expected


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        (Nested(2.0), Nested(np.inf), ["x.gain = 2.0 there, inf here"]),
        (Nested(), Nested(inner=(1, 2)), ["x.inner.1 = Isotropic there, 2 here"]),
        (Nested(), Nested(inner=(1,)), ['x.inner = [1, "Isotropic"] there, [1] here']),
        (
            Nested(table=LONG),
            Nested(table=LONG + (LONG == 7)),
            ["x.table[7] = 7.0 there, 8.0 here"],
        ),
        (Nested(table=LONG), Nested(table=LONG[1:]), ["x.table has 40 items there, 39 here"]),
        (
            Nested(table=LONG.astype(int)),
            Nested(table=LONG),
            ["x.table has dtype <i8 there, <f8 here"],
        ),
        (
            Nested(table=tuple(LONG.tolist())),
            Nested(table=LONG),
            ["x.table has dtype none there, <f8 here"],
        ),
        (
            PlainNumpy(),
            rf.LinearFeatures(),
            ["x is sweeps_shared.PlainNumpy there, LinearFeatures here"],
        ),
        (Nested(), Nested(), []),
    ],
)
def test_it_is_said_where_packed_values_differ(there, here, said):
    assert difference.difference("x", pack(there), pack(here)) == said


def test_three_differences_are_told_and_the_others_counted(tmp_path):
    path = tmp_path / "sweep.db"
    rf.sweep(MODELS, **GRID, store=path)
    models = MODELS | {"half": rf.ScalingModel(rf.PowerLaw(0.6, 800), sigma_w=2.0)}
    said = (
        r"another sweep: model half: spectrum.alpha = 0.5 there, 0.6 here; model half: "
        r"spectrum.M = 900 there, 800 here; model half: sigma_w = 1.0 there, 2.0 here; and 2 more$"
    )
    with pytest.raises(ValueError, match=said):
        rf.sweep(models, **(GRID | {"N": [10, 20], "draws": 9}), store=path)


def test_a_store_of_the_first_formats_goes_on(tmp_path, monkeypatch, serial):
    """They know nothing of estimators, the kernel's ridge, latents and leverages."""
    path = tmp_path / "sweep.db"
    parameters = Plan.parameters

    def earlier(plan):
        stored = parameters(plan)
        later = ("estimator", "kernel_ridge", "latents", "leverages")
        return {k: v for k, v in stored.items() if k not in later}

    with monkeypatch.context() as patch:
        patch.setattr(Plan, "parameters", earlier)
        rf.sweep(MODELS, **GRID, store=path)
    forget(path, "cell = 5")
    assert_same(rf.sweep(MODELS, **GRID, store=path), serial)
    assert_same(rf.resume_sweep(path), serial)


def test_the_ridge_of_the_kernel_in_a_store(tmp_path):
    path = tmp_path / "sweep.db"
    model = MODELS["one"]
    grid = {"N": [10, 20], "T": 15, "kernel_ridge": [0.0, 0.1, np.inf], "draws": 4, "seed": 1}
    done = rf.sweep(model, **grid, store=path)
    assert done.ridge[0, :, 0, 1].tolist() == [0.1 * 10 / 300, 0.1 * 20 / 300]
    for i, N in enumerate(grid["N"]):
        alone = rf.simulate(model, N, 15, done.ridge[0, i, 0], draws=4, seed=1)
        assert np.array_equal(done.test.mean[0, i, 0], alone.test.mean)
    assert_same(rf.resume_sweep(path), done)
    assert_same(rf.sweep(model, **grid, store=path), done)
    for change, said in [
        (
            {"kernel_ridge": [0.0, 0.2]},
            r'kernel_ridge = \[0.0, 0.1, "inf"\] there, \[0.0, 0.2\] here',
        ),
        ({"kernel_ridge": None, "ridge": 0.1}, r"ridge = null there, \[0.1\] here"),
    ]:
        with pytest.raises(ValueError, match=said):
            rf.sweep(model, **(grid | change), store=path)
    with pytest.raises(ValueError, match=r"^kernel_ridge must not repeat a value, got 0.1, 0.1"):
        rf.sweep(model, **(grid | {"kernel_ridge": [0.1, 0.1]}))


def damaged(path, how):
    content = bytearray(path.read_bytes())
    if how == "truncated":
        content = content[: len(content) // 2]
    elif how == "a digit":
        place = content.rindex(b"[0.0")
        content[place + 5 : place + 6] = b"7" if content[place + 5 : place + 6] != b"7" else b"3"
    elif how == "a parameter":
        place = content.index(b'"draws": 8')
        content[place + 9 : place + 10] = b"9"
    elif how == "a page":
        content[4096:8192] = bytes(4096)
    elif how == "its first bytes":
        content[:16] = b"no database here"
    path.write_bytes(content)


@pytest.mark.parametrize(
    "how", ["truncated", "a digit", "a parameter", "a page", "its first bytes"]
)
def test_a_damaged_store_is_refused_and_left_alone(how, tmp_path):
    path = tmp_path / "sweep.db"
    rf.sweep(MODELS, **GRID, store=path)
    damaged(path, how)
    before = path.read_bytes()
    for attempt in (lambda: rf.resume_sweep(path), lambda: rf.sweep(MODELS, **GRID, store=path)):
        with pytest.raises(ValueError, match=rf"^{path} is damaged"):
            attempt()
    assert path.read_bytes() == before


def test_files_that_are_no_stores_are_refused_and_left_alone(tmp_path):
    text = tmp_path / "notes.txt"
    other = tmp_path / "other.db"
    text.write_text("my notes, which are longer than the header of a database; " * 10)
    with contextlib.closing(sqlite3.connect(other)) as file:
        file.execute("create table cells (cell integer)")
    for path, said in [
        (text, "is damaged, or not the store"),
        (other, "is not the store of a sweep"),
    ]:
        before = path.read_bytes()
        with pytest.raises(ValueError, match=rf"^{path} {said}"):
            rf.sweep(MODELS, **GRID, store=path)
        assert path.read_bytes() == before
    empty = tmp_path / "empty.db"
    empty.touch()
    for path, said in [
        (tmp_path / "none" / "x.db", "does not exist"),
        (tmp_path, "a folder or an empty file"),
        (empty, "a folder or an empty file"),
        (3, "^store must be the name of a file, got 3"),
        ("", "^store must be the name of a file, got a str: ''"),
        ("a\0b", "^store must be the name of a file"),
    ]:
        with pytest.raises(ValueError, match=said):
            rf.sweep(MODELS, **GRID, store=path)
    with pytest.raises(ValueError, match=r"^there is no store .*none.db"):
        rf.resume_sweep(tmp_path / "none.db")


def test_the_leftovers_of_a_store_that_is_gone_are_not_taken_for_its_own(tmp_path):
    (tmp_path / "sweep.db-wal").write_bytes(b"rows of another store")
    with pytest.raises(ValueError, match=r"sweep.db is gone, but not .*sweep.db-wal"):
        rf.sweep(MODELS, **GRID, store=tmp_path / "sweep.db")


def killed_store(folder):
    """A store whose process was killed: its last rows are in the file -wal."""
    path = folder / "sweep.db"
    options = Options(draws=4, seed=1)
    plan = Plan.checked(MODELS, 10, 15, GivenRidge.checked(0.1, None), options)
    cell = plan.cells()[0]
    writer = stores.Store(path, plan, {})
    writer.write(0, cell, runner.run_task(runner.Task(cell, options, 1)))
    for suffix in ("", "-wal", "-shm"):
        (folder / f"killed.db{suffix}").write_bytes(Path(f"{path}{suffix}").read_bytes())
    writer.close()
    return folder / "killed.db"


def test_the_store_of_a_killed_process_is_read_or_refused_without_a_change(tmp_path):
    path = killed_store(tmp_path)
    contents = {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal")}
    assert len(contents["-wal"]) > 0
    assert list(stores.Store(path, None, {}).outcomes) == [0]
    with pytest.raises(ValueError, match="is the store of another sweep"):
        rf.sweep(MODELS, N=10, T=15, ridge=0.1, draws=5, seed=1, store=path)
    assert contents == {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal")}
    with pytest.warns(UserWarning, match="was begun with"):
        resumed = rf.resume_sweep(path)
    assert_same(resumed, rf.sweep(MODELS, N=10, T=15, ridge=0.1, draws=4, seed=1))


def test_a_finished_store_is_read_where_nothing_may_be_written(tmp_path, serial):
    path = tmp_path / "sweep.db"
    rf.sweep(MODELS, **GRID, store=path)
    assert [file.name for file in tmp_path.iterdir()] == ["sweep.db"]
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert_same(rf.resume_sweep(path), serial)
        assert [file.name for file in tmp_path.iterdir()] == ["sweep.db"]
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize("make", [None, lambda: ThreadPoolExecutor(2)], ids=["here", "threads"])
def test_a_store_that_cannot_be_written_to_ends_the_sweep_at_once(make, tmp_path, monkeypatch):
    write = stores.Store.write
    run_cell = runner.run_cell
    computed = []
    ended = threading.Event()
    before = blas_threads()

    def full(self, cell, *row):
        if len(self.outcomes) >= 2:
            raise ValueError("disk full")
        write(self, cell, *row)

    monkeypatch.setattr(stores.Store, "write", full)

    def slow(*arguments):
        computed.append(arguments)
        if len(computed) > 4:
            ended.wait(60)  # seconds, if the sweep goes on
        return run_cell(*arguments)

    monkeypatch.setattr(runner, "run_cell", slow)
    with contextlib.nullcontext() if make is None else make() as executor:
        with contextlib.ExitStack() as stack:
            stack.callback(ended.set)
            with pytest.raises(ValueError, match="disk full"):
                rf.sweep(MODELS, **GRID, store=tmp_path / "sweep.db", executor=executor)
        if make is None:
            assert blas_threads() == before
    assert len(computed) <= 6
    assert blas_threads() == before


def blas_threads():
    libraries = blas_controller().info()  # which loads them
    return [library["num_threads"] for library in libraries if library["user_api"] == "blas"]


def test_infinity_is_json_in_a_store(tmp_path):
    path = tmp_path / "sweep.db"
    model = rf.ScalingModel(rf.PowerLaw(1.0, 20), sigma_eps=1e200)
    done = rf.sweep(model, N=5, T=8, ridge=[0.1, np.inf], draws=4, seed=1, store=path)
    assert np.isinf(done.test.mean[0, 0, 0, 0])
    assert_same(rf.resume_sweep(path), done)
    with contextlib.closing(sqlite3.connect(path)) as file:
        assert file.execute("select json_extract(ridge, '$[1]') from cells").fetchone() == ("inf",)


def test_other_versions_are_said(tmp_path, monkeypatch, serial):
    path = tmp_path / "sweep.db"
    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "versions", lambda: {"numpy": "1.0"})
        rf.sweep(MODELS, **GRID, store=path)
    assert_same(rf.resume_sweep(path), serial)  # nothing is left to compute
    forget(path, "cell = 3")
    with pytest.warns(UserWarning, match=r"was begun with \{'numpy': '1.0'\}, goes on with"):
        assert_same(rf.resume_sweep(path), serial)
