"""Spectra and teachers of a user's own on the command line: files of eigenvalues, module:object."""

import subprocess
import sys

import numpy as np
import pytest
from cli_shared import assert_one_line, figures_of, rows_of

import rfscale as rf
from rfscale.cli import main, sweep_config
from rfscale.cli.eigenvalue_files import read_csv

VALUES = [1.0, 0.5, 0.125, 0.0625]
SPECTRUM = rf.Eigenvalues(VALUES)
WEIGHTS = [1.0, 2.0, 0.0, 3.0]
MODULE = f"""
import rfscale as rf

spectrum = rf.Eigenvalues({VALUES})
several = rf.PowerLaw([0.5, 1.0], 4)
teacher = rf.Teacher.weights({WEIGHTS})
number = 3

def made():
    return spectrum

def made_with(M):
    return spectrum

def made_teacher():
    return teacher

class Holder:
    inner = spectrum
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a module and files of eigenvalues, forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "own.py").write_text(MODULE)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "mine.py").touch()
    (tmp_path / "broken.py").write_text("import no_such_module")
    np.save("s.npy", VALUES)
    (tmp_path / "s.csv").write_text("eigenvalue\n1\n0.5\n0.125\n0.0625\n")
    yield tmp_path
    for name in ("own", "broken"):
        sys.modules.pop(name, None)


@pytest.fixture
def figures(monkeypatch):
    return figures_of(monkeypatch)


SOURCES = ("s.npy", "s.csv", "own:spectrum", "own:made", "own:Holder.inner")


@pytest.mark.parametrize("source", SOURCES)
def test_a_spectrum_is_that_of_its_source(source, folder, capsys):
    assert main(f"predict --N 2,3 --T 5 --spectrum {source} --format csv".split()) == 0
    rows = rows_of(capsys.readouterr().out)
    expected = rf.predict(rf.ScalingModel(SPECTRUM), [2, 3], 5)
    assert [float(row["test"]) for row in rows] == expected.test.tolist()
    assert [row["M"] for row in rows] == ["4", "4"]


def test_all_commands_take_spectrum_and_teacher(folder, capsys):
    options = "--N 2,3 --T 9 --spectrum s.npy --teacher own:teacher --sigma-eps 0.1 --format csv"
    model = rf.ScalingModel(SPECTRUM, sigma_eps=0.1, teacher=rf.Teacher.weights(WEIGHTS))
    assert main(["optimal-ridge", *options.split()]) == 0
    found = [float(row["ridge"]) for row in rows_of(capsys.readouterr().out)]
    assert found == rf.optimal_ridge(model, [2, 3], 9).ridge.tolist()
    assert main(["simulate", *options.split(), "--draws", "4"]) == 0
    found = [float(row["test_mean"]) for row in rows_of(capsys.readouterr().out)]
    assert found == rf.simulate(model, [2, 3], 9, draws=4, seed=1).test.mean.tolist()
    assert main(["compare", *options.split(), "--draws", "4"]) in (0, 1, 3)
    found = [float(row["predicted"]) for row in rows_of(capsys.readouterr().out)]
    with pytest.warns(rf.RegimeWarning):
        expected = rf.predict(model, [2, 3], 9, order="resummed")
    assert found == expected.test.tolist()
    assert main(["map", *options.replace("--T 9", "--T 2,9").split()]) == 0
    last = rows_of(capsys.readouterr().out)[-1]
    best = rf.predict(model, float(last["N"]), float(last["T"]))
    assert float(last["test"]) == pytest.approx(best.test, rel=1e-12, abs=0)


@pytest.mark.parametrize("teacher", ["own:teacher", "own:made_teacher"])
def test_a_teacher_is_that_of_its_source(teacher, folder, capsys):
    assert main(f"predict --N 2 --T 5 --M 4 --teacher {teacher} --format csv".split()) == 0
    model = rf.ScalingModel(rf.PowerLaw(1.0, 4), teacher=rf.Teacher.weights(WEIGHTS))
    assert float(rows_of(capsys.readouterr().out)[0]["test"]) == rf.predict(model, 2, 5).test


def test_test_data_may_have_a_power_law(folder, capsys):
    assert main("predict --N 2 --T 5 --spectrum s.npy --test-alpha 1 --format csv".split()) == 0
    model = rf.ScalingModel(SPECTRUM, test_spectrum=rf.PowerLaw(1.0, 4))
    assert float(rows_of(capsys.readouterr().out)[0]["test"]) == rf.predict(model, 2, 5).test


@pytest.mark.parametrize("command", ["predict", "compare --draws 2", "map"])
def test_pictures_are_titled_by_the_source(command, folder, figures, capsys):
    own = "--spectrum own:spectrum --teacher own:teacher --sigma-eps 0.1"
    line = f"{command} --N 1:4:4 --T 3,6 {own} --plot p.png"
    assert main(line.split()) in (0, 1, 3)
    (figure,) = figures
    title = figure.get_suptitle() or figure.axes[0].get_title()
    start = r"own:spectrum, $M$ = 4, $\sigma_\epsilon$ = 0.1, own:teacher, $\gamma$ = 0"
    assert title.startswith(start)


TABLE = "".join(f"{J},{1 / J}\n" for J in range(1, 201))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1\n2\n", [1, 2]),
        ("1,2,3", [1, 2, 3]),
        ("1, 2,3 4\t5,\n\n", [1, 2, 3, 4, 5]),
        ("1,\n2,\n", [1, 2]),
        ("# made by hand\nlambda\n1\n # the rest, small\n2\n", [1, 2]),
        ("#lambda\n1 2\n", [1, 2]),
        ("lambda\n1\n", [1]),
        ('"lambda"\n1e-3\n', [1e-3]),
        ("\ufefflambda_J\r\n.5\r\n", [0.5]),
        ("\n\nlambda\n1", [1]),
    ],
)
def test_csv_files(text, values, tmp_path):
    path = tmp_path / "s.csv"
    path.write_text(text, encoding="utf-8")
    assert read_csv(str(path)).tolist() == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# x\nlambda\n1\n0.5x\n", "bad.csv, line 4: '0.5x' is not a number"),
        (TABLE, "bad.csv must hold numbers in one column or in one row, got 200 rows of 2"),
        (f"# made\nindex,lambda\n{TABLE}", "in one column or in one row, got 200 rows of 2"),
        ("1, 2,\n3 4\t5\n\n", "in one column or in one row, got 2 rows of 2 to 3"),
        ("lambda\n1\n0.5,x\n", "in one column or in one row, got 2 rows of 1 to 2"),
        ("# 1\n", "bad.csv holds no numbers"),
        ("largest first\n1\n", "bad.csv, line 1: 'largest' is not a number"),
        ("1\nlambda\n", "bad.csv, line 2: 'lambda' is not a number"),
        ("1.O\n0.5\n", "bad.csv, line 1: '1.O' is not a number"),
        ("1,,2\n", "bad.csv, line 1: '' is not a number"),
        (
            "nan\n1\n",
            "--spectrum bad.csv: its numbers must be finite and >= 0, got nan",
        ),
        ("1\n-2\n", "--spectrum bad.csv: its numbers must be finite and >= 0, got -2"),
        ("lambda\n", "bad.csv holds no numbers"),
        ("", "bad.csv holds no numbers"),
        (b"\xff\xfe1", "bad.csv is not a text file"),
    ],
)
def test_bad_csv_files(text, said, folder, capsys):
    (folder / "bad.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert_one_line("predict --N 2 --T 5 --spectrum bad.csv", said, capsys)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.eye(2), "in a one-dimensional array, got float64 of shape (2, 2)"),
        (np.array(["a"]), "must hold real numbers in a one-dimensional array, got <U1"),
        (np.array([1j]), "must hold real numbers in a one-dimensional array, got complex128"),
        (np.array([{}]), "bad.npy is not a .npy file of numbers"),
        (
            np.array([1.0, -1.0]),
            "--spectrum bad.npy: its numbers must be finite and >= 0, got -1",
        ),
    ],
)
def test_bad_npy_files(array, said, folder, capsys):
    np.save("bad.npy", array, allow_pickle=True)
    assert_one_line("predict --N 2 --T 5 --spectrum bad.npy", said, capsys)


@pytest.mark.parametrize("content", [b"", b"1\n2\n"])
def test_files_that_are_not_npy(content, folder, capsys):
    (folder / "bad.npy").write_bytes(content)
    said = "bad.npy is not a .npy file of numbers"
    assert_one_line("predict --N 2 --T 5 --spectrum bad.npy", said, capsys)


NAMED = "a module is named with dots, without a path and .py"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--spectrum ./own:spectrum", f"--spectrum ./own:spectrum: {NAMED}: own:spectrum"),
        ("--spectrum own.py:spectrum", f"--spectrum own.py:spectrum: {NAMED}: own:spectrum"),
        ("--teacher sub/mine:t", f"--teacher sub/mine:t: {NAMED}: sub.mine:t"),
        ("--teacher sub/../own.py:t", f"--teacher sub/../own.py:t: {NAMED}: own:t"),
        ("--spectrum ./none:x", f"--spectrum ./none:x: {NAMED}\n"),
        ("--spectrum ../own:x", f"--spectrum ../own:x: {NAMED}\n"),
        ("--spectrum .own:x", f"--spectrum .own:x: {NAMED}\n"),
        ("--spectrum none.npy", "there is no file none.npy"),
        ("--spectrum s.txt", "must be a .npy or .csv file, or module:object, got 's.txt'"),
        ("--spectrum own:", "--spectrum must be module:object, got 'own:'"),
        ("--spectrum nowhere:x", "--spectrum nowhere: there is no module nowhere, installed or in"),
        ("--spectrum broken:x", "--spectrum broken: importing it failed, ModuleNotFoundError: No"),
        ("--spectrum own:x", "--spectrum own:x: module own has no x"),
        ("--spectrum own:number", "--spectrum own:number must be a Spectrum, or a function or"),
        ("--spectrum own:teacher", "that gives one, got GivenWeights"),
        ("--spectrum own:made_with", "calling it without arguments failed, TypeError: made_with()"),
        ("--spectrum own:several", "must be one spectrum, got an array of (2,)"),
        ("--teacher own:spectrum", "--teacher own:spectrum must be a Teacher, or a function or"),
        ("--teacher own", "--teacher must be module:object, got 'own'"),
        ("--spectrum s.npy --M 1", "--spectrum s.npy: M must be an integer >= "),
        ("--spectrum s.npy --M 9,20", "--M must be one number beside --spectrum, got '9,20'"),
        ("--spectrum own:spectrum --M 9", "own:spectrum has its own M"),
        ("--rcond 0.1", "--rcond needs a --spectrum FILE of eigenvalues"),
        ("--spectrum s.npy --alpha 1 --scale 1", "takes the place of --alpha, --scale"),
        ("--teacher own:teacher --teacher-exponent 0", "the place of --teacher-exponent: give one"),
    ],
)
def test_bad_objects(options, said, folder, capsys):
    assert_one_line(f"predict --N 2 --T 5 {options}", said, capsys)


def test_the_main_job_has_its_own_spectrum(folder, capsys):
    for options in ("--spectrum s.npy", "--teacher own:teacher"):
        said = f"{options.split()[0]} needs --N and --T: without them experiments are run"
        assert_one_line(f"compare {options}", said, capsys)


GRID = "N = 2\nT = 9\ndraws = 4\nseed = 1\n[model]\n"


@pytest.mark.parametrize("source", SOURCES)
def test_a_sweep_takes_spectrum_and_teacher(source, folder):
    (folder / "c.toml").write_text(f'{GRID}spectrum = "{source}"\nteacher = "own:teacher"\n')
    model = sweep_config.read("c.toml")["models"]["0"]
    assert model == rf.ScalingModel(SPECTRUM, teacher=rf.Teacher.weights(WEIGHTS))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('spectrum = "s.npy"\nscale = 4', "model 1: spectrum takes the place of scale"),
        ("alpha = 1\nM = 4\nrcond = 0.1", "model 1: rcond needs eigenvalues"),
        ('spectrum = "s.npy"\neigenvalues = [1]', "eigenvalues and spectrum exclude each other"),
        ("spectrum = 3", "model 1: spectrum must be a text, got 3"),
        ('spectrum = "own:x"', "model 1: spectrum own:x: module own has no x"),
        (
            'spectrum = "s.npy"\nteacher = "own:teacher"\nteacher_exponent = 1',
            "teacher_exponent and teacher exclude each other",
        ),
        ('spectrum = "s.npy"\nteacher = "own:number"', "teacher own:number must be a Teacher"),
    ],
)
def test_bad_objects_of_a_sweep(lines, said, folder, capsys):
    (folder / "c.toml").write_text(GRID + lines)
    assert_one_line("sweep c.toml --store x.db", said, capsys)


def test_import_comes_first_with_a_config_and_with_a_store(folder, capsys):
    (folder / "c.toml").write_text(f'{GRID}spectrum = "s.npy"\n')
    assert main("sweep c.toml --store x.db --import own --format csv".split()) == 0
    first = capsys.readouterr().out
    del sys.modules["own"]
    assert main("sweep --resume x.db --import own --format csv".split()) == 0
    assert capsys.readouterr().out == first
    assert "own" in sys.modules
    for module, said in [
        ("nowhere", "--import nowhere: there is no module nowhere"),
        ("./own.py", f"--import ./own.py: {NAMED}: own\n"),
    ]:
        assert_one_line(f"sweep --resume x.db --import {module}", said, capsys)


# --- classes of a user's own -------------------------------------------------------------------

OWN_CLASSES = """
from dataclasses import dataclass

import numpy as np
import rfscale as rf


@dataclass(frozen=True)
class CutOff(rf.Spectrum):
    M: int = 40

    @property
    def eigenvalues(self):
        J = np.arange(1, self.M + 1)
        return J**-2.0 * np.exp((1 - J) / 20)
"""


def test_a_class_of_spectra_of_a_user(folder, capsys, figures):
    (folder / "own.py").write_text(OWN_CLASSES)
    line = "--N 5:20:4 --T 10,15 --spectrum own:CutOff --plot p.png --format csv"
    J = np.arange(1, 41)
    model = rf.ScalingModel(rf.Eigenvalues(J**-2.0 * np.exp((1 - J) / 20)))
    assert main(["predict", *line.split()]) == 0
    found = [float(row["test"]) for row in rows_of(capsys.readouterr().out)]
    expected = rf.predict(model, [5, 10, 15, 20], [[10], [15]])
    np.testing.assert_array_equal(found, expected.test.ravel())
    assert figures[0].axes[0].get_title().startswith("own:CutOff, $M$ = 40")
    assert main(["compare", *line.split(), "--ridge", "0.01", "--draws", "20"]) == 0
    capsys.readouterr()
    assert main(["map", *line.split(), "--ridge", "optimal"]) == 0
    capsys.readouterr()


def test_a_sweep_of_a_class_of_a_user_is_resumed(folder, capsys):
    (folder / "own.py").write_text(OWN_CLASSES)
    (folder / "c.toml").write_text(f'{GRID}spectrum = "own:CutOff"\n')
    assert main("sweep c.toml --store x.db --format csv".split()) == 0
    first = capsys.readouterr().out
    resumed = "import sys; from rfscale.cli import main; sys.exit(main(sys.argv[1:]))"
    line = [sys.executable, "-c", resumed, *"sweep --resume x.db --format csv --import own".split()]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout == first
