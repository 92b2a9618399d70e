"""The planar theory in 50-digit arithmetic, from its equations as they are usually displayed.

Slow, and imports nothing of the package. Differences such as N - df1 are taken as they stand, so `digits` has to
exceed 50 by those that they cancel.
"""

import mpmath as mp

DIGITS = 50


def power_law(alpha, M, scale=1.0, digits=DIGITS):
    """The eigenvalues lambda_J = scale J^-(1+alpha)."""
    with mp.workdps(digits):
        return [mp.mpf(scale) * mp.mpf(J) ** -(1 + mp.mpf(alpha)) for J in range(1, M + 1)]


def losses(eigenvalues, N, T, ridge, sigma_w=1.0, sigma_u=1.0, sigma_eps=0.0, digits=DIGITS):
    """Delta, signal, noise and training loss for finite N, T and ridge > 0."""
    with mp.workdps(digits):
        N, T, ridge, sigma_w, sigma_u, sigma_eps = (mp.mpf(v) for v in (N, T, ridge, sigma_w, sigma_u, sigma_eps))
        M = len(eigenvalues)
        log_delta = _fixed_point(eigenvalues, N, T, mp.log(ridge * M / sigma_u**2))
        delta = mp.exp(log_delta)
        df1, df2 = (mp.fsum((lam / (lam + delta)) ** k for lam in eigenvalues) for k in (1, 2))
        D = (N - df1) * (T - df1) + (N + T - 2 * df1) * (df1 - df2)
        signal = sigma_w**2 / (2 * M) * delta * N * T * (df1 - df2) / D
        noise = sigma_eps**2 / 2 * (N * df2 - 2 * df1 * df2 + df1**2) / D
        train = (1 - df1 / T) ** 2 * (2 * (signal + noise) + sigma_eps**2)
        return {"delta": delta, "df1": df1, "df2": df2, "signal": signal, "noise": noise, "train": train}


def _fixed_point(eigenvalues, N, T, log_kappa):
    """The root of log[Delta (N - df1)(T - df1)] = log kappa by bisection in log Delta."""

    def equation(z):
        delta = mp.exp(z)
        df1 = mp.fsum(lam / (lam + delta) for lam in eigenvalues)
        if df1 >= min(N, T):
            return mp.mpf("-1e9")
        return z + mp.log(N - df1) + mp.log(T - df1) - log_kappa

    trace = mp.fsum(eigenvalues)
    low = log_kappa - mp.log(N * T) - 1
    high = mp.log(mp.exp(low + 1) + 2 * trace / min(N, T)) + 1
    while high - low > mp.mpf(10) ** (5 - mp.mp.dps) * max(1, abs(low)):
        middle = (low + high) / 2
        low, high = (middle, high) if equation(middle) < 0 else (low, middle)
    return (low + high) / 2
