"""Spectra of the latent covariance: `PowerLaw` and `Eigenvalues`."""

from rfscale.spectrum.base import Spectrum
from rfscale.spectrum.eigenvalues import Eigenvalues
from rfscale.spectrum.power_law import PowerLaw

__all__ = ["Eigenvalues", "PowerLaw", "Spectrum"]
