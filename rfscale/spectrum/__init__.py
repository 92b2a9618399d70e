"""Spectra of the latent covariance: `PowerLaw`, `Eigenvalues`, and `Variances` of test data."""

from rfscale.spectrum.base import Spectrum
from rfscale.spectrum.eigenvalues import Eigenvalues
from rfscale.spectrum.power_law import PowerLaw
from rfscale.spectrum.variances import Variances

__all__ = ["Eigenvalues", "PowerLaw", "Spectrum", "Variances"]
