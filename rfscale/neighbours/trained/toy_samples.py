"""Inputs of the toy model: sparse, uniform on [0, 1] where they are not 0, of length 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import integer, number
from rfscale.support.described import described


def samples(T: int, n: int = 1000, sparsity: float = 0.99, *, seed: int = 0) -> NDArray[np.float32]:
    """Sparse samples of length 1.

    Parameters
    ----------
    T : int
        Number of samples.
    n : int
        Number of features.
    sparsity : float
        S, the probability that a feature is 0, in [0, 1); others are uniform in [0, 1] before the
        sample is divided by its length. A sample without any feature stays 0.
    seed : int
        Of the random numbers, >= 0.

    Returns
    -------
    ndarray
        Shape (T, n), of float32.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> from rfscale.neighbours.trained import toy
    >>> x = toy.samples(T=3, n=400, sparsity=0.99, seed=1)
    >>> print(x.shape, (x**2).sum(axis=1).round(6))
    (3, 400) [1. 1. 1.]
    """
    T = integer("T", T)
    n = integer("n", n)
    share = 1 - _sparsity(sparsity)
    rng = np.random.default_rng(np.random.SeedSequence(integer("seed", seed, least=0)))
    x = np.empty((T, n), np.float32)
    for row in x:
        values = np.where(rng.random(n) < share, rng.random(n), 0.0)
        length = float(np.linalg.norm(values))
        row[:] = values / length if length > 0 else 0.0
    return x


def _sparsity(value: float) -> float:
    found = number("sparsity", value, zero=True)
    if found >= 1:
        raise ValueError(f"sparsity must be in [0, 1), got {described(value)}")
    return found
