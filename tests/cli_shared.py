"""What the tests of the command line have in common."""

import csv
import io

from rfscale.cli import main, pictures


def rows_of(text):
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(text)))


def figures_of(monkeypatch):
    """A list of the figures that are drawn from now on, instead of files."""
    drawn = []
    monkeypatch.setattr(pictures, "save", lambda figure, path: drawn.append(figure))
    return drawn


def assert_one_line(line, said, capsys):
    """Bad input: status 2, and one line on standard error that says this."""
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("rfscale: error: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err
