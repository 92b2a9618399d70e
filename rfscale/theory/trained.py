"""The planar losses of a training: by mixtures of ridges, or by the kernel's spectrum."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel
from rfscale.model.training import GradientFlow, Training
from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.support.machine import require_memory
from rfscale.support.products import times
from rfscale.theory.assembly import filled, loss_rows, root_delta, signal_unit
from rfscale.theory.filtered import filter_losses
from rfscale.theory.mixture_kernel import MixtureRows, lower_edges, mixture_losses, upper_edges
from rfscale.theory.over_points import Points
from rfscale.theory.strength import strength_of_log_ridge
from rfscale.theory.trained_prediction import TrainedPrediction

BYTES_PER_POINT = 2000  # of all arrays together


class Place(NamedTuple):
    """All points of a prediction, flat: spectra and sizes, and the unit of eigenvalues."""

    model: ScalingModel
    shape: tuple[int, ...]
    at: Points
    unit: Floats  # sigma_u^2 lambda_+ N T/M

    @classmethod
    def of(cls, model: ScalingModel, N: Floats, T: Floats, shape: tuple[int, ...]) -> Place:
        """At these sizes."""
        with np.errstate(over="ignore"):
            unit = np.exp(-model.units.log_ridge(1.0, per=(N, T)))
        alpha, M = model.spectrum.kernel_parameters()
        flat = [np.array(np.broadcast_to(v, shape), order="C").ravel() for v in (alpha, M, N, T)]
        return cls(model, shape, Points(*flat), np.broadcast_to(unit, shape).ravel())

    @property
    def groups(self) -> NDArray[np.int64]:
        """Numbers that are equal where spectra and sizes are."""
        return np.unique(np.stack(self.at), axis=1, return_inverse=True)[1].ravel()

    def taken(self, places: NDArray[np.int64]) -> Points:
        """Spectra and sizes of some points."""
        return Points(*(values[places] for values in self.at))


def trained(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, training: Training
) -> TrainedPrediction:
    """The planar losses of a checked training."""
    N = sizes("N", N)
    T = sizes("T", T)
    spectra = {"spectrum": model.spectrum.kernel_parameters()[1]} if model.spectrum.shape else {}
    fields = {f"training.{name}": np.asarray(value) for name, value in training.values.items()}
    shape = broadcast(N=N, T=T, **spectra, **fields)[0].shape
    count = math.prod(shape)
    require_memory(BYTES_PER_POINT * count, f"a prediction at {count} points")
    place = Place.of(model, N, T, shape)
    rows = trained_rows(place, training.flat(shape))
    units = model.units
    signal, noise, train_signal, train_noise, step = (row.reshape(shape) for row in rows)
    signal = times(units.test_signal, signal)
    noise = times(units.test_noise, noise)
    train = 2 * (times(units.signal, train_signal) + times(units.noise, train_noise))
    test = signal + noise
    return TrainedPrediction(
        model=model,
        N=filled(N, shape),
        T=filled(T, shape),
        training=training,
        test=test[()],
        signal=signal[()],
        noise=noise[()],
        train=train[()],
        order="planar",
        order_error=np.zeros(shape)[()],
        delta_error=step[()],
    )


def trained_rows(place: Place, training: Training) -> MixtureRows:
    """The losses as traces, of a flat training in the units of the model."""
    _require_stable(place, training)
    relative = training.relative(place.unit)
    rows = MixtureRows(*(np.empty(place.unit.size) for _ in MixtureRows._fields))
    smallest = _smallest(place, relative)
    ridge = np.broadcast_to(relative.as_ridge(), place.unit.shape)
    ridge = np.where(relative.is_over(smallest), relative.values.get("ridge", 0.0), ridge)
    is_ridge = ~np.isnan(ridge)
    if np.any(is_ridge):
        _write(rows, is_ridge, _ridge_rows(place, np.where(is_ridge, ridge, 1.0)))
    others = np.flatnonzero(~is_ridge)
    if others.size:
        _write(rows, others, _others(place, training, relative, others))
    _mend_decayed(place, relative, smallest, rows)
    return rows


def _require_stable(place: Place, training: Training) -> None:
    """Raise ValueError where steps diverge at infinite sizes."""
    if type(training).require_stable is not Training.require_stable:
        with np.errstate(over="ignore", invalid="ignore"):
            training.require_stable(upper_edges(place.model, place.at) * place.unit)


def _smallest(place: Place, relative: Training) -> Floats:
    """The smallest eigenvalue that is not zero, where it may be that a flow has come to it."""
    if not isinstance(relative, GradientFlow):
        return np.zeros(place.unit.size)
    with np.errstate(divide="ignore"):
        return lower_edges(place.model, place.at, 1.0 / np.asarray(relative.time))


def _ridge_rows(place: Place, ridge: Floats) -> MixtureRows:
    """The losses of ridges, in the unit of each point."""
    model = place.model
    N, T = (size.reshape(place.shape) for size in (place.at.N, place.at.T))
    with np.errstate(divide="ignore"):
        strength = strength_of_log_ridge(model, N, T, np.log(ridge).reshape(place.shape))
    rows = loss_rows(model, N, T, strength, "planar")
    unit = signal_unit(rows.log_delta, root_delta(rows.log_delta))
    seen = rows.unused_T**2
    columns = (
        times(unit, rows.signal),
        rows.noise,
        times(seen, times(unit, rows.train_signal)),
        times(seen, rows.train_noise),
        rows.delta_error,
    )
    return MixtureRows(*(np.broadcast_to(column, place.shape).ravel() for column in columns))


def _others(
    place: Place, training: Training, relative: Training, places: NDArray[np.int64]
) -> MixtureRows:
    """The losses at some points, of no ridge."""
    at = place.taken(places)
    mixtures = relative.taken(places).mixtures(place.groups[places])
    if mixtures is not None:
        return mixture_losses(place.model, at, mixtures)
    traces, error = filter_losses(place.model, training.taken(places), at, place.unit[places])
    signal, noise, train_signal, train_noise = traces
    return MixtureRows(signal, noise, train_signal, train_noise, error)


def _mend_decayed(place: Place, relative: Training, smallest: Floats, rows: MixtureRows) -> None:
    """What decays with the smallest eigenvalue, to its relative accuracy.

    That is the signal where M < N, T, and the training losses where all samples can be fitted.
    """
    if not isinstance(relative, GradientFlow):
        return
    time = np.asarray(relative.time)
    with np.errstate(divide="ignore"):
        late = (smallest > 1.0 / time) & np.isfinite(time) & (np.asarray(relative.ridge) == 0.0)
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
