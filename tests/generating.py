"""The generating function F0 + F1 of the losses in 140 digits, and its derivatives: the oracle of
the one-loop theory.

F = E log det[gamma + (x x^T + s Lambda')(u^T u + t W)] in units where lambda_+ = sigma_u^2/M = 1,
written from its definition alone: the saddle point of tr log[gamma + (a Lambda + s Lambda')(b + t
W)] + a - T log a + b - N log b, and half the logarithm of the determinant of its second
derivatives. Imports nothing of the package.
"""

import mpmath as mp

DIGITS = 140
STEP = mp.mpf(10) ** -32


class Generating:
    """F for eigenvalues lam, ratios rho of test to training eigenvalues and teacher's weights W, at
    one gamma.
    """

    def __init__(self, lam, rho, W, N, T, gamma):
        self.lam, self.rho, self.W = (
            [mp.mpf(float(v)) for v in values] for values in (lam, rho, W)
        )
        self.N, self.T, self.gamma = mp.mpf(N), mp.mpf(T), mp.mpf(gamma)
        with mp.workdps(DIGITS):
            self.start = self._without_couplings()
            self.a, self.b = self.start = self.saddle(mp.log(self.gamma), mp.mpf(0), mp.mpf(0))

    @property
    def delta(self):
        return self.gamma / (self.a * self.b)

    def _without_couplings(self):
        """T - df1 and N - df1, by bisection of Delta (N - df1)(T - df1) = gamma."""
        low, high = mp.mpf(-200), mp.mpf(100)
        for _ in range(200):
            z = (low + high) / 2
            df1 = mp.fsum(value / (value + mp.e**z) for value in self.lam)
            above = (
                df1 < min(self.N, self.T) and mp.e**z * (self.N - df1) * (self.T - df1) > self.gamma
            )
            low, high = (low, z) if above else (z, high)
        df1 = mp.fsum(value / (value + mp.e**high) for value in self.lam)
        return self.T - df1, self.N - df1

    def _factors(self, log_gamma, s, t, a, b):
        A = [(a + s * rho) * lam for lam, rho in zip(self.lam, self.rho, strict=True)]
        B = [b + t * W for W in self.W]
        return A, B, [mp.e**log_gamma + x * y for x, y in zip(A, B, strict=True)]

    def _second(self, log_gamma, s, t, a, b):
        """Second derivatives of the function of a and b."""
        A, B, K = self._factors(log_gamma, s, t, a, b)
        aa = self.T / a**2 - mp.fsum(
            (lam * y / k) ** 2 for lam, y, k in zip(self.lam, B, K, strict=True)
        )
        bb = self.N / b**2 - mp.fsum((x / k) ** 2 for x, k in zip(A, K, strict=True))
        return (
            aa,
            bb,
            mp.fsum(lam * mp.e**log_gamma / k**2 for lam, k in zip(self.lam, K, strict=True)),
        )

    def saddle(self, log_gamma, s, t):
        """a and b, by Newton's method."""
        a, b = self.start
        for _ in range(60):
            A, B, K = self._factors(log_gamma, s, t, a, b)
            slope_a = (
                mp.fsum(lam * y / k for lam, y, k in zip(self.lam, B, K, strict=True))
                + 1
                - self.T / a
            )
            slope_b = mp.fsum(x / k for x, k in zip(A, K, strict=True)) + 1 - self.N / b
            aa, bb, ab = self._second(log_gamma, s, t, a, b)
            step_a, step_b = (slope_a * bb - slope_b * ab), (slope_b * aa - slope_a * ab)
            a, b = a - step_a / (aa * bb - ab**2), b - step_b / (aa * bb - ab**2)
            if abs(step_a) + abs(step_b) < mp.mpf(10) ** (30 - DIGITS) * abs(aa * bb - ab**2) * min(
                a, b
            ):
                break
        return a, b

    def value(self, log_gamma, s, t, loops):
        """F0 or F1."""
        a, b = self.saddle(log_gamma, s, t)
        if loops == 0:
            logarithms = mp.fsum(map(mp.log, self._factors(log_gamma, s, t, a, b)[2]))
            return logarithms + a - self.T * mp.log(a) + b - self.N * mp.log(b)
        aa, bb, ab = self._second(log_gamma, s, t, a, b)
        return mp.log(a**2 * b**2 / (self.N * self.T) * (aa * bb - ab**2)) / 2

    def losses(self, loops):
        """Traces of signal, noise, training signal, training noise and df1, as derivatives."""
        with mp.workdps(DIGITS):
            a, b, gamma, T = self.a, self.b, self.gamma, self.T

            def scaled(log_gamma, s, t):
                return self.value(log_gamma, s * a, t * b, loops)

            def D(*orders):
                return mp.diff(scaled, (mp.log(gamma), mp.mpf(0), mp.mpf(0)), orders, h=STEP)

            bare = 1 - loops  # log det of the T x T matrix has (T - M) log gamma more
            M, first, second = len(self.lam), D(1, 0, 0), D(2, 0, 0)
            noise, train_noise = (
                (D(0, 1, 0) + D(1, 1, 0)) / a,
                -(second - first - bare * (T - M)) / T,
            )
            return (
                gamma / (a * b) * D(0, 1, 1),
                noise,
                -gamma / (T * b) * D(1, 0, 1),
                train_noise,
                bare * M - first,
            )
