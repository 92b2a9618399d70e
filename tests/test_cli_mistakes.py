"""Mistakes on the command line and in its files: one line, status 2, and an answer."""

import argparse

import pytest
from cli_shared import assert_one_line

from rfscale.cli import main, parsing, wording

SIZES = "--N 10 --T 5"
WORDS = [  # of commands and options
    ("predic", "there is no command 'predic': did you mean predict?"),
    ("Predict", "did you mean predict?"),
    ("optimal_ridge", "did you mean optimal-ridge?"),
    ("explain", "there is no command 'explain': commands are compare, predict,"),
    ("grid.toml", "there is no command 'grid.toml': did you mean rfscale sweep grid.toml?"),
    (f"{SIZES} predict --alpha 2", f"after the command: rfscale predict {SIZES} --alpha 2"),
    ("--N 10", "a command comes first, before --N: one of compare, predict,"),
    ("version", "there is no command 'version': did you mean rfscale --version?"),
    ("--verison", "rfscale has no option --verison: did you mean --version?"),
    (f"predict {SIZES} --sigma_eps 1", "predict has no option --sigma_eps: did you mean --sigma-e"),
    ("predict --N 5 --t 5", "predict has no option --t: did you mean --T?"),
    ("predict -N 5 -T 5", "predict has no option -N: did you mean --N?"),
    (f"predict {SIZES} --ouput x", "did you mean --output?"),
    (f"predict {SIZES} --te 1", "did you mean --teacher or --teacher-exponent or --test-alpha?"),
    (f"predict {SIZES} --gamma 1", "--gamma: did you mean --ridge?"),
    (f"predict {SIZES} --beta 1", "--beta: did you mean --teacher-exponent?"),
    (f"predict {SIZES} --sigma=1", "--sigma: did you mean --sigma-eps or --sigma-u or --sigma-w?"),
    (
        f"predict {SIZES} --draws 5",
        "no option --draws; compare, simulate, measure have it",
    ),
    (f"simulate {SIZES} --order planar", "simulate has no option --order; predict has it"),
    (f"predict {SIZES} --bogus", "no option --bogus; rfscale predict --help lists them"),
    ("predict --N 10 20 --T 5", "make sense of 20: values of one option are joined by commas"),
    ("predict 10 20", "make sense of 10 20: values of one option are joined by commas"),
    ("predict N=10 T=5", "cannot make sense of N=10 T=5: did you mean --N 10 --T 5?"),
    ("predict N=10 x", "cannot make sense of N=10 x; rfscale predict --help has examples"),
    ("predict --N 5 --T 5 --N=6", "--N is given 2 times: numbers are joined by commas"),
    (f"predict {SIZES} -o a.csv --output b.csv", "--output is given 2 times"),
    (f"predict {SIZES} -oa.csv -ob.csv", "--output is given 2 times"),
    (f"predict {SIZES} -o x.txt --format csv", "--format csv and --output x.txt contradict"),
    (f"predict {SIZES} wide=1", "cannot make sense of wide=1; rfscale predict --help"),
    ("explore 10", "cannot make sense of 10; rfscale explore --help has examples"),
    (f"predict {SIZES} -o x.csv --format json", "--format json and --output x.csv contradict"),
    ("sweep none.toml", "there is no file none.toml"),
    ("explore extra", "cannot make sense of extra; rfscale explore --help has examples"),
    ("explore --alpha 2", "explore has no option --alpha; compare, predict,"),
    ("predict --N 10", "--T is missing; rfscale predict --help has examples"),
    ("predict", "--N and --T are missing;"),
    ("compare --N 5", "--T is missing; rfscale compare --help has examples"),
    ("predict --N --T 5", "--N needs a value"),
    ("completion", "shell is missing; rfscale completion --help has examples"),
]
VALUES = [
    ("--alpha 0", "--alpha must be a finite number > 0, got 0\n"),
    ("--alpha x", "--alpha must be a number, got 'x'"),
    ("--sigma-u nan", "--sigma-u must be a finite number > 0, got nan"),
    ("--sigma-eps -1", "--sigma-eps must be a finite number >= 0, got -1"),
    ("--test-alpha 0", "--test-alpha must be a finite number > 0, got 0"),
    ("--teacher-exponent 1e9", "--teacher-exponent and --test-alpha must be such that"),
    ("--teacher-exponent nan", "--teacher-exponent must be a finite number"),
    ("--M 2.5", "--M must hold whole numbers, got '2.5'"),
    ("--M 0", "--M must be an integer >= 1, got 0"),
    ("--ridge -1", '--ridge must be >= 0 (or "optimal"), got -1'),
    ("--ridge -1e-3", '--ridge must be >= 0 (or "optimal"), got -0.001'),
    ("--ridge best", '--ridge must be a LIST such as 10,20 or 10:1000:20log, or "optimal" alone'),
    ("--ridge 0,optimal", "a LIST of numbers, or the word optimal alone, got '0,optimal'"),
    ("--ridge optimal,0", "a LIST of numbers, or the word optimal alone, got 'optimal,0'"),
    ("--kernel-ridge -1", "--kernel-ridge must be >= 0, got -1"),
    ("--kernel-ridge optimal", "--kernel-ridge must be a LIST such as 10,20 or 10:1000:20log,"),
    ("--ridge 0 --kernel-ridge 1", "--kernel-ridge and --ridge exclude each other"),
    ("--order oneloop", "of planar, one-loop, resummed, got 'oneloop': did you mean one-loop?"),
    ("--format xml", "--format must be one of table, csv, json, got 'xml'"),
    ("--plot no/such/folder/p.png", "the folder no/such/folder does not exist"),
    ("--plot p.doc", "--plot must be a file ending in one of"),
    ("--plot /", "it is not the name of a file"),
    ("-o no/such/folder/t", "the folder no/such/folder does not exist"),
    ("--spectrum none.npy", "there is no file none.npy"),
]
LISTS = [
    ("10:1000", "--N must be a LIST and a range has a COUNT, such as 10:1000:20log, got '10:1000'"),
    ("10:1000:log", "such as 10:1000:20log"),
    ("10:100:2.5", "and the COUNT of a range a whole number, such as 10:100:20log"),
    ("5..77", "and a range has a COUNT, such as 5:77:20log, got '5..77'"),
    ("10-1000", "such as 10:1000:20log"),
    ("10:", "and a range has a STOP and a COUNT, such as 10:1000:20log, got '10:'"),
    ("10:100:8:log", "and log follows the COUNT of a range, such as 10:100:8log"),
    ("N=10", "--N must be a LIST of numbers alone, such as 10, got 'N=10'"),
    ("10,,20", "--N must be a LIST without an empty place, such as 10,20, got '10,,20'"),
    ("[10,20]", "--N must be a LIST of numbers alone, such as 10,20, got"),
    ("N=10,20", "--N must be a LIST of numbers alone, such as 10,20, got"),
    ("10:100:20:lin", "and the COUNT of a range is its end, such as 10:100:20, got"),
    ("10:100:log20", "and log follows the COUNT of a range, such as 10:100:20log, got"),
    ("10–100", "and a range has a COUNT, such as 10:100:20log"),
    ("0:100", "and a range has a COUNT, such as 0:100:20, got"),
    ("10;20", "--N must be a LIST joined by commas, such as 10,20"),
    (",", "--N must be a LIST without an empty place"),
    ("1:0:3log", "--N must be a range between positive ends on a logarithmic scale"),
    ("1:inf:3", "--N must be a range with finite ends"),
    ("1:5:0", "a COUNT from 1 to 1000000, got '1:5:0'"),
    ("1:5:100000000000", "a COUNT from 1 to 1000000"),
    ("0:10:3", "--N must be > 0 (inf is allowed), got 0"),
    ("-5,10", "--N must be > 0 (inf is allowed), got -5"),
    ("0", "--N must be > 0 (inf is allowed), got 0"),
    ("nan", "--N must hold numbers, got 'nan'"),
]
COMMANDS = [
    ("predict --N 1:1000000:1000000 --T 1:1000000:1000000 -o x.csv", "points"),
    ("predict --N 1:1000:1000 --T 1:1000:1000", "a table of 1000000 rows is not for reading"),
    ("simulate --N 5 --T 5 --draws 100000000000", "needs"),
    ("simulate --N 2.5 --T 5", "--N must hold whole numbers, got '2.5'"),
    ("simulate --N 5 --T inf", "--T must hold whole numbers, got 'inf'"),
    ("simulate --N 5 --T 5 --draws 1", "--draws must be an integer >= 2, got 1"),
    ("simulate --N 5 --T 5 --draws 2.5", "--draws must be a whole number, got '2.5'"),
    ("simulate --N 5 --T 5 --test-points 0", "--test-points must be an integer >= 1, got 0"),
    ("simulate --N 1000000 --T 1000000", "needs"),
    ("compare --sigma-eps 2", "--sigma-eps needs --N and --T: without them experiments are"),
    ("compare --M 5 --alpha 2", "--M needs --N and --T: without them"),
    ("compare --test-points 5 --max-draws 9", "--test-points, --max-draws need --N and --T"),
    ("compare --ridge 0.1", "--N and --T are missing"),
    ("compare --alpha -1", "--alpha must be a finite number > 0, got -1"),
    ("explore -o no/such/folder/page.html", "the folder no/such/folder does not exist"),
    ("map --M 5,6", "--M must be one number here, got '5,6'"),
    ("map --N 5", "--N must hold at least two finite sizes here, got '5'"),
    ("map --N 5,inf", "--N must hold at least two finite sizes here, got '5,inf'"),
    ("map --M 1e30 --N 1,.1 --T .1,.2", "--N and --T must reach beyond N T = 1"),
    ("map --ridge 1,2", "--ridge must be one number or optimal here, got '1,2'"),
    ("map --N 20:30:5 --T 20:30:4 --M 9", "must hold a finite loss > 0"),
    ("formulas no_such", "there is no formula 'no_such'"),
]
LINES = [
    *WORDS,
    *((f"predict {SIZES} {options}", said) for options, said in VALUES),
    *((f"predict --N {numbers} --T 5", said) for numbers, said in LISTS),
    *COMMANDS,
]


@pytest.mark.parametrize(("line", "said"), LINES)
def test_one_line_that_answers(line, said, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert_one_line(line, said, capsys)


def test_python_is_not_spoken(capsys):
    main("predict --N 0 --T 5".split())
    assert "numpy" not in capsys.readouterr().err


# --- files of a sweep --------------------------------------------------------------------------

GRID = "N = 10\nT = 5\n"
MODEL = "[model]\nalpha = 1\nM = 30\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{GRID}alpha = 1\n[model]\nM = 5", "f.toml does not know alpha: it belongs to [model]"),
        (f"T = 5\n{MODEL}N = 5", "model 1 does not know N: it belongs to the top, before [model]"),
        (f"{GRID}{MODEL}ridge = 0", "model 1 does not know ridge: it belongs to the top"),
        (f"{GRID}{MODEL}sigma-eps = 1", "does not know sigma-eps: did you mean sigma_eps?"),
        (f"{GRID}draw = 5\n{MODEL}", "f.toml does not know draw: did you mean draws?"),
        (f"{GRID}bogus = 5\n{MODEL}", "f.toml does not know bogus; known are N, T, draws,"),
        (f"[grid]\n{GRID}{MODEL}", "[model] and [[model]] are the only tables, N, T stand above"),
        (f"{GRID}Sigma = 1\n{MODEL}", "did you mean sigma_eps or sigma_u or sigma_w, of [model]?"),
        (f"model = []\n{GRID}", "f.toml has no [model]"),
        (f"{GRID}[model]\nalpha = [1, 2]\nM = 5", "f.toml, model 1: alpha must be one number, got"),
        (f"{GRID}sigma-eps = 1\n{MODEL}", "did you mean sigma_eps, of [model]?"),
        (f"{GRID}[models]\nalpha = 1", "f.toml does not know models: did you mean model?"),
        (f'N = "10:1000"\nT = 5\n{MODEL}', "f.toml: N must be a LIST and a range has a COUNT"),
        (f"N = 0\nT = 5\n{MODEL}", "f.toml: N must be integers >= 1, got 0"),
        (f"{GRID}ridge = -1\n{MODEL}", "f.toml: ridge must be >= 0"),
        (f"{GRID}kernel_ridge = -1\n{MODEL}", "f.toml: kernel_ridge must be >= 0"),
        (f"{GRID}{MODEL}sigma_eps = -1", "f.toml, model 1: sigma_eps must be a finite number >= 0"),
        (f"{GRID}{MODEL}test_alpha = -1", "f.toml, model 1: test_alpha must be a finite number"),
        (f"{GRID}{MODEL}test_variances = [1]", "f.toml, model 1: test_variances must have M = 30"),
        (f"{GRID}{MODEL}teacher_weights = [1]", "f.toml, model 1: teacher_weights must have M ="),
        (f'{GRID}{MODEL}teacher_weights = ["a"]', "model 1: teacher_weights must be finite numb"),
        (f"{GRID}[model]\neigenvalues = [-1, 2]", "model 1: eigenvalues must be finite and >= 0"),
        (f'{GRID}[model]\nspectrum = "none.npy"', "there is no file none.npy"),
    ],
)
def test_keys_are_named_as_in_the_file(text, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.toml").write_text(text)
    assert_one_line("sweep f.toml --store f.db", said, capsys)
    assert not (tmp_path / "f.db").exists()


def test_folders_are_no_files(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    assert_one_line("sweep folder --store f.db", "folder is a folder, not a file", capsys)


# --- the words of errors -----------------------------------------------------------------------

NAMES = ("N", "T", "M", "alpha", "sigma_eps", "target_stderr", "max_draws")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("N must be > 0 (numpy.inf is allowed), got 0", "--N must be > 0 (inf is allowed), got 0"),
        ("sigma_eps must be >= 0", "--sigma-eps must be >= 0"),
        ("target_stderr = 0.1 was not reached with max_draws = 9", None),
        ("draws at sigma_eps.npy must be", "draws at sigma_eps.npy must be"),
        ("module own has no 'sigma_eps'", "module own has no 'sigma_eps'"),
        ("N = T is where the loss is infinite", "N = T is where the loss is infinite"),
        ("--N must be a LIST", "--N must be a LIST"),
        ("the alpha must be", "the alpha must be"),
    ],
)
def test_names_of_arguments_become_options(text, said):
    expected = said or "--target-stderr = 0.1 was not reached with --max-draws = 9"
    assert wording.as_options(text, NAMES) == expected


@pytest.mark.filterwarnings("default")
def test_warnings_speak_of_options_too(capsys):
    line = "simulate --N 10 --T 15 --M 50 --draws 4 --target-stderr 1e-4 --max-draws 5"
    assert main(line.split()) == 0
    error = capsys.readouterr().err
    assert error.startswith("rfscale: warning: --target-stderr = 0.0001 was not reached")
    assert "--max-draws = 5" in error


def test_options_are_not_abbreviated():
    """A later version may have another option that begins alike."""
    parser = parsing.parser_of("predict")
    with pytest.raises(ValueError, match="did you mean --spectrum"):
        parser.parse_args("--N 5 --T 5 --spec x".split())
    with pytest.raises(ValueError, match="no option --al: did you mean --alpha"):
        parser.parse_args("--N 5 --T 5 --al 2".split())


@pytest.mark.parametrize("value", ["-5,10", "-inf", "-.5", "-1e-3"])
def test_negative_numbers_are_values(value):
    options = parsing.parser_of("predict").parse_args(["--N", value, "--T", "5", "--alpha=-2"])
    assert isinstance(options, argparse.Namespace)
    assert value == options.N
    assert options.alpha == -2
