r"""The quantization model: skills, called quanta, that are learned one by one.

.. math:: L(n) = \sum_{k>n} p_k, \qquad L(D) = \sum_k p_k\,Q(\tau, D p_k), \qquad L(n, D) =
          \sum_{k>n} p_k + \sum_{k\le n} p_k\,Q(\tau, D p_k), \qquad p_k = k^{-(1+\alpha)}/Z

A sample needs the quantum k with probability p_k; a quantum is learned if it is among the n of
largest p_k that a model holds, and was needed by tau of D samples (26.9). Source: Michaud et al.,
arXiv:2303.13506; the sums in closed form are derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from rfscale.neighbours.at_size import frequencies
from rfscale.neighbours.checks import (
    count,
    counts_or_zero,
    exponent,
    one_of,
    sizes_or_zero,
    threshold,
)
from rfscale.neighbours.count_filter import warn_of
from rfscale.neighbours.quanta_sums import counted
from rfscale.neighbours.ranks import Ranks
from rfscale.neighbours.thresholds import Threshold
from rfscale.support.arguments import Floats, broadcast, strengths
from rfscale.support.stored import Stored


@dataclass(frozen=True, eq=False)
class Quanta(Stored):
    """The quantization model, its losses in units of the loss with no quantum learned.

    Parameters
    ----------
    alpha : float
        Exponent > 0 of p_k = k^-(1+alpha)/Z.
    K : int, optional
        Number of quanta, by default infinite.
    tau : float
        Samples >= 1 that need a quantum before it is learned; not only whole numbers.

    Examples
    --------
    >>> quanta = Quanta(alpha=0.4, K=500, tau=5)
    >>> print(quanta.loss(n=[1, 10, 100]))
    [0.65487 0.26498 0.06467]
    """

    alpha: float
    K: float = np.inf
    tau: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", exponent("alpha", self.alpha))
        object.__setattr__(self, "K", count("K", self.K, infinite=True))
        object.__setattr__(self, "tau", threshold("tau", self.tau))

    def probability(self, k: ArrayLike) -> Floats:
        """p_k, which sum to 1.

        Parameters
        ----------
        k : array_like
            Ranks, whole numbers from 1 to K.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If they are no ranks.

        Examples
        --------
        >>> print(Quanta(alpha=1.0).probability([1, 2, 3]))
        [0.60793 0.15198 0.06755]
        """
        return np.asarray(self.ranks.frequency(counts_or_zero("k", k, self.K, least=1)))[()]

    def loss(self, n: ArrayLike = np.inf, D: ArrayLike = np.inf, counts: str = "poisson") -> Floats:
        """L(n, D) (26.9): L(n) without D, L(D) without n.

        Relative error 1e-14, from alpha = 0.01 to 5, tau to 1e6; of a finite K and so many samples
        that the loss is below 1e-30, 1e-8.

        Parameters
        ----------
        n : array_like
            Number of quanta that the model holds, whole numbers from 0 to K; `numpy.inf` is all.
        D : array_like
            Number of samples >= 0; `numpy.inf` is allowed. Broadcast with n.
        counts : {"poisson", "binomial"}
            Of each quantum among D samples: that of a D that scatters as sqrt(D), or, for tau = 1,
            of D itself, (1 - p_k)^D. They differ by a part p_1 of the loss at tau = 1, and
            less once D p_1 >> 1.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If an argument is out of its range, or `counts` is "binomial" and tau is not 1.

        Examples
        --------
        >>> quanta = Quanta(alpha=0.5)
        >>> print(quanta.loss(D=[1e2, 1e4]))
        [0.20285 0.04370]
        >>> print(quanta.loss(n=100, D=[1e2, 1e6]))
        [0.20357 0.07637]
        """
        n = counts_or_zero("n", n, self.K)
        D = sizes_or_zero("D", D)
        n, D = broadcast(n=n, D=D)
        total = counted(counts, self.tau)
        pairs = zip(n.flat, D.flat, strict=True)
        lost = [total(self.ranks, self.filter, *pair, self.K) for pair in pairs]
        return np.asarray(np.reshape(lost, n.shape))[()]

    def step_loss(self, S: ArrayLike, batch: ArrayLike, n: ArrayLike = np.inf) -> Floats:
        """L(n, S B) of S steps with B fresh samples each, one epoch (26.9).

        Parameters
        ----------
        S, batch : array_like
            Numbers of steps and of samples in a step, >= 0 and finite. Broadcast with n.
        n : array_like
            As of `loss`.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If an argument is out of its range.

        Examples
        --------
        >>> print(Quanta(alpha=0.5).step_loss(S=[1, 100], batch=100))
        [0.20285 0.04370]
        """
        steps, samples = broadcast(S=strengths("S", S), batch=strengths("batch", batch))
        return self.loss(n, steps * samples)

    def task_loss(self, k: ArrayLike, D: ArrayLike) -> Floats:
        """Q(tau, D p_k), that of the samples which need one quantum (26.9).

        Against D p_k it is one curve for all quanta.

        Parameters
        ----------
        k : array_like
            Ranks, whole numbers from 1 to K.
        D : array_like
            Number of samples >= 0, of all quanta. Broadcast with k.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If an argument is out of its range.

        Examples
        --------
        >>> print(Quanta(alpha=0.4, tau=5).task_loss(k=[1, 10], D=100))
        [5.3e-10 9.9e-01]
        """
        k = counts_or_zero("k", k, self.K, least=1)
        k, D = broadcast(k=k, D=sizes_or_zero("D", D))
        return np.asarray(self.filter.unlearned(D * self.ranks.frequency(k)))[()]

    def asymptote(self, n: ArrayLike | None = None, D: ArrayLike | None = None) -> Floats:
        """The power law of L(n), n^-alpha/(alpha Z), or of L(D) (26.10).

        L(D) ~ Z^-1/(1+alpha) Gamma(tau+s)/(alpha Gamma(tau)) D^-s, s = alpha/(1+alpha). Regime
        large n or D, far below K. The error is at most `asymptote_error`; warns above 10 percent.

        Parameters
        ----------
        n, D : array_like
            One of them, as of `loss` and > 0.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If not one of n and D is given, or it is out of its range.

        Examples
        --------
        >>> print(Quanta(alpha=0.5).asymptote(D=[1e3, 1e4]))
        [0.09416 0.04370]
        """
        warn_of(float(np.max(self.asymptote_error(n, D))))
        name, value = one_of("n", n, "D", D)
        if name == "n":
            given = counts_or_zero("n", value, self.K, least=1)
            return np.asarray(self.ranks.scale * given**-self.alpha / self.alpha)[()]
        return self.filter.law(self.ranks, sizes_or_zero("D", value, least=True))

    def asymptote_error(self, n: ArrayLike | None = None, D: ArrayLike | None = None) -> Floats:
        """A bound of the error of `asymptote`, relative to it (26.10).

        1 - (1 + 1/n)^-alpha + (n/K)^alpha, or `CountFilter.asymptote_error`; n, D as above.

        Returns
        -------
        ndarray

        Examples
        --------
        >>> print(Quanta(alpha=0.5).asymptote_error(n=[10, 1000]))
        [0.0465 0.0005]
        """
        name, value = one_of("n", n, "D", D)
        if name == "D":
            size = sizes_or_zero("D", value, least=True)
            return self.filter.asymptote_error(size, self.alpha, self.K)
        given = counts_or_zero("n", value, self.K, least=1)
        cut = (given / self.K) ** self.alpha if np.isfinite(self.K) else 0.0
        return np.asarray(cut - np.expm1(-self.alpha * np.log1p(1 / given)))[()]

    @cached_property
    def ranks(self) -> Ranks:
        """The p_k."""
        return frequencies(self.alpha, self.K, None)

    @cached_property
    def filter(self) -> Threshold:
        """What is left of a quantum after some examples: Q(tau, y)."""
        return Threshold(self.tau)
