"""`measure`: samples and labels, checked, with the pool that the theory knows them from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rfscale.measured.samples.features import Kernel, SampleFeatures, checked_features
from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.samples import FEWEST, checked_samples, require_scales
from rfscale.support.arguments import Floats, integer
from rfscale.support.warned import warn_caller

POOL = 2000  # samples, by default
MOST = 20_000  # samples that are read
ALL = 0.999  # of the variance in one input: the others are not seen


def measure(
    X: ArrayLike,
    y: ArrayLike | None = None,
    features: SampleFeatures | Kernel | str = "linear",
    *,
    pool: int = POOL,
    most: int = MOST,
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
    most : int
        How many samples of an array of numpy are read, which may be a memory map: of a larger one
        so many are drawn by `seed`, held-out samples among them. Lists and frames are read whole.
    seed : int
        Of these draws, and of the blocks of the jackknife.

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
        one out does not. If one input has 99.9 % of the variance: it is all that features see.

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
    random = np.random.default_rng(integer("seed", seed, least=0))
    samples = checked_samples(*_drawn(X, y, integer("most", most, least=FEWEST), random))
    require_scales(samples)
    _warn_of_units(samples.X)
    kind = checked_features(features)
    P = min(integer("pool", pool, least=FEWEST), samples.P)
    chosen = random.permutation(samples.P)[:P]
    return Measured(X=samples.X, y=samples.y, features=kind, pool=chosen)


def _drawn(
    X: ArrayLike, y: ArrayLike | None, most: int, random: np.random.Generator
) -> tuple[ArrayLike, ArrayLike | None]:
    """As many samples of a large array, before they are read; other things as they are."""
    if not isinstance(X, np.ndarray) or X.ndim != 2 or len(X) <= most:
        return X, y
    labels = None if y is None else np.asarray(y)
    if labels is not None and (labels.ndim == 0 or len(labels) != len(X)):
        return X, y  # which is refused
    rows = np.sort(random.choice(len(X), most, replace=False))
    return X[rows], None if labels is None else labels[rows]


def _warn_of_units(X: Floats) -> None:
    """Where one of several inputs has all of the variance."""
    spread = np.ptp(X, axis=0)
    variances = np.var((X - X.mean(axis=0)) / spread.max(), axis=0)
    share = float(variances.max() / variances.sum())
    if share > ALL and np.count_nonzero(variances) > 1:
        warn_caller(
            f"input {int(np.argmax(variances))} has {share:.4%} of the variance of all "
            f"{X.shape[1]} inputs: features see little else; if units are not meant to matter, "
            "divide each input by its standard deviation"
        )
