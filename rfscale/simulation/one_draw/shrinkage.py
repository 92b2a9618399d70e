r"""What a training makes of the singular values s of the features of one draw, as (1.8).

.. math:: a = s\,h(s^2), \qquad r(s^2) = 1 - s\,a, \qquad \text{ridges:}\;\;
          a = \frac{s}{\gamma + s^2}, \quad r = \frac{\gamma}{\gamma + s^2}

so that theta = y Q diag(a) P^T, and r is the fraction of a direction that is not learned.

A singular value s_i is known to eps s_1/s_i, relatively. For steep spectra that may exceed 1: then
float64 does not determine what label noise does at a ridge below (eps s_1)^2, and its rounding
error is infinite; nor how much of the noise in such directions is fitted, which is bounded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.simulation.one_draw.kernels import EPS
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled


class Shrinkage(NamedTuple):
    """Of R ridges or other trainings on the r singular values of a draw."""

    a: Floats  # (R, r)
    unlearned: Floats  # (R, r)
    error: Floats  # rounding errors of `unlearned`, (R, r)
    unknown_noise: Floats  # inf where noise losses are not determined, else 0, (R,)
    unknown_directions: Floats  # number of directions whose noise may be fitted or not, (R,)


@compiled
def ridge_shrinkage(s: Floats, ridges: Floats) -> Shrinkage:
    """Of finite reduced ridges >= 0."""
    blur = blurring(s)
    a = np.empty((ridges.size, s.size))
    unlearned = np.empty((ridges.size, s.size))
    error = np.empty((ridges.size, s.size))
    noise = np.empty(ridges.size)
    directions = np.empty(ridges.size)
    for k, ridge in enumerate(ridges):
        for i, singular_value in enumerate(s):
            total = ridge + singular_value * singular_value
            a[k, i] = singular_value / total
            unlearned[k, i] = ridge / total
            error[k, i] = 0.5 * blur[i] * unlearned[k, i]
        noise[k], directions[k] = undetermined(s, ridge)
    return Shrinkage(a, unlearned, error, noise, directions)


@compiled
def blurring(s: Floats) -> Floats:
    """Relative rounding errors of squares of singular values, 2 if they are not known at all."""
    blur = np.empty(s.size)
    for i, singular_value in enumerate(s):
        blur[i] = 2 * min(EPS * s[0] / singular_value, 1.0)
    return blur


@compiled
def undetermined(s: Floats, ridge: float) -> tuple[float, float]:
    """The rounding errors of noise losses due to singular values that are below rounding.

    For the noise loss inf, if the ridge does not hide them, else 0; for the noise in training the
    number of directions, or a fraction, that may have been learned or not.
    """
    unresolved = 2 * EPS * s[0]
    noise = 0.0
    directions = 0.0
    for singular_value in s:
        if singular_value < unresolved and 4 * ridge < unresolved**2:
            noise = np.inf
        if singular_value < unresolved and ridge > 0:
            directions += 1 - (ridge / (ridge + unresolved**2)) ** 2
    return noise, directions
