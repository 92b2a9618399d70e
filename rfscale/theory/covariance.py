"""`loss_covariance`: how losses scatter from draw to draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.heavy_tails import tail_exponent
from rfscale.results import Result, points
from rfscale.support.arguments import Floats
from rfscale.support.products import times
from rfscale.theory.assembly import filled
from rfscale.theory.covariance_kernel import CovarianceRows, covariance_points
from rfscale.theory.optimal_ridge import best_ridge
from rfscale.theory.over_points import broadcast_shape, over_points
from rfscale.theory.strength import Strength, checked_points, strength
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
    kernel_ridge, other_kernel_ridge : ndarray
        Both ridges as those of the kernel, see `Prediction`. None in results that an earlier
        version stored.
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
    kernel_ridge: Floats | None = None
    other_kernel_ridge: Floats | None = None

    def _short(self) -> dict[str, Any]:
        columns = points(self.model, self.N, self.T, self.ridge)
        return columns | {"other_ridge": self.other_ridge, "test": self.test}


def loss_covariance(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    other_ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    other_kernel_ridge: ArrayLike | None = None,
) -> LossCovariance:
    """The covariance over draws of the losses at two ridges, of N features trained on T samples.

    Parameters
    ----------
    model, N, T
        As for `predict`.
    ridge, other_ridge : array_like or "optimal", optional
        gamma >= 0 of either loss, or the best one, broadcast with N and T; 0, and the same as that
        of the first loss, by default.
    kernel_ridge, other_kernel_ridge : array_like, optional
        In place of these: the ridge of the kernel, as for `predict`.

    Returns
    -------
    LossCovariance
        Of the losses that `simulate` reports, averaged over teacher, label noise and test points.
        `inf` where they have no variance: without ridge, where T and min(N, M) differ by at most
        three (`rfscale.model.heavy_tails`).

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes do not broadcast, or both ridges of a loss
        are given.

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
    one = checked_points(model, N, T, ridge, kernel_ridge)
    other = one
    if other_ridge is not None or other_kernel_ridge is not None:
        other = checked_points(model, N, T, other_ridge, other_kernel_ridge, of="other_")
    if one is not None and other is not None:
        return _covariance(model, one[0], one[1], one[2], other[2])
    return _with_the_best(model, N, T, one, other)


def _with_the_best(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    one: tuple[Floats, Floats, Strength] | None,
    other: tuple[Floats, Floats, Strength] | None,
) -> LossCovariance:
    """The covariances where a ridge is None, for the best one."""
    best, (finite_N, finite_T, at_best) = best_ridge(model, N, T)
    at = [
        at_best if points is None else _kernel_strength(model, finite_N, finite_T, points[2])
        for points in (one, other)
    ]
    found = _covariance(model, finite_N, finite_T, *at)
    names = [name for name, points in (("", one), ("other_", other)) if points is None]
    arrays: dict[str, Any] = {"N": best.prediction.N, "T": best.prediction.T}
    arrays |= {f"{name}ridge": best.ridge for name in names}
    arrays |= {f"{name}kernel_ridge": best.prediction.kernel_ridge for name in names}
    shape = found.test.shape
    filled_arrays: dict[str, Any] = {name: filled(array, shape) for name, array in arrays.items()}
    return replace(found, **filled_arrays)


def _kernel_strength(model: ScalingModel, N: Floats, T: Floats, at: Strength) -> Strength:
    """The same kernel ridge at large sizes that stand for infinite ones."""
    return strength(model, N, T, kernel_ridge=at.kernel_ridge)


def _covariance(
    model: ScalingModel, N: Floats, T: Floats, one: Strength, other: Strength
) -> LossCovariance:
    """The covariances in the units of the model."""
    broadcast_shape(model.spectrum, N=N, T=T, ridge=one.ridge, other_ridge=other.ridge)
    rows = covariance_rows(model, N, T, one, other)
    parts = _of_test(model, rows)
    missing = _has_no_covariance(model, N, T, one, other)
    parts = {name: np.where(missing, np.inf, part)[()] for name, part in parts.items()}
    teacher = parts.pop("teacher")
    train = _of_training(model, rows)
    shape = train.shape
    return LossCovariance(
        model=model,
        N=filled(N, shape),
        T=filled(T, shape),
        ridge=filled(one.ridge, shape),
        other_ridge=filled(other.ridge, shape),
        kernel_ridge=filled(one.kernel_ridge, shape),
        other_kernel_ridge=filled(other.kernel_ridge, shape),
        test=np.sum(list(parts.values()), axis=0)[()],
        train=train[()],
        teacher=teacher,
        **parts,
    )


def _of_test(model: ScalingModel, rows: CovarianceRows) -> dict[str, Floats]:
    """The parts of the covariance of test losses, and what the teacher adds."""
    with np.errstate(over="ignore", under="ignore"):
        one = times(model.units.test_signal, np.exp(rows.log_delta))
        other = times(model.units.test_signal, np.exp(rows.other_log_delta))
    noise = model.units.test_noise
    return {
        "signal": times(times(one, other), rows.signal),
        "noise": times(noise * noise, rows.noise),
        "signal_noise": times(one * noise, rows.signal_noise),
        "noise_signal": times(other * noise, rows.noise_signal),
        "teacher": times(2 * times(one, other), rows.teacher),
    }


def _of_training(model: ScalingModel, rows: CovarianceRows) -> Floats:
    """The covariance of training losses."""
    with np.errstate(over="ignore", under="ignore"):
        one = times(model.units.signal, np.exp(rows.log_delta))
        other = times(model.units.signal, np.exp(rows.other_log_delta))
        unused = (rows.unused_T * rows.other_unused_T) ** 2
    noise = model.units.noise
    parts = [
        times(times(one, other), rows.train_signal),
        times(noise * one, rows.train_signal_noise),
        times(noise * other, rows.train_noise_signal),
        times(noise**2, rows.train_noise),
    ]
    return times(4 * unused, np.sum(parts, axis=0))


def covariance_rows(
    model: ScalingModel, N: Floats, T: Floats, one: Strength, other: Strength
) -> CovarianceRows:
    """The covariances of the compiled loop, before they are in the units of the model."""
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
