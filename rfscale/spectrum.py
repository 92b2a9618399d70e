r"""Spectra of the latent covariance, and the traces of its resolvent that every formula is made of.

With :math:`p_J = \lambda_J/(\lambda_J + \Delta)`, the fraction of latent direction J that is learned at
resolution Delta, and :math:`q_J = \Delta/(\lambda_J + \Delta) = 1 - p_J`, the fraction that is not,

.. math:: \mathrm{df}_k(\Delta) = \sum_J p_J^k, \qquad
          \mathrm{df}_1 - \mathrm{df}_2 = \sum_J p_J q_J, \qquad M - \mathrm{df}_1 = \sum_J q_J.

Differences of degrees of freedom are sums of positive terms when written in p and q; this is how they
are computed here, so no digits are lost however small or large Delta is. Source: [MRS], [Simon].
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.arguments import Floats, integer, number, numeric
from rfscale.memory import require_memory
from rfscale.traces import Traces, log_product, moments, traces_at


class Spectrum(ABC):
    """The eigenvalues of the latent covariance.

    Attributes
    ----------
    M : int
        Number of latent dimensions.
    scale : float
        The largest eigenvalue, lambda_+.
    """

    M: int
    scale: float

    @property
    @abstractmethod
    def eigenvalues(self) -> Floats:
        """The M eigenvalues, largest first. Shape (M,)."""

    @cached_property
    @abstractmethod
    def log_eigenvalues(self) -> Floats:
        """log(lambda_J / scale), largest first: starts at 0 and cannot under- or overflow. Shape (M,)."""

    def trace(self, power: float = 1.0) -> float:
        """The sum of lambda_J^power.

        Parameters
        ----------
        power : float
            Any real number; 1 gives the total variance tr Lambda.

        Examples
        --------
        >>> PowerLaw(alpha=1.0, M=3).trace()  # 1 + 1/4 + 1/9
        1.361111111
        """
        if not np.isfinite(exponent := numeric("power", power, "a finite number")):
            raise ValueError(f"power must be a finite number, got {power!r}")
        with np.errstate(over="ignore", under="ignore"):
            relative = np.exp(exponent * self.log_eigenvalues)[::-1].sum()
            return float(relative * np.float64(self.scale) ** exponent)

    def df(self, k: int, delta: ArrayLike) -> Floats:
        """Degrees of freedom df_k(Delta) = sum_J (lambda_J / (lambda_J + Delta))^k.

        Parameters
        ----------
        k : int
            Order, >= 1; df_1 is the effective dimension at resolution Delta.
        delta : array_like
            Delta >= 0, in the units of the eigenvalues; `numpy.inf` is allowed.

        Returns
        -------
        ndarray
            In [0, M], of the shape of `delta`.

        Examples
        --------
        >>> PowerLaw(alpha=1.0, M=2).df(1, [0.0, 1.0]).tolist()  # at 1: 1/2 + (1/4)/(5/4)
        [2.0, 0.7]
        """
        return self.moment(integer("k", k), 0, delta)

    def moment(self, i: int, j: int, delta: ArrayLike) -> Floats:
        """The mixed trace sum_J p_J^i q_J^j of learned and unlearned fractions.

        A difference of degrees of freedom has to be asked for in this form: df_1 - df_2 is
        ``moment(1, 1, delta)``, df_2 - df_3 is ``moment(2, 1, delta)`` and M - df_1 is
        ``moment(0, 1, delta)``. Subtracting loses all digits when Delta is small.

        Parameters
        ----------
        i, j : int
            Powers >= 0 of p = lambda/(lambda + Delta) and of q = Delta/(lambda + Delta).
        delta : array_like
            Delta >= 0, in the units of the eigenvalues; `numpy.inf` is allowed.

        Examples
        --------
        >>> spectrum = PowerLaw(alpha=1.0, M=2)
        >>> print(spectrum.moment(0, 1, 1e-30))  # M - df_1, which 2.0 - spectrum.df(1, 1e-30) would round to 0
        5.0e-30
        """
        values = numeric("delta", delta, ">= 0")
        if not np.all(values >= 0):
            raise ValueError(f"delta must be >= 0, got {delta!r}")
        i, j = integer("i", i, least=0), integer("j", j, least=0)
        log_delta = log_product([values], [self.scale])
        flat = moments(self.log_eigenvalues, np.atleast_1d(log_delta).ravel(), i, j)
        return flat.reshape(values.shape)[()]

    def traces(self, log_delta: Floats) -> Traces:
        """All traces of the planar theory at log(Delta/scale), eigenvalues in units of `scale`."""
        flat = traces_at(self.log_eigenvalues, np.atleast_1d(log_delta).ravel())
        return Traces(*(column.reshape(np.shape(log_delta)) for column in flat.T))


@dataclass(frozen=True)
class PowerLaw(Spectrum):
    """The power-law spectrum lambda_J = scale * J^-(1 + alpha), J = 1..M ([MRS]).

    Parameters
    ----------
    alpha : float
        Exponent > 0.
    M : int
        Number of latent dimensions, >= 1.
    scale : float
        The largest eigenvalue lambda_+ > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> PowerLaw(alpha=1.0, M=4).eigenvalues.tolist()
    [1.0, 0.25, 0.1111, 0.0625]
    """

    alpha: float
    M: int
    scale: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", number("alpha", self.alpha))
        object.__setattr__(self, "M", integer("M", self.M))
        object.__setattr__(self, "scale", number("scale", self.scale))

    @property
    def eigenvalues(self) -> Floats:
        """The M eigenvalues, largest first. Shape (M,)."""
        with np.errstate(under="ignore"):
            return self.scale * self._ranks() ** -(1.0 + self.alpha)

    @cached_property
    def log_eigenvalues(self) -> Floats:
        """log(lambda_J / scale) = -(1 + alpha) log J. Shape (M,)."""
        logarithms: Floats = -(1.0 + self.alpha) * np.log(self._ranks())
        logarithms.flags.writeable = False
        return logarithms

    def _ranks(self) -> Floats:
        require_memory(4 * 8 * self.M, f"a spectrum of M = {self.M} eigenvalues")
        return np.arange(1, self.M + 1, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Eigenvalues(Spectrum):
    """A spectrum given by its eigenvalues, in any order.

    Zeros are ignored: a direction without variance carries neither data nor signal, so M counts the
    positive eigenvalues only, also in the normalisations sigma_w^2/M and sigma_u^2/M.

    Parameters
    ----------
    array : array_like
        One-dimensional, finite, >= 0, with at least one positive entry.

    Raises
    ------
    ValueError
        If an entry is negative or not finite, or none is positive.

    Examples
    --------
    >>> Eigenvalues([0.25, 1.0, 0.0]).eigenvalues.tolist()
    [1.0, 0.25]
    """

    array: NDArray[np.float64]

    def __init__(self, array: ArrayLike) -> None:
        values = numeric("array", array, "numbers >= 0")
        if values.ndim != 1:
            raise ValueError(f"array must be one-dimensional, got shape {values.shape}")
        bad = values[~((values >= 0) & np.isfinite(values))]
        if bad.size:
            raise ValueError(f"array must be finite and >= 0, got {bad[0]:g}")
        if not np.any(values > 0):
            raise ValueError(f"array must hold at least one positive entry, got {array!r}")
        positive = np.sort(values[values > 0])[::-1].copy()
        positive.flags.writeable = False
        object.__setattr__(self, "array", positive)
        object.__setattr__(self, "M", positive.size)
        object.__setattr__(self, "scale", float(positive[0]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Eigenvalues) and np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash(self.array.tobytes())

    @property
    def eigenvalues(self) -> Floats:
        """The M positive eigenvalues, largest first. Shape (M,)."""
        return self.array

    @cached_property
    def log_eigenvalues(self) -> Floats:
        """log(lambda_J / scale). Shape (M,)."""
        logarithms = log_product([self.array], [self.scale])
        logarithms.flags.writeable = False
        return logarithms
