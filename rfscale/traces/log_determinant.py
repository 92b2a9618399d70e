r"""The logarithm of the determinant of 1 + Lambda/Delta, the sum whose slope is the first trace.

.. math:: \sum_J \log\Big(1 + \frac{\lambda_J}{\Delta}\Big), \qquad
          \int_K^M \log\Big(1 + \frac{\lambda_J}{\Delta}\Big)\, dJ = \Big[J \log\Big(1 +
          \frac{\lambda_J}{\Delta}\Big)\Big]_K^M + (1 + \alpha) \int_K^M p_J\, dJ

The second is by parts, and is what the sum over a power law leaves beside its nodes. Derived here.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum
from rfscale.traces.integral import integral_moment
from rfscale.traces.nodes import Nodes, root_at_K, root_at_M
from rfscale.traces.sums import BLOCK


@compiled
def _log_one_plus(x: float) -> float:
    """log(1 + lambda/Delta) at x = sqrt(Delta/lambda) > 0."""
    # where Delta is small its inverse may be out of range
    return np.log1p(x * x) - 2.0 * np.log(x) if x < 1.0 else np.log1p((1.0 / x) ** 2)


@compiled_sum
def _sum_of_logs(roots: Floats, start: int, stop: int, root_delta: float) -> float:
    total = 0.0
    for k in range(start, stop):
        total += _log_one_plus(root_delta * roots[k])
    return total


@compiled
def log_determinant(nodes: Nodes, root_delta: float) -> float:
    """sum log(1 + lambda/Delta) at one sqrt(Delta/lambda_+) > 0."""
    total = _integral(nodes, root_delta) if nodes.K > 0.0 else 0.0
    for k in range(nodes.weights.size):
        total += nodes.weights[k] * _log_one_plus(root_delta * nodes.roots[nodes.whole + k])
    for start in range((nodes.whole - 1) // BLOCK * BLOCK, -1, -BLOCK):
        total += _sum_of_logs(nodes.roots, start, min(start + BLOCK, nodes.whole), root_delta)
    return total


@compiled
def _integral(nodes: Nodes, root_delta: float) -> float:
    """The integral of log(1 + lambda/Delta) from K to M."""
    at_K = nodes.K * _log_one_plus(root_delta * root_at_K(nodes))
    at_M = nodes.M * _log_one_plus(root_delta * root_at_M(nodes))
    return at_M - at_K + (1.0 + nodes.alpha) * integral_moment(nodes, root_delta, 1, 0)
