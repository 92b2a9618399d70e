"""Lines of a text file as rows of fields, without comments and empty lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

DELIMITERS = (";", ",", "\t")  # the first that the first line has; else white space
OF_SHEETS = ("#n/a", "#num!", "#div/0!", "#value!", "#ref!", "#name?", "#null!")  # errors


class TextRows:
    """A text file whose lines are rows of fields."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.comment = ""  # the last before the first row
        first = ""
        for _, line in self._lines():
            if not _is_comment(line):
                first = line
                break
            self.comment = line.lstrip().lstrip("#")
        self.delimiter = next((mark for mark in DELIMITERS if mark in first), None)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number and fields of each line that is neither empty nor a comment."""
        for number, line in self._lines():
            if not _is_comment(line):
                yield number, fields(line, self.delimiter)

    def names_in_comment(
        self, columns: int, are_names: Callable[[list[str]], bool]
    ) -> tuple[str, ...] | None:
        """Names of so many columns; a comma is usual in them, whatever separates the numbers."""
        for delimiter in dict.fromkeys((self.delimiter, ",")):
            cells = fields(self.comment, delimiter)
            if len(cells) == columns and are_names(cells):
                return tuple(cells)
        return None

    def hides_rows(self) -> bool:
        """Whether a row begins with the error of a spreadsheet, which numpy takes for a comment."""
        starts = (line.lstrip() for _, line in self._lines())
        return any(start.startswith("#") and not _is_comment(start) for start in starts)

    def _lines(self) -> Iterator[tuple[int, str]]:
        with open(self.path, encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line


def _is_comment(line: str) -> bool:
    """Whether it begins with #, but with no error of a spreadsheet."""
    start = line.lstrip(' \t"')
    first = re.split(r'[;,\s"]', start, maxsplit=1)[0]
    return start.startswith("#") and first.lower() not in OF_SHEETS


def fields(line: str, delimiter: str | None) -> list[str]:
    """The fields of a line, without the white space around them."""
    if delimiter is None:
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
