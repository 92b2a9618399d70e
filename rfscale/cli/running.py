"""A command with its options: checked files, warnings and errors in the words of options."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Collection
from types import ModuleType

from rfscale.cli import output_options, wording


def run(command: ModuleType, options: argparse.Namespace, names: Collection[str]) -> int:
    """Run the command and return its exit status; `names` are those of its options."""

    def show(message: Warning | str, *where: object, **more: object) -> None:
        """One line, without the place in the code."""
        text = wording.as_options(str(message), names)
        print(f"rfscale: warning: {' '.join(text.split())}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = show
        try:
            output_options.check(options)
            status: int = command.run(options)
        except ValueError as error:
            raise ValueError(wording.as_options(str(error), names)) from error
    sys.stdout.flush()
    return status
