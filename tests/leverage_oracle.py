"""The planar losses of samples of unequal leverage in many digits: the oracle of `predict`.

Imports nothing of the package.
"""

import mpmath as mp


def equations(eigenvalues, weights, test, N, T, delta, sigmas, tau):
    """Steps (22.3) to (22.9) as they stand, with chi, in as many digits as mpmath is set to.

    The twin of `predict`, with the ridge as a function of Delta. q = 1/(1 + tau chi), and g is the
    sum of tau q over samples.
    """
    arrays = (eigenvalues, weights, test, tau)
    lam, W, lam_test, tau = ([mp.mpf(float(x)) for x in array] for array in arrays)
    N, T, delta, sigma_w, sigma_u, sigma_eps = map(mp.mpf, (N, T, delta, *sigmas))
    M = len(lam)

    def over_samples(f):
        return T * mp.fsum(map(f, tau)) / len(tau)

    def used(chi):
        return over_samples(lambda t: t * chi / (1 + t * chi))

    df1 = mp.fsum(x / (x + delta) for x in lam)
    low, high = mp.mpf(-100), mp.mpf(100)
    while high - low > mp.mpf(10) ** -(mp.mp.dps - 5):
        middle = (low + high) / 2
        low, high = (middle, high) if used(mp.exp(middle)) < df1 else (low, middle)
    chi = mp.exp(low)
    p = [x / (x + delta) for x in lam]
    rho = [b / a for a, b in zip(lam, lam_test, strict=True)]
    df2 = mp.fsum(x**2 for x in p)
    s = df1 - df2
    D = 1 - df1 / N + s / N

    def bias(rho):  # (15.3) at T = infinity
        own = mp.fsum(r * w**2 * x * (1 - x) for r, w, x in zip(rho, W, p, strict=True))
        seen = mp.fsum(w**2 * x**2 for w, x in zip(W, p, strict=True))
        spread = mp.fsum(r * x * (1 - x) for r, x in zip(rho, p, strict=True))
        return delta * (own + seen * spread / (N * D))

    def degrees(rho):  # (15.4), T times its value at T = infinity
        one = mp.fsum(r * x for r, x in zip(rho, p, strict=True))
        two = mp.fsum(r * x**2 for r, x in zip(rho, p, strict=True))
        return (two * (1 - df1 / N) + one * s / N) / D

    g = over_samples(lambda t: t / (1 + t * chi))
    with_tau = over_samples(lambda t: t**2 / (1 + t * chi) ** 2) / g**2
    without = over_samples(lambda t: t / (1 + t * chi) ** 2) / g**2
    ones = [mp.mpf(1)] * M
    d = degrees(ones)
    h = 1 - d * with_tau
    of_signal = sigma_w**2 / 2  # of given weights
    of_noise = sigma_eps**2 / 2

    def losses(rho):
        per = degrees(rho) / h
        signal = of_signal * (bias(rho) + per * with_tau * bias(ones))
        return signal, of_noise * per * without

    signal, noise = losses(rho)
    error = mp.fsum(losses(ones))
    train = mp.fsum((2 * t * error + sigma_eps**2) / (1 + t * chi) ** 2 for t in tau) / len(tau)
    return {
        "ridge": delta * (N - df1) * df1 / chi * sigma_u**2 / M,  # (22.4)
        "delta": delta,
        "df1": df1,
        "df2": df2,
        "signal": signal,
        "noise": noise,
        "test": signal + noise,
        "train": train,
        "effective_samples": df1 * (1 + chi) / chi,
    }
