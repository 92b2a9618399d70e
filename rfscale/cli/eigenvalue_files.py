"""Files of eigenvalues: .npy, or .csv with the numbers in a column, in a row or both."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rfscale.support.arguments import Floats

HEADER = re.compile(r"[\"'#]?[^\W\d].*")  # begins like a word: "1.O" is a number that is mistyped


def read_npy(path: str) -> Floats:
    """The array of a .npy file, which has to be one-dimensional and real."""
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{path} is not a .npy file of numbers: {error}") from None
    if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind not in "iuf":
        what = f"{getattr(array, 'dtype', 'no array')} of shape {np.shape(array)}"
        raise ValueError(f"{path} must hold real numbers in a one-dimensional array, got {what}")
    return array.astype(np.float64)


def read_csv(path: str) -> Floats:
    """The numbers of a text file, separated by commas or white space, without a header of one word.

    A comma may end a line; between two commas there has to be a number.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file: {error}") from None
    lines = [(i, _cells(line)) for i, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if lines and _is_header(lines[0][1]):
        del lines[0]
    values = [_number(path, i, cell) for i, cells in lines for cell in cells]
    if not values:
        raise ValueError(f"{path} holds no numbers")
    return np.array(values)


def _cells(line: str) -> list[str]:
    return re.split(r"\s*,\s*|\s+", line.strip().removesuffix(",").strip())


def _is_header(cells: list[str]) -> bool:
    is_number = cells[0].lower() in ("nan", "inf", "infinity")  # to be refused, not passed over
    return len(cells) == 1 and HEADER.fullmatch(cells[0]) is not None and not is_number


def _number(path: str, line: int, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"{path}, line {line}: {cell!r} is not a number") from None


READERS: dict[str, Callable[[str], Floats]] = {".npy": read_npy, ".csv": read_csv}
