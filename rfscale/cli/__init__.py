"""The command line: predict, simulate, compare, optimal-ridge, map, sweep, explore, formulas,
doctor.

Each command is a module with `add`, which adds its options to a parser, and `run`, which returns
the exit status; a new one is a module and a line of `COMMANDS`. Only the module of the command that
is asked for is imported, and no other is needed for `rfscale --help`.

Exit status: 0 done; 1 theory and simulation disagree; 2 bad input, with one line on standard error;
3 nothing could be judged; 130 interrupted.
"""

from __future__ import annotations

import sys

from rfscale.cli.process import Interrupts, drop_output, open_closed_streams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# name of a command: what it does. Its module is rfscale.cli.NAME, with _ for -
COMMANDS = {
    "compare": "theory beside simulation, with a verdict",
    "predict": "losses by the theory",
    "simulate": "losses by experiment, with standard errors",
    "optimal-ridge": "the ridge that minimises the test loss",
    "map": "a picture of the loss over N and T, with the compute-optimal path",
    "sweep": "a grid of experiments from a file, kept in a store that can be resumed",
    "explore": "a page with sliders that computes the theory in the browser",
    "formulas": "the equations, with where they hold, in the terminal or as LaTeX",
    "doctor": "what is installed and whether it is right, for a bug report",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    with Interrupts(to_the_end=arguments is None) as interrupts:
        open_closed_streams()
        try:
            return _run(arguments, interrupts)
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


def _run(arguments: Sequence[str] | None, interrupts: Interrupts) -> int:
    from rfscale.cli import parsing

    try:
        command, options = parsing.parsed(sys.argv[1:] if arguments is None else arguments)
    except SystemExit:  # after --help or --version
        sys.stdout.flush()
        raise
    interrupts.importing = False
    status = parsing.run(command, options)
    sys.stdout.flush()
    return status


def _failed(error: Exception) -> int:
    """Say in one line what the user can mend."""
    print(f"rfscale: error: {' '.join(str(error).split()) or 'out of memory'}", file=sys.stderr)
    return 2
