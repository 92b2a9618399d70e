r"""The exponents of the loss for a teacher with a source condition (15.18).

For w_J^2 ~ J^-beta and lambda_J ~ J^-(1+alpha),

.. math:: L \sim N^{-\min(\alpha + \beta,\, 1 + \alpha)} \;(N \ll T), \qquad
          L \sim T^{-\min(\alpha + \beta,\, 2 + 2\alpha)} \;(T^{\max(1, \min(\beta,\, 2 +
          \alpha))} \ll N)

Without ridge, label noise and for M = infinity the plateaus are Delta sum W p and T Delta s^W/s,
Delta ~ n^-(1+alpha), and a sum is that of its bulk, J near n, or converges at small J, which gives
the second exponents. Source: [AZP] and [Simon], where alpha + beta = 2 a r with a = 1 + alpha is
the source condition. Between the two a smooth teacher has a third phase: `source_phases`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, broadcast, numbers, numeric


def loss_exponents(alpha: ArrayLike, exponent: ArrayLike) -> tuple[Floats, Floats]:
    """The exponents of the loss in N, as T -> infinity, and in T, as N -> infinity (15.18).

    Regime 1 << N, T << M, no label noise, without or with the best ridge. That in N needs N << T;
    that in T needs T << N, and for beta > 1 much more, T^min(beta, 2 + alpha) << N: with fewer
    features the loss is T^-alpha/N, see `source_phases`. At the crossings, beta = 1 and beta = 2 +
    alpha, there are logarithms. Corrections are of relative order (n/M)^(alpha +
    beta), and slow near the crossings: `n^-|1 - beta|` and `n^-|2 + alpha - beta|`.

    Parameters
    ----------
    alpha : array_like
        Of the spectrum, > 0.
    exponent : array_like
        beta of `SourceCondition`, > -alpha; below, the sum of lambda_J w_J^2 diverges and the
        loss depends on M. Of a teacher on a few directions: infinity.

    Returns
    -------
    in_N, in_T : ndarray

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> print(*loss_exponents(1.0, [0.0, 1.5, np.inf]))
    [1. 2. 2.] [1.  2.5 4. ]
    """
    alpha, beta = broadcast(
        alpha=np.asarray(numbers("alpha", alpha)),
        exponent=numeric("exponent", exponent, "> -alpha"),
    )
    bad = ~(beta > -alpha)
    if np.any(bad):
        raise ValueError(
            f"exponent must be > -alpha, got {beta[bad].flat[0]:g} "
            f"with alpha = {alpha[bad].flat[0]:g}"
        )
    return np.minimum(alpha + beta, 1 + alpha)[()], np.minimum(alpha + beta, 2 + 2 * alpha)[()]
