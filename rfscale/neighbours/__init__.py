"""Neighbours of the random-feature model: other accounts of scaling, in closed form."""

from rfscale.neighbours.feature_polygons import FeaturePolygon, feature_polygon
from rfscale.neighbours.polygons import Recall, recall, recall_many
from rfscale.neighbours.sparse_inputs import constant_loss

__all__ = [
    "FeaturePolygon",
    "Recall",
    "constant_loss",
    "feature_polygon",
    "recall",
    "recall_many",
]
