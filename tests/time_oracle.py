"""Gradient flow in 30-digit arithmetic: a double contour over two-ridge losses as they are derived.

Slow, and imports nothing of the package. The two-ridge losses are those of the two-by-two saddle,
sums over the spectrum at both ridges, not the differences of one-point quantities that they are.
"""

import mpmath as mp

DIGITS = 30
NODES = 32  # e^(-1.36 n) is 1e-19


def gradient_flow(eigenvalues, W, tested, N, T, ridge, time):
    """Traces of signal, noise, and both training losses; features of unit variance."""
    with mp.workdps(DIGITS):
        eigenvalues, W, tested = ([mp.mpf(x) for x in xs] for xs in (eigenvalues, W, tested))
        N, T, ridge, time = (mp.mpf(x) for x in (N, T, ridge, time))
        nodes = [(z / time, w * mp.exp(z) / z) for z, w in contour(NODES)]
        points = [_point(eigenvalues, N, T, ridge + z) for z, _ in nodes]
        points += [tuple(map(mp.conj, point)) for point in points]
        weights = [v for _, v in nodes] + [mp.conj(v) for _, v in nodes]
        total = [mp.mpf(0)] * 4
        for one, v in zip(points, weights, strict=True):
            for other, v_other in zip(points, weights, strict=True):
                losses = _two_ridge(eigenvalues, W, tested, N, T, one, other)
                total = [t + v * v_other * x for t, x in zip(total, losses, strict=True)]
        return [float(mp.re(t)) for t in total]


def contour(n):
    """The upper nodes and weights of Talbot's contour."""
    nodes = []
    for k in range(n // 2):
        x = (2 * k + 1) * mp.pi / n
        a, b, c, d = map(mp.mpf, ("0.5017", "0.6407", "0.6122", "0.2645"))
        z = n * (a * x * mp.cot(b * x) - c + 1j * d * x)
        slope = n * (a * mp.cot(b * x) - a * b * x / mp.sin(b * x) ** 2 + 1j * d)
        nodes.append((z, slope / (1j * n)))
    return nodes


def _point(eigenvalues, N, T, g):
    """Delta, N - df1 and T - df1, from the positive axis along an arc."""
    delta = _positive(eigenvalues, N, T, abs(g))
    steps = 12
    for k in range(1, steps + 1):
        turned = abs(g) * mp.expj(mp.arg(g) * k / steps)
        for _ in range(50):
            df1 = mp.fsum(lam / (lam + delta) for lam in eigenvalues)
            s = mp.fsum(lam * delta / (lam + delta) ** 2 for lam in eigenvalues)
            excess = mp.log(delta * (N - df1) * (T - df1) / turned)
            move = excess / (1 + s / (N - df1) + s / (T - df1))
            delta *= mp.exp(-move if abs(move) < 0.5 else -move / (2 * abs(move)))
            if abs(move) < mp.mpf(10) ** (3 - DIGITS):
                break
    df1 = mp.fsum(lam / (lam + delta) for lam in eigenvalues)
    return delta, N - df1, T - df1


def _positive(eigenvalues, N, T, g):
    """The root at a positive ridge, to a few digits."""
    low, high = mp.mpf(10) ** -40, mp.mpf(10) ** 40
    while high > 1.001 * low:
        delta = mp.sqrt(low * high)
        df1 = mp.fsum(lam / (lam + delta) for lam in eigenvalues)
        above = df1 < min(N, T) and delta * (N - df1) * (T - df1) > g
        low, high = (low, delta) if above else (delta, high)
    return high


def _two_ridge(eigenvalues, W, tested, N, T, one, other):
    (D, _, a), (E, _, a_other) = one, other
    weights = [1 / ((lam + D) * (lam + E)) for lam in eigenvalues]
    sums = {
        name: mp.fsum(x * w for x, w in zip(values, weights, strict=True))
        for name, values in {
            "xi": eigenvalues,
            "chi": [lam**2 for lam in eigenvalues],
            "W": [lam * w for lam, w in zip(eigenvalues, W, strict=True)],
            "W2": [lam**2 * w for lam, w in zip(eigenvalues, W, strict=True)],
        }.items()
    }
    xi, chi = sums["xi"], sums["chi"]
    det = (T - chi) * (N - chi) - D * E * xi**2

    def signal(test):
        square, single, with_W = (
            mp.fsum(x * w for x, w in zip(values, weights, strict=True))
            for values in (
                [lam * t for lam, t in zip(eigenvalues, test, strict=True)],
                test,
                [t * w for t, w in zip(test, W, strict=True)],
            )
        )
        in_T = square * ((N - chi) * sums["W"] + xi * sums["W2"])
        in_N = single * (D * E * xi * sums["W"] + (T - chi) * sums["W2"])
        return D * E * (with_W + (in_T + in_N) / det)

    def noise(test):
        square = mp.fsum(lam * t * w for lam, t, w in zip(eigenvalues, test, weights, strict=True))
        single = mp.fsum(t * w for t, w in zip(test, weights, strict=True))
        return (square * (N - chi) + single * D * E * xi) / det

    seen = a * a_other / T**2
    return (
        signal(tested),
        noise(tested),
        seen * signal(eigenvalues),
        seen * (noise(eigenvalues) + 1),
    )
