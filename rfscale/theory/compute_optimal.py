r"""How to share a budget between features and samples, or size and time of training.

.. math:: \min_{N T = C} L(N, T)

At the optimal ridge and without label noise the best is N = T (13.2), with noise (13.4); without
ridge the peak is there, and for a power law N/T, or T/N, is alpha/(2 + alpha) (13.7).
"""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.support.arguments import Floats, choice, given_ridge, sizes
from rfscale.theory.compute_over_time import best_over_time
from rfscale.theory.over_points import broadcast_shape
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction
from rfscale.theory.trained_prediction import TrainedPrediction

COSTS = ("N T", "N tau", "N T tau")
COARSE = 201  # ratios N/T that are tried first, from N = 1 to T = 1
FINE = 21  # around the best of them, again and again
ZOOMS = 6


@overload
def compute_optimal(
    model: ScalingModel,
    budget: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    cost: Literal["N T"] = "N T",
) -> Prediction: ...


@overload
def compute_optimal(
    model: ScalingModel,
    budget: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    cost: str,
) -> Prediction | TrainedPrediction: ...


def compute_optimal(
    model: ScalingModel,
    budget: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    cost: str = "N T",
) -> Prediction | TrainedPrediction:
    """The N and T, N T = budget, or also the time, at which the planar test loss is least.

    Parameters
    ----------
    model : ScalingModel
    budget : array_like
        N T >= 1, finite: what training costs, in multiplications of a feature with a sample.
    ridge : array_like or "optimal", optional
        As for `predict`; broadcast with `budget`.
    kernel_ridge : array_like, optional
        In place of `ridge`, as for `predict`; gamma then grows with N.
    cost : {"N T", "N tau", "N T tau"}
        What the budget is. With tau the model is trained by gradient flow, without a ridge: "N
        tau" on infinitely many samples, "N T tau" with a full batch of T samples; its power laws
        are `rfscale.asymptotics.compute_optimal_time`.

    Returns
    -------
    Prediction, or TrainedPrediction where the cost has tau
        At the best N >= 1 and T >= 1, log(N/T) known to 1e-6 of log(budget). Where N and T may be
        exchanged, N <= T; where the loss is 0 for a range of N, the one next to N = T. With tau in
        the cost `training` has it, and each logarithm is known to 1e-5 of log(budget).

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
    outside = ~((budget >= 1) & np.isfinite(budget))
    if np.any(outside):
        raise ValueError(f"budget must be finite and >= 1, got {budget[outside].flat[0]:g}")
    name, values = given_ridge(ridge, kernel_ridge)
    if choice("cost", cost, COSTS) != "N T":
        if ridge is not None or kernel_ridge is not None:
            raise ValueError(f"{name} must not be given with the cost {cost}, got one")
        return best_over_time(model, budget, cost)
    given = np.zeros(()) if values is None else values
    best = np.zeros(broadcast_shape(model.spectrum, budget=budget, **{name: given}))
    width = 1.0

    def losses(share: Floats) -> Prediction:
        return predict(model, *_sizes(budget, share), ridge, kernel_ridge=kernel_ridge)

    for count in (COARSE, *[FINE] * ZOOMS):
        tried = _around(best, width, count)
        least = np.argmin(losses(tried).test, axis=0)
        best = np.take_along_axis(tried, least[None], axis=0)[0]
        width /= (count - 1) / 4  # two steps to either side
    return losses(best)


def _around(share: Floats, width: float, count: int) -> Floats:
    """`count` shares within `width` of one, the nearest first: it wins where losses are equal."""
    away = width * np.arange(1, count // 2 + 1) / (count // 2)
    steps = np.concatenate([[0.0], np.stack([-away, away], axis=1).ravel()])
    return np.clip(share + steps.reshape(-1, *[1] * share.ndim), -1.0, 1.0)


def _sizes(budget: Floats, share: Floats) -> tuple[Floats, Floats]:
    """N and T at share = log(N/T)/log(budget), in [-1, 1]."""
    half = share * np.log(budget) / 2
    return np.sqrt(budget) * np.exp(half), np.sqrt(budget) * np.exp(-half)
