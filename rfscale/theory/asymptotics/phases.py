r"""The phases of a source condition in the (N, T) plane, (15.20) to (15.32).

.. math:: L \simeq \frac{\sigma_w^2\lambda_+}{2M} \sum_i K_i\,N^{-a_i}\,T^{-b_i}

of which one term is the largest where N lies between two powers of T. At a budget N T its exponent
a x + b (1 - x) is linear in the share x, N ~ (N T)^x, so that the best one is a boundary. Source:
derived here; the limits N or T = infinity are those of [AZP] and [Simon], and with label noise and
the best ridge the rates of kernel regression at N = infinity.
"""

from __future__ import annotations

import itertools

import numpy as np

from rfscale.support.arguments import finite, flag, number, sizes
from rfscale.support.described import described
from rfscale.theory.asymptotics.phase import Phase
from rfscale.theory.asymptotics.phase_builder import Phases
from rfscale.theory.asymptotics.regime import check_regime
from rfscale.theory.asymptotics.source_terms import SourceTerms, Term


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

    Regime 1 << N, T and df1 << M; noise > 0 is for sizes where it matters, T -> infinity. Each
    phase knows its relative error at given sizes, `Phase.error`, and its `loss` warns where that is
    above 10 percent: near the boundaries, and near beta = 1 and beta = 2 + alpha up to very large
    sizes. On these there are logarithms, amplitudes are infinite, and this warns.

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
    M : float
        Number of latent directions > 0, by default infinity. Used for the errors only.

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
    phases = _phases(alpha, exponent, best_ridge, noise, M)
    worst = np.inf if any(np.isinf(phase.amplitude) for phase in phases) else 0.0
    check_regime("source_phases", "exponents other than 1 and 2 + alpha", worst)
    return phases


def source_compute_optimal(
    alpha: float,
    exponent: float,
    *,
    best_ridge: bool = False,
    noise: float = 0.0,
    M: float = np.inf,
    budget: float | None = None,
) -> tuple[float, float]:
    """The best share of a budget N T and the exponent of the loss, (15.31) and (15.32).

    N ~ (N T)^share and L ~ (N T)^-exponent. Smooth teachers, beta > 1, of a spectrum with alpha < 1
    want more features than samples; where a whole range of shares is as good, at alpha = 1, it is
    the one with the fewest features.

    Both are limits, N T -> infinity. At a finite `budget` the local exponent, -d log L/d log N T,
    has the relative error 2 sum p e/exponent, over the terms that both phases neglect, each e ~
    (N T)^-p at the boundary; the 2 is calibrated by `predict`. Warns above 10 percent.

    Parameters
    ----------
    alpha, exponent, best_ridge, noise, M
        As in `source_phases`.
    budget : float, optional
        N T > 0 for which the exponent is wanted. Nothing is judged without.

    Returns
    -------
    share, exponent : float

    Examples
    --------
    >>> print("{:.3f} {:.3f}".format(*source_compute_optimal(alpha=0.5, exponent=2.0)))
    0.667 0.833
    """
    phases = _phases(alpha, exponent, best_ridge, noise, M)
    pairs = list(itertools.pairwise(phases))
    shares = [right.above / (1 + right.above) for _, right in pairs]
    losses = [_along(right, x) for (_, right), x in zip(pairs, shares, strict=True)]
    best = max(range(len(shares)), key=lambda i: (round(losses[i], 12), -shares[i]))
    if budget is not None:
        error = 2 * _error(*pairs[best], shares[best], number("budget", budget)) / losses[best]
        check_regime("source_compute_optimal", "large budgets N T", error)
    return shares[best], losses[best]


def _phases(
    alpha: float, exponent: float, best_ridge: bool, noise: float, M: float
) -> tuple[Phase, ...]:
    """The phases, of arguments that are checked here."""
    source = SourceTerms(
        alpha=number("alpha", alpha), beta=finite("exponent", exponent), M=_latents(M)
    )
    if not source.beta > -source.alpha:
        raise ValueError(f"exponent must be > -alpha, got {exponent:g} with alpha = {alpha:g}")
    noise = number("noise", noise, zero=True)
    return tuple(Phases(source, noise, flag("best_ridge", best_ridge)))


def _latents(M: float) -> float:
    """A finite number > 0, or infinity."""
    size = sizes("M", M)
    if size.ndim:
        raise ValueError(f"M must be a number > 0 (numpy.inf is allowed), got {described(M)}")
    return float(size)


def _along(phase: Phase, share: float) -> float:
    """The exponent in N T with which a phase falls at N ~ (N T)^share."""
    return phase.in_N * share + phase.in_T * (1 - share)


def _error(left: Phase, right: Phase, share: float, budget: float) -> float:
    """The error of the local exponent at the boundary of two phases."""
    N = _boundary(left, right, budget)
    T = budget / N
    total = 0.0
    for term in (*left.neglected, *right.neglected):
        falls = -term.of_N * share - term.of_T * (1 - share)
        if abs(falls) > 1e-9:  # else it is part of the amplitude
            total += abs(falls * float(term.at(np.asarray(N), np.asarray(T))))
    return total if np.isfinite(total) else np.inf


def _boundary(left: Phase, right: Phase, budget: float) -> float:
    """N where the terms of both phases are equal, at N T = budget."""
    ratio = Term(left.amplitude, -left.in_N, -left.in_T) / Term(
        right.amplitude, -right.in_N, -right.in_T
    )
    with np.errstate(over="ignore"):
        power = 1 / (ratio.of_T - ratio.of_N)
        return float((ratio.factor * np.float64(budget) ** ratio.of_T) ** power)
