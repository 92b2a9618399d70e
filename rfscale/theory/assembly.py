"""Predictions from the results of the compiled loops: in the units of the model, with its ridge."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.equations.order_error import (
    Parts,
    one_loop_error,
    planar_error,
    resummed_error,
)
from rfscale.theory.kernels import LossRows, loss_points, planar_points
from rfscale.theory.over_points import over_points
from rfscale.theory.prediction import ORDERS, REGIMES, Prediction, regime
from rfscale.theory.strength import Strength
from rfscale.theory.weights import weighted_nodes


def predicted(
    model: ScalingModel, N: Floats, T: Floats, strength: Strength, order: str
) -> Prediction:
    """The losses for checked arguments that broadcast."""
    return assembled(model, N, T, strength, loss_rows(model, N, T, strength, order), order)


def loss_rows(
    model: ScalingModel, N: Floats, T: Floats, strength: Strength, order: str
) -> LossRows:
    """The same as traces."""
    sizes = N, T
    at = strength.log_ridge
    if model.is_plain and order == "planar":
        inverse = inverse_trace(model, N, T)
        return over_points(planar_points, LossRows, model.spectrum, sizes, (inverse, at))
    options = weighted_nodes(model), ORDERS.index(order)
    return over_points(loss_points, LossRows, model.spectrum, sizes, (at,), *options)


def inverse_trace(model: ScalingModel, N: Floats, T: Floats) -> Floats:
    """sum lambda_+/lambda of each spectrum, which the corner N = T = M needs; else 0."""
    at_corner = (model.rank == N) & (model.rank == T)
    return model.spectrum.relative_trace(-1.0) if np.any(at_corner) else np.zeros(())


def assembled(
    model: ScalingModel, N: Floats, T: Floats, strength: Strength, rows: LossRows, order: str
) -> Prediction:
    """The losses of the compiled loops in the units of the model."""
    units = model.units
    root = root_delta(rows.log_delta)  # its square may be out of range where Delta is not
    unit = signal_unit(rows.log_delta, root)
    signal = times(times(units.test_signal, unit), rows.signal)
    noise = times(units.test_noise, rows.noise)
    with np.errstate(over="ignore", under="ignore"):
        test = signal + noise
        delta = root * (model.spectrum.largest * root)
    shape = test.shape
    return Prediction(
        model=model,
        N=filled(N, shape),
        T=filled(T, shape),
        ridge=filled(strength.ridge, shape),
        test=test[()],
        signal=signal[()],
        noise=noise[()],
        train=_train(model, rows, unit)[()],
        delta=delta[()],
        df1=rows.df1[()],
        df2=rows.df2[()],
        regime=np.broadcast_to(REGIMES[regime(N, T, model.rank)], shape)[()],
        order=order,
        order_error=_order_error(model, rows, (signal, noise), order)[()],
        delta_error=rows.delta_error[()],
        evaluations=rows.evaluations[()],
        kernel_ridge=filled(strength.kernel_ridge, shape),
    )


def _order_error(model: ScalingModel, rows: LossRows, parts: Parts, order: str) -> Floats:
    """What the next order may change: a bound where one loop was not computed."""
    changes = rows.signal_change, rows.noise_change
    errors = rows.signal_error, rows.noise_error
    if order == "one-loop":
        return one_loop_error(parts, changes, errors)
    if order == "resummed":
        return resummed_error(parts, errors)
    is_known = np.isneginf(rows.log_delta) | (not model.is_plain)
    if not np.any(is_known):
        return rows.first_order
    return np.where(is_known, planar_error(parts, changes, errors), rows.first_order)


def _train(model: ScalingModel, rows: LossRows, unit: Floats) -> Floats:
    """The training loss (5.12)."""
    signal = times(times(model.units.signal, unit), rows.train_signal)
    noise = times(model.units.noise, rows.train_noise)
    with np.errstate(over="ignore", under="ignore"):
        return rows.unused_T * times(rows.unused_T, 2 * (signal + noise))


def root_delta(log_delta: Floats) -> Floats:
    """sqrt(Delta/lambda_+)."""
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(log_delta / 2)


def signal_unit(log_delta: Floats, root: Floats) -> Floats:
    """min(1, sqrt(Delta/lambda_+)), which compiled signals are in units of; 1 at Delta = 0."""
    return np.where(np.isneginf(log_delta), 1.0, np.minimum(root, 1.0))


def filled(values: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """An array of this shape of its own."""
    return np.array(np.broadcast_to(values, shape), dtype=np.float64)[()]
