"""`rfscale fit`: a law, or several, fitted to a table of measured losses."""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rfscale.cli import (
    fit_options,
    fit_report,
    output_options,
    pictures_of_fits,
    tables,
    wording,
)
from rfscale.cli.fit_report import Bands, Found
from rfscale.cli.help_texts import describe
from rfscale.measured.losses.allocation import Allocation
from rfscale.measured.losses.compare_laws import compare_laws
from rfscale.measured.losses.fit import fit_losses
from rfscale.measured.losses.laws import Law
from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.read import read_losses

EXAMPLES = {
    "rfscale fit runs.csv": "Chinchilla's law, with intervals; N, T and the loss are columns with "
    "usual names, such as params, tokens and val_loss",
    "rfscale fit runs.csv --law all --predict 7e9,1.4e11 --resamples 200": "which laws fit, which "
    "predict the largest runs, and a larger run by all of them together",
    "rfscale fit runs.csv --allocate 1e21,1e22 --plot runs.png -o fit.npz": "how "
    "to spend two budgets, pictures, and the fit in a file, for LossFit.load",
}
NOTES = """\
--predict and --hold may be given several times. With --format csv or json
there is one row a number: part, law, name, its sizes, value, low and high.
"""
TEXT = (
    "A law of the loss over sizes of models N and of data T, fitted to a table of runs: its "
    "parameters with intervals, and notes on what they are worth; predictions of other sizes, and "
    "the best N and T for a cost. Beyond the table, --law all is the safer choice: bands of one "
    "law are too narrow there."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    describe(parser, usage="FILE [OPTION ...]", text=TEXT, examples=EXAMPLES, notes=NOTES)
    fit_options.add(parser)


def run(options: argparse.Namespace) -> int:
    """Fit, predict, allocate; write, draw and save what is asked for."""
    laws = fit_options.laws(options)
    hold = fit_options.hold(options.hold)
    sizes = fit_options.sizes(options.predict)
    costs = fit_options.costs(options.allocate)
    cost = fit_options.cost_function(options)
    table = _table(options)
    with _in_words_of_options(options.file):
        if len(laws) > 1:
            found: Found = _compared(options, table, laws, hold)
        else:
            more = _common(options) | {"intervals": options.intervals}
            found = fit_losses(table, law=laws[0], hold=hold, **more)
        bands = None if sizes is None else (found.predict(*sizes), found.predict(*sizes, of="run"))
        allocation = None if costs is None else found.allocate(costs, cost)
    _show(options, found, bands, allocation)
    if options.plot:
        pictures_of_fits.draw(options.plot, options.file, found, costs, cost)
    return 0


def _table(options: argparse.Namespace) -> LossTable:
    """The table of the file; which columns were taken is said on standard error."""
    names = {name: getattr(options, name) for name in ("N", "T", "loss", "groups")}
    try:
        with wording.renaming(path="FILE"):
            table = read_losses(options.file, **names)
    except ValueError as error:
        text = re.sub(r": (N|T|loss|groups) (?=must|may)", r": --\1 ", str(error), count=1)
        raise ValueError(text) from error
    print(fit_report.taken(options.file, table), file=sys.stderr)
    return table


def _compared(
    options: argparse.Namespace, table: LossTable, laws: list[Law], hold: dict[str, float]
) -> Found:
    more: dict[str, Any] = {}
    if options.holdout is not None:
        more["holdout"] = options.holdout
    more |= {"laws": laws, "hold": hold} | _common(options)
    return compare_laws(table, **more)


def _common(options: argparse.Namespace) -> dict[str, Any]:
    names = ("delta", "level", "resamples", "seed")
    same = {name: getattr(options, name) for name in names}
    return same | {"loss": options.loss_function, "progress": True}


def _show(
    options: argparse.Namespace, found: Found, bands: Bands | None, allocation: Allocation | None
) -> None:
    is_on_screen = output_options.is_on_screen(options)
    if not is_on_screen:
        rows = fit_report.rows(found, bands, allocation)
        tables.write([rows], output_options.form(options), output_options.file(options))
    file = sys.stdout if is_on_screen else sys.stderr
    for line in fit_report.lines(found, bands, allocation, wide=options.wide):
        print(line, file=file)
    archive = output_options.archive(options)
    if archive is not None:
        found.save(archive)
        print(f"saved: {archive}", file=sys.stderr)


@contextmanager
def _in_words_of_options(file: str) -> Iterator[None]:
    """Errors and warnings of the fit, told of options and of the file."""
    names = {name: f"{name} of {file}" for name in "NTL"}
    names |= {"loss": "--loss-function", "cost": "--cost-function", "C": "--allocate"}
    names |= {"laws": "--law"}
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            with wording.renaming(**names):
                yield
        except ValueError as error:
            text = re.sub(r"\bhold\['(\w+)'\]", r"--hold \1", str(error))
            raise ValueError(fit_report.as_typed(text)) from error
    for one in heard:
        text = re.sub(r"^(N T|N|T) is up to", r"--predict: \1 is up to", str(one.message))
        warnings.warn(fit_report.as_typed(text), one.category, stacklevel=2)
