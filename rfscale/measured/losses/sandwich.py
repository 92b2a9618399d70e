r"""The covariance of parameters from one fit, without resamples: HC3, by points or by runs.

.. math:: V = H^{-1} \Big[ \sum_g s_g s_g^T \Big] H^{-1}, \qquad
          s_g = \sum_{i \in g} \frac{w_i \rho'(r_i)}{1 - h_i} J_i

with the leverages h_i of the points (MacKinnon and White 1985; groups after Liang and Zeger 1986).
Derived here from neither: it is their definition.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.robust import OUTSIDE, Robust
from rfscale.support.arguments import Floats

LARGEST_LEVERAGE = 0.99


def sandwich(
    problem: Problem,
    weights: Floats,
    groups: NDArray[np.int64],
    robust: Robust,
    best: Floats,
) -> Floats:
    """The covariance (p, p) of the fitted parameters; 0 for those held or at a bound."""
    is_free = (best > problem.lower) & (best < problem.upper)
    residuals, jacobian = problem.residuals_and_slopes(best[None])
    pull, curvature = (part[0] for part in robust.slopes(residuals))
    J = jacobian[is_free, 0].T
    w = np.broadcast_to(weights, pull.shape)
    counted = np.where(curvature > OUTSIDE, curvature, 0.0)
    inverse = np.linalg.pinv((J * (w * counted)[:, None]).T @ J, hermitian=True)
    all_points = np.linalg.pinv((J * w[:, None]).T @ J, hermitian=True)
    leverage = w * np.einsum("np,pq,nq->n", J, all_points, J)
    scores = J * (w * pull / (1 - np.minimum(leverage, LARGEST_LEVERAGE)))[:, None]
    sums = np.zeros((int(groups.max()) + 1, J.shape[1]))
    np.add.at(sums, groups, scores)
    covariance = np.zeros((best.size, best.size))
    covariance[np.ix_(is_free, is_free)] = inverse @ (sums.T @ sums) @ inverse
    return covariance
