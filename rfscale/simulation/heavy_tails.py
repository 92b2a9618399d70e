r"""Where the mean of the test loss over draws does not exist.

.. math:: P(L > x) \sim x^{-(|n - T| + 1)/2}, \qquad n = \min(N, \mathrm{rank})

without ridge, as the smallest eigenvalue :math:`\lambda` of a Wishart matrix of n dimensions and T
samples has the density :math:`\lambda^{(|n - T| - 1)/2}` at 0. Where the exponent is at most 1,
that is where n and T differ by no more than one, a mean over draws goes on growing with their
number.
The signal has the same tail in N and T, both being on the same footing, and none where all
directions are learned. Derived here from [Edelman], Eigenvalues and condition numbers of random
matrices, SIAM J. Matrix Anal. Appl. 9 (1988).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel
from rfscale.simulation.one_draw.experiment import Estimator
from rfscale.simulation.one_draw.linear_features import LinearFeatures

REMARK = "-: without ridge, where T and min(N, M) differ by at most one, the loss has no mean"


def has_no_mean(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike,
    estimator: Estimator | None = None,
) -> NDArray[np.bool_]:
    """Whether the test loss of linear features has no mean over draws; of others nothing is known.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=50))
    >>> has_no_mean(model, [19, 20, 22], 20, 0.0).tolist()
    [True, True, False]
    """
    rank = model.spectrum.rank
    T = np.asarray(T, dtype=np.float64)
    signal = (np.abs(N - T) <= 1) & (np.minimum(N, T) < rank) & (model.sigma_w > 0)
    noise = (np.abs(np.minimum(N, rank) - T) <= 1) & (model.sigma_eps > 0)
    is_linear = estimator is None or isinstance(estimator, LinearFeatures)
    return np.asarray(is_linear & (np.asarray(ridge) == 0) & (signal | noise))
