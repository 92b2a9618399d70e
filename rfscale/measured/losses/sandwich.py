r"""The covariance of parameters from one fit, without resamples: HC3, by points or by runs.

.. math:: V = (H + Q)^{-1} \Big[ \sum_g s_g s_g^T + \sigma^2 Q \Big] (H + Q)^{-1}, \qquad
          s_g = (1 - G_g A)^{-1} \sum_{i \in g} w_i \rho'(r_i) J_i, \quad
          G_g = \sum_{i \in g} w_i J_i J_i^T, \quad A = (G + Q)^{-1}, \quad G = \sum_g G_g

and for a single point s_i = w_i rho' J_i/(1 - h_i) with its leverage h_i: to first order what the
parameters do without it (MacKinnon and White 1985; groups after Liang and Zeger 1986).
Q = sigma^2/range^2 gives parameters that the points do not determine their range as standard error;
for others it is nothing. Derived here from neither: it is a definition.

A leverage counts as 0.99 at most: what a point or a run alone determines has an error of a hundred
of its own residuals, as it has no residual to tell its error.

A parameter at a bound counts as free, with the slopes there. The fit without bounds would be beyond
it; the truth is not. The fit at the bound is nearer to the truth, and an interval that is as wide
about it holds the truth no less often. For a coefficient near 0 this takes a known exponent, as
then nothing determines the exponent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import Robust
from rfscale.support.arguments import Floats

LARGEST_LEVERAGE = 0.99


@dataclass(frozen=True)
class FirstOrder:
    """What follows from the slopes at a minimum, of the parameters that are not held.

    Attributes
    ----------
    is_free : ndarray of bool (p,)
    scores : ndarray (n, free)
        s of each point.
    leverages : ndarray (n,)
    pulls : ndarray (n,)
        w^(1/2) rho'.
    root : ndarray (free, free)
        R R^T is the inverse curvature were all points in the zone.
    whitened : ndarray (n, free)
        w^(1/2) J R, whose squares sum to the leverages.
    inverse : ndarray (free, free)
        Of H + Q.
    prior : ndarray (free, free)
        sigma^2 Q.
    """

    is_free: NDArray[np.bool_]
    scores: Floats
    leverages: Floats
    pulls: Floats
    root: Floats
    whitened: Floats
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
    is_grouped = np.bincount(groups).max() > 1
    scores = _scores_of_groups(parts, groups) if is_grouped else parts.scores
    half = np.concatenate([scores, np.sqrt(parts.prior)]) @ parts.inverse
    covariance = np.zeros((best.size, best.size))
    covariance[np.ix_(parts.is_free, parts.is_free)] = half.T @ half
    return covariance


def _scores_of_groups(parts: FirstOrder, groups: NDArray[np.int64]) -> Floats:
    """s (groups, free), with the eigenvalues of the leverage of each group."""
    Z = parts.whitened
    free = range(Z.shape[1])
    squares = np.stack([_sums(Z * Z[:, [j]], groups) for j in free], axis=2)
    values, axes = np.linalg.eigh(squares)
    along = np.einsum("gpk,gp->gk", axes, _sums(Z * parts.pulls[:, None], groups))
    along /= 1 - np.minimum(values, LARGEST_LEVERAGE)
    return np.asarray(np.linalg.solve(parts.root.T, np.einsum("gpk,gk->pg", axes, along)).T)


def _sums(values: Floats, groups: NDArray[np.int64]) -> Floats:
    """Of columns over the rows of each group (groups, columns)."""
    return np.stack([np.bincount(groups, column) for column in values.T], axis=1)


def first_order(problem: Problem, weights: Floats, robust: Robust, best: Floats) -> FirstOrder:
    """Scores, leverages and curvature at the best parameters."""
    residuals, jacobian = problem.residuals_and_slopes(best[None])
    is_free = problem.is_free
    pull = robust.slopes(residuals)[0][0]
    w = np.broadcast_to(weights, pull.shape)
    J = jacobian[is_free, 0].T
    spread = np.sqrt(np.sum(w * pull**2) / w.sum())
    sigma = max(float(spread), problem.rounding)
    precision = sigma / _ranges(problem)[is_free]
    root = _root_of_inverse(J, w, precision)
    within = _root_of_inverse(J, w * robust.curvature(residuals[0], w), precision)
    whitened = np.sqrt(w)[:, None] * J @ root
    leverages = np.sum(whitened**2, axis=1)
    scores = J * (w * pull / (1 - np.minimum(leverages, LARGEST_LEVERAGE)))[:, None]
    return FirstOrder(
        is_free=is_free,
        scores=scores,
        leverages=leverages,
        pulls=np.sqrt(w) * pull,
        root=root,
        whitened=whitened,
        inverse=within @ within.T,
        prior=np.diag((sigma * precision) ** 2),
    )


def _ranges(problem: Problem) -> Floats:
    """Of the parameters; coefficients are no larger than losses."""
    ranges = problem.upper - problem.lower
    return np.where(np.isfinite(ranges), ranges, problem.loss.max())


def _root_of_inverse(J: Floats, weights: Floats, precision: Floats) -> Floats:
    """R with R R^T = (J^T w J + precision^2)^-1, from singular values: no squares are lost."""
    rows = np.concatenate([np.sqrt(weights)[:, None] * J, np.diag(precision)])
    unit = 1 / np.linalg.norm(rows, axis=0)
    _, sizes, axes = np.linalg.svd(rows * unit, full_matrices=False)
    sizes = np.maximum(sizes, np.finfo(float).eps * sizes[0])
    return np.asarray(unit[:, None] * axes.T / sizes)
