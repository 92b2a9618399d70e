"""Numpy archives with a header, opened to be read; of another file it is said what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


def reason(error: Exception) -> str:
    """Why a file could not be read, without numpy's advice to run what it holds as a program."""
    if isinstance(error, OSError):
        return f"it cannot be read ({error.strerror})"
    if "pickle" in str(error):
        return "it is another kind of file, or holds more than numbers"
    if isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError):
        return cut(str(error), LONGEST)
    return f"it is damaged, or of another program ({cut(str(error), LONGEST)})"
