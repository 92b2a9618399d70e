"""The command line: predict, simulate, compare, optimal-ridge, map, sweep, explore, formulas.

Exit status: 0 done; 1 theory and simulation disagree; 2 bad input, with one line on standard error;
130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from rfscale.cli import commands, explore, formulas, maps, models, output, sweeps, values
from rfscale.results import check_writable
from rfscale.theory.prediction import ORDERS
from rfscale.version import __version__


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Leave it to `main` to print one line, without the usage."""
        raise ValueError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    try:
        options = _parser().parse_args(arguments)
        for path in (options.output, options.plot):
            if path is not None:
                check_writable(path)
        if options.plot is not None:
            output.check_picture(options.plot)
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status: int = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever reads the rows has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError, MemoryError) as error:
        print(f"rfscale: error: {' '.join(str(error).split()) or 'out of memory'}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("rfscale: interrupted", file=sys.stderr)
        return 130


def _show_warning(message: Warning | str, *where: object, **more: object) -> None:
    """One line, without the place in the code."""
    print(f"rfscale: warning: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="rfscale", description="The random-feature model of neural scaling laws.")
    parser.add_argument("--version", action="version", version=f"rfscale {__version__}")
    subparsers = parser.add_subparsers(
        dest="command", required=True, parser_class=_Parser, metavar="COMMAND"
    )
    for name, run, text in (
        ("predict", commands.run_predict, "the losses of the theory, planar or to one loop"),
        ("simulate", commands.run_simulate, "simulated losses with standard errors"),
        (
            "compare",
            commands.run_compare,
            "theory beside simulation; without any option on sizes, the main job",
        ),
        ("optimal-ridge", commands.run_optimal_ridge, "the ridge that minimises the test loss"),
        ("map", maps.run_map, values.MAP),
    ):
        command = subparsers.add_parser(name, help=text, description=text, epilog=values.HELP)
        _add_model_options(command, sizes_required=name not in ("compare", "map"))
        if name != "optimal-ridge":
            command.add_argument(
                "--ridge", default="0", metavar="LIST", help="gamma >= 0, or optimal (default 0)"
            )
        if name == "predict":
            command.add_argument(
                "--order", default="planar", choices=ORDERS, help="in 1/size (default planar)"
            )
        if name in ("simulate", "compare"):
            _add_simulation_options(command)
        _add_output_options(command)
        command.set_defaults(run=run)
    _add_sweep(
        subparsers.add_parser(
            "sweep", help=sweeps.TEXT, description=sweeps.TEXT, epilog=sweeps.EPILOG
        )
    )
    _add_explore(subparsers.add_parser("explore", help=explore.TEXT, description=explore.TEXT))
    formulas.add(subparsers)
    return parser


def _add_explore(command: argparse.ArgumentParser) -> None:
    page = explore.DEFAULT_PAGE
    command.add_argument(
        "--output", "-o", default=page, metavar="FILE", help=f"write there (default {page})"
    )
    command.set_defaults(run=explore.run_explore, plot=None)


def _add_sweep(command: argparse.ArgumentParser) -> None:
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument(
        "config", nargs="?", metavar="CONFIG.toml", help="the grid and the models, see below"
    )
    command.add_argument(
        "--store", metavar="PATH", help="SQLite file that keeps what is finished, new or begun"
    )
    command.add_argument(
        "--resume", metavar="PATH", help="go on with the sweep of this store, or read it"
    )
    command.add_argument(
        "--workers", type=int, metavar="K", help="draws at a time in a cell (default: all cores)"
    )
    command.add_argument(
        "--dask", metavar="ADDRESS", help="compute the cells on this cluster, tcp://HOST:PORT"
    )
    _add_output_options(command)
    command.set_defaults(run=sweeps.run_sweep)


def _add_model_options(command: argparse.ArgumentParser, *, sizes_required: bool) -> None:
    command._negative_number_matcher = re.compile(
        r"-(\.?\d|inf)"
    )  # "-5,10" is a value, to be refused as such
    command.add_argument("--N", required=sizes_required, metavar="LIST", help="numbers of features")
    command.add_argument("--T", required=sizes_required, metavar="LIST", help="numbers of samples")
    models.add_options(command)


def _add_simulation_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--draws", type=int, default=32, metavar="K", help="draws at each point (default 32)"
    )
    command.add_argument(
        "--target-stderr",
        type=float,
        metavar="X",
        help="add draws until this relative standard error is met",
    )
    command.add_argument(
        "--max-draws", type=int, metavar="K", help="but no more than these (default 10000)"
    )
    command.add_argument(
        "--seed", type=int, default=1, metavar="K", help="root of all random numbers (default 1)"
    )
    command.add_argument(
        "--test-points", type=int, metavar="K", help="explicit test sets of this size"
    )
    command.add_argument(
        "--workers", type=int, metavar="K", help="draws at a time (default: all cores)"
    )


def _add_output_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format", choices=("table", "csv", "json"), default="table", help="(default table)"
    )
    command.add_argument(
        "--output", "-o", metavar="FILE", help="write there instead of to standard output"
    )
    command.add_argument(
        "--plot", metavar="FILE", help="draw the losses into a .png, .pdf or .svg file"
    )
