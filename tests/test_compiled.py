"""Compiled functions: cached between processes, or not where nothing can be written; threads; the
import is light.
"""

import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import numba
import numpy as np
import pytest

import rfscale as rf
from rfscale.support import compiled, compiled_cache
from rfscale.traces.continued_fraction import coefficients, phi

# compiled functions that call each other and make an array, in a second
FRACTION = (
    "from rfscale.traces.continued_fraction import coefficients as f, phi; print(phi(f(2.0), 0.5))"
)


def run(code, **environment):
    return process(code, **environment).stdout


def process(code, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_kernels_are_cached_between_processes(tmp_path):
    """The second process finds everything that the first one compiled, and said so in a line."""
    count = "; print(sum(f.stats.cache_hits.values()), sum(f.stats.cache_misses.values()))"
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "RFSCALE_QUIET": "0"}
    done = [process(FRACTION + count, **environment) for _ in range(2)]
    assert [each.stderr for each in done] == [f"{compiled_cache.COMPILING}\n", ""]
    first, second = (each.stdout.split() for each in done)
    assert first[1:] == ["0", "1"]
    assert second[1:] == ["1", "0"]
    assert first[0] == second[0]


def test_without_a_folder_to_cache_in_everything_works():
    """numba refuses to compile a function with cache=True where it finds no folder that it may
    write to.
    """
    no_cache = (
        "import numba.core.caching as c\n"
        "def refuse(self): raise OSError('read-only')\n"
        "for name in dir(c):\n"
        "    if name.endswith('CacheLocator') and hasattr(getattr(c, name), 'ensure_cache_path'):\n"
        "        setattr(getattr(c, name), 'ensure_cache_path', refuse)\n"
    )
    done = process(no_cache + FRACTION)
    assert float(done.stdout) == phi(coefficients(2.0), 0.5)
    assert done.stderr.count("\n") == 1
    folder = Path(rf.__file__).parent / "traces" / "__pycache__"  # of what is compiled first
    assert f"compiling, in each process anew, as {folder} cannot be written to" in done.stderr


def test_one_process_of_a_pool_says_that_it_compiles(tmp_path):
    """Each has a folder of its own for the cache, so that all compile."""
    squares = (
        "from rfscale.support.compiled import compiled\n"
        "@compiled\n"
        "def squared(x):\n"
        "    return x * x\n"
        "print(squared(3))\n"
    )
    (tmp_path / "squares.py").write_text(squares)
    task = (
        "import os, sys; os.environ['NUMBA_CACHE_DIR'] += str(os.getpid()); "
        f"sys.path.insert(0, {str(tmp_path)!r}); import squares"
    )
    code = (
        "import multiprocessing\n"
        f"task = {task!r}\n"
        "spawn = multiprocessing.get_context('spawn')\n"
        "pool = [spawn.Process(target=exec, args=(task,)) for _ in range(3)]\n"
        "for process in pool: process.start()\n"
        "for process in pool: process.join()\n"
    )
    done = process(code, NUMBA_CACHE_DIR=f"{tmp_path}/cache", RFSCALE_QUIET="0")
    assert sorted(done.stdout) == sorted("9\n" * 3)
    assert len(list(tmp_path.glob("cache*"))) == 3
    assert done.stderr == f"{compiled_cache.COMPILING}\n"


@pytest.mark.parametrize(
    ("name", "speaks"),
    [
        ("MainProcess", True),
        ("SpawnProcess-1", True),
        ("LokyProcess-2", False),
        ("SpawnPoolWorker-11", False),
        ("Dask Worker process (from Nanny)", True),
    ],
)
def test_the_first_of_a_pool_speaks(name, speaks, monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(multiprocessing.current_process(), "_name", name)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(compiled_cache, "_said", set())
    monkeypatch.setenv("RFSCALE_QUIET", "0")
    assert compiled.compiled(lambda x: x * 2)(3) == 6
    assert capfd.readouterr().err == (f"{compiled_cache.COMPILING}\n" if speaks else "")


def test_importing_compiles_nothing_and_leaves_slow_things_alone():
    slow = (
        "matplotlib",
        "sympy",
        "mpmath",
        "pandas",
        "scipy.linalg",
        "scipy.optimize",
        "scipy.special",
        "tqdm",
    )
    code = (
        "from numba.core import event\n"
        "compiled = []\n"
        "class Listener(event.Listener):\n"
        "    def on_start(self, happened): compiled.append(happened)\n"
        "    def on_end(self, happened): pass\n"
        "event.register('numba:compile', Listener())\n"
        f"import rfscale, sys; print([m for m in {slow} if m in sys.modules], len(compiled))"
    )
    assert run(code).strip() == "[] 0"


def test_predictions_from_several_threads_at_once():
    model, size = rf.ScalingModel(rf.PowerLaw(1.0, 1000)), np.geomspace(1, 900, 150)
    expected, found = rf.predict(model, size, size[:, None]).test, []
    threads = [
        threading.Thread(target=lambda: found.append(rf.predict(model, size, size[:, None]).test))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(result, expected) for result in found)
    assert len(found) == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_predictions_after_a_fork():
    code = (
        "import os, numpy as np, rfscale as rf\n"
        "model, size = rf.ScalingModel(rf.PowerLaw(1.0, 1000)), np.geomspace(1, 900, 150)\n"
        "before = rf.predict(model, size, size[:, None]).test\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    same = np.array_equal(rf.predict(model, size, size[:, None]).test, before)\n"
        "    os._exit(0 if same else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert run(code).strip() == "0"


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_chunks_cover_all_points_once(monkeypatch, cores):
    monkeypatch.setattr(compiled, "available_cores", lambda: cores)
    seen = np.zeros(1000, dtype=int)

    def task(start, stop):
        seen[start:stop] += 1

    compiled.run_in_chunks(task, 1000, 64)
    assert np.all(seen == 1)


def test_an_error_in_a_chunk_is_raised():
    def task(start, stop):
        raise ValueError("in a chunk")

    with pytest.raises(ValueError, match="in a chunk"):
        compiled.run_in_chunks(task, 1000, 10)
