"""The verdict on one or several comparisons, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rfscale.comparison.judgement import Together, together
from rfscale.model.model_columns import fingerprint

if TYPE_CHECKING:
    from rfscale.comparison.result import Comparison

LOSSES = {"test": "test loss", "signal": "signal", "noise": "noise", "train": "training loss"}
REASON = (
    "as sizes are too small, or N and T too close without ridge, for the theory to know its own "
    "error, or for a mean over draws to settle"
)
Z_LIMIT = 4.0  # standard errors, beyond which planar theory alone is said to be off


def verdict(comparisons: Sequence[Comparison]) -> str:
    """At how many points of all comparisons theory and simulation agree, and the worst gap.

    Of several, give those of `judged_together`.
    """
    judged = _joined(comparisons, "judged")
    by_train = _joined(comparisons, "judged_by_train")
    disagrees = _joined(comparisons, "disagrees")
    off = what_disagrees(comparisons)
    word = f"DISAGREE ({', '.join(off)})" if off else "agree"
    if not judged.any():
        return _without_test_loss(word, by_train, disagrees)
    mean = all_points(comparisons)
    points = "points" if judged.all() else "judged points"
    return (
        f"theory and simulation {word}: {(judged & ~disagrees).sum()} of {judged.sum()} {points} "
        f"within the errors of both{_unjudged(judged, by_train)}{_of_parts(comparisons)}; "
        f"largest gap {np.abs(_joined(comparisons, 'gap')[judged]).max():.2g} %"
        f"{_of_all(mean)}; {_of_planar(comparisons)}"
    )


def _unjudged(judged: NDArray[np.bool_], by_train: NDArray[np.bool_]) -> str:
    """At how many points the training loss alone is judged, and at how many nothing."""
    alone = by_train.sum()
    nothing = (~judged).sum() - alone
    words = f", {alone} more judged by the training loss alone" if alone else ""
    return words + (f", {nothing} not judged" if nothing else "")


def _of_planar(comparisons: Sequence[Comparison]) -> str:
    """How planar theory alone does; of trainings it is all that there is."""
    if any(comparison.training is not None for comparison in comparisons):
        return "the theory is planar, its error an estimate"
    judged = _joined(comparisons, "judged")
    planar = (np.abs(_joined(comparisons, "planar_z")[judged]) <= Z_LIMIT).sum()
    return f"planar theory alone: {planar} within {Z_LIMIT:g} standard errors"


def _without_test_loss(word: str, by_train: NDArray[np.bool_], disagrees: NDArray[np.bool_]) -> str:
    """The verdict where the test loss is judged at no point, the training loss perhaps."""
    if not by_train.any():
        return f"theory and simulation neither agree nor disagree: no point is judged, {REASON}"
    agree = (by_train & ~disagrees).sum()
    return (
        f"theory and simulation {word} in the training loss: {agree} of {by_train.sum()} points "
        f"within the errors of both; the test loss is not judged, {REASON}"
    )


def what_disagrees(comparisons: Sequence[Comparison]) -> list[str]:
    """Which losses are further apart than their errors, at how many points, or all on average."""
    counts = {name: sum(c.count_of(name) for c in comparisons) for name in LOSSES}
    off = [f"{words} at {counts[name]}" for name, words in LOSSES.items() if counts[name]]
    mean = all_points(comparisons)
    return off + ([] if mean is None or mean.agrees else ["mean of all points"])


def all_points(comparisons: Sequence[Comparison]) -> Together | None:
    """The gaps of the test loss at all points together."""
    losses = [comparison for comparison in comparisons if comparison.losses is not None]
    return together([(c.losses.test, _cells(c)) for c in losses if c.losses is not None])


def _cells(comparison: Comparison) -> NDArray[Any]:
    """A name for each point, the same where the draws are the same: at other ridges."""
    estimate = comparison.estimate
    of = f"{fingerprint(estimate.model)} {estimate.seed}"
    names: NDArray[Any] = np.vectorize(lambda N, T: f"{of} {N} {T}")(estimate.N, estimate.T)
    return names


def _of_parts(comparisons: Sequence[Comparison]) -> str:
    """How many of signal, noise and training loss are judged."""
    losses = [comparison.losses for comparison in comparisons if comparison.losses is not None]
    count = sum(part.tests for each in losses for part in each.parts())
    return f", with {count} signals, noises and training losses" if count else ""


def _of_all(mean: Together | None) -> str:
    if mean is None:
        return ""
    return f", mean gap {mean.gap:+.2g} %, where {mean.seen:.2g} % would have been seen"


def _joined(comparisons: Sequence[Comparison], name: str) -> NDArray[Any]:
    """An attribute of all comparisons as one list of points."""
    return np.concatenate([np.ravel(getattr(comparison, name)) for comparison in comparisons])
