"""`rfscale measure`: what samples in a file say of the loss, and whether it is right."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.cli import (
    measure_options,
    measure_report,
    output_options,
    pictures_of_samples,
    tables,
    wording,
)
from rfscale.cli.compare import DISAGREE, NOT_JUDGED
from rfscale.cli.help_texts import describe
from rfscale.cli.number_lists import HELP
from rfscale.cli.show_results import paragraph
from rfscale.comparison import SampleComparison, compare
from rfscale.measured.samples.measure import measure
from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.measured.samples.read import read_samples
from rfscale.measured.samples.samples import Samples, checked_samples
from rfscale.measured.samples.splits import rows_of_split
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXAMPLES = {
    "rfscale measure data.npz": "samples X and labels y: is the spectrum a power law, which error "
    "do random features reach, and is the prediction right?",
    "rfscale measure houses.csv --y-column price --plot houses.png": "a table with a line of "
    "names, and a picture of errors and spectrum",
    "rfscale measure data.npz --features relu --N 10:100:4log --T 50,100": "sizes of your own, "
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
    lists = measure_options.lists(options)
    samples, dropped = _samples(options)
    data = _measured(options, samples)
    compared = _compared(options, data, lists) if samples.outputs else None
    fit = _fitted(data, window)
    counted = measure_report.counts(options.file, samples, dropped)
    _say(options, [counted, *measure_report.classes(samples), ""])
    _say(options, [*measure_report.spectrum(data, fit), ""])
    _say(options, [*measure_report.leverages(data), ""])
    with _silent_on_copies():
        _say(options, [measure_report.dimension(data, options.seed), ""])
    same = measure_report.columns(samples, fit)
    if compared is None:
        return _without_labels(options, data, fit, same)
    result, draw = compared
    _write(options, _columns(options, result, same))
    _say(options, result.remarks())
    if options.plot:
        pictures_of_samples.draw(options, data, fit, draw)
    if np.any(result.disagrees):
        return DISAGREE
    return 0 if np.any(result.judged) else NOT_JUDGED


def _without_labels(
    options: argparse.Namespace,
    data: Measured,
    fit: PowerLawFit | str,
    same: Mapping[str, Any],
) -> int:
    """The rows of the spectrum, and its picture."""
    _say(options, [measure_report.NO_LABELS])
    if not output_options.is_on_screen(options):
        _write(options, data.broadcast_columns() | dict(same))
    if options.plot:
        pictures_of_samples.draw(options, data, fit)
    return 0


def _samples(options: argparse.Namespace) -> tuple[Samples, int]:
    """The samples of the files, and how many copies were dropped."""
    names = {"X": f"X of {options.file}", "y": _name_of_labels(options), "path": "FILE"}
    with wording.renaming(**names), _silent_on_copies():
        X, y = read_samples(options.file, options.y, options.y_column)
        y = measure_options.one_hot(y) if options.classes else y
        samples = checked_samples(X, y)
        copies = samples.duplicates if options.drop_copies else 0
        if copies:
            kept = ~samples.copies
            samples = checked_samples(X[kept], None if y is None else y[kept])
    if samples.outputs:
        measure_report.warn_of_copies(samples)
    else:
        measure_options.require_no_sizes(options)
    return samples, copies


def _name_of_labels(options: argparse.Namespace) -> str:
    """What labels are called in errors."""
    if options.y is not None:
        return f"--y {options.y}"
    return f"y of {options.file}" if options.y_column is None else f"column {options.y_column!r}"


@contextmanager
def _silent_on_copies() -> Iterator[None]:
    """Without the warning of copies, which is given once, in the words of options."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*repeat", UserWarning)
        yield


def _measured(options: argparse.Namespace, samples: Samples) -> Measured:
    labels = samples.y if samples.outputs else None
    with _silent_on_copies():
        return measure(samples.X, labels, options.features, pool=options.pool, seed=options.seed)


def _fitted(data: Measured, window: tuple[float, float] | None) -> PowerLawFit | str:
    """The power law, or why there is none: a window that is given has to be right."""
    try:
        return data.power_law(window)
    except ValueError as error:
        if window is not None:
            raise
        return str(error)


def _compared(
    options: argparse.Namespace, data: Measured, lists: dict[str, Floats]
) -> tuple[SampleComparison, Callable[[Axes], None]]:
    """Errors predicted and measured, and what draws them."""
    experiment = measure_options.experiment(options)
    rows, _ = rows_of_split(len(data.X), options.holdout, options.seed, options.split)
    points = measure_options.points(lists, min(data.P, rows.size))
    with _silent_on_copies():
        result = compare(data, **points.arguments, **experiment)

    def draw(axes: Axes) -> None:
        pool = data.within(rows)
        pictures_of_samples.draw_errors(axes, options, points, result.estimate, pool)

    return result, draw


def _columns(
    options: argparse.Namespace, result: SampleComparison, same: Mapping[str, Any]
) -> dict[str, Any]:
    if output_options.form(options) != "table":
        return result.broadcast_columns() | dict(same)
    return result.broadcast_columns() if options.wide else result.short_columns()


def _write(options: argparse.Namespace, columns: Mapping[str, Any]) -> None:
    shape = np.broadcast_shapes(*(np.shape(value) for value in columns.values()))
    row = {name: np.broadcast_to(value, shape) for name, value in columns.items()}
    tables.write([row], output_options.form(options), output_options.file(options))


def _say(options: argparse.Namespace, lines: list[str]) -> None:
    """Below or above a table on standard output, or else on standard error."""
    file = sys.stdout if output_options.is_on_screen(options) else sys.stderr
    for line in lines:
        print(line if "\n" in line else paragraph(line), file=file)
