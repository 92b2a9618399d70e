r"""The planar fixed point on the spectrum of the kernel: the densities of its measures (19.6).

.. math:: g = -s - i0: \qquad \nu = \frac1\pi\,\mathrm{Im} \frac{1}{y_T}, \qquad p = \frac1\pi\,
          \mathrm{Im} \frac{\mathrm{df}_1^W}{y_N}, \qquad q = -\frac{1}{\pi s}\,\mathrm{Im}\, y_T

In units of sigma_u^2 lambda_+ N T/M: nu is the spectrum of phi phi^T weighted by the covariance of
the features, p that of phi^T phi by the signal of the labels, and q the plain one.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.complex_fixed_point import solve_path
from rfscale.traces.complex_sums import WideNodes, wide_nodes
from rfscale.traces.nodes import first_of_integral, power_law_nodes_from

TURNS = 16  # ridges on the arc from near the positive axis to the negative one
LARGEST_ANGLE = 5.0 * np.pi / 6.0
HEAD = 8.0  # single eigenvalues over sqrt(a min(N, T)): bands of the spectrum are separate there


@compiled
def separate_directions(alpha: float, n: float) -> float:
    """How many of the first eigenvalues may have a band of their own, in order of magnitude."""
    return np.ceil(HEAD * np.sqrt((1.0 + alpha) * n))


@compiled
def boundary_power_law(alpha: float, M: float, n: float) -> WideNodes:
    """The nodes of a power law for Delta near the poles -lambda_J, which are apart for small J."""
    K = max(first_of_integral(alpha, LARGEST_ANGLE), separate_directions(alpha, n))
    return wide_nodes(power_law_nodes_from(alpha, M, K))


@compiled
def on_the_cut(
    wide: WideNodes,
    roots: Floats,
    teacher: Floats,
    N: float,
    T: float,
    s: Floats,
    start: int,
    stop: int,
    out: Floats,
) -> None:
    """The densities nu, p and q at eigenvalues s, (3, s.size).

    `teacher` are the weights of sum W f over nodes, empty for W = 1.
    """
    # above the cut, where everything is the conjugate
    turns = np.exp(1j * np.pi * (0.05 + 0.95 * np.arange(TURNS) / (TURNS - 1.0)))
    turns[-1] = -1.0
    for i in range(start, stop):
        path = solve_path(wide, N, T, s[i] * turns)
        y_N = path.y_N[-1]
        y_T = path.y_T[-1]
        df1 = path.df1[-1]
        if teacher.size:
            df1 = np.sum(teacher / (1.0 + path.delta[-1] * roots * roots))
        out[0, i] = -(1.0 / y_T).imag / np.pi
        out[1, i] = -(df1 / y_N).imag / np.pi
        out[2, i] = y_T.imag / (np.pi * s[i])
