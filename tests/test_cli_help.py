"""The help: the first things to do, examples that work when they are pasted, 80 columns."""

import contextlib
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest
from cli_shared import rows_of

from rfscale import cli
from rfscale.cli import main, parsing, pictures

COMMANDS = list(cli.COMMANDS)
OPTIONAL = {"completion": "shtab"}  # a command: the library that it needs


def help_of(capsys, *words):
    """What a help prints."""
    with contextlib.suppress(SystemExit):
        assert main([*words, "--help"]) == 0
    return capsys.readouterr().out


def examples_of(text):
    """The lines below "examples:" that begin with rfscale."""
    head = text.split("examples:\n")[1].split("\n\n")[0]
    return re.findall(r"^  (rfscale.*)$", head, flags=re.M)


def write_samples(folder):
    """The files that examples measure, and fit."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((400, 8)) / np.arange(1, 9)
    y = X.sum(axis=1) + 0.3 * rng.standard_normal(400)
    np.savez(folder / "data.npz", X=X, y=y)
    names = ",".join("abcdefgh") + ",price"
    table = np.column_stack([X, y])
    np.savetxt(folder / "houses.csv", table, delimiter=",", header=names, comments="")
    N = np.repeat(np.geomspace(1e7, 1e9, 5), 5)
    T = np.tile(np.geomspace(1e9, 1e11, 5), 5)
    loss = (1.8 + 480 / N**0.35 + 2100 / T**0.37) * np.exp(0.01 * rng.standard_normal(25))
    runs = np.column_stack([N // 1e6, N, T, loss])
    names = "name,params,tokens,val_loss"
    np.savetxt(folder / "runs.csv", runs, delimiter=",", header=names, comments="")


@pytest.fixture(autouse=True)
def columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_the_help_of_all(words, capsys):
    assert main(words) == 0
    text = capsys.readouterr().out
    first = [line.split()[1] for line in examples_of(text)]
    assert first == ["compare", "predict", "map", "explore"]
    for name, said in cli.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(said)}$", text, flags=re.M)
    assert max(map(len, text.splitlines())) < 80


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command(name, capsys):
    text = help_of(capsys, name)
    assert help_of(capsys, "help", name) == text
    lines = text.splitlines()
    assert f"{lines[0]} ".startswith(f"usage: rfscale {name} ")
    assert lines[2] == "examples:"
    assert len(examples_of(text)) >= 2
    assert all(line.startswith(f"rfscale {name}") for line in examples_of(text))
    assert 'page "The command line"' in " ".join(text.split())
    assert max(map(len, lines)) <= 80
    for action in parsing.parser_of(name)._actions:
        assert action.help, f"{action.dest} of {name} is not explained"


def test_cryptic_options_are_explained_in_plain_words(capsys):
    said = {
        "predict": [
            "planar: the limit of large sizes",
            "one-loop: with what finite sizes add, of relative order 1/size",
            "B, how fast the teacher's weights fall along the latent directions",
            "the same in units of kernel regression",
            "rounding errors of zero and left out",
        ],
        "simulate": [
            "until the standard error of the test loss over draws is at most this fraction of it",
            "test each draw on this many drawn samples",
        ],
        "compare": ["the main job, half a minute: the peak of the loss at N = T"],
    }
    for name, texts in said.items():
        text = " ".join(help_of(capsys, name).split())
        for part in texts:
            assert part in text


def test_options_are_in_groups():
    groups = {group.title for group in parsing.parser_of("compare")._action_groups}
    assert {"sizes", "ridge", "model", "simulation", "output"} <= groups


@pytest.mark.filterwarnings("ignore")  # those are shown on standard error
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_examples_work(name, capsys, monkeypatch, tmp_path):
    """Each that takes a second or two, in the order in which they stand; the main job is tested
    elsewhere, and pictures of a million points are drawn with fewer, and two laws
    stand for all.
    """
    if name in OPTIONAL:
        pytest.importorskip(OPTIONAL[name])
    monkeypatch.chdir(tmp_path)
    write_samples(tmp_path)
    monkeypatch.setattr(pictures, "save", lambda figure, path: open(path, "w").close())
    from rfscale.cli import fit_options
    from rfscale.cli import map as map_command

    monkeypatch.setattr(map_command, "GRID", 50)
    monkeypatch.setattr(fit_options, "LAWS_DEFAULT", ("talk", "tied"))
    lines = examples_of(help_of(capsys, name) if name else help_of(capsys))
    for line in lines:
        words, _, file = line.partition(" > ")
        if words == "rfscale compare":
            continue
        assert main(shlex.split(words)[1:]) == 0, line
        out = capsys.readouterr().out
        if file:
            (tmp_path / file).write_text(out)


def test_the_example_of_a_sweep_is_in_its_help(capsys):
    text = help_of(capsys, "sweep")
    assert main(["sweep", "--example"]) == 0
    printed = capsys.readouterr().out
    assert "".join(f"  {line}\n" if line else "\n" for line in printed.split("\n")[:-1]) in text


# --- completion --------------------------------------------------------------------------------

COMPLETED = """
source {script}
words=({line})
COMP_WORDS=(${{words[@]}})
COMP_CWORD=$((${{#words[@]}} - 1))
$(complete -p rfscale | sed 's/.*-F \\([^ ]*\\).*/\\1/')
echo ${{COMPREPLY[@]}}
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    pytest.importorskip("shtab")
    path = tmp_path_factory.mktemp("completion") / "rfscale.bash"
    line = [sys.executable, "-m", "rfscale", "completion", "bash"]
    path.write_text(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
    return path


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("rfscale pre", "predict"),
        ("rfscale predict --ord", "--order"),
        ("rfscale predict --order p", "planar"),
        ("rfscale map --sigma-e", "--sigma-eps"),
        ("rfscale completion f", "fish"),
        ("rfscale measure --y-", "--y-column"),
        ("rfscale measure data.npz --features r", "relu"),
        ("rfscale fit runs.csv --loss-", "--loss-function"),
    ],
)
def test_what_bash_completes(line, completed, script):
    subprocess.run(["bash", "-n", script], check=True)
    code = COMPLETED.format(script=script, line=line)
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [completed]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_know_all_commands_and_options(shell, capsys):
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", text)
    assert "target-stderr" in text


def test_completion_says_what_it_needs(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert 'pip install "rfscale[completion]"' in capsys.readouterr().err


# --- the main job at another exponent ----------------------------------------------------------


def test_the_main_job_at_another_alpha(capsys, monkeypatch, tmp_path):
    from rfscale.cli import main_job

    monkeypatch.setattr(main_job, "PEAK_N", np.array([40.0, 600.0]))
    monkeypatch.setattr(main_job, "BREAKDOWN_N", np.array([50.0, 100.0]))
    drawn = []
    monkeypatch.setattr(pictures, "save", lambda figure, path: drawn.append(figure))
    monkeypatch.chdir(tmp_path)
    assert main("compare --alpha 0.5 --draws 8 --format csv".split()) == 0
    captured = capsys.readouterr()
    assert "agree: 14 of 14 points" in captured.err
    parts = [row["part"] for row in rows_of(captured.out)]
    assert all("alpha = 0.5" in part for part in parts)
    titles = [axes.get_title() for axes in drawn[0].axes]
    assert all(r"$\alpha = 0.5$" in title for title in titles[:2])
    top = drawn[0].axes[0].get_ylim()[1]
    losses = [float(row["predicted"]) for row in rows_of(captured.out)]
    assert 10 * losses[4] < top < 1000 * losses[4]  # the first of the curve at the best ridge
