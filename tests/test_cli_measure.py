"""`rfscale measure`: samples from a file, their report, rows, picture and exit status."""

import json
import sys

import numpy as np
import pytest
from cli_shared import assert_one_line, figures_of, rows_of

import rfscale as rf
from rfscale.cli import main, measure_report
from rfscale.comparison import samples as comparison_of_samples

INPUTS = 30
LINE = "measure data.npz --N 10,20 --T 40 --draws 4"


def gaussian(P, inputs=INPUTS):
    """Samples of a power law with alpha = 1, and their sums with noise."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((P, inputs)) / np.arange(1, inputs + 1)
    return X, X.sum(axis=1) + 0.3 * rng.standard_normal(P)


X, Y = gaussian(200)


def write_table(name, rows, head="a,b,c,price"):
    """A CSV file of texts."""
    with open(name, "w", encoding="utf-8") as file:
        file.write("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with files of samples; scikit-dimension, which takes seconds to import, is away."""
    monkeypatch.setitem(sys.modules, "skdim", None)
    monkeypatch.chdir(tmp_path)
    np.savez("data.npz", X=X, y=Y)
    np.save("X.npy", X)
    np.save("y.npy", Y)
    return tmp_path


def test_rows_are_those_of_compare(capsys):
    assert main([*LINE.split(), "--ridge", "1,10", "--seed", "3", "--format", "csv"]) == 0
    captured = capsys.readouterr()
    rows = rows_of(captured.out)
    data = rf.measure(X, Y, seed=3)
    expected = rf.compare(data, [[10], [20]], 40, [1, 10], draws=4, seed=3)
    found = {(row["N"], row["ridge"]): row for row in rows}
    assert list(found) == [("10", "1.0"), ("20", "1.0"), ("10", "10.0"), ("20", "10.0")]
    for name, value in (("predicted", expected.prediction.mse), ("gap_percent", expected.gap)):
        assert float(found["20", "10.0"][name]) == value[1, 1]
    fit = data.power_law()
    assert {float(row["spectrum_alpha"]) for row in rows} == {fit.alpha}
    assert {row["spectrum_verdict"] for row in rows} == {fit.verdict}
    assert expected.verdict in " ".join(captured.err.split())


def test_the_report(capsys):
    table = np.column_stack([X, np.full(200, 7.0), Y])
    names = [*(f"x{i}" for i in range(INPUTS)), "flat", "price"]
    write_table("houses.csv", np.concatenate([table, table[:2]]), ",".join(names))
    assert main("measure houses.csv --y-column price --N 10 --T 40 --draws 4".split()) == 0
    captured = capsys.readouterr()
    assert captured.err == ""  # 2 copies of 200 are no more than 1 %
    text = " ".join(captured.out.split())
    fit = rf.measure(np.concatenate([X, X[:2]]), np.concatenate([Y, Y[:2]])).power_law()
    for said in (
        "houses.csv: 202 samples, 31 inputs, 1 output; 1 constant input; 2 copy earlier ones",
        f"a pool of 202: {fit.verdict}; alpha {fit.alpha:.3f} +- {fit.stderr:.1g}, fitted to 5 to "
        "15 degrees of freedom",
        f"ends at M = {fit.M:.4g}, 95 % interval",
        "df1 delta dispersion gaussian",
        'intrinsic_dimension needs scikit-dimension: pip install "rfscale[data]"',
        "N T ridge predicted measured gap/% gap of learned/% stderr/% agrees",
        "mse: mean squared error on the labels as they are, summed over outputs",
        "prediction and experiment agree: 1 of 1 points",
    ):
        assert said in text


def test_it_exits_with_1_where_the_prediction_is_wrong(capsys, monkeypatch):
    """By a factor of 5: a gap of 400 percent, beside three standard errors of some 20 each."""

    def wrong(X, y, *arguments, **options):
        return rf.experiment(X, np.sqrt(5) * y, *arguments, **options)

    monkeypatch.setattr(comparison_of_samples, "experiment", wrong)
    assert main(LINE.split()) == 1
    assert "prediction and experiment DISAGREE: 0 of 2 points" in capsys.readouterr().out


def test_it_exits_with_3_where_sizes_are_too_small(capsys):
    assert main("measure data.npz --N 2 --T 2 --draws 2".split()) == 3
    assert "no point is judged, as sizes are too small" in capsys.readouterr().out


def test_sizes_are_chosen(capsys):
    """Up to a quarter of the samples that are not held out, or of the pool, a decade below."""
    line = "measure data.npz --T 20 --draws 2 --format csv"
    assert main(line.split()) == 0
    assert [row["N"] for row in rows_of(capsys.readouterr().out)] == ["4", "11", "35"]
    assert main([*line.split(), "--pool", "40"]) in (0, 3)
    assert [row["N"] for row in rows_of(capsys.readouterr().out)] == ["1", "3", "10"]


def test_without_labels_there_is_a_spectrum(capsys):
    assert main("measure X.npy --features relu --window 6:30 -o rows.json".split()) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no labels, so no losses: give --y FILE, --y-column NAME" in captured.err
    with open("rows.json", encoding="utf-8") as file:
        rows = json.load(file, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    data = rf.measure(X, features="relu")
    assert [row["df1"] for row in rows] == data.columns()["df1"].tolist()
    assert rows[0]["spectrum_alpha"] == data.power_law((6, 30)).alpha
    assert rows[0]["spectrum_p_value"] is None  # of a real spectrum there is none


def test_labels_of_another_file(capsys):
    assert main("measure X.npy --y y.npy --N 10 --T 40 --draws 2 --format csv".split()) == 0
    assert len(rows_of(capsys.readouterr().out)) == 1


def test_options_reach_what_they_are_for(capsys):
    """Each of them changes what it is for, and nothing before it."""
    line = "measure data.npz --N 10 --T 40 --ridge 1 --draws 2 --format csv"
    found = {}
    for options in ("", "--no-leverages", "--split 1", "--draws 3", "--holdout 0.5"):
        words = dict(zip(line.split()[2::2], line.split()[3::2], strict=True))
        words |= dict([options.split()]) if " " in options else {}
        flags = [options] if options and " " not in options else []
        # 3 where two draws are too few to judge by
        assert main(["measure", "data.npz", *sum(words.items(), ()), *flags]) in (0, 3)
        (row,) = rows_of(capsys.readouterr().out)
        found[options] = row["predicted"], row["measured"], row["draws"]
    assert found["--no-leverages"][0] != found[""][0]
    assert found["--no-leverages"][1:] == found[""][1:]
    assert found["--draws 3"][0] == found[""][0]
    assert found["--draws 3"][2] == "3"
    for option in ("--split 1", "--holdout 0.5"):
        assert found[option][0] != found[""][0]
        assert found[option][1] != found[""][1]


def test_the_dispersion_of_leverages_has_a_meaning_in_linear_features():
    """Gaussian samples have the Gaussian dispersion, those of random sizes a larger one."""
    sizes = np.random.default_rng(2).standard_t(3, size=(200, 1))
    for samples, said in ((X, "plain planar theory may do"), (sizes * X, "theory fails here")):
        data = rf.measure(samples)
        columns = data.short_columns()
        ratio = np.max(columns["dispersion"] / columns["gaussian"])
        text = measure_report.leverages(data)[-1]
        assert f"at most {ratio:.2f} times the Gaussian one" in text
        assert text.endswith(said)
    assert "theory" not in measure_report.leverages(rf.measure(X, features="relu"))[-1]


@pytest.mark.filterwarnings("default")  # it is shown on standard error
def test_copies_are_dropped(capsys):
    np.savez("copies.npz", X=np.concatenate([X, X[:10]]), y=np.concatenate([Y, Y[:10]]))
    line = "measure copies.npz --N 10 --T 40 --draws 2 --format csv"
    assert main(line.split()) == 0
    (warning,) = [w for w in capsys.readouterr().err.splitlines() if "warning" in w]
    assert warning.startswith("rfscale: warning: 10 of 210 samples repeat an earlier one")
    assert warning.endswith("--drop-copies leaves copies out")
    assert main([*line.split(), "--drop-copies"]) == 0
    captured = capsys.readouterr()
    assert "warning" not in captured.err
    assert "200 samples, 30 inputs, 1 output; no constant input; 10 copies dropped" in captured.err
    assert main(line.replace("copies", "data").split()) == 0
    assert captured.out == capsys.readouterr().out


def test_classes_are_columns_of_0_and_1(capsys):
    number = np.clip(np.rint(Y), -1, 1)
    np.savez("numbers.npz", X=X, y=number)
    np.savez("columns.npz", X=X, y=(number[:, None] == [-1, 0, 1]).astype(float))
    line = "measure numbers.npz --N 10 --T 40 --draws 2"
    assert main(line.split()) == 0
    assert "3 different labels, taken as numbers: if they are" in capsys.readouterr().out
    assert main([*line.split(), "--classes", "--format", "csv"]) == 0
    found = capsys.readouterr().out
    assert main([*line.replace("numbers", "columns").split(), "--format", "csv"]) == 0
    assert found == capsys.readouterr().out


def test_few_inputs_have_no_power_law(capsys):
    """The rest is there."""
    write_table("few.csv", np.column_stack([X[:, :3], Y]))
    line = "measure few.csv --y-column price --N 10 --T 40 --draws 2"
    assert main(line.split()) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "a power law needs at least 24 samples and inputs that differ, got 3" in text
    assert "prediction and experiment agree: 1 of 1 points" in text
    assert main([*line.split(), "--format", "csv"]) == 0
    assert "spectrum_alpha" not in rows_of(capsys.readouterr().out)[0]


# --- pictures ----------------------------------------------------------------------------------


def test_the_picture_shows_errors_and_spectrum(capsys, monkeypatch):
    drawn = figures_of(monkeypatch)
    line = "measure data.npz --N 10,20,40 --T 20,40 --draws 2 --plot p.png"
    assert main(line.split()) == 0
    errors, spectrum = drawn[0].axes
    assert errors.get_xlabel() == "number of features $N$"
    assert errors.get_ylabel() == "mean squared error"
    assert errors.get_title().endswith("dashed: without leverages")
    names = [text.get_text() for text in errors.get_legend().get_texts()]
    assert names == ["$T$ = 20", "$T$ = 40", "error of the pool", "measured"]
    expected = rf.compare(rf.measure(X, Y), [10, 20, 40], [[20], [40]], draws=2)
    points = [c.lines[0].get_ydata() for c in errors.containers if c.lines[0].get_xdata().size]
    np.testing.assert_array_equal(points, expected.estimate.mse.mean)
    line = next(line for line in errors.lines if line.get_label() == "$T$ = 40")
    at = np.isin(line.get_xdata(), [10, 20, 40])
    np.testing.assert_array_equal(line.get_ydata()[at], expected.prediction.mse[1])
    assert spectrum.get_title() == "data.npz, linear features"


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("measure X.npy", None),
        ("measure data.npz --N 10 --T 20,40 --draws 2 --no-leverages", "number of samples $T$"),
        ("measure data.npz --N 10 --T 20 --ridge 1,10 --draws 2", r"ridge $\gamma$"),
    ],
)
def test_pictures_over_what_varies(line, label, capsys, monkeypatch):
    drawn = figures_of(monkeypatch)
    assert main([*line.split(), "--plot", "p.png"]) == 0
    *errors, _ = drawn[0].axes
    assert [axes.get_xlabel() for axes in errors] == ([label] if label else [])
    if "--no-leverages" in line:
        assert "dashed" not in errors[0].get_title()


# --- mistakes ----------------------------------------------------------------------------------

MISTAKES = [
    ("measure", "FILE is missing; rfscale measure --help has examples"),
    ("measure none.npz", "there is no file none.npz"),
    ("measure data.txt", "FILE must end in .npy, .npz, .csv, .parquet, got 'data.txt'"),
    ("measure .", "FILE must be a file, but . is a folder"),
    ("measure text.csv --y-column price", "text.csv, line 2: column 'c' is 'red', no finite num"),
    ("measure gap.csv --y-column price", "gap.csv, line 7: no value in column 'b'; take the row"),
    ("measure same.csv --y-column price", "column 'price' must hold different labels, but all of"),
    ("measure same.csv --y-column prize", "--y-column must be 'a', 'b', 'c', 'price', or a number"),
    ("measure data.npz --y-column 3", "--y-column is for tables, .csv and .parquet, got '3' for"),
    ("measure X.npy --y y.npy --y-column 3", "--y-column and --y exclude each other"),
    ("measure X.npy --y short.npy", "--y short.npy must hold a label for each of the 200 rows"),
    ("measure nan.npz", "X of nan.npz must hold finite numbers up to 1e+150, but 30 rows hold o"),
    ("measure data.npz --features rule", "--features must be one of linear, relu, got 'rule'"),
    ("measure data.npz --pool 5", "--pool must be an integer >= 20, got 5"),
    ("measure data.npz --window 5", "--window must be LOW:HIGH, two numbers with 0 < LOW < HIGH"),
    ("measure data.npz --window 9:5", "0 < LOW < HIGH such as 5:200, got '9:5'"),
    ("measure X.npy --window 5:99", "--window must be two numbers with 0 < low < high <= 30"),
    ("measure data.npz --N 10:20", "--N must be a LIST and a range has a COUNT, such as 10:20:20"),
    ("measure data.npz --N 0", "--N must hold whole numbers >= 1, got '0'"),
    ("measure data.npz --T inf", "--T must hold whole numbers, got 'inf'"),
    (
        "measure data.npz --T 9,150",
        "--T must be at most 140, the samples of the pool, got 150; giv",
    ),
    ("measure data.npz --T 150", "got 150; give a larger --pool, or more samples"),
    ("measure data.npz --ridge -1", '--ridge must be >= 0 (or "optimal"), got -1'),
    ("measure data.npz --draws 1 --N 9 --T 9", "--draws must be an integer >= 2, got 1"),
    ("measure data.npz --holdout 1", "--holdout must be a number in (0, 1), got 1"),
    ("measure data.npz --split -1", "--split must be an integer >= 0, got -1"),
    ("measure X.npy --classes", "--classes needs labels: --y FILE, --y-column NAME, or y in a .n"),
    ("measure data.npz --classes", "one label a sample and at most 100 classes, got 1 and 200"),
    ("measure X.npy --N 5", "--N needs labels: --y FILE, --y-column NAME, or y in a .npz"),
    ("measure data.npz --plot p.doc", "--plot must be a file ending in one of .png, .pdf, .svg"),
]


@pytest.mark.parametrize(("line", "said"), MISTAKES)
def test_mistakes_are_one_line(line, said, capsys):
    rows = [[f"{value:.3f}" for value in row] for row in np.column_stack([X[:, :3], Y])[:30]]
    write_table("text.csv", [[*row[:2], "red", row[3]] for row in rows])
    write_table("gap.csv", [*rows[:5], [rows[5][0], "", *rows[5][2:]], *rows[6:]])
    write_table("same.csv", [[*row[:3], "3"] for row in rows])
    np.save("short.npy", Y[:-1])
    np.savez("nan.npz", X=np.where(np.eye(200, INPUTS), np.nan, X), y=Y)
    assert_one_line(line, said, capsys)
