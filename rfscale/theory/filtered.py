r"""The losses of any filter, by one integral over the kernel's spectrum (19.7).

.. math:: \tilde r(s) = r(s) + h(s) \int d\nu + \int d\nu(s')\, s' \frac{h(s) - h(s')}{s - s'},
          \qquad \mathcal{S} = \int dp\, \tilde r^2, \quad \mathcal{V} + 1 = \int dq\, \tilde r^2

and the training losses are the same integrals of r^2. Written in h, as differences of r lose digits
where s is small.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.training import Training
from rfscale.model.training.user_filter import checked_filter
from rfscale.support.arguments import Floats
from rfscale.support.described import shortened
from rfscale.support.warned import warn_caller
from rfscale.theory.over_points import Points
from rfscale.theory.spectral_measures import (
    KernelSpectrum,
    Measures,
    all_bands,
    measures,
    spectrum_of,
)

DENSITIES = (1.5, 3.0, 6.0, 12.0)  # of nodes
UNSETTLED = 3.0  # how much the last change is worth where they go on to change
ROUGH = 1e-3  # relative error beyond which there is a warning
ENOUGH = 1e-7  # relative change of the losses at which they are taken
LEAST = 1e-6  # of the largest trace, below which errors are not taken relative to a trace
BLOCK = 256  # rows of the matrix of divided differences at a time
ROUNDING = 4 * np.finfo(np.float64).eps  # of a term: at most eight roundings by eps/2 each
NEAR = 1e-8  # to 0, from where on it is asked what of a residual is rounding


def filtered(found: Measures, h_inner: Floats, h_outer: Floats) -> Floats:
    """S, V and both training traces, from the filter at the nodes of both grids."""
    inner, outer, nu0, p0, q0, _ = found
    r = _or_nothing(1.0 - outer.s * h_outer, ROUNDING * np.abs(outer.s * h_outer))
    learned = h_outer * (inner.nu.sum() + nu0 - outer.s)  # r~ - 1, of which the noise is made
    for start in range(0, r.size, BLOCK):
        rows = slice(start, start + BLOCK)
        rise = h_outer[rows, None] - h_inner
        apart = outer.s[rows, None] - inner.s
        slope = np.divide(rise, apart, out=np.zeros_like(rise), where=apart != 0.0)
        learned[rows] += slope @ (inner.nu * inner.s)
    tilde = _or_nothing(1.0 + learned, _rounding(found, h_inner, h_outer, learned))
    at_zero = inner.nu @ h_inner  # r~(0) - 1, where p and q have atoms and nu has none
    signal = outer.p @ tilde**2 + p0 * (1.0 + at_zero) ** 2
    noise = outer.q @ (learned * (2.0 + learned)) + q0 * at_zero * (2.0 + at_zero)
    return np.array([signal, noise, outer.p @ r**2 + p0, outer.q @ r**2 + q0])


def _or_nothing(residual: Floats, rounding: Floats) -> Floats:
    """A residual; 0 where it is not above its own rounding, as where all is learned."""
    return np.where(np.abs(residual) <= rounding, 0.0, residual)


def _rounding(found: Measures, h_inner: Floats, h_outer: Floats, learned: Floats) -> Floats:
    """Rounding of r~, near 0 alone: that of the sizes of all that is added up to it."""
    inner, outer, nu0, *_ = found
    near = np.flatnonzero(np.abs(1.0 + learned) < NEAR)
    sizes = np.abs(h_outer[near]) * (inner.nu.sum() + nu0 + outer.s[near])
    for i, place in enumerate(near):
        apart = np.abs(inner.s - outer.s[place])
        both = np.abs(h_inner) + np.abs(h_outer[place])
        slope = np.divide(both, apart, out=np.zeros_like(both), where=apart != 0.0)
        sizes[i] += slope @ (inner.nu * inner.s)
    rounding = np.zeros_like(learned)
    rounding[near] = ROUNDING * sizes
    return rounding


def filter_losses(
    model: ScalingModel, trainings: Sequence[Training], at: Points, unit: Floats
) -> tuple[Floats, Floats]:
    """The traces of each point, (4, points), and their estimated relative errors.

    `trainings` are those of the points, in the units of the model; `unit` is that of eigenvalues.

    Raises
    ------
    ValueError
        If N or T is infinite, the test spectrum another, or a filter gives no finite numbers.
    """
    name = type(trainings[0]).__name__
    if model.test_spectrum is not None:
        raise ValueError(
            "test_spectrum must be that of training where the training is no mixture of ridges, "
            f"got {shortened(model.test_spectrum)} with {name}"
        )
    if np.any(np.isinf(at.N) | np.isinf(at.T)):
        raise ValueError(f"N and T must be finite where training is a {name}, got inf")
    traces = np.empty((4, unit.size))
    errors = np.empty(unit.size)
    for i, one in enumerate(trainings):
        spectrum = spectrum_of(model, *(float(values[i]) for values in at))
        traces[:, i], errors[i] = _one(spectrum, one, float(unit[i]))
    _warn_of_rough(name, errors)
    return traces, errors


def _warn_of_rough(name: str, errors: Floats) -> None:
    """Say where the integrals of a filter did not settle."""
    if np.any(errors > ROUGH):
        warn_caller(
            f"the losses of {name} are known to {np.max(errors):.1g} alone at "
            f"{np.sum(errors > ROUGH)} of {errors.size} points, see delta_error: if its filter is "
            "not smooth its property `breaks` is to say at which eigenvalues",
            RegimeWarning,
        )


def _one(spectrum: KernelSpectrum, training: Training, unit: float) -> tuple[Floats, float]:
    """At one point: with more and more nodes, until the losses do not change."""
    name = f"{type(training).__name__}.filter"

    def h(s: Floats) -> Floats:
        return unit * checked_filter(name, training.filter, unit * s)

    bands = all_bands(spectrum, np.asarray(training.breaks) / unit)
    last = np.full(4, np.nan)
    error = np.inf
    for density in DENSITIES:
        found = measures(spectrum, bands, density)
        traces = filtered(found, h(found.inner.s), h(found.outer.s))
        error = float(np.max(np.abs(traces - last) / (np.abs(traces) + LEAST * np.max(traces))))
        last = traces
        if error < ENOUGH:
            return last, max(error, found.error)  # of the masses: a band that is missing
    return last, max(UNSETTLED * error, found.error)
