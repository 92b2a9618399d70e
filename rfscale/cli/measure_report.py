"""What samples show before any training: how many, their spectrum, leverages and dimension."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from rfscale.cli.measure_options import LABELS
from rfscale.measured.samples.dimension import intrinsic_dimension
from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.measured.samples.samples import FEW_COPIES, Samples
from rfscale.support.text_table import text_table

NAMES = {"linear": "linear", "relu": "ReLU"}
NO_LABELS = f"no labels, so no losses: give {LABELS}"
LOOKS_LIKE_CLASSES = 20  # labels, if they are whole numbers
LEVERAGES = "dispersion of the samples' leverages, where the population has df1 degrees of freedom"
DISPERSED = 1.5  # times the dispersion of Gaussian samples: plain planar theory fails


def counts(name: str, samples: Samples, dropped: int) -> str:
    """How many samples, inputs, outputs, constant columns and copies."""
    kind = f"{_many(samples.inputs, 'input')}, {_many(samples.outputs, 'output')}"
    count = samples.constant_columns
    constant = _many(count, "constant input") if count else "no constant input"
    copies = "no copies" if not samples.duplicates else f"{samples.duplicates} copy earlier ones"
    if dropped:
        copies = f"{_many(dropped, 'copy', 'copies')} dropped"
    return f"{name}: {_many(samples.P, 'sample')}, {kind}; {constant}; {copies}"


def warn_of_copies(samples: Samples) -> None:
    """Warn where many samples repeat others, and there are labels."""
    if samples.outputs and samples.duplicates > FEW_COPIES * samples.P:
        warnings.warn(
            f"{samples.duplicates} of {samples.P} samples repeat an earlier one: a copy predicts "
            "its sample, so errors from leaving one out are too small; --drop-copies leaves copies "
            "out",
            stacklevel=2,
        )


def classes(samples: Samples) -> list[str]:
    """What labels that look like numbers of classes are taken for."""
    if samples.outputs != 1 or np.any(samples.y != np.rint(samples.y)):
        return []
    count = np.unique(samples.y).size
    if not 2 < count <= LOOKS_LIKE_CLASSES:
        return []
    return [f"{count} different labels, taken as numbers: if they are classes, give --classes"]


def spectrum(data: Measured, fit: PowerLawFit | str) -> list[str]:
    """The verdict on the spectrum, with the numbers that it is from, or why there is none."""
    where = f"spectrum of {NAMES[data.features.name]} features, a pool of {data.P}"
    if isinstance(fit, str):
        return [f"{where}: {fit}"]
    low, high = (f"{end:.4g}" for end in fit.M_interval)
    thirds = ", ".join(f"{alpha:.2f}" for alpha in fit.thirds)
    window, *meaning = fit.remarks()
    lines = [
        f"{where}: {fit.verdict}; alpha {fit.alpha:.3f} +- {fit.stderr:.1g}, {window}; in thirds "
        f"{thirds}",
        f"ends at M = {fit.M:.4g}, 95 % interval {low} to {high}",
    ]
    least, largest = fit.loss_ratio
    if not math.isnan(largest):
        lines.append(
            f"losses with this power law are {least:.2f} to {largest:.2f} times those with the "
            "spectrum"
        )
    return lines + meaning


def leverages(data: Measured) -> list[str]:
    """The dispersion of leverages beside the Gaussian one, at a few degrees of freedom."""
    columns = data.short_columns()
    shown = {name: columns[name].tolist() for name in ("df1", "delta", "dispersion", "gaussian")}
    return [text_table(shown).rstrip(), LEVERAGES + _meaning(data, columns)]


def _meaning(data: Measured, columns: Mapping[str, Any]) -> str:
    """What follows from the dispersion of linear features; other features are not Gaussian."""
    if data.features.name != "linear" or not columns["df1"].size:
        return ""
    ratio = np.max(columns["dispersion"] / columns["gaussian"])
    theory = "may do" if ratio < DISPERSED else "fails here"
    return f": at most {ratio:.2f} times the Gaussian one, plain planar theory {theory}"


def dimension(data: Measured, seed: int) -> str:
    """The intrinsic dimension of the pool, or how to get it."""
    try:
        found = intrinsic_dimension(data.X[data.pool], seed=seed)
    except ImportError as error:
        return str(error)
    stderr = f" +- {found.stderr:.2g}" if np.isfinite(found.stderr) else ""
    return f"intrinsic dimension ({found.method}): {found.value:.3g}{stderr} at T = {found.T}"


def columns(samples: Samples, fit: PowerLawFit | str) -> dict[str, Any]:
    """The same as columns that are the same in all rows."""
    counted = {
        "samples": samples.P,
        "inputs": samples.inputs,
        "outputs": samples.outputs,
        "constant_inputs": samples.constant_columns,
        "copies": samples.duplicates,
    }
    if isinstance(fit, str):
        return counted
    return counted | {f"spectrum_{name}": value[0] for name, value in fit.columns().items()}


def _many(count: int, one: str, several: str | None = None) -> str:
    return f"{count} {one if count == 1 else several or one + 's'}"
