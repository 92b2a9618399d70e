"""Other accounts of scaling laws, beside the random-feature model.

The quantization model: `Quanta`, `quanta_exponents`, `quanta_slope`, `fitted_quanta_slope`,
`optimal_quanta`, `simulate_quanta`, `mean_sample_loss`, `sample_losses`. Learning by counts, where
each direction is learned by how often it was seen: `CountFilter`, `Threshold`, `SharpThreshold`,
`FixedRidge`, `BestRidge`, `OnePass`, `PARITY_NETWORK`. Between quanta and random features:
`one_hot_loss`, `sparse_loss`, `sparse_crossing`, `simulate_sparse`, `loss_ratio_of_features`,
`features_per_quantum`.

The ReLU-output toy: `sample_polygon`, `sample_polygon_limit`, `feature_polygon`,
`toy_constant_loss`, `toy_linear_loss`, `dimensionality`, `sample_dimensionality`. Superposition and
the shape of a transformer: `TransformerShape`, `compare_shapes`, `most_features_per_neuron`,
`largest_density`, `doubling_factor`, `kaplan_loss`, `kaplan_loss_in_note`.

Networks that are trained, with JAX: `trained`.
"""

from rfscale.neighbours import trained
from rfscale.neighbours.accounting import (
    TransformerShape,
    doubling_factor,
    largest_density,
    most_features_per_neuron,
)
from rfscale.neighbours.count_filter import CountFilter
from rfscale.neighbours.dictionary import features_per_quantum, loss_ratio_of_features
from rfscale.neighbours.dimensionality import dimensionality, sample_dimensionality
from rfscale.neighbours.draws import QuantaEstimate, simulate_quanta
from rfscale.neighbours.exponents import Exponents, quanta_exponents
from rfscale.neighbours.feature_polygons import FeaturePolygon, feature_polygon
from rfscale.neighbours.filters import BestRidge, FixedRidge, OnePass
from rfscale.neighbours.kaplan import kaplan_loss, kaplan_loss_in_note
from rfscale.neighbours.linear_toy import toy_linear_loss
from rfscale.neighbours.optimum import OptimalQuanta, optimal_quanta
from rfscale.neighbours.polygons import SamplePolygon, sample_polygon, sample_polygon_limit
from rfscale.neighbours.quanta import Quanta
from rfscale.neighbours.sample_losses import mean_sample_loss, sample_losses
from rfscale.neighbours.shape_comparison import ShapeComparison, compare_shapes
from rfscale.neighbours.slopes import fitted_quanta_slope, quanta_slope
from rfscale.neighbours.sparse_data import one_hot_loss, sparse_crossing, sparse_loss
from rfscale.neighbours.sparse_draws import SparseEstimate, simulate_sparse
from rfscale.neighbours.thresholds import PARITY_NETWORK, SharpThreshold, Threshold
from rfscale.neighbours.toy_inputs import toy_constant_loss

__all__ = [
    "PARITY_NETWORK",
    "BestRidge",
    "CountFilter",
    "Exponents",
    "FeaturePolygon",
    "FixedRidge",
    "OnePass",
    "OptimalQuanta",
    "Quanta",
    "QuantaEstimate",
    "SamplePolygon",
    "ShapeComparison",
    "SharpThreshold",
    "SparseEstimate",
    "Threshold",
    "TransformerShape",
    "compare_shapes",
    "dimensionality",
    "doubling_factor",
    "feature_polygon",
    "features_per_quantum",
    "fitted_quanta_slope",
    "kaplan_loss",
    "kaplan_loss_in_note",
    "largest_density",
    "loss_ratio_of_features",
    "mean_sample_loss",
    "most_features_per_neuron",
    "one_hot_loss",
    "optimal_quanta",
    "quanta_exponents",
    "quanta_slope",
    "sample_dimensionality",
    "sample_losses",
    "sample_polygon",
    "sample_polygon_limit",
    "simulate_quanta",
    "simulate_sparse",
    "sparse_crossing",
    "sparse_loss",
    "toy_constant_loss",
    "toy_linear_loss",
    "trained",
]
