"""Options of the output: form and file of the rows, file of the picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from rfscale.results import check_writable


def add(command: argparse._ActionsContainer) -> None:
    """--format, --output and --plot."""
    command.add_argument(
        "--format", choices=("table", "csv", "json"), default="table", help="(default table)"
    )
    command.add_argument(
        "--output", "-o", metavar="FILE", help="write there instead of to standard output"
    )
    command.add_argument(
        "--plot", metavar="FILE", help="draw the losses into a .png, .pdf or .svg file"
    )


def check(options: argparse.Namespace) -> None:
    """Raise ValueError if a file cannot be made; a command need not have these options."""
    picture = getattr(options, "plot", None)
    for path in (getattr(options, "output", None), picture):
        if path is not None:
            check_writable(path)
    if picture is not None:
        _check_picture(picture)


def _check_picture(path: str) -> None:
    """Raise ValueError if matplotlib cannot draw into such a file."""
    from matplotlib.figure import Figure

    kinds = Figure().canvas.get_supported_filetypes()
    if Path(path).suffix.lstrip(".").lower() not in kinds:
        endings = ", ".join(f".{kind}" for kind in kinds)
        raise ValueError(f"--plot must be a file ending in one of {endings}, got {path!r}")
