r"""The planar losses of any teacher and test spectrum: the answer at infinite sizes, at any ridge.

With y_N = 1 - df1/N, y_T = 1 - df1/T, s = df1 - df2, and sums over the spectrum weighted by rho =
lambda'/lambda and by W = w_J^2 as superscripts, (5.7) over N T, (15.3) and (15.4) are

.. math:: D = y_N y_T + s\,(y_N/T + y_T/N)
.. math:: L_\mathrm{signal} = \frac{\sigma_w^2}{2M} \Delta \Big[ s^{\rho W} + \frac1D \Big(
          \frac{y_T}{N} \mathrm{df}_2^W s^\rho + \frac{y_N}{T} \mathrm{df}_2^\rho s^W + \frac{s}{N
          T} \mathrm{df}_1^\rho \mathrm{df}_1^W \Big) \Big], \qquad L_\mathrm{noise} =
          \frac{\sigma_\epsilon^2}{2} \frac{\mathrm{df}_2^\rho\, y_N + \mathrm{df}_1^\rho\, s/N}{T
          D}

sums of positive terms that stay finite for N or T = infinity. For rho = W = 1 they are

.. math:: L_\mathrm{signal} = \frac{\sigma_w^2}{2M} \frac{\Delta s}{D}, \qquad L_\mathrm{noise} =
          \frac{\sigma_\epsilon^2}{2} \frac{\mathrm{df}_2\, y_N + \mathrm{df}_1\, s/N}{T D}, \qquad
          L_\mathrm{train} = y_T^2 (2L + \sigma_\epsilon^2)

which are (5.8), (5.9) and (5.12). Source: [Zhang]; [Simon] and [AZP] for a given teacher.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.traces.quadrature import WeightedMoments
from rfscale.traces.sums import Traces


class Saddle(NamedTuple):
    """The saddle point, in units of the sizes: the losses depend on it and on sums alone."""

    y_N: float  # 1 - df1/N
    y_T: float
    iN: float  # 1/N
    iT: float
    D: float  # (5.7) over N T


class Terms(NamedTuple):
    """Losses as traces. Those of the signal are to be multiplied with Delta (`times_delta`)."""

    signal: float
    noise: float
    train_signal: float  # over y_T^2, as the next
    train_noise: float


@compiled
def saddle_of(s: float, y_N: float, y_T: float, N: float, T: float) -> Saddle:
    """The saddle point of sizes N and T, with D as in (5.7)."""
    iN = 1.0 / N
    iT = 1.0 / T
    return Saddle(y_N, y_T, iN, iT, y_N * y_T + s * (y_N * iT + y_T * iN))


@compiled
def dual(saddle: Saddle) -> Saddle:
    """Features and samples exchanged (2.10)."""
    return Saddle(saddle.y_T, saddle.y_N, saddle.iT, saddle.iN, saddle.D)


@compiled
def isotropic_terms(traces: Traces, saddle: Saddle) -> Terms:
    """(5.8), (5.9) and (5.12): the fast path for rho = W = 1, which needs fewer sums."""
    s = traces.df1_minus_df2
    D = saddle.D
    noise = noise_term(traces.df1, traces.df2, s, saddle)
    return Terms(s / D, noise, s / D, 1.0 + noise)


@compiled
def planar_terms(moments: WeightedMoments, saddle: Saddle) -> Terms:
    """(15.3), (15.4), and the training loss (5.12) for any teacher."""
    one, rho, W, both = moments
    y_N, _, iN, _, D = saddle
    s = one.s
    noise = noise_term(rho.df1, rho.df2, s, saddle)
    train_signal = (W.s * y_N + s * W.df1 * iN) / D
    train_noise = 1.0 + noise_term(one.df1, one.df2, s, saddle)
    return Terms(both.s + signal_variance(moments, saddle), noise, train_signal, train_noise)


@compiled
def noise_term(df1: float, df2: float, s: float, saddle: Saddle) -> float:
    """(15.4): df1 and df2 are weighted by rho for the test loss, by 1 for the training loss."""
    y_N, _, iN, iT, D = saddle
    return (df2 * y_N + s * df1 * iN) * iT / D


@compiled
def signal_variance(moments: WeightedMoments, saddle: Saddle) -> float:
    """The planar signal beyond its bias: the second term of (15.3)."""
    one, rho, W, _ = moments
    y_N, y_T, iN, iT, D = saddle
    in_N = W.df2 * rho.s * y_T * iN
    in_T = rho.df2 * W.s * y_N * iT
    return (in_N + in_T + one.s * rho.df1 * W.df1 * iN * iT) / D


@compiled
def fluctuation(s: float, saddle: Saddle) -> float:
    """The variance of log[(N - df1)(T - df1)] by fluctuations (6.16): what the losses expand in."""
    y_N, y_T, iN, iT, D = saddle
    return (y_T * iN + y_N * iT + 2.0 * s * iN * iT) / D if D > 0.0 else np.inf


@compiled
def times_delta(z: float, signal: float, trace: float) -> float:
    """Delta times a term, over min(1, sqrt(Delta/lambda_+)), at z = log(Delta/lambda_+).

    As Delta grows it tends to `trace`, that of the training or the test spectrum times W.
    """
    if z <= 0.0:
        return np.exp(z / 2.0) * signal if z > -np.inf else signal
    return np.exp(z) * signal if z < 300.0 else trace
