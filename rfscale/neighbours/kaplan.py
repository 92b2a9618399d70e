r"""Kaplan's law of the loss over parameters N and tokens D, right and as Katta's note has it.

Both are plain functions with the published constants as defaults. To fit the law to data see
`rfscale.fit_losses`, whose law "kaplan" is the same (25.4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, broadcast, number, sizes


def kaplan_loss(
    N: ArrayLike,
    D: ArrayLike,
    *,
    alpha_N: float = 0.076,
    alpha_D: float = 0.103,
    N_c: float = 6.4e13,
    D_c: float = 1.8e13,
) -> Floats:
    r"""Kaplan's law of the loss.

    .. math:: L(N, D) = \Big[\Big(\frac{N_c}N\Big)^{\alpha_N/\alpha_D} + \frac{D_c}D
              \Big]^{\alpha_D}

    which is (27.15).

    Parameters
    ----------
    N, D : array_like
        Parameters without embeddings, and tokens, > 0; `numpy.inf` is allowed. They broadcast.
    alpha_N, alpha_D, N_c, D_c : float
        Constants of the law, > 0, by default those of a fit to both together. Fits to one at a time
        gave 0.076 with 8.8e13 and 0.095 with 5.4e13.

    Returns
    -------
    ndarray
        In nats a token, of the broadcast shape.

    Raises
    ------
    ValueError
        If an argument is out of its range, or N and D do not broadcast.

    Notes
    -----
    Kaplan et al., arXiv:2001.08361.

    Examples
    --------
    >>> import numpy as np
    >>> import rfscale as rf
    >>> print(rf.neighbours.kaplan_loss(N=[1e9, np.inf], D=1e10).round(4))
    [2.4197 2.1642]
    """
    constants = _checked(alpha_N=alpha_N, alpha_D=alpha_D, N_c=N_c, D_c=D_c)
    return _law(N, D, constants, inner=1.0)


def kaplan_loss_in_note(
    N: ArrayLike,
    D: ArrayLike,
    *,
    alpha_N: float = 0.076,
    alpha_D: float = 0.103,
    N_c: float = 6.4e13,
    D_c: float = 1.8e13,
) -> Floats:
    r"""Kaplan's law as Katta's note prints it, with an exponent too many.

    .. math:: \Big[\Big(\frac{N_c}N\Big)^{\alpha_N/\alpha_D} + \Big(\frac{D_c}D
              \Big)^{\alpha_D}\Big]^{\alpha_D}

    where D alone has the exponent alpha_D^2 (27.16). It is here to be compared with `kaplan_loss`.

    Parameters
    ----------
    N, D, alpha_N, alpha_D, N_c, D_c
        As of `kaplan_loss`.

    Returns
    -------
    ndarray
        Of the broadcast shape.

    Raises
    ------
    ValueError
        If an argument is out of its range, or N and D do not broadcast.

    Examples
    --------
    >>> import numpy as np
    >>> import rfscale as rf
    >>> print(rf.neighbours.kaplan_loss_in_note(N=[1e9, np.inf], D=1e10).round(4))
    [2.319  1.0828]
    """
    constants = _checked(alpha_N=alpha_N, alpha_D=alpha_D, N_c=N_c, D_c=D_c)
    return _law(N, D, constants, inner=constants["alpha_D"])


def _checked(**constants: float) -> dict[str, float]:
    return {name: number(name, value) for name, value in constants.items()}


def _law(N: ArrayLike, D: ArrayLike, constants: dict[str, float], inner: float) -> Floats:
    """The law with D_c/D to the power `inner` in its bracket."""
    N, D = broadcast(N=sizes("N", N), D=sizes("D", D))
    ratio = constants["alpha_N"] / constants["alpha_D"]
    bracket = (constants["N_c"] / N) ** ratio + (constants["D_c"] / D) ** inner
    return np.asarray(bracket ** constants["alpha_D"])[()]
