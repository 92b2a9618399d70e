"""The model in plain numpy, written from its definition alone.

Slow, and imports nothing of the package.

x_J ~ N(0, lambda_J), y = w x + eps, phi = u x, theta minimises 1/2 ||theta phi - y||^2 + ridge/2
||theta||^2.
"""

import numpy as np


def losses(u, x, eigenvalues, ridge, sigma_w=1.0, sigma_eps=0.0, weights=None):
    """Signal, noise and training loss of features u (N, M) on data x (M, T), averaged over w, eps
    and test points.

    `eigenvalues` are those of the test distribution; `weights` the root mean squares of w in units
    of sigma_w/sqrt(M).
    """
    predictor = _predictor(u @ x, ridge, len(x))
    return losses_of(predictor, u, x, eigenvalues, sigma_w, sigma_eps, weights)


def losses_of(predictor, u, x, eigenvalues, sigma_w=1.0, sigma_eps=0.0, weights=None):
    """The same of any theta = y @ predictor, however it was trained."""
    M, T = x.shape
    Lambda, W = np.diag(eigenvalues), np.diag(np.ones(M) if weights is None else np.square(weights))
    error = np.eye(M) - x @ predictor @ u  # of w in the latent basis: w @ error @ x_test
    residual = np.eye(T) - predictor @ u @ x
    signal = sigma_w**2 / (2 * M) * np.trace(W @ error @ Lambda @ error.T)
    noise = sigma_eps**2 / 2 * np.trace(predictor @ u @ Lambda @ u.T @ predictor.T)
    train = sigma_w**2 / (M * T) * np.trace(
        W @ (x @ residual) @ (x @ residual).T
    ) + sigma_eps**2 / T * np.sum(residual**2)
    return signal, noise, train


def explicit_losses(u, x, w, eps, x_test, ridge):
    """Test and training loss of one teacher w (M,), one label noise eps (T,) and one test set
    x_test (M, T_hat).
    """
    predictor = _predictor(u @ x, ridge, len(w))
    return explicit_losses_of(predictor, u, x, w, eps, x_test)


def explicit_losses_of(predictor, u, x, w, eps, x_test):
    """The same of any theta = y @ predictor."""
    y = w @ x + eps
    theta = y @ predictor
    test = 0.5 * np.mean((theta @ u @ x_test - w @ x_test) ** 2)
    train = np.mean((theta @ u @ x - y) ** 2)
    return test, train


def _predictor(phi, ridge, M):
    """phi^T (ridge + phi phi^T)^-1, (T, N); at ridge 0 the pseudo-inverse at the rank that phi has
    by construction.
    """
    N, T = phi.shape
    if ridge > 0:
        return np.linalg.solve(ridge * np.eye(N) + phi @ phi.T, phi).T
    U, s, Vt = np.linalg.svd(phi, full_matrices=False)
    r = min(N, T, M)
    return Vt[:r].T @ np.diag(1 / s[:r]) @ U[:, :r].T
