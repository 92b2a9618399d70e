"""The command line: predict, simulate, compare, optimal-ridge, map, sweep, explore, formulas,
doctor.

Each command is a module with `add`, which adds its parser, and `run`, which returns the exit
status; a new one is a module and an entry in `COMMANDS`.

Exit status: 0 done; 1 theory and simulation disagree; 2 bad input, with one line on standard error;
130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from rfscale.cli import (
    compare,
    doctor,
    explore,
    formulas,
    map,
    optimal_ridge,
    output_options,
    predict,
    simulate,
)
from rfscale.cli import sweep as sweep_command
from rfscale.version import __version__

COMMANDS = (
    predict,
    simulate,
    compare,
    optimal_ridge,
    map,
    sweep_command,
    explore,
    formulas,
    doctor,
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Leave it to `main` to print one line, without the usage."""
        raise ValueError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    try:
        return _run(arguments)
    except BrokenPipeError:  # whoever reads the rows has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError, MemoryError) as error:
        print(f"rfscale: error: {' '.join(str(error).split()) or 'out of memory'}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("rfscale: interrupted", file=sys.stderr)
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    output_options.check(options)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        status: int = options.run(options)
    sys.stdout.flush()
    return status


def _show_warning(message: Warning | str, *where: object, **more: object) -> None:
    """One line, without the place in the code."""
    print(f"rfscale: warning: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="rfscale", description="The random-feature model of neural scaling laws.")
    parser.add_argument("--version", action="version", version=f"rfscale {__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, parser_class=_Parser, metavar="COMMAND"
    )
    for command in COMMANDS:
        command.add(commands)
    return parser
