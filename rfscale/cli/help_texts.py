"""The form of every help: how it is called, what it does, examples to paste, the book's page."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Mapping

from rfscale import cli

WIDTH = 78  # of a terminal of 80 columns
PAGE = (
    'More, with what is printed: the page "The command line" of the book '
    "(reference/command_line, built by make book)."
)
FIRST = {
    "rfscale compare": "the main job, half a minute: is the theory right? Experiments beside "
    "theory, a table, a verdict, a picture",
    "rfscale predict --N 10:1000:30log --T 300 --plot curve.png": "a loss curve as a picture: "
    "30 sizes of the model, 300 training samples",
    "rfscale map": "a picture of the loss over model size and number of samples",
    "rfscale explore": "the theory as a page with sliders, for a browser",
}


def describe(
    parser: argparse.ArgumentParser,
    *,
    usage: str,
    text: str,
    examples: Mapping[str, str],
    notes: str = "",
) -> None:
    """Set what a command's help says before and after its options.

    `usage` is what follows the command's name; `examples` are lines and what each does; `notes`
    stand below the options as they are.
    """
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.usage = f"{parser.prog} {usage}".rstrip()
    parser.description = f"{_examples(examples)}\n\n{wrapped(text)}"
    parser.epilog = "\n\n".join(filter(None, [notes.rstrip(), wrapped(PAGE)]))


def overview() -> str:
    """The help of `rfscale` itself."""
    names = max(map(len, cli.COMMANDS))
    commands = "\n".join(f"  {name:{names}}  {text}" for name, text in cli.COMMANDS.items())
    return f"""\
usage: rfscale COMMAND [OPTION ...]

{wrapped("The test loss of N random features trained on T samples: solved, simulated, compared.")}

{_examples(FIRST)}

commands:
{commands}

rfscale COMMAND --help shows examples and options of one, rfscale --version the
version. Exit status: 0 done, 1 theory and simulation disagree, 2 bad input,
3 nothing could be judged, 130 interrupted.

{wrapped(PAGE)}
"""


def wrapped(text: str, indent: str = "") -> str:
    """Lines of at most `WIDTH`."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _examples(examples: Mapping[str, str]) -> str:
    pairs = (f"  {line}\n{wrapped(text, '      ')}" for line, text in examples.items())
    return "\n".join(["examples:", *pairs])
