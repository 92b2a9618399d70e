"""`rfscale doctor`: what is installed, whether it is right, and what a bug report needs to say."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

from rfscale.cli import installation
from rfscale.cli.help_texts import describe

EXAMPLES = {
    "rfscale doctor": "versions, cores, BLAS, the cache of compiled functions, extras, a self-test",
    "rfscale doctor > report.txt": "the same in a file, for a bug report",
}
TEXT = (
    "What is installed, and whether it computes the right numbers. It takes five seconds, after "
    "compiling; the exit status is 1 if an answer is wrong. The home folder is written ~, and of "
    "the environment only variables that change numbers or speed are shown."
)
INDENT = 11
WIDTH = 99 - INDENT


def add(parser: argparse.ArgumentParser) -> None:
    """Set the help of this command, which has no options."""
    describe(parser, usage="", text=TEXT, examples=EXAMPLES)


def run(options: argparse.Namespace) -> int:
    """Print each section as it is known; 1 if the self-test fails."""
    from rfscale.cli import self_test

    for title, lines in installation.SECTIONS.items():
        print(_section(title, lines), flush=True)
    results = self_test.results()
    print(_section("self-test", lambda: map(str, results)))
    wrong = sum(not result.right for result in results)
    print(_section("", lambda: [f"{wrong} of {len(results)} wrong" if wrong else "all right"]))
    return 1 if wrong else 0


def _section(title: str, lines: Callable[[], Iterable[str]]) -> str:
    """A title and its lines, wrapped; where something is broken, what it raises."""
    try:
        found = list(lines())
    except Exception as error:  # this is where a broken installation is looked at
        found = [f"cannot be found out: {type(error).__name__}: {error}"]
    wrapped = [part for line in found for part in textwrap.wrap(_without_home(line), WIDTH)]
    wrapped[0] = f"{title:{INDENT}}{wrapped[0]}"
    return f"\n{'':{INDENT}}".join(wrapped).replace(installation.FIXED_SPACE, " ")


def _without_home(text: str) -> str:
    home = str(Path.home())
    return text if len(home) < 2 else text.replace(home, "~")
