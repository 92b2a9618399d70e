"""The planar theory in 50-digit arithmetic, from its equations as they are usually displayed.

Slow, and imports nothing of the package. Differences such as N - df1 are taken as they stand, so
`digits` has to exceed 50 by those that they cancel.
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
        N, T, ridge, sigma_w, sigma_u, sigma_eps = (
            mp.mpf(v) for v in (N, T, ridge, sigma_w, sigma_u, sigma_eps)
        )
        M = len(eigenvalues)
        log_delta = _fixed_point(eigenvalues, N, T, mp.log(ridge * M / sigma_u**2))
        delta = mp.exp(log_delta)
        df1, df2 = (mp.fsum((lam / (lam + delta)) ** k for lam in eigenvalues) for k in (1, 2))
        D = (N - df1) * (T - df1) + (N + T - 2 * df1) * (df1 - df2)
        signal = sigma_w**2 / (2 * M) * delta * N * T * (df1 - df2) / D
        noise = sigma_eps**2 / 2 * (N * df2 - 2 * df1 * df2 + df1**2) / D
        train = (1 - df1 / T) ** 2 * (2 * (signal + noise) + sigma_eps**2)
        return {
            "delta": delta,
            "df1": df1,
            "df2": df2,
            "signal": signal,
            "noise": noise,
            "train": train,
        }


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


def moment(alpha, M, tau, i, j, digits=DIGITS):
    """sum p^i q^j of lambda_J = J^-(1+alpha) at tau = Delta/lambda_+, for any M; p = 1/(1 + tau
    J^a), q = 1 - p.

    400 terms summed, the rest by Euler-Maclaurin with 20 derivatives, its integral as
    hypergeometric functions.
    """
    with mp.workdps(digits):
        a, tau, head = 1 + mp.mpf(alpha), mp.mpf(tau), 400

        def term(J):
            w = tau * mp.mpf(J) ** a
            return w**j / (1 + w) ** (i + j)

        if 2 * head >= M:
            return mp.fsum(term(J) for J in range(1, int(M) + 1))
        ends = _end_terms(a, tau, M, i, j) - _end_terms(a, tau, head, i, j)
        return (
            mp.fsum(term(J) for J in range(1, head + 1)) + _integral(a, tau, head, M, i, j) + ends
        )


def _integral(a, tau, X, Y, i, j):
    """The integral of p^i q^j from X to Y, as a difference from 0, or from infinity where p is
    small throughout.
    """
    w_X, w_Y = (tau * mp.mpf(J) ** a for J in (X, Y))
    if w_X < 1:
        b = j + 1 / a
        parts = (
            J * w**j / (a * b) * mp.hyp2f1(i + j, b, b + 1, -w) for J, w in ((Y, w_Y), (X, w_X))
        )
        return next(parts) - next(parts)
    if i == 0:
        return Y - X - mp.fsum(_integral(a, tau, X, Y, 1, k) for k in range(j))
    b = i - 1 / a
    parts = (
        J * w**-i / (a * b) * mp.hyp2f1(i + j, b, b + 1, -1 / w) for J, w in ((X, w_X), (Y, w_Y))
    )
    return next(parts) - next(parts)


def _end_terms(a, tau, X, i, j, order=40):
    """f/2 and the B_2k/(2k)! f^(2k-1) at X, from the Taylor series of f = p^i q^j in h/X."""
    X = mp.mpf(X)
    w = tau * X**a
    binomials = [mp.binomial(a, k) for k in range(order + 1)]
    p = [1 / (1 + w)]
    for m in range(1, order + 1):
        p.append(-w * p[0] * mp.fsum(binomials[k] * p[m - k] for k in range(1, m + 1)))
    q = [w * p[0], *(-c for c in p[1:])]
    f = [mp.mpf(1)] + [mp.mpf(0)] * order
    for factor in [p] * i + [q] * j:
        f = [mp.fsum(f[k] * factor[m - k] for k in range(m + 1)) for m in range(order + 1)]
    odd = range(1, order, 2)
    return f[0] / 2 + mp.fsum(mp.bernoulli(n + 1) / (n + 1) * f[n] / X**n for n in odd)


def losses_of_power_law(alpha, M, N, T, ridge, sigma_w=1.0, sigma_u=1.0, sigma_eps=0.0, digits=60):
    """As `losses`, for any M and finite N, T, ridge > 0; n - df1 cancels, more so the smaller the
    ridge.
    """
    digits += int(abs(mp.log10(ridge))) // 2 + 20
    with mp.workdps(digits):
        N, T, M, kappa = mp.mpf(N), mp.mpf(T), mp.mpf(M), mp.mpf(ridge) * M / mp.mpf(sigma_u) ** 2
        n, m = min(N, T), max(N, T)

        def mismatch(z):  # increases with z, smoothly also through df1 = n
            df1 = moment(alpha, M, mp.exp(z), 1, 0, digits)
            return mp.exp(z) * (n - df1) * abs(m - df1) / kappa - 1

        low = mp.log(kappa / (N * T)) - 1
        high = mp.log(mp.exp(low + 1) + 2 * mp.zeta(1 + mp.mpf(alpha)) / n) + 1
        while high - low > 0.1:
            middle = (low + high) / 2
            low, high = (middle, high) if mismatch(middle) < 0 else (low, middle)
        settings = {
            "solver": "anderson",
            "tol": mp.mpf(10) ** (20 - digits),
            "maxsteps": 500,
            "verify": False,
        }
        z = mp.findroot(mismatch, (low, high), **settings)
        delta = mp.exp(z)
        df1, df2, s = (moment(alpha, M, delta, i, j, digits) for i, j in ((1, 0), (2, 0), (1, 1)))
        D = (N - df1) * (T - df1) + (N + T - 2 * df1) * s
        signal = mp.mpf(sigma_w) ** 2 / (2 * M) * delta * N * T * s / D
        noise = mp.mpf(sigma_eps) ** 2 / 2 * (N * df2 - 2 * df1 * df2 + df1**2) / D
        train = (1 - df1 / T) ** 2 * (2 * (signal + noise) + mp.mpf(sigma_eps) ** 2)
        return {
            "delta": delta,
            "df1": df1,
            "df2": df2,
            "signal": signal,
            "noise": noise,
            "train": train,
        }


def power_sum(e, M, digits=DIGITS):
    """sum J^-e for any M, by Euler-Maclaurin from J = 400."""
    with mp.workdps(digits):
        head = 400

        def beyond(X):
            X = mp.mpf(X)
            integral = mp.log(X) if e == 1 else X ** (1 - e) / (1 - e)
            odd = range(1, 40, 2)
            return (
                integral
                + X**-e / 2
                + mp.fsum(
                    -mp.bernoulli(n + 1) / mp.factorial(n + 1) * mp.rf(e, n) * X ** (-e - n)
                    for n in odd
                )
            )

        if head >= M:
            return mp.fsum(mp.mpf(J) ** -e for J in range(1, M + 1))
        return mp.fsum(mp.mpf(J) ** -e for J in range(1, head + 1)) + beyond(M) - beyond(head)
