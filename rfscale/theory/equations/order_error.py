r"""How large the next term of the expansion in 1/size may be, relative to the test loss.

.. math:: e_1 = f\,\Big[1 + 3 \Big(\frac{\mathrm{df}_2}{\mathrm{df}_1}\Big)^4\Big], \qquad
          e_2 = \frac{\sum_i L_i}{L}\;
          \frac{\langle c^2 \rangle + \frac14 e_1^2}{1 - \langle |c| \rangle}

with the fluctuation f of (6.16), and means over the planar parts L_i of their relative changes c_i
by one loop.
Calibrated against simulations, which the book's page "How far to trust it" describes.
"""

from __future__ import annotations

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled

Part = tuple[Floats, Floats]  # a loss to one loop, and its relative change by that


@compiled
def first_order(fluctuation: float, df1: float, df2: float) -> float:
    """Estimate of the term of relative order 1/size: the fluctuation (6.16), up to four times.

    Four times where all is learned: the mean square of an inverse Wishart matrix is 1 + 4/(T - M) +
    ... The power of the mean p, df2/df1, in between is a choice.
    """
    return fluctuation * (1.0 + 3.0 * (df2 / df1) ** 4) if df1 > 0.0 else fluctuation


def second_order(test: Floats, signal: Part, noise: Part, first: Floats) -> Floats:
    """Estimate of the term of relative order 1/size^2, from the changes by one loop.

    c^2 of each part, as for a geometric series, and a quarter of the square of what the change
    might have been, as c may be small by chance; divided by 1 - c, and infinite for c >= 1.
    """
    hopeless = np.isinf(signal[1]) | ~np.isfinite(test) | ~np.isfinite(first) | (test < 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        parts = [_planar(*signal), _planar(*noise)]
        total = sum(parts)
        shares = [np.where(total > 0, part / total, 0.0) for part in parts]
        changes = [signal[1], noise[1]]
        change = sum(share * np.abs(c) for share, c in zip(shares, changes, strict=True))
        square = sum(share * c**2 for share, c in zip(shares, changes, strict=True))
        error = (square + first**2 / 4) / np.maximum(1 - change, 0.0) * (total / test)
    return np.where(hopeless, np.inf, np.where(test == 0, 0.0, error))


def _planar(loss: Floats, change: Floats) -> Floats:
    """A part of the planar loss, from the one with its relative change."""
    return np.where(np.isfinite(loss), loss / (1 + change), 0.0)


def resummed_error(signal: Part, noise: Part) -> Floats:
    """The relative error of the sum of losses, from losses with their relative errors."""
    infinite = np.isinf(signal[0] + noise[0])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = signal[0] / (signal[0] + noise[0])
        error = np.where(share > 0, share * signal[1], 0.0)
        error += np.where(share < 1, (1 - share) * noise[1], 0.0)
    return np.where(infinite, np.inf, error)
