"""What one writes without this package, and what no draw can do without."""

import numpy as np
from scipy.optimize import brentq


def signal(eigenvalues, N, T, ridge):
    """The planar signal loss at one point, sigma_w = sigma_u = 1: numpy for the sums, scipy's
    brentq for the root.
    """
    M = eigenvalues.size

    def mismatch(z):
        df1 = np.sum(eigenvalues / (eigenvalues + np.exp(z)))
        return (
            np.exp(z) * (N - df1) * np.abs(T - df1) - ridge * M if df1 < min(N, T) else -ridge * M
        )

    delta = np.exp(
        brentq(mismatch, np.log(eigenvalues[-1]) - 5.0, np.log(eigenvalues.sum()) + 5.0, xtol=1e-12)
    )
    p = eigenvalues / (eigenvalues + delta)
    df1, df2 = p.sum(), np.sum(p * p)
    D = (N - df1) * (T - df1) + (N + T - 2 * df1) * (df1 - df2)
    return delta * N * T * (df1 - df2) / (2 * M * D)


def draw(rng, eigenvalues, N, T, ridges):
    """Signal and noise traces of one draw, lambda_+ = sigma_u^2/M = 1: plain numpy, one solve a
    ridge, smaller side.
    """
    M = eigenvalues.size
    u, x = rng.standard_normal((N, M)), rng.standard_normal((M, T)) * np.sqrt(eigenvalues)[:, None]
    phi, weighted, S = u @ x, u * eigenvalues, x.T @ x
    C, B = weighted @ u.T, weighted @ x
    side = phi @ phi.T if N <= T else phi.T @ phi
    losses = []
    for ridge in ridges:
        shifted = side + ridge * np.eye(len(side))
        A = np.linalg.solve(shifted, phi).T if N <= T else np.linalg.solve(shifted, phi.T)
        AC = A @ C
        losses.append(
            (eigenvalues.sum() - 2 * np.sum(A.T * B) + np.sum(S * (AC @ A.T)), np.sum(AC * A))
        )
    return losses


def unavoidable(normals, root_eigenvalues, N, T):
    """The random numbers, the four products, the symmetric ones by rank-k updates, and one
    eigendecomposition.
    """
    M = root_eigenvalues.size
    u, x = normals(N, M), normals(M, T)
    x *= root_eigenvalues[:, None]
    phi, weighted = u @ x, u * root_eigenvalues
    C, S, B = weighted @ weighted.T, x.T @ x, weighted @ x
    return phi, B, np.linalg.eigh(S if T <= N else C)  # any of its size
