"""The planar losses of a training, in the units of the model."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.model.training import Training
from rfscale.support.arguments import sizes
from rfscale.support.machine import require_memory
from rfscale.support.products import times
from rfscale.theory.assembly import filled
from rfscale.theory.places import Place, common_shape
from rfscale.theory.trained_prediction import TrainedPrediction
from rfscale.theory.trained_rows import trained_rows

BYTES_PER_POINT = 2000  # of all arrays together


def trained(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, training: Training
) -> TrainedPrediction:
    """The planar losses of a checked training."""
    N = sizes("N", N)
    T = sizes("T", T)
    shape = common_shape(model, N, T, training)
    count = math.prod(shape)
    require_memory(BYTES_PER_POINT * count, f"a prediction at {count} points")
    place = Place.of(model, N, T, shape)
    rows = trained_rows(place, training)
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
        delta_error=step[()],
    )
