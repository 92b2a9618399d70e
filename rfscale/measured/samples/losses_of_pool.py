"""The losses at given sizes and ridges, read off the curves of a pool."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline

from rfscale.measured.samples.curve import Curve, SampleSide, curve, sample_side
from rfscale.measured.samples.gram import Gram
from rfscale.measured.samples.pool import LARGEST_SHARE, Pool

REGULAR = 0.9  # of min(N, T) that df1 is at most on the pool's own grid,
NEAR = 0.8  # and where the finer grid takes over, if it is needed:
FINEST = 2.0**-18  # it approaches df1 = min(N, T), where there is no ridge, to this
PER_OCTAVE = 3
WITHOUT = 1.0 - 1e-9  # of the degrees of freedom at the weakest ridge: it can be found for these


class PoolLosses(NamedTuple):
    """At one point."""

    kernel_ridge: float
    mse: float
    train: float
    df1: float
    kappa: float
    order_error: float


class PoolCurves:
    """The curves of a pool, each computed when it is first asked for."""

    def __init__(self, gram: Gram, *, leverages: bool) -> None:
        self._gram = gram
        self._leverages = leverages
        self.pool = Pool.of(gram, leverages=leverages)
        self._sides: dict[float, SampleSide] = {}
        self._near: dict[float, Pool] = {}

    def at(self, N: float, T: float, kernel_ridge: float | None) -> PoolLosses:
        """The losses at a ridge over N, or for None at the best one."""
        losses = self._regular(N, T)
        lowest = losses.kernel_ridge[losses.df1 < NEAR * min(N, T)][0]
        if kernel_ridge is None:
            inside = int(np.argmin(losses.mse[losses.kernel_ridge >= lowest])) > 0
        else:
            inside = kernel_ridge >= lowest
        if not inside and NEAR * min(N, T) < self._most:
            every = curve(self.pool, self._sides[T], N, T)
            losses = _joined(every, self._close(N, T), NEAR * min(N, T))
        best = _best(losses) if kernel_ridge is None else kernel_ridge
        return _read(losses, best)

    @property
    def _most(self) -> float:
        """The degrees of freedom without ridge, as far as the pool knows so many."""
        return float(min(LARGEST_SHARE * self._gram.P, WITHOUT * self.pool.df1[0]))

    def _regular(self, N: float, T: float) -> Curve:
        if T not in self._sides:
            self._sides[T] = sample_side(self.pool, T)
        return curve(self.pool, self._sides[T], N, T, REGULAR)

    def _close(self, N: float, T: float) -> Curve:
        """Near df1 = min(N, T), as far as the pool has so many degrees of freedom."""
        n = min(N, T)
        if n not in self._near:
            octaves = np.log2((1.0 - NEAR) / FINEST)
            left = (1.0 - NEAR) * 2.0 ** -np.arange(0.0, octaves, 1.0 / PER_OCTAVE)
            df1 = [value for value in n * (1.0 - left) if value < self._most]
            delta = np.array([self._gram.delta_of(value) for value in df1[::-1]])
            self._near[n] = Pool.of(self._gram, leverages=self._leverages, delta=delta)
        pool = self._near[n]
        return curve(pool, sample_side(pool, T), N, T)


def _joined(losses: Curve, close: Curve, df1: float) -> Curve:
    """The curve below so many degrees of freedom, the close one above, and what is beyond that."""
    kept = losses.df1 < df1
    beyond = losses.df1 > (close.df1[0] if close.df1.size else df1)
    rows = zip(close, losses, strict=True)
    parts = ((values[beyond], near, values[kept]) for near, values in rows)
    return Curve(*(np.concatenate(part) for part in parts))


def _best(losses: Curve) -> float:
    """The ridge of the least error: of the parabola through three points, or an end."""
    k = int(np.argmin(losses.mse))
    if k in (0, losses.mse.size - 1):
        return float(losses.kernel_ridge[k])
    x = np.log(losses.kernel_ridge[k - 1 : k + 2])
    curvature, slope, _ = np.polyfit(x - x[1], losses.mse[k - 1 : k + 2], 2)
    return float(np.exp(x[1] - slope / (2.0 * curvature)))


def _read(losses: Curve, kernel_ridge: float) -> PoolLosses:
    """By cubic splines in the logarithm of the ridge, which is taken from within the grid."""
    logs = np.log(losses.kernel_ridge)
    at = np.clip(np.log(max(kernel_ridge, 1e-300)), logs[0], logs[-1])
    columns = np.stack([np.log(losses.mse), losses.train / losses.mse, *np.log(losses[3:])])
    log_mse, share, *others = CubicSpline(logs, columns, axis=1)(at)
    mse = np.exp(log_mse)
    return PoolLosses(kernel_ridge, mse, mse * max(share, 0.0), *np.exp(others))
