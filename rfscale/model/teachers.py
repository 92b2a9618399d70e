r"""The linear teacher y = w x: how its weights are distributed over the latent directions.

.. math:: w_J \sim N\Big(0, \frac{\sigma_w^2}{M}\Big), \qquad w_J \sim N\Big(0, \frac{\sigma_w^2}{M}
          J^{-\beta}\Big), \qquad |w_J| = \sigma_w |a_J|

isotropic, with a source condition, and given. Source: [MRS] for the first, [AZP] and [Simon] for
the others, with the normalisation of the first; references are listed in `rfscale.theory`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.support.arguments import Floats, number, numeric


@dataclass(frozen=True, eq=False)
class Teacher:
    """Root mean squares of the teacher's weights; made by `isotropic`, `power_law` or `weights`.

    Mean losses depend on the squares w_J^2 alone, as flipping the sign of a latent direction in
    data and features changes nothing: a fixed teacher has the mean losses of a random one. J counts
    from the largest eigenvalue of the training spectrum.

    Attributes
    ----------
    sigma_w : float or None
        Given by `isotropic`; else the model's applies.
    exponent : float
        beta of w_J^2 ~ J^-beta.
    array : ndarray or None
        The weights, if they are given.

    Examples
    --------
    >>> from rfscale import PowerLaw, ScalingModel, predict
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000), teacher=Teacher.power_law(0.5))
    >>> print(predict(model, N=[10, 100], T=1e6).test)
    [4.77e-05 1.86e-06]
    """

    sigma_w: float | None = None
    exponent: float = 0.0
    array: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if self.sigma_w is not None:
            object.__setattr__(self, "sigma_w", number("sigma_w", self.sigma_w, zero=True))
        exponent = numeric("exponent", self.exponent, "a finite number")
        if exponent.ndim or not np.isfinite(exponent):
            raise ValueError(f"exponent must be a finite number, got {self.exponent!r}")
        object.__setattr__(self, "exponent", float(exponent))
        if sum((self.sigma_w is not None, self.exponent != 0.0, self.array is not None)) > 1:
            raise ValueError(
                "a teacher is isotropic, a power law or given by weights: use one of the three"
            )
        if self.array is not None:
            array = (
                numeric("array", self.array, "finite numbers") + 0.0
            )  # a copy, without a negative zero
            if array.ndim != 1 or not np.all(np.isfinite(array)) or not np.any(array):
                raise ValueError(
                    f"array must be one-dimensional and finite, with an entry that is not 0, got {self.array!r}"
                )
            array.flags.writeable = False
            object.__setattr__(self, "array", array)

    @classmethod
    def isotropic(cls, sigma_w: float = 1.0) -> Self:
        """w_J ~ N(0, sigma_w^2/M): the teacher that a model has by default.

        Parameters
        ----------
        sigma_w : float
            >= 0; takes the place of the model's.
        """
        return cls(sigma_w=number("sigma_w", sigma_w, zero=True))

    @classmethod
    def power_law(cls, exponent: float) -> Self:
        """A source condition: w_J ~ N(0, (sigma_w^2/M) J^-exponent), sigma_w the model's.

        Parameters
        ----------
        exponent : float
            beta, any finite number; 0 is the isotropic teacher. The loss falls as N^-min(alpha +
            beta, 1 + alpha) and T^-min(alpha + beta, 2 + 2 alpha), see
            `rfscale.asymptotics.loss_exponents`.
        """
        return cls(exponent=exponent)

    @classmethod
    def weights(cls, array: ArrayLike) -> Self:
        """The teacher w_J = sigma_w array_J, sigma_w the model's.

        Its test and training losses are those of random signs, exactly averaged over; only explicit
        test sets (``test_points``) use the signs.

        Parameters
        ----------
        array : array_like
            One-dimensional, finite, not all 0, one entry a latent direction, the one of the largest
            eigenvalue first.
        """
        return cls(array=np.asarray(numeric("array", array, "finite numbers")))

    @property
    def is_isotropic(self) -> bool:
        """Whether all weights have the same root mean square."""
        return self.array is None and self.exponent == 0.0

    @property
    def largest(self) -> float | None:
        """The largest weight in units of sigma_w, if weights are given."""
        return None if self.array is None else float(np.abs(self.array).max())

    def relative(self, start: int, stop: int) -> Floats:
        """Weights w_J, J = start + 1..stop, with their signs, in units of `largest` or else of
        sigma_w/sqrt(M).
        """
        if self.array is None:
            return np.asarray(
                np.arange(start + 1, stop + 1, dtype=np.float64) ** (-self.exponent / 2)
            )
        return np.asarray(self.array[start:stop] / np.abs(self.array).max())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Teacher) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[float | None, float, bytes | None]:
        return self.sigma_w, self.exponent, None if self.array is None else self.array.tobytes()
