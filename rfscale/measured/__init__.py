"""Measured data: what they say about the model, and whether its predictions hold on them."""
