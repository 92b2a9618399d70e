"""Trained networks: what holds for any seed, runs that are taken up again, what is refused.

Each number is one that does not depend on the optimiser; what does is asserted nowhere.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import cpu_limit
import numpy as np
import pytest

import rfscale as rf
from rfscale.neighbours.trained import discovery, parity, toy
from rfscale.neighbours.trained.checkpoint import Checkpoint, digest
from rfscale.neighbours.trained.training import marks

ROOT = Path(__file__).parents[1]
RUNS = ROOT / "tests" / "scripts" / "trained_runs.py"
CPU_LIMIT = 300  # seconds; each takes 5 to 30
ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
ENVIRONMENT = os.environ | {"XLA_FLAGS": ONE_THREAD, "OPENBLAS_NUM_THREADS": "1"}


def said(what):
    """What a process that trains prints."""
    command = [sys.executable, "-W", "error", RUNS, what]
    done = cpu_limit.run(command, CPU_LIMIT, env=ENVIRONMENT, cwd=ROOT)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def toys():
    return said("toy")


@pytest.fixture(scope="module")
def parities():
    return said("parity")


def test_five_samples_become_a_pentagon(toys):
    """Over 12 seeds: training loss to 0.005, gaps from 63 to 80 degrees, shares from 0.97 to 1.03,
    test losses from 0.9996 to 1.0001; samples that have a feature in common are not at 72.

    The mean length is that of the polygon that recalls the samples, beyond it by up to 3 percent.
    """
    least = float(rf.neighbours.sample_polygon(5).radius)
    for run in toys["five"]:
        assert run["train"] < 0.01
        assert np.abs(np.array(run["gaps"]) - 72).max() < 12
        assert abs(run["share"] - 1) < 0.05
        assert abs(run["test"] - 1) < 0.001
        assert least < np.mean(run["hidden"]) < 1.1 * least
        assert run["regime"] == "samples"


def test_the_peak_is_no_interpolation(toys):
    """At T (1 - S) = 3: over 6 seeds test losses from 1.8 to 3.4, training losses of 0.87, |W| from
    17.8, no feature with more than 0.07 of a dimension. A weight decay of 1 keeps it at 1.03.
    """
    for run in toys["peak"]:
        assert run["test"] > 1.4
        assert run["train"] > 0.7
        assert run["W"] > 16
        assert run["D"][0] < 0.11
        assert run["regime"] == "samples"
    assert toys["decayed"][0]["test"] < 1.1


def test_of_many_samples_five_features_are_learned(toys):
    """At T (1 - S) = 20: over 6 seeds D5 from 0.24, D6 to 0.05, |W| from 2.39 to 2.47, and a test
    loss 0.0070 to 0.0078 below that of the best constant.
    """
    for run in toys["many"]:
        assert 0.005 < run["constant"] - run["test"] < 0.01
        assert run["D"][4] > 0.15 > 2 * run["D"][5]
        assert abs(run["W"] - 2.43) < 0.1
        assert run["regime"] == "features"


def test_a_repeated_sample_takes_a_direction(toys):
    """At one sample a feature: 0.0005 to 0.05 of a dimension once, 0.11 five times."""
    once, often = toys["repeated"]
    assert once["T"] == 500
    assert often["T"] == 504
    assert often["first"] > 0.08 > once["first"]


def test_tasks_are_learned_by_their_own_counts(parities):
    """In the order of their frequencies, and after as many samples of their own: over three seeds
    within a factor of 1.4, while the frequencies differ by 12.
    """
    for run in parities["runs"]:
        learned = [k for k, when in enumerate(run["when"]) if when is not None]
        assert len(learned) >= 3
        assert learned[:3] == [0, 1, 2]
        when = np.array([run["when"][k] for k in learned])
        steps = when / np.array(run["p"])[learned]
        assert np.all(np.diff(steps[:3]) > 0)
        assert when.max() < 2 * when.min()


def test_the_mean_loss_is_that_of_as_many_quanta(parities):
    """At the end, over three seeds within 0.032 bit; while a task is half learned up to 0.22."""
    for run in parities["runs"]:
        assert abs(run["mean"][-1] - run["law"][-1]) < 0.08
        assert np.abs(np.subtract(run["mean"], run["law"])).max() < 0.3
        assert run["mean"][0] > 0.95 > 0.35 > run["mean"][-1]
    curve = parities["curve"]
    assert 2 < curve["tau"] < 8
    assert curve["rms"] < 0.08  # of three seeds 0.040 to 0.052
    assert curve["mean_rms"] < 0.05


def test_a_pool_is_used_up(parities):
    """Of 500 samples the loss of new ones falls and rises again, with all samples new it falls."""
    few, new = parities["few"], parities["runs"][0]["mean"]
    assert few[-1] > min(few) + 0.05
    assert new[-1] < min(new) + 0.01


@pytest.fixture(scope="module")
def resumed():
    return said("resume")


@pytest.mark.parametrize("name", ["toy", "parity"])
def test_an_interrupted_run_ends_with_the_same_bits(name, resumed):
    found = resumed[name]
    assert 0 < found["marks"] < 7
    assert found["same"]
    assert found["read"]  # a run that has ended is read again
    assert found["loaded"]


@pytest.mark.parametrize("name", ["toy", "parity"])
def test_the_checkpoint_of_another_run_is_refused(name, resumed):
    found = resumed[name]
    assert found["refused"] == "checkpoint FILE is of another run: steps is 70 there and 80 here"
    assert "cannot be read: it is another archive" in found["another"]


def test_the_examples_of_docstrings():
    command = [sys.executable, "-m", "pytest", "-o", "addopts=", "--doctest-modules", "-q"]
    command += ["-p", "no:cacheprovider", "--import-mode=importlib", "rfscale/neighbours/trained"]
    done = cpu_limit.run(command, CPU_LIMIT, env=ENVIRONMENT, cwd=ROOT)
    assert not done.returncode, done.stdout
    assert " passed" in done.stdout


def test_the_program_keeps_its_runs(tmp_path):
    line = [sys.executable, "-W", "error", "-m", "rfscale.neighbours.trained.toy", "--full"]
    line += "--n 50 --sparsity 0.9 --T 3 20 --steps 20 --fresh 10 --seeds 1 --folder runs".split()
    options = {"env": ENVIRONMENT | {"PYTHONPATH": str(ROOT)}, "cwd": tmp_path}
    first, second = (cpu_limit.run(line, CPU_LIMIT, **options) for _ in range(2))
    assert not first.returncode, first.stderr
    assert first.stdout == second.stdout
    assert [row.split()[:2] for row in first.stdout.splitlines()[1:]] == [["3", "0"], ["20", "0"]]
    kept = toy.ToyRun.load(tmp_path / "runs" / "T20_seed0.npz")
    assert (kept.T, kept.W.shape, kept.steps) == (20, (2, 50), 20)


def test_nothing_is_imported_before_it_is_used():
    code = "import sys, rfscale as rf; rf.neighbours.trained.toy.samples(2, 10); "
    code += "rf.neighbours.trained.parity, rf.neighbours.trained.discovery; "
    code += "print([name for name in ('jax', 'optax', 'sklearn') if name in sys.modules])"
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


X = toy.samples(3, 8, 0.5)
TASKS = parity.ParityTasks(tasks=3, n=4, k=2)


@pytest.mark.parametrize("missing", ["jax", "optax"])
def test_without_the_extra_it_is_said_which(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)  # neither is imported here, of whichever tests
    monkeypatch.setitem(sys.modules, missing, None)
    for train in (lambda: toy.train(X, X, steps=2), lambda: parity.train(TASKS, steps=2)):
        with pytest.raises(ImportError, match=r'needs JAX and optax: .* "rfscale\[trained\]"$'):
            train()


def test_without_scikit_learn_it_is_said_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(ImportError, match=r'needs scikit-learn: .* "rfscale\[data\]"$'):
        discovery.clusters(np.eye(3), 2)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: toy.samples(0), "T must be an integer >= 1, got 0"),
        (lambda: toy.samples(2.5), "T must be an integer >= 1"),
        (lambda: toy.samples(2, sparsity=1), "sparsity must be in [0, 1), got 1"),
        (lambda: toy.samples(2, sparsity=-0.1), "sparsity must be a finite number >= 0"),
        (lambda: toy.samples(2, seed=-1), "seed must be an integer >= 0"),
        (lambda: toy.train([], X), "x must have the shape (samples, n), got (0,)"),
        (lambda: toy.train(X, X[:, 1:]), "test must have the shape (samples, 8), got (3, 7)"),
        (lambda: toy.train(X * np.nan, X), "x must be finite numbers of size up to 1e+06, got nan"),
        (lambda: toy.train(X, X, m=0), "m must be an integer >= 1"),
        (lambda: toy.train(X, X, steps=0), "steps must be an integer >= 1"),
        (lambda: toy.train(X, X, steps=5, warm_up=5), "warm_up must be less than steps = 5"),
        (lambda: toy.train(X, X, weight_decay=-1), "weight_decay must be a finite number >= 0"),
        (lambda: toy.train(X, X, eps=0), "eps must be a finite number > 0"),
        (lambda: toy.train(X, X, over="all"), "over must be one of sum, mean, got 'all'"),
        (lambda: toy.train(X, X, records=0), "records must be an integer >= 1"),
        (lambda: toy.train(X, X, progress=1), "progress must be True or False"),
        (lambda: toy.train(X, X, checkpoint="no/where.npz"), "the folder no does not exist"),
        (lambda: toy.gaps(np.ones((3, 2))), "vectors must have the shape (2, vectors)"),
        (lambda: parity.ParityTasks(alpha=0), "alpha must be a finite number > 0"),
        (lambda: parity.ParityTasks(n=3, k=4), "k must be at most n = 3, got 4"),
        (lambda: parity.ParityTasks(tasks=7, n=4, k=2), "tasks must be at most 6, the subsets"),
        (lambda: parity.train("tasks"), "tasks must be a ParityTasks"),
        (lambda: parity.train(TASKS, 0), "width must be an integer >= 1"),
        (lambda: parity.train(TASKS, 4, 0), "samples must be an integer >= 1"),
        (lambda: parity.collapse(TASKS), "run must be a ParityRun"),
        (lambda: discovery.gradients(sigma=-1), "sigma must be a finite number >= 0"),
        (lambda: discovery.gradients(alpha=0), "alpha must be a finite number > 0"),
        (lambda: discovery.clusters(np.eye(3), 4), "count must be at most 3, the samples, got 4"),
        (lambda: discovery.clusters(np.zeros((2, 2)), 1), "values must not hold a row of zeros"),
        (lambda: discovery.cluster_slope([1, 1]), "ranks must hold two clusters of 1"),
    ],
)
def test_bad_input_is_refused(call, said):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call()
    assert said in str(caught.value)


def test_samples_are_sparse_and_of_length_one():
    x = toy.samples(2000, 100, 0.9, seed=3)
    assert np.allclose((x**2).sum(axis=1), 1, atol=1e-6)  # float32
    share = (x > 0).mean()
    assert abs(share - 0.1) < 5 * (0.1 * 0.9 / x.size) ** 0.5
    assert np.array_equal(toy.samples(5, 3, 1 - 1e-12), np.zeros((5, 3)))  # none has a feature
    n, S = 100, 0.9
    constant = 1 - n * x.mean(dtype=float) ** 2
    # Samples scatter about the exact mean; the spread of |x|_1 over 2000 of them is 0.012.
    assert abs(constant - rf.neighbours.toy_constant_loss(n, S)) < 5 * 2 * 0.012 / n**0.5


def test_tasks_have_different_bits():
    tasks = parity.ParityTasks(tasks=15, n=6, k=2)
    assert len({tuple(bits) for bits in tasks.bits}) == 15  # all that there are
    assert np.all(np.diff(tasks.bits, axis=1) > 0)
    assert tasks.p.sum() == pytest.approx(1, rel=1e-14, abs=0)
    assert tasks.p[3] / tasks.p[0] == pytest.approx(4**-1.4, rel=1e-13, abs=0)


def test_marks_are_even_and_end_at_the_last_step():
    assert marks(10, 5) == [2, 4, 6, 8, 10]
    assert marks(3, 5) == [1, 2, 3]
    assert marks(1, 1) == [1]


def test_a_checkpoint_keeps_bits(tmp_path):
    state = [np.float32([0.1, np.nan]), np.array(7, np.int32)]
    records = [{"loss": np.float64(0.1)}, {"loss": np.float64(1 / 3)}]
    file = Checkpoint(tmp_path / "run.npz", {"x": digest(X)})
    assert file.read() is None
    file.write(state, records)
    arrays, again = file.read()
    assert [a.tobytes() for a in arrays] == [a.tobytes() for a in state]
    assert [float(each["loss"]) for each in again] == [0.1, 1 / 3]
    with pytest.raises(ValueError, match="is of another run: x is"):
        Checkpoint(tmp_path / "run.npz", {"x": digest(X + 1)}).read()
    (tmp_path / "run.npz").write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(ValueError, match=r"run\.npz cannot be read: it is damaged"):
        file.read()


@pytest.mark.parametrize("change", [{"marks": 1}, {"arrays": 9}, {"arrays": "x"}, {"run": [1]}])
def test_a_checkpoint_that_is_changed_inside_is_refused(tmp_path, change):
    file = Checkpoint(tmp_path / "run.npz", {"x": 1})
    file.write([np.zeros(2)], [{"loss": np.zeros(1)}, {"loss": np.ones(1)}])
    with np.load(file.path) as archive:
        held = dict(archive)
    header = json.loads(str(held["header"])) | change
    np.savez(file.path, **(held | {"header": np.array(json.dumps(header))}))
    with pytest.raises(ValueError, match=r"checkpoint .*run\.npz cannot be read"):
        file.read()


def test_noise_halves_the_slope_that_clustering_finds():
    """True slope -1.34: -1.33 at sigma = 0.25, -0.74 and -0.30 at 1 and 2 (one seed)."""
    slopes = []
    for sigma in (0.25, 1.0, 2.0):
        drawn = discovery.gradients(600, 300, 0.4, d=300, sigma=sigma, seed=1)
        slopes.append(discovery.cluster_slope(discovery.clusters(drawn.values, 60), (2, 25)))
    true = discovery.cluster_slope(drawn.subtask, (2, 25))
    assert abs(slopes[0] - true) < 0.1
    assert 0.4 < slopes[1] / true < 0.75
    assert slopes[2] / true < 0.5


def test_gradients_of_a_subtask_have_the_stated_cosine():
    drawn = discovery.gradients(400, 4, 0.4, d=500, sigma=1.0, seed=1)
    rows = drawn.values / np.linalg.norm(drawn.values, axis=1, keepdims=True)
    cosines = (rows @ rows.T)[np.triu_indices(400, 1)]
    same = (drawn.subtask[:, None] == drawn.subtask)[np.triu_indices(400, 1)]
    # A gradient's own noise along the mean is 1/sqrt(d) = 0.04, and common to all of its pairs.
    assert abs(cosines[same].mean() - 0.5) < 0.02
    assert abs(cosines[~same].mean()) < 0.05  # means of four subtasks, 1/sqrt(d) each
