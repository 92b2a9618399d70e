"""`rfscale explore`: the theory as a page with sliders."""

from __future__ import annotations

import argparse
import sys

from rfscale import explorer
from rfscale.cli import output_options, tables

TEXT = (
    "write the explorer: one HTML page with sliders, which computes the theory in the browser, "
    "without a network"
)
DEFAULT_PAGE = "rfscale-explorer.html"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = TEXT
    text = f"write there (default {DEFAULT_PAGE})"
    parser.add_argument("--output", "-o", default=DEFAULT_PAGE, metavar="FILE", help=text)


def run(options: argparse.Namespace) -> int:
    """Write the page."""
    with tables.opened(output_options.file(options)) as file:
        file.write(explorer.page())
    if output_options.file(options) is not None:
        print(f"page: {options.output}, to be opened in a browser", file=sys.stderr)
    return 0
