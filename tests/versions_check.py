"""Whether the package works on other Pythons: `python tests/versions_check.py`.

Makes a fresh environment for each of Python 3.12 and 3.13 that is found, the one with the oldest
dependencies that pyproject.toml allows, the other with the newest, and there runs the tests that
can depend on versions. With the argument "all" each has both kinds of dependencies; with "whole" it
runs all tests, too, which takes an hour.
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
# Long, and about the theory or the files of the project
NOT_OF_VERSIONS = "derivations examples accuracy bias_variance finite_size fast_path".split()
NOT_OF_VERSIONS += "structure trust cpu_limit order_error stated_errors phases".split()
NOT_OF_VERSIONS += "critical_window bias_variance_error optimal_ridge_shift scatter".split()
NOT_OF_VERSIONS += "asymptotics teachers optimal_ridge allocation symbolic exact".split()
NOT_OF_VERSIONS += ["comparison"]  # its limits are doctests, its verdicts those of the main job
NOT_OF_VERSIONS += "training_theory training_simulation training_comparison filters_theory".split()
NOT_OF_VERSIONS += "laws_of_time sgd optimal_time best_filter one_run scatter_error".split()
NOT_OF_VERSIONS += ["cli_training", "training_results"]  # as test_cli and test_sweep do it
CLOSED_FORMS = "--ignore=rfscale/theory/asymptotics"  # examples of numbers
# 16 of its 7200 numbers differ: most say where a minimum lies that rounding makes flat
NOT_OF_THE_OLDEST = ["reference_values"]


def main(*how: str) -> int:
    jobs = {}
    with ThreadPoolExecutor(2) as pool:  # compiling and most tests use one core
        for version, constraints in PLAN + (REST if how else []):
            python = interpreter(version)
            if python is None:
                print(f"Python {version} is not installed: not tested", flush=True)
                continue
            job = pool.submit(works, python, version, constraints, whole="whole" in how)
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
    left_out = NOT_OF_VERSIONS + (NOT_OF_THE_OLDEST if constraints == OLDEST else [])
    ignored = [f"--ignore=tests/test_{name}.py" for name in left_out]
    subset = () if whole else [*ignored, CLOSED_FORMS]
    steps = {
        "environment": (python, "-m", "venv", "--clear", env),
        "install": (*pip, "-c", constraints, "-e", ".[test]"),
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
