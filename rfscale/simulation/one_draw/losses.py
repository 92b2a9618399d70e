r"""The losses of one draw along a path of ridges, or of other trainings, (1.13) to (1.17).

From the projections of `rfscale.simulation.one_draw.kernels` on singular vectors. With a_i, so that
theta = y Q diag(a) P^T (`rfscale.simulation.one_draw.shrinkage`), the averages over teacher, label
noise and test points are

.. math:: \mathrm{signal} = \mathrm{tr}\Lambda - 2\, b \cdot a + a^T H a, \qquad \mathrm{noise} =
          \sum_i (W \Lambda W^T)_{ii}\, a_i^2, \qquad H = (G^T G) \circ (W \Lambda W^T).

and the average training losses are the squares of what is left, 1 - s_i a_i in the direction of a
singular vector and 1 outside of them. Each ridge costs r^2.

If r = M the ridgeless fit is perfect, so that b = H/s and tr Lambda = (1/s)^T
H (1/s), and the signal is the square v^T H v of v = 1/s - a: nothing cancels at all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.simulation.one_draw.kernels import EPS, Fit, Projections
from rfscale.simulation.one_draw.shrinkage import Shrinkage, blurring
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, inlined

# The parts of the losses. The full loss is the square of a sum; the cross terms vanish in the
# average over teacher and label noise. Every path is an array (2, PARTS, R): the losses, and the
# size of their rounding errors.
PARTS = 6
SIGNAL, NOISE, CROSS, TRAIN_SIGNAL, TRAIN_NOISE, TRAIN_CROSS = range(PARTS)

WELL_KNOWN = 0.01  # relative rounding error of the square of a singular value


class TestSet(NamedTuple):
    """One teacher, one label noise and one test set, once the latent index is summed over."""

    y: Floats  # w x, training labels without noise, (T,)
    eps: Floats  # label noise, (T,)
    features: Floats  # u x_test, (N, T_hat)
    labels: Floats  # w x_test, (T_hat,)


@compiled
def add_average_losses(
    s: Floats, T: int, M: int, draw: Projections, shrunk: Shrinkage, path: Floats
) -> None:
    """Add the average losses to `path` (2, PARTS, R)."""
    r = s.size
    blur = blurring(s)
    a, unlearned = shrunk.a, shrunk.unlearned
    perfect = r == M
    v = unlearned / s if perfect else a
    v_error = shrunk.error / s if perfect else 0.5 * blur * a
    vH = v @ (draw.sample_gram * draw.covariance)
    outside = max(draw.sample_variance - np.trace(draw.sample_gram), 0.0) if r < min(T, M) else 0.0
    losses = path[0]
    rounding = path[1]
    for k in range(len(a)):
        square = linear = blurred = 0.0
        for i in range(r):
            square += vH[k, i] * v[k, i]
            blurred += 2 * abs(vH[k, i] * v_error[k, i])
            linear += 2 * a[k, i] * draw.b[i]
            noise = a[k, i] ** 2 * draw.covariance[i, i]
            left = unlearned[k, i] ** 2 / T
            left_error = 2 * abs(unlearned[k, i]) * shrunk.error[k, i] / T
            losses[NOISE, k] += noise
            rounding[NOISE, k] += blur[i] * noise
            losses[TRAIN_SIGNAL, k] += left * draw.sample_gram[i, i]
            rounding[TRAIN_SIGNAL, k] += left_error * draw.sample_gram[i, i]
            losses[TRAIN_NOISE, k] += left
            rounding[TRAIN_NOISE, k] += left_error
        constant = 0.0 if perfect else draw.variance
        losses[SIGNAL, k] = square if perfect else max(constant - linear + square, 0.0)
        # where nothing cancels the sum is as accurate as its terms, if all are known
        exact = perfect and square > 0 and blur[r - 1] < WELL_KNOWN
        cancelled = 0.0 if exact else abs(linear)
        rounding[SIGNAL, k] = EPS * (constant + cancelled + square) + blurred
        rounding[NOISE, k] += shrunk.unknown_noise[k]
        losses[TRAIN_SIGNAL, k] += outside / T
        rounding[TRAIN_SIGNAL, k] += EPS * draw.variance
        losses[TRAIN_NOISE, k] += (T - r) / T
        rounding[TRAIN_NOISE, k] += EPS * losses[TRAIN_NOISE, k] + shrunk.unknown_directions[k] / T


def average_path(s: Floats, T: int, M: int, draw: Projections, shrunk: Shrinkage) -> Floats:
    """The losses (2, PARTS, R), averaged over teacher, label noise and test points."""
    path = np.zeros((2, PARTS, len(shrunk.a)))
    add_average_losses(s, T, M, draw, shrunk, path)
    return path


def explicit_path(fit: Fit, test: TestSet, shrunk: Shrinkage) -> Floats:
    """The losses (2, PARTS, R) of one teacher and label noise on one test set."""
    a = shrunk.a
    unlearned = shrunk.unlearned
    projected = fit.Pt @ test.features
    y = fit.Qt @ test.y
    eps = fit.Qt @ test.eps
    y_outside = test.y - y @ fit.Qt
    eps_outside = test.eps - eps @ fit.Qt
    signal = (a * y) @ projected - test.labels
    noise = (a * eps) @ projected
    T = test.y.size
    blur = blurring(fit.s)
    variance = (projected**2).mean(axis=1)
    left_error = 2 * np.abs(unlearned) * shrunk.error
    path = np.zeros((2, PARTS, len(a)))
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
    rounding[NOISE] += shrunk.unknown_noise
    rounding[TRAIN_SIGNAL] = left_error @ y**2 / T + EPS * np.mean(test.y**2)
    rounding[TRAIN_NOISE] = left_error @ eps**2 / T + EPS * losses[TRAIN_NOISE]
    rounding[TRAIN_NOISE] += shrunk.unknown_directions * np.max(eps**2) / T
    return path


@compiled
def in_units_of_the_model(
    parts: Floats, signal_unit: float, noise_unit: float, test_signal: float, test_noise: float
) -> Floats:
    """Test, signal, noise and training loss (1.12), (1.16) from their parts (draws, 2, PARTS, R).

    Returns (draws, 2, 4, R), losses and rounding errors. The units are those of
    `rfscale.model.units.Units`.
    """
    cross = 2 * _times(np.sqrt(test_signal), np.sqrt(test_noise))
    train_cross = 2 * _times(np.sqrt(signal_unit), np.sqrt(noise_unit))
    draws, _, _, ridges = parts.shape
    losses = np.empty((draws, 2, 4, ridges))
    for draw in range(draws):
        for i in range(2):
            for k in range(ridges):
                signal = _times(test_signal, parts[draw, i, SIGNAL, k])
                noise = _times(test_noise, parts[draw, i, NOISE, k])
                train = _times(signal_unit, parts[draw, i, TRAIN_SIGNAL, k])
                train = train + _times(noise_unit, parts[draw, i, TRAIN_NOISE, k])
                train = train + _times(train_cross, parts[draw, i, TRAIN_CROSS, k])
                test = signal + noise + _times(cross, parts[draw, i, CROSS, k])
                losses[draw, i, 0, k] = test
                losses[draw, i, 1, k] = signal
                losses[draw, i, 2, k] = noise
                losses[draw, i, 3, k] = 2 * train
    return losses


@inlined
def _times(factor: float, value: float) -> float:
    """factor * value, where one that vanishes wins over an infinite one."""
    return 0.0 if factor == 0 or value == 0 else factor * value
