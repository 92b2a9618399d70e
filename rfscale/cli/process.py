"""The process around a command: Ctrl-C at any moment, and streams that are closed.

Ctrl-C is one line on standard error and exit status 130. While modules are imported it ends the
process at once, as an import that is broken off may raise anything; while a command runs it is a
`KeyboardInterrupt`, so that files and stores are closed; a second one ends the process.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # as in `typing`: until Ctrl-C is heard, as little as possible is imported
if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from types import FrameType, TracebackType
    from typing import NoReturn

INTERRUPTED = 130
LINE = "rfscale: interrupted\n"


class Interrupts:
    """Hears Ctrl-C while a command is imported and runs.

    Parameters
    ----------
    to_the_end : bool
        Whether the process ends with the command: otherwise the earlier handler is put back.

    Attributes
    ----------
    importing : bool
        Whether a Ctrl-C ends the process at once.
    heard : bool
        Whether there was one: an error that follows is its consequence.
    """

    def __init__(self, *, to_the_end: bool) -> None:
        self.importing = to_the_end
        self.heard = False
        self._said = False
        self._to_the_end = to_the_end
        self._installed = False

    def __enter__(self) -> Interrupts:
        # it is another one in a shell's background, in a program with a handler of its own, and
        # in a thread
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            try:
                signal.signal(signal.SIGINT, self._hear)
                self._installed = True
            except ValueError:  # not the main thread
                return self
        if self._installed and self._to_the_end:
            sys.unraisablehook = self._unraisable
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if not self._installed:
            return
        if self._to_the_end:
            self.importing = True  # threads are joined yet: there is nothing more to close
        else:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def say(self) -> int:
        """Print the line, once, and return the exit status."""
        self.heard = True
        if not self._said:
            self._said = True
            print(LINE, end="", file=sys.stderr, flush=True)
        exec("")  # CPython would end by a signal, 130 in a shell alone, if it came inside an `exec`
        return INTERRUPTED

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.importing or self.heard:
            self._leave()
        self.heard = True
        raise KeyboardInterrupt

    def _unraisable(self, what: UnraisableHookArgs) -> None:
        """Python would print a traceback of an interrupt in a finaliser, and go on."""
        if issubclass(what.exc_type, KeyboardInterrupt):
            self._leave()
        sys.__unraisablehook__(what)

    def _leave(self) -> NoReturn:
        if not self._said:
            os.write(2, LINE.encode())
        os._exit(INTERRUPTED)


def open_closed_streams() -> None:
    """Streams that are closed, as by `>&-`, take what is printed and lose it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 (as long as the process)


def drop_output() -> None:
    """Lose what standard output still holds, which nobody can take."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
