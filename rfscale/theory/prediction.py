r"""The planar loss: the answer at infinite size, at any ridge.

With s = df1 - df2, y_N = 1 - df1/N, y_T = 1 - df1/T and D = [(N - df1)(T - df1) + (N + T - 2 df1)
s]/(N T),

.. math:: D = y_N y_T + s\,(y_N/T + y_T/N)
.. math:: L_\mathrm{signal} = \frac{\sigma_w^2}{2M} \frac{\Delta s}{D}, \qquad L_\mathrm{noise} =
          \frac{\sigma_\epsilon^2}{2} \frac{\mathrm{df}_2\, y_N + \mathrm{df}_1\, s/N}{T D}, \qquad
          L_\mathrm{train} = y_T^2 (2L + \sigma_\epsilon^2)

Source: [Zhang], derived here from one generating function, as sums of positive terms that stay
finite for N or T = infinity; they agree with [Simon], [AZP], [Bach] once conventions are mapped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale import deprecated
from rfscale.model import ScalingModel
from rfscale.results import Result
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.support.products import times
from rfscale.theory.equations.fixed_point import Point, solve_point
from rfscale.theory.kernels import over_points
from rfscale.traces.nodes import Nodes, power_law_nodes
from rfscale.traces.sums import Traces

PEAK = 0.9  # N and T are "at the peak" when min(N, T)/max(N, T) is larger than this
ROWS = 13  # results of the compiled functions at each point
ORDERS = ("planar", "one-loop")
REGIMES = np.array(["latent", "peak", "features", "data"])


@dataclass(frozen=True, eq=False)
class Prediction(Result):
    """The predicted losses; every array has the broadcast shape of N, T and ridge.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        The points.
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

    residual = deprecated.renamed("delta_error", gone_in="0.2.0")


def planar(model: ScalingModel, N: Floats, T: Floats, ridge: Floats) -> Prediction:
    """The planar losses of a plain model for arrays of sizes N, T > 0 and ridge >= 0 that
    broadcast.
    """
    log_ridge = model.units.log_ridge(ridge, per=(N, T))
    return prediction(
        model, N, T, ridge, over_points(_planar_points, model.spectrum, (N, T, log_ridge), ROWS)
    )


def prediction(
    model: ScalingModel, N: Floats, T: Floats, ridge: Floats, rows: Floats, order: str = "planar"
) -> Prediction:
    """The results of `write_point`, or of `points_of_order`, in their units."""
    log_delta, df1, df2, unused_T, signal, noise, train_signal, train_noise = rows[:8]
    first_order, signal_change, noise_change, delta_error, evaluations = rows[8:]
    shape = log_delta.shape
    with np.errstate(over="ignore", under="ignore"):
        root = np.exp(
            log_delta / 2
        )  # lambda_+ and Delta/lambda_+ may be out of range where Delta is not
        delta = root * (model.spectrum.largest * root)
    corner = np.isneginf(log_delta) & (np.minimum(N, T) == model.rank)
    if np.any(corner) and model.is_plain and order == "planar":
        signal, noise = (
            np.where(corner, *pair)
            for pair in zip(square_corner(model, N, T), (signal, noise), strict=True)
        )
        train_signal, train_noise = signal, 1 + noise
    unit = np.where(corner, 1.0, np.minimum(root, 1.0))  # of the signals
    signal, noise = (
        times(times(model.units.test_signal, unit), signal),
        times(model.units.test_noise, noise),
    )
    train_signal = times(times(model.units.signal, unit), train_signal)
    with np.errstate(over="ignore", under="ignore"):
        test = signal + noise
        train = unused_T * times(
            unused_T, 2 * (train_signal + times(model.units.noise, train_noise))
        )
    changes = (signal, signal_change), (noise, noise_change)
    order_error = first_order if order == "planar" else second_order(test, changes, first_order)
    sizes_and_ridge = (np.array(np.broadcast_to(values, shape)) for values in (N, T, ridge))
    where = np.broadcast_to(REGIMES[regime(N, T, model.rank)], shape)
    arrays = (
        *sizes_and_ridge,
        test,
        signal,
        noise,
        train,
        delta,
        df1,
        df2,
        order_error,
        delta_error,
        evaluations,
    )
    N, T, ridge, test, signal, noise, train, delta, df1, df2, *accuracy = (
        values[()] for values in arrays
    )
    return Prediction(
        model, N, T, ridge, test, signal, noise, train, delta, df1, df2, where[()], order, *accuracy
    )


def regime(N: Floats, T: Floats, M: ArrayLike) -> NDArray[np.int64]:
    """The resource that bounds the loss, as an index into `REGIMES`; see `Prediction`."""
    smaller, larger = np.minimum(N, T), np.maximum(N, T)
    return np.where(smaller >= M, 0, np.where(smaller > PEAK * larger, 1, np.where(N < T, 2, 3)))


@compiled
def losses(nodes: Nodes, point: Point, N: float, T: float) -> tuple[float, float, float]:
    """Signal and noise loss in units of sigma_w^2 lambda_+/(2M) min(1, sqrt(Delta/lambda_+)) and
    sigma_eps^2/2.

    And the expansion parameter of 1/size, the variance of log[(N - df1)(T - df1)] by fluctuations.
    """
    z, y_N, y_T = point.log_delta, point.unused_N, point.unused_T
    df1, df2, s = point.traces.df1, point.traces.df2, point.traces.df1_minus_df2
    D = y_N * y_T + s * (y_N / T + y_T / N)
    root = np.exp(min(z, 0.0) / 2.0)
    # Delta s = sum lambda q^2, which for very large Delta is the sum of lambda, while e^z overflows
    unlearned = root * s if z <= 0.0 else np.exp(z) * s if z < 300.0 else nodes.trace
    spread = (y_T / N + y_N / T + 2.0 * s / N / T) / D if D > 0.0 else np.inf
    return unlearned / D, (df2 * y_N + df1 * s / N) / (T * D), spread


@compiled
def write_point(nodes: Nodes, point: Point, N: float, T: float, i: int, out: Floats) -> None:
    """What `prediction` needs of a point, into column i."""
    out[0, i], out[1, i], out[2, i] = point.log_delta, point.traces.df1, point.traces.df2
    out[3, i] = point.unused_T
    signal, noise, spread = losses(nodes, point, N, T)
    out[4, i], out[5, i], out[6, i], out[7, i] = signal, noise, signal, 1.0 + noise
    out[8, i], out[9, i], out[10, i] = first_order(spread, point.traces), 0.0, 0.0
    out[11, i], out[12, i] = point.delta_error, point.evaluations


@compiled
def first_order(spread: float, traces: Traces) -> float:
    """How large the term of relative order 1/size may be: the spread, or four times that where all
    is learned.

    Then, p = 1, it is that of the mean square of an inverse Wishart matrix, 1 + 4/(T - M) + ...; in
    between the power of the mean p, df2/df1, was chosen such that it covers the one-loop term of
    nearly all random models.
    """
    return spread * (1.0 + 3.0 * (traces.df2 / traces.df1) ** 4) if traces.df1 > 0.0 else spread


def second_order(test: Floats, changes: tuple[tuple[Floats, Floats], ...], first: Floats) -> Floats:
    """How large the next term may be, relative to the test loss, from the relative changes c of its
    parts by one loop.

    c^2 of each part, as for a geometric series, and a quarter of the square of what the change
    might have been, as c may be small by chance; divided by 1 - c, and infinite for c >= 1.
    Calibrated against simulation.
    """
    hopeless = np.isinf(changes[0][1]) | ~np.isfinite(test) | ~np.isfinite(first) | (test < 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        planar = [np.where(np.isfinite(loss), loss / (1 + change), 0.0) for loss, change in changes]
        total = sum(planar)
        share = [np.where(total > 0, part / total, 0.0) for part in planar]
        change = sum(
            part * np.abs(change) for part, (_, change) in zip(share, changes, strict=True)
        )
        square = sum(part * change**2 for part, (_, change) in zip(share, changes, strict=True))
        error = (square + first**2 / 4) / np.maximum(1 - change, 0.0) * (total / test)
    return np.where(hopeless, np.inf, np.where(test == 0, 0.0, error))


@compiled
def _planar_points(
    nodes: Nodes,
    alpha: Floats,
    M: Floats,
    N: Floats,
    T: Floats,
    log_ridge: Floats,
    start: int,
    stop: int,
    out: Floats,
) -> None:
    for i in range(start, stop):
        if alpha[i] != nodes.alpha or M[i] != nodes.M:
            nodes = power_law_nodes(alpha[i], M[i])
        write_point(nodes, solve_point(nodes, N[i], T[i], log_ridge[i]), N[i], T[i], i, out)


def square_corner(model: ScalingModel, N: Floats, T: Floats) -> tuple[Floats, Floats]:
    """No ridge and min(N, T) = M: numerators and D all vanish; these are their ratios as the ridge
    goes to 0.
    """
    M = np.asarray(model.rank, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        signal = np.where(N == T, M * (M / (3 * model.spectrum.relative_trace(-1.0))), 0.0)
        return signal, np.where(T > M, M / (T - M), np.inf)
