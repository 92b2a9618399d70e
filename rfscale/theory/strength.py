r"""The strength of the ridge, in the two conventions that are in use.

.. math:: \tfrac12 \|\theta\varphi - y\|^2 + \tfrac{\gamma}{2} \|\theta\|^2, \qquad
          \delta = \frac{\gamma M}{\sigma_u^2 N}

gamma belongs to the features (1.5), delta to the kernel u^T u M/(sigma_u^2 N), whose limit for N =
infinity is the identity: there delta may be finite where gamma is infinite. What the losses depend
on is gamma M/(sigma_u^2 lambda_+ N T) = delta/(lambda_+ T), (1.19).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats, given_ridge, sizes
from rfscale.support.machine import require_memory
from rfscale.theory.over_points import broadcast_shape

BYTES_PER_POINT = 400  # of all arrays together


class Strength(NamedTuple):
    """The same ridge three times, arrays that broadcast with sizes and spectra."""

    ridge: Floats  # gamma
    kernel_ridge: Floats  # delta
    log_ridge: Floats  # log of gamma M/(sigma_u^2 lambda_+ N T)


def checked_points(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None,
    kernel_ridge: ArrayLike | None,
    of: str = "",
) -> tuple[Floats, Floats, Strength] | None:
    """Sizes and ridge of a user as the equations take them; None for the best ridge.

    `of` is what the names of the ridges begin with.

    Raises
    ------
    ValueError
        If one is out of its range, they do not broadcast, or the points do not fit in memory.
    """
    name, values = given_ridge(ridge, kernel_ridge, of)
    if values is None:
        return None
    N = sizes("N", N)
    T = sizes("T", T)
    points = math.prod(broadcast_shape(model.spectrum, N=N, T=T, **{f"{of}{name}": values}))
    require_memory(BYTES_PER_POINT * points, f"a prediction at {points} points")
    return N, T, strength(model, N, T, **{name: values})


def strength(
    model: ScalingModel,
    N: Floats,
    T: Floats,
    ridge: Floats | None = None,
    kernel_ridge: Floats | None = None,
) -> Strength:
    """The ridge that is given, by default 0, which `given_ridge` has checked.

    Raises
    ------
    ValueError
        If it is infinite together with a size that it is divided by.
    """
    if kernel_ridge is None:
        return _of_ridge(model, N, T, np.zeros(()) if ridge is None else ridge)
    return _of_kernel_ridge(model, N, T, kernel_ridge)


def _of_ridge(model: ScalingModel, N: Floats, T: Floats, ridge: Floats) -> Strength:
    """From gamma."""
    if np.any(np.isinf(ridge)) and np.any(np.isinf(ridge) & (np.isinf(N) | np.isinf(T))):
        raise ValueError(
            "ridge must be finite where N or T is inf, got inf; where N is inf, kernel_ridge = "
            "ridge M/(sigma_u^2 N) is what the losses depend on"
        )
    delta = model.units.kernel_ridge(ridge, N)
    return Strength(ridge, delta, model.units.log_ridge(ridge, per=(N, T)))


def _of_kernel_ridge(model: ScalingModel, N: Floats, T: Floats, delta: Floats) -> Strength:
    """From delta."""
    if np.any(np.isinf(delta)) and np.any(np.isinf(delta) & np.isinf(T)):
        raise ValueError("kernel_ridge must be finite where T is inf, got inf")
    return Strength(
        model.units.ridge(delta, N), delta, model.units.log_kernel_ridge(delta, per=(T,))
    )


def strength_of_log_ridge(model: ScalingModel, N: Floats, T: Floats, log_ridge: Floats) -> Strength:
    """From log of gamma M/(sigma_u^2 lambda_+ N T), which is finite or 0 also where N is inf."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        ridge = np.exp(log_ridge - model.units.log_ridge(1.0, per=(N, T)))
        delta = np.exp(log_ridge - model.units.log_kernel_ridge(1.0, per=(T,)))
    none = np.isneginf(log_ridge)
    return Strength(np.where(none, 0.0, ridge), np.where(none, 0.0, delta), log_ridge)
