"""Measured data: samples with labels, and what random features reach on them."""
