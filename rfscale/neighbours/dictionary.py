r"""What a quantum costs in random features.

.. math:: \frac{L_\text{random features}(N)}{L_\text{quanta}(n = N)} = C\alpha, \qquad \frac Nn =
          (C\alpha)^{1/\alpha}, \qquad C = \Big(\frac{\pi s}{\sin\pi s}\Big)^{1+\alpha}, \quad s =
          \frac1{1+\alpha}

n quanta are the N = n best features, the principal components; random features without a ridge have
the same exponent and a loss C alpha times as large (26.14). Source: derived here; C is that of
[MRS], (9.5).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, numbers


def loss_ratio_of_features(alpha: ArrayLike) -> Floats:
    """C alpha, the loss of N random features over that of N quanta (26.14).

    Both without a bound by data and with p_k = lambda_k/tr Lambda, at large N far below M.

    Parameters
    ----------
    alpha : array_like
        Exponent > 0.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If alpha is not positive.

    Examples
    --------
    >>> print(loss_ratio_of_features([0.4, 0.5]))
    [1.7504 1.8805]
    """
    a = np.asarray(numbers("alpha", alpha), dtype=float)
    s = 1 / (1 + a)
    sine = np.sin(np.pi * np.minimum(a, 1.0) * s)  # sin(pi s) = sin(pi a s): the smaller argument
    return np.asarray(a * (np.pi * s / sine) ** (1 + a))[()]


def features_per_quantum(alpha: ArrayLike) -> Floats:
    """(C alpha)^(1/alpha), how many random features do what one quantum does (26.14).

    Parameters
    ----------
    alpha : array_like
        Exponent > 0.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If alpha is not positive.

    Examples
    --------
    >>> print(features_per_quantum([0.4, 0.5]))
    [4.0535 3.5361]
    """
    return np.asarray(loss_ratio_of_features(alpha) ** (1 / np.asarray(alpha, dtype=float)))[()]
