r"""The phases of a source condition in the (N, T) plane, (15.20) to (15.32).

.. math:: L \simeq \frac{\sigma_w^2\lambda_+}{2M} \sum_i K_i\,N^{-a_i}\,T^{-b_i}

of which one term is the largest where N lies between two powers of T. Source: derived here; the
limits N or T = infinity are those of [AZP] and [Simon], and with label noise and the best ridge the
rates of kernel regression at N = infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.support.arguments import finite, flag, number
from rfscale.theory.asymptotics.errors import power_law_constant


@dataclass(frozen=True)
class Phase:
    """A part of the (N, T) plane where one term is the loss, amplitude N^-in_N T^-in_T.

    Attributes
    ----------
    name : str
        Bound of the loss: "features", "variance" (of a smooth teacher's first directions, by the
        choice of the features), "data", "noise" or "noise floor".
    amplitude : float
        In units of sigma_w^2 lambda_+/(2M).
    in_N, in_T : float
        The exponents with which the loss falls.
    above : float
        The phase begins at N of order T^above, and ends where the next one begins; 0 for the first.
    """

    name: str
    amplitude: float
    in_N: float
    in_T: float
    above: float


def source_phases(
    alpha: float, exponent: float, *, best_ridge: bool = False, noise: float = 0.0
) -> tuple[Phase, ...]:
    """The phases of the loss of a source condition, from N << T to N >> T, (15.21) to (15.30).

    Without label noise the best ridge removes the peak at N = T, but changes no exponent. With it,
    it has phases of its own.

    Regime 1 << N, T and df1 << M; noise > 0 is for sizes where it matters, T -> infinity. Relative
    corrections are of the order of the next larger terms, slow near the boundaries. At beta = 1
    and beta = 2 + alpha there are logarithms, and amplitudes are infinite; the nearer beta is
    to them, the larger are the sizes from which one phase alone is the loss. No error is
    stated: at alpha = 1 and sizes of 1e3 to 1e4 a phase is 1.7 times too large for beta = .9 or
    2.9, and 3.4 times for 1.05; the sum of neighbouring phases is much better. Without ridge
    there is a factor of 1/(1 - N/T) or 1/(1 - T/N) in "features", "noise" and "variance".

    Parameters
    ----------
    alpha : float
        Of the spectrum, > 0.
    exponent : float
        beta of `SourceCondition`, > -alpha.
    best_ridge : bool
        At the ridge with the least loss, or, by default, without ridge.
    noise : float
        Strength of the label noise, sigma_eps^2 M/(sigma_w^2 lambda_+), >= 0.

    Returns
    -------
    tuple of Phase

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> for phase in source_phases(alpha=1.0, exponent=2.0):
    ...     print(f"N > T^{phase.above:g}: N^-{phase.in_N:g} T^-{phase.in_T:g}, {phase.name}")
    N > T^0: N^-2 T^-0, features
    N > T^1: N^-1 T^-1, variance
    N > T^2: N^-0 T^-3, data
    """
    source = _Source(number("alpha", alpha), finite("exponent", exponent))
    if not source.beta > -source.alpha:
        raise ValueError(f"exponent must be > -alpha, got {exponent:g} with alpha = {alpha:g}")
    noise = number("noise", noise, zero=True)
    best_ridge = flag("best_ridge", best_ridge)
    if not noise:
        return source.clean(best_ridge)
    return source.noisy_at_best_ridge(noise) if best_ridge else source.noisy(noise)


def source_compute_optimal(
    alpha: float, exponent: float, *, best_ridge: bool = False, noise: float = 0.0
) -> tuple[float, float]:
    """The best share of a budget N T and the exponent of the loss, (15.31) and (15.32).

    N ~ (N T)^share and L ~ (N T)^-exponent. Smooth teachers, beta > 1, of a spectrum with alpha < 1
    want more features than samples; where a whole range of shares is as good, at alpha = 1, it is
    the one with the fewest features.

    Parameters
    ----------
    alpha, exponent, best_ridge, noise
        As in `source_phases`.

    Returns
    -------
    share, exponent : float

    Examples
    --------
    >>> print("{:.3f} {:.3f}".format(*source_compute_optimal(alpha=0.5, exponent=2.0)))
    0.667 0.833
    """
    phases = source_phases(alpha, exponent, best_ridge=best_ridge, noise=noise)
    # the exponent is linear in the share within a phase: the best one is a boundary
    shares = [phase.above / (1 + phase.above) for phase in phases[1:]]
    losses = [p.in_N * x + p.in_T * (1 - x) for p, x in zip(phases[1:], shares, strict=True)]
    best = max(range(len(shares)), key=lambda i: (round(losses[i], 12), -shares[i]))
    return shares[best], losses[best]


@dataclass(frozen=True)
class _Source:
    """What the phases are made of."""

    alpha: float
    beta: float

    @property
    def in_T(self) -> float:
        """The exponent in T for N = infinity (15.18)."""
        return min(self.alpha + self.beta, 2 + 2 * self.alpha)

    @property
    def turn(self) -> float:
        """The variance of the features ends at N of order T^turn (15.22)."""
        return max(1.0, min(self.beta, 2 + self.alpha))

    @property
    def c(self) -> float:
        """C^s."""
        return float(power_law_constant(self.alpha) ** (1 / (1 + self.alpha)))

    def features(self) -> Phase:
        """Delta <W p> at df1 = N."""
        in_N = min(self.alpha + self.beta, 1 + self.alpha)
        amplitude = self._bulk() if self.beta < 1 else _zeta(self.beta) * self.c**in_N
        return Phase("features", amplitude, in_N, 0.0, 0.0)

    def clean(self, best_ridge: bool) -> tuple[Phase, ...]:
        """(15.21)."""
        amplitude = (1 + self.alpha) * self._bias()
        if best_ridge and self.beta < 0:
            amplitude *= self._gain()
        data = Phase("data", amplitude, 0.0, self.in_T, self.turn)
        if self.beta <= 1:
            return self.features(), data
        amplitude = _zeta(self.beta) * self.c ** (1 + self.alpha)
        return self.features(), Phase("variance", amplitude, 1.0, self.alpha, 1.0), data

    def noisy(self, noise: float) -> tuple[Phase, ...]:
        """(15.25)."""
        features = self.features()
        learned = Phase("noise", noise, -1.0, 1.0, 1 / (1 + features.in_N))
        return features, learned, Phase("noise floor", noise * self.alpha, 0.0, 0.0, 1.0)

    def noisy_at_best_ridge(self, noise: float) -> tuple[Phase, ...]:
        """(15.29) and (15.30)."""
        m = 1 + self.alpha
        e = self.in_T
        unit = noise * self.alpha / m
        amplitude = unit * (1 + 1 / e) * (e * self._bias() / unit) ** (1 / (1 + e))
        features = self.features()
        if self.beta <= 1:
            return features, Phase("data", amplitude, 0.0, e / (1 + e), 1 / (1 + e))
        data = Phase("data", amplitude, 0.0, e / (1 + e), self.turn / (m + self.turn))
        amplitude = noise * self.c * (_zeta(self.beta) / noise) ** (1 / m)
        return features, Phase("variance", amplitude, 1 / m, self.alpha / m, 1 / (1 + m)), data

    def _bulk(self) -> float:
        """A_mu c^(alpha + beta)."""
        m = 1 + self.alpha
        A = np.pi / m / np.sin(np.pi * (1 - self.beta) / m)
        return float(A * self.c ** (self.alpha + self.beta))

    def _bias(self) -> float:
        """Delta <W p q> = bias df1^-in_T."""
        m = 1 + self.alpha
        if self.beta < 1 + m and self.beta != 1:
            return (1 - self.beta) / m * self._bulk()
        if self.beta == 1:
            return self.c**m / m  # mu A is 1/m
        return _zeta(self.beta - m) * self.c ** (2 * m)

    def _gain(self) -> float:
        """What the best ridge makes of the loss of T samples for beta < 0 (15.24)."""
        m = 1 + self.alpha
        x = m * self.in_T / (self.alpha * (1 + self.in_T))
        return x**-self.in_T / (m - self.alpha * x)


def _zeta(beta: float) -> float:
    """Infinite at 1, where a logarithm is in its place."""
    return float(scipy.special.zeta(beta))
