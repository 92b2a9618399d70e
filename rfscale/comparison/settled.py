r"""Where the mean of some tens of draws says what the mean is: away from heavy tails.

.. math:: \omega = (T - \mathrm{df}_1) + (n - \mathrm{df}_1) \ge 8, \qquad n = N
          \;\text{and, for the noise,}\; M

Without a ridge omega is |n - T| and the tail of the loss falls as x^-k, k = (omega + 1)/2
(`rfscale.model.heavy_tails`). A weak ridge cuts the tail off, but so far out that no simulation
sees where; omega grows with it. Where n has a pole that is no part of the loss, as N has where all
is learned, it does not count.

A mean is judged by its standard error, which has a standard error itself where the fourth moment
exists: k > 4, of whole numbers omega >= 8. The steepest law is that of a single direction, M = 1
with label noise, T = omega + 1. The loss is 1/chi-squared, of a known mean, and theory's scatter is
too small by the root of (1 + 1/omega)(1 - 3/omega). Without a limit on omega a right theory would
be refused there, with 2 to 512 draws, in at most 1.9 % of runs for omega = 4, 1.2 % for 5, .7 % for
6, .6 % for 7, and .5 %, the aim, from 8 on; where there is no variance in 12 % (3) and 23 % (2).
With a weak ridge that cuts off a tail of omega near 1 it was 95 %. Derived here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import Floats
from rfscale.theory.leveraged import LeveragedPrediction
from rfscale.theory.prediction import Prediction

LEAST = 8.0 - 1e-6  # of whole numbers, known to rounding
SHARE = 0.01  # of the loss that has the pole, below which it does not count


def mean_settles(
    planar: Prediction | LeveragedPrediction, samples: Floats | None = None
) -> NDArray[np.bool_]:
    """Whether omega is large enough, from planar df1 and df2, with T or so many samples."""
    model = planar.model
    s = planar.df1 - planar.df2
    T = planar.T if samples is None else samples
    with np.errstate(invalid="ignore", divide="ignore"):
        a = T - planar.df1
        b = planar.N - planar.df1
        share = np.where(np.isinf(a + b), 0.0, (a + b) * s / (a * b + (a + b) * s))
        of_sizes = (a + b >= LEAST) | (share < SHARE)
        of_latents = (a + model.rank - planar.df1 >= LEAST) | (model.sigma_eps == 0)
    return np.asarray(of_sizes & of_latents)
