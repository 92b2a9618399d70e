"""A model as weighted nodes: its spectrum with the weights of its teacher and its test spectrum."""

from __future__ import annotations

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.support.described import shortened
from rfscale.support.machine import require_memory
from rfscale.traces.complex_sums import LARGEST_ANGLE
from rfscale.traces.quadrature import WeightedNodes, weighted_power_law
from rfscale.traces.quadrature import weighted_nodes as nodes_of

BYTES_PER_DIRECTION = 80.0


def wide_weighted_nodes(model: ScalingModel) -> WeightedNodes:
    """The same for complex Delta up to 150 degrees; of a plain model, which needs none, a stub."""
    if model.is_plain:
        one = np.ones(1)
        return nodes_of(one, one, one, one, 0.0, np.nan)
    return weighted_nodes(model, LARGEST_ANGLE)


def weighted_nodes(model: ScalingModel, angle: float = 0.0) -> WeightedNodes:
    """The (first) spectrum of a model with its teacher's and its test spectrum's weights.

    `angle` is the largest argument of the Delta at which they are to be used.

    Raises
    ------
    ValueError
        If they are arrays that do not fit in memory, or beyond float64 in units of the training
        spectrum.
    """
    spectrum = model.spectrum
    test = model.test_spectrum
    power = model.teacher.power
    if isinstance(spectrum, PowerLaw) and power is not None and isinstance(test, PowerLaw | None):
        alpha, M = spectrum.kernel_parameters()
        test_alpha = np.nan if test is None else test.alpha
        first = float(alpha.flat[0]), float(M.flat[0])
        return weighted_power_law(*first, power, test_alpha, angle)
    directions = model.rank
    needed = BYTES_PER_DIRECTION * directions
    require_memory(needed, f"a teacher or a test spectrum of M = {directions} directions")
    ones = np.ones(directions)
    with np.errstate(over="ignore", under="ignore"):
        roots = np.exp(spectrum.log_eigenvalues / -2)
        rho = ones if test is None else test.relative(0, directions) * roots * roots
        W = np.asarray(model.teacher.relative(0, directions), dtype=np.float64) ** 2
    if not np.all(np.isfinite(W)):
        raise ValueError(
            f"teacher must have finite relative weights, got {shortened(model.teacher)}"
        )
    if not np.all(np.isfinite(rho * W)):
        raise ValueError(
            "test_spectrum must be within float64's range of the spectrum in each direction"
        )
    return nodes_of(roots, ones, rho, W, 0.0, 0.0)
