"""Files that are whole: a new one takes the place of the old when all of it is written.

What is written goes to a file beside the one that is named, to disk, and then under its name. A
full disk, a crash or Ctrl-C leaves the old file as it was.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any


def check_writable(path: str | Path) -> None:
    """Raise ValueError if a file cannot be made there."""
    folder = Path(path).parent
    if not folder.is_dir():
        raise ValueError(f"cannot write {path}: the folder {folder} does not exist")
    if not str(path) or Path(path).is_dir():
        raise ValueError(f"cannot write {str(path)!r}: it is not the name of a file")
    if not os.access(path if Path(path).exists() else folder, os.W_OK):
        raise ValueError(f"cannot write {path}: permission denied")


@contextlib.contextmanager
def replacing(path: str | Path, mode: str = "wb") -> Iterator[IO[Any]]:
    """A file opened for writing that takes the place of `path` at the end, if all went well.

    A link is followed, and the permissions of an old file are kept. A device or a pipe is written
    to directly, and so is a file in a folder where no other can be made.

    Parameters
    ----------
    path : str or Path
    mode : str
        "wb", or "w" for text in UTF-8 with plain line ends.

    Raises
    ------
    ValueError
        If no file can be made there.
    OSError
        If it cannot be written, with its name; the old file is as it was.
    """
    target = Path(os.path.realpath(path))
    check_writable(path)
    check_writable(target)
    new = None
    try:
        new = _beside(target)
        with _opened(new or target, mode) as file:
            yield file
            if new is not None:
                file.flush()
                os.fsync(file.fileno())
        if new is not None:
            _take_place(new, target)
    except BrokenPipeError:  # the reader has seen enough
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(f"cannot write {path}: {reason}") from error
    finally:
        if new is not None:
            new.unlink(missing_ok=True)


def _beside(target: Path) -> Path | None:
    """An empty file in the same folder; None where `target` has to be written to directly."""
    if target.exists() and not target.is_file():
        return None
    new = target.with_name(f".rfscale.{secrets.token_hex(8)}")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except PermissionError:
        if target.exists():
            return None
        raise
    return new


def _opened(path: Path, mode: str) -> IO[Any]:
    if mode == "w":
        return open(path, mode, encoding="utf-8", newline="\n")
    return open(path, mode)


def _take_place(new: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError):
        shutil.copymode(target, new)
    os.replace(new, target)
