r"""The covariance of parameters from one fit, without resamples: HC3, by points or by runs.

.. math:: V = (H + Q)^{-1} \Big[ \sum_g s_g s_g^T + \sigma^2 Q \Big] (H + Q)^{-1}, \qquad
          s_g = \sum_{i \in g} \frac{w_i \rho'(r_i)}{1 - h_i} J_i

with the leverages h_i of the points (MacKinnon and White 1985; groups after Liang and Zeger 1986).
Q = sigma^2/range^2 gives parameters that the points do not determine their range as standard error;
for others it is nothing. Derived here from neither: it is a definition.

A parameter at a bound counts as free, with the slopes there. For the nearest point within bounds,
in the metric of the curvature, is no farther from a truth within them than the free estimate is: an
interval as wide as that of the free estimate holds the truth no less often. Where a coefficient is
0, or nearly, that holds for a known exponent alone: nothing determines it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import Robust
from rfscale.support.arguments import Floats

LARGEST_LEVERAGE = 0.99
ROUNDING = 1e-12  # of a residual: sigma is no smaller


@dataclass(frozen=True)
class FirstOrder:
    """What follows from the slopes at a minimum, of the parameters that are not held.

    Attributes
    ----------
    is_free : ndarray of bool (p,)
    scores : ndarray (n, free)
        s of each point.
    leverages : ndarray (n,)
    inverse : ndarray (free, free)
        Of H + Q.
    prior : ndarray (free, free)
        sigma^2 Q.
    """

    is_free: NDArray[np.bool_]
    scores: Floats
    leverages: Floats
    inverse: Floats
    prior: Floats


def sandwich(
    problem: Problem,
    weights: Floats,
    groups: NDArray[np.int64],
    robust: Robust,
    best: Floats,
) -> Floats:
    """The covariance (p, p) of the fitted parameters; 0 for those held."""
    parts = first_order(problem, weights, robust, best)
    sums = np.zeros((int(groups.max()) + 1, parts.scores.shape[1]))
    np.add.at(sums, groups, parts.scores)
    half = np.concatenate([sums, np.sqrt(parts.prior)]) @ parts.inverse
    covariance = np.zeros((best.size, best.size))
    covariance[np.ix_(parts.is_free, parts.is_free)] = half.T @ half
    return covariance


def first_order(problem: Problem, weights: Floats, robust: Robust, best: Floats) -> FirstOrder:
    """Scores, leverages and curvature at the best parameters."""
    residuals, jacobian = problem.residuals_and_slopes(best[None])
    is_free = problem.is_free
    pull = robust.slopes(residuals)[0][0]
    w = np.broadcast_to(weights, pull.shape)
    J = jacobian[is_free, 0].T
    spread = np.sqrt(np.sum(w * pull**2) / w.sum())
    unit = 1.0 if problem.is_log else float(np.median(problem.loss))
    sigma = max(float(spread), ROUNDING * unit)
    precision = (sigma / _ranges(problem)[is_free]) ** 2
    all_points = _inverse(J, w, precision)
    leverages = w * np.einsum("np,pq,nq->n", J, all_points, J)
    scores = J * (w * pull / (1 - np.minimum(leverages, LARGEST_LEVERAGE)))[:, None]
    return FirstOrder(
        is_free=is_free,
        scores=scores,
        leverages=leverages,
        inverse=_inverse(J, w * robust.curvature(residuals[0], w), precision),
        prior=np.diag(sigma**2 * precision),
    )


def _ranges(problem: Problem) -> Floats:
    """Of the parameters; coefficients are no larger than losses."""
    ranges = problem.upper - problem.lower
    return np.where(np.isfinite(ranges), ranges, problem.loss.max())


def _inverse(J: Floats, weights: Floats, precision: Floats) -> Floats:
    """(J^T w J + precision)^-1, in units that make its diagonal 1."""
    curvature = (J * weights[:, None]).T @ J + np.diag(precision)
    unit = 1 / np.sqrt(curvature.diagonal())
    scaled = curvature * np.outer(unit, unit)
    return np.asarray(np.linalg.inv(scaled) * np.outer(unit, unit))
