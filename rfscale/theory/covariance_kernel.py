"""The compiled loop over pairs of points: `rfscale.theory.equations.scatter`, point by point."""

from __future__ import annotations

from typing import NamedTuple

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.fixed_point import solve_point
from rfscale.theory.equations.scatter import covariances, pair_sums, places
from rfscale.theory.equations.scatter_error import growth
from rfscale.theory.equations.teacher_scatter import teacher_covariance
from rfscale.theory.kernels import weighted_at
from rfscale.theory.over_points import Points
from rfscale.traces.nodes import Nodes
from rfscale.traces.quadrature import WeightedNodes


class CovarianceRows(NamedTuple):
    """Covariances at all pairs of points, as arrays; as in `Point` and `Covariances`."""

    log_delta: Floats
    other_log_delta: Floats
    unused_T: Floats
    other_unused_T: Floats
    signal: Floats
    signal_noise: Floats
    noise_signal: Floats
    noise: Floats
    train_signal: Floats
    train_signal_noise: Floats
    train_noise_signal: Floats
    train_noise: Floats
    signal_growth: Floats  # as in `Growth`, at the first ridge
    learned_growth: Floats
    noise_growth: Floats
    teacher: Floats  # that a drawn teacher adds to the signal's, over both Delta and twice its unit


@compiled
def covariance_points(
    nodes: Nodes,
    weighted: WeightedNodes,
    points: Points,
    log_ridge: Floats,
    other_log_ridge: Floats,
    start: int,
    stop: int,
    out: CovarianceRows,
) -> None:
    """Covariances of the losses at two ridges."""
    alpha, M, N, T = points
    for i in range(start, stop):
        nodes, weighted = weighted_at(alpha[i], M[i], nodes, weighted)
        one = solve_point(nodes, N[i], T[i], log_ridge[i])
        other = solve_point(nodes, N[i], T[i], other_log_ridge[i])
        first, second = places(weighted, one, other, N[i], T[i])
        sums = pair_sums(weighted, first, second)
        found = covariances(first, second, sums)
        out.teacher[i] = teacher_covariance(weighted, first, second, sums)
        more = growth(one, first.saddle, N[i], T[i], nodes.M)
        out.signal_growth[i] = more.signal
        out.learned_growth[i] = more.learned
        out.noise_growth[i] = more.noise
        out.log_delta[i] = one.log_delta
        out.other_log_delta[i] = other.log_delta
        out.unused_T[i] = one.unused_T
        out.other_unused_T[i] = other.unused_T
        out.signal[i] = found.signal
        out.signal_noise[i] = found.signal_noise
        out.noise_signal[i] = found.noise_signal
        out.noise[i] = found.noise
        out.train_signal[i] = found.train_signal
        out.train_signal_noise[i] = found.train_signal_noise
        out.train_noise_signal[i] = found.train_noise_signal
        out.train_noise[i] = found.train_noise
