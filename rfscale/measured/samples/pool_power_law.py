"""The power law of a pool of real samples, whose first directions are on no power law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from rfscale.measured.samples.fit_curve import fit_power_law
from rfscale.measured.samples.inversion import Curve
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.support.arguments import Floats

HEAD = 5  # ranks of the mean, of contrast, of few patterns
NEAR_HEAD = 2.0  # of its last eigenvalue that kappa is at most
LEAST = 24  # samples and directions
LEAST_SHOWN = LEAST / 2.0  # degrees of freedom
INSIDE = 0.6  # of the window's upper end that the lower one is at most, to see it move
MISFIT = 0.01  # of df1: real spectra are no exact power laws


def power_law_of_pool(
    curve: Curve,
    P: int,
    eigenvalues: Floats,
    *,
    directions: int | None = None,
    blocks: Sequence[Curve] = (),
    window: tuple[float, float] | None = None,
) -> PowerLawFit:
    """The fit of step 23 with what real data need.

    The first 5 ranks are left free, the degrees of freedom may be off by 1 percent, and alpha is
    fitted between 5 and half of those that there are. Where eigenvalues fall slowly kappa is far
    above the fifth at 5, and the series of the head in kappa does not hold: there the window begins
    where kappa is twice the fifth. What the head leaves lowers alpha where there are few inputs or
    alpha is small, see `Measured.power_law`. So `stderr` holds how far alpha moves if the window
    begins at twice as many, beside the sampling error; of a window that is given it does not.

    Parameters
    ----------
    curve : Curve
        kappa, rising, and df1 as the pool sees the population, with its leverages.
    P : int
        Samples in the pool.
    eigenvalues : ndarray
        Positive ones of the pool's covariance or kernel matrix over P, largest first.
    directions : int, optional
        Directions that the population has: inputs that are not constant, for linear features.
        None for a kernel, where M is fitted with alpha.
    blocks : sequence of Curve
        That of the pool without each block of the jackknife; without them `stderr` is that of
        Gaussian samples.
    window : tuple of float, optional
        Degrees of freedom between which alpha is fitted.

    Raises
    ------
    ValueError
        If there are fewer than 24 samples or directions, if the spectrum falls so fast that the
        curve ends below 12 degrees of freedom, or the window is not within the curve.
    """
    count = min(P, eigenvalues.size)
    if count < LEAST:
        raise ValueError(
            f"a power law needs at least {LEAST} samples and inputs that differ, got {count}"
        )
    most = min(min(P, directions or P) / 2.0, float(curve.df1[0]))
    fit = partial(
        fit_power_law,
        curve,
        P,
        eigenvalues,
        directions=directions,
        head=HEAD,
        misfit=MISFIT,
        blocks=blocks,
    )
    if window is not None:
        return fit(window=window)
    if most < LEAST_SHOWN:
        raise ValueError(
            f"a power law needs at least {LEAST_SHOWN:g} degrees of freedom, got a spectrum that "
            f"shows {most:.3g} at the weakest ridge: where some columns of X are far larger than "
            "others, standardise them"
        )
    low = _beyond_head(curve, eigenvalues, INSIDE * most / 2.0)
    found = fit(window=(low, most))
    farther = fit(window=(min(2.0 * low, INSIDE * most), most))
    off = float(np.hypot(found.stderr, found.alpha - farther.alpha))
    return replace(found, stderr=off)


def _beyond_head(curve: Curve, eigenvalues: Floats, most: float) -> float:
    """Degrees of freedom from where kappa is small enough for the series of the head."""
    low = np.interp(NEAR_HEAD * eigenvalues[HEAD - 1], curve.kappa, curve.df1)
    return max(float(HEAD), min(float(low), most))
