"""The fixed point for arrays of sizes and ridges."""

from __future__ import annotations

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats
from rfscale.theory.kernels import FixedPoint, solve_points
from rfscale.theory.over_points import over_points


def solve(model: ScalingModel, N: Floats, T: Floats, ridge: Floats) -> FixedPoint:
    """The fixed point (4.7) for arrays N, T > 0 and ridge >= 0 that broadcast.

    Where N or T is infinite, a finite ridge is no ridge.

    Examples
    --------
    >>> import numpy as np
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000))
    >>> point = solve(model, np.array([100.0]), np.array([300.0]), np.array([0.0]))
    >>> point.df1
    array([100.])
    """
    columns = (model.units.log_ridge(ridge, per=(N, T)),)
    return over_points(solve_points, FixedPoint, model.spectrum, (N, T), columns)
