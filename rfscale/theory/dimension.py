r"""`apparent_dimension`: the dimension that nearest neighbours of Gaussian data show (24.6)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from rfscale.model.spectra import Spectrum
from rfscale.support.arguments import Floats, broadcast, require_kind, sizes
from rfscale.support.compiled import compiled
from rfscale.theory.equations.neighbours import dimension_at
from rfscale.theory.kernels import nodes_at
from rfscale.theory.over_points import Points, broadcast_shape, over_points
from rfscale.traces.nodes import Nodes


class DimensionRows(NamedTuple):
    """The dimension at all points."""

    dimension: Floats


@compiled
def dimension_points(
    nodes: Nodes, points: Points, log_share: Floats, start: int, stop: int, out: DimensionRows
) -> None:
    """2 df1 - df2 at each point."""
    alpha, M, _, _ = points
    for i in range(start, stop):
        nodes = nodes_at(alpha[i], M[i], nodes)
        out.dimension[i] = dimension_at(nodes, log_share[i])


def apparent_dimension(spectrum: Spectrum, T: ArrayLike, k: ArrayLike = 1) -> Floats:
    r"""The dimension that the k-th nearest of T Gaussian samples shows (24.6).

    .. math:: d = 2\,\mathrm{df}_1(\Delta) - \mathrm{df}_2(\Delta), \qquad
              \log T - \psi(k) = \tfrac12\Big[\sum_J\log\Big(1 + \frac{\lambda_J}{\Delta}\Big) -
              \mathrm{df}_1 + \mathrm{df}_2\Big] + \tfrac12\log 2\pi\big(\tfrac32\mathrm{df}_2 -
              \mathrm{df}_3\big)

    The second says that a ball around a typical sample, which extends to its k-th neighbour, holds
    k of T samples; psi is the digamma function, log k for large k.

    Parameters
    ----------
    spectrum : Spectrum
    T : array_like
        Number of samples > k, any real; `numpy.inf` is allowed, where d is the rank.
    k : array_like
        Which neighbour, any real > 0. It broadcasts with T and an array of spectra.

    Returns
    -------
    ndarray
        In (0, rank], of the broadcast shape.

    Raises
    ------
    ValueError
        If T or k is out of its range, or their shapes do not broadcast.

    Notes
    -----
    TwoNN sees k = 1. The estimator of Levina and Bickel with K neighbours sees 1 to K - 1 alike,
    which is about k = K/e + 0.3 (24.5). For T from 500 to 8000 and alpha from 0.5 to 2 it is 1 to 7
    percent below what they give; of order 1 in d is left out.

    For a power law d is (2/alpha) log T to leading order: it drifts, and does not know M. Nor does
    it know the scale of the spectrum. Sources: balls around the centre, Sytaya 1974; for neighbours
    derived here. 2 tr S - tr S S^T are degrees of freedom of a smoother S in Hastie and Tibshirani,
    Generalized Additive Models, 1990.

    Examples
    --------
    >>> import rfscale as rf
    >>> print(rf.apparent_dimension(rf.PowerLaw(alpha=1.0, M=1000), T=[500, 2000, 8000]))
    [13.6 16.3 19.1]
    >>> print(rf.apparent_dimension(rf.PowerLaw(alpha=1.0, M=10**18), T=2000, k=20 / 2.718 + 0.3))
    11.4
    """
    require_kind("spectrum", spectrum, Spectrum)
    T = sizes("T", T)
    k = sizes("k", k)
    broadcast_shape(spectrum, T=T, k=k)
    log_share = _log_share(*broadcast(T=T, k=k))
    rows = over_points(dimension_points, DimensionRows, spectrum, (T, T), (log_share,))
    return rows.dimension[()]


def _log_share(T: Floats, k: Floats) -> Floats:
    """-log P at the k-th neighbour, its mean up to 1/T."""
    few = k >= T
    if np.any(few):
        raise ValueError(f"T must be > k, got T = {T[few].flat[0]:g} with k = {k[few].flat[0]:g}")
    return np.asarray(np.log(T) - digamma(k))
