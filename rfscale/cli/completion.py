"""`rfscale completion`: a script with which a shell completes commands, options and their values.

The script is static: pressing the tabulator starts no Python.
"""

from __future__ import annotations

import argparse

from rfscale import cli
from rfscale.cli import parsing
from rfscale.cli.help_texts import describe

SHELLS = ("bash", "zsh", "fish")
FILES = ("FILE", "PATH", "CONFIG.toml")  # metavars of what names a file
EXAMPLES = {
    "rfscale completion bash > rfscale.bash": "then, in ~/.bashrc: source /path/to/rfscale.bash",
    "rfscale completion fish > rfscale.fish": "then put it into ~/.config/fish/completions; for "
    "zsh, save what it prints as _rfscale in a folder of $fpath",
}
TEXT = (
    "A script with which a shell completes commands, options, their values and names of files. "
    'Needs shtab: pip install "rfscale[completion]".'
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    describe(parser, usage="SHELL", text=TEXT, examples=EXAMPLES)
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete")


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    try:
        import shtab
    except ImportError:
        raise ValueError('completion needs shtab: pip install "rfscale[completion]"') from None
    print(shtab.complete(_all_commands(shtab.FILE), shell=options.shell))
    return 0


def _all_commands(files: object) -> argparse.ArgumentParser:
    """One parser of all commands; `files` marks the values that are names of files."""
    parser = parsing.Parser(prog="rfscale")
    parser.add_argument("--version", action="store_true", help="show the version")
    commands = parser.add_subparsers()
    for name, text in cli.COMMANDS.items():
        command = commands.add_parser(name, help=text)
        parsing.module(name).add(command)
        for action in command._actions:
            if action.metavar in FILES:
                action.complete = files  # type: ignore[attr-defined]
    return parser
