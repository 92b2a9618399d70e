"""Rows as an aligned table, as CSV or as JSON, to a file or to standard output."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Columns = Mapping[str, Any]
DETAILS = ("_std", "_q05", "_q25", "_median", "_q75", "_q95")


def joined(parts: Sequence[Columns]) -> dict[str, list[Any]]:
    """Columns of several results one below the other, as plain Python values."""
    return {
        name: [value for part in parts for value in np.asarray(part[name]).tolist()]
        for name in parts[0]
    }


def write(columns: Columns, form: str, path: str | None) -> None:
    """Write the columns as "table", "csv" or "json", to a file or else to standard output."""
    text = {"table": table, "csv": _csv, "json": _json}[form](columns)
    if path is None:
        sys.stdout.write(text)
    else:
        Path(path).write_text(text)


def table(columns: Columns) -> str:
    """Aligned columns, six digits.

    Of the distributions over draws only the spread of the test loss is shown.
    """
    shown = [name for name in columns if not name.endswith(DETAILS) or name == "test_std"]
    values = joined([columns])
    cells = [[name, *map(_cell, values[name])] for name in shown]
    widths = [max(map(len, column)) for column in cells]
    rows = (
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*cells, strict=True)
    )
    return "".join(f"{row}\n" for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _csv(columns: Columns) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*joined([columns]).values(), strict=True))
    return text.getvalue()


def _json(columns: Columns) -> str:
    """A list of rows; JSON has no infinity, so that an infinite value is the string "inf"."""
    plain = {name: [_finite(v) for v in values] for name, values in joined([columns]).items()}
    rows = [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]
    return json.dumps(rows, indent=1, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, float) and math.isinf(value) else value
