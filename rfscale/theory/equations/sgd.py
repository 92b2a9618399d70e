r"""One-pass SGD: the mean losses after k steps, exact in the planar limit at any step (21.7).

With eigenvalues c of the features' covariance, P(g) and A(g) their sums at the ridge g (21.5),

.. math:: \kappa(c) = 1 - 2 \eta c + \eta^2 \Big(1 + \frac1B\Big) c^2, \qquad \kappa(z_\pm) =
          \frac1x, \qquad P = \frac{\omega}{1 - \mathrm{df}_1/N}, \qquad A = \sum_J \lambda_J p_J +
          \frac{\Delta}{N} \mathrm{df}_1^2
.. math:: G(x) = -\frac{A(-z_+) - A(-z_-)}{(B + 1)(z_+ - z_-)}, \qquad \mathcal{S}(x) =
          -\frac{P(-z_+) - P(-z_-)}{x \eta^2 (1 + 1/B)(z_+ - z_-)} \frac{1}{1 - G(x)}, \qquad
          \mathcal{V}(x) = \frac{1}{1 - x} \frac{G(x)}{1 - G(x)}

and the losses are the coefficients of x^k. Eigenvalues are in units of sigma_u^2 lambda_+ N/M, so
that all holds for N = infinity too. The generating function of mini-batch SGD is that of Velikanov,
Kuznedelev and Yarotsky, arXiv:2206.11124; its evaluation by two fixed points is derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rfscale.model.training.mixtures import Complexes, circle, shared_times, talbot
from rfscale.support.arguments import Floats
from rfscale.theory.equations.sgd_sums import OnePoint

LEAST_STEPS = 16  # from which on Talbot's contour stays clear of the images of the cut
SMALL_CIRCLE = 128  # nodes for fewer steps


class Contour(NamedTuple):
    """Values of 1/x as 1 - lost, and what each number of steps takes of each: 2 Re sum v f."""

    lost: Complexes  # (K,)
    weights: Complexes  # (steps, K)


def contours(steps: Floats) -> list[tuple[NDArray[np.bool_], Contour]]:
    """For whole numbers k >= 1, which of them, as a mask, take their coefficient of x^k by which
    contour.
    """
    found = []
    few = steps < LEAST_STEPS
    if np.any(few):
        x, w = circle(SMALL_CIRCLE)
        weights = w * x ** -steps[few, None]
        found.append((few, Contour((x - 1.0) / x, weights)))
    made_for, path = shared_times(steps, np.zeros(steps.size), np.zeros(steps.size, dtype=int))
    z, w = talbot()
    for number in np.unique(path[~few]):
        own = (path == number) & ~few
        most = made_for[own][0]
        weights = w * np.exp(z * (steps[own, None] / most)) / most
        found.append((own, Contour(-np.expm1(z / most), weights)))
    return found


def ridges_of(lost: Complexes, step: float, batch: float) -> tuple[Complexes, Complexes]:
    """The conjugate of the ridge -z_+, and the ridge -z_-: both in the upper half plane."""
    p = 1.0 + 1.0 / batch
    root = np.sqrt(1.0 - p * lost)
    fast = (1.0 + root) / (step * p)
    slow = lost / (step * (1.0 + root))
    return -np.conj(fast), -slow


def generating_functions(
    lost: Complexes, step: float, batch: float, fast: OnePoint, slow: OnePoint
) -> tuple[Complexes, Complexes]:
    """S(x) and V(x) from the sums at the two `ridges_of`."""
    fast = OnePoint(np.conj(fast.learned), np.conj(fast.squares))
    root = np.sqrt(1.0 - (1.0 + 1.0 / batch) * lost)
    gap = 2.0 * root / (step * (1.0 + 1.0 / batch))  # z_+ - z_-
    G = (slow.squares - fast.squares) / ((batch + 1.0) * gap)
    signal = (1.0 - lost) * (slow.learned - fast.learned) / (2.0 * step * root) / (1.0 - G)
    noise = (lost - 1.0) / lost * G / (1.0 - G)
    return signal, noise
