"""Rows of a matrix that repeat other rows, exactly or nearly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rfscale.support.arguments import Floats

NEAR = 1e-9  # distance of copies, over that of a row from the mean
ROUNDING = 1e-13  # of a projection, over the distance from the mean
BLOCK = 2**22  # numbers centred at a time


def copies_of_rows(X: Floats) -> NDArray[np.bool_]:
    """Which rows repeat an earlier one to 1e-9 of their distance from the mean, of shape (P,).

    Rows are sorted by their projection on one random direction of unit length, in which no two are
    further apart than they are: copies become neighbours, and only neighbours are compared. That
    takes P (inputs + log P) operations. A near copy is missed where another row comes between the
    two, of probability about 1e-9 P for each.

    >>> copies_of_rows(np.array([[0.0, 1.0], [2.0, 5.0], [0.0, 1.0 + 1e-12]])).tolist()
    [False, False, True]
    """
    projection, distance = _projected(X)
    order = np.argsort(projection, kind="stable")
    left = order[:-1]
    right = order[1:]
    near = projection[right] - projection[left] <= (NEAR + ROUNDING) * distance[left]
    for i in np.flatnonzero(near):
        gap = np.linalg.norm(X[right[i]] - X[left[i]])
        near[i] = gap <= NEAR * distance[left[i]]
    copies = np.zeros(len(X), dtype=np.bool_)
    copies[order] = _all_but_first(near, order)
    return copies


def _projected(X: Floats) -> tuple[Floats, Floats]:
    """Projections of the centred rows, and their lengths."""
    mean = X.mean(axis=0)
    normal = np.random.default_rng(1).standard_normal(X.shape[1])
    direction = normal / np.linalg.norm(normal)
    projection = np.empty(len(X))
    distance = np.empty(len(X))
    rows = max(1, BLOCK // X.shape[1])
    for start in range(0, len(X), rows):
        block = X[start : start + rows] - mean
        projection[start : start + rows] = block @ direction
        distance[start : start + rows] = np.linalg.norm(block, axis=1)
    return projection, distance


def _all_but_first(near: NDArray[np.bool_], order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """In each chain of neighbours that are near, all but the one of the least index."""
    chain = np.concatenate([[0], np.cumsum(~near)])
    first = np.full(chain[-1] + 1, len(order))
    np.minimum.at(first, chain, order)
    later: NDArray[np.bool_] = order != first[chain]
    return later
