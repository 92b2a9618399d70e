r"""The resolution at which Gaussian data have a given number of neighbours (24.6).

.. math:: -\log P = \tfrac12\Big[\sum_J\log\Big(1 + \frac{\lambda_J}{\Delta}\Big) - \mathrm{df}_1 +
          \mathrm{df}_2\Big] + \tfrac12\log 2\pi B, \qquad B = \tfrac12\mathrm{df}_2 +
          (\mathrm{df}_2 - \mathrm{df}_3)

It decreases with log Delta, from infinity to minus infinity, and is solved by Newton steps inside a
bracket.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.compiled import compiled
from rfscale.traces.log_determinant import log_determinant
from rfscale.traces.moments import moment
from rfscale.traces.nodes import Nodes
from rfscale.traces.sums import traces_kernel

MAX_EVALUATIONS = 200
EPS = 2.2e-16


class Ball(NamedTuple):
    """A ball around a typical point, at one log(Delta/lambda_+)."""

    log_share: float  # -log of the probability P that another point is in it
    slope: float  # of that with log Delta
    dimension: float  # 2 df1 - df2


@compiled
def ball_at(nodes: Nodes, log_delta: float) -> Ball:
    """The ball whose saddle point is at this Delta."""
    traces = traces_kernel(nodes, log_delta)
    root_delta = np.exp(log_delta / 2.0)
    B = traces.df2 / 2.0 + traces.df2_minus_df3
    of_exponent = (log_determinant(nodes, root_delta) - traces.df1_minus_df2) / 2.0
    slope = -B - 1.5 * moment(nodes, root_delta, 2, 2) / B
    log_share = of_exponent + np.log(2.0 * np.pi * B) / 2.0
    return Ball(log_share, slope, traces.df1 + traces.df1_minus_df2)


@compiled
def dimension_at(nodes: Nodes, log_share: float) -> float:
    """2 df1 - df2 where -log P is `log_share`, which may be infinite."""
    if log_share == np.inf:
        return nodes.M
    lower, upper = _bracket(nodes, log_share)
    z = 0.5 * (lower + upper)
    last_step = np.inf
    for _ in range(MAX_EVALUATIONS):
        ball = ball_at(nodes, z)
        step = (log_share - ball.log_share) / ball.slope
        if step > 0.0:
            lower = z
        else:
            upper = z
        tolerance = 4.0 * EPS * max(1.0, abs(z))
        if abs(step) <= tolerance or upper - lower <= tolerance:
            break
        if abs(step) > 0.5 * abs(last_step) or not lower < z + step < upper:
            step = 0.5 * (lower + upper) - z  # halve the bracket
        z += step
        last_step = step
    return ball.dimension


@compiled
def _bracket(nodes: Nodes, log_share: float) -> tuple[float, float]:
    """Bounds on log(Delta/lambda_+), found in steps that double."""
    step = 1.0
    z = 0.0
    is_above = ball_at(nodes, z).log_share < log_share  # the root is at a smaller Delta
    while True:
        following = z - step if is_above else z + step
        if (ball_at(nodes, following).log_share < log_share) != is_above:
            return min(z, following), max(z, following)
        z = following
        step *= 2.0
