"""Examples: each runs alone, says what it found, and leaves one figure fit to print."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*/*.py"))
RUNNER = ROOT / "tests" / "scripts" / "run_example.py"
HANG = 180  # seconds; alone, each takes 2 to 13

SMALL = """
import matplotlib.pyplot as plt
plt.plot([0, 1], [0, 1], label="a line")
plt.gca().set(xlabel="x", ylabel="y")
plt.legend(loc="upper left")
"""


def run(script):
    environment = os.environ | {"MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", RUNNER, script]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=HANG, stdin=subprocess.DEVNULL, check=False
    )


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


def test_they_are_all_there():
    assert [len(list((ROOT / "examples" / folder).glob("*.py"))) for folder in ("figures", "how_to")] == [8, 6]


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_it_runs_and_its_figure_is_whole(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.strip(), "it prints nothing"
    assert list(tmp_path.iterdir()) == [], "it leaves files behind"


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_it_is_one_short_question(path):
    text = path.read_text()
    assert text.count("\n") <= 60
    title, underline, *rest = ast.get_docstring(ast.parse(text)).splitlines()
    assert title.endswith("?") or path.parent.name == "how_to"
    assert set(underline) == {"="}
    assert len(underline) >= len(title)
    assert "\n".join(rest).strip()
    assert re.search(r"^plt\.show\(\)$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('ylabel="y"', 'title="t"'), "an axis without a name"),
        (('loc="upper left"', 'loc="upper right"'), "the legend lies over ['a line']"),
        (("a line", "a line"), None),
        (
            ("import matplotlib.pyplot as plt", "import matplotlib.pyplot as plt\nplt.figure()\nplt.figure()"),
            "2 figures",
        ),
        (('plt.legend(loc="upper left")', "import warnings; warnings.warn('careful')"), "UserWarning: careful"),
    ],
)
def test_a_bad_figure_is_refused(tmp_path, change, said):
    script = tmp_path / "small.py"
    script.write_text(SMALL.replace(*change))
    done = run(script)
    assert (done.returncode == 0) == (said is None), done.stderr
    assert said is None or said in done.stderr
