r"""Dimensionality of features and of samples: the share of a dimension that each vector has.

.. math:: D_i = \frac{|w_i|^2}{\sum_j(\hat w_i\cdot w_j)^2}

which is (27.7), with a hat for unit length. Elhage et al., Toy models of superposition, 2022, have
it for features, Henighan et al., Superposition, memorization, and double descent, 2023, also for
samples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, numeric


def dimensionality(vectors: ArrayLike) -> Floats:
    r"""The share of a dimension that each of some vectors has, such as the features of a layer.

    .. math:: D_i = \frac{|w_i|^2}{\sum_j(\hat w_i\cdot w_j)^2}

    which is (27.7).

    Parameters
    ----------
    vectors : array_like
        The vectors w_i as columns, (m, n): W itself in x' = ReLU(W^T W x + b).

    Returns
    -------
    ndarray
        (n,), each in [0, 1] and their sum at most the rank of the vectors (27.8). It is 0 where a
        vector is 0.

    Raises
    ------
    ValueError
        If the vectors are not a table of finite numbers, or there are none.

    Notes
    -----
    It takes of the order of m^2 n operations and no table of n times n numbers. The scale of the
    vectors does not matter.

    Examples
    --------
    Five features on a pentagon share two dimensions; one that is not represented has none.

    >>> import numpy as np
    >>> import rfscale as rf
    >>> angles = 2 * np.pi * np.arange(5) / 5
    >>> pentagon = [np.append(np.cos(angles), 0), np.append(np.sin(angles), 0)]
    >>> print(rf.neighbours.dimensionality(pentagon))
    [0.4 0.4 0.4 0.4 0.4 0. ]
    """
    return _dimensionality(_table("vectors", vectors))


def sample_dimensionality(weights: ArrayLike, samples: ArrayLike) -> Floats:
    """The share of a dimension that each sample has in the hidden layer, W x.

    Parameters
    ----------
    weights : array_like
        W, (m, n), as in x' = ReLU(W^T W x + b).
    samples : array_like
        The samples x as rows, (T, n). One that is there several times counts once.

    Returns
    -------
    ndarray
        (T,), as of `dimensionality` for the columns W x (27.7); repeated samples have the same.

    Raises
    ------
    ValueError
        If an argument is not a table of finite numbers, or the n of the two differ.

    Examples
    --------
    >>> import numpy as np
    >>> import rfscale as rf
    >>> weights = [[1, 0, 0.5], [0, 1, 0]]
    >>> print(rf.neighbours.sample_dimensionality(weights, [[1, 0, 0], [0, 1, 0], [1, 0, 0]]))
    [1. 1. 1.]
    """
    W = _table("weights", weights)
    X = _table("samples", samples)
    if W.shape[1] != X.shape[1]:
        raise ValueError(
            "weights and samples must have the same number of features, got weights "
            f"{W.shape} and samples {X.shape}"
        )
    different, place = np.unique(X, axis=0, return_inverse=True)
    return np.asarray(_dimensionality(W @ different.T)[place.ravel()])


def _dimensionality(vectors: Floats) -> Floats:
    """Of columns; they are scaled first, so that no square is beyond all floats."""
    scaled = vectors / (np.max(np.abs(vectors)) or 1.0)
    lengths = np.linalg.norm(scaled, axis=0)
    unit = np.divide(scaled, lengths, out=np.zeros_like(scaled), where=lengths > 0)
    overlaps = np.sum(unit * (scaled @ scaled.T @ unit), axis=0)
    found = np.divide(lengths**2, overlaps, out=np.zeros_like(lengths), where=overlaps > 0)
    return np.asarray(found)


def _table(name: str, value: ArrayLike) -> Floats:
    """A table of finite numbers with at least one row and one column."""
    allowed = "a table of finite numbers, with two axes"
    array = numeric(name, value, allowed)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"{name} must be {allowed}, got an array of shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be {allowed}, got {array[~np.isfinite(array)].flat[0]:g}")
    return array
