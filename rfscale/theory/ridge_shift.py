r"""How far finite sizes move the best ridge (12.25).

With the planar loss L0 and the one-loop term L1, in z = log gamma, at the planar optimum,

.. math:: \delta z = -\frac{L_1'(z)}{L_0''(z)}, \qquad |\delta z|\, e_1 + \tfrac14 e_1^2

with the estimate of the next order, in which e_1 is the error of the planar loss. It was measured
as `OptimalRidge` says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.theory.assembly import predicted
from rfscale.theory.strength import Strength

# Derivatives are those of a polynomial through the losses at these log ridges. Losses are analytic
# in gamma off the negative axis, hence in |Im z| < pi, where the coefficients fall as
# (2 pi + sqrt(4 pi^2 + 1))^-k: with 11 nodes the derivatives are off by about 1e-10 of the loss.
HALF_WIDTH = 0.5
NODES = HALF_WIDTH * np.cos(np.pi * np.arange(11) / 10)
COEFFICIENTS = np.linalg.inv(NODES[:, None] ** np.arange(NODES.size))
FLAT = 1e-7  # curvature over loss below which rounding hides where the minimum is
LARGEST = 1.0  # of what first order may shift log gamma by


class Shift(NamedTuple):
    """By how much log gamma shifts to first order in 1/size, and how wrong that may be."""

    shift: Floats  # 0 where the planar loss has no interior minimum
    error: Floats  # infinite there


def one_loop_shift(
    model: ScalingModel, N: Floats, T: Floats, best: Strength, first_order: Floats
) -> Shift:
    """The shift at the planar optimum, where `first_order` is the error of the planar loss.

    Next to the optimum will do: what is left of the planar slope counts.
    """
    planar = _taylor(model, N, T, best, "planar")
    total = _taylor(model, N, T, best, "one-loop")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shift = -total[1] / (2 * planar[2])
        error = np.abs(shift) * first_order + first_order**2 / 4
        is_curved = 2 * planar[2] > FLAT * planar[0]
        is_known = np.isfinite(best.log_ridge) & is_curved & np.isfinite(shift)
    return Shift(
        shift=np.where(is_known, np.clip(shift, -LARGEST, LARGEST), 0.0),
        error=np.where(is_known, error, np.inf),
    )


def shifted(at: Strength, shift: Floats) -> Strength:
    """The ridge times exp(shift)."""
    factor = np.exp(shift)
    return Strength(at.ridge * factor, at.kernel_ridge * factor, at.log_ridge + shift)


def _taylor(model: ScalingModel, N: Floats, T: Floats, best: Strength, order: str) -> list[Floats]:
    """Coefficients of the test loss in powers 0, 1 and 2 of log gamma, from that of `best`."""
    terms = [np.zeros(())] * 3
    for node, weights in zip(NODES, COEFFICIENTS[:3].T, strict=True):
        loss = predicted(model, N, T, shifted(best, node), order).test
        with np.errstate(invalid="ignore"):
            terms = [term + weight * loss for term, weight in zip(terms, weights, strict=True)]
    return terms
