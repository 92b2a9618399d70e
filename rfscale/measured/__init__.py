"""Measured data: their spectra and loss curves, and the model that describes them."""
