r"""The lower edge of the kernel's spectrum for a power law (20.19).

.. math:: NT - (1 - s)(N + T)\, d + (1 - 2s)\, d^2 = 0, \qquad s_\mathrm{min} =
          \Big(\frac cd\Big)^{1+\alpha} (d - N)(T - d)

in units of lambda_+, d the root between min(N, T) and max(N, T). Source: derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.theory.asymptotics.errors import power_law_constant


def exponent_and_constant(alpha: float) -> tuple[float, float]:
    """s = 1/(1 + alpha) and c of df1 = c Delta^-s (9.5)."""
    s = 1 / (1 + alpha)
    return s, float(power_law_constant(alpha) ** s)


class Edge(NamedTuple):
    """The lower edge of the kernel's spectrum, in units of N T and of n."""

    sigma: Floats  # s_min/(N T)
    root: Floats  # Im df1/n of the eigenvalue sigma + y is root sqrt(y) there
    d: Floats  # df1/n


def lower_edge(alpha: float, n: Floats, x: Floats) -> Edge:
    """Where the slope of the ridge by Delta vanishes, for a power law, x = n/m (20.19)."""
    s, c = exponent_and_constant(alpha)
    root = np.sqrt((1 - s) ** 2 * (1 + x) ** 2 - 4 * (1 - 2 * s) * x)
    d = 2 / ((1 - s) * (1 + x) + root)
    Delta = (c / (n * d)) ** (1 + alpha)
    curvature = s * d * Delta * ((1 - s) * (1 + x) - 2 * (1 - 2 * s) * d * x)
    return Edge(Delta * (d - 1) * (1 - d * x), s * d * np.sqrt(2 / curvature), d)
