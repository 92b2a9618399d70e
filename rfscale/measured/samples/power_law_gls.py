r"""A power law fitted to df1 at given kappa, by generalised least squares (23.11).

With r = df1 - b less the power law's df1, and C its covariance at the fit itself,

.. math:: \chi^2(\alpha, \lambda_+, M) = r^T C^{-1} r

A head of h directions that are no power law adds c_0 - c_1 kappa to df1, h at kappa = 0: both are
eliminated from the residuals. Derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, least_squares

from rfscale.measured.samples.power_law_points import Residuals, Shape, population, scatter
from rfscale.support.arguments import Floats

ROUNDS = 3  # fits, each with the covariance at the one before
LARGEST_M = 1e9  # beyond it a spectrum has no end
STEPS = np.array([0.1, 0.1, 0.5])  # of alpha, log scale and log M
LOWER = np.array([0.005, -700.0])
UPPER = np.array([20.0, 700.0])
WITHIN = 3.84  # of chi^2 above its minimum: 95 percent


class Points(NamedTuple):
    """The degrees of freedom that a sample shows."""

    kappa: Floats  # (K,)
    df1: Floats  # (K,)
    T: float
    head: int  # directions that are no power law


class Fitted(NamedTuple):
    """The best power law, how residuals are weighed at it, and what is left."""

    shape: Shape
    residuals: Residuals
    slopes: Floats  # of whitened residuals by alpha, log scale, log M, (K, 3)
    chi2: float


def fitted(points: Points, start: Shape) -> Fitted:
    """The power law of the least chi^2."""
    shape = start
    equal = Residuals(whitening=np.diag(1.0 / points.df1), shift=np.zeros(points.df1.size))
    shape = Shape(*_least(points, equal, np.array(shape)).x)
    for _ in range(ROUNDS):
        sums = population(shape, points.kappa, points.head)
        residuals = scatter(sums, points.df1, points.T)
        found = _least(points, residuals, np.array(shape))
        shape = Shape(*found.x)
    return Fitted(shape, residuals, found.jac, float(2.0 * found.cost))


def _least(points: Points, residuals: Residuals, start: Floats, log_M: float | None = None):
    """The least squares over alpha, log scale and log M, or with a given M."""
    free = 3 if log_M is None else 2
    least_M = np.log(max(points.df1.max(), points.head + 2.0))
    bounds = (np.append(LOWER, least_M)[:free], np.append(UPPER, np.log(LARGEST_M))[:free])
    inside = np.clip(start[:free], bounds[0] + 1e-6, bounds[1] - 1e-6)
    of = whitened(points, residuals)

    def left(values: Floats) -> Floats:
        return of(Shape(*values) if log_M is None else Shape(*values, log_M))

    return least_squares(left, inside, x_scale=STEPS[:free], bounds=bounds, max_nfev=100)


def whitened(points: Points, residuals: Residuals) -> Callable[[Shape], Floats]:
    """The residuals of a power law, of covariance 1, without what a head explains."""
    rest = np.eye(points.kappa.size)
    if points.head:
        head = np.stack([np.ones(points.kappa.size), points.kappa / points.kappa.max()], axis=1)
        q, _ = np.linalg.qr(residuals.whitening @ head)
        rest = rest - q @ q.T
    seen = rest @ residuals.whitening @ (points.df1 - residuals.shift)

    def left(shape: Shape) -> Floats:
        df1 = population(shape, points.kappa, points.head).df1
        return seen - rest @ residuals.whitening @ df1

    return left


def profile_interval(points: Points, fit: Fitted, within: float = WITHIN) -> tuple[float, float]:
    """M whose chi^2 is at most so much above the least, 95 percent; `inf` if it has no upper end."""
    ends = []
    for sign, last in ((-1.0, np.log(max(points.df1.max(), 2.0))), (1.0, np.log(LARGEST_M))):
        ends.append(_end(points, fit, sign, last, within))
    return ends[0], ends[1]


def _end(points: Points, fit: Fitted, sign: float, last: float, within: float) -> float:
    start = np.array(fit.shape)

    def above(log_M: float) -> float:
        found = _least(points, fit.residuals, start, log_M)
        return float(2.0 * found.cost - fit.chi2 - within)

    inner = fit.shape.log_M
    span = abs(last - inner)
    for step in np.geomspace(0.02, 1.0, 8) * span:
        outer = fit.shape.log_M + sign * step
        if above(outer) > 0.0:
            end = np.exp(brentq(above, inner, outer, xtol=1e-6, rtol=1e-4))
            return float(np.floor(end) if sign < 0.0 else np.ceil(end))
        inner = outer
    return float(np.floor(np.exp(last))) if sign < 0.0 else np.inf
