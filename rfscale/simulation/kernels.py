r"""One draw of the model, as arrays and scalars: random numbers, one factorisation, projections, a path of ridges.

In units where sigma_w = sigma_u = sigma_eps = lambda_+ = 1, with phi = u x = P diag(s) Q^T of rank
r = min(N, T, M), G = x Q, W = P^T u and a_i = s_i/(gamma + s_i^2), the averages over teacher, label noise and test
points are (derived here, with theta = y Q diag(a) P^T)

.. math:: \mathrm{signal} = \mathrm{tr}\Lambda - 2\, b \cdot a + a^T H a, \qquad
          \mathrm{noise} = \sum_i (W \Lambda W^T)_{ii}\, a_i^2, \qquad
          b = \mathrm{diag}(W \Lambda G), \quad H = (G^T G) \circ (W \Lambda W^T).

Each ridge costs r^2. Projecting x and u before squaring them keeps the rounding error at that of tr Lambda, where
x^T x and u Lambda u^T would lose a factor s_1/s_r. If r = M the ridgeless fit is perfect, so that b = H/s and
tr Lambda = (1/s)^T H (1/s), and the signal is the square v^T H v of v = 1/s - a: nothing cancels at all.

A singular value s_i is known to eps s_1/s_i, relatively. For steep spectra that may exceed 1: then float64 does not
determine what label noise does at a ridge below (eps s_1)^2, and its rounding error is infinite.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.arguments import Floats
from rfscale.compiled import compiled

BLOCK = 2048  # latent directions that are drawn and multiplied at once
EPS = float(np.finfo(float).eps)
RESOLVED = 1e-6  # relative error up to which a singular value counts as known


class Fit(NamedTuple):
    """The singular value decomposition of the features phi = P diag(s) Q^T at their rank r = min(N, T, M)."""

    P: Floats  # (N, r)
    s: Floats  # (r,)
    Q: Floats  # (T, r)


class Projections(NamedTuple):
    """The latent directions summed over, in the basis of the fit: enough for the losses at any ridge."""

    H: Floats  # (r, r)
    b: Floats  # (r,)
    features: Floats  # diagonal of W Lambda W^T, (r,)
    samples: Floats  # diagonal of G^T G, (r,)
    variance: float  # tr Lambda
    outside: float  # variance of the samples outside the fit, tr x^T x - tr G^T G
    perfect: bool  # r = M, and all singular values are resolved


class Losses(NamedTuple):
    """Losses of one draw along a path of R ridges, each of shape (R,); the full loss is the square of a sum.

    `cross` and `train_cross` vanish in the average over teacher and label noise.
    """

    signal: Floats
    noise: Floats
    cross: Floats
    train_signal: Floats
    train_noise: Floats
    train_cross: Floats


class RidgePath(NamedTuple):
    """Losses along a path of ridges, and the size of their rounding errors."""

    losses: Losses
    rounding: Losses


class TestSet(NamedTuple):
    """One teacher, one label noise and one test set, once the latent index is summed over."""

    y: Floats  # w x, training labels without noise, (T,)
    eps: Floats  # label noise, (T,)
    features: Floats  # u x_test, (N, T_hat)
    labels: Floats  # w x_test, (T_hat,)


@compiled
def _fill_normal(generator: np.random.Generator, out: Floats) -> None:
    flat = out.reshape(-1)
    for i in range(flat.size):
        flat[i] = generator.standard_normal()  # the scalar call: twice as fast as the array form


def standard_normals(generator: np.random.Generator, *shape: int) -> Floats:
    """Standard normals, bit for bit those of ``generator.standard_normal(shape)`` but several times faster."""
    out = np.empty(shape)
    _fill_normal(generator, out)
    return out


def draw_block(generator: np.random.Generator, root_eigenvalues: Floats, N: int, T: int) -> tuple[Floats, Floats]:
    """Features u (N, B), unit variance, and latent data x (B, T) for a block of B latent directions."""
    B = root_eigenvalues.size
    u = standard_normals(generator, N, B)
    x = standard_normals(generator, B, T)
    x *= root_eigenvalues[:, None]
    return u, x


def fit(features: Floats) -> Fit:
    """Decompose features (N, T) of full rank."""
    P, s, Qt = scipy.linalg.svd(features, full_matrices=False, lapack_driver="gesdd", check_finite=False)
    return Fit(P, np.maximum(s, 1e-150 * s[0]), Qt.T)  # so that squares do not underflow


def fit_factors(u: Floats, x: Floats) -> Fit:
    """Decompose features u x of rank M < N, T from u (N, M) and x (M, T): without the rounding beyond their rank."""
    Qu, Ru = scipy.linalg.qr(u, mode="economic", check_finite=False)
    Qx, Rx = scipy.linalg.qr(x.T, mode="economic", check_finite=False)
    core = fit(Ru @ Rx.T)
    return Fit(Qu @ core.P, core.s, Qx @ core.Q)


def project(blocks: Iterable[tuple[Floats, Floats, Floats]], fit: Fit, M: int) -> Projections:
    """Sum blocks of eigenvalues (B,), features u (N, B) and latent data x (B, T) in the basis of the fit."""
    r = fit.s.size
    sample_gram, feature_covariance, b = np.zeros((r, r)), np.zeros((r, r)), np.zeros(r)
    variance = sample_variance = 0.0
    for eigenvalues, u, x in blocks:
        G, W = x @ fit.Q, fit.P.T @ u
        weighted = W * eigenvalues
        sample_gram += G.T @ G
        feature_covariance += weighted @ W.T
        b += np.einsum("ij,ji->i", weighted, G)
        variance += float(eigenvalues.sum())
        sample_variance += float(np.vdot(x, x))
    return Projections(
        H=feature_covariance * sample_gram,
        b=b,
        features=feature_covariance.diagonal(),
        samples=sample_gram.diagonal(),
        variance=variance,
        outside=max(sample_variance - float(sample_gram.trace()), 0.0) if r < min(len(fit.Q), M) else 0.0,
        perfect=r == M and float(blurring(fit.s).max()) < RESOLVED,
    )


def shrinkage(s: Floats, ridges: Floats) -> tuple[Floats, Floats]:
    """a = s/(gamma + s^2) and the unlearned fraction gamma/(gamma + s^2) for each ridge, (R, r)."""
    square = s * s
    total = ridges[:, None] + square
    return s / total, ridges[:, None] / total


def blurring(s: Floats) -> Floats:
    """Relative rounding error of the singular values, at most 1."""
    return np.asarray(np.minimum(EPS * s[0] / np.maximum(s, EPS * EPS * s[0]), 1.0))


def _undetermined(s: Floats, ridges: Floats) -> Floats:
    """inf at the ridges below which directions of unknown singular value count, else 0."""
    unresolved = EPS * s[0]
    return np.where((s[-1] < 2 * unresolved) & (ridges < unresolved**2), np.inf, 0.0)


def ridge_path(fit: Fit, draw: Projections, ridges: Floats) -> RidgePath:
    """The losses averaged over teacher, label noise and test points, at finite reduced ridges >= 0."""
    T, r = fit.Q.shape
    a, unlearned = shrinkage(fit.s, ridges)
    v = unlearned / fit.s if draw.perfect else a
    square = np.einsum("ri,ri->r", v @ draw.H, v)
    linear = np.zeros(len(ridges)) if draw.perfect else 2 * (a @ draw.b)
    constant = 0.0 if draw.perfect else draw.variance
    blur, nothing = 2 * blurring(fit.s), np.zeros(len(ridges))
    losses = Losses(
        signal=np.maximum(constant - linear + square, 0.0),
        noise=a**2 @ draw.features,
        cross=nothing,
        train_signal=(unlearned**2 @ draw.samples + draw.outside) / T,
        train_noise=((unlearned**2).sum(axis=1) + (T - r)) / T,
        train_cross=nothing,
    )
    rounding = Losses(
        signal=EPS * (constant + np.abs(linear) + square) + (float(blur.max()) * square if draw.perfect else 0.0),
        noise=a**2 @ (blur * draw.features) + _undetermined(fit.s, ridges),
        cross=nothing,
        train_signal=unlearned**2 @ (blur * draw.samples) / T + EPS * draw.variance,
        train_noise=unlearned**2 @ blur / T + EPS * losses.train_noise,
        train_cross=nothing,
    )
    return RidgePath(losses, rounding)


def explicit_path(fit: Fit, test: TestSet, ridges: Floats) -> RidgePath:
    """The losses of one teacher and label noise, measured on one test set, at finite reduced ridges >= 0."""
    a, unlearned = shrinkage(fit.s, ridges)
    projected = fit.P.T @ test.features
    y, eps = test.y @ fit.Q, test.eps @ fit.Q
    y_outside, eps_outside = test.y - fit.Q @ y, test.eps - fit.Q @ eps
    signal, noise = (a * y) @ projected - test.labels, (a * eps) @ projected
    T, blur, nothing = test.y.size, 2 * blurring(fit.s), np.zeros(len(ridges))
    losses = Losses(
        signal=(signal**2).mean(axis=1),
        noise=(noise**2).mean(axis=1),
        cross=(signal * noise).mean(axis=1),
        train_signal=(unlearned**2 @ y**2 + y_outside @ y_outside) / T,
        train_noise=(unlearned**2 @ eps**2 + eps_outside @ eps_outside) / T,
        train_cross=(unlearned**2 @ (y * eps) + y_outside @ eps_outside) / T,
    )
    rounding = Losses(
        signal=EPS * (np.mean(test.labels**2) + losses.signal),
        noise=a**2 @ (blur * eps**2 * (projected**2).mean(axis=1)) + _undetermined(fit.s, ridges),
        cross=nothing,
        train_signal=unlearned**2 @ (blur * y**2) / T + EPS * np.mean(test.y**2),
        train_noise=unlearned**2 @ (blur * eps**2) / T + EPS * losses.train_noise,
        train_cross=nothing,
    )
    return RidgePath(losses, rounding)
