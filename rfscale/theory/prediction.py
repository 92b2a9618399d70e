"""The result of `predict`, and how the compiled loops make it, in the units of the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale import deprecated
from rfscale.model import ScalingModel
from rfscale.results import Result
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.equations.order_error import second_order
from rfscale.theory.kernels import LossRows, loss_points, planar_points
from rfscale.theory.over_points import over_points
from rfscale.theory.strength import Strength
from rfscale.theory.weights import weighted_nodes

PEAK = 0.9  # N and T are "at the peak" when min(N, T)/max(N, T) is larger than this
ORDERS = ("planar", "one-loop")
REGIMES = np.array(["latent", "peak", "features", "data"])


@dataclass(frozen=True, eq=False)
class Prediction(Result):
    """The predicted losses; every array has the broadcast shape of N, T and ridge.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        The points, with gamma of the training loss.
    test : ndarray
        Test loss, (1/2) E (z_hat - y_hat)^2 on clean labels: signal + noise. `inf` where it
        diverges.
    signal, noise : ndarray
        Its parts: what is not learned of the teacher (proportional to sigma_w^2), and what is
        learned of the label noise (proportional to sigma_eps^2).
    train : ndarray
        Training mean squared error on noisy labels, (1/T) E ||z - y||^2, without a factor 1/2.
    delta : ndarray
        The resolution Delta: latent directions with lambda_J > Delta are learned.
    df1, df2 : ndarray
        Degrees of freedom at Delta; df1 is the effective dimension of the fit, at most min(N, T,
        M).
    regime : ndarray of str
        The resource that bounds the loss, from the sizes alone: "latent" (M <= N, T: nothing is
        left to learn), "peak" (N and T within 10 percent, where double descent peaks unless a ridge
        removes it), "features" (N < T) or "data" (T < N).
    order : str
        "planar" or "one-loop": to which order in 1/size the losses and `df1` are; `delta` and `df2`
        are planar.
    order_error : ndarray
        How large the next term may be, relative to `test`; `inf` where N = T < M without ridge. See
        `predict`.
    delta_error : ndarray
        Estimated relative error of `delta` (the step in its logarithm that was left).
    evaluations : ndarray
        How often the spectrum was summed to find `delta`.
    kernel_ridge : ndarray
        The ridge of the kernel, gamma M/(sigma_u^2 N), which may be finite where N and gamma are
        infinite. None in results that an earlier version stored.
    """

    model: ScalingModel
    N: Floats
    T: Floats
    ridge: Floats
    test: Floats
    signal: Floats
    noise: Floats
    train: Floats
    delta: Floats
    df1: Floats
    df2: Floats
    regime: NDArray[np.str_]
    order: str
    order_error: Floats
    delta_error: Floats
    evaluations: Floats
    kernel_ridge: Floats | None = None

    residual = deprecated.renamed("delta_error", gone_in="0.2.0")


def predicted(
    model: ScalingModel, N: Floats, T: Floats, strength: Strength, order: str
) -> Prediction:
    """The losses for checked arguments that broadcast."""
    sizes = N, T
    at = strength.log_ridge
    if model.is_plain and order == "planar":
        inverse = inverse_trace(model, N, T)
        rows = over_points(planar_points, LossRows, model.spectrum, sizes, (inverse, at))
    else:
        options = weighted_nodes(model), order == "one-loop"
        rows = over_points(loss_points, LossRows, model.spectrum, sizes, (at,), *options)
    return assembled(model, N, T, strength, rows, order)


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
    first = rows.first_order
    if order == "one-loop":
        changes = (signal, rows.signal_change), (noise, rows.noise_change)
        first = second_order(test, *changes, first)
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
        order_error=first[()],
        delta_error=rows.delta_error[()],
        evaluations=rows.evaluations[()],
        kernel_ridge=filled(strength.kernel_ridge, shape),
    )


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


def regime(N: Floats, T: Floats, M: ArrayLike) -> NDArray[np.int64]:
    """The resource that bounds the loss, as an index into `REGIMES`; see `Prediction`."""
    smaller = np.minimum(N, T)
    larger = np.maximum(N, T)
    return np.where(smaller >= M, 0, np.where(smaller > PEAK * larger, 1, np.where(N < T, 2, 3)))
