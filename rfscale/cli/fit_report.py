"""What `rfscale fit` says: tables and notes for a person, rows of one form for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rfscale.cli.show_results import paragraph
from rfscale.measured.losses.allocation import Allocation
from rfscale.measured.losses.band import Band
from rfscale.measured.losses.law_comparison import POOLED, LawComparison
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.loss_table import LossTable
from rfscale.results import Result
from rfscale.support.text_table import text_table

NAMES = ("part", "law", "name", "N", "T", "C", "value", "low", "high", "message")
CRITERIA = (
    "k",
    "rms",
    "AICc",
    "BIC",
    "size_error",
    "extrapolation_error",
    "coverage",
)
AS_TYPED = (  # words of Python in notes
    (r"(\w+)='(\w+)'", r"--\1 \2"),
    (r"--loss tukey", "--loss-function tukey"),
    (r"\bgroups=", "--groups"),
    (r"compare_laws\(\.\.\.\)\.allocate|\bcompare_laws\b", "--law all"),
)
OF_LAW = "law"
OF_RUN = "run"

Found = LossFit | LawComparison
Bands = tuple[Band, Band]  # of the law, and of a run
Row = dict[str, Any]


def taken(name: str, table: LossTable) -> str:
    """Which columns were taken for what."""
    source = dict(table.source)
    said = [f"{role} = {source[role]}" for role in ("N", "T", "loss") if role in source]
    if "C" in source:
        said.insert(1, f"T = {source['C']}/(6 N)")
    runs = f" of {np.unique(table.groups).size} runs, {source['groups']}" if table.grouped else ""
    return f"{name}: {table.rows} rows{runs}; {', '.join(said)}"


def lines(
    found: Found, bands: Bands | None, allocation: Allocation | None, *, wide: bool
) -> Iterator[str]:
    """The fit, the predictions and the allocation, each with its notes below."""
    yield from _with_notes(found, wide=wide)
    if isinstance(found, LawComparison) and wide:
        for fit in found.each:
            yield from ("", fit.summary(), _table(fit.short_columns()))
    if bands is not None:
        yield from ("", _of_predictions(found, bands[0]), _table(_predictions(bands)))
    if allocation is not None:
        yield ""
        yield from _with_notes(allocation, wide=wide)


def rows(found: Found, bands: Bands | None, allocation: Allocation | None) -> Row:
    """The same as columns: one row a number with its interval, or a note."""
    each = [*_of_fits(found)]
    notes = [*found.notes]
    if bands is not None:
        each += _of_bands(found, bands)
    if allocation is not None:
        each += _of_allocation(found, allocation)
        notes += allocation.notes
    each += [_row("note", name=one.code, message=as_typed(one.message)) for one in notes]
    return {name: np.array([row[name] for row in each], dtype=object) for name in NAMES}


def as_typed(text: str) -> str:
    """A note in the words of the command line."""
    for pattern, typed in AS_TYPED:
        text = re.sub(pattern, typed, text)
    return text


def _with_notes(result: Result, *, wide: bool) -> Iterator[str]:
    columns = result.broadcast_columns() if wide else result.short_columns()
    yield paragraph(result.summary())
    yield _table(columns)
    for remark in result.remarks():
        yield paragraph(as_typed(remark))


def _table(columns: Mapping[str, Any]) -> str:
    return text_table(columns).rstrip()


def _of_predictions(found: Found, band: Band) -> str:
    by = f"{len(found.laws)} laws together" if isinstance(found, LawComparison) else found.law.name
    return (
        f"Predictions by {by}: the loss with its {100 * band.level:.3g} % interval, and that of a "
        "run"
    )


def _predictions(bands: Bands) -> dict[str, Any]:
    law, run = bands
    return {
        "N": law.N,
        "T": law.T,
        "loss": law.value,
        "low": law.low,
        "high": law.high,
        "run_low": run.low,
        "run_high": run.high,
    }


def _of_fits(found: Found) -> Iterator[Row]:
    if isinstance(found, LossFit):
        yield from _parameters(found)
        return
    for fit in found.each:
        yield from _parameters(fit)
    columns = found.broadcast_columns()
    for j, law in enumerate(columns["law"]):
        for name in CRITERIA:
            if not np.isnan(columns[name][j]):
                yield _row("comparison", law=law, name=name, value=columns[name][j])


def _parameters(fit: LossFit) -> Iterator[Row]:
    for name, one in fit.parameters.items():
        ends = {"value": one.value, "low": one.low, "high": one.high}
        yield _row("parameter", law=fit.law.name, name=name, **ends)


def _of_bands(found: Found, bands: Bands) -> Iterator[Row]:
    for band in bands:
        for values in zip(band.N, band.T, band.value, band.low, band.high, strict=True):
            N, T, value, low, high = values
            ends = {"N": N, "T": T, "value": value, "low": low, "high": high}
            yield _row("prediction", law=_law(found), name=band.of, **ends)


def _of_allocation(found: Found, allocation: Allocation) -> Iterator[Row]:
    columns = allocation.broadcast_columns()
    names = [name for name in columns if f"{name}_low" in columns]
    for j, C in enumerate(columns["C"]):
        for name in names:
            ends = {end: columns[f"{name}_{end}"][j] for end in ("low", "high")}
            value = columns[name][j]
            yield _row("allocation", law=_law(found), name=name, C=C, value=value, **ends)


def _law(found: Found) -> str:
    return POOLED if isinstance(found, LawComparison) else found.law.name


def _row(part: str, **entries: Any) -> Row:
    """A row, with None for what it lacks."""
    values = {name: _plain(value) for name, value in entries.items()}
    return dict.fromkeys(NAMES) | {"part": part} | values


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else float(value)
