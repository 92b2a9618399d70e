"""How far a table of losses reaches, in sizes and in the work of a fit to it."""

from __future__ import annotations

import numpy as np

from rfscale.measured.losses.global_fit import LARGE
from rfscale.measured.losses.loss_table import LossTable
from rfscale.model import RegimeWarning
from rfscale.support.arguments import Floats
from rfscale.support.machine import require_memory
from rfscale.support.warned import warn_caller

BEYOND = 3.0  # times the largest of the table
MODULES = 1e8  # bytes of what a first fit loads, about
BYTES = 330.0  # of a single fit, for each row: its slopes, some complex, and what is made of them
BYTES_OF_MANY = 200.0  # of one of many fits at once
FITS = 8  # at once, of the first minima, on no more rows than LARGE
MOST = 2_000_000  # rows times fits of resamples at once
SECONDS = 3e-6  # of a resample, for each row
LONG = 600.0  # seconds of resamples that are worth a warning


def warn_beyond(table: LossTable, N: Floats, T: Floats) -> None:
    """Warn of sizes far beyond those of the table."""
    with np.errstate(over="ignore"):  # inf is far, too
        each = {"N": (N, table.N), "T": (T, table.T), "N T": (N * T, table.N * table.T)}
    for name, (asked, known) in each.items():
        ratio = float(np.max(asked, initial=0.0) / known.max())
        if ratio > BEYOND:
            warn_caller(
                f"{name} is up to {ratio:.3g} times the largest of the table: the band holds only "
                "if this law is right. On 17 public tables 95 percent bands of one law held 66 "
                "percent of larger runs; see compare_laws",
                RegimeWarning,
            )
            return


def check_work(table: LossTable, resamples: int) -> None:
    """Refuse a table too large for the memory; warn of long resampling. No resamples are 0."""
    of_resamples = min(MOST, resamples * table.rows)
    at_once = max(of_resamples, FITS * min(table.rows, LARGE))
    needed = MODULES + max(BYTES * table.rows, BYTES_OF_MANY * at_once)
    require_memory(needed, f"a fit to {table.rows} rows")
    seconds = SECONDS * table.rows * resamples
    if seconds > LONG:
        warn_caller(
            f"{resamples} resamples of {table.rows} rows take about {seconds / 60:.2g} minutes: "
            "intervals='sandwich' needs none"
        )
