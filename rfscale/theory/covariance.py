"""`loss_covariance`: how losses scatter from draw to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.heavy_tails import tail_exponent
from rfscale.results import Result, points
from rfscale.support.arguments import Floats, given_ridge, sizes
from rfscale.support.products import times
from rfscale.theory.assembly import filled, predicted
from rfscale.theory.covariance_kernel import CovarianceRows, covariance_points
from rfscale.theory.over_points import over_points
from rfscale.theory.prediction import Prediction
from rfscale.theory.strength import Strength, strength
from rfscale.theory.weights import weighted_nodes


@dataclass(frozen=True, eq=False)
class LossCovariance(Result):
    """Covariances of losses at two ridges, over draws of features and training data.

    Every array has the broadcast shape of N, T and both ridges. To leading order: of relative order
    1/size^2 in units of the losses' squares, with an error of relative order 1/size.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge, other_ridge : ndarray
        The points.
    test : ndarray
        Covariance of the test losses: at equal ridges the variance that `simulate` estimates.
    signal, noise : ndarray
        Of their parts.
    signal_noise, noise_signal : ndarray
        Of the signal at `ridge` with the noise at `other_ridge`, and the other way round.
    train : ndarray
        Of the training losses, averaged over teacher and label noise.
    teacher : ndarray
        What adds to that of the test losses where a Gaussian teacher is drawn with each draw, as
        `test_points` does, and not averaged over. It is of relative order 1/size where `test` is of
        1/size^2: losses of single teachers scatter more.
    """

    model: ScalingModel
    N: Floats
    T: Floats
    ridge: Floats
    other_ridge: Floats
    test: Floats
    signal: Floats
    noise: Floats
    signal_noise: Floats
    noise_signal: Floats
    train: Floats
    teacher: Floats

    def _short(self) -> dict[str, Any]:
        columns = points(self.model, self.N, self.T, self.ridge)
        return columns | {"other_ridge": self.other_ridge, "test": self.test}


def loss_covariance(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | None = None,
    other_ridge: ArrayLike | None = None,
) -> LossCovariance:
    """The covariance over draws of the losses at two ridges, of N features trained on T samples.

    Parameters
    ----------
    model, N, T
        As for `predict`.
    ridge, other_ridge : array_like, optional
        gamma >= 0 of either loss, broadcast with N and T; 0, and the same as `ridge`, by default.

    Returns
    -------
    LossCovariance
        Of the losses that `simulate` reports, averaged over teacher, label noise and test points.
        `inf` where they have no variance: without ridge, where T and min(N, M) differ by at most
        three (`rfscale.model.heavy_tails`).

    Raises
    ------
    ValueError
        If an argument is out of its range, or the shapes do not broadcast.

    Notes
    -----
    The equations are (17.3) and (17.6), derived here; see `rfscale.theory.equations.scatter` and
    `rfscale.theory.equations.teacher_scatter`.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=500))
    >>> ridges = np.array([1e-4, 1e-2, 1.0])
    >>> test = rf.loss_covariance(model, 40, 100, ridges[:, None], ridges).test
    >>> std = np.sqrt(np.diag(test))
    >>> print(np.round(test / std / std[:, None], 2))  # correlations
    [[1.   0.85 0.37]
     [0.85 1.   0.45]
     [0.37 0.45 1.  ]]
    """
    require_model(model)
    first = given_ridge(ridge, None)[1]
    second = first if other_ridge is None else given_ridge(other_ridge, None)[1]
    if first is None or second is None:
        raise ValueError("ridge and other_ridge must be numbers >= 0, got 'optimal'")
    N = sizes("N", N)
    T = sizes("T", T)
    return _covariance(model, N, T, strength(model, N, T, first), strength(model, N, T, second))


def relative_scatter(prediction: Prediction) -> tuple[Floats, Floats]:
    """The standard deviation over the mean, to leading order, and its relative error.

    It is more accurate than the standard deviation itself: finite sizes enlarge both. The error is
    an estimate, three times that of the planar mean: it is exceeded where some draws are nearly
    singular, as T or N are close to M or each other.
    """
    by = "ridge" if prediction.kernel_ridge is None else "kernel_ridge"
    at = strength(prediction.model, prediction.N, prediction.T, **{by: getattr(prediction, by)})
    planar = predicted(prediction.model, prediction.N, prediction.T, at, "planar")
    std = _standard_deviation(prediction.model, prediction.N, prediction.T, at)
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = np.where(std == 0, 0.0, np.where(np.isinf(std), np.inf, std / planar.test))
        corner = (planar.delta == 0) & (planar.signal > 0)  # N = T = M: rare draws are all of it
        scatter = np.where(corner, np.inf, scatter)
    error = 3 * planar.order_error
    for array in (scatter, error):
        np.asarray(array).flags.writeable = False
    return scatter[()], error


def _standard_deviation(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> Floats:
    """That of the planar test loss; `inf` where it does not exist."""
    rows = _rows(model, N, T, at, at)
    with np.errstate(all="ignore"):  # where it is infinite, or so small that its square is not
        signal = times(model.units.test_signal * np.exp(rows.log_delta), _root(rows.signal))
        noise = times(model.units.test_noise, _root(rows.noise))
        correlation = rows.signal_noise / (_root(rows.signal) * _root(rows.noise))
        smaller = np.minimum(signal, noise) / np.maximum(signal, noise)
        both = np.where(smaller > 0, smaller**2 + 2 * smaller * correlation, 0.0)
        std = np.maximum(signal, noise) * np.sqrt(np.maximum(1.0 + both, 0.0))
    return np.where(_has_no_variance(model, N, T, at), np.inf, std)


def _covariance(
    model: ScalingModel, N: Floats, T: Floats, one: Strength, other: Strength
) -> LossCovariance:
    """The covariances in the units of the model."""
    rows = _rows(model, N, T, one, other)
    units = model.units
    with np.errstate(over="ignore", under="ignore"):
        first = np.exp(rows.log_delta)
        second = np.exp(rows.other_log_delta)
        unused = (rows.unused_T * rows.other_unused_T) ** 2
    s1 = times(units.test_signal, first)
    s2 = times(units.test_signal, second)
    n = units.test_noise
    missing = _has_no_covariance(model, N, T, one, other)
    parts = {
        "signal": times(times(s1, s2), rows.signal),
        "noise": times(n * n, rows.noise),
        "signal_noise": times(s1 * n, rows.signal_noise),
        "noise_signal": times(s2 * n, rows.noise_signal),
    }
    teacher = np.where(missing, np.inf, times(2 * times(s1, s2), rows.teacher))
    parts = {name: np.where(missing, np.inf, part)[()] for name, part in parts.items()}
    t1 = times(units.signal, first)
    t2 = times(units.signal, second)
    of_train = [
        times(times(t1, t2), rows.train_signal),
        times(units.noise * t1, rows.train_signal_noise),
        times(units.noise * t2, rows.train_noise_signal),
        times(units.noise**2, rows.train_noise),
    ]
    train = times(4 * unused, np.sum(of_train, axis=0))
    shape = train.shape
    return LossCovariance(
        model=model,
        N=filled(N, shape),
        T=filled(T, shape),
        ridge=filled(one.ridge, shape),
        other_ridge=filled(other.ridge, shape),
        test=np.sum(list(parts.values()), axis=0)[()],
        train=train[()],
        teacher=teacher[()],
        **parts,
    )


def _rows(
    model: ScalingModel, N: Floats, T: Floats, one: Strength, other: Strength
) -> CovarianceRows:
    columns = one.log_ridge, other.log_ridge
    weighted = weighted_nodes(model)
    return over_points(covariance_points, CovarianceRows, model.spectrum, (N, T), columns, weighted)


def _has_no_covariance(
    model: ScalingModel, N: Floats, T: Floats, one: Strength, other: Strength
) -> Any:
    """With a ridge at one of both the product has the tail of a single loss."""
    first = tail_exponent(model, N, T, one.kernel_ridge)
    second = tail_exponent(model, N, T, other.kernel_ridge)
    least = np.minimum(first, second)
    return np.where(np.isfinite(np.maximum(first, second)), least <= 2, least <= 1)


def _has_no_variance(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> Any:
    return tail_exponent(model, N, T, at.kernel_ridge) <= 2


def _root(variance: Floats) -> Floats:
    return np.sqrt(np.maximum(variance, 0.0))
