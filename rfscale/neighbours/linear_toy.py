r"""The toy without its ReLU, x' = W^T W (x - c) + c: principal components of T samples.

The least training loss is that of the sample mean c and of the first m principal components. Its
test loss falls with T at any size (27.9).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, broadcast, integers, strengths


def toy_linear_loss(T: ArrayLike, n: ArrayLike, m: ArrayLike = 2, trace: ArrayLike = 1.0) -> Floats:
    r"""Test loss of the linear, tied toy, which is principal component analysis of T samples.

    .. math:: L = \mathrm{tr}\,\Sigma\,\Big(1 + \frac1T\Big)\Big(1 - \frac{\min(m, T - 1)}n\Big)

    which is (27.9).

    Parameters
    ----------
    T : array_like
        Number of samples, integers >= 1.
    n : array_like
        Number of features, integers >= 1.
    m : array_like
        Hidden dimensions, integers >= 1, at most n.
    trace : array_like
        Trace of the inputs' covariance Sigma, >= 0: `toy_constant_loss` of the toy. All four
        broadcast.

    Returns
    -------
    ndarray
        The mean squared length of the error.

    Raises
    ------
    ValueError
        If an argument is out of its range, m > n, or the shapes do not broadcast.

    Notes
    -----
    Exact for Gaussian inputs whose Sigma is a multiple of the identity. For other inputs with such
    a Sigma, as the toy's are up to a direction, only the share of the sample mean's error that lies
    in the components differs, and the formula is right to one part in T (27.10). There is no peak
    in T: without the ReLU nothing is remembered. Derived here.

    Examples
    --------
    >>> import rfscale as rf
    >>> trace = rf.neighbours.toy_constant_loss(n=1000, S=0.99)
    >>> print(rf.neighbours.toy_linear_loss([200, 500, 1000], n=1000, trace=trace).round(4))
    [0.9956 0.9926 0.9916]
    """
    T, n, m, trace = broadcast(
        T=_counts("T", T), n=_counts("n", n), m=_counts("m", m), trace=_traces(trace)
    )
    if np.any(m > n):
        many = m > n
        raise ValueError(f"m must be <= n, got m = {m[many].flat[0]:g}, n = {n[many].flat[0]:g}")
    return np.asarray(trace * (1 + 1 / T) * (1 - np.minimum(m, T - 1) / n))[()]


def _counts(name: str, value: ArrayLike) -> Floats:
    return np.asarray(integers(name, value), dtype=np.float64)


def _traces(value: ArrayLike) -> Floats:
    allowed = "finite and >= 0"
    array = strengths("trace", value, allowed)
    if not np.isfinite(array).all():
        raise ValueError(f"trace must be {allowed}, got inf")
    return array
