"""Measured samples: their spectrum, the model that they are, and experiments on them."""
