r"""Small draws in compiled batches: the interpreter would take longer than the arithmetic.

One ridge needs no singular values. With the QR decomposition of phi (T <= N) or phi^T (N < T) above
sqrt(gamma) 1, whose first rows are Q_1, the matrix P = phi^T (gamma + phi phi^T)^{-1} of (1.8) is
the product L F of

.. math:: L = R^{-1},\; F = Q_1^T \quad (T \le N), \qquad L = Q_1,\; F = R^{-T} \quad (N < T),

and with G = x L and W = F u the losses (1.15) and (1.14) are

.. math:: \mathrm{signal} = \mathrm{tr}\Lambda - 2\, \mathrm{tr}\, W \Lambda G + \mathrm{tr}\, G^T
          G\, W \Lambda W^T, \qquad \mathrm{noise} = \mathrm{tr}\, L^T L\, W \Lambda W^T.

The residual 1 - P phi of the training labels is gamma R^{-1} R^{-T} or 1 - Q_1 Q_1^T. This is as
accurate as the singular value decomposition, which takes over where phi has no full rank or is
ill-conditioned, or small beside the ridge.

Trainings other than ridges are filters in Python. All draws of a batch are decomposed first, then
each filter sees the singular values of all of them at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.simulation.one_draw import kernels
from rfscale.simulation.one_draw.kernels import EPS, Projections, Roots, draw_block
from rfscale.simulation.one_draw.losses import (
    NOISE,
    PARTS,
    SIGNAL,
    TRAIN_NOISE,
    TRAIN_SIGNAL,
    add_average_losses,
)
from rfscale.simulation.one_draw.shrinkage import Shrinkage, ridge_shrinkage
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled

CONDITION = 1e6  # of R, up to which it is used
LARGEST_RATIO = 100.0  # of the ridge to |phi|^2: Q_1 is known to eps only, however small it is

_fit = compiled(kernels.fit)
_fit_factors = compiled(kernels.fit_factors)
_projections = compiled(kernels.projections)


@compiled
def many_draws(
    generator: np.random.Generator,
    roots: Roots,
    N: int,
    T: int,
    root_leverages: Floats,
    ridges: Floats,
) -> Floats:
    """The losses of consecutive draws from one stream, in one block: (draws, 2, PARTS, R).

    The roots of their leverages are (draws, T), or (draws, 0) if they have none.
    """
    M = roots.train.size
    count = len(root_leverages)
    losses = np.zeros((count, 2, PARTS, ridges.size))
    for draw in range(count):
        u, x = draw_block(generator, roots.train, N, T, root_leverages[draw])
        features = u @ x
        if (
            ridges.size == 1
            and min(N, T) < M
            and _one_ridge(roots, u, x, features, ridges[0], losses[draw])
        ):
            continue
        fit = _fit_factors(u, x) if min(N, T) > M else _fit(features)
        total = _projections(fit.Pt, fit.Qt, roots, u, x)
        add_average_losses(fit.s, T, M, total, ridge_shrinkage(fit.s, ridges), losses[draw])
    return losses


class Decomposed(NamedTuple):
    """The singular values of some draws, and their `Projections`, all with an axis of draws."""

    s: Floats  # (draws, r)
    sample_gram: Floats  # (draws, r, r)
    covariance: Floats  # (draws, r, r)
    b: Floats  # (draws, r)
    variance: float
    sample_variance: Floats  # (draws,)


@compiled
def decomposed_draws(
    generator: np.random.Generator,
    roots: Roots,
    N: int,
    T: int,
    root_leverages: Floats,
    start: int,
) -> Decomposed:
    """All but the first `start` draws from one stream, in one block, as `many_draws` takes them."""
    M = roots.train.size
    r = min(N, T, M)
    count = len(root_leverages) - start
    s = np.empty((count, r))
    b = np.empty((count, r))
    sample_gram = np.empty((count, r, r))
    covariance = np.empty((count, r, r))
    sample_variance = np.empty(count)
    variance = 0.0
    for draw in range(-start, count):
        u, x = draw_block(generator, roots.train, N, T, root_leverages[start + draw])
        if draw < 0:
            continue
        fit = _fit_factors(u, x) if min(N, T) > M else _fit(u @ x)
        total = _projections(fit.Pt, fit.Qt, roots, u, x)
        s[draw] = fit.s
        b[draw] = total.b
        sample_gram[draw] = total.sample_gram
        covariance[draw] = total.covariance
        sample_variance[draw] = total.sample_variance
        variance = total.variance
    return Decomposed(s, sample_gram, covariance, b, variance, sample_variance)


@compiled
def many_average_losses(draws: Decomposed, T: int, M: int, shrunk: Shrinkage) -> Floats:
    """The losses of some draws, (draws, 2, PARTS, R); `shrunk` has an axis of draws, too."""
    losses = np.zeros((len(draws.s), 2, PARTS, shrunk.a.shape[1]))
    for i in range(len(draws.s)):
        total = Projections(
            draws.sample_gram[i],
            draws.covariance[i],
            draws.b[i],
            draws.variance,
            draws.sample_variance[i],
        )
        own = Shrinkage(
            shrunk.a[i],
            shrunk.unlearned[i],
            shrunk.error[i],
            shrunk.unknown_noise[i],
            shrunk.unknown_directions[i],
        )
        add_average_losses(draws.s[i], T, M, total, own, losses[i])
    return losses


@compiled
def _one_ridge(
    roots: Roots, u: Floats, x: Floats, features: Floats, ridge: float, path: Floats
) -> bool:
    """Write the losses at one ridge into `path` (2, PARTS, 1); False if QR would lose digits."""
    N, T = features.shape
    if ridge > LARGEST_RATIO * kernels.sum_of_squares(features.ravel()):
        return False
    Q1, R = _stacked_qr(features if T <= N else np.ascontiguousarray(features.T), ridge)
    largest = 0.0
    least = np.inf
    for i in range(len(R)):
        largest = max(largest, abs(R[i, i]))
        least = min(least, abs(R[i, i]))
    if largest > CONDITION * least:
        return False
    inverse = np.linalg.inv(R)  # upper triangular: no pivots, and as accurate as substitution
    L, right = (inverse, Q1) if T <= N else (Q1, inverse)  # the latter is the transpose of F
    Lt = np.ascontiguousarray(L.T)
    total = _projections(np.ascontiguousarray(right.T), Lt, roots, u, x)
    blur = EPS * largest / least
    overlap = kernels.half_product(Lt)
    _one_ridge_losses(overlap, T, ridge, T <= N, total, blur, path[:, :, 0])
    return True


@compiled
def _stacked_qr(features: Floats, ridge: float) -> tuple[Floats, Floats]:
    """The first rows of Q, and R, of the features above sqrt(ridge) 1."""
    rows, columns = features.shape
    stacked = np.zeros((rows + (columns if ridge > 0 else 0), columns))
    for i in range(rows):  # assigned to a slice it would take three more seconds to compile
        for j in range(columns):
            stacked[i, j] = features[i, j]
    for i in range(len(stacked) - rows):
        stacked[rows + i, i] = np.sqrt(ridge)
    Q, R = np.linalg.qr(stacked)
    return np.ascontiguousarray(Q[:rows]), np.ascontiguousarray(R)


@compiled
def _one_ridge_losses(
    overlap: Floats,
    T: int,
    ridge: float,
    fewer_samples: bool,
    draw: Projections,
    blur: float,
    path: Floats,
) -> None:
    """Write losses and rounding errors into `path` (2, PARTS); `overlap` is L^T L."""
    # T <= N: the residual is gamma R^-1 R^-T, else 1 - Q_1 Q_1^T
    unit = ridge if fewer_samples else 1.0
    quadratic = magnitude = noise = train_signal = train_noise = 0.0
    for i in range(len(overlap)):
        for j in range(len(overlap)):
            term = draw.sample_gram[i, j] * draw.covariance[i, j]
            quadratic += term
            magnitude += abs(term)
            noise += overlap[i, j] * draw.covariance[i, j]
            train_signal += (unit * overlap[i, j]) * (unit * draw.sample_gram[i, j])
            train_noise += (unit * overlap[i, j]) ** 2
    if not fewer_samples:
        train_signal += draw.sample_variance - 2 * np.trace(draw.sample_gram)
        train_noise += T - 2 * np.trace(overlap)
    linear = 2 * draw.b.sum()
    losses = path[0]
    rounding = path[1]
    losses[SIGNAL] = draw.variance - linear + quadratic
    rounding[SIGNAL] = EPS * (draw.variance + abs(linear)) + 2 * blur * magnitude
    losses[NOISE] = noise
    rounding[NOISE] = 2 * blur * noise
    losses[TRAIN_SIGNAL] = train_signal / T
    rounding[TRAIN_SIGNAL] = 2 * blur * train_signal / T + EPS * draw.variance
    losses[TRAIN_NOISE] = train_noise / T
    rounding[TRAIN_NOISE] = 2 * blur * train_noise / T
    for part in (SIGNAL, TRAIN_SIGNAL):
        losses[part] = max(losses[part], 0.0)
