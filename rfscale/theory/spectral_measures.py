"""The kernel's spectrum as nodes with masses: bands, their edges, and atoms at zero."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
from rfscale.theory.weights import weighted_nodes
from rfscale.traces.complex_sums import LARGEST_ANGLE, WideNodes, wide_nodes
from rfscale.traces.quadrature import weighted_power_law

Bands = list[tuple[float, float]]

POINTS = 16  # eigenvalues in one go: some milliseconds
HARD_EDGE = 1e-30  # of the largest eigenvalue, from where on the spectrum is taken if it has no gap
SCAN = 0.25  # spacing of the search for gaps, over the width of the band of one direction
MOST_SCANNED = 6000
LAST = 3.1  # of the double exponential rule: its nodes come as near to an end as rounding allows
THIRDS = 16  # of an interval with a minimum of the density in it
HALVINGS = 36  # of an interval with an edge in it
EMPTY = 1e-9  # density in a gap over the largest


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
    low = lower_edge(wide, N, T, 1e-300)
    is_hard = low == 0.0
    return _cut(_bands(spectrum, low or HARD_EDGE * high, high, is_hard), breaks)


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


def _bands(spectrum: KernelSpectrum, low: float, high: float, is_hard: bool) -> Bands:
    """The intervals where there are eigenvalues; also cut where the density is least between."""
    width = SCAN * np.sqrt(1.0 / spectrum.N + 1.0 / spectrum.T)
    count = int(min(np.ceil(np.log(high / low) / min(width, 0.1)), MOST_SCANNED))
    log_s = np.linspace(np.log(low), np.log(high), count + 2)[1:-1]
    least = _minima(spectrum, log_s)
    s = np.exp(np.union1d(log_s, least))
    filled = _filled(spectrum, s)
    if is_hard:  # where p may vanish, which `_filled` looks at, and q does not
        filled[: np.argmax(filled)] = True
    changes = np.flatnonzero(filled[1:] != filled[:-1])
    edges = _edges(spectrum, s[changes], s[changes + 1], filled[changes])
    ends = np.concatenate([[low], edges, [high]])
    bands = [(float(a), float(b)) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    return _cut(bands, np.exp(least))


def _minima(spectrum: KernelSpectrum, log_s: Floats) -> Floats:
    """Where the density has a local minimum between the points of a grid: gaps may be narrow."""
    density = spectrum.densities(np.exp(log_s))[1]
    at = np.flatnonzero((density[1:-1] <= density[:-2]) & (density[1:-1] < density[2:])) + 1
    low = log_s[at - 1]
    high = log_s[at + 1]
    for _ in range(THIRDS if at.size else 0):
        third = (high - low) / 3.0
        left, right = (spectrum.densities(np.exp(x))[1] for x in (low + third, high - third))
        low = np.where(left > right, low + third, low)
        high = np.where(left > right, high, high - third)
    return np.asarray((low + high) / 2.0)


def _filled(spectrum: KernelSpectrum, s: Floats) -> NDArray[np.bool_]:
    """Whether the density is not 0."""
    return np.asarray(spectrum.densities(s)[1] > EMPTY)


def _edges(spectrum: KernelSpectrum, low: Floats, high: Floats, below: NDArray[np.bool_]) -> Floats:
    """The edges between eigenvalues of which one has a density; `below` says whether the lower."""
    if not low.size:
        return low
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        like_low = _filled(spectrum, middle) == below
        low = np.where(like_low, middle, low)
        high = np.where(like_low, high, middle)
    return np.sqrt(low * high)


def _cut(bands: Bands, breaks: Floats) -> Bands:
    """The bands, cut where a filter is not smooth."""
    pieces = []
    for low, high in bands:
        inside = np.sort(breaks[(breaks > low) & (breaks < high)])
        ends = np.concatenate([[low], inside, [high]])
        pieces += [(float(a), float(b)) for a, b in pairwise(ends)]
    return pieces
