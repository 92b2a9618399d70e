"""Reading a curve of losses between the ridges of its grid: by polynomials of six points."""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled

POINTS = 6
SMALLEST = 1e-300
STEP = 0.05  # of the logarithm of the ridge


@compiled
def weights_between(x: Floats, at: float) -> tuple[int, Floats]:
    """Which of the rising x the polynomial through those around `at` begins with, and its weights.

    Lagrange's; at the ends the same polynomial as beside them.
    """
    count = min(POINTS, x.size)
    first = int(np.searchsorted(x, at)) - count // 2
    first = min(max(first, 0), x.size - count)
    weights = np.ones(count)
    for i in range(count):
        for j in range(count):
            if i != j:
                weights[i] *= (at - x[first + j]) / (x[first + i] - x[first + j])
    return first, weights


def between(x: Floats, values: Floats, at: Floats) -> Floats:
    """Values (x, ...) at other places, by polynomials."""
    found = []
    for place in at:
        first, weights = weights_between(x, place)
        found.append(np.tensordot(weights, values[first : first + weights.size], axes=1))
    return np.array(found).reshape(at.size, *values.shape[1:])


@compiled
def interpolate(losses: Floats, kernel_ridge: float) -> Floats:
    """All but the first row at a ridge, which is taken from within the curve.

    In the logarithm of the ridge; of logarithms, but for the training loss over the test loss.
    """
    logs = np.log(losses[0])
    at = min(max(np.log(max(kernel_ridge, SMALLEST)), logs[0]), logs[-1])
    first, weights = weights_between(logs, at)
    out = np.zeros(5)
    for i in range(weights.size):
        k = first + i
        for j in range(5):
            value = losses[j + 1, k]
            value = value / losses[1, k] if j == 1 else np.log(max(value, SMALLEST))
            out[j] += weights[i] * value
    share = max(out[1], 0.0)
    out = np.exp(out)
    out[1] = share * out[0]
    return out


@compiled
def best(losses: Floats) -> float:
    """The ridge of the least error, or an end of the curve.

    Of the parabola through three points, then of those through three points of the polynomial.
    """
    ridge = losses[0]
    k = np.argmin(losses[1])
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
def lowest(left: float, right: float, values: Floats) -> float:
    """Where the parabola through values at left, 0 and right is lowest; 0 if it is nowhere."""
    fall = (values[0] - values[1]) / left
    rise = (values[2] - values[1]) / right
    curvature = (rise - fall) / (right - left)
    if not curvature > 0.0:
        return 0.0
    return float(min(max(-0.5 * (fall - curvature * left) / curvature, left), right))
