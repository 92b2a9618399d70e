r"""How heavy the tail of the loss is without ridge: which of its moments over draws exist.

.. math:: P(L > x) \sim x^{-k}, \qquad k = \frac{|n - T| + 1}{2}, \qquad n = \min(N, \mathrm{rank})

as the smallest eigenvalue :math:`\lambda` of a Wishart matrix of n dimensions and T samples has the
density :math:`\lambda^{(|n - T| - 1)/2}` at 0. The mean exists for k > 1, that is where n and T
differ by two or more, and the variance for k > 2, where they differ by four or more.
The signal has the same tail in N and T, both being on the same footing, and none where all
directions are learned. With a ridge there is no such tail. Derived here from [Edelman], Eigenvalues
and condition numbers of random matrices, SIAM J. Matrix Anal. Appl. 9 (1988).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.scaling_model import ScalingModel
from rfscale.support.arguments import Floats


def tail_exponent(model: ScalingModel, N: ArrayLike, T: ArrayLike, ridge: ArrayLike) -> Floats:
    """The exponent k of the tail of the test loss over draws; infinite where it has none.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=50))
    >>> tail_exponent(model, [19, 20, 22, 24], 20, 0.0).tolist()
    [1.0, 0.5, 1.5, 2.5]
    """
    rank = model.spectrum.rank
    N = np.asarray(N, dtype=np.float64)
    T = np.asarray(T, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        of_signal = np.where(np.minimum(N, T) < rank, np.abs(N - T), np.inf)
        of_noise = np.abs(np.minimum(N, rank) - T)
    gap = np.minimum(
        np.where(model.sigma_w > 0, of_signal, np.inf),
        np.where(model.sigma_eps > 0, of_noise, np.inf),
    )
    return np.where((np.asarray(ridge) == 0) & ~np.isnan(gap), (gap + 1) / 2, np.inf)
