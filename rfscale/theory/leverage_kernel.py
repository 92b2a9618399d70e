"""The compiled loop over points with leverages."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.leverage import Problem, leveraged_terms, solve_leverages
from rfscale.theory.equations.losses import corner_sums, square_corner
from rfscale.theory.equations.order_error import first_order
from rfscale.theory.equations.planar import Saddle, fluctuation, times_delta
from rfscale.theory.kernels import weighted_at
from rfscale.theory.over_points import Points
from rfscale.traces.nodes import Nodes
from rfscale.traces.quadrature import WeightedNodes, all_moments


class LeveragedRows(NamedTuple):
    """The losses at all points, as arrays; signals in units of min(1, sqrt(Delta/lambda_+))."""

    log_delta: Floats
    df1: Floats
    df2: Floats
    effective: Floats
    signal: Floats
    noise: Floats
    train_signal: Floats
    train_noise: Floats
    first_order: Floats
    delta_error: Floats


@compiled
def leveraged_points(
    nodes: Nodes,
    weighted: WeightedNodes,
    tau: Floats,
    points: Points,
    log_ridge: Floats,
    start: int,
    stop: int,
    out: LeveragedRows,
) -> None:
    """The planar losses of any model with samples of these leverages."""
    alpha, M, N, T = points
    for i in range(start, stop):
        nodes, weighted = weighted_at(alpha[i], M[i], nodes, weighted)
        point, samples = solve_leverages(Problem(nodes, tau, N[i], T[i], log_ridge[i]))
        moments = all_moments(weighted, np.exp(point.log_delta / 2.0))
        terms = leveraged_terms(moments, point, samples, N[i])
        one = moments.one
        out.log_delta[i] = point.log_delta
        out.df1[i] = point.traces.df1
        out.df2[i] = point.traces.df2
        out.effective[i] = samples.effective
        out.signal[i] = times_delta(point.log_delta, terms.signal, weighted.test_trace)
        if point.log_delta == -np.inf and N[i] == T[i] == nodes.M:
            out.signal[i] = square_corner(corner_sums(weighted))  # whatever the leverages are
        out.noise[i] = terms.noise
        out.train_signal[i] = times_delta(point.log_delta, terms.train_signal, weighted.trace)
        out.train_noise[i] = terms.train_noise
        out.delta_error[i] = point.delta_error
        # as for samples of equal leverage whose squares fluctuate as much
        y_N = point.unused_N
        D = (y_N + one.s / N[i]) * terms.held
        y_T = samples.unused * samples.ratio  # whatever the scale of all leverages
        saddle = Saddle(y_N, y_T, 1.0 / N[i], samples.squares, D)
        out.first_order[i] = first_order(fluctuation(one.s, saddle), one.df1, one.df2)
