"""The compiled loop over mixtures of ridges: two-ridge losses path by path, and all its points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rfscale.model import ScalingModel
from rfscale.model.training import Mixtures
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, run_in_chunks
from rfscale.theory.equations.complex_fixed_point import Complexes, Path, solve_path
from rfscale.theory.equations.edges import lower_edge, upper_edge
from rfscale.theory.equations.two_ridge import TwoRidge, plain_two_ridge, quadratic
from rfscale.theory.equations.weighted_two_ridge import weighted_two_ridge
from rfscale.theory.over_points import Points
from rfscale.theory.weights import wide_weighted_nodes
from rfscale.traces.complex_sums import LARGEST_ANGLE, WideNodes, wide_nodes, wide_power_law
from rfscale.traces.quadrature import WeightedNodes, weighted_power_law

PATHS = 16  # in one go: some milliseconds of work


class MixtureRows(NamedTuple):
    """The losses of all points as traces, in units of lambda_+."""

    signal: Floats
    noise: Floats
    train_signal: Floats
    train_noise: Floats
    step: Floats  # relative: of the last Newton step on the path


@compiled
def _write(
    two: TwoRidge, path: Path, points: NDArray[np.int64], weights: Complexes, out: MixtureRows
) -> None:
    step = np.max(path.step)
    for i in points:
        v = weights[i]
        seen = v * path.y_T
        out.signal[i] = quadratic(two.signal, v)
        out.noise[i] = quadratic(two.noise, v)
        out.train_signal[i] = quadratic(two.train_signal, seen)
        out.train_noise[i] = quadratic(two.train_noise, seen)
        out.step[i] = step


@compiled
def mixture_paths(
    wide: WideNodes,
    weighted: WeightedNodes,
    at: Points,
    ridges: Complexes,
    order: NDArray[np.int64],
    first: NDArray[np.int64],
    weights: Complexes,
    start: int,
    stop: int,
    out: MixtureRows,
) -> None:
    """Of the paths start, ..., stop - 1 and their points order[first[path]:first[path + 1]]."""
    alpha, M, N, T = at
    exponent = weighted.exponent
    test_alpha = weighted.test_alpha
    for i in range(start, stop):
        if alpha[i] != wide.nodes.alpha or M[i] != wide.nodes.M:
            wide = wide_power_law(alpha[i], M[i])
            if not weighted.plain:
                weighted = weighted_power_law(alpha[i], M[i], exponent, test_alpha, LARGEST_ANGLE)
        path = solve_path(wide, N[i], T[i], ridges[i])
        if weighted.plain:
            two = plain_two_ridge(path, N[i], T[i])
        else:
            two = weighted_two_ridge(weighted, path, N[i], T[i])
        _write(two, path, order[first[i] : first[i + 1]], weights, out)


@compiled
def lower_edge_points(
    wide: WideNodes, at: Points, least: Floats, start: int, stop: int, out: Floats
) -> None:
    """The lower edges of the kernel's spectrum."""
    alpha, M, N, T = at
    for i in range(start, stop):
        if alpha[i] != wide.nodes.alpha or M[i] != wide.nodes.M:
            wide = wide_power_law(alpha[i], M[i])
        out[i] = lower_edge(wide, N[i], T[i], least[i])


@compiled
def upper_edge_points(wide: WideNodes, at: Points, start: int, stop: int, out: Floats) -> None:
    """The upper edges."""
    alpha, M, N, T = at
    for i in range(start, stop):
        if alpha[i] != wide.nodes.alpha or M[i] != wide.nodes.M:
            wide = wide_power_law(alpha[i], M[i])
        out[i] = upper_edge(wide, N[i], T[i])


def wide_nodes_of(model: ScalingModel, at: Points) -> WideNodes:
    """The first spectrum of a model for sums at complex Delta."""
    spectrum = model.spectrum
    if spectrum.nodes.alpha > 0.0:  # a power law
        return wide_power_law(float(at.alpha[0]), float(at.M[0]))
    return wide_nodes(spectrum.nodes)


def mixture_losses(model: ScalingModel, at: Points, mixtures: Mixtures) -> MixtureRows:
    """The losses of mixtures of ridges in relative units; `at` holds spectra and sizes of points.

    Points of one path have the same.
    """
    order = np.argsort(mixtures.path, kind="stable")
    first = np.searchsorted(mixtures.path[order], np.arange(len(mixtures.ridges) + 1))
    of_paths = Points(*(np.ascontiguousarray(values[order[first[:-1]]]) for values in at))
    out = MixtureRows(*(np.empty(order.size) for _ in MixtureRows._fields))
    wide = wide_nodes_of(model, of_paths)
    weighted = wide_weighted_nodes(model)
    ridges = np.ascontiguousarray(mixtures.ridges)
    weights = np.ascontiguousarray(mixtures.weights)

    def task(start: int, stop: int) -> None:
        arrays = (of_paths, ridges, order, first, weights)
        mixture_paths(wide, weighted, *arrays, start, stop, out)

    run_in_chunks(task, len(ridges), PATHS)
    return out


def lower_edges(model: ScalingModel, at: Points, least: Floats) -> Floats:
    """The smallest eigenvalue that is not zero at each point; 0 without a gap, or below `least`."""
    out = np.empty(at.N.size)
    wide = wide_nodes_of(model, at)
    run_in_chunks(lambda i, j: lower_edge_points(wide, at, least, i, j, out), out.size, PATHS)
    return out


def upper_edges(model: ScalingModel, at: Points) -> Floats:
    """The largest eigenvalue at each point."""
    out = np.empty(at.N.size)
    wide = wide_nodes_of(model, at)
    run_in_chunks(lambda i, j: upper_edge_points(wide, at, i, j, out), out.size, PATHS)
    return out
