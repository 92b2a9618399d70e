"""From the words of a command line to the module of a command and its options.

Mistakes are ValueErrors that say what to type instead. Options are not abbreviated: a later version
may have another one that begins alike.
"""

from __future__ import annotations

import argparse
import itertools
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from rfscale import cli
from rfscale.cli import wording

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

KINDS = {"int": "a whole number", "float": "a number"}
REWORDED = (  # messages of argparse
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 and \2 exclude each other"),
    (r"argument (\S+): expected one argument", r"\1 needs a value"),
    (r"argument (\S+): ignored explicit argument (.*)", r"\1 takes no value, got \2"),
)


class Parser(argparse.ArgumentParser):
    """Options of one command; a mistake is a ValueError, which `main` prints as one line."""

    def error(self, message: str) -> NoReturn:
        """Raise ValueError, in plain words."""
        message = _wrong_value(message)
        needed = re.fullmatch("the following arguments are required: (.*)", message)
        if needed is not None:
            message = self._missing(needed[1].split(", "))
        for pattern, plain in REWORDED:
            match = re.fullmatch(pattern, message)
            if match is not None:
                message = match.expand(plain)
        raise ValueError(message)

    def parse_args(self, words: Sequence[str]) -> argparse.Namespace:  # type: ignore[override]
        """The options, spelled in full; what is wrong is told before what is missing."""
        before = list(itertools.takewhile(lambda word: word != "--", words))
        for word in before:
            self._check_known(word.split("=")[0])
        self._check_repeated(re.sub(r"^-o.*", "-o", word.split("=")[0]) for word in before)
        needed = [action for action in self._actions if action.required and action.option_strings]
        for action in needed:
            action.required = False
        options, rest = self.parse_known_args(words)
        if rest:
            raise ValueError(f"cannot make sense of {' '.join(rest)}{self._stray(rest)}")
        missing = [action for action in needed if getattr(options, action.dest) is None]
        if missing:
            raise ValueError(self._missing([action.option_strings[0] for action in missing]))
        return options

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print it; argparse would pass over a file that cannot be written."""
        (file or sys.stdout).write(self.format_help())

    def options(self) -> list[str]:
        """The options as they are typed, without single letters."""
        return [name for name in self._option_string_actions if name.startswith("--")]

    def names(self) -> list[str]:
        """The names of their values, of which options are made by `wording.option`."""
        return [a.dest for a in self._actions if wording.option(a.dest) in a.option_strings]

    def _missing(self, options: list[str]) -> str:
        verb = "is" if len(options) == 1 else "are"
        return f"{' and '.join(options)} {verb} missing; {self.prog} --help has examples"

    def _check_known(self, name: str) -> None:
        if not re.match(r"-{1,2}[A-Za-z]", name) or name in self._option_string_actions:
            return
        if self._negative_number_matcher.match(name) or re.match(r"-o\S", name):  # or -oFILE
            return
        command = self.prog.split()[-1]
        otherwise = _owners(name) or f"; {self.prog} --help lists them"
        hint = wording.did_you_mean(name, self.options(), otherwise)
        raise ValueError(f"{command} has no option {name}{hint}")

    def _check_repeated(self, names: Iterable[str]) -> None:
        """Raise ValueError if an option is given twice, of which argparse would take the last."""
        given = [self._option_string_actions.get(name) for name in names]
        for action in filter(None, given):
            is_one = action.nargs != 0 and not isinstance(action, argparse._AppendAction)
            if is_one and given.count(action) > 1:
                name = action.option_strings[0]
                is_list = ": numbers are joined by commas" if action.metavar == "LIST" else ""
                raise ValueError(f"{name} is given {given.count(action)} times{is_list}")

    def _stray(self, words: list[str]) -> str:
        """Why words that belong to no option may be there."""
        takers = [a for a in self._actions if a.option_strings and a.nargs != 0]
        has_lists = any(action.metavar == "LIST" for action in takers)
        if has_lists and all(re.fullmatch(r"[\d.,e+-]+|inf", word) for word in words):
            return ": values of one option are joined by commas, without spaces"
        values = [f"--{word.replace('=', ' ', 1)}" for word in words if "=" in word]
        known = {name for action in takers for name in action.option_strings}
        if len(values) == len(words) and all(v.split()[0] in known for v in values):
            return f": did you mean {' '.join(values)}?"
        return f"; {self.prog} --help has examples"


def parsed(words: Sequence[str]) -> tuple[ModuleType, argparse.Namespace, list[str]]:
    """The module of the command, its options and their names.

    SystemExit after a help.
    """
    check_command(words)
    command = module(words[0])
    parser = parser_of(words[0])
    return command, parser.parse_args(words[1:]), parser.names()


def module(name: str) -> ModuleType:
    """The module of a command."""
    return import_module(f"rfscale.cli.{name.replace('-', '_')}")


def parser_of(name: str) -> Parser:
    """The parser of a command, with its options."""
    parser = Parser(prog=f"rfscale {name}")
    module(name).add(parser)
    return parser


def check_command(words: Sequence[str]) -> None:
    """Raise ValueError if the first word is no command."""
    if words[0] in cli.COMMANDS:
        return
    if words[0].startswith("-"):
        raise ValueError(_order(words))
    known = f": commands are {', '.join(cli.COMMANDS)}"
    if words[0].endswith(".toml"):
        known = f": did you mean rfscale sweep {shlex.quote(words[0])}?"
    if words[0].lower() in ("version", "-V", "-v"):
        known = ": did you mean rfscale --version?"
    hint = wording.did_you_mean(words[0], cli.COMMANDS, known)
    raise ValueError(f"there is no command {words[0]!r}{hint}")


def _order(words: Sequence[str]) -> str:
    """What is wrong if an option comes first."""
    found = [i for i, word in enumerate(words) if word in cli.COMMANDS]
    if found:
        first = found[0]
        line = shlex.join(["rfscale", words[first], *words[:first], *words[first + 1 :]])
        return f"options come after the command: {line}"
    hint = wording.did_you_mean(words[0], ("--help", "--version"))
    if hint:
        return f"rfscale has no option {words[0]}{hint}"
    return f"a command comes first, before {words[0]}: one of {', '.join(cli.COMMANDS)}"


def _owners(name: str) -> str:
    """Which other commands have this option."""
    owners = [other for other in cli.COMMANDS if name in parser_of(other).options()]
    return f"; {', '.join(owners)} {'has' if len(owners) == 1 else 'have'} it" if owners else ""


def _wrong_value(message: str) -> str:
    """A message of argparse on a value that is no number or not among the choices."""
    match = re.fullmatch(r"argument (\S+): invalid (int|float) value: (.*)", message)
    if match is not None:
        return f"{match[1]} must be {KINDS[match[2]]}, got {match[3]}"
    match = re.fullmatch(r"argument (\S+): invalid choice: (.*?) \(choose from (.*)\)", message)
    if match is None:
        return message
    known = [choice.strip("'\"") for choice in match[3].split(", ")]
    hint = wording.did_you_mean(match[2].strip("'\""), known)
    return f"{match[1]} must be one of {', '.join(known)}, got {match[2]}{hint}"
