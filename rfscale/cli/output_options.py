"""Options of the output: form and file of the rows, file of the picture."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rfscale.model import RegimeWarning
from rfscale.support.files import check_writable

FORMATS = {".csv": "csv", ".json": "json", ".txt": "table", "": "table"}  # by the file's ending
PICTURES = (".png", ".pdf", ".svg")
ARCHIVE = ".npz"  # of a result, as `load` reads it
STANDARD_OUTPUT = "-"


def add(command: argparse._ActionsContainer, *, archive: bool = False) -> None:
    """`add_rows`, --wide and --plot."""
    add_rows(command, archive=archive)
    command.add_argument(
        "--wide", action="store_true", help="all columns in a table; CSV and JSON have them always"
    )
    add_plot(command)


def add_plot(command: argparse._ActionsContainer) -> None:
    """--plot."""
    command.add_argument(
        "--plot", metavar="FILE", help="draw the losses into a .png, .pdf or .svg file"
    )


def add_rows(command: argparse._ActionsContainer, *, archive: bool = False) -> None:
    """--output and --format; with `archive` results can be saved as they are."""
    saved = "save the result to FILE.npz, or " if archive else ""
    command.add_argument(
        "--output",
        "-o",
        metavar="FILE",
        help=f"{saved}write the rows to FILE.csv, FILE.json or, as a table, FILE.txt; - is "
        "standard output",
    )
    command.add_argument(
        "--format",
        choices=("table", "csv", "json"),
        help="form of the rows (default: by the file's ending, else a table)",
    )


def check(options: argparse.Namespace) -> None:
    """Raise ValueError if a file cannot be made; a command need not have these options."""
    picture = getattr(options, "plot", None)
    rows = getattr(options, "output", None)
    for path in (rows, picture):
        if path not in (None, STANDARD_OUTPUT):
            check_writable(path)
    if hasattr(options, "format"):
        form(options)
    if picture is not None:
        _check_picture(picture)


def form(options: argparse.Namespace) -> str:
    """The format that is asked for, or that of the file's ending."""
    path = file(options)
    ending = Path(path or "").suffix.lower()
    if options.format is not None:
        if ending and FORMATS.get(ending, options.format) != options.format:
            raise ValueError(f"--format {options.format} and --output {path} contradict each other")
        return str(options.format)
    if ending not in FORMATS:
        saved = [ARCHIVE] if getattr(options, "archive", False) else []
        endings = ", ".join([*filter(None, FORMATS), *saved])
        raise ValueError(
            f"--output must end in one of {endings}, or --format say what to write, got {path!r}"
        )
    return FORMATS[ending]


def file(options: argparse.Namespace) -> str | None:
    """The file of the rows; None for standard output."""
    is_other = options.output == STANDARD_OUTPUT or archive(options) is not None
    return None if is_other else options.output


def archive(options: argparse.Namespace) -> str | None:
    """The file to which the result is saved, of commands that do."""
    is_known = getattr(options, "archive", False) and Path(options.output or "").suffix == ARCHIVE
    return options.output if is_known else None


def is_on_screen(options: argparse.Namespace) -> bool:
    """Whether a table goes to standard output, for a person to read."""
    return file(options) is None and form(options) == "table"


@contextmanager
def with_remarks(options: argparse.Namespace) -> Iterator[None]:
    """Simulate without the warning of heavy tails where a remark below the table says the same."""
    with warnings.catch_warnings():
        if is_on_screen(options):
            warnings.simplefilter("ignore", RegimeWarning)
        yield


def _check_picture(path: str) -> None:
    """Raise ValueError if matplotlib cannot draw into such a file."""
    if Path(path).suffix.lower() not in PICTURES:
        endings = ", ".join(PICTURES)
        raise ValueError(f"--plot must be a file ending in one of {endings}, got {path!r}")
