"""Training sets of the quantization model, drawn: which quanta are learned, and what is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.neighbours.checks import counts_or_zero, sizes_or_zero
from rfscale.neighbours.quanta import Quanta
from rfscale.neighbours.quanta_sums import COUNTS
from rfscale.neighbours.ranks import Whole
from rfscale.results import Result
from rfscale.support.arguments import Floats, broadcast, choice, integer, require_kind

SAMPLED = 100_000  # quanta that are drawn one by one
MOST_SAMPLES = 1e18  # what numpy's generators count to


@dataclass(frozen=True, eq=False)
class QuantaEstimate(Result):
    """Mean losses of drawn training sets; every array has the broadcast shape of n and D.

    Attributes
    ----------
    quanta : Quanta
    n, D : ndarray
        The points.
    mean : ndarray
        Over draws, of L(n, D).
    stderr : ndarray
        Its standard error.
    draws, seed : int
        With `counts`, what reproduces them.
    counts : str
        "poisson" or "binomial", as of `Quanta.loss`.
    """

    quanta: Quanta
    n: Floats
    D: Floats
    mean: Floats
    stderr: Floats
    draws: int
    seed: int
    counts: str

    def _about(self) -> str:
        return repr(self.quanta)

    def _table(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("n", "D", "mean", "stderr")}


def simulate_quanta(
    quanta: Quanta,
    n: ArrayLike = np.inf,
    D: ArrayLike = np.inf,
    *,
    draws: int = 100,
    seed: int = 0,
    counts: str = "poisson",
) -> QuantaEstimate:
    """Draw training sets and add what was seen by fewer than tau samples, or is beyond n (26.9).

    The first 100,000 quanta are drawn; those beyond have their exact mean, as each of them has
    nearly no part in the scatter. Draw number i of a point is the same however many are made.

    Parameters
    ----------
    quanta : Quanta
        With a whole tau, as counts are.
    n, D : array_like
        As of `Quanta.loss`; D finite, and whole if `counts` is "binomial".
    draws : int
        At least 2.
    seed : int
        Root of the random numbers, >= 0.
    counts : {"poisson", "binomial"}
        As of `Quanta.loss`, here for any tau: samples that scatter in number, or D of them.

    Returns
    -------
    QuantaEstimate

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> quanta = Quanta(alpha=0.6, tau=5)
    >>> estimate = simulate_quanta(quanta, D=1000, draws=20)
    >>> print(abs(estimate.mean - quanta.loss(D=1000)) < 4 * estimate.stderr)
    True
    """
    require_kind("quanta", quanta, Quanta)
    integer("tau", quanta.tau)
    sizes = counts_or_zero("n", n, quanta.K)
    samples = _samples(D, choice("counts", counts, COUNTS))
    sizes, samples = broadcast(n=sizes, D=samples)
    draws = integer("draws", draws, least=2)
    seed = integer("seed", seed, least=0)
    points = zip(sizes.flat, samples.flat, strict=True)
    lost = [
        [_draw(quanta, point, counts, _stream(seed, i, j)) for j in range(draws)]
        for i, point in enumerate(points)
    ]
    losses = np.reshape(lost, (*sizes.shape, draws))
    return QuantaEstimate(
        quanta=quanta,
        n=sizes[()],
        D=samples[()],
        mean=losses.mean(-1),
        stderr=losses.std(-1, ddof=1) / np.sqrt(draws),
        draws=draws,
        seed=seed,
        counts=counts,
    )


def _samples(D: ArrayLike, counts: str) -> Floats:
    found = sizes_or_zero("D", D)
    bad = (found > MOST_SAMPLES) | ((counts == "binomial") & (found != np.floor(found)))
    if np.any(bad):
        whole = "whole " if counts == "binomial" else ""
        raise ValueError(f"D must be {whole}numbers from 0 to 1e18, got {found[bad].flat[0]:g}")
    return found


def _stream(seed: int, point: int, draw: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(point, draw)))


def _draw(quanta: Quanta, point: tuple[Any, Any], counts: str, rng: np.random.Generator) -> float:
    """The loss of one training set."""
    n, D = point
    held = min(n, quanta.K)
    drawn = int(min(held, SAMPLED))
    p = quanta.ranks.frequency(np.arange(1.0, drawn + 1))
    unlearned = _counts(rng, D, p, counts) < quanta.tau
    beyond = quanta.filter.sum(quanta.ranks, D, drawn, held)
    return float(p[unlearned].sum() + beyond + quanta.ranks.total(Whole(), held, quanta.K))


def _counts(rng: np.random.Generator, D: float, p: Floats, counts: str) -> NDArray[np.int64]:
    """How many samples need each quantum."""
    if counts == "poisson":
        return rng.poisson(D * p)
    rest = max(0.0, 1.0 - float(p.sum()))
    shares = np.append(p, rest)
    return rng.multinomial(int(D), shares / shares.sum())[:-1]
