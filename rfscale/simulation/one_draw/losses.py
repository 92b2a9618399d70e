r"""The losses of one draw along a path of ridges gamma, from the projections of
`rfscale.simulation.one_draw.kernels`.

With a_i = s_i/(gamma + s_i^2) the averages over teacher, label noise and test points are (derived
here, with theta = y Q diag(a) P^T)

.. math:: \mathrm{signal} = \mathrm{tr}\Lambda - 2\, b \cdot a + a^T H a, \qquad \mathrm{noise} =
          \sum_i (W \Lambda W^T)_{ii}\, a_i^2, \qquad H = (G^T G) \circ (W \Lambda W^T).

Each ridge costs r^2. If r = M the ridgeless fit is perfect, so that b = H/s and tr Lambda = (1/s)^T
H (1/s), and the signal is the square v^T H v of v = 1/s - a: nothing cancels at all.

A singular value s_i is known to eps s_1/s_i, relatively. For steep spectra that may exceed 1: then
float64 does not determine what label noise does at a ridge below (eps s_1)^2, and its rounding
error is infinite; nor how much of the noise in such directions is fitted, which is bounded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.simulation.one_draw.kernels import EPS, Fit, Sums
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled

# The parts of the losses. The full loss is the square of a sum; the cross terms vanish in the
# average over teacher and label noise. Every path is an array (2, PARTS, R): the losses, and the
# size of their rounding errors.
PARTS = 6
SIGNAL, NOISE, CROSS, TRAIN_SIGNAL, TRAIN_NOISE, TRAIN_CROSS = range(PARTS)


class TestSet(NamedTuple):
    """One teacher, one label noise and one test set, once the latent index is summed over."""

    y: Floats  # w x, training labels without noise, (T,)
    eps: Floats  # label noise, (T,)
    features: Floats  # u x_test, (N, T_hat)
    labels: Floats  # w x_test, (T_hat,)


@compiled
def shrinkage(s: Floats, ridges: Floats) -> tuple[Floats, Floats]:
    """a = s/(gamma + s^2) and the unlearned fraction gamma/(gamma + s^2) for each ridge, (R, r)."""
    a, unlearned = np.empty((ridges.size, s.size)), np.empty((ridges.size, s.size))
    for k, ridge in enumerate(ridges):
        for i, singular_value in enumerate(s):
            total = ridge + singular_value * singular_value
            a[k, i], unlearned[k, i] = singular_value / total, ridge / total
    return a, unlearned


@compiled
def blurring(s: Floats) -> Floats:
    """Relative rounding errors of the squares of singular values; 2, and more than 1, if they are
    not known at all.
    """
    blur = np.empty(s.size)
    for i, singular_value in enumerate(s):
        blur[i] = 2 * min(EPS * s[0] / singular_value, 1.0)
    return blur


@compiled
def undetermined(s: Floats, ridge: float) -> tuple[float, float]:
    """What singular values below rounding leave open.

    For the noise loss inf, if the ridge does not hide them, else 0; for the noise in training the
    number of directions, or a fraction, that may have been learned or not.
    """
    unresolved, noise, directions = 2 * EPS * s[0], 0.0, 0.0
    for singular_value in s:
        if singular_value < unresolved and 4 * ridge < unresolved**2:
            noise = np.inf
        if singular_value < unresolved and ridge > 0:
            directions += 1 - (ridge / (ridge + unresolved**2)) ** 2
    return noise, directions


@compiled
def ridge_path(s: Floats, T: int, M: int, draw: Sums, ridges: Floats, path: Floats) -> None:
    """Add the losses averaged over teacher, label noise and test points to `path`, at finite
    reduced ridges >= 0.
    """
    r, blur = s.size, blurring(s)
    a, unlearned = shrinkage(s, ridges)
    perfect = r == M
    v = unlearned / s if perfect else a
    vH = v @ (draw.sample_gram * draw.covariance)
    outside = max(draw.sample_variance - np.trace(draw.sample_gram), 0.0) if r < min(T, M) else 0.0
    losses, rounding = path[0], path[1]
    for k in range(ridges.size):
        square = linear = blurred = 0.0
        for i in range(r):
            square += vH[k, i] * v[k, i]
            blurred += blur[i] * abs(vH[k, i] * v[k, i])
            linear += 2 * a[k, i] * draw.b[i]
            noise, left = a[k, i] ** 2 * draw.covariance[i, i], unlearned[k, i] ** 2 / T
            for part, term in (
                (NOISE, noise),
                (TRAIN_SIGNAL, left * draw.sample_gram[i, i]),
                (TRAIN_NOISE, left),
            ):
                losses[part, k] += term
                rounding[part, k] += blur[i] * term
        constant = 0.0 if perfect else draw.variance
        losses[SIGNAL, k] = square if perfect else max(constant - linear + square, 0.0)
        rounding[SIGNAL, k] = EPS * (constant + abs(linear) + square) + blurred
        unknown_noise, unknown_directions = undetermined(s, ridges[k])
        rounding[NOISE, k] += unknown_noise
        losses[TRAIN_SIGNAL, k] += outside / T
        rounding[TRAIN_SIGNAL, k] += EPS * draw.variance
        losses[TRAIN_NOISE, k] += (T - r) / T
        rounding[TRAIN_NOISE, k] += EPS * losses[TRAIN_NOISE, k] + unknown_directions / T


def explicit_path(fit: Fit, test: TestSet, ridges: Floats) -> Floats:
    """The losses of one teacher and label noise, measured on one test set, at finite reduced ridges
    >= 0.
    """
    a, unlearned = shrinkage(fit.s, ridges)
    projected = fit.Pt @ test.features
    y, eps = fit.Qt @ test.y, fit.Qt @ test.eps
    y_outside, eps_outside = test.y - y @ fit.Qt, test.eps - eps @ fit.Qt
    signal, noise = (a * y) @ projected - test.labels, (a * eps) @ projected
    T, blur, variance = test.y.size, blurring(fit.s), (projected**2).mean(axis=1)
    path = np.zeros((2, PARTS, ridges.size))
    losses, rounding = path
    losses[SIGNAL] = (signal**2).mean(axis=1)
    losses[NOISE] = (noise**2).mean(axis=1)
    losses[CROSS] = (signal * noise).mean(axis=1)
    losses[TRAIN_SIGNAL] = (unlearned**2 @ y**2 + y_outside @ y_outside) / T
    losses[TRAIN_NOISE] = (unlearned**2 @ eps**2 + eps_outside @ eps_outside) / T
    losses[TRAIN_CROSS] = (unlearned**2 @ (y * eps) + y_outside @ eps_outside) / T
    rounding[SIGNAL] = EPS * (np.mean(test.labels**2) + losses[SIGNAL]) + a**2 @ (
        blur * y**2 * variance
    )
    rounding[NOISE] = a**2 @ (blur * eps**2 * variance)
    unknown_noise, unknown_directions = np.array([undetermined(fit.s, ridge) for ridge in ridges]).T
    rounding[NOISE] += unknown_noise
    rounding[TRAIN_SIGNAL] = unlearned**2 @ (blur * y**2) / T + EPS * np.mean(test.y**2)
    rounding[TRAIN_NOISE] = unlearned**2 @ (blur * eps**2) / T + EPS * losses[TRAIN_NOISE]
    rounding[TRAIN_NOISE] += unknown_directions * np.max(eps**2) / T
    return path
