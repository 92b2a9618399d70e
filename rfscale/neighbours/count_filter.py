r"""Learning by counts: each direction is learned by how often it was seen, whatever the others do.

.. math:: L(T) = \sum_k p_k f(T p_k), \qquad p_k = \lambda_+ k^{-(1+\alpha)}

f(y) is what is left of a direction after y examples of it (26.1). The exponent of the loss is the
same for every f, and only the prefactor differs (26.4). Source: the exponent is known, Hutter,
arXiv:2102.04074, and Michaud et al., arXiv:2303.13506.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning
from rfscale.neighbours.at_size import AtSize, frequencies
from rfscale.neighbours.checks import count, sizes_or_zero
from rfscale.neighbours.ranks import Ranks, Whole
from rfscale.neighbours.transformed import Transformed
from rfscale.support.arguments import Floats
from rfscale.support.warned import warn_caller

LIMIT = 0.1  # relative error of an asymptote that is worth a warning


class CountFilter(Transformed):
    """What is left of a direction after y examples of it. Derive from it for one of your own.

    A subclass is a frozen dataclass with one method, `unlearned`: f(y) with f(0) = 1 and 0 <= f
    <= 1, which falls, smoothly and faster than y^-s, s = alpha/(1+alpha). Transforms, sums and
    asymptotes follow from it by quadrature; those of this package are in closed form.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> @dataclass(frozen=True, eq=False)
    ... class Stretched(CountFilter):
    ...     beta: float
    ...     def unlearned(self, y):
    ...         return np.exp(-(y**self.beta))
    >>> Stretched(0.5).mellin(0.5)  # Gamma(s/beta)/beta
    2.00
    >>> Stretched(0.5).loss([1e2, 1e4], alpha=1.0)
    array([0.0779, 0.0078])
    """

    def loss(
        self, T: ArrayLike, alpha: float, K: float = np.inf, scale: float | None = None
    ) -> Floats:
        """L = sum_k p_k f(T p_k), p_k = scale k^-(1+alpha), k = 1 to K (26.1).

        The first 2,000 directions (more of a sharp f) one by one, the others by an integral.
        Relative error 1e-14 of the filters of this package, 1e-11 by quadrature; 1e-8 of a loss
        below 1e-30, where all of a finite number of directions are learned.

        Parameters
        ----------
        T : array_like
            Number of samples >= 0; `numpy.inf` is allowed.
        alpha : float
            Exponent > 0.
        K : int, optional
            Number of directions, by default infinite.
        scale : float, optional
            p_1, lambda_+ of a spectrum; by default the p_k sum to 1.

        Returns
        -------
        ndarray
            Of the shape of T.

        Raises
        ------
        ValueError
            If an argument is out of its range.

        Examples
        --------
        >>> from rfscale.neighbours import FixedRidge
        >>> print(FixedRidge(3.0).loss([1e4, 1e6], alpha=1.0, scale=1.0))
        [0.01360 0.00136]
        """
        ranks = frequencies(alpha, K, scale)
        last = count("K", K, infinite=True)
        T = sizes_or_zero("T", T)
        losses = [self.sum(ranks, each, 0, last) for each in np.ravel(T)]
        return np.asarray(np.reshape(losses, T.shape))[()]

    def asymptote(
        self, T: ArrayLike, alpha: float, K: float = np.inf, scale: float | None = None
    ) -> Floats:
        """The power law p_1^(1-s) (1-s) M_f(s) T^-s, s = alpha/(1+alpha), p_1 = scale (26.4).

        Regime many samples, of which the last direction has few. The error is at most
        `asymptote_error`; warns above 10 percent.

        Parameters
        ----------
        T : array_like
            Number of samples > 0.
        alpha, K, scale
            As of `loss`; K has a part in the default of the scale alone.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If an argument is out of its range.

        Examples
        --------
        >>> from rfscale.neighbours import FixedRidge
        >>> print(FixedRidge(3.0).asymptote([1e4, 1e6], alpha=1.0, scale=1.0))
        [0.01360 0.00136]
        """
        warn_of(float(np.max(self.asymptote_error(T, alpha, K, scale))))
        return self.law(frequencies(alpha, K, scale), sizes_or_zero("T", T, least=True))

    def asymptote_error(
        self, T: ArrayLike, alpha: float, K: float = np.inf, scale: float | None = None
    ) -> Floats:
        """A bound of the error of `asymptote`, relative to it, of order T^-1/(1+alpha) (26.5).

        A sum and its integral differ by less than the largest term, as p f(T p) rises to one
        maximum and falls; a finite K lacks the part of the integral that is beyond it.

        Parameters
        ----------
        T, alpha, K, scale
            As of `loss`; T > 0.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If an argument is out of its range.

        Examples
        --------
        >>> from rfscale.neighbours import FixedRidge
        >>> print(FixedRidge(3.0).asymptote_error([1e4, 1e6], alpha=1.0, scale=1.0))
        [0.0055 0.00055]
        """
        ranks = frequencies(alpha, K, scale)
        T = sizes_or_zero("T", T, least=True)
        discrete = self.largest() / T / self.law(ranks, T)
        if np.isinf(K):
            return np.asarray(discrete)[()]
        s = ranks.alpha / (1 + ranks.alpha)
        last = T * ranks.frequency(np.array(K))
        beyond = np.reshape([self.below(s, float(y)) for y in np.ravel(last)], T.shape)
        return np.asarray(discrete + beyond / self.mellin(s))[()]

    def sum(self, ranks: Ranks, T: float, first: float, last: float) -> float:
        """The sum of p f(T p) over first < k <= last."""
        if np.isinf(T):
            return 0.0
        return ranks.total(Whole() if T == 0 else AtSize(self, float(T)), first, last)

    def law(self, ranks: Ranks, T: Floats) -> Floats:
        """The power law of `asymptote`, wherever it holds."""
        s = ranks.alpha / (1 + ranks.alpha)
        return np.asarray(ranks.scale ** (1 - s) * (1 - s) * self.mellin(s) * T**-s)[()]


def warn_of(error: float) -> None:
    """Warn that an asymptote is used where its error may be above 10 percent."""
    if error > LIMIT:
        size = f"{error:.0%}" if error < 1 else "more than 100%"
        text = f"asymptote holds for large sizes, far below K; here its error may be {size}"
        warn_caller(text, RegimeWarning)
