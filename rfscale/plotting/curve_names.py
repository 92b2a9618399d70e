"""The curves of a result, and names that tell them apart.

The last axis of a result is the curve, and the axes before it are different curves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, require_kind
from rfscale.support.described import described

if TYPE_CHECKING:
    from rfscale.measured.samples.experiment_estimate import ExperimentEstimate
    from rfscale.measured.samples.measured_prediction import MeasuredPrediction
    from rfscale.simulation.estimate import Estimate
    from rfscale.theory.prediction import Prediction
    from rfscale.theory.trained_prediction import TrainedPrediction

    Theory: TypeAlias = Prediction | TrainedPrediction | MeasuredPrediction
    Losses: TypeAlias = Theory | Estimate | ExperimentEstimate

SYMBOLS = {
    "alpha": r"\alpha",
    "M": "M",
    "scale": r"\lambda_+",
    "N": "N",
    "T": "T",
    "ridge": r"\gamma",
    "kernel_ridge": r"\delta",
    "time": "t",
    "tau": r"\tau",
    "steps": "k",
    "step_size": r"\eta",
    "momentum": r"\beta",
    "batch": "B",
    "cutoff": "s_0",
}
SIZES = ("N", "T")
SAME = 1e-12  # relative: an estimate's delta is its gamma in other units, and rounded


def curves(*arrays: ArrayLike) -> list[tuple[Floats, ...]]:
    """The arrays of each curve."""
    shaped = [np.atleast_1d(a) for a in np.broadcast_arrays(*arrays)]
    return list(zip(*(a.reshape(-1, a.shape[-1]) for a in shaped), strict=True))


def fields(result: Losses) -> Mapping[str, Any]:
    """The numbers of its training by name; none of a ridge."""
    training = getattr(result, "training", None)
    return {} if training is None else training.values


def along(result: Losses, x: str) -> Any:
    """The values of a size, of the ridge or of a field of the training."""
    own = fields(result)
    return own[x] if x in own and x not in SIZES else getattr(result, x)


def can_be_drawn_against(result: Losses) -> list[str]:
    """The names that `along` takes."""
    own = fields(result)
    return [*SIZES, *(name for name in own or ["ridge"] if name not in SIZES)]


def named_curves(
    result: Losses,
    x: str,
    labels: Sequence[str] | None = None,
    suffix: str | None = None,
) -> list[str]:
    """A name for each curve, which may be "": the one that is given or what differs, and suffix."""
    if suffix is not None:
        require_kind("suffix", suffix, str)
    names = curve_labels(result, x) if labels is None else _checked(labels, len(curves(result.N)))
    return [_joined(name, suffix) for name in names]


def _checked(labels: Sequence[str], count: int) -> list[str]:
    """The names that are given; ValueError if they are not one string a curve."""
    allowed = f"labels must be {count} strings, one a curve"
    if not isinstance(labels, list | tuple | np.ndarray) or np.ma.isMaskedArray(labels):
        raise ValueError(f"{allowed}, got {described(labels)}")
    names = labels.ravel().tolist() if isinstance(labels, np.ndarray) else list(labels)
    for name in names:
        if not isinstance(name, str):
            raise ValueError(f"{allowed}, got {described(name)} among them")
    if len(names) != count:
        raise ValueError(f"{allowed}, got {len(names)}")
    return names


def curve_labels(result: Losses, x: str) -> list[str]:
    """For each curve the parameters that tell it from the others.

    These are, of alpha, M, scale, N, T, ridge and the training's numbers, those other than `x` that
    are constant on each curve and not the same on all of them. The kernel's ridge takes the place
    of a ridge that varies, and of one that is infinite as N is.
    """
    names = dict.fromkeys([*SYMBOLS, *fields(result)])
    found = {name: _constants(result, name) for name in names}
    del found["ridge" if _is_the_kernels(found["ridge"], found["kernel_ridge"]) else "kernel_ridge"]
    labels = [""] * len(curves(result.N))
    for name, values in found.items():
        symbol = f"${SYMBOLS[name]}$" if name in SYMBOLS else name
        here = [f"{symbol} = {value:.6g}".replace("inf", r"$\infty$") for value in values or []]
        if name != x and len(set(here)) > 1:
            labels = [_joined(*pair) for pair in zip(labels, here, strict=True)]
    return labels


def _is_the_kernels(ridge: Sequence[float] | None, kernel_ridge: Sequence[float] | None) -> bool:
    """Whether curves that have these ridges, None where one varies, are told apart by delta."""
    if ridge is None or kernel_ridge is None:
        return ridge is None
    return bool(np.any(np.isinf(ridge) & np.isfinite(kernel_ridge)))


def _constants(result: Losses, name: str) -> list[float] | None:
    """The parameter's value on each curve, or None if it varies along one."""
    model = getattr(result, "model", None)  # measured samples have none
    owner = result if model is None or hasattr(result, name) else model.spectrum
    own = {} if name in SIZES else fields(result)
    given = own.get(name, getattr(owner, name, 0.0))
    if given is None:  # the kernel's ridge in results of an earlier version
        return None
    values = np.broadcast_to(given, np.shape(result.N))
    rows = [row for (row,) in curves(values)]
    constant = all(np.allclose(row, row[0], rtol=SAME, atol=0.0) for row in rows)
    return [row[0] for row in rows] if constant else None


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
