"""`rfscale measure`: what samples in a file say of the loss, and whether it is right."""

from __future__ import annotations

import argparse
import sys
import textwrap
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from rfscale.cli import (
    measure_options,
    measure_report,
    output_options,
    pictures_of_samples,
    tables,
    wording,
)
from rfscale.cli.compare import DISAGREE, NOT_JUDGED, WIDTH
from rfscale.cli.help_texts import describe
from rfscale.cli.number_lists import HELP
from rfscale.comparison import SampleComparison, compare
from rfscale.measured.samples.measure import measure
from rfscale.measured.samples.read import read_samples
from rfscale.measured.samples.samples import Samples, checked_samples
from rfscale.measured.samples.splits import rows_of_split

EXAMPLES = {
    "rfscale measure data.npz": "samples X and labels y: is the spectrum a power law, which error "
    "do random features reach, and is the prediction right?",
    "rfscale measure houses.csv --y-column price --plot houses.png": "a table with a line of "
    "names, and a picture of errors and spectrum",
    "rfscale measure data.npz --features relu --N 10:300:8log --T 100,300": "sizes of your own, "
    "and ReLU features",
}
NOTES = f"""\
{HELP}
--window is LOW:HIGH. Exit status: 0 prediction and experiment agree, or there
are no labels; 1 they do not at a point; 2 bad input; 3 no point could be
judged.
"""
TEXT = (
    "Measured samples: their spectrum with a verdict, how their leverages are dispersed, their "
    "intrinsic dimension; and with labels the mean squared error of random features as it is "
    "predicted from one part of the samples, beside experiments on the other, how far they are "
    "apart, and a verdict."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "FILE [--y FILE | --y-column NAME] [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=NOTES)
    measure_options.add(parser)


def run(options: argparse.Namespace) -> int:
    """Measure; with labels also predict, train and compare."""
    window = measure_options.window(options)
    X, y = read_samples(options.file, options.y, options.y_column)
    with wording.renaming(X=f"X of {options.file}", y=_labels(options)):
        samples = checked_samples(X, y)
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # that was said
        data = measure(
            samples.X,
            samples.y if samples.outputs else None,
            options.features,
            pool=options.pool,
            seed=options.seed,
        )
    fit = data.power_law(window)
    lines = [
        measure_report.counts(options.file, samples, 0),
        *measure_report.spectrum(data, fit),
        measure_report.leverages(data),
        measure_report.dimension(data, options.seed),
    ]
    _say(options, lines)
    same = measure_report.columns(samples, fit)
    if options.plot and not samples.outputs:
        pictures_of_samples.draw(options, data, fit)
    if not samples.outputs:
        _say(options, [measure_report.NO_LABELS])
        if not output_options.is_on_screen(options):
            _write(options, data.broadcast_columns() | _everywhere(same))
        return 0
    rows, _ = rows_of_split(samples.P, options.holdout, options.seed, options.split)
    points = measure_options.points(options, data, rows.size)
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        result = compare(data, **points.arguments, **measure_options.experiment(options))
    _write(options, _columns(options, result, same))
    _say(options, result.remarks())
    if options.plot:
        pictures_of_samples.draw(options, data, fit, points, result, data.within(rows))
    return _status(result)


def _labels(options: argparse.Namespace) -> str:
    """What labels are called in errors."""
    if options.y is not None:
        return "--y"
    return f"y of {options.file}" if options.y_column is None else "--y-column"


def _columns(
    options: argparse.Namespace, result: SampleComparison, same: Mapping[str, Any]
) -> dict[str, Any]:
    if output_options.form(options) == "table" and not options.wide:
        return result.short_columns()
    return result.broadcast_columns() | _everywhere(same)


def _everywhere(same: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(value).reshape(()) for name, value in same.items()}


def _write(options: argparse.Namespace, columns: Mapping[str, Any]) -> None:
    shape = np.broadcast_shapes(*(np.shape(value) for value in columns.values()))
    row = {name: np.broadcast_to(value, shape) for name, value in columns.items()}
    tables.write([row], output_options.form(options), output_options.file(options))


def _say(options: argparse.Namespace, lines: list[str]) -> None:
    """Below or above a table on standard output, or else on standard error."""
    file = sys.stdout if output_options.is_on_screen(options) else sys.stderr
    for line in lines:
        print(line if "\n" in line else textwrap.fill(line, WIDTH), file=file)


def _status(result: SampleComparison) -> int:
    if np.any(result.disagrees):
        return DISAGREE
    return 0 if np.any(result.judged) else NOT_JUDGED
