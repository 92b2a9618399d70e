r"""What the losses of one-pass SGD are made of: sums over the covariance of features (21.5).

At the fixed point (4.7) for infinitely many samples, with complex ridges g in units of sigma_u^2
lambda_+ N/M and eigenvalues c of the features' covariance in these units,

.. math:: \Delta \Big(1 - \frac{\mathrm{df}_1}{N}\Big) = g, \qquad P(g) = \frac{\sum_J W_J p_J}{1 -
          \mathrm{df}_1/N}, \qquad A(g) = \sum_i \frac{c_i^2}{c_i + g} = \sum_J \lambda_J p_J +
          \frac{\Delta}{N} \mathrm{df}_1^2
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.model.training.mixtures import Complexes
from rfscale.support.compiled import compiled
from rfscale.theory.equations.complex_fixed_point import solve_path
from rfscale.traces.complex_sums import WideNodes, complex_traces
from rfscale.traces.quadrature import WeightedNodes

TURNS = 8  # ridges from the positive axis to the first of a path


class OnePoint(NamedTuple):
    """P and A at each ridge."""

    learned: Complexes
    squares: Complexes


@compiled
def one_point(wide: WideNodes, weighted: WeightedNodes, N: float, ridges: Complexes) -> OnePoint:
    """P and A along a path of ridges in the upper half plane, near each other."""
    learned = np.empty(ridges.size, np.complex128)
    squares = np.empty(ridges.size, np.complex128)
    for k, (delta, y_N) in enumerate(_fixed_points(wide, N, ridges)):
        at = complex_traces(wide, delta)
        W = at.df1 if weighted.plain else _teacher_df1(weighted, delta)
        learned[k] = W / y_N
        squares[k] = at.weighted + delta * at.df1 * at.df1 / N
    return OnePoint(learned, squares)


@compiled
def _fixed_points(wide: WideNodes, N: float, ridges: Complexes) -> list[tuple[complex, complex]]:
    """Delta and 1 - df_1/N; the first ridge is reached by turning from the positive axis."""
    if np.isinf(N):
        return [(g, 1.0 + 0.0j) for g in ridges]
    turned = np.empty(TURNS + ridges.size, np.complex128)
    for k in range(TURNS):
        angle = np.angle(ridges[0]) * (k + 1.0) / (TURNS + 1.0)
        turned[k] = abs(ridges[0]) * np.exp(1j * angle)
    turned[TURNS:] = ridges
    path = solve_path(wide, N, np.inf, turned)
    return [(path.delta[k], path.y_N[k]) for k in range(TURNS, turned.size)]


@compiled
def _teacher_df1(weighted: WeightedNodes, delta: complex) -> complex:
    """The sum of W p."""
    total = 0.0j
    for k in range(weighted.roots.size):
        total += weighted.teacher[k] / (1.0 + delta * weighted.roots[k] ** 2)
    return total
