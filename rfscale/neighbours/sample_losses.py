r"""Losses of single samples that need one quantum, or several: why some capabilities emerge.

.. math:: \text{additive: } \frac1r\sum_j Q(\tau, D p_{k_j}), \qquad \text{all or nothing: } 1 -
          \prod_j\big[1 - Q(\tau, D p_{k_j})\big]

for a sample with the quanta k_1 to k_r, drawn from p. Their means over samples are L(D) and 1 - (1
- L(D))^r (26.13). Source: the distinction of monogenic and polygenic samples is that of Michaud et
al., arXiv:2303.13506; the formulas are derived here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.neighbours.checks import sizes_or_zero
from rfscale.neighbours.quanta import Quanta
from rfscale.support.arguments import Floats, choice, integer, require_kind

RULES = ("additive", "all")


def mean_sample_loss(
    quanta: Quanta, D: ArrayLike, quanta_per_sample: int = 1, rule: str = "additive"
) -> Floats:
    """The mean loss of samples that need several quanta, drawn independently (26.13).

    With "all" the exponent is the same, the prefactor r times as large, and the start flat.

    Parameters
    ----------
    quanta : Quanta
    D : array_like
        Number of samples >= 0.
    quanta_per_sample : int
        r >= 1.
    rule : {"additive", "all"}
        The loss is the share of the quanta that are not learned, or 1 unless all of them are.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> print(mean_sample_loss(Quanta(alpha=1.0), [10, 1e5], quanta_per_sample=5, rule="all"))
    [0.7065 0.0109]
    """
    require_kind("quanta", quanta, Quanta)
    r = integer("quanta_per_sample", quanta_per_sample)
    loss = quanta.loss(D=D)
    if choice("rule", rule, RULES) == "additive":
        return loss
    with np.errstate(divide="ignore"):  # log 0 where nothing is learned
        return np.asarray(-np.expm1(r * np.log1p(-np.minimum(loss, 1.0))))[()]


def sample_losses(
    quanta: Quanta,
    D: ArrayLike,
    quanta_per_sample: int = 1,
    rule: str = "additive",
    *,
    samples: int = 1000,
    seed: int = 0,
) -> Floats:
    """Learning curves of single samples, averaged over training sets (26.13).

    A sample of one quantum falls within a factor 1 + 2.6/sqrt(tau) of D, at a place that depends
    on its quantum; of many, under "additive", every curve is near the mean.

    Parameters
    ----------
    quanta : Quanta
    D : array_like
        Number of training samples >= 0.
    quanta_per_sample : int
        r >= 1, drawn with replacement.
    rule : {"additive", "all"}
        As of `mean_sample_loss`. Under "all" a quantum that a sample has twice counts twice.
    samples : int
        How many curves, >= 1.
    seed : int
        Root of the random numbers, >= 0.

    Returns
    -------
    ndarray
        One curve a row: of the shape of D, with an axis of the samples before it.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> curves = sample_losses(Quanta(alpha=0.6, tau=30), [1e2, 1e3, 1e4], samples=500)
    >>> curves.shape
    (500, 3)
    """
    require_kind("quanta", quanta, Quanta)
    D = sizes_or_zero("D", D)
    r = integer("quanta_per_sample", quanta_per_sample)
    choice("rule", rule, RULES)
    count = integer("samples", samples)
    rng = np.random.default_rng(np.random.SeedSequence(integer("seed", seed, least=0)))
    p = quanta.ranks.frequency(_drawn(quanta, count * r, rng))
    with np.errstate(invalid="ignore"):  # infinite D times a p that is 0
        counts = p.reshape(count, r, *[1] * D.ndim) * D
    left = quanta.filter.unlearned(np.nan_to_num(counts, nan=np.inf, posinf=np.inf))
    return np.asarray(left.mean(1) if rule == "additive" else 1 - np.prod(1 - left, axis=1))


def _drawn(quanta: Quanta, size: int, rng: np.random.Generator) -> Floats:
    """Quanta, each k with probability p_k; those of an infinite number beyond K are refused."""
    found = np.empty(0)
    while found.size < size:
        drawn = rng.zipf(1 + quanta.alpha, size)
        found = np.concatenate([found, drawn[drawn <= quanta.K]])
    return found[:size]
