"""Print the benchmark tables from the cases of one run: the least of the rounds, and ratios."""

import os
import platform
from pathlib import Path

RATIOS = {  # of each table: heading, denominator, numerator; the columns begin with these words
    "theory": [
        ("numpy + brentq / predict", "predict, 1000 x 1000", "numpy + brentq"),
        ("std / predict", "predict, 30 x 30", "std"),
        ("loss_covariance / predict", "predict, 30 x 30", "loss_covariance"),
    ],
    "time": [],
    "measure": [("relu / linear", "pool, linear", "pool, relu")],
    "samples": [("sample_moments / products", "products", "sample_moments")],
    "simulation": [
        ("simulate / unavoidable, 1 thread", "unavoidable, 1 ", "simulate, 1 "),
        ("all threads", "unavoidable, ", "simulate, "),
        ("plain / simulate, 1 thread", "simulate, 1 ", "plain numpy, 1 "),
        ("all threads", "simulate, ", "plain numpy, "),
    ],
}
TITLES = {
    "theory": ("M", "Theory, microseconds a point"),
    "time": ("M", "Training time, microseconds a time of gradient flow, on one core"),
    "measure": ("samples x inputs", "A pool of samples, ms, and ms a predicted point"),
    "samples": ("samples x inputs", "Measured samples, microseconds a sample"),
    "simulation": ("N, T, M, ridges", "Simulation, ms a draw"),
}
UNITS = {"theory": 1e6, "time": 1e6, "samples": 1e6, "measure": 1e3, "simulation": 1e3}


def pytest_terminal_summary(terminalreporter, config):
    session = getattr(config, "_benchmarksession", None)
    if session is None or not session.benchmarks:
        return
    write = terminalreporter.write_line
    write(f"\n{_machine()}")
    for table, (corner, title) in TITLES.items():
        cases = [case for case in session.benchmarks if case.extra_info.get("table") == table]
        if cases:
            write(f"\n{title}.\n")
            for line in _table(corner, cases, UNITS[table], RATIOS[table]):
                write(line)
    for case in session.benchmarks:
        if case.extra_info.get("table") == "memory":
            write(
                f"\nPeak memory, {case.extra_info['row']}: {case.extra_info['megabytes']:.0f} MB."
            )


def _table(corner, cases, unit, ratios):
    cells = {}
    for case in cases:
        row, column, points = (case.extra_info[name] for name in ("row", "column", "points"))
        cells[row, column] = unit * case.stats.min / points
    rows, columns = (list(dict.fromkeys(key[i] for key in cells)) for i in (0, 1))
    yield "| " + " | ".join([corner, *columns, *(ratio[0] for ratio in ratios)]) + " |"
    yield "|---" * (1 + len(columns) + len(ratios)) + "|"
    for row in rows:
        shown = [_short(cells.get((row, column))) for column in columns]
        for _, below, above in ratios:
            low, high = (_last(cells, row, columns, start) for start in (below, above))
            shown.append(_short(high / low if low and high else None))
        yield "| " + " | ".join([row, *shown]) + " |"


def _last(cells, row, columns, start):
    """The time in the last of the columns that begin so: the one with the most threads."""
    found = [
        cells[row, column]
        for column in columns
        if column.startswith(start) and (row, column) in cells
    ]
    return found[-1] if found else None


def _short(value):
    return (
        "-"
        if value is None
        else f"{value:.2g}"
        if value < 1
        else f"{value:.3g}"
        if value < 100
        else f"{value:,.0f}"
    )


def _machine():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(
            line.split(":")[1].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        processor = platform.processor()
    import numba
    import numpy as np

    versions = (
        f"Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__}"
    )
    return f"{processor}, {os.cpu_count()} cores; {versions}. The least of the rounds."
