r"""Closed forms of the loss without ridge, for any spectrum.

With n = min(N, T), m = max(N, T) and df1(Delta) = n (7.1),

.. math:: n < M:\quad L_\mathrm{signal} = \frac{\sigma_w^2}{2M} \frac{\Delta\,n}{1 - n/m}, \qquad
          L_\mathrm{noise} = \frac{\sigma_\epsilon^2}{2} \Big[ \frac{n/m}{1 - n/m}
          + \frac{\mathrm{df}_2}{T - \mathrm{df}_2}\ \text{if}\ T < N \Big]

which are (7.2) to (7.4), and for M <= N, T no signal is lost (7.6), but at N = T = M (7.7), and the
noise is sigma_eps^2/2 M/(T - M). Source: [MRS], any spectrum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.support.arguments import Floats, broadcast, ridges, sizes
from rfscale.support.products import times
from rfscale.theory.assembly import inverse_trace
from rfscale.theory.asymptotics.regime import check_regime
from rfscale.theory.equations.losses import CornerSums, square_corner
from rfscale.theory.kernels import FixedPoint
from rfscale.theory.solution import solve


def ridgeless(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> tuple[Floats, Floats]:
    """Signal and noise loss at ridge 0 in the three regimes N < T, T < N and M <= N, T.

    Regime ridge = 0; exact for infinite sizes, where the relative error is of order 1/size
    (`ridgeless_finite_size_signal`). Infinite at N = T < M; at N = T = M the signal is
    (sigma_w^2/2M) M^2/(3 sum 1/lambda), the limit ridge -> 0.

    Parameters
    ----------
    model : ScalingModel
    N, T : array_like
        Numbers of features and samples > 0; `numpy.inf` is allowed.

    Returns
    -------
    signal, noise : ndarray

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000), sigma_eps=0.1)
    >>> signal, noise = ridgeless(model, N=100, T=200)
    >>> print(signal, noise)
    2.240e-05 0.00500
    """
    require_model(model, plain=True)
    N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
    M = model.rank
    n = np.minimum(N, T)
    m = np.maximum(N, T)
    delta, point = _resolution(model, n)
    corner = _corner(model, N, T)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(np.isinf(m), 0.0, n / m)
        signal = np.where(n < M, delta * n / (1 - share), corner)
        noise = share / (1 - share) + np.where(T < N, point.df2 / (T - point.df2), 0.0)
        noise = np.where(n < M, noise, np.where(T == M, np.inf, M / np.maximum(T - M, 0.0)))
    return times(model.units.signal, signal), times(model.units.noise, noise)


def ridgeless_finite_size_signal(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> Floats:
    r"""The signal loss at ridge 0 with its 1/size correction (7.22).

    .. math:: \frac{\sigma_w^2}{2M} \frac{m-1}{m-n-1} \Delta
              \Big[ n + \frac{n\,\mathrm{df}_3 - \mathrm{df}_2^2}{(n - \mathrm{df}_2)^2} \Big]

    The factor of m is exact, the bracket to one loop. Regime n - df2 >> 1; relative error
    df2/(n (n - df2)^2), calibrated by simulation: the true one was at most half of that. Warns
    where it is above 10 percent. Infinite where m - n <= 1; zero where M <= N, T.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=400))
    >>> print(ridgeless_finite_size_signal(model, N=20, T=60) / ridgeless(model, N=20, T=60)[0])
    1.0324
    """
    require_model(model, plain=True)
    N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
    n = np.minimum(N, T)
    m = np.maximum(N, T)
    delta, point = _resolution(model, n)
    s = point.df1_minus_df2
    c = point.df2_minus_df3
    with np.errstate(divide="ignore", invalid="ignore"):
        # n df3 - df2^2 with n = df1, as a sum that does not cancel as n -> M: df2 s - n c
        from_scarce = (point.df2 * s - n * c) / s**2
        data_factor = np.where(np.isinf(m), 1.0, np.where(m - n > 1, (m - 1) / (m - n - 1), np.inf))
        loss = data_factor * delta * (n + from_scarce)
    learnable = n < model.rank
    error = np.where(learnable, _second_order(point), 0.0)
    check_regime("ridgeless_finite_size_signal", "n - df2 >> 1", error)
    return times(model.units.signal, np.where(learnable, loss, 0.0))


def ridgeless_finite_size_noise(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> Floats:
    r"""The noise loss at ridge 0 at finite size, (7.16), (7.18) and (7.25).

    .. math:: n < T:\; \frac{\sigma_\epsilon^2}{2} \frac{n}{T - n - 1}, \qquad T < N, M:\;
              \frac{\sigma_\epsilon^2}{2} \Big[ \frac{T + \mathrm{df}_2/s}{N - T - 1} +
              \frac{\mathrm{df}_2}{s} + \frac{\mathrm{df}_2}{s^2} + T \frac{4 v^2 - 4 v s + 3 w
              s}{s^4} \Big]

    with n = min(N, M), s = T - df2, v = sum p q^2 and w = sum p^2 q^2. The first is exact, the mean
    of an inverse Wishart matrix; the second is exact in N and to one loop in the data, regime T -
    df2 >> 1; relative error 1.25 df2/(T s^2), calibrated by simulation: the true one was at most as
    large. Warns where it is above 10 percent. Infinite at T - n <= 1 in the first, at N - T <= 1 in
    the second.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(1.0, M=400), sigma_eps=1.0)
    >>> print(ridgeless_finite_size_noise(model, N=[20, 90], T=41))
    [0.5 0.980]
    """
    require_model(model, plain=True)
    N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
    n = np.minimum(N, model.rank)
    fewer = (T < N) & (model.rank > T)
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.where(T - n > 1, np.where(np.isinf(T), 0.0, n / (T - n - 1)), np.inf)
        one_loop, error = _noise_of_few_samples(model, N, np.minimum(T, n))
    check_regime("ridgeless_finite_size_noise", "T - df2 >> 1", np.where(fewer, error, 0.0))
    return times(model.units.noise, np.where(fewer, one_loop, exact))


def _noise_of_few_samples(model: ScalingModel, N: Floats, T: Floats) -> tuple[Floats, Floats]:
    """The noise for T < N in units of sigma_eps^2/2, and its relative error."""
    delta, point = _resolution(model, T)
    with np.errstate(over="ignore", under="ignore"):
        v = model.spectrum.moment(1, 2, delta * model.spectrum.largest)
        w = model.spectrum.moment(2, 2, delta * model.spectrum.largest)
    s = point.df1_minus_df2
    df2 = point.df2
    features = np.where(N - T > 1, (T + df2 / s) / (N - T - 1), np.inf)
    data = df2 / s + df2 / s**2 + T * (4 * v**2 - 4 * v * s + 3 * w * s) / s**4
    return features + data, 1.25 * _second_order(point)


def plateau_features(model: ScalingModel, N: ArrayLike, T: ArrayLike = np.inf) -> Floats:
    """The plateau of the ridgeless loss as T -> infinity: (sigma_w^2/2M) N Delta(N) (10.1).

    It is set by N alone. Regime N << T: used at a finite T it warns where the loss without ridge,
    its signal 1/(1 - N/T) larger and with label noise, differs by more than 10 percent. Zero for N
    >= M.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> print(plateau_features(ScalingModel(PowerLaw(alpha=1.0, M=1000)), N=100))
    1.120e-05
    """
    N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
    plateau = ridgeless(model, N, np.inf)[0]
    check_regime("plateau_features", "N << T", _distance(model, N, T, plateau))
    return plateau


def plateau_data(model: ScalingModel, T: ArrayLike, N: ArrayLike = np.inf) -> Floats:
    """The plateau of the ridgeless loss as N -> infinity, (10.1) and (10.3).

    It is (sigma_w^2/2M) T Delta(T) + (sigma_eps^2/2) df2/(T - df2). Regime T << N: used at a finite
    N it warns where the loss without ridge, its signal 1/(1 - T/N) larger, differs by more than 10
    percent. For T > M it is sigma_eps^2/2 M/(T - M).

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000), sigma_eps=0.1)
    >>> print(plateau_data(model, T=100))  # near the floor sigma_eps^2 alpha/2 = 0.005
    0.0054
    """
    T, N = broadcast(T=sizes("T", T), N=sizes("N", N))
    plateau = np.add(*ridgeless(model, np.inf, T))
    check_regime("plateau_data", "T << N", _distance(model, N, T, plateau))
    return plateau


def peak(model: ScalingModel, N: ArrayLike, ridge: ArrayLike) -> Floats:
    r"""The height of the double-descent peak of the signal loss, N = T < M, at a small ridge (8.5).

    .. math:: \frac{\sigma_w^2}{4M} \Delta^{3/2} N^2 \sqrt{\frac{\sigma_u^2}{\gamma M}}

    Regime h = sqrt(gamma M/(sigma_u^2 Delta)) << df1 - df2; relative error h/(df1 - df2), warns
    above 10 percent.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> print(peak(ScalingModel(PowerLaw(alpha=1.0, M=4000)), N=400, ridge=1e-13))
    0.0265
    """
    require_model(model, plain=True)
    N, ridge = broadcast(N=sizes("N", N), ridge=_positive_ridge(ridge))
    if np.any(model.rank <= N):
        raise ValueError(f"N must be below M = {model.rank}, got {N.max():g}")
    delta, point = _resolution(model, N)
    with np.errstate(over="ignore"):
        h = np.exp(model.units.log_ridge(ridge) / 2) / np.sqrt(delta)
        check_regime("peak", "a small ridge", h / point.df1_minus_df2)
        return times(model.units.signal, delta * N**2 / (2 * h))


def _corner(model: ScalingModel, N: Floats, T: Floats) -> Floats:
    """The signal in units of lambda_+ at N = T = M (7.7), and 0 elsewhere."""
    M = np.asarray(model.rank, dtype=np.float64)
    sums = zip(M.flat, np.broadcast_to(inverse_trace(model, N, T), M.shape).flat, strict=True)
    values = [square_corner(CornerSums(m, m, inverse)) for m, inverse in sums]
    return np.where((N == M) & (T == M), np.reshape(values, M.shape), 0.0)


def _resolution(model: ScalingModel, n: Floats) -> tuple[Floats, FixedPoint]:
    """Delta in units of lambda_+ where df1(Delta) = n (7.1), and the traces there; 0 for n >= M."""
    point = solve(model, n, np.full(n.shape, np.inf), np.zeros(n.shape))
    return np.exp(point.log_delta), point


def _second_order(point: FixedPoint) -> Floats:
    """df2/(n (n - df2)^2), which the terms beyond one loop are of: it cannot cancel."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return point.df2 / (point.df1 * point.df1_minus_df2**2)


def _distance(model: ScalingModel, N: Floats, T: Floats, plateau: Floats) -> Floats:
    """How far the ridgeless loss is from a plateau, relatively; label noise may put it below."""
    loss = np.add(*ridgeless(model, N, T))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(loss == plateau, 0.0, np.abs(loss / plateau - 1))


def _positive_ridge(ridge: ArrayLike) -> Floats:
    strengths = ridges(ridge)
    bad = ~((strengths > 0) & np.isfinite(strengths))
    if np.any(bad):
        raise ValueError(f"ridge must be finite and > 0, got {strengths[bad].flat[0]:g}")
    return strengths
