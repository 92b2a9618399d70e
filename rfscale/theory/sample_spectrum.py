"""`sample_spectrum`: the degrees of freedom that T samples show, and how far they scatter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw, Spectrum
from rfscale.results import Result
from rfscale.support.arguments import Floats, number, numbers, require_kind
from rfscale.support.machine import require_memory
from rfscale.theory.equations.sample_spectrum import (
    PopulationSums,
    covariance,
    mean_shift,
    population_sums,
    ridge_slope,
)
from rfscale.theory.predict import predict
from rfscale.traces.quadrature import power_law_ranks


@dataclass(frozen=True, eq=False)
class SampleSpectrum(Result):
    """Degrees of freedom of the covariance matrix of T Gaussian samples, at K ridges.

    Attributes
    ----------
    spectrum : Spectrum
        Of the population.
    T : float
        Number of samples.
    ridge : ndarray
        The ridge d > 0 that is added to the covariance matrix of the samples. Shape (K,).
    kappa : ndarray
        The ridge at which the population has as many degrees of freedom; above `ridge`. (K,).
    df1 : ndarray
        The mean over samples of tr C (C + d)^-1, C the covariance matrix of the samples. (K,).
    std : ndarray
        Its standard deviation. (K,).
    population : ndarray
        df1 of the population at the same `ridge`, which infinitely many samples show. (K,).
    covariance : ndarray
        Of df1 at two ridges. (K, K).
    """

    spectrum: Spectrum
    T: float
    ridge: Floats
    kappa: Floats
    df1: Floats
    std: Floats
    population: Floats
    covariance: Floats

    def _about(self) -> str:
        return repr(self.spectrum)

    def _table(self) -> dict[str, Any]:
        names = ("T", "ridge", "kappa", "df1", "std", "population")
        return {name: getattr(self, name) for name in names}


def sample_spectrum(spectrum: Spectrum, T: float, ridge: ArrayLike) -> SampleSpectrum:
    """How many degrees of freedom the covariance matrix of T samples has, at each ridge.

    Sample eigenvalues fall faster than those of the population, however slowly these fall: T
    samples at the ridge d show what the population has at a larger one, kappa.

    Parameters
    ----------
    spectrum : Spectrum
        The eigenvalues of the population; a single one.
    T : float
        Number of samples > 0, Gaussian and of mean 0.
    ridge : array_like
        d > 0 in units of the eigenvalues; a number or a one-dimensional array.

    Returns
    -------
    SampleSpectrum
        With `df1`, its mean to the relative order 1/size, `std` and `covariance` to leading order.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    kappa is the fixed point (23.4); covariance (23.9) and mean (23.10) follow from those of the
    logarithm of a determinant: see `rfscale.theory.equations.sample_spectrum`. They are for
    Gaussian samples; eigenvalues of heavy-tailed ones scatter more.

    Examples
    --------
    >>> import rfscale as rf
    >>> shown = rf.sample_spectrum(rf.PowerLaw(alpha=1.0, M=1000), T=50, ridge=[1e-4, 1e-2])
    >>> print(shown.df1.round(1), shown.population.round(1))
    [45.5 12.9] [146.6  15.1]
    """
    require_kind("spectrum", spectrum, Spectrum)
    if spectrum.shape:
        raise ValueError(f"spectrum must be a single one, got spectra of shape {spectrum.shape}")
    samples = number("T", T)
    d = np.atleast_1d(numbers("ridge", ridge))
    if d.ndim != 1:
        raise ValueError(f"ridge must be a number or one-dimensional, got the shape {d.shape}")
    kappa = predict(ScalingModel(spectrum), np.inf, samples, kernel_ridge=samples * d).delta
    sums = sums_over(spectrum, np.atleast_1d(kappa))
    slope = ridge_slope(sums, samples)
    scatter = covariance(sums, samples) / slope[:, None] / slope
    return SampleSpectrum(
        spectrum=spectrum,
        T=samples,
        ridge=d,
        kappa=np.atleast_1d(kappa),
        df1=sums.df1 + mean_shift(sums, samples) / slope,
        std=np.sqrt(np.diag(scatter)),
        population=spectrum.df(1, d),
        covariance=scatter,
    )


def sums_over(spectrum: Spectrum, kappa: Floats) -> PopulationSums:
    """The sums over a spectrum at each kappa."""
    if isinstance(spectrum, PowerLaw):
        ranks, counts = power_law_ranks(float(spectrum.alpha), float(spectrum.M), 0.0)
        with np.errstate(under="ignore"):
            return population_sums(spectrum.scale * ranks ** -(1.0 + spectrum.alpha), counts, kappa)
    require_memory(4 * 8 * spectrum.rank * kappa.size, f"{spectrum.rank} eigenvalues and ridges")
    return population_sums(spectrum.positive, np.ones(spectrum.rank), kappa)
