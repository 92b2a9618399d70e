r"""How large the next term of the expansion in 1/size may be, relative to the test loss.

The term of order 1/size is known where one loop is computed, as relative changes c of the two parts
of the loss. For plain planar losses, which are faster without, it is bounded by

.. math:: e_1 = f\,\Big[1 + 3 \Big(\frac{\mathrm{df}_2}{\mathrm{df}_1}\Big)^4\Big]

with the fluctuation f of (6.16). The term of order 1/size^2 of a part is estimated (6.20) from its
change and from what log a and log b, of variances C_a and C_b, do to it (6.18), (6.19),

.. math:: e_2 = \frac{x^2}{1 + \tau x}, \quad x^2 = c^2 + v, \quad v_\mathrm{signal} =
          \tfrac14 \Big[1 + 3 \Big(\frac{\mathrm{df}_2}{\mathrm{df}_1}\Big)^4\Big]^2
          (C_a^2 + C_b^2), \quad v_\mathrm{noise} = \tfrac12 \Big(C_a^2 + \frac{g\,C_b^2}{1 +
          \tau C_b}\Big)

and e_2 of the loss is the mean over the planar parts, divided by 1 - |c|. Form and factors were
calibrated against simulations, which the book's page "How far to trust it" describes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.theory.equations.planar import Saddle
from rfscale.traces.quadrature import Moments

TINY = 1e-300
Parts = tuple[Floats, Floats]  # of signal and noise


class Spread(NamedTuple):
    """How far the parts of the loss spread as log a and log b fluctuate."""

    signal: float  # v
    noise: float
    held: float  # tau = 1 - a b/(N T D): how far s = df1 - df2 keeps the loss finite, not a and b


@compiled
def first_order(fluctuation: float, df1: float, df2: float) -> float:
    """Bound on the term of relative order 1/size: the fluctuation (6.16), up to four times.

    Four times where all is learned: the mean square of an inverse Wishart matrix is 1 + 4/(T - M) +
    ... The power of the mean p, df2/df1, in between is a choice; a search found no larger term.
    """
    return fluctuation * _steepness(df1, df2)


@compiled
def _steepness(df1: float, df2: float) -> float:
    """1 where little of each direction is learned, 4 where all is."""
    return 1.0 + 3.0 * (df2 / df1) ** 4 if df1 > 0.0 else 1.0


@compiled
def spread(one: Moments, test: Moments, saddle: Saddle) -> Spread:
    """The variances of log a and log b, weighted by how the parts of the loss respond (6.19)."""
    y_N, y_T, iN, iT, D = saddle
    s = one.s
    in_a = (y_N + s * iN) * iT / D
    in_b = (y_T + s * iT) * iN / D
    free = y_N / (y_N + s * iN)  # b/(b + s), for h = s b/(b + s) and noise = T/(a + h) - 1
    above = test.s * (1.0 - free)
    h = s * free * iT
    response = h / (y_T + h) + (above + 2.0 * free * test.ppq) / max(test.df2 + above, TINY)
    steepness = _steepness(one.df1, one.df2)
    held = s * (y_N * iT + y_T * iN) / D
    return Spread(
        signal=0.25 * steepness**2 * (in_a**2 + in_b**2),
        noise=0.5 * (in_a**2 + response * in_b**2 / (1.0 + held * in_b)),
        held=held,
    )


@compiled
def part_error(change: float, spread: float, held: float) -> float:
    """Estimate of the term of relative order 1/size^2 of a part of the loss, from its change.

    The change squared, as for a geometric series, and the spread, as the change may be small by
    chance. Where D is kept from 0 by s alone, the loss stays finite, and what is left is no larger
    than a change that is large.
    """
    square = change**2 + spread
    return square / (1.0 + held * np.sqrt(square)) if square < np.inf else np.inf


def planar_error(planar: Parts, changes: Parts, errors: Parts) -> Floats:
    """The change by one loop and the estimate of what is beyond, relative to the planar loss."""
    test = _loss(planar)
    error = np.abs(_mean(planar, changes)) + _beyond(planar, changes, errors)
    return np.where(test == 0, 0.0, np.where(np.isfinite(test), error, np.inf))


def one_loop_error(to_one_loop: Parts, changes: Parts, errors: Parts) -> Floats:
    """Estimate of what is beyond one loop, relative to the loss to one loop."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        parts = [loss / (1 + c) for loss, c in zip(to_one_loop, changes, strict=True)]
        planar = parts[0], parts[1]
        test = _loss(to_one_loop)
        error = _beyond(planar, changes, errors) * (_loss(planar) / test)
    hopeless = ~np.isfinite(test) | np.isnan(error) | (test < 0)
    return np.where(test == 0, 0.0, np.where(hopeless, np.inf, error))


def resummed_error(parts: Parts, errors: Parts) -> Floats:
    """The relative error of resummed losses, of which that of each part is known."""
    return np.where(np.isinf(_loss(parts)), np.inf, _mean(parts, errors))


def _beyond(planar: Parts, changes: Parts, errors: Parts) -> Floats:
    """The mean error of the parts over 1 - the mean change, and infinite where that is above 1."""
    total = _mean(planar, errors)
    sizes = np.abs(changes[0]), np.abs(changes[1])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        error = total / np.maximum(1 - _mean(planar, sizes), 0.0)
    return np.where(np.isnan(error), np.inf, error)


def _mean(planar: Parts, values: Parts) -> Floats:
    """The mean over the parts of the planar loss, weighted by their sizes; those of 0 left out."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shares = [part / _loss(planar) for part in planar]
        terms = [np.where(x > 0, x * v, 0.0) for x, v in zip(shares, values, strict=True)]
    return terms[0] + terms[1]


def _loss(parts: Parts) -> Floats:
    """Signal and noise together."""
    with np.errstate(over="ignore"):
        return parts[0] + parts[1]
