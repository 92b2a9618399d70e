"""Print the benchmark table: microseconds a point, and the ratios, from the cases of one run."""

import os
import platform
from pathlib import Path


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    if session is None or not session.benchmarks:
        return
    rows, columns, cells = [], [], {}
    for case in session.benchmarks:
        row, column, points = (case.extra_info[name] for name in ("row", "column", "points"))
        rows += [row] if row not in rows else []
        columns += [column] if column not in columns else []
        cells[row, column] = 1e6 * case.stats.min / points
    write = terminalreporter.write_line
    write(f"\nMicroseconds a point, the least of the rounds. {_machine()}\n")
    write("| M | " + " | ".join([*columns, "ratio, last to first"]) + " |")
    write("|---|" + "---|" * (len(columns) + 1))
    for row in rows:
        ours, theirs = cells.get((row, "predict, 1000 x 1000")), cells.get((row, "numpy + brentq"))
        shown = [_short(cells.get((row, column))) for column in columns]
        write("| " + " | ".join([row, *shown, _short(theirs / ours if ours and theirs else None)]) + " |")


def _short(value):
    return "-" if value is None else f"{value:.2g}" if value < 100 else f"{value:,.0f}"


def _machine():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor()
    import numba
    import numpy as np

    versions = f"Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__}"
    return f"{processor}, {os.cpu_count()} cores; {versions}."
