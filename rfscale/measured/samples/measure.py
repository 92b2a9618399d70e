"""`measure`: samples and labels, checked, with the pool that the theory knows them from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.measured.samples.features import Kernel, SampleFeatures, checked_features
from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.samples import FEWEST, checked_samples
from rfscale.support.arguments import integer

POOL = 2000  # samples, by default


def measure(
    X: ArrayLike,
    y: ArrayLike | None = None,
    features: SampleFeatures | Kernel | str = "linear",
    *,
    pool: int = POOL,
    seed: int = 1,
) -> Measured:
    """What samples say about the loss of random features trained on them.

    Parameters
    ----------
    X : array_like or DataFrame
        Samples, shape (samples, inputs), at least 20. Centred by their mean, but for features of
        your own that are not `centred`.
    y : array_like, DataFrame or Series, optional
        Labels, shape (samples,) or (samples, outputs), which are centred. Classes: a column of 0
        and 1 for each. Without labels there is a spectrum, and no loss.
    features : str, SampleFeatures or callable
        "linear": u x, "relu": max(u x, 0), with u ~ N(0, 1); features of one's own; or a kernel
        k(X, Z), which is all that the theory needs of features.
    pool : int
        How many of the samples make the pool, drawn by `seed` if there are more. Time grows as
        their square times outputs, for kernels as their cube: seconds at 2000.
    seed : int
        Of this draw, and of the blocks of the jackknife.

    Returns
    -------
    Measured

    Raises
    ------
    ValueError
        If samples or labels are not numbers, not finite, constant, too few or of different lengths.

    Warns
    -----
    UserWarning
        If more than 1 % of the samples repeat others: a copy predicts its sample, so that leaving
        one out does not.

    Notes
    -----
    Planar theory assumes that the leverage of a sample left out is the same for all. Of real
    samples it fluctuates; the sample equation with the leverages of the pool takes it into account,
    (22.10). That equation is known for samples of given scales; the estimate from
    leaving out samples, and errors that stay with their sample, are derived here.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((400, 30)) / np.arange(1, 31)
    >>> data = rf.measure(X, X.sum(axis=1) + 0.1 * rng.standard_normal(400))
    >>> data.P, round(data.variance, 2)
    (400, 1.75)
    """
    samples = checked_samples(X, y)
    kind = checked_features(features)
    P = min(integer("pool", pool, least=FEWEST), samples.P)
    chosen = np.random.default_rng(integer("seed", seed, least=0)).permutation(samples.P)[:P]
    return Measured(X=samples.X, y=samples.y, features=kind, pool=chosen)
