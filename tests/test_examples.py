"""Examples: each runs alone, says what it found, and leaves one figure fit to print."""

import ast
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import ahead
import cpu_limit
import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest
import run_example

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*/*.py"))
RUNNER = ROOT / "tests" / "scripts" / "run_example.py"
CPU_LIMIT = 600  # seconds; each takes 2 to 25, after 35 to 190 of compiling in a new installation

SMALL = """
import matplotlib.pyplot as plt
print("one")
plt.plot([0, 1], [0, 1], label="a line")
plt.gca().set(xlabel="x", ylabel="y")
plt.legend(loc="upper left")
"""
LEGEND = 'plt.legend(loc="upper left")'
CORNER = "0.1, 0.97"  # where the legend is


def complaint(script, folder, limit=CPU_LIMIT):
    """What is wrong with a script that is run in an empty folder, or None."""
    before = files_of_examples()
    environment = os.environ | {"MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", RUNNER, script]
    try:
        done = cpu_limit.run(command, limit, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
    except cpu_limit.TimedOut as error:
        return str(error)
    if done.returncode or done.stderr:
        return done.stderr or f"return code {done.returncode}"
    *said, last = done.stdout.splitlines() or [""]
    if last != "LOOKED AT":
        return "it ends before its figure is looked at"
    if not "".join(said).strip():
        return "it prints nothing"
    if list(folder.iterdir()) or files_of_examples() != before:
        return "it leaves files behind"
    return None


def files_of_examples():
    return {path: path.stat().st_mtime_ns for path in (ROOT / "examples").rglob("*")}


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.fixture(scope="module")
def complaints(request, tmp_path_factory):
    """What is wrong with the scripts of the selected tests, by test; two run at a time, each in an
    empty folder.
    """
    wanted = [
        item for item in request.session.items if "complaints" in getattr(item, "fixturenames", ())
    ]
    tasks = {}
    for item in wanted:
        script = script_of(item.callspec.params, tmp_path_factory)
        tasks[item.name] = partial(complaint, script, tmp_path_factory.mktemp("empty"))
    with ahead.started(tasks) as results:
        yield results


def script_of(parameters, folders):
    """An example, or a changed small script."""
    if "path" in parameters:
        return parameters["path"]
    return changed(parameters["old"], parameters["new"], folders.mktemp("script"))


def changed(old, new, folder):
    assert old in SMALL
    script = folder / "small.py"
    script.write_text(SMALL.replace(old, new))
    return script


def test_they_are_all_there():
    folders = [path.parent.name for path in EXAMPLES]
    assert (folders.count("figures"), folders.count("how_to")) == (29, 9)


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_it_runs_and_its_figure_is_whole(path, complaints, request):
    assert complaints[request.node.name]() is None


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_it_is_one_short_question(path):
    text = path.read_text()
    assert text.count("\n") <= 70
    title, underline, *rest = ast.get_docstring(ast.parse(text)).splitlines()
    assert title.endswith("?") or path.parent.name == "how_to"
    assert set(underline) == {"="}
    assert len(underline) >= len(title)
    assert "\n".join(rest).strip()
    assert re.search(r"^plt\.show\(\)$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("plt\n", "plt\nplt.figure()\nplt.figure()\n", "2 figures"),
        (
            SMALL,
            "print('one')\nimport matplotlib.pyplot as plt\nplt.figure()",
            "a figure without axes",
        ),
        ("[0, 1], [0, 1]", "[], []", "axes without data"),
        (
            LEGEND,
            "plt.gcf().add_axes((0.2, 0.2, 0.1, 0.1), xlabel='x', ylabel='y')",
            "axes without data",
        ),
        ('ylabel="y"', 'title="t"', "an axis without a name"),
        ('ylabel="y"', 'ylabel=" "', "an axis without a name"),
        (
            LEGEND,
            "plt.gca().inset_axes((0.2, 0.7, 0.1, 0.1)).plot([0, 1], [0, 1])",
            "an axis without a name",
        ),
        ('ylabel="y"', 'ylabel="y", xlim=(2, 3)', "nothing of 'a line' is in view"),
        ("[0, 1], [0, 1]", "[0, 1], [float('nan')] * 2", "nothing of 'a line' is in view"),
        # legends
        (LEGEND, f"{LEGEND}\nplt.scatter({CORNER})", "the legend lies over something"),
        (LEGEND, f"{LEGEND}\nplt.fill_between([0, 1], [1, 1])", "the legend lies over something"),
        (
            LEGEND,
            f"{LEGEND}\nplt.imshow([[1, 2]], extent=(0, 1, 0, 1))",
            "the legend lies over something",
        ),
        (LEGEND, f"{LEGEND}\nplt.text({CORNER}, 'text')", "the legend lies over something"),
        (LEGEND, "plt.gcf().legend(loc='center')", "the legend lies over something"),
        ('print("one")', "raise SystemExit(0)", "it exits by itself, with 0"),
        ('print("one")', "import sys; sys.exit(3)", "it exits by itself, with 3"),
    ],
)
def test_a_bad_figure_is_refused(old, new, said, tmp_path):
    script = changed(old, new, tmp_path)
    with pytest.raises(AssertionError) as caught:
        run_example.look_at(script)
    plt.close("all")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a line", "the line", None),
        ("upper left", "upper right", "the legend lies over something"),
        ('print("one")', "", "it prints nothing"),
        ('print("one")', "import os; os._exit(0)", "it ends before its figure is looked at"),
        ('print("one")', "import os; os._exit(3)", "return code 3"),
        ('print("one")', "raise ValueError('wrong')", "ValueError: wrong"),
        ('print("one")', "import warnings; warnings.warn('careful')", "UserWarning: careful"),
        ('print("one")', "print('one'); open('left.txt', 'w').close()", "it leaves files behind"),
    ],
)
def test_a_bad_example_is_refused(old, new, said, complaints, request):
    found = complaints[request.node.name]()
    assert found is None if said is None else said in found


def test_an_example_that_does_not_end_is_refused(tmp_path):
    script = tmp_path / "small.py"
    script.write_text("while True: pass")
    assert complaint(script, tmp_path, limit=8).startswith("timed out after 8 s of CPU time")
