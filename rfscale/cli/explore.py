"""`rfscale explore`: the theory as a page with sliders."""

from __future__ import annotations

import argparse
import sys

from rfscale import explorer
from rfscale.cli import output_options, tables
from rfscale.cli.help_texts import describe

DEFAULT_PAGE = "rfscale-explorer.html"
EXAMPLES = {
    "rfscale explore": f"write {DEFAULT_PAGE}, to be opened in a browser",
    "rfscale explore -o page.html": "write it under another name",
}
TEXT = (
    "The theory as one HTML page with sliders for sizes, ridge and model, which computes in the "
    "browser and needs no network."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    describe(parser, usage="[-o FILE]", text=TEXT, examples=EXAMPLES)
    text = f"write there (default {DEFAULT_PAGE})"
    parser.add_argument("--output", "-o", default=DEFAULT_PAGE, metavar="FILE", help=text)


def run(options: argparse.Namespace) -> int:
    """Write the page."""
    with tables.opened(output_options.file(options)) as file:
        file.write(explorer.page())
    if output_options.file(options) is not None:
        print(f"page: {options.output}, to be opened in a browser", file=sys.stderr)
    return 0
