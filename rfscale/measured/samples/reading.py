"""Reading a curve of losses between the ridges that it is known at, by six of its points."""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled

POINTS = 6
SMALLEST = 1e-300
STEP = 0.05  # of the logarithm of the ridge
EQUAL = 1.01  # errors that are no more apart than this factor


@compiled
def window(x: Floats, at: float) -> tuple[int, int]:
    """Where the rising x of the polynomial around `at` begin and end; at the ends those beside."""
    count = min(POINTS, x.size)
    first = int(np.searchsorted(x, at)) - count // 2
    first = min(max(first, 0), x.size - count)
    return first, first + count


@compiled
def lagrange(x: Floats, at: float) -> Floats:
    """The weights of the values at x in the polynomial through them."""
    weights = np.ones(x.size)
    for i in range(x.size):
        for j in range(x.size):
            if i != j:
                weights[i] *= (at - x[j]) / (x[i] - x[j])
    return weights


def between(x: Floats, values: Floats, at: Floats) -> Floats:
    """Values (x, ...) at other places, by polynomials."""
    rows = np.ascontiguousarray(values).reshape(x.size, -1)
    return np.asarray(_between(x, rows, at).reshape(at.size, *values.shape[1:]))


@compiled
def _between(x: Floats, rows: Floats, at: Floats) -> Floats:
    out = np.zeros((at.size, rows.shape[1]))
    for k in range(at.size):
        first, stop = window(x, at[k])
        weights = lagrange(x[first:stop], at[k])
        for i in range(weights.size):
            for j in range(rows.shape[1]):
                out[k, j] += weights[i] * rows[first + i, j]
    return out


@compiled
def interpolate(losses: Floats, kernel_ridge: float) -> Floats:
    """All but the first row at a ridge, which is taken from within the curve.

    In the logarithm of the ridge; of logarithms, but for the training loss over the test loss.
    """
    ridge = losses[0]
    at = min(max(kernel_ridge, ridge[0]), ridge[-1])
    first, stop = window(ridge, at)
    near = losses[:, first:stop]
    weights = lagrange(np.log(near[0]), np.log(at))
    out = np.zeros(5)
    for i in range(weights.size):
        for j in range(5):
            value = near[j + 1, i]
            value = value / near[1, i] if j == 1 else np.log(max(value, SMALLEST))
            out[j] += weights[i] * value
    share = max(out[1], 0.0)
    out = np.exp(out)
    out[1] = share * out[0]
    return out


@compiled
def best(losses: Floats) -> float:
    """The ridge of the least error, or an end of the curve.

    Of the parabola through three points, then of those through three points of the polynomial. Of
    several minima whose errors are equal to one percent, more than a pool knows, it is that of the
    strongest ridge: the weak one may miss a peak that the pool does not resolve.
    """
    ridge = losses[0]
    k = _strongest_minimum(losses[1])
    if k == 0 or k == ridge.size - 1:
        return float(ridge[k])
    z = np.log(ridge[k])
    z += lowest(np.log(ridge[k - 1]) - z, np.log(ridge[k + 1]) - z, losses[1, k - 1 : k + 2])
    for _ in range(2):
        around = np.empty(3)
        for i in range(3):
            around[i] = interpolate(losses, np.exp(z + (i - 1) * STEP))[0]
        z += lowest(-STEP, STEP, around)
    return float(np.exp(z))


@compiled
def _strongest_minimum(mse: Floats) -> int:
    """The last minimum along the curve that is within one percent of the least."""
    least = np.min(mse)
    equal = max(EQUAL * least, least / EQUAL)  # also of one that is negative, from a bad pool
    k = mse.size - 1
    while k > 0 and (mse[k] > equal or mse[k - 1] < mse[k]):
        k -= 1
    return k


@compiled
def lowest(left: float, right: float, values: Floats) -> float:
    """Where the parabola through values at left, 0 and right is lowest; 0 if it is nowhere."""
    fall = (values[0] - values[1]) / left
    rise = (values[2] - values[1]) / right
    curvature = (rise - fall) / (right - left)
    if not curvature > 0.0:
        return 0.0
    return float(min(max(-0.5 * (fall - curvature * left) / curvature, left), right))
