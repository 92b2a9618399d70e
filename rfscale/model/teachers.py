r"""The linear teacher y = w x: how its weights are distributed over the latent directions.

.. math:: w_J \sim N\Big(0, \frac{\sigma_w^2}{M}\Big), \qquad
          w_J \sim N\Big(0, \frac{\sigma_w^2}{M} J^{-\beta}\Big), \qquad |w_J| = \sigma_w |a_J|

isotropic, with a source condition, and given (1.20). Source: [MRS] for the first, [AZP] and [Simon]
for the others, with the normalisation of the first; references are in `rfscale.theory`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale import deprecated
from rfscale.model.checks import PROBED, refuse_names
from rfscale.support.arguments import Floats, finite, number, numeric
from rfscale.support.described import shortened
from rfscale.support.sealed import sealed
from rfscale.support.stored import Stored

# members that a subclass may have of its own
OPEN = frozenset({"relative", "power", "largest", "fixed", "directions"})


class Teacher(Stored, ABC):
    """The weights of the teacher. Derive from it to use a teacher of your own.

    A subclass is a frozen dataclass with one method, `relative`. Mean losses depend on the squares
    w_J^2 alone, as flipping the sign of a latent direction in data and features changes nothing: a
    fixed teacher has the mean losses of a random one. J counts from the largest eigenvalue of the
    training spectrum. The amplitude sigma_w is the model's.

    Attributes
    ----------
    power : float or None
        beta, if the squares of the relative weights are J^-beta: sums over a power-law spectrum
        then cost the same for any M. None, the default, sums over all directions.
    largest : float or None
        None: w_J is sigma_w/sqrt(M) times the relative weight. A number: w_J is sigma_w times
        `largest` times the relative weight, whatever M is.
    fixed : bool
        Whether explicit test sets (``test_points``) take the weights as they are, signs included;
        False, the default, draws them from a normal distribution of that root mean square.
    directions : int or None
        For how many directions the teacher is given; None if for any number.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np, rfscale as rf
    >>> @dataclass(frozen=True, eq=False)
    ... class FirstDirections(rf.Teacher):
    ...     count: int
    ...     def relative(self, start, stop):
    ...         J = np.arange(start + 1, stop + 1)
    ...         return np.where(J <= self.count, 1.0, 0.0)
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=1000), teacher=FirstDirections(3))
    >>> print(rf.predict(model, N=[20, 40], T=60).test)
    [1.27e-05 6.50e-06]
    """

    power: float | None = None
    largest: float | None = None
    fixed: bool = False
    directions: int | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        refuse_names(cls, Teacher, OPEN)

    @abstractmethod
    def relative(self, start: int, stop: int) -> Floats:
        """Relative weights of directions J = start + 1..stop. Shape (stop - start,)."""

    def given(self) -> list[float]:
        """The first weights, and their unit, which a stored teacher has to give again."""
        count = min(PROBED, self.directions or PROBED)
        weights = np.asarray(self.relative(0, count), dtype=np.float64)
        return [float(self.largest or 0.0), float(self.power or 0.0), *weights.tolist()]

    @property
    def is_isotropic(self) -> bool:
        """Whether all weights have the root mean square sigma_w/sqrt(M)."""
        return self.power == 0.0 and self.largest is None

    @staticmethod
    def isotropic(sigma_w: float | None = None) -> Isotropic:
        """The same as `Isotropic()`.

        Parameters
        ----------
        sigma_w : float, optional
            Deprecated, an argument of `ScalingModel`, whose place it takes.
        """
        teacher = Isotropic()
        if sigma_w is not None:
            deprecated.warn("Teacher.isotropic(sigma_w)", "ScalingModel(sigma_w=...)", "0.2.0")
            object.__setattr__(teacher, "_sigma_w", number("sigma_w", sigma_w, zero=True))
        return teacher

    @staticmethod
    def power_law(exponent: float) -> SourceCondition:
        """The same as `SourceCondition(exponent)`."""
        return SourceCondition(exponent)

    @staticmethod
    def weights(array: ArrayLike) -> GivenWeights:
        """The same as `GivenWeights(array)`."""
        return GivenWeights(np.asarray(numeric("array", array, "finite numbers")))

    exponent = deprecated.renamed("power", gone_in="0.2.0")


@sealed
@dataclass(frozen=True, eq=False)
class Isotropic(Teacher):
    """w_J ~ N(0, sigma_w^2/M): the teacher that a model has by default.

    Examples
    --------
    >>> Isotropic().relative(0, 3).tolist()
    [1.0, 1.0, 1.0]
    """

    @property
    def power(self) -> float:  # type: ignore[override]
        """0."""
        return 0.0

    def relative(self, start: int, stop: int) -> Floats:
        """1 in each direction."""
        return np.ones(stop - start)


@sealed
@dataclass(frozen=True, eq=False)
class SourceCondition(Teacher):
    """A source condition: w_J ~ N(0, (sigma_w^2/M) J^-beta).

    Parameters
    ----------
    beta : float
        Any finite number; 0 is the isotropic teacher. The exponents of the loss are
        `rfscale.asymptotics.loss_exponents`, at finite N and T `source_phases` there.

    Raises
    ------
    ValueError
        If beta is not a finite number.

    Examples
    --------
    >>> from rfscale import PowerLaw, ScalingModel, predict
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000), teacher=SourceCondition(0.5))
    >>> print(predict(model, N=[10, 100], T=1e6).test)
    [4.77e-05 1.86e-06]
    """

    beta: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", finite("beta", self.beta))

    @property
    def power(self) -> float:  # type: ignore[override]
        """beta."""
        return self.beta

    def relative(self, start: int, stop: int) -> Floats:
        """J^(-beta/2)."""
        J = np.arange(start + 1, stop + 1)  # of integers: steps of 1 also beyond 2^53
        return np.asarray(J.astype(np.float64) ** (-self.beta / 2))


@sealed
@dataclass(frozen=True, eq=False)
class GivenWeights(Teacher):
    """The teacher w_J = sigma_w array_J.

    Its test and training losses are those of random signs, exactly averaged over; only explicit
    test sets (``test_points``) use the signs.

    Parameters
    ----------
    array : array_like
        One-dimensional, finite, not all 0, one entry a latent direction, the one of the largest
        eigenvalue first.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> GivenWeights([0.5, -2.0]).relative(0, 2).tolist()
    [0.25, -1.0]
    """

    array: NDArray[np.float64]

    def __post_init__(self) -> None:
        array = numeric("array", self.array, "finite numbers") + 0.0  # a copy without negative zero
        if array.ndim != 1 or not np.all(np.isfinite(array)) or not np.any(array):
            raise ValueError(
                "array must be one-dimensional and finite, with an entry that is not 0, "
                f"got {shortened(self.array)}"
            )
        array.flags.writeable = False
        object.__setattr__(self, "array", array)

    @property
    def fixed(self) -> bool:  # type: ignore[override]
        """True."""
        return True

    @property
    def directions(self) -> int:  # type: ignore[override]
        """The number of weights."""
        return self.array.size

    @property
    def largest(self) -> float:  # type: ignore[override]
        """The largest weight in units of sigma_w."""
        return float(np.abs(self.array).max())

    def relative(self, start: int, stop: int) -> Floats:
        """Weights in units of the largest, with their signs."""
        return np.asarray(self.array[start:stop] / self.largest)
