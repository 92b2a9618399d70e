r"""The Gram matrix of a pool of samples, and the leave-one-out quantities at any ridge.

With the kernel matrix K of P samples, its eigenvectors Q and eigenvalues P e, labels y less their
mean, and a ridge P delta,

.. math:: h_i = \sum_k Q_{ik}^2 f_k, \qquad f_k = \frac{e_k}{e_k + \delta}, \qquad l_i =
          \frac{h_i}{1 - c - h_i}, \qquad e_i = \frac{(y - \hat y)_i}{1 - c - h_i}

are the leverage and the error of sample i where it is left out (22.10). c is 1/P where the mean of
the samples is taken off with them, so that a sample left out is not in the mean either, and 0 where
only labels are centred. All are sums over eigenvectors: no fit is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from rfscale.measured.samples.features import LinearSampleFeatures, SampleFeatures
from rfscale.support.arguments import Floats
from rfscale.support.machine import require_memory

EPS = 2.2e-16
UNEQUAL = 1e-8  # relative, beyond rounding
UNSEEN = 1e-12  # of a sample, at least, that all directions together may leave


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """What a pool's fits say at some ridges, of shapes (G,) and (G, P).

    Attributes
    ----------
    delta : ndarray
        The ridges over P.
    df1, slope : ndarray
        Degrees of freedom, sum l/(1 + l), and d df1/d log delta.
    hat, left, hat_slope : ndarray
        h_i, 1 - c - h_i, which is not rounding where that is small, and d h_i/d log delta.
    squares, overlap : ndarray
        (y - y_hat)^2 and y (y - y_hat), summed over outputs.
    centred : float
        c.
    """

    delta: Floats
    df1: Floats
    slope: Floats
    hat: Floats
    left: Floats
    hat_slope: Floats
    squares: Floats
    overlap: Floats
    centred: float

    def as_if_equal(self) -> LeaveOneOut:
        """The same with leverages that are all equal, as generalised cross-validation has them."""
        return replace(
            self,
            hat=_equal(self.hat),
            left=_equal(self.left),
            hat_slope=_equal(self.hat_slope),
        )


@dataclass(frozen=True, eq=False)
class Gram:
    """The eigenvectors and eigenvalues of a pool's kernel matrix, with its labels."""

    eigenvalues: Floats  # e, falling, those that are not rounding
    vectors: Floats  # (P, rank)
    y: Floats  # (P, outputs), less their mean
    centred: float  # c

    @classmethod
    def of(cls, X: Floats, y: Floats, features: SampleFeatures) -> Gram:
        """Of samples X (P, inputs) with labels y (P, outputs)."""
        P = len(X)
        require_memory(32.0 * P * P, f"the kernel matrix of a pool of {P} samples")
        labels = y - y.mean(axis=0)
        X = X - X.mean(axis=0) if features.centred else X
        is_linear = isinstance(features, LinearSampleFeatures)
        if is_linear:
            squares, vectors = _linear(X) if X.shape[1] < P else _symmetric(X @ X.T / P)
        else:
            squares, vectors = _symmetric(_checked_kernel(features, X) / P)
        return cls(squares, vectors, labels, 1.0 / P if is_linear else 0.0)

    @property
    def P(self) -> int:
        """The number of samples."""
        return len(self.y)

    @property
    def largest_df1(self) -> float:
        """The degrees of freedom without ridge."""
        return self.eigenvalues.size / (1.0 - self.centred)

    def df1(self, delta: Floats) -> Floats:
        """The degrees of freedom at ridges of any shape."""
        e = self.eigenvalues
        shares = e / (e + np.asarray(delta)[..., None])
        return np.asarray(shares.sum(axis=-1) / (1.0 - self.centred))

    def df1_and_slope(self, delta: Floats) -> tuple[Floats, Floats]:
        """The same of ridges (G,), and d df1/d log delta."""
        shares = self.eigenvalues / (self.eigenvalues + delta[:, None])
        room = 1.0 - self.centred
        return shares.sum(axis=1) / room, -(shares * (1.0 - shares)).sum(axis=1) / room

    def delta_of(self, df1: float) -> float:
        """The ridge over P with these degrees of freedom, below `largest_df1`."""
        e = self.eigenvalues
        low = np.log(e[-1] * (self.largest_df1 / df1 - 1.0)) - 1.0  # all have at least f of e_min
        high = np.log(e.sum() / df1) + 1.0
        root = scipy.optimize.brentq(lambda z: float(self.df1(np.exp(z))) - df1, low, high)
        return float(np.exp(root))

    def leave_one_out(self, delta: Floats) -> LeaveOneOut:
        """All quantities at ridges of shape (G,)."""
        e = self.eigenvalues
        f = e / (e + delta[:, None])
        held = delta[:, None] / (e + delta[:, None])  # 1 - f
        squares = self.vectors * self.vectors
        unseen = 1.0 - self.centred - squares.sum(axis=1)  # by all directions
        unseen[np.abs(unseen) < UNSEEN] = 0.0
        coefficients = self.vectors.T @ self.y
        residuals = [self.y - self.vectors @ (row[:, None] * coefficients) for row in f]
        return LeaveOneOut(
            delta=delta,
            df1=self.df1(delta),
            slope=-(f * held).sum(axis=1) / (1.0 - self.centred),
            hat=f @ squares.T,
            left=unseen + held @ squares.T,
            hat_slope=-(f * held) @ squares.T,
            squares=np.array([np.sum(r * r, axis=1) for r in residuals]),
            overlap=np.array([np.sum(self.y * r, axis=1) for r in residuals]),
            centred=self.centred,
        )


def _equal(values: Floats) -> Floats:
    """The mean over samples, for each of them."""
    return np.broadcast_to(values.mean(axis=1, keepdims=True), values.shape)


def _checked_kernel(features: SampleFeatures, X: Floats) -> Floats:
    """The kernel matrix; ValueError if it is none: not symmetric, or nowhere positive."""
    matrix = features.kernel(X, X)
    largest = float(np.max(np.abs(matrix)))
    allowed = "features must have a kernel that is symmetric and positive"
    if largest == 0.0:
        raise ValueError(f"{allowed}, got one that is 0 for all samples ({features.name})")
    if np.max(np.abs(matrix - matrix.T)) > UNEQUAL * largest:
        raise ValueError(f"{allowed}, got one with k(x, z) != k(z, x) ({features.name})")
    if np.trace(matrix) <= 0.0:
        raise ValueError(f"{allowed}, got one with negative squares ({features.name})")
    return matrix


def _linear(X: Floats) -> tuple[Floats, Floats]:
    """By singular values, which know small eigenvalues better than a covariance does."""
    vectors, roots, _ = scipy.linalg.svd(X / np.sqrt(len(X)), full_matrices=False)
    kept = roots > EPS * len(X) * roots[0]
    return roots[kept] ** 2, vectors[:, kept]


def _symmetric(matrix: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues above rounding, falling, and their vectors."""
    values, vectors = scipy.linalg.eigh(matrix, driver="evd", overwrite_a=True)
    if values[0] < -UNEQUAL * values[-1]:
        raise ValueError(
            "features must have a kernel that is positive, got one with the eigenvalue "
            f"{values[0] / values[-1]:.2g} relative to the largest"
        )
    kept = values > EPS * len(values) * values[-1]
    return values[kept][::-1].copy(), vectors[:, kept][:, ::-1].copy()
