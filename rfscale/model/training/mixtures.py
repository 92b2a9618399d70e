r"""Trainings as mixtures of ridges.

.. math:: \theta = 2\, \mathrm{Re} \sum_k v_k\, \theta_\mathrm{ridge}(\gamma_k), \qquad
          r(s) = 2\, \mathrm{Re} \sum_k v_k \frac{\gamma_k}{s + \gamma_k}, \qquad
          2\, \mathrm{Re} \sum_k v_k = 1

with complex ridges in the upper half plane: the contour integrals (18.1) and (19.3) by quadrature.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import Floats
from rfscale.support.machine import require_memory

Complexes = NDArray[np.complex128]
Whole = NDArray[np.int64]

TALBOT_NODES = 24
WINDOW = 1.5  # largest ratio of times that share nodes: their error is then below 1e-11
LATE = 1.05  # of the latest of them to the time that the nodes are made for
SHIFT = 0.98  # of a contour, over the smallest eigenvalue
APPROACH = 8  # ridges on the way to a contour that begins near the negative axis
MANY = 120  # steps from which on flow's contour leaves 1e-10 of the residual or less (19.18)
BYTES_PER_PAIR = 150  # of ridges, in their four losses and what these are made of
MANY_TIMES = 400  # of iterated ridges, from which on it leaves rounding alone (19.18)
RADIUS = 1e-14  # of the circle to the power of the number of nodes: what is left of higher powers


class Mixtures(NamedTuple):
    """The ridges of some paths, and what each point takes of one of them."""

    ridges: Complexes  # (paths, K), each path from near the positive axis on
    path: Whole  # of each point, (points,)
    weights: Complexes  # v, (points, K)


def single(ridge: Floats) -> Mixtures:
    """Ridges as they are: flat arrays."""
    path = np.arange(ridge.size)
    return Mixtures(ridge[:, None].astype(complex), path, np.full((ridge.size, 1), 0.5 + 0j))


def talbot(count: int = TALBOT_NODES) -> tuple[Complexes, Complexes]:
    r"""The upper nodes z and weights w dz/(2 pi i): f(t) = 2 Re sum w e^z F(z/t)/t.

    Talbot's contour with the parameters of Weideman, z = n (.5017 x cot(.6407 x) - .6122 + .2645 i
    x), x in (-pi, pi). The error falls as e^(-1.36 n) as long as singularities are on the negative
    axis.
    """
    x = (2 * np.arange(count // 2) + 1) * np.pi / count
    cot = 1 / np.tan(0.6407 * x)
    z = count * (0.5017 * x * cot - 0.6122 + 0.2645j * x)
    slope = count * (0.5017 * cot - 0.5017 * 0.6407 * x / np.sin(0.6407 * x) ** 2 + 0.2645j)
    return z, slope / (1j * count)


def circle(count: int) -> tuple[Complexes, Complexes]:
    r"""The upper nodes x and weights: the coefficient of x^k in f(x) is 2 Re sum w x^-k f(x).

    On a circle of radius 10^(-14/n): what the coefficient k + n adds is below 1e-14 of it.
    """
    require_memory(BYTES_PER_PAIR * (count / 2) ** 2, f"a training that mixes {count // 2} ridges")
    angle = (2 * np.arange(count // 2) + 1) * np.pi / count
    radius = RADIUS ** (1 / count)
    x = radius * np.exp(-1j * angle)
    return x, np.full(x.shape, 1 / count, dtype=complex)


def flow_mixtures(time: Floats, ridge: Floats, group: Whole) -> Mixtures:
    """Gradient flow at times in (0, inf): ridge + z/t on Talbot's contour, weights w e^z/z (18.1).

    Shifted by the ridge, the contour has the pole z = 0 and the whole spectrum inside. Nodes made
    for one time serve others near it.
    """
    made_for, path = shared_times(time, ridge, group)
    z, w = talbot()
    first = np.unique(path, return_index=True)[1]
    ridges = np.asarray(ridge[first, None] + z / made_for[first, None], dtype=complex)
    at = z * (time / made_for)[:, None]
    return Mixtures(ridges, path, w * np.exp(at) / z)


def decaying_mixtures(time: Floats, smallest: Floats) -> Mixtures:
    """Gradient flow without ridge, for what lies above a smallest eigenvalue s_min alone.

    The contour, shifted by -.98 s_min, leaves z = 0 out: r = sum v zeta/(s + zeta) there, with an
    accuracy relative to e^(-t s_min). A few ridges without weight lead to its first node.
    """
    z, w = talbot()
    shift = SHIFT * smallest[:, None]
    ridges = z / time[:, None] - shift
    weights = w * np.exp(z - shift * time[:, None]) / (ridges * time[:, None])
    turns = np.arange(APPROACH) / APPROACH
    first = ridges[:, :1]
    approach = np.abs(first) * np.exp(1j * np.angle(first) * turns)
    ridges = np.concatenate([approach, ridges], axis=1)
    weights = np.concatenate([np.zeros_like(approach), weights], axis=1)
    return Mixtures(ridges, np.arange(time.size), weights)


def shared_times(time: Floats, ridge: Floats, group: Whole) -> tuple[Floats, Whole]:
    """The time that nodes are made for, and the number of the path, of each point."""
    order = np.lexsort((time, ridge, group))
    sorted_time = time[order]
    is_other = (np.diff(group[order]) != 0) | (np.diff(ridge[order]) != 0)
    ends = np.append(np.flatnonzero(is_other) + 1, order.size)  # of those that differ in time alone
    made_for = np.empty(time.size)
    path = np.empty(time.size, dtype=np.int64)
    start = 0
    count = 0
    while start < order.size:
        first = sorted_time[start]
        end = ends[np.searchsorted(ends, start, side="right")]
        near = np.searchsorted(sorted_time[start:end], WINDOW * first, side="right")
        members = order[start : start + near]
        latest = time[members[-1]]
        made_for[members] = latest / LATE if latest > LATE * first else latest
        path[members] = count
        start += members.size
        count += 1
    return made_for, path


def iterated_mixtures(ridge: Floats, times: Floats) -> Mixtures:
    """Ridges on a circle around gamma: the Taylor coefficient k - 1 of a ridge there (19.3)."""
    if np.all(times >= MANY_TIMES):
        return many_times_mixtures(ridge, times)
    most = int(np.max(times))
    x, w = circle(64 + 4 * most)
    zeta = np.asarray(ridge[:, None] * (1.0 + np.conj(x)), dtype=complex)  # upwards
    weights = w * (-1.0 / np.conj(x)) ** (np.asarray(times)[:, None] - 1.0) / (1.0 + np.conj(x))
    return Mixtures(zeta, np.arange(ridge.size), weights)


def many_times_mixtures(ridge: Floats, times: Floats) -> Mixtures:
    """Ridges so many times over that (1 - z/k)^-k does for e^z on Talbot's contour (19.18)."""
    z, w = talbot()
    small = z / np.asarray(times, dtype=float)[:, None]
    weights = w * np.exp(-log1p(-small) * np.asarray(times)[:, None]) / z
    return Mixtures(small * ridge[:, None], np.arange(ridge.size), weights)


class Steps(NamedTuple):
    """Descent with momentum at some points: flat arrays."""

    steps: Floats
    step_size: Floats
    momentum: Floats
    ridge: Floats


def step_mixtures(at: Steps, group: Whole) -> Mixtures:
    """Descent: the coefficient of x^k in ridges along (1/x - 1)(1 - beta x)/eta, on a circle.

    Points that differ in the number of steps alone share their ridges.
    """
    keys = np.stack([group, at.step_size, at.momentum, at.ridge])
    _, first, path = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    x, w = circle(128 + 4 * int(np.max(at.steps)))  # so that few digits are lost
    slow = (1.0 / x - 1.0) * (1.0 - np.multiply.outer(at.momentum[first], x))
    ridges = at.ridge[first, None] + slow / at.step_size[first, None]
    weights = w * np.exp(-np.log(x) * at.steps[:, None]) / (1.0 - x)
    return Mixtures(ridges, path.ravel(), weights)


def many_step_mixtures(at: Steps, group: Whole) -> Mixtures:
    """Descent in so many steps that it decays on Talbot's contour as flow does.

    Its weights are w (1 + u)^k/z in the place of w e^z/z, with u = z/k at the ridges
    u (1 - beta/(1 + u))/eta. What is left falls with the steps (19.18).
    """
    alike = np.stack([group, np.where(at.momentum > 0.0, at.step_size, 0.0), at.momentum])
    group = np.unique(alike, axis=1, return_inverse=True)[1].ravel()
    made_for, path = shared_times(at.steps * at.step_size, at.ridge, group)
    z, w = talbot()
    first = np.unique(path, return_index=True)[1]
    small = z * (at.step_size / made_for)[:, None]
    slow = (z / made_for[:, None] * (1.0 - at.momentum[:, None] / (1.0 + small)))[first]
    weights = w * np.exp(log1p(small) * at.steps[:, None]) / z
    return Mixtures(at.ridge[first, None] + slow, path, weights)


def few_and_many(many: NDArray[np.bool_]) -> list[Whole]:
    """The flat points in two parts."""
    return [np.flatnonzero(part) for part in (~many, many)]


def log1p(z: Complexes) -> Complexes:
    """log(1 + z) to the relative accuracy of small z, which numpy's loses where z is complex."""
    size = 0.5 * np.log1p(z.real * (2.0 + z.real) + z.imag**2)
    return np.asarray(size + 1j * np.arctan2(z.imag, 1.0 + z.real))


def is_many(at: Steps) -> NDArray[np.bool_]:
    """Where `many_step_mixtures` holds."""
    return np.asarray(at.steps * (1.0 - at.momentum) >= MANY)
