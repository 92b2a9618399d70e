"""`rfscale accounting` and `rfscale quanta`: the rows of the library, pictures, and mistakes."""

import numpy as np
import pytest
from cli_shared import figures_of, rows_of

import rfscale as rf
from rfscale.cli import main

Quanta = rf.neighbours.Quanta


def test_accounting_writes_the_comparison(capsys, tmp_path):
    assert main("accounting --d 1600 --layers 48 --widen 2".split()) == 0
    A = rf.neighbours.TransformerShape(1600, 48)
    shares = rf.neighbours.compare_shapes(A, A.widened(2))
    assert capsys.readouterr().out.rstrip() == str(shares).split("\n", 1)[1]
    path = tmp_path / "shapes.csv"
    line = f"accounting --d 4288 --layers 6 --other 1600,48 --features 1e6 --C 2 -o {path}"
    assert main(line.split()) == 0
    flat = rf.neighbours.TransformerShape(4288, 6)
    both = rf.neighbours.compare_shapes(flat, A, features=1e6, C=2)
    rows = path.read_text().splitlines()
    assert rows[0] == "quantity,A,B,B/A"
    for row, *said in zip(rows[1:], both.quantity, both.of_A, both.of_B, both.ratio, strict=True):
        assert row.split(",") == [str(said[0]), *(str(float(value)) for value in said[1:])]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--d 1600", "--layers is missing"),
        ("--d 0 --layers 3", "--d must be a finite number > 0, got 0"),
        ("--d 5 --layers nan", "--layers must be a finite number > 0, got nan"),
        ("--d 5 --layers 3 --widen -2", "--widen must be a finite number > 0, got -2"),
        ("--d 5 --layers 3 --other 7", "--other must be D,LAYERS, such as 1600,48, got '7'"),
        ("--d 5 --layers 3 --other 7,0", "--other must be a finite number > 0, got 0"),
        ("--d 5 --layers 3 --other 7,1 --widen 2", "--widen and --other exclude each other"),
        ("--d 5 --layers 3 --features 0", "--features must be a finite number > 0, got 0"),
        ("--d 5 --layers 3 --features 1 --C inf", "--C must be a finite number > 0, got inf"),
    ],
)
def test_mistakes_of_accounting(words, said, capsys):
    assert main(["accounting", *words.split()]) == 2
    assert said in capsys.readouterr().err


def test_quanta_writes_losses_and_slopes(capsys):
    assert main("quanta --alpha .4 --tau 5 --D 1e2:1e8:20log --format csv".split()) == 0
    rows = rows_of(capsys.readouterr().out)
    D = np.array([row["D"] for row in rows], dtype=float)
    np.testing.assert_array_equal(D, np.rint(np.geomspace(1e2, 1e8, 20)))
    quanta = Quanta(0.4, tau=5)
    np.testing.assert_array_equal([float(row["loss"]) for row in rows], quanta.loss(D=D))
    slopes = rf.neighbours.quanta_slope(quanta, D=D)
    np.testing.assert_array_equal([float(row["slope"]) for row in rows], slopes)


def test_quanta_over_both_sizes_and_at_the_ends(capsys, monkeypatch):
    figures = figures_of(monkeypatch)
    more = "--format csv --plot quanta.png"
    assert main(f"quanta --alpha .4 --K 50 --n 0,20,inf --D 0,1e3,inf {more}".split()) == 0
    rows = rows_of(capsys.readouterr().out)
    n = np.array([[0], [20], [np.inf]])
    losses = Quanta(0.4, K=50).loss(n, [0, 1e3, np.inf])
    np.testing.assert_array_equal([float(row["loss"]) for row in rows], losses.ravel())
    lines = figures[0].axes[0].lines  # one for each n, where D is on the axis; and the law
    np.testing.assert_array_equal([line.get_xdata() for line in lines], [[1e3]] * 4)
    np.testing.assert_array_equal([line.get_ydata() for line in lines[:3]], losses[:, 1:2])
    for size in ("--n 0,20,50,inf", "--D 0,100,1e9,inf"):  # no slope where all are learned, or none
        assert main(f"quanta --alpha .4 --K 50 {size} {more}".split()) == 0
        slopes = [row["slope"] for row in rows_of(capsys.readouterr().out)]
        assert [bool(slope) for slope in slopes] == [False, True, False, False]
    x, y = figures[-1].axes[0].lines[0].get_data()
    assert (x, y) == (100, Quanta(0.4, K=50).loss(D=100))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--D 10", "--alpha is missing"),
        ("--alpha .4", "--n or --D must be given"),
        ("--alpha 0 --D 10", "--alpha must be a finite number > 0, got 0"),
        ("--alpha .4 --D -3", "--D must be numbers >= 0 (inf is allowed), got -3"),
        ("--alpha .4 --K 0 --D 3", "--K must be an integer from 1 to 1e+18 or inf, got 0"),
        ("--alpha .4 --K 9 --n 10", "--n must be integers from 0 to 9 (inf is allowed), got 10"),
        ("--alpha .4 --n 2.5", "--n must be integers from 0 to 1e+18 (inf is allowed), got 2.5"),
        ("--alpha .4 --tau .5 --D 3", "--tau must be from 1 to 1e+06, got 0.5"),
        ("--alpha .4 --D 1:10", "--D must be a LIST and a range has a COUNT"),
    ],
)
def test_mistakes_of_quanta(words, said, capsys):
    assert main(["quanta", *words.split()]) == 2
    assert said in capsys.readouterr().err
