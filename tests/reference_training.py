"""Trainings in plain numpy and scipy, step by step, importing nothing of the package.

Each returns the matrix P (T, N) of theta = y P, after training from theta = 0 on the loss 1/2 ||y -
theta phi||^2 + ridge/2 ||theta||^2, whose gradient is -(y - theta phi) phi^T + ridge theta.
"""

import mpmath
import numpy as np
from scipy.integrate import solve_ivp


def flow(phi, time, ridge=0.0):
    """d theta/dt = -gradient, integrated."""
    N, T = phi.shape

    def slope(_, flat):
        return -_gradient(phi, flat.reshape(T, N), ridge).ravel()

    solved = solve_ivp(
        slope,
        (0.0, time),
        np.zeros(T * N),
        method="DOP853",
        rtol=1e-12,
        atol=1e-13,
        max_step=np.inf,
    )
    assert solved.success
    return solved.y[:, -1].reshape(T, N)


def descent(phi, steps, step_size, momentum=0.0, ridge=0.0):
    """Heavy ball; without momentum gradient descent."""
    N, T = phi.shape
    now = before = np.zeros((T, N))
    for _ in range(steps):
        step = -step_size * _gradient(phi, now, ridge)
        now, before = now + step + momentum * (now - before), now
    return now


def iterated_ridge(phi, ridge, times):
    """Ridge regression on what is left of the labels, again and again."""
    N, T = phi.shape
    total = np.zeros((T, N))
    for _ in range(times):
        left = np.eye(T) - total @ phi
        total = total + left @ np.linalg.solve(ridge * np.eye(N) + phi @ phi.T, phi).T
    return total


def principal_components(phi, cutoff):
    """Least squares on the directions of phi whose squared singular values are >= cutoff."""
    U, s, Vt = np.linalg.svd(phi, full_matrices=False)
    kept = s**2 >= cutoff
    return Vt[kept].T @ np.diag(1 / s[kept]) @ U[:, kept].T


def decayed_signal(u, x, eigenvalues, time, digits=50):
    """The signal loss of a flow without ridge at sigma_w = 1, with many digits.

    E = 1 - x P u, of w in the latent basis, obeys dE/dt = -E x x^T u^T u.
    """
    M = len(eigenvalues)
    with mpmath.workdps(digits):
        u, x = mpmath.matrix(u.tolist()), mpmath.matrix(x.tolist())
        E = mpmath.expm(-float(time) * x * x.T * u.T * u)
        squares = E * mpmath.diag(eigenvalues.tolist()) * E.T
        return float(sum(squares[i, i] for i in range(M)) / (2 * M))


def _gradient(phi, P, ridge):
    return -(np.eye(phi.shape[1]) - P @ phi) @ phi.T + ridge * P
