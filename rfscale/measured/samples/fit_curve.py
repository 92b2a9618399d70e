r"""`fit_power_law`: a power law from df1 at given kappa, whoever measured them (23.12).

For Gaussian samples the residuals have the covariance of step 23, and with a misfit of 0 the errors
are theirs. Real spectra are no exact power laws: the misfit, a relative deviation of df1, keeps the
fit from trusting differences of neighbouring points to all digits, and errors come from the
jackknife by the linear response of the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.stats import chi2

from rfscale.measured.samples.fit_judgement import judged_spectrum, loss_ratio
from rfscale.measured.samples.inversion import Curve
from rfscale.measured.samples.judge import TOO_SLOW, checked_window
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.measured.samples.power_law_gls import (
    LARGEST_M,
    WITHIN,
    Fitted,
    Points,
    fitted,
    profile_interval,
)
from rfscale.measured.samples.power_law_points import Shape, population
from rfscale.support.arguments import Floats
from rfscale.theory.equations.sample_spectrum import covariance

TIE = 1e-6  # of kappa
LARGEST_EQUAL = -0.5  # alpha, below which ...
SURE = 4.0  # ... (1 + alpha)^2 has to be so many of its errors above 0 ...
EQUAL = 1e-3  # ... and 1 + alpha at least this: at 0 there is no slope to tell an error
NO_INTERVAL = (1.0, np.inf)  # of equal eigenvalues, whose first ones are no head: M is biased
POINTS = 12  # ridges
WIDEST = 0.9  # of the degrees of freedom that there are
CLEAR = 3.0  # times the head: where its part of df1 is told ...
INSIDE = 0.6  # ... but at most this of the window's upper end
LARGEST_T = 1000  # samples for which a p-value is told


def fit_power_law(
    curve: Curve,
    T: float,
    eigenvalues: Floats,
    *,
    directions: int | None = None,
    window: tuple[float, float] | None = None,
    head: int = 0,
    misfit: float = 0.0,
    blocks: Sequence[Curve] = (),
) -> PowerLawFit:
    """A power law fitted to the degrees of freedom of a population, as T samples show them.

    Parameters
    ----------
    curve : Curve
        Resolutions kappa of the population, rising, with its degrees of freedom, each a factor of
        1.5 or less from the next.
    T : float
        Number of samples they are from.
    eigenvalues : ndarray
        Positive ones of the samples' covariance matrix, largest first: judged as they are for 40
        samples for each of them.
    directions : int, optional
        Number of directions M if it is known: alpha is fitted with it, M beside it. By default M is
        fitted with alpha.
    window : tuple of float, optional
        Degrees of freedom between which alpha is fitted; by default from three times
        `head`, or without one the first that the curve has, to 90 percent of T and of directions. M
        is fitted up to those always.
    head : int
        The first ranks that are no part of the power law. df1 has head - c_1 kappa + c_2 kappa^2 in
        their place, which from 3 head on moves alpha by less than its error.
    misfit : float
        Relative deviation of df1 from the power law, of independent points; 0.01 for real data.
    blocks : sequence of Curve
        That of the pool without each of its blocks, for the jackknife. Without them errors are
        those of Gaussian samples.

    Raises
    ------
    ValueError
        If the window is not within the curve.
    """
    curve = _without_ties(curve)
    blocks = [_without_ties(block) for block in blocks]
    most = min(WIDEST * min(T, directions or np.inf), float(curve.df1[0]))
    least = max(float(curve.df1[-1]), min(CLEAR * head, INSIDE * most))
    low, high = checked_window("window", window, (least, most), curve.df1[0])
    near = _points(curve, (low, high), T, head, misfit)
    start = Shape(0.7, float(np.log(eigenvalues[0])), float(np.log(10.0 * eigenvalues.size)))
    fit = fitted(near, start, directions)
    far = _points(curve, (low, max(most, high)), T, head, misfit)
    of_M = fit if directions is None and high >= most else fitted(far, fit.shape)
    M = float(np.exp(of_M.shape.log_M))
    stderr = _error(fit.shape.alpha, float(_covariance(near, fit, blocks)[0, 0]))
    is_exact = head == 0 and misfit == 0.0 and not blocks and T <= LARGEST_T
    return PowerLawFit(
        alpha=float(fit.shape.alpha),
        stderr=stderr,
        scale=float(np.exp(fit.shape.log_scale)),
        M=M if M < 0.99 * LARGEST_M else np.inf,
        M_interval=NO_INTERVAL if head and stderr == np.inf else _interval(far, of_M, blocks),
        directions=directions,
        window=(low, high),
        head=head,
        p_value=float(chi2.sf(fit.chi2, POINTS - fit.slopes.shape[1])) if is_exact else np.nan,
        **_judgement(curve, T, eigenvalues, fit.shape, directions or M, has_slope=stderr < np.inf),
    )


def _without_ties(curve: Curve) -> Curve:
    """The curve without points at which kappa does not rise, or df1 not fall, beyond rounding."""
    kept = [0]
    for k in range(1, curve.kappa.size):
        rises = curve.kappa[k] > (1.0 + TIE) * curve.kappa[kept[-1]]
        if rises and curve.df1[k] < curve.df1[kept[-1]]:
            kept.append(k)
    return Curve(curve.kappa[kept], curve.df1[kept])


def _error(alpha: float, variance: float) -> float:
    """The standard error of alpha, `inf` where equal eigenvalues are not excluded.

    There df1 knows only (1 + alpha)^2, whose error is 2 (1 + alpha) times that of alpha.
    """
    stderr = float(np.sqrt(variance))
    least = max(EQUAL, 2.0 * SURE * stderr)
    return np.inf if alpha < LARGEST_EQUAL and 1.0 + alpha < least else stderr


def _judgement(
    curve: Curve, T: float, eigenvalues: Floats, fit: Shape, M: float, *, has_slope: bool
) -> dict[str, Any]:
    """What the eigenvalues look like, and what it costs to take them for the power law.

    Where alpha is not told from -1 they are not corrected by any slope, and look like nothing.
    """
    judged = judged_spectrum(curve, eigenvalues, T, fit)
    return {
        "thirds": judged.shape.thirds,
        "rms_line": judged.shape.rms_line,
        "rms_parabola": judged.shape.rms_parabola,
        "loss_ratio": loss_ratio(fit.alpha, float(np.exp(fit.log_scale)), M, judged),
        "verdict": judged.shape.verdict if has_slope else TOO_SLOW,
    }


def _points(
    curve: Curve, window: tuple[float, float], T: float, head: int, misfit: float
) -> Points:
    """12 points of the curve, equal steps of log kappa."""
    ends = np.interp(window, curve.df1[::-1], np.log(curve.kappa[::-1]))
    log_kappa = np.linspace(ends[1], ends[0], POINTS)
    return Points(np.exp(log_kappa), _at(curve, log_kappa), T, head, misfit)


def _at(curve: Curve, log_kappa: Floats) -> Floats:
    """df1 at other kappa."""
    spline = CubicSpline(np.log(curve.kappa), np.log(curve.df1))
    return np.asarray(np.exp(spline(log_kappa)))


def _covariance(points: Points, fit: Fitted, blocks: Sequence[Curve]) -> Floats:
    """Of the parameters, from the jackknife or else for Gaussian samples."""
    if not blocks:
        sums = population(fit.shape, points.kappa, points.head)
        return fit.covariance(covariance(sums, points.T))
    values = np.stack([_at(block, np.log(points.kappa)) for block in blocks])
    off = values - values.mean(axis=0)
    return fit.covariance((len(blocks) - 1) / len(blocks) * off.T @ off)


def _interval(points: Points, fit: Fitted, blocks: Sequence[Curve]) -> tuple[float, float]:
    """Of M; chi^2 counts less where M scatters more than the weights say."""
    own = fit.own_covariance[2, 2]
    more = _covariance(points, fit, blocks)[2, 2] / own if own > 0.0 else 1.0  # 0 where M is inf
    return profile_interval(points, fit, WITHIN * float(np.clip(more, 1.0, 1e3)))
