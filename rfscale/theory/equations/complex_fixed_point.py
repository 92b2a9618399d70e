r"""The planar fixed point (4.7) at complex ridges: along a path that begins near the positive axis.

.. math:: \Delta\, y_N y_T = g, \qquad g = \frac{\gamma M}{\sigma_u^2 \lambda_+ N T}, \qquad
          y_N = 1 - \mathrm{df}_1/N, \quad y_T = 1 - \mathrm{df}_1/T

The first ridge of a path starts from the solution at its absolute value, each next one from the
last: d log Delta/d log g predicts it, and Newton's method in log Delta corrects it. The right
branch has 0 <= arg Delta <= arg g (18.16).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import size_ratios, solve_point
from rfscale.traces.complex_sums import ComplexTraces, WideNodes, complex_traces

Complexes = NDArray[np.complex128]

MAX_STEPS = 60
LARGEST_STEP = 0.7  # of Newton's method in log Delta
CONVERGED = 3e-15
STALLED = 1e-9  # below it, a step that is no longer smaller than the last is rounding


class Path(NamedTuple):
    """The solutions at the ridges of a path, as arrays."""

    ridge: Complexes  # g
    delta: Complexes  # Delta/lambda_+
    y_N: Complexes
    y_T: Complexes
    df1: Complexes
    unlearned: Complexes  # M - df1, where that is small
    s: Complexes  # df1 - df2
    df2: Complexes
    weighted: Complexes  # sum lambda p
    step: Floats  # size of the last step: an estimate of the relative error of Delta


class _Step(NamedTuple):
    """Newton's method at one log Delta."""

    y: complex  # 1 - df1/min(N, T)
    move: complex
    flow: complex  # d log Delta/d log g
    traces: ComplexTraces


@compiled
def complex_unused(h2: complex, gap: float, share: float) -> complex:
    """The root y of y (gap + share y) = h^2 that vanishes with it."""
    return 2.0 * h2 / (gap + np.sqrt(gap * gap + 4.0 * share * h2))


@compiled
def _newton(wide: WideNodes, n: float, gap: float, share: float, z: complex, g: complex) -> _Step:
    delta = np.exp(z)
    traces = complex_traces(wide, delta)
    if n == np.inf:  # Delta is the ridge
        return _Step(1.0 + 0.0j, np.log(g) - z, 1.0 + 0.0j, traces)
    y = complex_unused(g / delta, gap, share)
    c = n * y * (gap + share * y) / (gap + 2.0 * share * y)
    slope = traces.df1_minus_df2 + c
    if z.real < wide.nodes.log_smallest:  # df1 = M - sum q, which may be near n
        mismatch = (wide.nodes.M - n) + (n * y - traces.unlearned)
    else:
        mismatch = traces.df1 - n * (1.0 - y)
    return _Step(y, mismatch / slope, c / slope, traces)


@compiled
def solve_path(wide: WideNodes, N: float, T: float, ridges: Complexes) -> Path:
    """The solutions along a path of complex ridges g whose argument rises from near 0."""
    n = min(N, T)
    share, gap = size_ratios(N, T)
    path = _empty(ridges)
    last = complex(abs(ridges[0]))
    log_ridge = np.log(abs(ridges[0]))
    z = complex(solve_point(wide.nodes, N, T, log_ridge).log_delta)
    at = _newton(wide, n, gap, share, z, last)
    for k, g in enumerate(ridges):
        z += np.log(g / last) * at.flow
        best = np.inf
        size = np.inf
        for _ in range(MAX_STEPS):
            at = _newton(wide, n, gap, share, z, g)
            size = abs(at.move)
            z += at.move * min(1.0, LARGEST_STEP / size)
            if size < CONVERGED * max(1.0, abs(z)) or (size < STALLED and size >= best):
                break
            best = size
        if size > CONVERGED * max(1.0, abs(z)):
            at = _newton(wide, n, gap, share, z, g)
        y_m = gap + share * at.y
        y_N, y_T = (at.y, y_m) if N <= T else (y_m, at.y)
        _write(path, k, np.exp(z), y_N, y_T, at.traces, size)
        last = g
    return path


@compiled
def _empty(ridges: Complexes) -> Path:
    K = ridges.size
    delta = np.empty(K, np.complex128)
    y_N = np.empty(K, np.complex128)
    y_T = np.empty(K, np.complex128)
    df1 = np.empty(K, np.complex128)
    unlearned = np.empty(K, np.complex128)
    s = np.empty(K, np.complex128)
    df2 = np.empty(K, np.complex128)
    weighted = np.empty(K, np.complex128)
    return Path(ridges, delta, y_N, y_T, df1, unlearned, s, df2, weighted, np.empty(K))


@compiled
def _write(
    path: Path,
    k: int,
    delta: complex,
    y_N: complex,
    y_T: complex,
    traces: ComplexTraces,
    step: float,
) -> None:
    path.delta[k] = delta
    path.y_N[k] = y_N
    path.y_T[k] = y_T
    path.df1[k] = traces.df1
    path.unlearned[k] = traces.unlearned
    path.s[k] = traces.df1_minus_df2
    path.df2[k] = traces.df2
    path.weighted[k] = traces.weighted
    path.step[k] = step
