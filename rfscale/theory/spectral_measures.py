"""The kernel's spectrum as nodes with masses: bands, their edges, and atoms at zero."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.support.compiled import run_in_chunks
from rfscale.theory.equations.boundary import (
    boundary_power_law,
    on_the_cut,
    separate_directions,
)
from rfscale.theory.equations.edges import lower_edge, upper_edge
from rfscale.theory.equations.fixed_point import solve_point
from rfscale.theory.equations.gaps import gaps
from rfscale.theory.weights import weighted_nodes
from rfscale.traces.complex_sums import LARGEST_ANGLE, WideNodes, wide_nodes
from rfscale.traces.quadrature import weighted_power_law

Bands = list[tuple[float, float]]

POINTS = 16  # eigenvalues in one go: some milliseconds
# of Delta without ridge, from where on a spectrum without a gap at zero is taken: 1e-12 of the
# eigenvalues are left out
HARD_EDGE = 1e-24
LAST = 3.1  # of the double exponential rule: its nodes come as near to an end as rounding allows


class Grid(NamedTuple):
    """Eigenvalues, and the masses of nu, p and q that they stand for, in relative units."""

    s: Floats
    nu: Floats
    p: Floats
    q: Floats


class Measures(NamedTuple):
    """The measures on two grids between each other's nodes, and their atoms at zero."""

    inner: Grid  # of the integral in r~
    outer: Grid  # of the integral of r~^2
    nu_at_zero: float
    p_at_zero: float
    q_at_zero: float
    error: float  # of the masses that are known, relative


class KernelSpectrum(NamedTuple):
    """What densities are computed from, at one N and T."""

    wide: WideNodes
    roots: Floats
    teacher: Floats
    N: float
    T: float

    def densities(self, s: Floats) -> Floats:
        """nu, p and q, (3, s.size)."""
        out = np.empty((3, s.size))
        at = self.wide, self.roots, self.teacher, self.N, self.T
        run_in_chunks(lambda i, j: on_the_cut(*at, s, i, j, out), s.size, POINTS)
        return out


def spectrum_of(model: ScalingModel, alpha: float, M: float, N: float, T: float) -> KernelSpectrum:
    """Of one spectrum and size of a model that is tested on its training distribution."""
    n = min(N, T)
    is_power = model.spectrum.nodes.alpha > 0.0
    wide = boundary_power_law(alpha, M, n) if is_power else wide_nodes(model.spectrum.nodes)
    none = np.empty(0)
    if model.is_plain:
        return KernelSpectrum(wide, none, none, N, T)
    power = model.teacher.power
    if is_power and power is not None:
        single = separate_directions(alpha, n)
        weighted = weighted_power_law(alpha, M, power, np.nan, LARGEST_ANGLE, single)
    else:
        weighted = weighted_nodes(model)
    return KernelSpectrum(wide, weighted.roots, weighted.teacher, N, T)


def all_bands(spectrum: KernelSpectrum, breaks: Floats) -> Bands:
    """The intervals where there are eigenvalues; they end at `breaks`, too."""
    wide, _, _, N, T = spectrum
    high = upper_edge(wide, N, T)
    low = lower_edge(wide, N, T, 1e-300) or HARD_EDGE * _scale_of_hard_edge(wide, N, T)
    return _cut(_bands(spectrum, low, high), breaks)


def _scale_of_hard_edge(wide: WideNodes, N: float, T: float) -> float:
    """Delta without ridge, lambda_M where that is 0."""
    nodes = wide.nodes
    n = min(N, T)
    log_scale = solve_point(nodes, N, T, -np.inf).log_delta if n < nodes.M else nodes.log_smallest
    return float(np.exp(log_scale))


def measures(spectrum: KernelSpectrum, bands: Bands, density: float) -> Measures:
    """The measures, with a density of nodes."""
    inner = []
    outer = []
    for start, end in bands:
        count = int(np.ceil(density * (8.0 + np.log(end / start))))
        step = LAST / count
        t = step * np.arange(-count, count + 1, dtype=np.float64)
        inner.append(_grid(spectrum, start, end, t[:-1] + 0.5 * step, step))
        outer.append(_grid(spectrum, start, end, t, step))
    return _with_atoms(spectrum, _joined(inner), _joined(outer))


def _with_atoms(spectrum: KernelSpectrum, inner: Grid, outer: Grid) -> Measures:
    wide, roots, teacher, N, T = spectrum
    M = wide.nodes.M
    nu0 = p0 = 0.0
    if min(N, T) < M:
        delta = float(np.exp(solve_point(wide.nodes, N, T, -np.inf).log_delta))
        df1 = N if not teacher.size else float(np.sum(teacher / (1.0 + delta * roots**2)))
        nu0 = delta * max(1.0 - T / N, 0.0)
        p0 = df1 * delta * max(1.0 - N / T, 0.0)
    q0 = max(1.0 - min(N, M) / T, 0.0)
    trace = wide.nodes.trace
    weighted = float(np.sum(teacher / roots**2)) if teacher.size else trace
    found = [inner.nu.sum() + nu0, inner.p.sum() + p0, inner.q.sum() + q0]
    error = float(np.max(np.abs(np.divide(found, [trace / T, weighted, 1.0]) - 1.0)))
    return Measures(inner, outer, nu0, p0, q0, error)


def _grid(spectrum: KernelSpectrum, low: float, high: float, t: Floats, step: float) -> Grid:
    """Nodes in log s by the double exponential rule: any behaviour at the ends is resolved."""
    half = 0.5 * np.log(high / low)
    s = np.exp(0.5 * np.log(low * high) + half * np.tanh(0.5 * np.pi * np.sinh(t)))
    slope = 0.5 * np.pi * np.cosh(t) / np.cosh(0.5 * np.pi * np.sinh(t)) ** 2
    return Grid(s, *(np.maximum(spectrum.densities(s), 0.0) * (s * half * slope * step)))


def _joined(grids: list[Grid]) -> Grid:
    return Grid(*(np.concatenate(columns) for columns in zip(*grids, strict=True)))


def _bands(spectrum: KernelSpectrum, low: float, high: float) -> Bands:
    """The intervals where there are eigenvalues."""
    nodes = spectrum.wide.nodes
    count = nodes.whole if nodes.K > 0.0 else nodes.roots.size
    below, above = gaps(spectrum.wide, count, spectrum.N, spectrum.T)
    inside = (below > low) & (above < high)
    below = below[inside][::-1]
    above = above[inside][::-1]
    starts = np.append(low, above)
    ends = np.append(below, high)
    return [(float(a), float(b)) for a, b in zip(starts, ends, strict=True)]


def _cut(bands: Bands, breaks: Floats) -> Bands:
    """The bands, cut where a filter is not smooth."""
    pieces = []
    for low, high in bands:
        inside = np.sort(breaks[(breaks > low) & (breaks < high)])
        ends = np.concatenate([[low], inside, [high]])
        pieces += [(float(a), float(b)) for a, b in pairwise(ends)]
    return pieces
