r"""One draw of the model, as arrays and scalars: random numbers, one factorisation, projections.

In units where sigma_w = sigma_u = sigma_eps = lambda_+ = 1 (1.19), with phi = u x = P diag(s) Q^T
of rank r = min(N, T, M), G = x Q and W = P^T u, all losses (1.12) to (1.17) at any ridge
(`rfscale.simulation.one_draw.losses`) follow from s and

.. math:: G^T G, \qquad W \Lambda W^T, \qquad b = \mathrm{diag}(W \Lambda G).

For a teacher that is not isotropic G is v G, v_J the root mean square of w_J, and b = diag(W Lambda
v G); Lambda is the test covariance. Projecting x and u before squaring them keeps the rounding
error at that of tr Lambda, where x^T x and u Lambda u^T, for about as many operations, would lose a
factor s_1/s_r.

The functions are in the part of numpy that numba compiles. Large draws run them as they stand, as
BLAS then does all the work, and A A^T in half the operations of a product;
`rfscale.simulation.one_draw.batches` runs them compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba.extending import overload

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled, compiled_sum

EPS = float(np.finfo(float).eps)


class Roots(NamedTuple):
    """Root mean squares of the latent directions of a block, in training, test and teacher."""

    train: Floats  # of the training spectrum, (B,)
    test: Floats  # of the test spectrum
    teacher: Floats  # signed weights, or none if all are 1


class Fit(NamedTuple):
    """The features phi = P diag(s) Q^T decomposed at their rank r = min(N, T, M).

    A singular value below eps s_1 is not known, and taken to be that: what it multiplies has errors
    of this size.
    """

    Pt: Floats  # (r, N)
    s: Floats  # (r,)
    Qt: Floats  # (r, T)


class Projections(NamedTuple):
    """Sums over latent directions of what is projected, to which every block adds its own."""

    sample_gram: Floats  # G^T G, (r, r)
    covariance: Floats  # W Lambda W^T, (r, r)
    b: Floats  # diag(W Lambda G), (r,)
    variance: float  # tr Lambda, both weighted with the squares of the teacher's weights
    sample_variance: float  # tr x^T x


@compiled
def standard_normals(generator: np.random.Generator, rows: int, columns: int) -> Floats:
    """Standard normals, bit for bit those of ``generator.standard_normal((rows, columns))``."""
    out = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            # the scalar call is twice as fast as the array form
            out[i, j] = generator.standard_normal()
    return out


@compiled
def scaled_normals(generator: np.random.Generator, scale: Floats, columns: int) -> Floats:
    """Normals (rows, columns), each row with a standard deviation of its own."""
    out = np.empty((scale.size, columns))
    for i in range(scale.size):
        deviation = scale[i]
        for j in range(columns):
            out[i, j] = deviation * generator.standard_normal()
    return out


@compiled
def draw_block(
    generator: np.random.Generator,
    root_eigenvalues: Floats,
    N: int,
    T: int,
    root_leverages: Floats,
) -> tuple[Floats, Floats]:
    """Features u (N, B), of unit variance, and latent data x (B, T) for B latent directions.

    `root_leverages` (T,) multiply the samples, if there are any.
    """
    u = standard_normals(generator, N, root_eigenvalues.size)
    x = scaled_normals(generator, root_eigenvalues, T)
    for J in range(root_eigenvalues.size):
        for t in range(root_leverages.size):
            x[J, t] *= root_leverages[t]
    return u, x


def fit(features: Floats) -> Fit:
    """Decompose features (N, T) of full rank."""
    P, s, Qt = np.linalg.svd(features, False)
    return Fit(np.ascontiguousarray(P.T), np.maximum(s, EPS * s[0]), np.ascontiguousarray(Qt))


def fit_factors(u: Floats, x: Floats) -> Fit:
    """Decompose features u x of rank M < N, T, without the rounding errors beyond that rank."""
    Qu, Ru = np.linalg.qr(u)
    Qx, Rx = np.linalg.qr(np.ascontiguousarray(x.T))
    P, s, Qt = np.linalg.svd(np.ascontiguousarray(Ru) @ np.ascontiguousarray(Rx).T, False)
    Qt = Qt @ np.ascontiguousarray(Qx.T)
    Pt = np.ascontiguousarray((np.ascontiguousarray(Qu) @ P).T)
    return Fit(Pt, np.maximum(s, EPS * s[0]), Qt)


def gram(A: Floats) -> Floats:
    """A A^T. numpy computes half of it and mirrors that; compiled code takes `half_product`."""
    return A @ A.T


@overload(gram)
def _gram_when_compiled(A: Floats) -> Callable[[Floats], Floats]:
    def compiled_gram(A: Floats) -> Floats:
        return half_product(A)

    return compiled_gram


@compiled_sum
def half_product(A: Floats) -> Floats:
    """A A^T for a small A."""
    out = np.empty((len(A), len(A)))
    for i in range(len(A)):
        for j in range(i + 1):
            total = 0.0
            for J in range(A.shape[1]):
                total += A[i, J] * A[j, J]
            out[i, j] = out[j, i] = total
    return out


def projections(Pt: Floats, Qt: Floats, roots: Roots, u: Floats, x: Floats) -> Projections:
    """Features u (N, B) and latent data x (B, T) of a block, projected by Pt (r, N), Qt (r, T)."""
    weights = roots.test
    if roots.teacher.size:
        x = scaled_rows(x, roots.teacher)
        weights = roots.test * roots.teacher
    G = Qt @ x.T  # (r, B): the transpose of x Q
    W = Pt @ u
    b = weigh(W, G, roots.test, weights)
    return Projections(gram(G), gram(W), b, sum_of_squares(weights), sum_of_squares(x.ravel()))


@compiled
def scaled_rows(x: Floats, factors: Floats) -> Floats:
    """Each row of x multiplied by its factor."""
    out = np.empty(x.shape)
    for J in range(factors.size):
        for t in range(x.shape[1]):
            out[J, t] = factors[J] * x[J, t]
    return out


@compiled_sum
def weigh(W: Floats, G: Floats, root_test: Floats, weights: Floats) -> Floats:
    """Scale the columns of W (r, B) by the roots of the test spectrum; diag(W Lambda v G^T)."""
    b = np.empty(len(W))
    for i in range(len(W)):
        total = 0.0
        for J in range(root_test.size):
            W[i, J] *= root_test[J]
            total += W[i, J] * weights[J] * G[i, J]
        b[i] = total
    return b


@compiled_sum
def sum_of_squares(values: Floats) -> float:
    """Of a flat array."""
    total = 0.0
    for i in range(values.size):
        total += values[i] * values[i]
    return total
