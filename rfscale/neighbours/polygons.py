r"""Polygons of the ReLU-output toy x' = ReLU(W^T W x + b) in the plane: remembered samples.

Samples of which no two share a feature are recalled exactly if their hidden vectors W x are the
corners of a large enough polygon (27.1). It costs large weights and biases (27.2), (27.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import cosdg, sindg

from rfscale.results import Result
from rfscale.support.arguments import Floats, integers


@dataclass(frozen=True, eq=False)
class SamplePolygon(Result):
    """The smallest regular polygon that recalls T samples; arrays of the shape of T.

    Attributes
    ----------
    T : ndarray
        Number of samples.
    radius : ndarray
        Length of the hidden vectors W x, where an input x has length 1.
    weight_norm, bias_norm : ndarray
        Lengths of W, as a vector of all its entries, and of b.
    """

    T: Any
    radius: Floats
    weight_norm: Floats
    bias_norm: Floats


def sample_polygon(T: ArrayLike) -> SamplePolygon:
    r"""The smallest regular polygon in the plane that recalls T disjoint samples exactly.

    .. math:: a^2 \ge \frac1{1 - \cos(2\pi/T)}, \qquad |W|^2 = T a^2, \qquad
              |b|^2 = T(a^2 - 1)^2

    are (27.1) and (27.2), with a the radius, at equality.

    Parameters
    ----------
    T : array_like
        Number of samples, integers >= 1. One is recalled by b alone, at radius 0.

    Returns
    -------
    SamplePolygon
        `radius`, `weight_norm`, `bias_norm`.

    Raises
    ------
    ValueError
        If T is not of integers >= 1.

    Notes
    -----
    No two samples share a feature, and all have length 1. Of T hidden vectors of one length the
    regular polygon needs the smallest. That training finds it is not said: with T = 30 a network
    that is trained stays well below these norms, and its training loss well above 0. Derived here,
    for the toy of Henighan et al., Superposition, memorization, and double descent, 2023.

    Examples
    --------
    >>> import rfscale as rf
    >>> print(rf.neighbours.sample_polygon([5, 8, 30]))
    SamplePolygon of 3 points
     T  radius  weight_norm  bias_norm
     5   1.203         2.69          1
     8  1.8478       5.2263     6.8284
    30  6.7647       37.052     245.17
    """
    T = np.asarray(integers("T", T))
    from_one = 2 * sindg(180 / T) ** 2  # 1 - cos without cancellation, and exact for T = 4
    squared = np.where(T > 1, 1 / np.where(T > 1, from_one, 1), 0)
    return _of_radius(T, squared, np.where(T > 1, cosdg(360 / T) * squared, 1))


def sample_polygon_limit(T: ArrayLike) -> SamplePolygon:
    r"""`sample_polygon` to leading order in 1/T.

    .. math:: |W| \simeq \frac{T^{3/2}}{\pi\sqrt2}, \qquad |b| \simeq \frac{T^{5/2}}{2\pi^2}

    which is (27.3).

    Parameters
    ----------
    T : array_like
        Number of samples, integers >= 1.

    Returns
    -------
    SamplePolygon
        `weight_norm` is too small by the share 1.64/T^2, `bias_norm` too large by 16.4/T^2.

    Raises
    ------
    ValueError
        If T is not of integers >= 1.

    Examples
    --------
    >>> import rfscale as rf
    >>> print(rf.neighbours.sample_polygon_limit(30))
    SamplePolygon of 1 point
     T  radius  weight_norm  bias_norm
    30  6.7524       36.984     249.73
    """
    T = np.asarray(integers("T", T))
    squared = (T / np.pi) ** 2 / 2
    return _of_radius(T, squared, squared)


def _of_radius(T: Any, squared: Any, bias: Any) -> SamplePolygon:
    """A polygon of this squared radius; `bias` is b over the sample."""
    return SamplePolygon(
        T=T,
        radius=np.sqrt(squared),
        weight_norm=np.sqrt(T * squared),
        bias_norm=np.sqrt(T) * np.abs(bias),
    )
