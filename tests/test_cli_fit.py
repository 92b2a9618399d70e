"""`rfscale fit`: a table from a file, what is said of it, rows, files and exit status."""

import json

import numpy as np
import pytest
from cli_shared import figures_of, rows_of

import rfscale as rf
from rfscale.cli import fit_options, fit_report, main
from rfscale.measured.losses import laws

N = np.repeat(np.geomspace(1e7, 1e9, 5), 4)
T = np.tile(np.geomspace(1e9, 1e11, 4), 5)
NOISE = np.exp(0.01 * np.random.default_rng(3).standard_normal(20))
L = (1.8 + 480 / N**0.35 + 2100 / T**0.37) * NOISE
RUNS = [f"run{i // 2}" for i in range(20)]
FEW = "--resamples 20"
LAW = rf.Law(
    "test of the command line",
    "E + K (1/N + 1/T)^alpha",
    ("E", "K"),
    {"alpha": (0.02, 3.0)},
    lambda x, y, alpha: (1.0, (1 / x + 1 / y) ** alpha),
)

OWN = """
from test_cli_fit import LAW as law

def served(N, T):
    return 6 * N * T + 2e12 * N

number = 3
"""


def write(name, columns):
    """A CSV file of columns by name."""
    lines = [
        ",".join(columns),
        *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True)),
    ]
    with open(name, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with tables of the same runs."""
    monkeypatch.chdir(tmp_path)
    write("runs.csv", {"name": RUNS, "params": N, "tokens": T, "val_loss": L})
    write("odd.csv", {"size": N, "words": T, "nats": L, "name": RUNS})
    write("compute.csv", {"params": N, "flops": 6 * N * T, "loss": L})
    (tmp_path / "own_law.py").write_text(OWN)
    return tmp_path


def said(capsys, line):
    """Standard output and error of a line that works."""
    assert main(line.split()) == 0
    return capsys.readouterr()


@pytest.mark.parametrize("law", ["tied", "tied,chinchilla"])
def test_rows_of_files_are_told_by_their_lines(capsys, law):
    """Of a row that is off, after a comment and the names: line 12 is row 9."""
    odd = np.where(np.arange(20) == 9, 1.5, 1.0)
    write("odd.csv", {"params": N, "tokens": T, "loss": L * odd})
    with open("odd.csv", encoding="utf-8") as file:
        text = file.read()
    with open("odd.csv", "w", encoding="utf-8") as file:
        file.write("# runs\n" + text)
    captured = said(capsys, f"fit odd.csv {FEW} --law {law}")
    assert "standard deviations from the law (lines: 12)" in captured.out


def test_the_report(capsys):
    """The table of parameters, notes in the words of options, and all that was asked for."""
    captured = said(capsys, f"fit runs.csv {FEW} --predict 1e9,1e11 --allocate 1e20 --groups name")
    fit = rf.fit_losses(N, T, L, groups=RUNS, resamples=20)
    head, predictions, allocation = captured.out.split("\n\n")
    assert head.startswith("LossFit of chinchilla, L = E + A/N^alpha + B/T^beta: 20 rows")
    assert f"{fit['alpha'].value:.5g}" in head
    assert fit.notes
    for note in fit.notes:
        assert f"\n{note.code}: " in head
    assert predictions.startswith("Predictions by chinchilla: the loss with its 95 % interval")
    assert f"{fit.predict(1e9, 1e11).value:.5g}" in predictions
    assert "C = 6 N T" in allocation
    assert captured.err == "runs.csv: 20 rows of 10 runs, name; N = params, T = tokens, " + (
        "loss = val_loss\n"
    )


def test_rows_are_the_numbers_of_the_library(capsys):
    """Each parameter, prediction and best size with its interval, all digits, in CSV and JSON."""
    line = f"fit runs.csv {FEW} --seed 2 --level 0.8 --predict 1e9,1e11 --allocate 1e19,1e20"
    found = rows_of(said(capsys, f"{line} --format csv").out)
    fit = rf.fit_losses(rf.read_losses("runs.csv"), resamples=20, seed=2, level=0.8)
    for name, one in fit.parameters.items():
        (row,) = (row for row in found if (row["part"], row["name"]) == ("parameter", name))
        assert [float(row[end]) for end in ("value", "low", "high")] == [
            one.value,
            one.low,
            one.high,
        ]
    for of in ("law", "run"):
        (row,) = (row for row in found if (row["part"], row["name"]) == ("prediction", of))
        band = fit.predict(1e9, 1e11, of=of)
        assert [float(row[end]) for end in ("value", "low", "high")] == [
            band.value, band.low, band.high
        ]  # fmt: skip
        assert (float(row["N"]), float(row["T"])) == (1e9, 1e11)
    best = [row for row in found if (row["part"], row["name"]) == ("allocation", "N")]
    assert [float(row["high"]) for row in best] == fit.allocate([1e19, 1e20]).N.high.tolist()
    assert [float(row["C"]) for row in best] == [1e19, 1e20]
    notes = [*fit.notes, *fit.allocate([1e19, 1e20]).notes]
    said_of = {row["name"]: row["message"] for row in found if row["part"] == "note"}
    assert said_of == {note.code: fit_report.as_typed(note.message) for note in notes}
    assert said_of
    same = json.loads(said(capsys, f"{line} --format json").out)
    assert [row["value"] or "" for row in same] == [
        float(row["value"]) if row["value"] else "" for row in found
    ]


def test_several_laws_predict_together(capsys):
    line = f"fit runs.csv --law chinchilla,random-features {FEW} --holdout 0.4 --hold E=1.8"
    line += " --predict 1e9,1e11"
    found = rows_of(said(capsys, f"{line} --format csv").out)
    both = ("chinchilla", "random-features")
    compared = rf.compare_laws(N, T, L, both, holdout=0.4, hold={"E": 1.8}, resamples=20)
    (row,) = (row for row in found if (row["part"], row["name"]) == ("prediction", "run"))
    assert float(row["high"]) == compared.predict(1e9, 1e11, of="run").high
    assert row["law"] == "pooled"
    coverage = [row for row in found if row["name"] == "coverage"]
    assert [row["law"] for row in coverage] == [*compared.laws, "pooled"]
    assert float(coverage[-1]["value"]) == compared.pooled_coverage
    (row,) = (r for r in found if (r["law"], r["name"]) == ("pooled", "extrapolation_error"))
    assert float(row["value"]) == 100 * compared.pooled_error
    wide = said(capsys, f"{line} --wide").out
    assert wide.count("LossFit of ") == len(compared.laws)


def test_the_cost_of_residuals_goes_to_each_law(capsys):
    line = f"fit runs.csv --law tied,talk {FEW} --loss-function tukey --delta 0.02"
    found = rows_of(said(capsys, f"{line} --format csv").out)
    alone = rf.fit_losses(N, T, L, "talk", loss="tukey", delta=0.02, resamples=20)
    (row,) = (r for r in found if (r["law"], r["name"]) == ("talk", "alpha"))
    assert float(row["value"]) == alone["alpha"].value
    assert alone["alpha"] != rf.fit_losses(N, T, L, "talk", resamples=20)["alpha"]


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ("--hold E=0,alpha=0.3", {"hold": {"E": 0, "alpha": 0.3}}),
        ("--hold E=0 --hold alpha=0.3", {"hold": {"E": 0, "alpha": 0.3}}),
        ("--loss-function tukey --delta 0.05", {"loss": "tukey", "delta": 0.05}),
        ("--law random-features-power", {"law": "random-features power"}),
        ("--law own_law:law", {"law": LAW}),
    ],
)
def test_options_are_arguments(options, same, capsys):
    line = f"fit runs.csv --intervals sandwich {options} --format csv"
    found = rows_of(said(capsys, line).out)
    fit = rf.fit_losses(N, T, L, **same, intervals="sandwich")
    values = [float(row["value"]) for row in found if row["part"] == "parameter"]
    assert values == [one.value for one in fit.parameters.values()]


def test_columns_are_guessed_or_named(capsys):
    line = "fit odd.csv --N size --T words --loss nats --intervals sandwich"
    captured = said(capsys, line)
    assert captured.err == "odd.csv: 20 rows; N = size, T = words, loss = nats\n"
    other = said(capsys, "fit compute.csv --intervals sandwich")
    assert other.err == "compute.csv: 20 rows; N = params, T = flops/(6 N), loss = loss\n"


def test_the_cost_may_be_ones_own(capsys):
    line = "fit runs.csv --intervals sandwich --allocate 1e22 --cost-function own_law:served"
    captured = said(capsys, f"{line} --format csv")
    (row,) = (r for r in rows_of(captured.out) if (r["part"], r["name"]) == ("allocation", "N"))
    fit = rf.fit_losses(N, T, L, intervals="sandwich")
    best = fit.allocate(1e22, lambda N, T: 6 * N * T + 2e12 * N)
    assert float(row["value"]) == pytest.approx(best.N.value, rel=1e-9, abs=0)  # not of 6 N T


def test_a_fit_is_saved_and_rows_are_written(capsys):
    captured = said(capsys, f"fit runs.csv {FEW} -o fit.npz")
    assert captured.out.startswith("LossFit of chinchilla")
    assert captured.err.endswith("saved: fit.npz\n")
    fit = rf.fit_losses(N, T, L, resamples=20)
    assert rf.LossFit.load("fit.npz")["alpha"] == fit["alpha"]
    captured = said(capsys, f"fit runs.csv {FEW} -o rows.json")
    assert captured.out == ""
    with open("rows.json", encoding="utf-8") as file:
        assert json.load(file)[0]["value"] == fit["E"].value


@pytest.mark.filterwarnings("default")  # it is shown on standard error
def test_sizes_far_beyond_the_table_are_told_of_once(capsys):
    captured = said(capsys, f"fit runs.csv {FEW} --predict 7e10,1e12")
    (warning,) = [line for line in captured.err.splitlines() if "warning" in line]
    assert "--predict: N is up to 70 times the largest of the table" in warning
    assert warning.endswith("see --law all")


def test_all_laws_of_the_package_are_named_in_the_help():
    assert set(fit_options.LAWS.split(", ")) == {name.replace(" ", "-") for name in laws._packages}


def test_notes_are_in_the_words_of_options():
    for text, typed in (
        ("loss='tukey' gives E", "--loss-function tukey gives E"),
        ("pass groups=, for", "pass --groups, for"),
        ("compare_laws(...).allocate joins", "--law all joins"),
        ("intervals='sandwich' needs none", "--intervals sandwich needs none"),
    ):
        assert fit_report.as_typed(text) == typed


def test_the_picture_of_a_fit(capsys, monkeypatch):
    """Curves, contours with their bar, best sizes up to what is asked for, three residuals."""
    drawn = figures_of(monkeypatch)
    said(capsys, "fit runs.csv --intervals sandwich --allocate 1e25 --plot p.png")
    (picture,) = drawn
    labels = [axes.get_ylabel() for axes in picture.axes]
    assert labels.count("loss $L$") == 2
    assert labels.count("data size $T$ (tokens)") == 1
    (best,) = (axes for axes in picture.axes if axes.get_ylabel() == "size at the least loss")
    assert best.lines[0].get_xdata()[-1] == pytest.approx(1e25, rel=1e-12, abs=0)
    assert len(picture.axes) == 7
    assert picture.get_suptitle() == "runs.csv: chinchilla, L = E + A/N^alpha + B/T^beta"


def test_the_picture_of_all_laws(capsys, monkeypatch):
    drawn = figures_of(monkeypatch)
    monkeypatch.setattr(fit_options, "LAWS_DEFAULT", ("talk", "tied"))  # of the seven
    said(capsys, f"fit runs.csv --law all {FEW} --plot p.png")
    held_out, best = drawn[0].axes
    assert drawn[0].get_suptitle() == "runs.csv: 2 laws"
    assert held_out.get_xlabel().startswith("runs in order of training compute")
    largest = 10 * (6 * N * T).max()
    assert best.lines[0].get_xdata()[-1] == pytest.approx(largest, rel=1e-12, abs=0)


MISTAKES = [
    ("fit", "FILE is missing; rfscale fit --help has examples"),
    ("fit none.csv", "there is no file none.csv"),
    ("fit runs.txt", "FILE must be a file that ends in .csv, .tsv, .npz, .json, got 'runs.txt'"),
    ("fit odd.csv", "odd.csv: --N must be named: none of the columns 'size', 'words', 'nats'"),
    ("fit runs.csv --loss nll", "--loss must be one of the columns 'name', 'params', 'tokens'"),
    ("fit gap.csv", "gap.csv: line 3, column 'tokens': no value; take the row out, or fill it"),
    ("fit few.csv", "5 parameters need at least 7 points, got 5"),
    ("fit one.csv", "N of one.csv takes 1 value"),
    ("fit runs.csv --law chinchila", "got 'chinchila': did you mean chinchilla?"),
    ("fit runs.csv --law tied,tied", "--law must be at least one, each once, got tied, tied"),
    ("fit runs.csv --law own_law:number", "--law own_law:number must be a Law, got int"),
    ("fit runs.csv --law own_law:nothing", "--law own_law:nothing: module own_law has no nothing"),
    ("fit runs.csv --hold E", "--hold must be NAME=X, a parameter and a number, got 'E'"),
    ("fit runs.csv --hold E=1,E=2", "--hold names E more than once"),
    ("fit runs.csv --hold F=1", "--hold must name parameters of chinchilla, E, A_share"),
    ("fit runs.csv --hold alpha=9", "--hold alpha must be in [0.02, 3], got 9"),
    ("fit runs.csv --predict 7e10", "--predict must be N,T, two finite sizes > 0 such as 70e9"),
    ("fit runs.csv --predict 7e10,-1", "1.4e12, got '7e10,-1'"),
    ("fit runs.csv --allocate 0", "--allocate must hold finite costs > 0, got '0'"),
    ("fit runs.csv --allocate x", "--allocate must be a LIST such as 10,20"),
    ("fit runs.csv --cost-function own_law:served", "--cost-function needs --allocate"),
    (
        "fit runs.csv --intervals sandwich --allocate 1 --cost-function own_law:number",
        "--cost-function must be a function",
    ),
    ("fit runs.csv --law all --intervals sandwich", "--intervals sandwich is for one law, got 7"),
    ("fit runs.csv --holdout 0.2", "--holdout needs several laws, such as --law all"),
    ("fit runs.csv --law all --holdout 1", "--holdout must be a number in (0, 1), got 1"),
    ("fit runs.csv --loss-function huge", "--loss-function must be one of huber, squares, tukey"),
    ("fit runs.csv --resamples 5", "--resamples must be an integer >= 20, got 5"),
    ("fit runs.csv --level 1", "--level must be a number in (0, 1), got 1"),
    ("fit runs.csv --delta 0", "--delta must be a finite number > 0, got 0"),
    ("fit runs.csv -o fit.pkl", "--output must end in one of .csv, .json, .txt, .npz"),
    ("fit runs.csv --plot p.doc", "--plot must be a file ending in one of .png, .pdf, .svg"),
]


@pytest.mark.parametrize(("line", "words"), MISTAKES)
def test_mistakes_are_one_line(line, words, capsys):
    write("gap.csv", {"params": N, "tokens": [*T[:1], "", *T[2:]], "loss": L})
    write("few.csv", {"params": N[::4], "tokens": T[:5], "loss": L[:5]})
    write("one.csv", {"params": N * 0 + 1e8, "tokens": T * np.arange(1, 21), "loss": L})
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (error,) = [each for each in captured.err.splitlines() if "rows; N =" not in each]
    assert error.startswith("rfscale: error: ")
    assert words in error
