"""Other accounts of scaling laws, beside the random-feature model.

Learning by counts, where each direction is learned by how often it was seen: `CountFilter`,
`Threshold`, `SharpThreshold`, `FixedRidge`, `BestRidge`, `OnePass`, `PARITY_NETWORK`.
"""

from rfscale.neighbours.count_filter import CountFilter
from rfscale.neighbours.filters import (
    PARITY_NETWORK,
    BestRidge,
    FixedRidge,
    OnePass,
    SharpThreshold,
    Threshold,
)

__all__ = [
    "PARITY_NETWORK",
    "BestRidge",
    "CountFilter",
    "FixedRidge",
    "OnePass",
    "SharpThreshold",
    "Threshold",
]
