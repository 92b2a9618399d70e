r"""The min-norm fit of sparse data, drawn.

.. math:: L = \operatorname{tr} \Lambda\,(1 - P), \qquad \Lambda = \operatorname{diag}(p)

with P the projection on the span of the samples: the mean over an isotropic teacher is exact, as
what the fit leaves of it is what is orthogonal to the samples (26.15).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from rfscale.neighbours.checks import count, exponent
from rfscale.neighbours.quanta import Quanta
from rfscale.results import Result
from rfscale.support.arguments import Floats, integer, integers

RANK = 1e-11  # of the largest eigenvalue: below are those of samples that repeat others


@dataclass(frozen=True, eq=False)
class SparseEstimate(Result):
    """Mean losses of fits of drawn samples; every array has the shape of T.

    Attributes
    ----------
    alpha : float
        Exponent of p.
    K : int
        Number of directions.
    quanta_per_sample : float
        Directions of a sample; infinite for Gaussian data.
    T : ndarray
        Numbers of samples.
    mean, stderr : ndarray
        Of the loss over draws, the loss of no samples being 1.
    draws, seed : int
        What reproduces them.
    """

    alpha: float
    K: int
    quanta_per_sample: float
    T: Floats
    mean: Floats
    stderr: Floats
    draws: int
    seed: int

    def _table(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("quanta_per_sample", "T", "mean", "stderr")}


def simulate_sparse(
    T: ArrayLike,
    quanta_per_sample: float,
    alpha: float,
    K: int,
    *,
    draws: int = 10,
    seed: int = 0,
) -> SparseEstimate:
    """The loss of the min-norm fit of T samples with r directions each, by draws (26.15).

    Parameters
    ----------
    T : array_like
        Number of samples, whole, >= 1.
    quanta_per_sample : int or numpy.inf
        r, directions of a sample, with replacement; infinity is Gaussian data.
    alpha : float
        Exponent > 0.
    K : int
        Number of directions; the samples are a table of T by K numbers.
    draws : int
        At least 2.
    seed : int
        Root of the random numbers, >= 0.

    Returns
    -------
    SparseEstimate

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> from rfscale.neighbours import one_hot_loss
    >>> estimate = simulate_sparse(30, 1, alpha=1.0, K=200, draws=40)
    >>> gap = estimate.mean - one_hot_loss(30, alpha=1.0, K=200)
    >>> print(abs(gap) < 4 * estimate.stderr)
    True
    """
    sizes = np.asarray(integers("T", T))
    r = count("quanta_per_sample", quanta_per_sample, infinite=True)
    p = Quanta(exponent("alpha", alpha), integer("K", K)).probability(np.arange(1.0, K + 1))
    draws = integer("draws", draws, least=2)
    seed = integer("seed", seed, least=0)
    streams = [
        [np.random.SeedSequence(seed, spawn_key=(i, j)) for j in range(draws)]
        for i in range(sizes.size)
    ]
    with threadpool_limits(1):  # of BLAS: for matrices of this size more only wait for each other
        lost = [
            [_loss(_samples(np.random.default_rng(one), p, int(size), r), p) for one in row]
            for size, row in zip(sizes.flat, streams, strict=True)
        ]
    losses = np.reshape(lost, (*sizes.shape, draws))
    return SparseEstimate(
        alpha=float(alpha),
        K=int(K),
        quanta_per_sample=float(r),
        T=sizes.astype(float)[()],
        mean=losses.mean(-1),
        stderr=losses.std(-1, ddof=1) / np.sqrt(draws),
        draws=draws,
        seed=seed,
    )


def _samples(rng: np.random.Generator, p: Floats, T: int, r: float) -> Floats:
    """T samples, one a row."""
    if np.isinf(r):
        return np.asarray(rng.standard_normal((T, p.size)) * np.sqrt(p))
    x = np.zeros((T, p.size))
    k = rng.choice(p.size, (T, int(r)), p=p / p.sum())
    signs = rng.choice([-1.0, 1.0], k.shape)
    np.add.at(x, (np.arange(T)[:, None], k), signs / np.sqrt(r))
    return x


def _loss(x: Floats, p: Floats) -> float:
    """tr diag(p) (1 - P), P the projection on the rows of x."""
    value, vector = np.linalg.eigh(x @ x.T)
    kept = value > RANK * value[-1]
    basis = (vector[:, kept] / np.sqrt(value[kept])).T @ x
    return float(p @ (1 - np.sum(basis**2, axis=0)))
