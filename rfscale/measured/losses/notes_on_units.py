"""Notes on the units of a table: perplexities in place of losses, sizes in millions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from rfscale.measured.losses.note import Note

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

LARGEST_LOSS = 15.0  # in nats or bits; no model is worse than the logarithm of its vocabulary
LEAST_PERPLEXITY = 1.0
SMALLEST_MODEL = 1e4  # parameters of a model whose loss is measured in nats
SMALLEST_LOSS = 1.0  # of such models, which tells them from simulated ones with counts of features


def perplexities(fit: LossFit) -> Iterator[Note]:
    """Losses that are too large for logarithms of probabilities."""
    loss = fit.table.loss
    if loss.max() > LARGEST_LOSS and loss.min() >= LEAST_PERPLEXITY:
        yield Note(
            "perplexities",
            f"losses go from {loss.min():.3g} to {loss.max():.3g}: if these are perplexities, fit "
            "their logarithms, for exponents of perplexities are others",
        )


def scaled_sizes(fit: LossFit) -> Iterator[Note]:
    """Models that are too small for losses in nats."""
    size = float(np.median(fit.table.N))
    if size < SMALLEST_MODEL and np.median(fit.table.loss) > SMALLEST_LOSS:
        yield Note(
            "scaled-sizes",
            f"the median N is {size:.3g}: if N or T are in millions or billions, costs such as "
            "6 N T need them as numbers of parameters and tokens",
        )
