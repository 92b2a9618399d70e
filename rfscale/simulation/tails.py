"""Which moments of simulated losses exist (`rfscale.model.heavy_tails`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel
from rfscale.model.heavy_tails import tail_exponent
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
    is_linear = estimator is None or isinstance(estimator, LinearFeatures)
    return np.asarray(is_linear & (tail_exponent(model, N, T, ridge) <= 1))
