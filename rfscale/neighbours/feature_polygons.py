r"""k features of the ReLU-output toy on a regular polygon in the plane, and what they gain.

Their vectors W_i have the squared length r and one bias b <= 0. A feature of size x that is alone
has the error (x - ReLU(r x + b))^2 and disturbs the others by the sum over j of
ReLU(r x cos(2 pi j/k) + b)^2 (27.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import comb

from rfscale.neighbours.toy_inputs import (
    checked_inputs,
    mean_input,
    sizes_if_alone,
    some_on,
    sum_of_squares,
)
from rfscale.results import Result
from rfscale.support.arguments import Floats, integers

STARTS = np.array([(1.2, -0.05), (1.6, -0.3)])  # r and b
MOST = 20  # features on a polygon, of which there may be any choice
POINTS = 8192  # patterns of a number of features that are on together
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79)
ZERO = 1e-6  # of b
RARE = 1e-5  # features, which is what patterns that are left out hold at most


class Patterns(NamedTuple):
    """Sizes of the k features (P, k), and probabilities (P,)."""

    sizes: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class FeaturePolygon(Result):
    """The best polygon of k features; arrays of the shape of k, n and S.

    Attributes
    ----------
    k, n : ndarray
        Number of features on the polygon, and of all.
    S : ndarray
        Sparsity of the inputs.
    gain : ndarray
        Loss that is gained over an output of 0, in units of that of one feature, 1/n: what k whole
        features would be is k. Features are on one at a time.
    gain_together : ndarray
        The same where the k features are on together as often as they are.
    squared_radius, bias : ndarray
        r and b of the polygon with `gain_together`.
    constant : ndarray
        Loss of the best constant predictor.
    test : ndarray
        Loss of the network that has this polygon, and constants for all other features.
    """

    k: Any
    n: Any
    S: Floats
    gain: Floats
    gain_together: Floats
    squared_radius: Floats
    bias: Floats
    constant: Floats
    test: Floats


def feature_polygon(k: ArrayLike, n: ArrayLike, S: ArrayLike) -> FeaturePolygon:
    r"""The best regular polygon of k features in the plane, by its gain and its test loss.

    .. math:: \mathrm{gain}_k = \frac k{E x^2}\Big(E x^2 - \min_{r, b}E\Big[(x - \mathrm{ReLU}(r x +
              b))^2 + \sum_{j=1}^{k-1}\mathrm{ReLU}\big(r x\cos\tfrac{2\pi j}k + b\big)^2\Big]\Big)

    is (27.4), with x the size of a feature that is on. With m the mean of x_i the test loss is
    1 - (n - k) m^2 - gain/n (27.5).

    Parameters
    ----------
    k : array_like
        Number of features on the polygon, integers from 1 to 20.
    n : array_like
        Number of features, integers >= k.
    S : array_like
        Sparsity, in [0, 1), with n (1 - S) <= 1e6. All three broadcast.

    Returns
    -------
    FeaturePolygon
        `gain` is known to about 1e-5, `gain_together` to 1e-3.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the shapes do not broadcast.

    Notes
    -----
    Up to four features lose nothing by themselves. Five and six are within 5 percent of each other,
    and six gain a little more; that trained networks take five is not explained by this. Derived
    here, for the toy of Henighan et al., Superposition, memorization, and double descent, 2023.

    Examples
    --------
    >>> import rfscale as rf
    >>> best = rf.neighbours.feature_polygon([5, 6, 7], n=1000, S=0.99)
    >>> print(best.gain.round(2), best.gain_together.round(2))
    [4.73 4.96 4.9 ] [4.67 4.87 4.79]
    >>> print(best.test.round(4))
    [0.988  0.9878 0.9879]
    """
    n, S, k = checked_inputs(n, S, k=np.asarray(integers("k", k), dtype=np.float64))
    if np.any(k > MOST):
        raise ValueError(f"k must be an integer from 1 to {MOST}, got {k.max():g}")
    if np.any(n < k):
        few = n < k
        raise ValueError(f"n must be >= k, got n = {n[few].flat[0]:g} with k = {k[few].flat[0]:g}")
    found = np.vectorize(_best, otypes=4 * [float])(k, n, S)
    mean = mean_input(n, S)
    return FeaturePolygon(
        k=k.astype(int),
        n=n.astype(int),
        S=S,
        gain=found[0],
        gain_together=found[1],
        squared_radius=found[2],
        bias=found[3],
        constant=np.maximum(1 - n * mean**2, 0),
        test=1 - (n - k) * mean**2 - found[1] / n,
    )


def _best(k: float, n: float, S: float) -> tuple[float, float, float, float]:
    """Gain alone and together, r and b."""
    corners = int(k)
    one = _one_on(corners, *sizes_if_alone(n, S, n - 1))
    share = k / float(np.sum(one.weights @ one.sizes**2))  # of the k features in all that is gained
    alone, *start = _best_of([Patterns(one.sizes, share * one.weights)], STARTS)
    together, r, b = _best_of(list(_patterns(corners, n, S)), np.array([start]))
    return alone, n * together, r, b


def _patterns(k: int, n: float, S: float) -> Iterator[Patterns]:
    """What may be on of the k features, one, two and so on, over inputs that have a feature."""
    for on in range(1, k + 1):
        chance = (
            comb(k, on) * (1 - S) ** on * S ** (k - on) / float(some_on(np.array(n), np.array(S)))
        )
        if n * chance * on > RARE:
            few = _some_on(k, on, n, S) if on > 1 else _one_on(k, *sizes_if_alone(n, S, n - k))
            yield Patterns(few.sizes, chance * few.weights)


def _one_on(k: int, sizes: Floats, weights: Floats) -> Patterns:
    """The first of the k features on, which may stand for any."""
    patterns = np.zeros((len(sizes), k))
    patterns[:, 0] = sizes
    return Patterns(patterns, weights)


def _some_on(k: int, on: int, n: float, S: float) -> Patterns:
    """The first of the k features on, with others, at points that fill a cube evenly."""
    others = np.array(list(combinations(range(1, k), on - 1)))
    points = (np.arange(1, POINTS + 1)[:, None] * np.sqrt(PRIMES[: on + 2])) % 1
    chosen = others[(points[:, -2] * len(others)).astype(int)]
    points = 1 - np.abs(2 * points - 1)  # periodic: the mean is then known much better
    squares, law = sum_of_squares(n - k, S)
    place = np.searchsorted(np.cumsum(law), points[:, -1])
    rest = squares[np.minimum(place, len(squares) - 1)]
    u = np.zeros((POINTS, k))
    u[:, 0] = points[:, 0]
    np.put_along_axis(u, chosen, points[:, 1:on], axis=1)
    length = np.sqrt(np.sum(u**2, axis=1) + rest)
    return Patterns(u / length[:, None], np.full(POINTS, 1 / POINTS))


def _best_of(patterns: Sequence[Patterns], starts: Floats) -> tuple[float, float, float]:
    """The largest gain over an output of 0, and r and b there."""
    k = patterns[0].sizes.shape[1]
    angles = 2 * np.pi * np.arange(k) / k
    cosines = np.cos(angles[:, None] - angles)

    def minus_gain(v: Floats) -> float:
        total = 0.0
        for sizes, weights in patterns:
            output = np.maximum(v[0] * sizes @ cosines - abs(v[1]), 0)
            total += float(weights @ np.sum(output * (output - 2 * sizes), axis=1))
        return total

    options: Any = {"xatol": 1e-7, "fatol": 1e-14}
    found = [minimize(minus_gain, v, method="Nelder-Mead", options=options) for v in starts]
    best = min(found, key=lambda one: float(one.fun))
    threshold = abs(float(best.x[1]))
    return -float(best.fun), float(best.x[0]), -threshold if threshold > ZERO else 0.0
