"""The phases of a source condition, one by one, (15.21) to (15.30), with what each neglects.

Beside the main term of each sum these are its other terms and the terms of the other phases, and
relative corrections by n + 1/2 in the place of n, by a finite M, n/N and n/T.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rfscale.theory.asymptotics.phase import Phase
from rfscale.theory.asymptotics.source_terms import (
    FEATURES,
    SAMPLES,
    SourceTerms,
    Term,
    constant,
    zeta,
)


@dataclass(frozen=True)
class Phases:
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
        """(15.21)."""
        yield self._bound_by_features()
        if self.source.beta > 1:
            yield self._clean_variance()
        yield self._clean_data()

    def _of_samples(self) -> tuple[list[Term], list[Term]]:
        """Bias and variance at df1 = T without ridge, (15.20); T/<pq> = m."""
        inverse = constant(self.source.m)
        bias = [inverse * term for term in self.source.bias(SAMPLES)]
        variance = [inverse * term for term in self._variance(SAMPLES)]
        return bias, variance

    def _clean_variance(self) -> Phase:
        source = self.source
        bias, (main, *rest) = self._of_samples()
        half = constant(source.m / 2) / SAMPLES
        cutoff = constant(source.m) * source.cutoff(SAMPLES)
        corrections = [half, cutoff, SAMPLES / FEATURES]
        return _phase("variance", 1.0, main, [*rest, *bias], corrections)

    def _clean_data(self) -> Phase:
        """The last of (15.21), times (15.24) for beta < 0 at the best ridge."""
        source = self.source
        bias, variance = self._of_samples()
        left, gain = self._weakest()
        main, *rest = [constant(gain) * term for term in bias]
        half = constant((1 + source.in_T) / 2 / left) / SAMPLES
        cutoff = constant(source.in_T + source.alpha) * source.cutoff(SAMPLES)
        corrections = [half, cutoff, SAMPLES / FEATURES]
        return _phase("data", source.turn, main, [*rest, *variance], corrections)

    def _noisy(self) -> Iterator[Phase]:
        """(15.25)."""
        source = self.source
        yield self._bound_by_features(self._of_noise)
        corrections = [constant(1 / source.M) * FEATURES, FEATURES / SAMPLES]
        above = 1 / (1 + source.in_N)
        yield _phase("noise", above, self._of_noise, self._features, corrections)
        yield self._noise_floor()

    def _noise_floor(self) -> Phase:
        source = self.source
        bias, variance = self._of_samples()
        half = constant(source.m / source.alpha / 2) / SAMPLES
        cutoff = constant(source.m) * source.cutoff(SAMPLES)
        few = constant(max(1.0, 1 / source.alpha)) * SAMPLES / FEATURES
        floor = constant(self.noise * source.alpha)
        return _phase("noise floor", 1.0, floor, [*bias, *variance], [half, cutoff, few])

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
