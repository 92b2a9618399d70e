"""Notes on the units of a table: perplexities in place of losses, sizes in millions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from rfscale.measured.losses.note import Note
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

LARGEST_LOSS = 15.0  # in nats or bits; no model is worse than the logarithm of its vocabulary
LEAST_PERPLEXITY = 1.0
SMALLEST_MODEL = 1e4  # parameters of a model whose loss is measured in nats
FEWEST_TOKENS = 0.01  # a parameter
OF_COUNTS = ("random-features exact", "random-features M")  # of features and samples
SMALLEST_LOSS = 1.0  # of such models, which tells them from simulated ones with counts of features


def looks_like_perplexities(loss: Floats) -> bool:
    """Whether losses are too large for logarithms of probabilities, and never below 1."""
    return bool(loss.max() > LARGEST_LOSS and loss.min() >= LEAST_PERPLEXITY)


def perplexities(fit: LossFit) -> Iterator[Note]:
    """Losses that are too large for logarithms of probabilities."""
    loss = fit.table.loss
    if looks_like_perplexities(loss):
        yield Note(
            "perplexities",
            f"losses go from {loss.min():.3g} to {loss.max():.3g}: if these are perplexities, fit "
            "their logarithms, for exponents of perplexities are others",
        )


def scaled_sizes(fit: LossFit) -> Iterator[Note]:
    """Models that are too small for losses in nats, or far fewer tokens than parameters."""
    if fit.law.name in OF_COUNTS or np.median(fit.table.loss) <= SMALLEST_LOSS:
        return
    N = float(np.median(fit.table.N))
    T = float(np.median(fit.table.T))
    if N < SMALLEST_MODEL or T < FEWEST_TOKENS * N:
        yield Note(
            "scaled-sizes",
            f"the median N is {N:.3g}, of T {T:.3g}: if one is in millions or billions, costs such "
            "as 6 N T need them as numbers of parameters and tokens",
        )
