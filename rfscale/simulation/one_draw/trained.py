r"""Trainings other than ridges on the singular values of draws: a = s h(s^2), r(s^2).

A filter h knows eigenvalues of phi phi^T in the units of the model, which are those of unit
features and largest variance 1 (1.19) times

.. math:: \sigma_u^2 \lambda_+ / M

It is a function of Python that is called once for the singular values of many draws. All trainings
of an (N, T) share its draws and their decompositions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.training import Training
from rfscale.model.training.evaluated import evaluated, has_own_residual
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.kernels import EPS
from rfscale.simulation.one_draw.shrinkage import Shrinkage
from rfscale.support.arguments import Floats
from rfscale.support.products import scaled_product

Trainings = tuple[Training, ...]

AT_ONCE = 2**16  # singular values times trainings
BELOW = np.array([1.0, 1e-8, 1e-30, 1e-60])  # of eigenvalues that are not resolved
RANGE = 1e150  # of the unit of eigenvalues: their squares and inverses are in that of float64


def eigenvalue_unit(model: ScalingModel) -> float:
    """sigma_u^2 lambda_+/M; ValueError if filters would be out of the range of float64."""
    numerator = [model.sigma_u, model.sigma_u, float(model.spectrum.largest)]
    with np.errstate(over="ignore", under="ignore"):
        unit = float(np.ldexp(*scaled_product(numerator, [float(model.M)])))
    if not 1 / RANGE <= unit <= RANGE:
        raise ValueError(
            f"sigma_u^2 times the largest eigenvalue over M must be in [{1 / RANGE:g}, {RANGE:g}] "
            f"with a training, got {unit:g}"
        )
    return unit


def parts_of_trainings(
    experiment: Experiment,
    trainings: Trainings,
    s: Floats,
    batch: int,
    losses: Callable[[Shrinkage], Floats],
) -> Floats:
    """The losses (..., R) of all trainings on the singular values (draws, r) of some draws.

    A few trainings at a time, as their shrinkages take memory; how many is the same for all parts
    of a `batch`, whose numbers have the same bits then.
    """
    unit = eigenvalue_unit(experiment.model)
    step = max(1, AT_ONCE // (batch * s.shape[1]))
    portions = (trainings[start : start + step] for start in range(0, len(trainings), step))
    found = [losses(shrinkage(some, s, unit)) for some in portions]
    return np.concatenate(found, axis=-1)


def shrinkage(trainings: Trainings, s: Floats, unit: float) -> Shrinkage:
    """Of the singular values (draws, r) of some draws: each array with an axis of draws first."""
    draws, r = s.shape
    shape = (draws, len(trainings), r)
    shrunk = Shrinkage(
        a=np.empty(shape),
        unlearned=np.empty(shape),
        error=np.empty(shape),
        unknown_noise=np.zeros(shape[:2]),
        unknown_directions=np.zeros(shape[:2]),
    )
    eigenvalues = unit * s.ravel() ** 2
    half_blur = np.minimum(EPS * s[:, :1] / s, 1.0)
    hidden = np.count_nonzero(s < 2 * EPS * s[:, :1], axis=1)
    for k, training in enumerate(trainings):
        training.require_stable(float(eigenvalues.max()))
        h, left = (values.reshape(s.shape) for values in evaluated(training, eigenvalues))
        shrunk.a[:, k] = s * (unit * h)
        shrunk.unlearned[:, k] = left
        shrunk.error[:, k] = half_blur * _steepness(training, left)
        if not has_own_residual(training):
            shrunk.error[:, k] += EPS
        if hidden.any():
            noise, share = _unknown(training, unit * (2 * EPS * s[:, 0]) ** 2)
            shrunk.unknown_noise[:, k] = np.where(hidden > 0, noise, 0.0)
            shrunk.unknown_directions[:, k] = hidden * share
    return shrunk


def _steepness(training: Training, left: Floats) -> Floats:
    """The change of r with log s: at most r of a ridge, up to log r times that of e^(-t s)."""
    if not np.isnan(training.as_ridge()):
        return left
    size = np.abs(left)
    return np.asarray(size * (1.0 - np.log(np.where((size > 0) & (size < 1), size, 1.0))))


def _unknown(training: Training, unresolved: Floats) -> tuple[Floats, Floats]:
    """What is not known of a direction whose eigenvalue is only known to be below these.

    The rounding error of the noise loss: inf if it may be fitted. And that of the noise in
    training: how different its unlearned fractions are.
    """
    left = evaluated(training, np.outer(unresolved, BELOW).ravel())[1].reshape(-1, BELOW.size)
    noise = np.where(left[:, 0] < 0.2, np.inf, 0.0)  # as with a ridge below a quarter of it
    return noise, np.ptp(left**2, axis=1)
