r"""Sparse data, between one-hot samples, which are quanta, and dense ones, the random features'.

.. math:: x = \frac1{\sqrt{r}} \sum_{j=1}^{r} \pm e_{k_j}, \qquad k_j \sim p, \qquad E[x x^T] =
          \operatorname{diag}(p) \quad\text{for every } r

The covariance is that of p for every number r of directions that a sample has, and fixes what N
features cost, not what T samples tell: the min-norm fit of one-hot data (r = 1) has the loss of
quanta with tau = 1, exactly, and that of dense data (infinite r) the planar loss (26.15). In
between

.. math:: L(T; r) \approx \max\big(L_\text{dense}(T),\, L_\text{one-hot}(r T)\big), \qquad T^* \sim
          r^{1/\alpha}

is an observation (26.16). Sources: that sparse data have exponents of their own is known,
Sous and Winer, arXiv:2605.23591, by its abstract; the identity at r = 1 and this form are found
here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike

from rfscale.neighbours.checks import exponent, sizes_or_zero
from rfscale.neighbours.dictionary import loss_ratio_of_features
from rfscale.neighbours.quanta import Quanta
from rfscale.support.arguments import Floats, broadcast, numeric

SparseLoss = Callable[[Floats], ArrayLike] | ArrayLike


def one_hot_loss(T: ArrayLike, alpha: float, K: float = np.inf) -> Floats:
    """sum_k p_k (1 - p_k)^T, of T samples which show one direction each (26.8).

    That of `Quanta` with tau = 1 and binomial counts, which it is short for.

    Parameters
    ----------
    T : array_like
        Number of samples >= 0.
    alpha : float
        Exponent > 0.
    K : int, optional
        Number of directions, by default infinite.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> print(one_hot_loss([10, 1000], alpha=1.0))
    [0.2110 0.0218]
    """
    T = sizes_or_zero("T", T)
    return Quanta(alpha, K).loss(D=T, counts="binomial")


def sparse_loss(
    T: ArrayLike,
    quanta_per_sample: ArrayLike,
    dense: SparseLoss,
    alpha: float,
    K: float = np.inf,
) -> Floats:
    """max(dense(T), one-hot(r T)), of samples that have r directions each (26.16).

    To -35 and +13 percent of drawn data for r from 1 to 256, alpha = 0.5 and 1 and T from 10 to
    320, K = 4000: lower around the crossing, up to 10 percent higher just beyond it, and within 5
    percent away from it.

    Parameters
    ----------
    T : array_like
        Number of samples > 0.
    quanta_per_sample : array_like
        r, directions of a sample >= 1, infinity included. Broadcast with T.
    dense : callable or array_like
        The loss of dense data of the same covariance, where the p_k sum to 1 and N is infinite,
        such as the planar test loss: a function of T, or its values at T.
    alpha, K
        As of `one_hot_loss`.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If an argument is out of its range, or `dense` is or returns no losses.

    Examples
    --------
    >>> print(sparse_loss([10, 1000], [1, 16], lambda T: 1.5 / T, alpha=1.0))
    [0.2110 0.0055]
    """
    T = sizes_or_zero("T", T, least=True)
    losses: Any = dense(T) if callable(dense) else dense
    losses = numeric("dense", losses, "losses >= 0")
    if not np.all(losses >= 0):
        raise ValueError(f"dense must be losses >= 0, got {losses[~(losses >= 0)].flat[0]:g}")
    r = _directions(quanta_per_sample)
    T, r, losses = broadcast(T=T, quanta_per_sample=r, dense=losses)
    return np.asarray(np.maximum(losses, one_hot_loss(r * T, alpha, K)))[()]


def sparse_crossing(quanta_per_sample: ArrayLike, alpha: float) -> Floats:
    """T*, the number of samples at which both power laws of `sparse_loss` are equal (26.16).

    [p_1^s C (1+alpha)/Gamma(s)]^((1+alpha)/alpha^2) r^(1/alpha), s = alpha/(1+alpha),
    with infinitely many directions; the loss is that of dense data below T*, and of one-hot data
    above.

    Parameters
    ----------
    quanta_per_sample : array_like
        r, directions of a sample >= 1.
    alpha : float
        Exponent > 0.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> print(sparse_crossing([16, 64], alpha=1.0))
    [ 75.398 301.593]
    """
    r = _directions(quanta_per_sample)
    a = exponent("alpha", alpha)
    s = a / (1 + a)
    first = Quanta(a).ranks.scale
    ratio = float(loss_ratio_of_features(a)) / a * (1 + a) / scipy.special.gamma(s)
    return np.asarray((first**s * ratio) ** ((1 + a) / a**2) * r ** (1 / a))[()]


def _directions(r: ArrayLike) -> Floats:
    found = sizes_or_zero("quanta_per_sample", r)
    if not np.all(found >= 1):
        bad = found[~(found >= 1)].flat[0]
        raise ValueError(f"quanta_per_sample must be numbers >= 1, got {bad:g}")
    return found
