r"""How to share a budget N T between features and samples.

.. math:: \min_{N T = C} L(N, T)

At the optimal ridge and without label noise the best is N = T; without ridge the peak is there, and
for a power law N/T, or T/N, is alpha/(2 + alpha). Derived here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.support.arguments import Floats, is_optimal, ridges, sizes
from rfscale.theory.kernels import broadcast_shape
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction

COARSE = 201  # ratios N/T that are tried first, from N = 1 to T = 1
FINE = 21  # around the best of them, again and again
ZOOMS = 6


def compute_optimal(
    model: ScalingModel, budget: ArrayLike, ridge: ArrayLike | str = 0.0
) -> Prediction:
    """The N and T, N T = budget, at which the planar test loss is least.

    Parameters
    ----------
    model : ScalingModel
    budget : array_like
        N T >= 1, finite: what training costs, in multiplications of a feature with a sample.
    ridge : array_like or "optimal"
        As for `predict`; broadcast with `budget`.

    Returns
    -------
    Prediction
        At the best N >= 1 and T >= 1, log(N/T) known to 1e-6 of log(budget). Where N and T may be
        exchanged, N <= T; where the loss is 0 for a range of N, the one next to N = T.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the shapes do not broadcast.

    Notes
    -----
    A search over 201 ratios N/T, then ever finer around the best: of several minima the deepest is
    found unless it is narrower than a hundredth of log(budget).

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> best = compute_optimal(ScalingModel(PowerLaw(alpha=1.0, M=10**12)), budget=1e10)
    >>> print(best.N / best.T)  # alpha/(2 + alpha)
    0.3333
    """
    require_model(model)
    budget = sizes("budget", budget)
    if not np.all((budget >= 1) & np.isfinite(budget)):
        raise ValueError(
            f"budget must be finite and >= 1, got {budget.max() if np.all(budget >= 1) else budget.min():g}"
        )
    strength = np.zeros(()) if is_optimal(ridge) else ridges(ridge)
    best, width = np.zeros(broadcast_shape(model.spectrum, budget=budget, ridge=strength)), 1.0
    for count in (COARSE, *[FINE] * ZOOMS):
        best = _best(model, budget, ridge, best, width, count)
        width /= (count - 1) / 4  # two steps to either side
    return predict(model, *_sizes(budget, best), ridge)


def _best(
    model: ScalingModel,
    budget: Floats,
    ridge: ArrayLike | str,
    around: Floats,
    width: float,
    count: int,
) -> Floats:
    """Of `count` shares within `width` of `around`, the one of the least loss, nearest to the
    middle.
    """
    away = width * np.arange(1, count // 2 + 1) / (count // 2)
    steps = np.concatenate(
        [[0.0], np.stack([-away, away], axis=1).ravel()]
    )  # of equal losses, the first is taken
    shares = np.clip(around + steps.reshape(-1, *[1] * around.ndim), -1.0, 1.0)
    least = np.argmin(predict(model, *_sizes(budget, shares), ridge).test, axis=0)
    return np.take_along_axis(shares, least[None], axis=0)[0]


def _sizes(budget: Floats, share: Floats) -> tuple[Floats, Floats]:
    """N and T at share = log(N/T)/log(budget), in [-1, 1]."""
    half = share * np.log(budget) / 2
    return np.sqrt(budget) * np.exp(half), np.sqrt(budget) * np.exp(-half)
