"""A phase of the (N, T) plane: the one power law that is the loss there, and what it neglects."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.theory.asymptotics.regime import check_regime
from rfscale.theory.asymptotics.source_terms import Term


@dataclass(frozen=True)
class Phase:
    """A part of the (N, T) plane where one term is the loss, amplitude N^-in_N T^-in_T.

    Attributes
    ----------
    name : str
        Bound of the loss: "features", "variance" (of a smooth teacher's first directions, by the
        choice of the features), "data", "noise" or "noise floor".
    amplitude : float
        In units of sigma_w^2 lambda_+/(2M).
    in_N, in_T : float
        The exponents with which the loss falls.
    above : float
        The phase begins at N of order T^above, and ends where the next one begins; 0 for the first.
    neglected : tuple of Term
        What the loss has beside this term, relative to it: terms of the other phases and what
        each sum leaves out. Not shown.
    second : float
        The second order in units of the square of the first. Not shown.
    """

    name: str
    amplitude: float
    in_N: float
    in_T: float
    above: float
    neglected: tuple[Term, ...] = field(default=(), repr=False)
    second: float = field(default=1.5, repr=False)

    def loss(self, N: ArrayLike, T: ArrayLike) -> Floats:
        """amplitude N^-in_N T^-in_T, in units of sigma_w^2 lambda_+/(2M).

        Relative error `error`, warns above 10 percent.

        Parameters
        ----------
        N, T : array_like
            Numbers of features and samples > 0; `numpy.inf` is allowed.

        Returns
        -------
        ndarray

        Examples
        --------
        >>> from rfscale import asymptotics
        >>> _, variance, _ = asymptotics.source_phases(alpha=1.0, exponent=2.5)
        >>> print(variance.loss(N=1e6, T=1e4))
        3.310e-10
        """
        check_regime(f'the phase "{self.name}"', "sizes far inside it", self.error(N, T))
        N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
        return Term(self.amplitude, -self.in_N, -self.in_T).at(N, T)[()]

    def error(self, N: ArrayLike, T: ArrayLike) -> Floats:
        """The relative error of `loss`, e/(1 - second e) with e the sum of the neglected terms.

        Their signs are not used, so that they cannot cancel. Infinite where second e >= 1.

        Parameters
        ----------
        N, T : array_like
            As of `loss`.

        Returns
        -------
        ndarray

        Examples
        --------
        >>> from rfscale import asymptotics
        >>> _, variance, _ = asymptotics.source_phases(alpha=1.0, exponent=2.5)
        >>> print(variance.error(N=[1e4, 1e6, 1e12], T=1e4))
        [       inf 0.01076886        inf]
        """
        N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
        terms = [np.abs(term.at(N, T)) for term in self.neglected]
        total = np.sum(np.broadcast_arrays(*terms, np.zeros(N.shape)), axis=0)
        left = 1 - self.second * total
        small = left > 0  # false where a term is undefined, at a logarithm
        return np.where(small, total / np.where(small, left, 1.0), np.inf)[()]
