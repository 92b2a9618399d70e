"""Files of eigenvalues: .npy, or .csv with the numbers in one column or in one row."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rfscale.support.archive import numpy_file
from rfscale.support.arguments import Floats

HEADER = re.compile(r"[\"']?[^\W\d].*")  # begins like a word: "1.O" is a number that is mistyped


def read_npy(path: str) -> Floats:
    """The array of a .npy file, which has to be one-dimensional and real."""
    array = numpy_file(path)
    if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind not in "iuf":
        what = f"{getattr(array, 'dtype', 'no array')} of shape {np.shape(array)}"
        raise ValueError(f"{path} must hold real numbers in a one-dimensional array, got {what}")
    return array.astype(np.float64)


def read_csv(path: str) -> Floats:
    """The numbers of a text file, one a line or all in one line, without a header of one word.

    In a line they are separated by commas or white space. A comma may end it; between two commas
    there has to be a number. Lines that begin with # are passed over.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file: {error}") from None
    stripped = [(i, line.strip()) for i, line in enumerate(text.splitlines(), start=1)]
    lines = [(i, _cells(line)) for i, line in stripped if line and not line.startswith("#")]
    if lines and _is_header(lines[0][1]):
        del lines[0]
    _check_shape(path, [cells for _, cells in lines])
    values = [_number(path, i, cell) for i, cells in lines for cell in cells]
    if not values:
        raise ValueError(f"{path} holds no numbers")
    return np.array(values)


def _cells(line: str) -> list[str]:
    return re.split(r"\s*,\s*|\s+", line.removesuffix(",").strip())


def _check_shape(path: str, rows: list[list[str]]) -> None:
    """Raise ValueError if there are several rows and several columns, their names not counted."""
    if len(rows) > 1 and all(map(_is_word, rows[0])):
        rows = rows[1:]
    lengths = sorted({len(cells) for cells in rows})
    if len(rows) > 1 and lengths[-1] > 1:
        count = " to ".join(str(length) for length in dict.fromkeys([lengths[0], lengths[-1]]))
        raise ValueError(
            f"{path} must hold numbers in one column or in one row, got {len(rows)} rows of {count}"
        )


def _is_header(cells: list[str]) -> bool:
    return len(cells) == 1 and _is_word(cells[0])


def _is_word(cell: str) -> bool:
    is_number = cell.lower() in ("nan", "inf", "infinity")  # to be refused, not passed over
    return HEADER.fullmatch(cell) is not None and not is_number


def _number(path: str, line: int, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"{path}, line {line}: {cell!r} is not a number") from None


READERS: dict[str, Callable[[str], Floats]] = {".npy": read_npy, ".csv": read_csv}
