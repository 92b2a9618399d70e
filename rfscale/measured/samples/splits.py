"""Samples split in two: a pool, from which training samples are drawn, and a held-out part."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.samples.samples import Samples
from rfscale.support.arguments import Floats, fraction, integer

LEAST = 2  # samples on either side: fewer have no variance

Rows = NDArray[np.intp]


class Split(NamedTuple):
    """The two parts, less the means of the pool, which is all that training knows of."""

    X: Floats  # (pool, inputs)
    y: Floats  # (pool, outputs)
    test_X: Floats  # (held out, inputs)
    test_y: Floats  # (held out, outputs)

    @property
    def fingerprint(self) -> str:
        """Equal for equal parts."""
        digest = hashlib.sha256()
        for part in self:
            digest.update(str(part.shape).encode())
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()


def rows_of_split(P: int, holdout: float, seed: int, index: int = 0) -> tuple[Rows, Rows]:
    """The rows of the pool and of the held-out part, each in their order.

    Parameters
    ----------
    P : int
        Number of samples.
    holdout : float
        The share that is held out, in (0, 1).
    seed, index : int
        Of the split, which is the same for any features, N, T and ridge.

    Raises
    ------
    ValueError
        If an argument is out of its range, or fewer than two samples are left on one side.

    Examples
    --------
    >>> pool, held_out = rows_of_split(10, 0.3, seed=1)
    >>> len(pool), len(held_out), sorted({*pool.tolist(), *held_out.tolist()}) == list(range(10))
    (7, 3, True)
    """
    share = fraction("holdout", holdout)
    count = round(share * P)
    if not LEAST <= count <= P - LEAST:
        raise ValueError(
            f"holdout must leave at least {LEAST} of the {P} samples on either side, got {share:g}"
        )
    root = integer("seed", seed, least=0)
    key = (integer("split", index, least=0),)
    generator = np.random.default_rng(np.random.SeedSequence(root, spawn_key=key))
    order = generator.permutation(P)
    return np.sort(order[count:]), np.sort(order[:count])


def split_samples(samples: Samples, rows: tuple[Rows, Rows], centred: bool) -> Split:
    """The parts less the means of the pool; the inputs only if they are to be `centred`."""
    pool, held_out = rows
    X = samples.X
    y = samples.y
    mean = X[pool].mean(axis=0) if centred else np.zeros(samples.inputs)
    label = y[pool].mean(axis=0)
    return Split(X[pool] - mean, y[pool] - label, X[held_out] - mean, y[held_out] - label)
