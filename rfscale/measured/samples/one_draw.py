r"""One draw of an experiment: N random features trained on T of the samples, at several ridges.

.. math:: \theta = \arg\min_\theta \sum_{a=1}^{T} |y_a - \theta \varphi_a|^2 + \gamma |\theta|^2
          = y F (F^T F + \gamma)^{-1}

with F the features (T, N) of the training samples, as (1.8), whose gamma this is. All ridges share
the eigenvalues of the smaller of F^T F and F F^T, or, where one is below 1e-10 of their sum, the
singular values of F. Those that are rounding are left out, which without ridge is the solution of
least norm.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.measured.samples.features import LinearMap, Map, SampleFeatures
from rfscale.measured.samples.splits import Split
from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described

WEAK = 1e-10  # ridges relative to the sum of eigenvalues: products of features know no more
ROUNDING = 2.2e-16  # of singular values, relative to the largest
ROWS = 4096  # held-out samples at a time, whose features are kept


class Draw(NamedTuple):
    """Squared errors on the labels as they are, summed over outputs, at R ridges."""

    mse: Floats  # mean over the held-out samples, (R,)
    train_mse: Floats  # mean over the training samples, (R,)
    errors: Floats  # of each held-out sample, (held out, R)


def one_draw(
    split: Split,
    features: SampleFeatures,
    N: int,
    T: int,
    ridge: Floats,
    generators: tuple[np.random.Generator, np.random.Generator],
) -> Draw:
    """Draw training samples and features, of the two generators; train and test them."""
    of_samples, of_features = generators
    rows = of_samples.choice(len(split.X), T, replace=False)
    phi = features.draw(of_features, N, split.X.shape[1])
    F = mapped(phi, split.X[rows], N, features)
    weights = trained(F, split.y[rows], ridge)
    errors = _test_errors(split, phi, weights, N, features)
    return Draw(
        mse=errors.mean(axis=0),
        train_mse=_squared_errors(F, split.y[rows], weights).mean(axis=0),
        errors=errors,
    )


def trained(F: Floats, y: Floats, ridge: Floats) -> Floats:
    """The weights (R, N, outputs) from features (T, N) and labels (T, outputs)."""
    few_features = F.shape[1] <= F.shape[0]
    if ridge.min() < WEAK * np.sum(F * F):
        return _by_singular_values(F, y, ridge)
    values, vectors = np.linalg.eigh(F.T @ F if few_features else F @ F.T)
    projected = vectors.T @ (F.T @ y if few_features else y)
    inverse = 1.0 / (values + ridge[:, None])
    solved = vectors @ (projected * inverse[:, :, None])
    return np.asarray(solved if few_features else F.T @ solved)


def _by_singular_values(F: Floats, y: Floats, ridge: Floats) -> Floats:
    """The same where ridges are so weak that products of features would lose directions."""
    U, roots, V = np.linalg.svd(F, full_matrices=False)
    kept = roots > ROUNDING * max(F.shape) * roots[0]
    roots = np.where(kept, roots, 1.0)
    inverse = np.where(kept, 1.0, 0.0) * roots / (roots * roots + ridge[:, None])
    return np.asarray(V.T @ ((U.T @ y) * inverse[:, :, None]))


def mapped(phi: Map, X: Floats, N: int, features: SampleFeatures) -> Floats:
    """The features (P, N) of samples; ValueError if a user's are none."""
    shape = (len(X), N)
    allowed = f"features that are finite numbers of shape {shape}"
    name = f"the function that {type(features).__name__}.draw returns"
    values = numeric(name, phi(X), allowed)
    if values.shape != shape:
        raise ValueError(f"{name} must return {allowed}, got {described(values)}")
    if not np.isfinite(values).all():
        raise ValueError(
            f"{name} must return {allowed}, got {values[~np.isfinite(values)][0]:g} among them"
        )
    return values


def _test_errors(
    split: Split, phi: Map, weights: Floats, N: int, features: SampleFeatures
) -> Floats:
    """Squared errors (held out, R); a linear map needs no features of the held-out samples."""
    if isinstance(phi, LinearMap):
        return _squared_errors(split.test_X, split.test_y, phi.u @ weights)
    parts = [slice(first, first + ROWS) for first in range(0, len(split.test_X), ROWS)]
    found = [
        _squared_errors(mapped(phi, split.test_X[part], N, features), split.test_y[part], weights)
        for part in parts
    ]
    return np.concatenate(found)


def _squared_errors(F: Floats, y: Floats, weights: Floats) -> Floats:
    """Of each sample, summed over outputs, (samples, R)."""
    ridges, inputs, outputs = weights.shape
    flat = np.moveaxis(weights, 0, 1).reshape(inputs, ridges * outputs)
    residuals = (F @ flat).reshape(len(F), ridges, outputs) - y[:, None, :]
    return np.asarray((residuals**2).sum(axis=2))
