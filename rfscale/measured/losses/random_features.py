r"""Losses of the random-feature model over N and T, in the limit of large sizes.

At M = infinity and the optimal ridge the closed form is `best_loss` of theory (25.7). At finite M,
with N and T in units of M, t = log tau, s = 1/(1 + alpha) and p = 1/(1 + tau), it is (25.9) and
(25.11), with the slopes (25.10):

.. math:: \mathrm{df}_1 = {}_2F_1(1, s; 1+s; -\tau), \qquad
          s_1 = \mathrm{df}_1 - \mathrm{df}_2 = s(\mathrm{df}_1 - p), \qquad
          c = \mathrm{df}_2 - \mathrm{df}_3 = \tfrac12 \left[s_1(1-s) + s\,p(1-p)\right],

the optimum is where c (N - df1)(T - df1) = s_1^3, and the loss is tau N T s_1 over
(N - df1)(T - df1) + (N + T - 2 df1) s_1. Along t, df1' = -s_1 and s_1' = 2c - s_1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import hyp2f1

from rfscale.support.arguments import Floats
from rfscale.theory.asymptotics.best_ridge import best_df1

STEPS = 100
CLOSE = 1e-10  # of log tau; checked before the bracket, which a converged step may leave by an ulp
LOWEST = -60.0


def ridgeless_loss(N: Any, T: Any, alpha: Any) -> Any:
    """n^-alpha/(1 - n/m) (9.17), with n the smaller and m the larger of the sizes."""
    is_first = np.real(N) < np.real(T)
    smaller = np.where(is_first, N, T)
    larger = np.where(is_first, T, N)
    return smaller**-alpha / (1 - smaller / larger)


def best_loss_finite_M(N: Any, T: Any, alpha: Any) -> Floats:
    """The loss at the optimal ridge over its constant, with N, T in units of M.

    Over C it is, for N and T -> 0, `best_loss` of theory. It is 0 where both sizes are at least 1.
    """
    N, T, alpha = np.broadcast_arrays(*(np.asarray(z, dtype=np.float64) for z in (N, T, alpha)))
    inside = np.minimum(N, T) < 1.0
    loss = np.zeros(inside.shape)
    N, T, alpha = (z[inside] for z in (N, T, alpha))
    t = _best_log_tau(N, T, alpha)
    df1, s1, _, _ = _counts(t, alpha)
    spread = (N - df1) * (T - df1) + (N + T - 2 * df1) * s1
    loss[inside] = np.exp(t) * N * T * s1 / spread
    return loss


def loss_of_features(N: Any, T: Any, M: Any, alpha: Any) -> Floats:
    """The same in the units of `best_loss`, which it becomes for M = infinity: M^-alpha/C of it."""
    s = 1 / (1 + np.asarray(alpha))
    constant = (np.pi * s / np.sin(np.pi * s)) ** (1 / s)
    return np.asarray(best_loss_finite_M(N / M, T / M, alpha) * M**-alpha / constant)


def _counts(t: Floats, alpha: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """df1, df1 - df2, df2 - df3 and p at log tau = t, in units of M."""
    s = 1 / (1 + alpha)
    tau = np.exp(t)
    p = 1 / (1 + tau)
    df1 = np.asarray(hyp2f1(1.0, s, 1 + s, -tau), dtype=np.float64)
    s1 = s * (df1 - p)
    c = (s1 * (1 - s) + s * tau * p**2) / 2
    return df1, s1, c, p


def _best_log_tau(N: Floats, T: Floats, alpha: Floats) -> Floats:
    """log tau where c (N - df1)(T - df1) = s1^3, by Newton in a bracket."""
    s = 1 / (1 + alpha)
    constant = np.pi * s / np.sin(np.pi * s)
    t = np.log(constant / best_df1(N, T, alpha)) / s  # at M = infinity
    low = np.full(t.shape, LOWEST)
    high = t + 8 / s
    live = np.arange(t.size)
    for _ in range(STEPS):
        here = t[live]
        value, slope, is_left = _optimality(here, N[live], T[live], alpha[live])
        is_right = ~is_left & (value > 0)
        high[live] = np.where(is_right, np.minimum(high[live], here), high[live])
        low[live] = np.where(is_right, low[live], np.maximum(low[live], here))
        newton = np.where(is_left, np.inf, here - value / slope)
        is_close = ~(np.abs(newton - here) >= CLOSE)  # what is no number stays so
        is_inside = (newton > low[live]) & (newton < high[live])
        t[live] = np.where(is_close | is_inside, newton, (low[live] + high[live]) / 2)
        live = live[~is_close]
        if not live.size:
            break
    return np.asarray(t)


def _optimality(
    t: Floats, N: Floats, T: Floats, alpha: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """log of c (N - df1)(T - df1)/s1^3, its slope in t, and where t is below all that counts."""
    s = 1 / (1 + alpha)
    df1, s1, c, p = _counts(t, alpha)
    is_left = (df1 >= np.minimum(N, T)) | (s1 <= 0) | (c <= 0)
    N, T, s1, c = (np.where(is_left, 1.0, z) for z in (N - df1, T - df1, s1, c))
    value = np.log(c) + np.log(N) + np.log(T) - 3 * np.log(s1)
    slope_c = ((1 - s) * (2 * c - s1) - s * p * (1 - p) * (1 - 2 * p)) / 2
    slope = slope_c / c + s1 / N + s1 / T - 3 * (2 * c - s1) / s1
    return value, slope, is_left
