r"""The planar loss: the answer at infinite size, at any ridge.

With s = df1 - df2, y_N = 1 - df1/N, y_T = 1 - df1/T and D = [(N - df1)(T - df1) + (N + T - 2 df1) s]/(N T),

.. math:: D = y_N y_T + s\,(y_N/T + y_T/N)
.. math:: L_\mathrm{signal} = \frac{\sigma_w^2}{2M} \frac{\Delta s}{D}, \qquad
          L_\mathrm{noise} = \frac{\sigma_\epsilon^2}{2} \frac{\mathrm{df}_2\, y_N + \mathrm{df}_1\, s/N}{T D}, \qquad
          L_\mathrm{train} = y_T^2 (2L + \sigma_\epsilon^2)

Source: [Zhang], derived here from one generating function, as sums of positive terms that stay finite for N or
T = infinity; they agree with [Simon], [AZP], [Bach] once conventions are mapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.arguments import Floats
from rfscale.model import ScalingModel
from rfscale.results import Result
from rfscale.theory.fixed_point import FixedPoint, solve
from rfscale.traces import times

PEAK = 0.9  # N and T are "at the peak" when min(N, T)/max(N, T) is larger than this


@dataclass(frozen=True, eq=False)
class Prediction(Result):
    """The predicted losses; every array has the broadcast shape of N, T and ridge.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        The points.
    test : ndarray
        Test loss, (1/2) E (z_hat - y_hat)^2 on clean labels: signal + noise. `inf` where it diverges.
    signal, noise : ndarray
        Its parts: what is not learned of the teacher (proportional to sigma_w^2), and what is learned of the
        label noise (proportional to sigma_eps^2).
    train : ndarray
        Training mean squared error on noisy labels, (1/T) E ||z - y||^2, without a factor 1/2.
    delta : ndarray
        The resolution Delta: latent directions with lambda_J > Delta are learned.
    df1, df2 : ndarray
        Degrees of freedom at Delta; df1 is the effective dimension of the fit, at most min(N, T, M).
    regime : ndarray of str
        The resource that bounds the loss, from the sizes alone: "latent" (M <= N, T: nothing is left to learn),
        "peak" (N and T within 10 percent, where double descent peaks unless a ridge removes it),
        "features" (N < T) or "data" (T < N).
    residual : ndarray
        Estimated relative error of `delta` (the Newton step that was left).
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
    residual: Floats


def planar(model: ScalingModel, N: Floats, T: Floats, ridge: Floats) -> Prediction:
    """The planar losses for broadcast arrays of sizes N, T > 0 and ridge >= 0."""
    return planar_at(model, N, T, ridge, solve(model, N, T, ridge))


def planar_at(model: ScalingModel, N: Floats, T: Floats, ridge: Floats, point: FixedPoint) -> Prediction:
    """The planar losses at a fixed point that is already known."""
    signal, noise = _losses(model, N, T, point)
    with np.errstate(over="ignore", under="ignore"):
        root = np.exp(point.log_delta / 2)  # lambda_+ and Delta/lambda_+ may be out of range where Delta is not
        delta = root * (model.spectrum.scale * root)
        mean_square = 2 * (signal + noise) + 2 * model.noise_unit
        train = point.unused_T * times(point.unused_T, mean_square)
    values: dict[str, Any] = {
        "N": N,
        "T": T,
        "ridge": ridge,
        "test": signal + noise,
        "signal": signal,
        "noise": noise,
        "train": train,
        "delta": delta,
        "df1": point.traces.df1,
        "df2": point.traces.df2,
        "regime": regime(N, T, model.M),
        "residual": point.residual,
    }
    return Prediction(model=model, **{name: value.copy()[()] for name, value in values.items()})


def regime(N: Floats, T: Floats, M: int) -> NDArray[np.str_]:
    """The resource that bounds the loss; see `Prediction`."""
    smaller, larger = np.minimum(N, T), np.maximum(N, T)
    conditions = [smaller >= M, smaller > PEAK * larger, N < T]
    return np.select(conditions, ["latent", "peak", "features"], default="data")


def _losses(model: ScalingModel, N: Floats, T: Floats, point: FixedPoint) -> tuple[Floats, Floats]:
    """Signal and noise loss."""
    y_N, y_T, traces = point.unused_N, point.unused_T, point.traces
    s = traces.df1_minus_df2
    small = point.log_delta <= 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        D = y_N * y_T + s * (y_N / T + y_T / N)
        # Delta s = sum lambda q^2: the product may be out of range for large Delta, the sum for small
        root = np.exp(np.minimum(point.log_delta, 0.0) / 2)
        signal_unit = model.signal_unit * root
        signal = root * (np.where(small, s, traces.unlearned) / D)
        noise = (traces.df2 * y_N + traces.df1 * s / N) / (T * D)
    corner = np.isneginf(point.log_delta) & (np.minimum(N, T) == model.M)
    if np.any(corner):
        signal_unit = np.where(corner, model.signal_unit, signal_unit)
        signal, noise = (
            np.where(corner, *pair) for pair in zip(square_corner(model, N, T), (signal, noise), strict=True)
        )
    return times(signal_unit, signal), times(model.noise_unit, noise)


def square_corner(model: ScalingModel, N: Floats, T: Floats) -> tuple[Floats, Floats]:
    """No ridge and min(N, T) = M: numerators and D all vanish; these are their ratios as the ridge goes to 0."""
    M = model.M
    with np.errstate(over="ignore"):
        inverse_trace = np.exp(-model.spectrum.log_eigenvalues).sum()
    signal = np.where(N == T, M * (M / (3 * inverse_trace)), 0.0)
    return signal, np.where(T == M, np.inf, M / np.where(T == M, 1.0, T - M))
