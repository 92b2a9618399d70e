"""The planar losses of a training: by mixtures of ridges, or by the kernel's spectrum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.training import GradientDescent, GradientFlow, HeavyBall, Training
from rfscale.model.training.mixtures import MANY
from rfscale.support.arguments import Floats
from rfscale.support.warned import warn_caller
from rfscale.theory.filtered import filter_losses
from rfscale.theory.mixture_kernel import MixtureRows, lower_edges, mixture_losses, upper_edges
from rfscale.theory.over_points import Points
from rfscale.theory.places import Place, ridge_rows

NEAR_BOUND = 0.95  # of the largest stable step: above it an error of 1e-3 was seen, below of 1e-9


def trained_rows(place: Place, training: Training) -> MixtureRows:
    """The losses as traces, of a training in the units of the model."""
    if is_filter_alone(training):
        return _by_filter(place.model, training.each(place.shape), place.at, place.unit)
    return _rows_of_flat(place, training.flat(place.shape))


def is_filter_alone(training: Training) -> bool:
    """Whether no more than its filter is known, as of a user's class, which takes numbers alone."""
    kind = type(training)
    return kind.mixtures is Training.mixtures and kind.as_ridge is Training.as_ridge


def _rows_of_flat(place: Place, training: Training) -> MixtureRows:
    """With fields that are flat arrays."""
    by_filter = _oscillates(place, training)
    relative = training.relative(place.unit)
    rows = MixtureRows(*(np.empty(place.unit.size) for _ in MixtureRows._fields))
    smallest = _smallest(place, relative)
    ridge = np.broadcast_to(relative.as_ridge(), place.unit.shape)
    ridge = np.where(relative.is_over(smallest), relative.values.get("ridge", 0.0), ridge)
    is_ridge = ~np.isnan(ridge)
    if np.any(is_ridge):
        _write(rows, is_ridge, ridge_rows(place, np.where(is_ridge, ridge, 1.0)))
    for part in relative.parts(place.unit.shape):
        others = part[~is_ridge[part] & ~by_filter[part]]
        if others.size:
            _write(rows, others, _others(place, training, relative, others))
    left = np.flatnonzero(by_filter & ~is_ridge)
    if left.size:
        _write(rows, left, _of_places(place, training, left))
    _mend_decayed(place, relative, smallest, rows)
    # what has decayed beside a ridge is known to rounding of the whole, and may come out below 0
    return MixtureRows(*(np.maximum(row, 0.0) for row in rows))


def _oscillates(place: Place, training: Training) -> NDArray[np.bool_]:
    """Where many steps are near the largest stable one, which is checked: by the filter alone.

    What oscillates in the largest eigenvalues is not on the contour of many steps, and has not
    decayed.
    """
    none = np.zeros(place.unit.size, dtype=bool)
    if type(training).require_stable is Training.require_stable:
        return none
    with np.errstate(over="ignore", invalid="ignore"):
        largest = upper_edges(place.model, place.at) * place.unit
    training.require_stable(largest)
    if not isinstance(training, GradientDescent | HeavyBall):
        return none
    room = 2.0 * (1.0 + np.asarray(getattr(training, "momentum", 0.0)))
    of_bound = np.asarray(training.step_size) * (largest + training.ridge) / room
    near = (np.asarray(training.steps) >= MANY) & (of_bound > NEAR_BOUND)
    if np.any(near) and place.model.test_spectrum is not None:
        warn_caller(
            f"losses are known to 1e-3 alone at {np.sum(near)} of {near.size} points, where "
            f"step_size is above {NEAR_BOUND:.0%} of the largest stable one, steps are many and "
            "the test spectrum is another",
            RegimeWarning,
        )
        return none
    return np.asarray(near)


def _smallest(place: Place, relative: Training) -> Floats:
    """The smallest eigenvalue that is not zero, where it may be that a flow has come to it."""
    if not isinstance(relative, GradientFlow):
        return np.zeros(place.unit.size)
    with np.errstate(divide="ignore"):
        return lower_edges(place.model, place.at, 1.0 / np.asarray(relative.time))


def _others(
    place: Place, training: Training, relative: Training, places: NDArray[np.int64]
) -> MixtureRows:
    """The losses at some points, of no ridge."""
    at = place.taken(places)
    mixtures = relative.taken(places).mixtures(place.groups[places])
    if mixtures is not None:
        return mixture_losses(place.model, at, mixtures)
    return _of_places(place, training, places)


def _of_places(place: Place, training: Training, places: NDArray[np.int64]) -> MixtureRows:
    """The losses at some points by the filter."""
    each = training.taken(places).each(places.shape)
    return _by_filter(place.model, each, place.taken(places), place.unit[places])


def _by_filter(
    model: ScalingModel, trainings: Sequence[Training], at: Points, unit: Floats
) -> MixtureRows:
    traces, error = filter_losses(model, trainings, at, unit)
    signal, noise, train_signal, train_noise = traces
    return MixtureRows(signal, noise, train_signal, train_noise, error)


def _mend_decayed(place: Place, relative: Training, smallest: Floats, rows: MixtureRows) -> None:
    """What decays with the smallest eigenvalue, to its relative accuracy.

    That is the signal where M < N, T, and the training losses where all samples can be fitted.
    """
    if not isinstance(relative, GradientFlow):
        return
    time = np.asarray(relative.time)
    late = np.isfinite(time) & (np.asarray(relative.ridge) == 0.0)
    late &= np.where(late, time, 0.0) * smallest > 1.0
    _, M, N, T = place.at
    latent = late & (np.minimum(N, T) > M)
    fitted = late & (np.minimum(N, M) > T)
    places = np.flatnonzero(latent | fitted)
    if not places.size:
        return
    mixtures = relative.taken(places).decaying_mixtures(smallest[places])
    mended = mixture_losses(place.model, place.taken(places), mixtures)
    for column, where in (
        ("signal", latent),
        ("train_signal", latent | fitted),
        ("train_noise", fitted),
    ):
        chosen = where[places]
        # what is below the range of float64 may be off by more than itself
        getattr(rows, column)[places[chosen]] = np.maximum(getattr(mended, column)[chosen], 0.0)


def _write(rows: MixtureRows, where: NDArray[np.generic], found: MixtureRows) -> None:
    """Some entries; `found` may hold all, or these."""
    for column, values in zip(rows, found, strict=True):
        column[where] = values[where] if values.size == column.size else values
