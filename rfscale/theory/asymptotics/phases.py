r"""The phases of a source condition in the (N, T) plane, (15.20) to (15.32).

.. math:: L \simeq \frac{\sigma_w^2\lambda_+}{2M} \sum_i K_i\,N^{-a_i}\,T^{-b_i}

of which one term is the largest where N lies between two powers of T. Source: derived here; the
limits N or T = infinity are those of [AZP] and [Simon], and with label noise and the best ridge the
rates of kernel regression at N = infinity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rfscale.support.arguments import finite, flag, number, sizes
from rfscale.support.described import described
from rfscale.theory.asymptotics.phase import Phase
from rfscale.theory.asymptotics.source_terms import (
    FEATURES,
    SAMPLES,
    SourceTerms,
    Term,
    constant,
    zeta,
)


def source_phases(
    alpha: float,
    exponent: float,
    *,
    best_ridge: bool = False,
    noise: float = 0.0,
    M: float = np.inf,
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
    source = SourceTerms(
        alpha=number("alpha", alpha), beta=finite("exponent", exponent), M=_latents(M)
    )
    if not source.beta > -source.alpha:
        raise ValueError(f"exponent must be > -alpha, got {exponent:g} with alpha = {alpha:g}")
    noise = number("noise", noise, zero=True)
    return tuple(_Phases(source, noise, flag("best_ridge", best_ridge)))


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
class _Phases:
    """The phases with what each neglects; the terms of sums are as in `SourceTerms`."""

    source: SourceTerms
    noise: float
    best_ridge: bool

    def __iter__(self) -> Iterator[Phase]:
        """From N << T to N >> T."""
        if not self.noise:
            return self._clean()
        return self._noisy_at_best_ridge() if self.best_ridge else self._noisy()

    @property
    def _features(self) -> list[Term]:
        """Delta <W p> at df1 = N."""
        return self.source.unlearned(FEATURES)

    @property
    def _of_noise(self) -> Term:
        """The noise of N < T features, eta N/T."""
        return constant(self.noise) * FEATURES / SAMPLES

    def _variance(self, n: Term) -> list[Term]:
        """<pq> Delta <W p>/N, <pq> = n/m."""
        each = n / FEATURES * constant(1 / self.source.m)
        return [each * term for term in self.source.unlearned(n)]

    def _bound_by_features(self, *others: Term) -> Phase:
        source = self.source
        main, *rest = self._features
        half = constant(source.in_N / 2) / FEATURES  # of n + 1/2
        cutoff = constant(source.in_N) * source.cutoff(FEATURES)
        beside = [*rest, *others]
        return _phase("features", 0.0, main, beside, [half, cutoff, FEATURES / SAMPLES])

    def _clean(self) -> Iterator[Phase]:
        """(15.21), and (15.24) for beta < 0 at the best ridge."""
        source = self.source
        yield self._bound_by_features()
        inverse = constant(source.m)  # T/<pq>
        bias = [inverse * term for term in source.bias(SAMPLES)]
        variance = [inverse * term for term in self._variance(SAMPLES)]
        few = SAMPLES / FEATURES
        if source.beta > 1:
            main, *rest = variance
            half = constant(source.m / 2) / SAMPLES
            cutoff = constant(source.m) * source.cutoff(SAMPLES)
            yield _phase("variance", 1.0, main, [*rest, *bias], [half, cutoff, few])
        left, gain = self._weakest()
        n = constant(left) * SAMPLES
        main, *rest = [constant(gain) * term for term in bias]
        half = constant((1 + source.in_T) / 2) / n
        cutoff = constant(source.in_T + source.alpha) * source.cutoff(SAMPLES)
        yield _phase("data", source.turn, main, [*rest, *variance], [half, cutoff, few])

    def _noisy(self) -> Iterator[Phase]:
        """(15.25)."""
        source = self.source
        yield self._bound_by_features(self._of_noise)
        start = 1 / (1 + source.in_N)
        all_learned = constant(1 / source.M) * FEATURES
        few = FEATURES / SAMPLES
        yield _phase("noise", start, self._of_noise, self._features, [all_learned, few])
        signal = [
            constant(source.m) * term for term in (*source.bias(SAMPLES), *self._variance(SAMPLES))
        ]
        half = constant(source.m / source.alpha / 2) / SAMPLES
        cutoff = constant(source.m) * source.cutoff(SAMPLES)
        few = constant(max(1.0, 1 / source.alpha)) * SAMPLES / FEATURES
        floor = constant(self.noise * source.alpha)
        yield _phase("noise floor", 1.0, floor, signal, [half, cutoff, few])

    def _noisy_at_best_ridge(self) -> Iterator[Phase]:
        """(15.29) and (15.30)."""
        yield self._bound_by_features(self._of_noise)
        if self.source.beta > 1:
            yield self._noisy_variance()
        yield self._noisy_data()

    def _noisy_variance(self) -> Phase:
        """(15.28)."""
        source = self.source
        m = source.m
        first = constant(zeta(source.beta))
        eta = constant(self.noise)
        n = constant(source.c) * (first * SAMPLES / (eta * FEATURES)) ** (1 / m)
        others = [*self._variance(n)[1:], *source.bias(n)]
        corrections = self._left(n, source.alpha)
        second = _second_order(source.alpha)
        return _phase("variance", 1 / (1 + m), eta * n / SAMPLES, others, corrections, second)

    def _noisy_data(self) -> Phase:
        """(15.27)."""
        source = self.source
        e = source.in_T
        unit = constant(self.noise * source.alpha / source.m) / SAMPLES
        main, *_ = source.bias(constant(1.0))
        n = (constant(e) * main / unit) ** (1 / (1 + e))
        others = [*source.bias(n)[1:], *self._variance(n)]
        loss = constant(1 + 1 / e) * unit * n
        above = source.turn / (source.m + source.turn) if source.beta > 1 else 1 / (1 + e)
        return _phase("data", above, loss, others, self._left(n, e), _second_order(e))

    def _left(self, n: Term, e: float) -> list[Term]:
        """Corrections at n degrees of freedom, where n^-e balances the noise."""
        source = self.source
        share = e / (1 + e)
        half = constant(share * (1 + 1 / source.alpha) / 2) / n
        cutoff = constant(share * (1 + source.m)) * source.cutoff(n)
        return [half, cutoff, n / FEATURES, n / SAMPLES]

    def _weakest(self) -> tuple[float, float]:
        """What the best ridge leaves of df1 = T, and of the loss for beta < 0 (15.24)."""
        source = self.source
        if not self.best_ridge or source.beta >= 0:
            return 1.0, 1.0
        e = source.in_T
        x = source.m * e / (source.alpha * (1 + e))
        return x, x**-e / (source.m - source.alpha * x)


def _phase(
    name: str,
    above: float,
    main: Term,
    others: Sequence[Term],
    corrections: Sequence[Term],
    second: float = 1.5,  # 1 of 1/(1 - T/N), and 1/2 of the root Delta for a finite M
) -> Phase:
    """The phase of one term, from N of order T^above, beside others and relative corrections."""
    return Phase(
        name=name,
        amplitude=main.factor,
        in_N=0.0 - main.of_N,  # never -0
        in_T=0.0 - main.of_T,
        above=above,
        neglected=(*(term / main for term in others), *corrections),
        second=second,
    )


def _second_order(e: float) -> float:
    """By how much an optimum of n^-e and noise moves, in units of a correction's square."""
    return 1.5 + (1 + e) ** 2 / (2 * e)


def _latents(M: float) -> float:
    """A finite number > 0, or infinity."""
    size = sizes("M", M)
    if size.ndim:
        raise ValueError(f"M must be a number > 0 (numpy.inf is allowed), got {described(M)}")
    return float(size)
