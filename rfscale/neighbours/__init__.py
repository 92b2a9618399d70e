"""Other accounts of scaling laws, beside the random-feature model.

The quantization model: `Quanta`, `quanta_exponents`, `quanta_slope`, `fitted_quanta_slope`,
`optimal_quanta`, `simulate_quanta`, `mean_sample_loss`, `sample_losses`. Learning by counts, where
each direction is learned by how often it was seen: `CountFilter`, `Threshold`, `SharpThreshold`,
`FixedRidge`, `BestRidge`, `OnePass`, `PARITY_NETWORK`. Between quanta and random features:
`one_hot_loss`, `sparse_loss`, `sparse_crossing`, `simulate_sparse`, `loss_ratio_of_features`,
`features_per_quantum`.
"""

from rfscale.neighbours.count_filter import CountFilter
from rfscale.neighbours.dictionary import features_per_quantum, loss_ratio_of_features
from rfscale.neighbours.draws import QuantaEstimate, simulate_quanta
from rfscale.neighbours.exponents import Exponents, quanta_exponents
from rfscale.neighbours.filters import BestRidge, FixedRidge, OnePass
from rfscale.neighbours.optimum import OptimalQuanta, optimal_quanta
from rfscale.neighbours.quanta import Quanta
from rfscale.neighbours.sample_losses import mean_sample_loss, sample_losses
from rfscale.neighbours.slopes import fitted_quanta_slope, quanta_slope
from rfscale.neighbours.sparse_data import one_hot_loss, sparse_crossing, sparse_loss
from rfscale.neighbours.sparse_draws import SparseEstimate, simulate_sparse
from rfscale.neighbours.thresholds import PARITY_NETWORK, SharpThreshold, Threshold

__all__ = [
    "PARITY_NETWORK",
    "BestRidge",
    "CountFilter",
    "Exponents",
    "FixedRidge",
    "OnePass",
    "OptimalQuanta",
    "Quanta",
    "QuantaEstimate",
    "SharpThreshold",
    "SparseEstimate",
    "Threshold",
    "features_per_quantum",
    "fitted_quanta_slope",
    "loss_ratio_of_features",
    "mean_sample_loss",
    "one_hot_loss",
    "optimal_quanta",
    "quanta_exponents",
    "quanta_slope",
    "sample_losses",
    "simulate_quanta",
    "simulate_sparse",
    "sparse_crossing",
    "sparse_loss",
]
