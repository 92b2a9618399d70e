r"""The trainings of the field, by their filters (19.2).

.. math:: \text{flow:}\; r = \frac{\gamma + s\,e^{-t(s+\gamma)}}{s+\gamma}, \qquad
          \text{descent:}\; r = \frac{\gamma + s\,(1 - \eta(s+\gamma))^k}{s+\gamma}, \qquad
          \text{iterated ridge:}\; r = \Big(\frac{\gamma}{s+\gamma}\Big)^k, \qquad
          \text{principal components:}\; r = 1_{s < s_0}

The loss is a sum over samples: where it is a mean, ridges are 1/T, times and step sizes T times
those here. Steps are in `rfscale.model.training.steps`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.model.training.base import Training, Whole
from rfscale.model.training.checks import amount, whole
from rfscale.model.training.mixtures import (
    MANY_TIMES,
    Mixtures,
    decaying_mixtures,
    few_and_many,
    flow_mixtures,
    iterated_mixtures,
    single,
)
from rfscale.support.arguments import Floats
from rfscale.support.described import described
from rfscale.support.sealed import sealed

EARLY = 1e-120  # tau: before it losses differ from those of the start by less than 1e-120
OVER = 40.0  # what is left is e^-40 of it


@sealed
@dataclass(frozen=True, eq=False)
class Ridge(Training):
    """Ridge regression, what a number in the place of ``ridge=`` means.

    Parameters
    ----------
    ridge : array_like
        gamma >= 0 of the training loss, a sum over samples; `inf` learns nothing.

    Examples
    --------
    >>> import numpy as np
    >>> print(Ridge(1.0).residual(np.array([1.0, 3.0])))
    [0.5  0.25]
    """

    ridge: Any = 0.0
    POWERS = {"ridge": -1}  # noqa: RUF012

    def __post_init__(self) -> None:
        object.__setattr__(self, "ridge", amount("ridge", self.ridge, infinite=True))

    def filter(self, s: Floats) -> Floats:
        """1/(s + gamma)."""
        return np.asarray(1.0 / (s + self.ridge))

    def residual(self, s: Floats) -> Floats:
        """gamma/(s + gamma)."""
        return np.asarray(self.ridge / (s + self.ridge) if np.isfinite(self.ridge) else s * 0 + 1)

    def as_ridge(self) -> Floats:
        """gamma."""
        return np.asarray(self.ridge, dtype=float)

    def mixtures(self, group: Whole) -> Mixtures:
        """One ridge a point."""
        return single(np.broadcast_to(self.ridge, group.shape))


@sealed
@dataclass(frozen=True, eq=False)
class GradientFlow(Training):
    """Gradient flow from zero, d theta/dt = -d L_A/d theta, stopped at a time.

    Parameters
    ----------
    time : array_like, optional
        t >= 0 where L_A is a sum over samples; of a mean over samples it would be T times this.
        `inf` is the end of training, the ridge.
    ridge : array_like
        gamma >= 0 of the training loss.
    tau : array_like, optional
        In place of `time`: tau = t N T lambda_+ sigma_u^2/M, without a unit. The latent direction J
        is learned when tau lambda_J/lambda_+ is about 1, if N and T are large enough. It is the one
        to use for N or T = infinity.

    Examples
    --------
    >>> import numpy as np
    >>> print(GradientFlow(time=2.0).residual(np.array([0.0, 1.0])))
    [1.     0.1353]
    """

    time: Any = None
    ridge: Any = 0.0
    tau: Any = None
    POWERS = {"time": 1, "ridge": -1}  # noqa: RUF012

    def __post_init__(self) -> None:
        if (self.time is None) == (self.tau is None):
            given = f"time = {described(self.time)} and tau = {described(self.tau)}"
            raise ValueError(f"one of time and tau must be given, got {given}")
        name = "time" if self.tau is None else "tau"
        object.__setattr__(self, name, amount(name, getattr(self, name), infinite=True))
        object.__setattr__(self, "ridge", amount("ridge", self.ridge))

    def filter(self, s: Floats) -> Floats:
        """(1 - e^(-t (s + gamma)))/(s + gamma)."""
        total = s + self.ridge
        return np.asarray(-np.expm1(-self._time() * total) / total)

    def residual(self, s: Floats) -> Floats:
        """(gamma + s e^(-t (s + gamma)))/(s + gamma)."""
        left = np.exp(-self._time() * (s + self.ridge))
        share = self.ridge / (s + self.ridge) if self.ridge > 0 else 0.0
        return np.asarray(share + (1.0 - share) * left)

    def _time(self) -> Any:
        if self.time is None:
            raise ValueError("time must be given where there is no model, got tau alone")
        return self.time

    def relative(self, unit: Floats) -> GradientFlow:
        """With tau as the time; the start where it is so early that squares would underflow."""
        scaled = super().relative(unit)
        tau = scaled.time if self.tau is None else np.broadcast_to(self.tau, scaled.ridge.shape)
        return GradientFlow(np.where(tau < EARLY, 0.0, tau), scaled.ridge)

    def absolute(self, unit: float) -> GradientFlow:
        """With the time of tau."""
        return self if self.tau is None else replace(self, time=self.tau / unit, tau=None)

    def as_ridge(self) -> Floats:
        """`inf` at the start, gamma at the end, NaN between."""
        time = np.asarray(self._time(), dtype=float)
        middle = np.where(time == 0.0, np.inf, np.nan)
        return np.where(np.isinf(time), np.asarray(self.ridge, dtype=float), middle)

    def is_over(self, smallest: Floats) -> NDArray[np.bool_]:
        """Whether t times the least eigenvalue, with the ridge, is so large that e^- of it is 0."""
        with np.errstate(invalid="ignore", over="ignore"):  # not where there is no gap
            return np.asarray(self._time() * (smallest + self.ridge) > OVER)

    def mixtures(self, group: Whole) -> Mixtures:
        """Contours that a few times share."""
        time, ridge = np.broadcast_arrays(self._time(), self.ridge, group)[:2]
        return flow_mixtures(time, ridge, group)

    def decaying_mixtures(self, smallest: Floats) -> Mixtures:
        """Without a ridge, for what decays with the least eigenvalue: to its relative accuracy."""
        return decaying_mixtures(np.asarray(self._time(), dtype=float), smallest)


@sealed
@dataclass(frozen=True, eq=False)
class IteratedRidge(Training):
    """Ridge regression on what the last one left, some times over; once is `Ridge`.

    Parameters
    ----------
    ridge : array_like
        gamma > 0 of each.
    times : array_like of int
        How many, >= 1.

    Examples
    --------
    >>> import numpy as np
    >>> print(IteratedRidge(1.0, times=3).residual(np.array([1.0])))
    [0.125]
    """

    ridge: Any
    times: Any = 2
    POWERS = {"ridge": -1}  # noqa: RUF012

    def __post_init__(self) -> None:
        object.__setattr__(self, "ridge", amount("ridge", self.ridge, zero=False))
        object.__setattr__(self, "times", whole("times", self.times, least=1))

    def filter(self, s: Floats) -> Floats:
        """(1 - r)/s."""
        return np.asarray(-np.expm1(-self.times * np.log1p(s / self.ridge)) / s)

    def residual(self, s: Floats) -> Floats:
        """(gamma/(s + gamma))^k."""
        return np.asarray((1.0 + s / self.ridge) ** -float(self.times))

    def as_ridge(self) -> Floats:
        """gamma where it is once."""
        return np.where(np.equal(self.times, 1), np.asarray(self.ridge, dtype=float), np.nan)

    def mixtures(self, group: Whole) -> Mixtures:
        """The ridges of a circle around gamma."""
        ridge, times = np.broadcast_arrays(self.ridge, self.times, group)[:2]
        return iterated_mixtures(ridge, times)

    def parts(self, shape: tuple[int, ...]) -> list[Whole]:
        """Points of few times, and of many."""
        return few_and_many(np.broadcast_to(np.asarray(self.times) >= MANY_TIMES, shape))


@sealed
@dataclass(frozen=True, eq=False)
class PrincipalComponents(Training):
    """Least squares on the principal components of the features whose eigenvalues are large.

    Parameters
    ----------
    cutoff : array_like
        s_0 >= 0: directions of phi phi^T with eigenvalues s >= s_0 are fitted, others left at zero.

    Examples
    --------
    >>> import numpy as np
    >>> print(PrincipalComponents(cutoff=2.0).residual(np.array([1.0, 3.0])))
    [1. 0.]
    """

    cutoff: Any
    POWERS = {"cutoff": -1}  # noqa: RUF012

    def __post_init__(self) -> None:
        object.__setattr__(self, "cutoff", amount("cutoff", self.cutoff))

    @property
    def breaks(self) -> Floats:
        """The cutoff."""
        return np.atleast_1d(self.cutoff)

    def filter(self, s: Floats) -> Floats:
        """1/s from the cutoff on, 0 below."""
        return np.where(s >= self.cutoff, 1.0 / s, 0.0)

    def residual(self, s: Floats) -> Floats:
        """0 from the cutoff on, 1 below."""
        return np.where(s >= self.cutoff, 0.0, 1.0)

    def as_ridge(self) -> Floats:
        """0 where nothing is cut off."""
        return np.where(np.equal(self.cutoff, 0.0), 0.0, np.nan)
