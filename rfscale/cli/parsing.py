"""From the words of a command line to the module of a command and its options."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from rfscale import cli
from rfscale.version import __version__

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class Parser(argparse.ArgumentParser):
    """Options of one command; a mistake is a ValueError, which `main` prints as one line."""

    def error(self, message: str) -> NoReturn:
        """Raise ValueError."""
        raise ValueError(message)

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print it; argparse would pass over a file that cannot be written."""
        (file or sys.stdout).write(self.format_help())


def parsed(words: Sequence[str]) -> tuple[ModuleType, argparse.Namespace]:
    """The module of the command and its options; SystemExit after --help or --version."""
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(overview())
        raise SystemExit(0)
    if words[0] == "--version":
        print(f"rfscale {__version__}")
        raise SystemExit(0)
    if words[0] not in cli.COMMANDS:
        raise ValueError(f"there is no command {words[0]!r}")
    command = module(words[0])
    parser = Parser(prog=f"rfscale {words[0]}", allow_abbrev=False)
    command.add(parser)
    return command, parser.parse_args(words[1:])


def module(name: str) -> ModuleType:
    """The module of a command."""
    return import_module(f"rfscale.cli.{name.replace('-', '_')}")


def run(command: ModuleType, options: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from rfscale.cli import output_options

    output_options.check(options)
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        status: int = command.run(options)
    return status


def _show_warning(message: Warning | str, *where: object, **more: object) -> None:
    """One line, without the place in the code."""
    print(f"rfscale: warning: {message}", file=sys.stderr)


def overview() -> str:
    """The help of `rfscale` itself."""
    lines = [f"  {name:15}{text}" for name, text in cli.COMMANDS.items()]
    return "\n".join(["usage: rfscale COMMAND ...", "", *lines, ""])
