"""The command line: `rfscale COMMAND`, of which `COMMANDS` has the list.

Each command is a module with `add`, which adds its options to a parser, and `run`, which returns
the exit status; a new one is a module and a line of `COMMANDS`. Only the module of the command that
is asked for is imported, and no other is needed for `rfscale --help`.

Exit status: 0 done; 1 theory and experiment disagree, or doctor finds a wrong answer; 2 bad input,
with one line on standard error; 3 nothing could be judged; 130 interrupted.
"""

from __future__ import annotations

import sys

from rfscale.cli.process import Interrupts, drop_output, open_closed_streams
from rfscale.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# name of a command: what it does. Its module is rfscale.cli.NAME, with _ for -
COMMANDS = {
    "compare": "theory beside simulation, with a verdict",
    "predict": "losses by the theory",
    "simulate": "losses by experiment, with standard errors",
    "optimal-ridge": "the ridge that minimises the test loss",
    "optimal-time": "the time at which to stop gradient flow",
    "measure": "samples in a file: spectrum, and errors predicted and measured",
    "fit": "laws fitted to a table of losses: intervals, larger runs",
    "map": "a picture of the loss over N and T, and the best N and T",
    "quanta": "losses of the quantization model",
    "accounting": "two shapes of a transformer: neurons, and features on them",
    "sweep": "a grid of experiments from a file, with a store to resume from",
    "explore": "a page with sliders that computes the theory in the browser",
    "formulas": "the equations, and where they hold, as text or as LaTeX",
    "completion": "a script with which bash, zsh or fish completes what is typed",
    "doctor": "what is installed and whether it is right, for a bug report",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    with Interrupts(to_the_end=arguments is None) as interrupts:
        open_closed_streams()
        try:
            return _run(sys.argv[1:] if arguments is None else arguments, interrupts)
        except BrokenPipeError:  # whoever reads the rows has seen enough
            drop_output()
            return 0
        except KeyboardInterrupt:
            return interrupts.say()
        except Exception as error:
            if interrupts.heard:
                return interrupts.say()
            if not isinstance(error, ValueError | OSError | MemoryError):
                raise  # no mistake of the user
            return _failed(error)


def _run(words: Sequence[str], interrupts: Interrupts) -> int:
    if words and words[0] == "help":  # as in other programs
        words = [*words[1:], "--help"]
    if not words or words[0] in ("-h", "--help"):
        from rfscale.cli.help_texts import overview

        return _print(overview())
    if words[0] == "--version":
        return _print(f"rfscale {__version__}\n")
    from rfscale.cli import parsing

    try:
        command, options, names = parsing.parsed(words)
    except SystemExit:  # after the help of a command
        sys.stdout.flush()
        raise
    from rfscale.cli.running import run

    interrupts.importing = False
    return run(command, options, names)


def _print(text: str) -> int:
    sys.stdout.write(text)
    sys.stdout.flush()
    return 0


def _failed(error: ValueError | OSError | MemoryError) -> int:
    """Say in one line what the user can mend."""
    from rfscale.cli import wording

    text = wording.of_the_system(error) if isinstance(error, OSError) else str(error)
    print(f"rfscale: error: {' '.join(text.split()) or 'out of memory'}", file=sys.stderr)
    return 2
