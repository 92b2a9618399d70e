r"""The eigenvalues of the latent covariance, and the traces of its resolvent.

With :math:`p_J = \lambda_J/(\lambda_J + \Delta)`, the fraction of latent direction J that is
learned at resolution Delta, and :math:`q_J = 1 - p_J`, the fraction that is not (4.6),

.. math:: \mathrm{df}_k(\Delta) = \sum_J p_J^k, \qquad
          \mathrm{df}_1 - \mathrm{df}_2 = \sum_J p_J q_J.

Differences of degrees of freedom are sums of positive terms when written in p and q. They are
computed in this form, so that no digits are lost however small or large Delta is. Source: [Simon],
[AZP]; references are listed in `rfscale.theory`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.checks import checked_eigenvalues, refuse_names
from rfscale.support.arguments import Floats, broadcast, finite, integer, numeric
from rfscale.support.products import log_product
from rfscale.support.stored import Stored
from rfscale.traces.moments import moments
from rfscale.traces.nodes import Nodes, make_nodes


class Spectrum(Stored, ABC):
    """The eigenvalues of the latent covariance. Derive from it to use a spectrum of your own.

    A subclass is a frozen dataclass with one property, `eigenvalues`, whose fields say all that it
    depends on. Theory, simulation, storage and the command line then work with it, at a cost of
    order M for each sum over the spectrum.

    Attributes
    ----------
    M : int, or array
        Number of latent dimensions, which the variances of weights sigma_w^2/M and sigma_u^2/M
        refer to. By default the number of eigenvalues; a subclass may have a field of this name.
    rank : int, or array
        Number of positive eigenvalues. Directions without variance carry neither data nor signal.
    largest : float, or array
        The largest eigenvalue, lambda_+.
    shape : tuple of int
        () for one spectrum; the shape of the array for an array of power laws.
    in_order : bool
        Whether the J-th eigenvalue is the J-th that was given; False for unsorted `Eigenvalues`.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np, rfscale as rf
    >>> @dataclass(frozen=True, eq=False)
    ... class ExponentialCutoff(rf.Spectrum):
    ...     alpha: float
    ...     M: int
    ...     cutoff: float
    ...     @property
    ...     def eigenvalues(self):
    ...         J = np.arange(1.0, self.M + 1)
    ...         return J ** -(1 + self.alpha) * np.exp(-J / self.cutoff)
    >>> model = rf.ScalingModel(ExponentialCutoff(alpha=1.0, M=1000, cutoff=100.0))
    >>> print(rf.predict(model, N=[20, 40], T=60).test)
    [5.58e-05 4.18e-05]
    """

    M: int
    in_order: bool = True  # whether eigenvalue J is that of the J-th direction as it was given

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        refuse_names(cls, Spectrum, frozenset({"eigenvalues", "M"}))

    @property
    @abstractmethod
    def eigenvalues(self) -> Floats:
        """The eigenvalues >= 0, finite, largest first. Shape (M,), or fewer if the rest is 0."""

    def __getattr__(self, name: str) -> Any:
        """M of a subclass that has no such field."""
        if name == "M":
            return np.asarray(self.eigenvalues).size
        own = getattr(type(self), name, None)
        getter = getattr(own, "fget", None) or getattr(own, "func", None)
        if getter is not None:
            return getter(self)  # an AttributeError within a property comes here: show that one
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    @property
    def shape(self) -> tuple[int, ...]:
        """() for one spectrum."""
        return ()

    @cached_property
    def positive(self) -> Floats:
        """The positive eigenvalues, largest first. Shape (rank,).

        Raises
        ------
        ValueError
            If `eigenvalues` does not give what it has to.
        """
        return checked_eigenvalues(type(self).__name__, self.eigenvalues, self.M)

    @property
    def rank(self) -> int:
        """Number of positive eigenvalues."""
        return self.positive.size

    @property
    def largest(self) -> float:
        """The largest eigenvalue."""
        return float(self.positive[0])

    @cached_property
    def log_eigenvalues(self) -> Floats:
        """log(lambda_J / largest) of the positive eigenvalues, which starts at 0. Shape (rank,)."""
        logarithms = log_product([self.positive], [self.largest])
        logarithms.flags.writeable = False
        return logarithms

    @cached_property
    def nodes(self) -> Nodes:
        """The spectrum as the compiled sums take it: all eigenvalues, each with weight 1."""
        roots = np.sqrt(self.largest) / np.sqrt(self.positive)
        return make_nodes(roots, np.empty(0), float(self.rank), 0.0, 0.0)

    def given(self) -> list[float]:
        """M and moments of the eigenvalues, which a stored spectrum has to give again."""
        roots = float(np.sum(np.sqrt(self.positive)))
        return [float(self.M), float(self.rank), self.largest, roots, float(self.positive[-1])]

    def relative(self, start: int, stop: int) -> Floats:
        """Eigenvalues J = start + 1..stop in units of the largest. Shape (stop - start,)."""
        return np.asarray(np.exp(self.log_eigenvalues[start:stop]))

    def kernel_parameters(self) -> tuple[Floats, Floats]:
        """alpha (0 where there is none) and the rank, of the shape of the spectra."""
        return np.zeros(()), np.asarray(self.rank, dtype=np.float64)

    def relative_trace(self, power: float) -> Floats:
        """The sum of (lambda_J/largest)^power over positive eigenvalues."""
        exponent = finite("power", power)
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(np.exp(exponent * self.log_eigenvalues)[::-1].sum())

    def trace(self, power: float = 1.0) -> Floats:
        """The sum of lambda_J^power over positive eigenvalues.

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
        exponent = finite("power", power)
        with np.errstate(over="ignore", under="ignore"):
            unit = np.power(self.largest, exponent)
            return np.asarray(self.relative_trace(exponent) * unit)[()]

    def df(self, k: int, delta: ArrayLike) -> Floats:
        """Degrees of freedom df_k(Delta) = sum_J (lambda_J / (lambda_J + Delta))^k, (4.6).

        Parameters
        ----------
        k : int
            Order, >= 1; df_1 is the effective dimension at resolution Delta.
        delta : array_like
            Delta >= 0, in the units of the eigenvalues; `numpy.inf` is allowed.

        Returns
        -------
        ndarray
            In [0, rank], of the shape of `delta`, broadcast with that of the spectra.

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

        Every difference of degrees of freedom has such a form: df_2 - df_3 is
        ``moment(2, 1, delta)``. Subtracting would lose all digits where p is near 1. For a
        `PowerLaw` it costs the same for any M up to i + j = 8; beyond that all M are summed.

        Parameters
        ----------
        i, j : int
            Powers >= 0 of p = lambda/(lambda + Delta) and of q = Delta/(lambda + Delta).
        delta : array_like
            Delta >= 0, in the units of the eigenvalues; `numpy.inf` is allowed.

        Raises
        ------
        ValueError
            If an argument is out of its range; for i + j > 8 also for an array of spectra, and if
            M eigenvalues do not fit in memory.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=2).moment(2, 1, 1e-30))  # q is 1e-30 and 4e-30
        5.0e-30
        """
        i, j = (integer(name, power, least=0) for name, power in (("i", i), ("j", j)))
        values = numeric("delta", delta, ">= 0")
        if not np.all(values >= 0):
            raise ValueError(f"delta must be >= 0, got {values[~(values >= 0)].flat[0]:g}")
        alpha, rank = self.kernel_parameters()
        alpha, rank, values = broadcast(alpha=alpha, M=rank, delta=values)
        root_delta = np.sqrt(values) / np.sqrt(self.largest)
        columns = [np.array(a, order="C").ravel() for a in (alpha, rank, root_delta)]
        flat: Floats = moments(self._nodes_for(i + j), columns[0], columns[1], columns[2], i, j)
        return flat.reshape(values.shape)[()]

    def df1_minus_df2(self, delta: ArrayLike) -> Floats:
        """df_1 - df_2 = sum p q: how fast df_1 falls with log Delta (4.8).

        As a difference it would lose all digits as Delta -> 0, where both df are M.

        Examples
        --------
        >>> from rfscale import PowerLaw
        >>> print(PowerLaw(alpha=1.0, M=2).df1_minus_df2(1e-30))
        5.0e-30
        """
        return self.moment(1, 1, delta)

    def _nodes_for(self, order: int) -> Nodes:
        """Nodes on which moments with i + j = order are exact."""
        return self.nodes
