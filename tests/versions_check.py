"""Whether the package works on other Pythons: `python tests/versions_check.py`.

Makes a fresh environment for each of Python 3.12 and 3.13 that is found, the one with the oldest
dependencies that pyproject.toml allows, the other with the newest, and there runs the tests that
can depend on versions. With the argument "all" each has both kinds of dependencies; with "whole" it
runs all tests, too, which takes an hour. With a version, such as 3.12, it is that one alone.
"""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEWEST = "constraints.txt"
OLDEST = "constraints-oldest.txt"
PLAN = [("3.12", OLDEST), ("3.13", NEWEST)]
REST = [("3.12", NEWEST), ("3.13", OLDEST)]
# What meets Python's, numba's, numpy's, scipy's, pandas', dask's and matplotlib's ways of doing
# things; every public name is in a doctest. Of the theory the numbers are enough: its identities
# hold or fail on every version alike.
DOCTESTS = ["rfscale", "README.md", "book/index.md", "book/extending.md"]
OF_VERSIONS = "reference_values simulation spectrum plotting".split()
OF_VERSIONS += "compiled compiled_cache machine lazy deprecated doctor".split()
OF_VERSIONS += "sweep store estimators own_classes files results old_files".split()
OF_VERSIONS += "input shown text_table model_columns samples read_samples".split()
OF_VERSIONS += "cli cli_help cli_mistakes cli_process cli_sweep cli_user_objects".split()
# Long ones among them, of what others test in less time or of what does not depend on versions
LEFT_OUT = {
    "simulation": [
        "memory_of_a_process_does_not_grow_with_M",
        "exact_averages_agree_with_explicit_test_sets",
        "planar_gap_falls_as_one_over_the_size_and_the_corrected_one_faster",
        "noise_of_an_inverse_wishart_matrix",
        "the_distribution_narrows_with_the_size_faster_than_the_mean_moves",
        "duality_of_the_signal_at_finite_size",
    ],
    "sweep": [
        "killed_at_random_times_it_ends_with_the_same_bits",
        "several_processes_on_one_store",
    ],
    "cli_sweep": ["interrupt_keeps_what_is_finished"],
}
# 16 of its 7200 numbers differ: most say where a minimum lies that rounding makes flat
NOT_OF_THE_OLDEST = ["reference_values"]


def main(*how: str) -> int:
    known = {version for version, _ in PLAN}
    versions = known.intersection(how) or known
    ways = set(how) - known
    if not ways <= {"all", "whole"}:
        sys.exit(f"only {', '.join(sorted(known))}, all and whole can be asked for: {how}")
    plan = PLAN + (REST if ways else [])
    jobs = {}
    with ThreadPoolExecutor(2) as pool:  # compiling and most tests use one core
        for version, constraints in plan:
            if version not in versions:
                continue
            python = interpreter(version)
            if python is None:
                print(f"Python {version} is not installed: not tested", flush=True)
                continue
            job = pool.submit(works, python, version, constraints, whole="whole" in ways)
            jobs[f"Python {version} with {constraints}"] = job
    failed = [name for name, job in jobs.items() if not job.result()]
    print("; ".join(f"{name} failed" for name in failed) or "the versions that were found work")
    return 1 if failed else 0


def interpreter(version: str) -> str | None:
    """The first Python of a version that runs: what is on the PATH may be there only in name."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(name), *sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"))]
    return next((str(path) for path in found if path and is_python(path, version)), None)


def is_python(path: str | Path, version: str) -> bool:
    """Whether this is Python of a version, and can make environments."""
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([path, "-c", code], capture_output=True, text=True)
    return done.stdout.strip() == version


def works(python: str, version: str, constraints: str, whole: bool) -> bool:
    """Install into a fresh environment, and test."""
    env = ROOT / "build" / "versions" / f"{version}-{Path(constraints).stem}"
    pip = (env / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    pytest = (env / "bin" / "python", "-m", "pytest", "-q")
    left_out = NOT_OF_THE_OLDEST if constraints == OLDEST else []
    tests = [f"tests/test_{name}.py" for name in OF_VERSIONS if name not in left_out]
    skipped = [f"tests/test_{name}.py::test_{test}" for name in LEFT_OUT for test in LEFT_OUT[name]]
    subset = [] if whole else [*DOCTESTS, *tests, *(f"--deselect={test}" for test in skipped)]
    steps = {
        "environment": (python, "-m", "venv", "--clear", env),
        "install": (*pip, "-c", constraints, "-e", ".[versions]"),
        "test": (*pytest, *subset),
    }
    return all(step(f"{version}, {constraints}: {name}", *line) for name, line in steps.items())


def step(what: str, *command: object) -> bool:
    """Run a command, and say what it said and how long it took."""
    began = time.perf_counter()
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    line = [str(part) for part in command]
    said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(line, cwd=ROOT, env=environment, **said)
    if done.returncode or "test" in what:
        print(done.stdout, flush=True)
    print(f"Python {what}: {time.perf_counter() - began:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
