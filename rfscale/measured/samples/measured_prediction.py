"""The result of `Measured.predict`, and how it is made."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.measured.samples.curve import PoolLosses
from rfscale.measured.samples.features import SampleFeatures
from rfscale.measured.samples.samples import CONVENTION
from rfscale.model import RegimeWarning
from rfscale.results import Result
from rfscale.support.arguments import Floats, broadcast, given_ridge, sizes
from rfscale.support.machine import available_cores
from rfscale.support.short_repr import extent
from rfscale.support.warned import warn_caller

if TYPE_CHECKING:
    from rfscale.measured.samples.measured_samples import Measured

BLOCKS = 10  # of the jackknife
Points = list[tuple[float, float, float | None]]  # N, T, and gamma/N or None for the best ridge


@dataclass(frozen=True, eq=False)
class MeasuredPrediction(Result):
    """The losses that a pool predicts; every array has the broadcast shape of N, T and ridge.

    Attributes
    ----------
    N, T : ndarray
        The points.
    ridge, kernel_ridge : ndarray
        gamma of the training loss, for features with weights of variance 1, and gamma/N.
    mse : ndarray
        Mean squared error of other samples, on labels as they are, summed over outputs.
    train : ndarray
        The same of the training samples.
    stderr : ndarray
        Standard error of `mse`, from leaving out tenths of the pool. The errors of all points are
        those of one pool: they go up and down together.
    delta, df1 : ndarray
        The resolution Delta, in units of the kernel's eigenvalues, and degrees of freedom there.
    order_error : ndarray
        How large the terms of relative order 1/size may be, relative to `mse`: an estimate, the
        variance part of the loss times the fluctuation (6.16). Infinite where the ridge is weaker
        than any at which the pool knows the population; `mse` is that of the weakest there.
    variance : float
        Of the labels, summed over outputs: the `mse` of a model that has learned nothing.
    P : int
        How many samples the pool has.
    features : SampleFeatures
    leverages : bool
        Whether each sample has its own leverage. Otherwise it is plain planar theory.
    alone : int
        Samples of the pool of which the others say little, as of a category that occurs once, or of
        one far larger than all others: they leave a weak ridge unknown. 0 if it is known.
    """

    N: Floats
    T: Floats
    ridge: Floats
    kernel_ridge: Floats
    mse: Floats
    train: Floats
    stderr: Floats
    delta: Floats
    df1: Floats
    order_error: Floats
    variance: float
    P: int
    features: SampleFeatures
    leverages: bool
    alone: int = 0

    @property
    def learned(self) -> Floats:
        """`variance` less `mse`: the part of the labels that is predicted."""
        return np.asarray(self.variance - self.mse)[()]

    def remarks(self) -> list[str]:
        """The convention of the losses, and where the pool knows too little."""
        unknown = np.isfinite(self.mse) & np.isinf(self.order_error)
        if not np.any(unknown):
            return [CONVENTION]
        why = f"samples alone in a direction, or far larger than all others there: {self.alone}"
        return [
            CONVENTION,
            f"ridges weaker than the pool knows at {np.sum(unknown)} of {np.size(unknown)} points, "
            "where mse is that of the weakest it knows, no estimate; "
            + (why if self.alone else "below, eigenvalues are rounding"),
        ]

    def _extent(self) -> str:
        return f", mse {extent(list(np.ravel(self.mse)))}, {self.features.name} features"

    def _about(self) -> str:
        kind = "leverages of" if self.leverages else "equal leverages, as"
        return f"from the {kind} a pool of {self.P} samples, labels of variance {self.variance:.4g}"

    def _table(self) -> dict[str, Any]:
        return {
            "features": self.features.name,
            "P": self.P,
            "N": self.N,
            "T": self.T,
            "ridge": self.ridge,
            "kernel_ridge": self.kernel_ridge,
            "mse": self.mse,
            "stderr": self.stderr,
            "learned": self.learned,
            "train": self.train,
            "delta": self.delta,
            "df1": self.df1,
            "order_error": self.order_error,
            "leverages": self.leverages,
        }

    def _short(self) -> dict[str, NDArray[Any]]:
        names = ("N", "T", "ridge", "mse", "stderr", "learned", "train", "df1")
        table = self._table()
        return {name: table[name] for name in names}


def predicted(
    data: Measured,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None,
    kernel_ridge: ArrayLike | None,
    leverages: bool,
    stderr: bool,
) -> MeasuredPrediction:
    """The losses at these points; see `Measured.predict`."""
    if not data.y.shape[1]:
        raise ValueError("y must be given to `measure` for a prediction, got None")
    N, T, strength = _points(data.P, N, T, ridge, kernel_ridge)
    wanted = [None if np.isnan(value) else float(value) for value in strength.flat]
    points: Points = list(zip(N.ravel().tolist(), T.ravel().tolist(), wanted, strict=True))
    here = losses_of(data, points, leverages)
    at = [(n, t, found) for (n, t, _), found in zip(points, here[0], strict=True)]
    errors = jackknife(data, at, leverages) if stderr else np.zeros(len(points))
    losses = PoolLosses(*(row.reshape(N.shape) for row in here))
    error = errors.reshape(N.shape)
    return _prediction(data, N=N, T=T, losses=losses, stderr=error, leverages=leverages)


def _points(
    P: int,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None,
    kernel_ridge: ArrayLike | None,
) -> tuple[Floats, Floats, Floats]:
    """Checked N, T and gamma/N of one shape, where NaN is the best ridge."""
    name, values = given_ridge(ridge, kernel_ridge)
    strength = np.full((), np.nan) if values is None else values
    given = {"N": _at_least_one("N", N), "T": _within(P, _at_least_one("T", T)), name: strength}
    N, T, strength = broadcast(**given)
    if name == "ridge":
        if np.any(np.isinf(N) & ~np.isnan(strength)):
            raise ValueError("ridge must be given as kernel_ridge = ridge/N where N is inf")
        strength = strength / N
    return N, T, strength


def _prediction(
    data: Measured, N: Floats, T: Floats, losses: PoolLosses, stderr: Floats, leverages: bool
) -> MeasuredPrediction:
    """The result, with numbers in place of arrays of no dimension."""
    found = losses.kernel_ridge
    with np.errstate(invalid="ignore"):
        gamma = np.where(found == 0, 0.0, found * N)
    return MeasuredPrediction(
        N=N.copy()[()],
        T=T.copy()[()],
        ridge=gamma[()],
        kernel_ridge=found[()],
        mse=losses.mse[()],
        train=losses.train[()],
        stderr=stderr[()],
        delta=losses.kappa[()],
        df1=losses.df1[()],
        order_error=losses.order_error[()],
        variance=data.variance,
        P=data.P,
        features=data.features,
        leverages=leverages,
        alone=data.curves(leverages=leverages).pool.alone,
    )


def losses_of(data: Measured, points: Points, leverages: bool, without: int = -1) -> Floats:
    """The fields of `PoolLosses` at all points, of the pool or without a block."""
    curves = data.curves(leverages=leverages, without=without)
    rows: Floats = np.asarray([curves.at(*point) for point in points], dtype=np.float64)
    return rows.T


def jackknife(data: Measured, points: Points, leverages: bool) -> Floats:
    """Standard errors of the losses at given ridges, from leaving out tenths of the pool."""

    def without(block: int) -> Floats:
        return np.asarray(np.log(losses_of(data, points, leverages, block)[1]))

    with ThreadPoolExecutor(available_cores()) as workers:
        logs = np.array(list(workers.map(without, range(BLOCKS))))
    here = losses_of(data, points, leverages)[1]
    known = np.isfinite(here)
    spread = np.sqrt((BLOCKS - 1) * np.var(logs[:, known], axis=0))
    errors = np.full(here.shape, np.inf)
    errors[known] = spread * here[known]
    return errors


def _at_least_one(name: str, value: ArrayLike) -> Floats:
    """Sizes that a pool can speak of."""
    array = sizes(name, value)
    if np.any(array < 1):
        raise ValueError(f"{name} must be >= 1 for samples, got {np.min(array):g}")
    return array


def _within(P: int, T: Floats) -> Floats:
    """Sizes that the pool reaches; beyond half of it with a warning."""
    if np.any(T > P):
        raise ValueError(
            f"T must be at most {P}, the samples of the pool, got {np.max(T):g}; measure takes a "
            "larger pool, if there are more"
        )
    if np.any(T > P / 2):
        warn_caller(
            f"T is up to {np.max(T):g}, more than half of the {P} samples of the pool, which knows "
            "too little of so many degrees of freedom",
            RegimeWarning,
        )
    return T
