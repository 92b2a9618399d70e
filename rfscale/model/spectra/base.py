r"""What every spectrum can do: the traces of its resolvent that all formulas are made of.

With :math:`p_J = \lambda_J/(\lambda_J + \Delta)`, the fraction of latent direction J that is
learned at resolution Delta, and :math:`q_J = \Delta/(\lambda_J + \Delta) = 1 - p_J`, the fraction
that is not,

.. math:: \mathrm{df}_k(\Delta) = \sum_J p_J^k, \qquad
          \mathrm{df}_1 - \mathrm{df}_2 = \sum_J p_J q_J, \qquad M - \mathrm{df}_1 = \sum_J q_J.

Differences of degrees of freedom are sums of positive terms when written in p and q; this is how
they are computed here, so no digits are lost however small or large Delta is. Source: [MRS],
[Simon].
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, broadcast, integer, numeric, sizes
from rfscale.traces.moments import complements, moments, spreads
from rfscale.traces.nodes import Nodes

WIDEST = 600.0  # decades that eigenvalues may span: the square roots of their ratios are in the range of float64


class Spectrum(ABC):
    """The eigenvalues of the latent covariance.

    Attributes
    ----------
    M : int, or array
        Number of latent dimensions.
    scale : float, or array
        The largest eigenvalue, lambda_+.
    shape : tuple of int
        () for one spectrum; the shape of the array for an array of them.
    """

    M: int
    scale: float

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what the spectrum was made from, without the M numbers that it may have cached."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]

    @property
    def shape(self) -> tuple[int, ...]:
        """() for one spectrum."""
        return ()

    @property
    @abstractmethod
    def eigenvalues(self) -> Floats:
        """The M eigenvalues, largest first. Shape (M,)."""

    @cached_property
    @abstractmethod
    def log_eigenvalues(self) -> Floats:
        """log(lambda_J / scale), largest first, which starts at 0 and cannot under- or overflow.
        Shape (M,).
        """

    @cached_property
    @abstractmethod
    def nodes(self) -> Nodes:
        """The (first) spectrum as the compiled sums take it."""

    def parameters(self) -> tuple[Floats, Floats]:
        """alpha (0 where there is none) and M, of the shape of the spectra."""
        return np.zeros(()), np.asarray(self.M, dtype=np.float64)

    @abstractmethod
    def relative_trace(self, power: float) -> Floats:
        """The sum of (lambda_J/scale)^power, of the shape of the spectra."""

    def trace(self, power: float = 1.0) -> Floats:
        """The sum of lambda_J^power.

        Parameters
        ----------
        power : float
            Any real number; 1 gives the total variance tr Lambda.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=3).trace())  # 1 + 1/4 + 1/9
        1.361111111
        """
        exponent = numeric("power", power, "a finite number")
        if exponent.ndim or not np.isfinite(exponent):
            raise ValueError(f"power must be a finite number, got {power!r}")
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(
                self.relative_trace(float(exponent)) * np.power(self.scale, exponent)
            )[()]

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
            In [0, M], of the shape of `delta`, broadcast with that of the spectra.

        Raises
        ------
        ValueError
            If k or delta is out of its range, or for k > 8 M eigenvalues do not fit in memory.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> PowerLaw(alpha=1.0, M=2).df(1, [0.0, 1.0]).tolist()  # at 1: 1/2 + (1/4)/(5/4)
        [2.0, 0.7]
        """
        return self.moment(integer("k", k), 0, delta)

    def moment(self, i: int, j: int, delta: ArrayLike) -> Floats:
        """The mixed trace sum_J p_J^i q_J^j of learned and unlearned fractions.

        Every difference of degrees of freedom has such a form, df_2 - df_3 is ``moment(2, 1,
        delta)``: subtracting loses all digits where p is near 1. For a `PowerLaw` it costs the same
        for any M up to i + j = 8, its relative error below 1e-12 for j <= 3 and 1e-10 for j > 3;
        beyond that all eigenvalues are summed.

        Parameters
        ----------
        i, j : int
            Powers >= 0 of p = lambda/(lambda + Delta) and of q = Delta/(lambda + Delta).
        delta : array_like
            Delta >= 0, in the units of the eigenvalues; `numpy.inf` is allowed.

        Raises
        ------
        ValueError
            If an argument is out of its range; for i + j > 8 also for an array of spectra, and if M
            eigenvalues do not fit in memory.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=2).moment(2, 1, 1e-30))  # q is 1e-30 and 4e-30
        5.0e-30
        """
        i, j = integer("i", i, least=0), integer("j", j, least=0)
        return self._over_points(moments, self._nodes_for(i + j), delta, i, j)

    def df1_minus_df2(self, delta: ArrayLike) -> Floats:
        """df_1 - df_2 = sum p q: how fast df_1 falls with log Delta.

        As a difference it would lose all digits as Delta -> 0, where both df are M.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=2).df1_minus_df2(1e-30))
        5.0e-30
        """
        return self.moment(1, 1, delta)

    def M_minus_df1(self, delta: ArrayLike) -> Floats:
        """M - df_1 = sum q: the latent dimensions that are not learned.

        As a difference it would lose all digits as Delta -> 0.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=10**12).M_minus_df1(1e-60))  # 1e-60 M^3/3
        3.333333e-25
        """
        return self.moment(0, 1, delta)

    def N_minus_df1(self, N: ArrayLike, delta: ArrayLike) -> Floats:
        """N - df_1, for real N > 0: negative where Delta is below the fixed point without ridge.

        Computed as (N - k) - (df_1 - k), k the number of eigenvalues that are known to be above
        Delta, and df_1 - k a sum of their -q and the others' p. As a difference it would lose the
        digits of N - M as Delta -> 0, and those of df_1 - k where groups of eigenvalues far from
        Delta make df_1 nearly whole.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=10**12).N_minus_df1(10**12, 1e-60))
        3.333333e-25
        """
        N, delta = broadcast(N=sizes("N", N), delta=numeric("delta", delta, ">= 0"))
        missing, above = self._over_points(complements, self.nodes, delta)
        return np.asarray((N - above) + missing)[()]

    def df1_df3_minus_df2_squared(self, delta: ArrayLike) -> Floats:
        """df_1 df_3 - df_2^2 >= 0, which is df_1 times the sum of p (p - df_2/df_1)^2.

        As a difference it would lose all digits where p is the same for most of df_1: as Delta ->
        0, and for large Delta if one eigenvalue dominates. The spread is taken of p or of q,
        whichever is small.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=2).df1_df3_minus_df2_squared(1e-30))  # (q_1 - q_2)^2
        9.0e-60
        """
        return self._over_points(spreads, self.nodes, delta)

    def _over_points(self, kernel: Any, nodes: Nodes, delta: ArrayLike, *options: int) -> Floats:
        """Call a compiled function of (nodes, alpha, M, sqrt(Delta/lambda_+)) at each Delta and
        each spectrum.
        """
        values = numeric("delta", delta, ">= 0")
        if not np.all(values >= 0):
            raise ValueError(f"delta must be >= 0, got {values[~(values >= 0)].flat[0]:g}")
        alpha, M = self.parameters()
        alpha, M, values = broadcast(alpha=alpha, M=M, delta=values)
        root_delta = np.sqrt(values) / np.sqrt(self.scale)
        flat: Floats = kernel(
            nodes, *(np.array(a, order="C").ravel() for a in (alpha, M, root_delta)), *options
        )
        return flat.reshape(flat.shape[:-1] + values.shape)[()]

    def _nodes_for(self, order: int) -> Nodes:
        """Nodes on which moments with i + j = order are exact."""
        return self.nodes
