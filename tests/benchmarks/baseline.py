"""What one writes without this package: numpy for the sums over the spectrum, scipy's brentq for the fixed point."""

import numpy as np
from scipy.optimize import brentq


def signal(eigenvalues, N, T, ridge):
    """The planar signal loss at one point, sigma_w = sigma_u = 1."""
    M = eigenvalues.size

    def mismatch(z):
        df1 = np.sum(eigenvalues / (eigenvalues + np.exp(z)))
        return np.exp(z) * (N - df1) * np.abs(T - df1) - ridge * M if df1 < min(N, T) else -ridge * M

    delta = np.exp(brentq(mismatch, np.log(eigenvalues[-1]) - 5.0, np.log(eigenvalues.sum()) + 5.0, xtol=1e-12))
    p = eigenvalues / (eigenvalues + delta)
    df1, df2 = p.sum(), np.sum(p * p)
    D = (N - df1) * (T - df1) + (N + T - 2 * df1) * (df1 - df2)
    return delta * N * T * (df1 - df2) / (2 * M * D)
