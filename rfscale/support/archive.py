"""Numpy files, and archives with a header, opened to be read; of another it is said what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

import numpy as np

from rfscale.support.described import cut

ZIP = b"PK\x03\x04"
STARTS = {b"": "is empty", b"\x93NUM": "is a single numpy array"}
LONGEST = 200  # characters of a reason


@contextmanager
def opened_archive(path: Path) -> Iterator[Any]:
    """The archive.

    Raises
    ------
    ValueError
        If the file is none, or has no header: the reason why.
    FileNotFoundError
        If there is no such file.
    """
    if path.is_dir():
        raise ValueError("it is a folder")
    with open(path, "rb") as file:
        start = file.read(len(ZIP))
        if start != ZIP:
            raise ValueError(f"it {STARTS.get(start, 'is another kind of file')}")
        file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            if "header" not in archive.files:
                raise ValueError("it is another archive, without a header")
            yield archive


def numpy_file(
    path: str | Path, kind: str = ".npy", *, file: IO[bytes] | None = None, mapped: bool = False
) -> Any:
    """The array of a .npy file, with `mapped` left on disk; or the archive that the file is.

    `file` is `path`, where it is open already, as it has to be for an archive.

    Raises
    ------
    ValueError
        If it is neither; `kind` is what it should be.
    """
    try:
        return np.load(file or path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except (ValueError, EOFError, BadZipFile) as error:
        raise ValueError(f"{path} is not a {kind} file of numbers: {reason(error)}") from None


def reason(error: Exception) -> str:
    """Why a file could not be read, without numpy's advice to run what it holds as a program."""
    if isinstance(error, OSError):
        return f"it cannot be read ({error.strerror})"
    if "pickle" in str(error):
        return "it is another kind of file, or holds more than numbers"
    if isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError):
        return cut(str(error), LONGEST)
    return f"it is damaged, or of another program ({cut(str(error), LONGEST)})"
