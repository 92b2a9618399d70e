r"""Where the mean of some tens of draws says what the mean is: away from heavy tails.

.. math:: \omega = (T - \mathrm{df}_1) + (n - \mathrm{df}_1) \ge 8, \qquad n = N
          \;\text{and, for the noise,}\; M

Without a ridge omega is |n - T| and the tail of the loss falls as x^-(omega + 1)/2
(`rfscale.model.heavy_tails`). A weak ridge cuts the tail off, but so far out that no simulation
sees where; omega grows with it. Where n has a pole that is no part of the loss, as N has where all
is learned, it does not count. The least omega was found by simulations of right theories, of which
up to 90 in 100 are refused at smaller ones. Derived here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rfscale.theory.prediction import Prediction

LEAST = 8.0 - 1e-6  # of whole numbers, known to rounding
SHARE = 0.01  # of the loss that has the pole, below which it does not count


def mean_settles(planar: Prediction) -> NDArray[np.bool_]:
    """Whether omega is large enough, from planar df1 and df2."""
    model = planar.model
    s = planar.df1 - planar.df2
    with np.errstate(invalid="ignore", divide="ignore"):
        a = planar.T - planar.df1
        b = planar.N - planar.df1
        share = np.where(np.isinf(a + b), 0.0, (a + b) * s / (a * b + (a + b) * s))
        of_sizes = (a + b >= LEAST) | (share < SHARE)
        of_latents = (a + model.rank - planar.df1 >= LEAST) | (model.sigma_eps == 0)
    return np.asarray(of_sizes & of_latents)
