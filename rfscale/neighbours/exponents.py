r"""The exponents of the quantization model, in each resource (26.11).

.. math:: \alpha_n = \alpha, \quad \alpha_D = \alpha_S = \frac\alpha{1 + \alpha}, \quad
          \frac1{\alpha_D} = \frac1{\alpha_n} + 1, \quad \alpha_C = \frac\alpha{2 + \alpha}

and n ~ C^(1/(2+alpha)), D ~ C^((1+alpha)/(2+alpha)) at the best share of C = n D. Source: Michaud
et al., arXiv:2303.13506, for the first two; those of compute are derived here, and are the ones of
random features trained in one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, numbers


@dataclass(frozen=True, eq=False)
class Exponents:
    """Powers of the loss, which falls, and of the best sizes, which grow.

    Attributes
    ----------
    in_n : ndarray
        alpha, in the number of quanta that a model holds.
    in_D : ndarray
        alpha/(1+alpha), in the number of samples.
    in_S : ndarray
        The same, in the number of steps in one epoch.
    in_C : ndarray
        alpha/(2+alpha), in C = n D at the best share.
    n_of_C, D_of_C : ndarray
        1/(2+alpha) and (1+alpha)/(2+alpha), of the best n and D.
    """

    in_n: Floats
    in_D: Floats
    in_S: Floats
    in_C: Floats
    n_of_C: Floats
    D_of_C: Floats


def quanta_exponents(alpha: ArrayLike) -> Exponents:
    """The exponents in n, D, S and C of quanta with p_k ~ k^-(1+alpha) (26.11).

    Those of large sizes far below K; at a finite K local slopes differ, see `quanta_slope`.

    Parameters
    ----------
    alpha : array_like
        > 0.

    Returns
    -------
    Exponents

    Raises
    ------
    ValueError
        If alpha is not positive.

    Examples
    --------
    >>> exponents = quanta_exponents(0.4)
    >>> print(exponents.in_D, exponents.in_C)
    0.2857 0.1667
    """
    a = np.asarray(numbers("alpha", alpha), dtype=float)
    of_data = (a / (1 + a))[()]
    return Exponents(
        in_n=a[()],
        in_D=of_data,
        in_S=of_data,
        in_C=(a / (2 + a))[()],
        n_of_C=(1 / (2 + a))[()],
        D_of_C=((1 + a) / (2 + a))[()],
    )
