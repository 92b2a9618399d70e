"""Quanta that are looked for in gradients, by clustering: how biased what it finds is.

Samples whose gradients point the same way are taken to need the same quantum, and the sizes of the
clusters to fall as k^-(1 + alpha) (Michaud et al. 2023). Here gradients are drawn of which the
subtasks are known: a unit vector of each subtask, and noise of length sigma, so that the cosine of
two gradients of one subtask is 1/(1 + sigma^2). Where it is a half or less, the exponent comes out
about half as large as it is.

Gradients of a trained network have one more trap: those of a sample of sparse parity change their
sign with the label, so that the angle between them groups by task and label, not by task.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from rfscale.neighbours.quanta import Quanta
from rfscale.support.arguments import Floats, integer, number, numeric
from rfscale.support.stored import Stored

__all__ = ["Gradients", "cluster_slope", "clusters", "gradients"]


@dataclass(frozen=True)
class Gradients(Stored):
    """Gradients of samples, and the subtasks that they are of.

    Attributes
    ----------
    values : ndarray
        Shape (samples, d).
    subtask : ndarray
        From 1 on, in the order of their probabilities, shape (samples,).
    """

    values: Floats
    subtask: NDArray[np.int64]


def gradients(
    samples: int = 2000,
    subtasks: int = 1000,
    alpha: float = 0.4,
    *,
    d: int = 1000,
    sigma: float = 0.25,
    seed: int = 0,
) -> Gradients:
    """Draw gradients of samples whose subtasks are known.

    Parameters
    ----------
    samples : int
        How many.
    subtasks : int
        How many there are, of probabilities proportional to k^-(1 + alpha).
    alpha : float
        Exponent > 0.
    d : int
        Dimension of the gradients.
    sigma : float
        Root mean square length of the noise >= 0; the mean of a subtask has length 1.
    seed : int
        Of the random numbers, >= 0.

    Returns
    -------
    Gradients

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> from rfscale.neighbours.trained import discovery
    >>> drawn = discovery.gradients(samples=4, subtasks=3, alpha=0.4, d=5, seed=2)
    >>> print(drawn.values.shape, drawn.subtask)
    (4, 5) [1 1 2 1]
    """
    samples = integer("samples", samples)
    d = integer("d", d)
    sigma = number("sigma", sigma, zero=True)
    quanta = Quanta(alpha=alpha, K=integer("subtasks", subtasks))
    rng = np.random.default_rng(np.random.SeedSequence(integer("seed", seed, least=0)))
    p = quanta.probability(np.arange(1, subtasks + 1))
    subtask = rng.choice(np.arange(1, subtasks + 1), samples, p=p / p.sum())
    means = rng.standard_normal((subtasks, d))
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    noise = sigma / d**0.5 * rng.standard_normal((samples, d))
    return Gradients(values=means[subtask - 1] + noise, subtask=subtask)


def clusters(values: ArrayLike, count: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Spectral clustering of gradients by their angles: the affinity is 1 - angle/pi.

    Parameters
    ----------
    values : array_like
        Gradients, shape (samples, d), none of them 0.
    count : int
        Number of clusters, at most that of samples.
    seed : int
        Of the k-means among the eigenvectors, >= 0.

    Returns
    -------
    ndarray
        The cluster of each sample, from 0 on, shape (samples,).

    Raises
    ------
    ValueError
        If an argument is out of its range.
    ImportError
        If scikit-learn is not installed (``pip install "rfscale[data]"``).

    Examples
    --------
    >>> from rfscale.neighbours.trained import discovery
    >>> drawn = discovery.gradients(samples=60, subtasks=3, alpha=0.4, d=50, seed=1)
    >>> found = discovery.clusters(drawn.values, 3)
    >>> print([len(set(found[drawn.subtask == k])) for k in (1, 2, 3)])
    [1, 1, 1]
    """
    rows = numeric("values", values, "finite numbers")
    if rows.ndim != 2 or rows.size == 0 or not np.isfinite(rows).all():
        raise ValueError(f"values must be finite, of shape (samples, d), got {rows.shape}")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError(f"values must not hold a row of zeros, got one at {int(lengths.argmin())}")
    count = integer("count", count)
    if count > len(rows):
        raise ValueError(f"count must be at most {len(rows)}, the samples, got {count}")
    seed = integer("seed", seed, least=0)
    rows /= lengths
    affinity = 1 - np.arccos(np.clip(rows @ rows.T, -1, 1)) / np.pi
    return _clustered(affinity, count, seed)


def _clustered(affinity: Floats, count: int, seed: int) -> NDArray[np.int64]:
    try:
        from sklearn.cluster import SpectralClustering
    except ImportError:
        raise ImportError(
            'discovery.clusters needs scikit-learn: pip install "rfscale[data]"'
        ) from None
    with threadpool_limits(1), warnings.catch_warnings():
        found = SpectralClustering(count, affinity="precomputed", random_state=seed)
        return np.asarray(found.fit_predict(affinity), np.int64)


def cluster_slope(labels: ArrayLike, ranks: tuple[int, int] = (3, 60)) -> float:
    """Slope of log size in log rank of clusters: -(1 + alpha) if they are the quanta.

    Parameters
    ----------
    labels : array_like
        The cluster or the subtask of each sample.
    ranks : tuple of int
        First and last rank of the fit; ranks beyond the last cluster are left out.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are fewer than two clusters among these ranks.

    Examples
    --------
    >>> import numpy as np
    >>> from rfscale.neighbours.trained import discovery
    >>> print(discovery.cluster_slope(np.repeat([1, 2, 3], [36, 9, 4]), ranks=(1, 3)))
    -2.0
    """
    sizes = np.sort(np.unique(np.asarray(labels), return_counts=True)[1])[::-1]
    first = integer("ranks[0]", ranks[0])
    rank = np.arange(first, min(integer("ranks[1]", ranks[1]), sizes.size) + 1)
    if rank.size < 2:
        raise ValueError(f"ranks must hold two clusters of {sizes.size}, got {ranks}")
    return float(np.polyfit(np.log(rank), np.log(sizes[rank - 1]), 1)[0])
