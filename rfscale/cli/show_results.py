"""Results of all combinations as rows, and as a picture if one is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rfscale.cli import pictures, tables
from rfscale.cli.combinations import Combinations
from rfscale.results import Result


def show_results(
    options: argparse.Namespace, points: Combinations, results: Sequence[Result]
) -> None:
    """Write the rows, and draw the curves."""
    pairs = zip(points.models, results, strict=True)
    rows = [points.columns(model) | result.columns() for model, result in pairs]
    tables.write(tables.joined(rows), options.format, options.output)
    if options.plot:
        pictures.draw(options, points, results)
