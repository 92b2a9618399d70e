"""`predict`: the mean losses on paper, the twin of `simulate`."""

from __future__ import annotations

import dataclasses
import warnings
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning, ScalingModel, require_model
from rfscale.model.training import SGD, Ridge
from rfscale.model.training.given import GivenTraining, checked_training
from rfscale.support.arguments import choice
from rfscale.theory.assembly import predicted
from rfscale.theory.leveraged import LeveragedPrediction
from rfscale.theory.leveraged_optimum import predicted_by_leverage
from rfscale.theory.optimal_ridge import best_ridge
from rfscale.theory.prediction import ORDERS, Prediction
from rfscale.theory.sgd_losses import predicted_by_sgd
from rfscale.theory.strength import checked_points
from rfscale.theory.trained import trained
from rfscale.theory.trained_prediction import TrainedPrediction

LARGEST_ERROR = 0.2  # relative, of one loop and resummed; beyond it: a warning, no judgement
NAMES = {"one-loop": "one loop", "resummed": "resummed losses"}


@overload
def predict(  # type: ignore[overload-overlap]  # a Ridge is the one Training with this result
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    order: str = "planar",
    kernel_ridge: ArrayLike | None = None,
    training: Ridge | None = None,
) -> Prediction: ...


@overload
def predict(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    *,
    order: str = "planar",
    training: GivenTraining,
) -> TrainedPrediction: ...


@overload
def predict(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    order: str = "planar",
    kernel_ridge: ArrayLike | None = None,
    leverages: ArrayLike,
) -> LeveragedPrediction: ...


def predict(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    order: str = "planar",
    kernel_ridge: ArrayLike | None = None,
    training: GivenTraining | None = None,
    leverages: ArrayLike | None = None,
) -> Prediction | TrainedPrediction | LeveragedPrediction:
    """The mean test and training loss of N random features trained on T samples.

    Parameters
    ----------
    model : ScalingModel
        Spectrum, teacher, features, label noise and test spectrum. The arrays of a `PowerLaw`
        broadcast with N, T and ridge.
    N, T : array_like
        Numbers of features and samples > 0; any real number, and `numpy.inf`.
    ridge : array_like or "optimal", optional
        gamma >= 0 of the training loss (not divided by T), broadcast with N and T; 0 by default. At
        0 the losses are the limit ridge -> 0 (minimum-norm solution). A finite ridge has no effect
        where N or T is infinite. "optimal" takes the ridge that minimises the planar test loss
        (`optimal_ridge`), also for one loop, which is stationary there to its own order. With
        leverages it is searched: log gamma is off by up to 5e-13 of the loss over its curvature,
        and 0 or infinity where no ridge gains more than 1e-14 of the loss.
    order : {"planar", "one-loop", "resummed"}
        "planar" is the limit of infinite sizes; "one-loop" adds the terms of relative order 1/size,
        to the losses and to `df1`; "resummed" is one loop with the exact law of finite matrices
        where it fails, N and T close with a weak ridge: the same elsewhere to that order. It
        changes test losses alone: `train` and `df1` are those of one loop.
    kernel_ridge : array_like, optional
        In place of `ridge`: delta = gamma M/(sigma_u^2 N) >= 0, the ridge of the kernel whose limit
        for N = infinity is that of the latent data. A finite one has no effect where T is infinite.
    training : Training or callable, optional
        In place of a ridge how the model is trained: `GradientFlow(time)`, `GradientDescent`,
        `HeavyBall`, `IteratedRidge`, `PrincipalComponents`, or a filter h(s) of one's own on the
        eigenvalues of phi phi^T, a function of arrays or a `Training`. Its fields broadcast with N
        and T. `Ridge(gamma)` is the same as ridge=gamma.
    leverages : array_like, optional
        Positive numbers of mean 1: training samples are x = sqrt(tau) z with tau one of them, each
        equally likely, as data are whose lengths fluctuate. All 1 by default. With a ridge only.

    Returns
    -------
    Prediction, TrainedPrediction with a training, or LeveragedPrediction with leverages
        Arrays `test`, `signal`, `noise`, `train`, `delta`, `df1`, `df2`, `regime`, `order_error`,
        `delta_error`, `kernel_ridge` of the broadcast shape. Test losses carry the factor 1/2 and
        clean labels; `inf` where they diverge (N = T < M without ridge). They are means over draws;
        `std` says how single draws scatter, computed when it is asked for.

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes do not broadcast, both ridges are given, or
        the ridge is infinite together with N or T, the kernel's together with T.

    Warns
    -----
    RegimeWarning
        Where one loop, or resummed, may be off by more than 20 percent: sizes of a few, or N, T and
        M close together with a weak ridge. Where the losses of a filter of one's own are not known
        to 1e-3, as it is not smooth; where more than a thousandth of draws are not stable by SGD.

    Notes
    -----
    The fixed point is (4.7), the losses are (5.8), (5.9) and (5.12), those of general teachers and
    test spectra (15.3) and (15.4), one loop is (6.15), and resummed it is (8.21); see
    `rfscale.theory.equations`.

    `order_error` says how large the next term may be, relative to `test`. For "one-loop" it
    estimates that of relative order 1/size^2, from the changes by one loop and the fluctuations of
    N - df1 and T - df1, as far as the losses respond to them (6.20). For "planar" it is the term of
    one loop itself, and that estimate; for a plain model without its cost a bound on the term, the
    variance of log[(N - df1)(T - df1)] by fluctuations (6.16), up to four times: `1/|N - T|` at N
    near T without ridge. How often it covers the gap to simulations is measured in the book, "How
    far to trust it".

    The relative error is below 1e-11, as long as the loss itself depends that little on its
    arguments in float64. It depends more on them near N = T with a tiny ridge, where 1 - N/T is
    known to eps/(1 - N/T) (but N = T is exact), and near min(N, T) = M, where M - N is. Compiled
    when first used. A spectrum, teacher or test spectrum that is an array costs sums over all M; a
    power law costs the same for any M.

    With a training the losses are planar: those of mixtures of ridges by a double contour integral
    over two-ridge losses, (18.8) and (18.9), to 1e-9 and better; of other filters by one integral
    over the kernel's spectrum (19.8), `delta_error` says how well. `order_error` is an estimate
    from one loop at the ridge that leaves the same training signal
    (`rfscale.theory.equivalent_ridge`), computed when it is asked for.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=4000))
    >>> print(rf.predict(model, N=500, T=[100, 300, 500], ridge=1e-9).test)
    [3.739e-06 2.403e-06 2.054e-04]
    >>> small = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=60), sigma_eps=0.1)
    >>> one_loop = rf.predict(small, N=20, T=40, ridge=1e-2, order="one-loop")
    >>> print(one_loop.test / rf.predict(small, N=20, T=40, ridge=1e-2).test)
    1.0158
    >>> near = rf.predict(small, N=20, T=23, order="resummed")  # one loop: 0.0514
    >>> print(near.test)
    0.0578
    >>> models = rf.ScalingModel(rf.PowerLaw(alpha=[0.5, 1.0, 2.0], M=10**12))
    >>> print(rf.predict(models, N=1e9, T=1e10).test)
    [6.440e-17 1.370e-21 9.822e-31]
    >>> flow = rf.GradientFlow(tau=[1e2, 1e4, 1e6])  # through the best time into overfitting
    >>> print(rf.predict(small, N=20, T=23, training=flow).test)
    [0.00355053 0.02042136 0.0386265 ]
    """
    require_model(model)
    choice("order", order, ORDERS)
    if leverages is not None:
        _require_planar(order, "leverages")
        if training is not None:
            raise ValueError("training and leverages must not both be given")
        return predicted_by_leverage(model, N, T, ridge, kernel_ridge, leverages)
    if training is not None:
        how = checked_training(training, ridge=ridge, kernel_ridge=kernel_ridge)
        if not isinstance(how, Ridge):
            _require_planar(order, "a training that is no Ridge")
            if isinstance(how, SGD):
                return predicted_by_sgd(model, N, T, how)
            return trained(model, N, T, how)
        ridge = how.ridge
    points = checked_points(model, N, T, ridge, kernel_ridge)
    if points is None:
        result = _at_the_optimum(model, N, T, order)
    else:
        result = predicted(model, *points, order)
    if order != "planar":
        _warn_of_large_corrections(result)
    return result


def _require_planar(order: str, what: str) -> None:
    """Raise ValueError for another order: it is derived for ridges and equal leverages alone."""
    if order != "planar":
        raise ValueError(
            f"order must be planar with {what}, got {order}: the terms of relative order 1/size "
            "are not derived there; order_error estimates how large they are"
        )


def _at_the_optimum(model: ScalingModel, N: ArrayLike, T: ArrayLike, order: str) -> Prediction:
    """The losses at the ridge of the least planar loss."""
    best, finite = best_ridge(model, N, T)
    if order == "planar":
        return best.prediction
    planar = best.prediction
    result = predicted(model, *finite, order)
    return dataclasses.replace(
        result, N=planar.N, T=planar.T, ridge=best.ridge, kernel_ridge=best.kernel_ridge
    )


def _warn_of_large_corrections(prediction: Prediction) -> None:
    """Say where the expansion in 1/size fails."""
    large = prediction.order_error > LARGEST_ERROR
    if np.any(large):
        text = (
            f"{NAMES[prediction.order]} may be off by more than {LARGEST_ERROR:.0%} at "
            f"{np.sum(large)} of {np.size(large)} points, where sizes are small, or N and T close "
            "with a weak ridge: see order_error"
        )
        warnings.warn(text, RegimeWarning, stacklevel=3)
