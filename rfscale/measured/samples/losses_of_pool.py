"""The losses at given sizes and ridges, read off the curves of a pool."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.measured.samples.curve import PoolLosses, Rows, SampleSide, curve, rows_of, sample_side
from rfscale.measured.samples.gram import Gram
from rfscale.measured.samples.pool import Pool, interpolated
from rfscale.measured.samples.reading import best, between, interpolate
from rfscale.support.arguments import Floats

REGULAR = 0.9  # of min(N, T) that df1 is at most on the pool's own grid,
NEAR = 0.8  # and where the finer grid takes over, if it is needed:
FINEST = 2.0**-18  # it approaches df1 = min(N, T), where there is no ridge, to this
PER_OCTAVE = 3
NEWTON = 6  # steps, from within a step of the grid
ROUNDED = 1.0 + 1e-12  # as many degrees of freedom as samples are rounded, too
FAR = 0.5  # of T that df1 is at most where the pool's own grid is fine enough for T samples


class Near(NamedTuple):
    """The finer grid near df1 = n."""

    log_delta: Floats
    rows: Rows


class PoolCurves:
    """The curves of a pool, each computed when it is first asked for."""

    def __init__(self, gram: Gram, *, leverages: bool) -> None:
        self._gram = gram
        self.pool = Pool.of(gram, leverages=leverages)
        without_ridge = ROUNDED * gram.largest_df1
        self._most = self.pool.df1[0] if self.pool.unknown_below else without_ridge
        self._rows = rows_of(self.pool)
        self._log_delta = np.log(self.pool.delta)
        self._sides: dict[float, SampleSide] = {}
        self._near: dict[float, Near] = {}
        self._close_sides: dict[float, SampleSide] = {}

    def at(self, N: float, T: float, kernel_ridge: float | None) -> PoolLosses:
        """The losses at a ridge over N, or for None at the best one."""
        n = min(N, T)
        losses = curve(self._rows, self._side(T), N, T, REGULAR)
        safe = int(np.searchsorted(-losses[3], -NEAR * n, side="right"))
        if kernel_ridge is None:
            inside = int(np.argmin(losses[1, safe:])) > 0
        else:
            inside = kernel_ridge >= losses[0, safe]
        if not inside and NEAR * n < self.pool.df1[0]:
            losses = np.concatenate([self._close(N, T), losses[:, safe:]], axis=1)
        ridge = best(losses) if kernel_ridge is None else kernel_ridge
        found = PoolLosses(ridge, *interpolate(losses, ridge))
        if ridge == 0.0 and N == T < self._most:  # the peak of double descent
            return found._replace(mse=np.inf, train=0.0, order_error=np.inf)
        if self.pool.unknown_below and n > self.pool.df1[0] and ridge <= losses[0, 0]:
            return found._replace(order_error=np.inf)
        return found

    def _side(self, T: float) -> SampleSide:
        if T not in self._sides:
            self._sides[T] = sample_side(self.pool, T)
        return self._sides[T]

    def _close(self, N: float, T: float) -> Floats:
        """Near df1 = min(N, T), as far as the pool has so many degrees of freedom."""
        n = min(N, T)
        return curve(self._near_at(n).rows, self._close_side(n, T), N, T, 1.0)

    def _near_at(self, n: float) -> Near:
        if n not in self._near:
            delta = self._close_ridges(n)
            log_delta = np.log(delta)
            known = Rows(*between(self._log_delta, np.transpose(self._rows), log_delta).T.copy())
            self._near[n] = Near(log_delta, known._replace(df1=self._gram.df1(delta)))
        return self._near[n]

    def _close_ridges(self, n: float) -> Floats:
        """Rising, from a df1 very near n, or from the lowest of the grid, to 0.8 n."""
        pool = self.pool
        octaves = np.log2((1.0 - NEAR) / FINEST)
        df1 = n * (1.0 - (1.0 - NEAR) * 2.0 ** -np.arange(0.0, octaves, 1.0 / PER_OCTAVE))
        df1 = df1[df1 < pool.df1[0]][::-1]
        logs = np.interp(-df1, -pool.df1, self._log_delta)
        for _ in range(NEWTON):
            found, slope = self._gram.df1_and_slope(np.exp(logs))
            logs += (df1 - found) / slope
        if df1[0] < n * (1.0 - 2.0 * FINEST):  # so many there are not
            logs = np.append(self._log_delta[0], logs)
        step = self._log_delta[1] - self._log_delta[0]
        ends = np.cumsum([0, *(1 + (np.diff(logs) / step).astype(int))])
        return np.asarray(np.exp(np.interp(np.arange(ends[-1] + 1), ends, logs)))

    def _close_side(self, n: float, T: float) -> SampleSide:
        """Of T samples there: for fewer features read off the curve of T samples themselves."""
        if n == T:
            return self._side_at_T(T)
        log_delta = self._log_delta
        side = self._side(T)
        if n > FAR * T and self.pool.df1[0] > NEAR * T:
            far = self.pool.df1 <= NEAR * T
            log_delta = np.concatenate([self._near_at(T).log_delta, log_delta[far]])
            both = zip(self._side_at_T(T), side, strict=True)
            side = SampleSide(*(np.concatenate([near, own[far]]) for near, own in both))
        return SampleSide(
            *between(log_delta, np.transpose(side), self._near_at(n).log_delta).T.copy()
        )

    def _side_at_T(self, T: float) -> SampleSide:
        """Of T samples, near df1 = T."""
        if T not in self._close_sides:
            near = self._near_at(T)
            pool = interpolated(self.pool, np.exp(near.log_delta), near.rows.df1)
            self._close_sides[T] = sample_side(pool, T)
        return self._close_sides[T]
