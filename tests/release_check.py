"""Whether a release would work: `python tests/release_check.py`, which needs the extra "release".

Builds sdist and wheel, looks into both, installs the wheel with the pinned core dependencies in an
empty environment outside the checkout, and there runs the main job, the doctor, the explorer and
the doctests. The main job compiles what it needs; the doctests run as plain Python, which takes a
tenth of the time that compiling all functions would take.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
# Whose examples need what the wheel alone does not bring
OF_EXTRAS = ["intrinsic_dimension", "neighbours.trained"]
DIVISION = "divide by zero encountered in scalar divide"  # compiled code does it without a word
FLAGS = "doctest_optionflags=NUMBER NORMALIZE_WHITESPACE ELLIPSIS"  # as in pyproject.toml
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "Makefile")
SOURCES += ("constraints.txt", "constraints-oldest.txt")
FOLDERS = ("rfscale", "tests", "derivations", "examples", "book")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="rfscale-release-") as folder:
        outside = Path(folder)
        dist = outside / "dist"
        run("build", sys.executable, "-m", "build", "--outdir", dist, ROOT, cwd=outside)
        (sdist,) = dist.glob("*.tar.gz")
        (wheel,) = dist.glob("*.whl")
        check_sdist(sdist)
        check_wheel(wheel)
        work = outside / "work"
        work.mkdir()
        check_installed(wheel, outside / "env", work)
    print("the release works")


def check_sdist(path: Path) -> None:
    """Everything that the tests and the book need is in the sdist, and nothing that was built."""
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    missing = [name for name in SOURCES if name not in names]
    missing += [name for name in FOLDERS if not any(n.startswith(f"{name}/") for n in names)]
    assert not missing, f"not in {path.name}: {missing}"
    built = {name for name in names if name.endswith((".pyc", ".nbi", ".nbc"))}
    built |= {name for name in names if name.startswith((".venv/", "build/", "dist/"))}
    assert not built, f"in {path.name}: {sorted(built)[:5]}"


def check_wheel(path: Path) -> None:
    """The wheel holds the files of the package, all of them and no others."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    inside = {name for name in names if ".dist-info/" not in name}
    files = (file for file in (ROOT / "rfscale").rglob("*") if file.is_file())
    expected = {str(f.relative_to(ROOT)) for f in files if "__pycache__" not in f.parts}
    assert inside == expected, f"in {path.name} or in rfscale/ only: {sorted(inside ^ expected)}"
    suffixes = {Path(name).suffix for name in inside}
    assert {".py", ".typed", ".js", ".css", ".html"} <= suffixes, suffixes
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def check_installed(wheel: Path, env: Path, work: Path) -> None:
    """The commands work with the core dependencies alone, and so do the examples of docstrings."""
    venv.create(env, with_pip=True)
    python = env / "bin" / "python"
    install = (python, "-m", "pip", "install", "--quiet", "-c", CONSTRAINTS)
    run("install", *install, wheel, cwd=work)
    where = "import rfscale; print(rfscale.__version__, 'in', rfscale.__file__)"
    said = run("import", python, "-c", where, cwd=work).stdout
    assert f" in {env}" in said, said
    assert wheel.name.startswith(f"rfscale-{said.split()[0]}-"), (wheel.name, said)
    first = run("rfscale compare", env / "bin" / "rfscale", "compare", cwd=work)
    assert first.stderr.count("rfscale: compiling, once in an installation") == 1, first.stderr
    assert (work / "rfscale-compare.png").stat().st_size > 10_000
    report = run("rfscale doctor", env / "bin" / "rfscale", "doctor", cwd=work).stdout
    assert "dask: missing" in report, report  # the core alone is installed
    assert "frames: missing" in report, report
    run("rfscale explore", env / "bin" / "rfscale", "explore", "-o", "x.html", cwd=work)
    assert "<script" in (work / "x.html").read_text(encoding="utf-8")
    run("install pytest", *install, "pytest", cwd=work)
    doctests = ["--doctest-modules", "-o", FLAGS, "-W", "error", "-p", "no:cacheprovider", "-q"]
    doctests += ["-W", f"ignore:{DIVISION}:RuntimeWarning"]
    doctests += ["-k", f"not ({' or '.join(OF_EXTRAS)})"]
    line = (python, "-m", "pytest", "--pyargs", "rfscale", *doctests)
    done = run("doctests", "env", "NUMBA_DISABLE_JIT=1", *line, cwd=work)
    print(done.stdout.strip())


def run(what: str, *command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command away from the checkout, and say how long it took."""
    began = time.perf_counter()
    hidden = {"PYTHONPATH", "VIRTUAL_ENV", "NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT", "RFSCALE_QUIET"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # more wait for each other where others compute, too
    line = [str(part) for part in command]
    done = subprocess.run(line, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{what} failed:\n{done.stdout}{done.stderr}")
    print(f"{what}: {time.perf_counter() - began:.0f} s", flush=True)
    return done


if __name__ == "__main__":
    main()
