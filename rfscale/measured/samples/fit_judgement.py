r"""The eigenvalues that a fitted power law is judged by, and what it costs to believe it.

With enough samples they are the sample's own. With fewer, to first order about the fit,

.. math:: \log\lambda_J = \log\lambda_J^{fit} + \log\kappa(J - \tfrac12) -
          \log\kappa^{fit}(J - \tfrac12)

where kappa(n) is where there are n degrees of freedom. An inversion of few samples' curve has steps
instead: rms 0.3 about an exact power law, where this has 0.02. Derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.measured.samples.inversion import Curve, eigenvalues_of_curve
from rfscale.measured.samples.judge import FEWEST, FIRST, SpectrumShape, shape_of
from rfscale.measured.samples.power_law_fit import power_law
from rfscale.measured.samples.power_law_points import Shape, population
from rfscale.model import ScalingModel
from rfscale.model.spectra import Eigenvalues, Spectrum
from rfscale.support.arguments import Floats
from rfscale.theory.optimal_ridge import optimal_ridge

ENOUGH = 40  # samples for each direction, from which on their eigenvalues are the population's
FAR = 0.5  # of log kappa, from which on a fit is no place to expand about
LEAST_SIZE = 10.0  # features and samples of the losses that are compared
SIZES = 6


class Judged(NamedTuple):
    """The shape of a spectrum, and losses with it."""

    shape: SpectrumShape
    spectrum: Spectrum
    largest: float  # features and samples for which there are losses


def judged_spectrum(curve: Curve, eigenvalues: Floats, T: float, fit: Shape) -> Judged:
    """The eigenvalues at ranks from 5 to half of those that there are, and all for losses."""
    ranks = _ranks(min(T, eigenvalues.size))
    if ENOUGH * eigenvalues.size <= T:
        shape = shape_of(ranks, eigenvalues[ranks.astype(int) - 1])
        return Judged(shape, Eigenvalues(eigenvalues), ranks[-1])
    shape = shape_of(ranks, corrected(curve, ranks, fit))
    inverted = eigenvalues_of_curve(curve, float(eigenvalues.sum()), float(eigenvalues[0]))
    return Judged(shape, Eigenvalues(inverted), ranks[-1])


def _ranks(count: float) -> Floats:
    last = np.floor(count / 2.0)
    first = FIRST if last - FIRST + 1 >= FEWEST else max(last - FEWEST + 1, 1)
    return np.arange(first, last + 1.0)


def corrected(curve: Curve, ranks: Floats, fit: Shape) -> Floats:
    """Eigenvalues to first order about the fitted power law; about none if it is far off."""
    of_fit = population(fit, curve.kappa).df1
    rising = np.log(curve.kappa[::-1])
    shown = np.interp(ranks - 0.5, curve.df1[::-1], rising)
    expected = np.interp(ranks - 0.5, of_fit[::-1], rising)
    if np.max(np.abs(shown - expected)) > FAR:
        return np.asarray(np.exp(shown))
    logs = fit.log_scale - (1.0 + fit.alpha) * np.log(ranks)
    return np.asarray(np.exp(logs + shown - expected))


def loss_ratio(alpha: float, scale: float, M: float, judged: Judged) -> tuple[float, float]:
    """The least and the largest ratio of losses, N = T from 10 on, the best ridge for each."""
    if judged.largest <= LEAST_SIZE or alpha <= 0.0:
        return np.nan, np.nan
    fit = power_law(alpha, scale, M)
    sizes = np.geomspace(LEAST_SIZE, judged.largest, SIZES)
    ratios = _losses(fit, sizes) / _losses(judged.spectrum, sizes)
    return float(ratios.min()), float(ratios.max())


def _losses(spectrum: Spectrum, sizes: Floats) -> Floats:
    """With a teacher of weight 1 in each direction."""
    model = ScalingModel(spectrum, sigma_w=float(np.sqrt(spectrum.M)))
    return optimal_ridge(model, sizes, sizes).prediction.test
