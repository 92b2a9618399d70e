"""Neighbours of the random-feature model: other accounts of scaling, in closed form."""

from rfscale.neighbours.sparse_inputs import constant_loss

__all__ = ["constant_loss"]
