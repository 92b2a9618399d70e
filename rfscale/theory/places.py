"""All points of a prediction of trainings, flat, and the losses of ridges there as traces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rfscale.model import ScalingModel
from rfscale.model.training import Training
from rfscale.support.arguments import Floats, broadcast
from rfscale.support.products import times
from rfscale.theory.assembly import loss_rows, root_delta, signal_unit
from rfscale.theory.mixture_kernel import MixtureRows
from rfscale.theory.over_points import Points
from rfscale.theory.strength import strength_of_log_ridge


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


def common_shape(model: ScalingModel, N: Floats, T: Floats, training: Training) -> tuple[int, ...]:
    """The shape of all points; a ValueError names what does not broadcast."""
    spectra = {"spectrum": model.spectrum.kernel_parameters()[1]} if model.spectrum.shape else {}
    fields = {f"training.{name}": np.asarray(value) for name, value in training.values.items()}
    return broadcast(N=N, T=T, **spectra, **fields)[0].shape


def ridge_rows(place: Place, ridge: Floats) -> MixtureRows:
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
