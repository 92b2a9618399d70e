r"""A power law fitted to df1 at given kappa, by generalised least squares (23.12).

With r = df1 - b less the power law's df1, and C its covariance at the fit itself,

.. math:: \chi^2(\alpha, \lambda_+, M) = r^T C^{-1} r

A head of h directions that are no power law has h - c_1 kappa + c_2 kappa^2 of df1 where kappa is
below their eigenvalues: both terms are eliminated from the residuals. Derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import OptimizeResult, brentq, least_squares

from rfscale.measured.samples.power_law_points import Residuals, Shape, population, scatter
from rfscale.support.arguments import Floats

ROUNDS = 3  # fits, each with the covariance at the one before
LARGEST_M = 1e9  # beyond it a spectrum has no end
STEPS = np.array([0.1, 0.1, 0.5])  # of alpha, log scale and log M
LOWER = np.array([-1.0, -700.0])  # alpha = -1: all eigenvalues are equal
UPPER = np.array([20.0, 700.0])
WITHIN = 3.84  # of chi^2 above its minimum: 95 percent
SEARCH = np.geomspace(0.02, 1.0, 8)  # of the way to the farthest M


class Points(NamedTuple):
    """The degrees of freedom that a sample shows."""

    kappa: Floats  # (K,)
    df1: Floats  # (K,)
    T: float
    head: int = 0  # directions that are no power law
    misfit: float = 0.0  # relative deviation from a power law, of independent points


class Fitted(NamedTuple):
    """The best power law, and how it answers to the points."""

    shape: Shape
    residuals: Residuals
    slopes: Floats  # of whitened residuals by the free parameters, (K, 2 or 3)
    response: Floats  # of the free parameters to df1, (2 or 3, K)
    chi2: float

    @property
    def own_covariance(self) -> Floats:
        """Of the free parameters, if the residuals scatter as they are weighed."""
        return np.asarray(np.linalg.pinv(self.slopes.T @ self.slopes))

    def covariance(self, of_df1: Floats) -> Floats:
        """Of the free parameters, for a covariance of df1."""
        return self.response @ of_df1 @ self.response.T


def fitted(points: Points, start: Shape, M: float | None = None) -> Fitted:
    """The power law of the least chi^2, with a known M or not."""
    log_M = None if M is None else float(np.log(M))
    equal = Residuals.equal(points.df1)
    shape = _with_M(_least(points, equal, start, log_M).x, log_M)
    for _ in range(ROUNDS):
        sums = population(shape, points.kappa, points.head)
        residuals = scatter(sums, points.df1, points.T, points.misfit)
        found = _least(points, residuals, shape, log_M)
        shape = _with_M(found.x, log_M)
    response = -np.linalg.pinv(found.jac) @ _without_head(points, residuals)
    return Fitted(shape, residuals, found.jac, response, float(2.0 * found.cost))


def _with_M(values: Floats, log_M: float | None) -> Shape:
    """alpha, log scale and log M, which is given or the third of the values."""
    return Shape(values[0], values[1], values[2] if log_M is None else log_M)


def _least(
    points: Points, residuals: Residuals, start: Shape, log_M: float | None = None
) -> OptimizeResult:
    """The least squares over alpha, log scale and log M, or with a given M."""
    free = 3 if log_M is None else 2
    least_M = np.log(max(points.df1.max(), points.head + 2.0))
    lower = np.append(LOWER, least_M)[:free]
    upper = np.append(UPPER, np.log(LARGEST_M))[:free]
    inside = np.clip(np.array(start)[:free], lower + 1e-6, upper - 1e-6)
    left_by = whitened(points, residuals)

    def left(values: Floats) -> Floats:
        return left_by(_with_M(values, log_M))

    return least_squares(left, inside, x_scale=STEPS[:free], bounds=(lower, upper), max_nfev=100)


def whitened(points: Points, residuals: Residuals) -> Callable[[Shape], Floats]:
    """The residuals of a power law, of covariance 1, without what a head explains."""
    weights = _without_head(points, residuals)
    seen = weights @ (points.df1 - residuals.shift - points.head)

    def left(shape: Shape) -> Floats:
        return seen - weights @ population(shape, points.kappa, points.head).df1

    return left


def _without_head(points: Points, residuals: Residuals) -> Floats:
    """The whitening, and after it the projection on what no head explains."""
    if not points.head:
        return residuals.whitening
    kappa = points.kappa / points.kappa.max()
    q, _ = np.linalg.qr(residuals.whitening @ np.stack([kappa, kappa**2], axis=1))
    return residuals.whitening - q @ (q.T @ residuals.whitening)


def profile_interval(points: Points, fit: Fitted, within: float = WITHIN) -> tuple[float, float]:
    """The M, whole, whose chi^2 is at most so much above the least; `inf` where there is no end."""
    least = np.log(max(points.df1.max(), points.head + 2.0))
    low = _end(points, fit, least, within)
    high = _end(points, fit, np.log(LARGEST_M), within)
    return float(np.floor(np.exp(low))), float(np.ceil(np.exp(high))) if high < np.inf else np.inf


def _end(points: Points, fit: Fitted, last: float, within: float) -> float:
    """log M on the way to the last one where chi^2 is too large; beyond the largest `inf`."""

    def above(log_M: float) -> float:
        found = _least(points, fit.residuals, fit.shape, log_M)
        return float(2.0 * found.cost - fit.chi2 - within)

    inner = fit.shape.log_M
    for share in SEARCH:
        outer = fit.shape.log_M + share * (last - fit.shape.log_M)
        if outer != inner and above(outer) > 0.0:
            return float(brentq(above, inner, outer, xtol=1e-6, rtol=1e-5))
        inner = outer
    return last if last < fit.shape.log_M else np.inf
