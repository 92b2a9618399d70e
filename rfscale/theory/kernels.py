"""The compiled loops over points: each equation of `rfscale.theory.equations`, point by point."""

from __future__ import annotations

from typing import NamedTuple

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.best_ridge import optimum
from rfscale.theory.equations.fixed_point import Point, solve_point
from rfscale.theory.equations.losses import Losses, isotropic_losses, losses
from rfscale.theory.equations.order_error import first_order
from rfscale.theory.equations.split import split
from rfscale.theory.over_points import Points
from rfscale.traces.nodes import Nodes, power_law_nodes
from rfscale.traces.quadrature import WeightedNodes, weighted_power_law


class LossRows(NamedTuple):
    """The losses at all points, as arrays; the fields as in `Point` and `Losses`."""

    log_delta: Floats
    df1: Floats  # to the order of the losses
    df2: Floats
    unused_T: Floats
    signal: Floats
    noise: Floats
    train_signal: Floats
    train_noise: Floats
    signal_change: Floats
    noise_change: Floats
    signal_error: Floats
    noise_error: Floats
    first_order: Floats
    delta_error: Floats
    evaluations: Floats


class OptimumRows(NamedTuple):
    """The losses at the best ridge."""

    losses: LossRows
    log_ridge: Floats  # log of gamma M/(sigma_u^2 lambda_+ N T)


class FixedPoint(NamedTuple):
    """The solutions of the fixed point, as arrays; the fields as in `Point` and `Traces`."""

    log_delta: Floats
    unused_N: Floats
    unused_T: Floats
    delta_error: Floats
    evaluations: Floats
    df1: Floats
    df2: Floats
    df1_minus_df2: Floats
    df2_minus_df3: Floats


class SplitRows(NamedTuple):
    """The parts of the loss at all points, as arrays; the fields as in `Split`."""

    log_delta: Floats
    bias: Floats
    features: Floats
    data: Floats
    features_data: Floats
    noise_data: Floats
    noise_features_data: Floats


@compiled
def nodes_at(alpha: float, M: float, nodes: Nodes) -> Nodes:
    """The nodes of the spectrum of a point: those of the point before it, as a rule."""
    if alpha == nodes.alpha and M == nodes.M:
        return nodes
    return power_law_nodes(alpha, M)


@compiled
def weighted_at(
    alpha: float, M: float, nodes: Nodes, weighted: WeightedNodes
) -> tuple[Nodes, WeightedNodes]:
    """The same with the weights of a teacher and a test spectrum that are power laws."""
    if alpha == nodes.alpha and M == nodes.M:
        return nodes, weighted
    weights = weighted_power_law(alpha, M, weighted.exponent, weighted.test_alpha)
    return power_law_nodes(alpha, M), weights


@compiled
def _write(point: Point, at: Losses, i: int, out: LossRows) -> None:
    out.log_delta[i] = point.log_delta
    out.df1[i] = point.traces.df1 + at.df1
    out.df2[i] = point.traces.df2
    out.unused_T[i] = point.unused_T
    out.signal[i] = at.signal
    out.noise[i] = at.noise
    out.train_signal[i] = at.train_signal
    out.train_noise[i] = at.train_noise
    out.signal_change[i] = at.signal_change
    out.noise_change[i] = at.noise_change
    out.signal_error[i] = at.signal_error
    out.noise_error[i] = at.noise_error
    out.first_order[i] = first_order(at.fluctuation, point.traces.df1, point.traces.df2)
    out.delta_error[i] = point.delta_error
    out.evaluations[i] = point.evaluations


@compiled
def planar_points(
    nodes: Nodes,
    points: Points,
    inverse: Floats,
    log_ridge: Floats,
    start: int,
    stop: int,
    out: LossRows,
) -> None:
    """The planar losses of a plain model: the fast path of `loss_points`."""
    alpha, M, N, T = points
    for i in range(start, stop):
        nodes = nodes_at(alpha[i], M[i], nodes)
        point = solve_point(nodes, N[i], T[i], log_ridge[i])
        at = isotropic_losses(nodes, inverse[i], point, N[i], T[i])
        _write(point, at, i, out)


@compiled
def loss_points(
    nodes: Nodes,
    weighted: WeightedNodes,
    order: int,
    points: Points,
    log_ridge: Floats,
    start: int,
    stop: int,
    out: LossRows,
) -> None:
    """The losses of any model, to an order of `ORDERS`, by its index."""
    alpha, M, N, T = points
    for i in range(start, stop):
        nodes, weighted = weighted_at(alpha[i], M[i], nodes, weighted)
        point = solve_point(nodes, N[i], T[i], log_ridge[i])
        at = losses(weighted, point, N[i], T[i], nodes.M, order)
        _write(point, at, i, out)


@compiled
def optimum_points(
    nodes: Nodes,
    points: Points,
    inverse: Floats,
    log_eta: Floats,
    start: int,
    stop: int,
    out: OptimumRows,
) -> None:
    """The planar losses of a plain model at the best ridge."""
    alpha, M, N, T = points
    for i in range(start, stop):
        nodes = nodes_at(alpha[i], M[i], nodes)
        point, log_ridge = optimum(nodes, N[i], T[i], log_eta[i])
        at = isotropic_losses(nodes, inverse[i], point, N[i], T[i])
        _write(point, at, i, out.losses)
        out.log_ridge[i] = log_ridge


@compiled
def split_points(
    nodes: Nodes,
    weighted: WeightedNodes,
    points: Points,
    log_ridge: Floats,
    start: int,
    stop: int,
    out: SplitRows,
) -> None:
    """Bias and variances."""
    alpha, M, N, T = points
    for i in range(start, stop):
        nodes, weighted = weighted_at(alpha[i], M[i], nodes, weighted)
        point = solve_point(nodes, N[i], T[i], log_ridge[i])
        parts = split(weighted, point, N[i], T[i], nodes.M)
        out.log_delta[i] = point.log_delta
        out.bias[i] = parts.bias
        out.features[i] = parts.features
        out.data[i] = parts.data
        out.features_data[i] = parts.features_data
        out.noise_data[i] = parts.noise_data
        out.noise_features_data[i] = parts.noise_features_data


@compiled
def solve_points(
    nodes: Nodes, points: Points, log_ridge: Floats, start: int, stop: int, out: FixedPoint
) -> None:
    """The fixed point."""
    alpha, M, N, T = points
    for i in range(start, stop):
        nodes = nodes_at(alpha[i], M[i], nodes)
        point = solve_point(nodes, N[i], T[i], log_ridge[i])
        out.log_delta[i] = point.log_delta
        out.unused_N[i] = point.unused_N
        out.unused_T[i] = point.unused_T
        out.delta_error[i] = point.delta_error
        out.evaluations[i] = point.evaluations
        out.df1[i] = point.traces.df1
        out.df2[i] = point.traces.df2
        out.df1_minus_df2[i] = point.traces.df1_minus_df2
        out.df2_minus_df3[i] = point.traces.df2_minus_df3
