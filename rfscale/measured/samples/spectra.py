"""`fit_spectrum`: a power law from the eigenvalues of a covariance matrix of samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from rfscale.measured.samples.fit_curve import WIDEST, fit_power_law
from rfscale.measured.samples.inversion import Curve
from rfscale.measured.samples.judge import checked_eigenvalues
from rfscale.measured.samples.pool_power_law import LEAST
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.support.arguments import Floats, integer, number
from rfscale.theory.equations.sample_spectrum import renormalised

RIDGES = 96
TOP = 3.0  # times the largest eigenvalue: the largest ridge
MOST = 0.97  # of the rank, where there are more samples than directions
FULL = 0.98  # of T: a rank that the samples set


def fit_spectrum(
    eigenvalues: ArrayLike,
    T: float,
    *,
    M: int | None = None,
    window: tuple[float, float] | None = None,
    head: int = 0,
    misfit: float = 0.0,
) -> PowerLawFit:
    """The power law of a population, from the eigenvalues of the covariance matrix of T samples.

    The eigenvalues of samples are not those of the population, and fall faster: not they are
    fitted, but the degrees of freedom that the population has at the ridge that they tell. With
    their covariance in closed form the exponent is unbiased and its error is known.

    Parameters
    ----------
    eigenvalues : array_like
        Of the sample covariance matrix, or of the Gram matrix over T: all that are not 0, in any
        order. At least 24.
    T : float
        Number of samples, at least that of the eigenvalues; one less if their own mean was
        subtracted.
    M : int, optional
        The number of directions if it is known; by default it is fitted.
    window : tuple of float, optional
        Degrees of freedom between which alpha is fitted. By default from those at a ridge of three
        times the largest eigenvalue, or from three times `head`, to 90 percent of T.
    head : int
        The first ranks that are not on the power law, which are left free; a window that begins
        closer to them than at 3 head lowers alpha. At least 24 others have to be left.
    misfit : float
        Relative deviation of the degrees of freedom from those of a power law: 0 for an exact one,
        0.01 for real data.

    Returns
    -------
    PowerLawFit
        alpha with its error, M with its profile interval, and a verdict.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Notes
    -----
    What is least is chi^2 (23.12), with residuals, covariance and mean of step 23, for Gaussian
    samples of an exact power law. The covariance is that of Bai and Silverstein, the idea of
    fitting a population through the fluctuations of traces that of Rao, Mingo, Speicher and Edelman
    (arXiv:math/0701314). Pospisil and Pillow (PNAS 2025) fit a power law with a break to recordings
    of more neurons than trials. Samples of unequal leverage, such as patches of pictures, make
    alpha too large: `measure` and its `power_law` correct that.

    `verdict`, `thirds` and `rms_line` are of the eigenvalues themselves for 40 samples for each,
    else of eigenvalues corrected to first order about the fit.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> rng = np.random.default_rng(1)
    >>> x = rng.standard_normal((200, 1000)) * np.arange(1.0, 1001.0) ** -1.0  # alpha = 1
    >>> fit = rf.fit_spectrum(np.linalg.eigvalsh(x @ x.T / 200), T=200)
    >>> print(fit.verdict, round(fit.alpha, 2), fit.M_interval)
    power law 1.0 (944.0, 1250.0)
    """
    values = checked_eigenvalues(eigenvalues, LEAST)
    samples = number("T", T)
    if values.size > samples:
        raise ValueError(
            f"T must be at least the number of eigenvalues above rounding, {values.size}, "
            f"got {samples:g}"
        )
    return fit_power_law(
        curve_of(values, samples),
        samples,
        values,
        directions=None if M is None else integer("M", M, least=values.size),
        window=window,
        head=_checked_head(head, values.size),
        misfit=number("misfit", misfit, zero=True),
    )


def _checked_head(head: int, rank: int) -> int:
    """Ranks that are left free, of which enough others are left."""
    count = integer("head", head, least=0)
    if count > rank - LEAST:
        raise ValueError(
            f"head must leave at least {LEAST} of the {rank} ranks, at most {rank - LEAST}, "
            f"got {count}"
        )
    return count


def curve_of(eigenvalues: Floats, T: float) -> Curve:
    """kappa and df1 of the population along the ridges of a sample."""
    rank = eigenvalues.size
    most = WIDEST * T if rank >= FULL * T else min(WIDEST * T, MOST * rank)

    def shown(log_ridges: Floats) -> Floats:
        return np.asarray(np.sum(eigenvalues / (eigenvalues + np.exp(log_ridges[:, None])), axis=1))

    def beyond(log_ridge: float) -> float:
        return float(shown(np.array([log_ridge]))[0] - most)

    logs = np.log(eigenvalues)
    lowest = brentq(beyond, logs[-1] - 40.0, logs[0] + 5.0)
    log_ridges = np.linspace(lowest, logs[0] + np.log(TOP), RIDGES)
    df1 = shown(log_ridges)
    return Curve(kappa=renormalised(np.exp(log_ridges), df1, T), df1=df1)
