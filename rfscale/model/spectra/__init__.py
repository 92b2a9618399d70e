"""Spectra of the latent covariance: `PowerLaw`, `Eigenvalues`, and `Variances` of test data."""

from rfscale.model.spectra.base import Spectrum
from rfscale.model.spectra.eigenvalues import Eigenvalues
from rfscale.model.spectra.power_law import PowerLaw
from rfscale.model.spectra.variances import Variances

__all__ = ["Eigenvalues", "PowerLaw", "Spectrum", "Variances"]
