"""Results as rows, and as a picture if one is asked for."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rfscale.cli import output_options, pictures, tables
from rfscale.cli.combinations import Combinations
from rfscale.results import Result

WIDTH = 95  # of sentences beside a table


def paragraph(sentence: str) -> str:
    """Lines of a sentence; a percent sign stays with its number."""
    return textwrap.fill(sentence.replace(" %", "\u00a0%"), WIDTH).replace("\u00a0", " ")


def show_results(
    options: argparse.Namespace,
    points: Combinations,
    results: Sequence[Result],
    more: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write the rows of all combinations, with `more` columns of each, and draw the curves."""
    rows = [columns(options, result, points.arguments.get("kernel_ridge")) for result in results]
    rows = [row | dict(each) for row, each in zip(rows, more or [{}] * len(rows), strict=True)]
    write(options, rows, results)
    if options.plot:
        pictures.draw(options, points, results)


def columns(
    options: argparse.Namespace, result: Result, kernel_ridge: Any = None
) -> dict[str, Any]:
    """The columns that are asked for: in a table those that a person reads, or all.

    `kernel_ridge` takes the place of the ridge, as it was given.
    """
    is_short = output_options.form(options) == "table" and not options.wide
    shown = result.short_columns() if is_short else result.broadcast_columns()
    if kernel_ridge is None:
        return shown
    given = np.broadcast_to(kernel_ridge, np.shape(shown["ridge"]))
    if not is_short:
        return shown | {"kernel_ridge": given}
    return {
        "kernel_ridge" if name == "ridge" else name: given if name == "ridge" else column
        for name, column in shown.items()
    }


def write(
    options: argparse.Namespace,
    rows: Sequence[Mapping[str, Any]],
    results: Sequence[Result] = (),
) -> None:
    """Write rows in the form and to the file that are asked for; below a table, remarks."""
    tables.write(rows, output_options.form(options), output_options.file(options))
    if output_options.is_on_screen(options):
        for remark in dict.fromkeys(remark for result in results for remark in result.remarks()):
            print(remark)
